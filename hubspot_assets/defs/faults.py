"""What is wrong with the tables of a day, for the checks and for the asset that closes it; and which day they look at.

Not here: the rules (`hubspot_assets/checks`), how what they find is shown (`defs/checks`).
"""

from collections.abc import Iterable, Sequence
from threading import Lock

import dagster as dg

from hubspot_assets.catalog.portal_tables import PortalTables
from hubspot_assets.catalog.table import Table
from hubspot_assets.checks.day import Day
from hubspot_assets.checks.finding import Finding
from hubspot_assets.checks.rules import RULES, Rule, Topic
from hubspot_assets.defs.resources import HubSpotResource
from hubspot_assets.errors import ExportError
from hubspot_assets.lake import Lake

_RANGE_END = "dagster/asset_partition_range_end"

SOUND_TOPICS = (Topic.HASHES, Topic.KEYS, Topic.TYPES, Topic.COUNTS, Topic.DRIFT)
"""What is asked about the tables of a step, in this order."""

_KEPT = 2
_DAYS: dict[tuple[str, str, int], Day] = {}
_LOCK = Lock()


def day_of(context: dg.AssetCheckExecutionContext, lake: Lake) -> tuple[str | None, bool]:
    """The day of the run, and whether it has one; else the last exported day, None where there is none.

    Of a run over a range of days its last one. The UI starts checks without any day.
    """
    if context.run.tags.get(_RANGE_END):
        return context.run.tags[_RANGE_END], True
    if context.op_execution_context.has_partition_key:
        return context.partition_key, True
    days = lake.days()
    return next((day for day in reversed(days) if lake.success(day)), days[-1] if days else None), False


def day_of_run(run_id: str, portal_tables: PortalTables, lake: Lake, day: str, hubspot: HubSpotResource) -> Day:
    """A day, the same object for all checks of a run in this process: what they share is read once.

    Its limits are those of the settings. Raises SettingError for one that can not be used.
    """
    key = (run_id, lake.layout.url(lake.layout.day(day)), id(portal_tables))
    with _LOCK:
        if key not in _DAYS:
            while len(_DAYS) >= _KEPT:
                del _DAYS[next(iter(_DAYS))]
            settings = hubspot.settings()
            _DAYS[key] = Day(
                portal_tables,
                lake,
                day,
                lambda: hubspot.reading().client,
                count_tolerance=settings.count_tolerance,
                row_fall_limit=settings.row_fall_limit,
            )
        return _DAYS[key]


def findings(rule: Rule, day: Day) -> list[Finding]:
    """What a rule finds in a day, in a stable order. What can not be looked at is a finding, too."""
    try:
        return sorted(set(rule.find(day)))
    except ExportError as error:
        # A definition table that can not be read, or no token: the other rules have their say all the same.
        return [Finding("(not checked)", str(error))]


def hold_up(every: Day, tables: Iterable[Sequence[Table]]) -> None:
    """Raise `dg.Failure` in one sentence where a table has what must never be. `tables`: step by step."""
    for together in tables:
        day = every.part(together)
        wrong = [one for rule in RULES if rule.must_hold and rule.topic in SOUND_TOPICS for one in findings(rule, day)]
        if wrong:
            raise dg.Failure(
                description=f"{day.day} is not closed, because of {wrong[0].table}: {wrong[0].what}",
                allow_retries=False,
            )
