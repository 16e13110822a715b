"""How a run is executed: what every run of the export does around its steps, and how the steps run.

`threads_executor` is the one of the definitions, so that whoever starts a run (UI, schedule, backfill, re-execution,
command) gets the same. Another executor gets it by `around_steps`, such as `around_steps(dg.multiprocess_executor)`.
Not here: what is done around the steps (`day_run.py`), how threads run them (`threads.py`).
"""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from hubspot_assets.defs.day_run import day_run

AT_ONCE = 4
"""How many steps run at the same time. Enough that one of them computes while the others wait; each holds memory."""


class RunOfDays(dg.Executor):
    """Runs the steps by another executor, within the run of their days."""

    def __init__(self, steps: dg.Executor, warning: str | None = None) -> None:
        self._steps = steps
        self._warning = warning

    @property
    def retries(self) -> Any:
        """How steps are tried again: as the other executor does it."""
        return self._steps.retries

    def execute(self, plan_context: Any, execution_plan: Any) -> Iterator[dg.DagsterEvent]:
        """Run the steps. Raises `dg.Failure` with one sentence where the run cannot begin, or not close its days."""
        if self._warning:
            plan_context.log.warning(self._warning)
        with day_run(plan_context, execution_plan):
            yield from self._steps.execute(plan_context, execution_plan)


def around_steps(executor: dg.ExecutorDefinition) -> dg.ExecutorDefinition:
    """The same executor, whose runs of the export's steps hold their days, go on with them and close them."""

    def create(context: dg.InitExecutorContext) -> RunOfDays:
        steps = executor.executor_creation_fn
        assert steps is not None, "an executor is made by something"  # noqa: S101
        return RunOfDays(steps(context))

    # Its requirements are told when its configuration is known, and not before.
    requirements: Any = executor.get_requirements
    config_schema: Any = executor.config_schema
    return dg.ExecutorDefinition(executor.name, config_schema, requirements, create)


@dg.executor(
    name="threads",
    config_schema={
        "max_concurrent": dg.Field(int, default_value=AT_ONCE, description="How many steps run at the same time.")
    },
)
def threads_executor(context: dg.InitExecutorContext) -> RunOfDays:
    """Run the steps of a job side by side, on threads of the run's own process; one by one where Dagster changed."""
    config: Any = context.executor_config
    try:
        from hubspot_assets.defs.threads import ThreadsExecutor  # noqa: PLC0415 - not with every Dagster
    except ImportError as error:
        create: Any = dg.in_process_executor.executor_creation_fn
        steps = create(context._replace(executor_config={"retries": {"enabled": {}}}))
        return RunOfDays(
            steps,
            f"Steps run one at a time: this version of Dagster ({dg.__version__}) does not support threads for them "
            f"({error}). Everything is still exported, only more slowly; a newer version of hubspot-assets may "
            "support this Dagster.",
        )
    return RunOfDays(ThreadsExecutor(config["max_concurrent"]))
