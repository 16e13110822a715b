"""Is yesterday there? The check that runs at the deadline, and what it tells of the days that were missed.

Dagster's freshness policy, which the UI shows, looks at when an asset was last materialized and not at which day: a
backfill of an old day hides that yesterday is missing. This check looks at the days themselves, in the lake, so that
exports from the command line count, too. It has no partition and a job of its own (`schedules.py`).
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import dagster as dg

from hubspot_assets.concurrency import results_by_item
from hubspot_assets.defs.assets.export_day import EXPORT_DAY
from hubspot_assets.defs.declaring import keyed, with_resources_of_portal
from hubspot_assets.defs.lake_resource import LakeResource
from hubspot_assets.defs.partitions import daily_partitions
from hubspot_assets.lake import Lake

YESTERDAY_IS_IN = dg.AssetCheckKey(EXPORT_DAY, "yesterday_is_in")

_AT_ONCE = 8
_SHOWN = 100


def deadline_check() -> dg.AssetChecksDefinition:
    """`yesterday_is_in`: the last complete day has its `_SUCCESS.json`, whatever else was exported."""

    days = daily_partitions()

    @dg.asset_check(
        asset=keyed(EXPORT_DAY),
        name=YESTERDAY_IS_IN.name,
        blocking=True,  # else the run of the deadline is green, and nobody is told
        description="The last day has been exported completely. Lists the days that are missing since the first "
        "one, and what can still be exported for them.",
    )
    @with_resources_of_portal
    def _check(lake: LakeResource) -> dg.AssetCheckResult:
        expected = days.get_last_partition_key()
        assert expected is not None, "the export's first day is over"  # noqa: S101
        return yesterday_result(lake.lake(), expected)

    return _check


def yesterday_result(lake: Lake, expected: str) -> dg.AssetCheckResult:
    """The check for a last complete day `expected`: passed when it is whole; `missed_days` lists all that are not."""
    begun = [day for day in lake.days() if day <= expected]
    whole = {day for day, success in results_by_item(lake.success, begun, at_once=_AT_ONCE).items() if success}
    missed = [day for day in _days(min(whole, default=expected), expected) if day not in whole]
    passed = expected in whole
    metadata: dict[str, Any] = {"day": expected, "whole_days": len(whole), "missed_days": len(missed)}
    if missed:
        rows = [_row(day, begun=day in begun, expected=expected) for day in reversed(missed[-_SHOWN:])]
        metadata["missed"] = dg.MetadataValue.table([dg.TableRecord(row) for row in rows])
    description = f"{expected} is complete." if passed else f"{expected} is not complete: {_state(expected in begun)}."
    older = [day for day in missed if day != expected]
    if older:
        description += (
            f" {len(older)} earlier days are missing, the last of them {older[-1]}: HubSpot serves only its current "
            "state, so only their events can still be exported."
        )
    return dg.AssetCheckResult(passed=passed, description=description, metadata=metadata)


def _row(day: str, *, begun: bool, expected: str) -> dict[str, str]:
    possible = "every table, until the day after it is over" if day == expected else "events only (group events)"
    return {"day": day, "state": _state(begun), "can still be exported": possible}


def _state(begun: bool) -> str:
    return "some of its tables are there, but the day is not closed" if begun else "nothing of it was exported"


def _days(first: str, last: str) -> Iterable[str]:
    day = date.fromisoformat(first)
    while str(day) <= last:
        yield str(day)
        day += timedelta(days=1)
