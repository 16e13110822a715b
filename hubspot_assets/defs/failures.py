"""Which steps of a run failed, and what a person should read of it. Not here: what is in (`checks/outcome.py`)."""

from dataclasses import dataclass, field

from dagster_shared.error import SerializableErrorInfo


@dataclass
class Failures:
    """Step to sentence, as they come, and what is said of a step that was not reached.

    `of_run`: the run failed, and this is what it says of itself.
    """

    by_step: dict[str, str] = field(default_factory=dict)
    otherwise: str = "not reached, because a table it is made of failed"
    of_run: str | None = None

    def of(self, step: str) -> str:
        """Why the tables of a step are not in."""
        return self.by_step.get(step, self.otherwise)

    @property
    def first(self) -> str | None:
        """What failed, in one sentence; None where nothing did."""
        return next(iter(self.by_step.values()), self.of_run)


def sentence(error: SerializableErrorInfo | None) -> str:
    """What a person should read of an error that Dagster tells."""
    # Below Dagster's own errors is the one that was written to be read; below that, what a library said of it.
    while error is not None and error.cause is not None and (error.cls_name or "").startswith("Dagster"):
        error = error.cause
    if error is None:
        return "failed"
    message = error.message.strip()
    return message.split(": ", 1)[1] if ": " in message else message
