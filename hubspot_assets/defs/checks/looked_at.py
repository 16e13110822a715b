"""Which day a check looks at: that of its run; the last exported one where the UI starts it, which gives it none.

Not here: what is looked for.
"""

from typing import NamedTuple

import dagster as dg

from hubspot_assets.lake import Lake

_RANGE_END = "dagster/asset_partition_range_end"


class LookedAt(NamedTuple):
    """A day, and whether it is the run's own."""

    day: str
    is_of_run: bool

    @property
    def said(self) -> str:
        """The day as a person is told of it."""
        return self.day if self.is_of_run else f"{self.day} (the last exported day)"


def day_to_look_at(context: dg.AssetCheckExecutionContext, lake: Lake) -> LookedAt | None:
    """Return the day of the run, of a range the last one; else the last whole day, or the last begun one, if any."""
    if end := context.run.tags.get(_RANGE_END):
        return LookedAt(end, is_of_run=True)
    if context.op_execution_context.has_partition_key:
        return LookedAt(context.partition_key, is_of_run=True)
    days = lake.days()
    last = next((day for day in reversed(days) if lake.success(day)), days[-1] if days else None)
    return LookedAt(last, is_of_run=False) if last else None


def nothing_yet(key: dg.AssetKey, name: str) -> dg.AssetCheckResult:
    """Return what a check says before there is any day: not passed, and no fault."""
    return dg.AssetCheckResult(
        asset_key=key,
        check_name=name,
        passed=False,
        severity=dg.AssetCheckSeverity.WARN,
        description="No day has been exported yet, so there is nothing to check: materialize a day first.",
    )
