"""What goes wrong, in one sentence for a person: how it is told to Dagster, and how it is read from what Dagster tells.

Not here: what is in (`checks/outcome.py`).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import dagster as dg
from dagster_shared.error import SerializableErrorInfo

from hubspot_assets.errors import ExportError
from hubspot_assets.hubspot.errors import Temporary
from hubspot_assets.lake.errors import LakeError, is_temporary

TRIES = 3
"""How often a step is tried where the next try may help."""

FIRST_RETRY_AFTER = 10.0
"""Seconds, doubled each time. HubSpot and S3 have been asked again for longer than that within each try."""


@contextmanager
def sentences(tried: int = TRIES) -> Iterator[None]:
    """Turn what the user can fix into a `dg.Failure` that says it in one sentence.

    `tried`: how often the step was tried before; where the next try may help, it is asked for. Not by a RetryPolicy,
    which tries everything again, faults of this program too, and then says "exceeded max_retries" instead of why.
    """
    try:
        yield
    except ExportError as error:
        if tried + 1 < TRIES and may_be_gone(error):
            raise dg.RetryRequested(TRIES - 1, FIRST_RETRY_AFTER * 2**tried) from dg.Failure(str(error))
        raise _failure(str(error), allow_retries=may_be_gone(error)) from None


def _failure(told: str, *, allow_retries: bool) -> dg.Failure:
    try:
        from hubspot_assets.defs.without_frames import Sentence  # noqa: PLC0415 - not with every Dagster
    except ImportError:
        return dg.Failure(told, allow_retries=allow_retries)
    return Sentence(told, allow_retries=allow_retries)


def may_be_gone(error: ExportError) -> bool:
    """Whether the next try may do what this one could not."""
    return isinstance(error, Temporary) or (isinstance(error, LakeError) and is_temporary(error))


@dataclass
class Failures:
    """Step to sentence, as they come, and what is said of a step that was not reached.

    `of_run`: the run failed, and this is what it says of itself.
    """

    by_step: dict[str, str] = field(default_factory=dict)
    otherwise: str = "not started, because a table that it is built from failed"
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
    if error.cls_name == "Sentence":  # of `without_frames.py`
        return message
    return message.split(": ", 1)[1] if ": " in message else message
