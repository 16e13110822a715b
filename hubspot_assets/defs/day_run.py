"""What a run of the export does around its steps, whoever starts it.

It refuses what can not be made any more before anything is asked, has its days to itself, forecasts the calls it needs,
knows what an export of the day that died has written already, and closes a day again of which it replaced tables.

Not here: how steps are run (`executor.py`, which calls this), what each step does (`step.py`), how a day is held and
closed in S3 (`lake`), runs whose process is gone (`dead_runs.py`). No future import of annotations: Dagster reads these
at run time.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

import dagster as dg

from hubspot_assets.days import LateSnapshot, is_over
from hubspot_assets.defs.dead_runs import end_dead_runs
from hubspot_assets.defs.failures import sentences
from hubspot_assets.defs.holding import held_for_steps, run_has_ended
from hubspot_assets.defs.io_manager import TableIsIn
from hubspot_assets.defs.kinds import KIND_TAG, Kind
from hubspot_assets.defs.partitions import daily_partitions
from hubspot_assets.lake import Lake, Manifest
from hubspot_assets.reading.quota import shortfall
from hubspot_assets.reading.reading import Reading
from hubspot_assets.settings import Settings

READ_AGAIN = "hubspot_assets/again"
"""The tag of a run that reads everything, whatever an export of the day that died has written."""

PARTITION = "dagster/partition"
_FIRST, _LAST = "dagster/asset_partition_range_start", "dagster/asset_partition_range_end"
_RESOURCES = ("lake", "hubspot")


@dataclass
class DayRun:
    """What the steps of a run must know of it."""

    tables_in: Mapping[str, Manifest] = field(default_factory=dict)
    """Tables that an export of the day wrote which did not come to its end."""

    def in_already(self, tables: Collection[str]) -> dict[str, TableIsIn]:
        """What is in of the tables of one step; nothing unless all are: they are of one reading, or made again."""
        if not self.tables_in.keys() >= set(tables):
            return {}
        return {table: TableIsIn(self.tables_in[table]) for table in tables}


# By run: steps on threads of a process find their run here.
_RUNS: dict[str, DayRun] = {}


def run_of(run_id: str) -> DayRun:
    """The run of a step; of a process that runs single steps, one that knows nothing."""
    return _RUNS.get(run_id) or DayRun()


@contextmanager
def day_run(plan_context: Any, execution_plan: Any) -> Iterator[None]:
    """Around the steps of a run. Does nothing where none of them is the export's, such as for checks alone.

    Raises `dg.Failure` with one sentence where the run can not begin, or can not close again what it found closed.
    """
    end_dead_runs(plan_context.instance, plan_context.dagster_run)
    steps = execution_plan.get_steps_to_execute_in_topo_order()
    kinds = {Kind(step.tags[KIND_TAG]) for step in steps if KIND_TAG in (step.tags or {})}
    if not kinds:
        yield
        return
    run_id, tags, log = plan_context.dagster_run.run_id, plan_context.dagster_run.tags, plan_context.log
    with ExitStack() as stack:
        with sentences():
            days = days_of(tags)
            resources = stack.enter_context(_resources(plan_context))
            settings = resources.hubspot.settings()
            _refuse_days_that_are_over(days, kinds, settings)
            held: Lake = resources.lake.lake()
            whole = Kind.DAY in kinds
            again = READ_AGAIN in tags
            found_closed = {}
            run = DayRun()
            has_ended = run_has_ended(plan_context.instance)
            for day in days:
                success = None if whole else held.success(day)
                taking = held.exporting(day, run=run_id, whole=whole, again=again, has_ended=has_ended)
                held = stack.enter_context(taking)
                lease = held.lease(day)
                if success is not None and lease and lease.was_closed:
                    found_closed[day] = set(success.tables)
                if whole and len(days) == 1:
                    run = DayRun(_in_already(held, day))
            if whole and (warning := _shortfall(resources.hubspot.reading(), held, max(days))):
                log.warning(warning)
        _RUNS[run_id] = run
        try:
            with held_for_steps(held, run_id):
                yield
        finally:
            del _RUNS[run_id]
        with sentences():
            for day, tables in found_closed.items():
                _close_again(held, day, tables, log)


def _shortfall(reading: Reading, lake: Lake, day: str) -> str | None:
    return shortfall(reading.client, lake, day, reading.full_history_days)


def days_of(tags: Mapping[str, str]) -> list[str]:
    """The days of a run, by its tags."""
    if _FIRST in tags:
        return list(daily_partitions().get_partition_keys_in_range(dg.PartitionKeyRange(tags[_FIRST], tags[_LAST])))
    return [tags[PARTITION]] if PARTITION in tags else []


def _refuse_days_that_are_over(days: Sequence[str], kinds: AbstractSet[Kind], settings: Settings) -> None:
    """Raise LateSnapshot for snapshots of days that are over, in one sentence that says what can be made again."""
    if Kind.SNAPSHOT not in kinds:
        return
    last = daily_partitions().get_last_partition_key()
    if len(days) > 1:
        raise LateSnapshot(
            f"{days[0]} to {days[-1]} can not be made as one run: HubSpot serves only its current state, so that all "
            f"tables but those of events can be made of one day alone, {last}. Of all these days only the EVENTS_ "
            "tables (the assets of the group `events`) can be made: select those for a backfill."
        )
    if is_late(days[0], datetime.now(timezone.utc), settings):
        raise LateSnapshot(late_sentence(days[0]))


def is_late(day: str, began: datetime, settings: Settings) -> bool:
    """Whether snapshots of a day could not be made any more when a run began. Events can."""
    return is_over(day, began, settings.zone) and not settings.allow_late_snapshot


def late_sentence(day: str) -> str:
    """What is said of a day whose snapshots can not be made any more."""
    return (
        f"{day} is over: HubSpot serves only its current state, so that of this day only the EVENTS_ tables (assets "
        f"of the group `events`) can be made again, and the others of {daily_partitions().get_last_partition_key()} "
        f"alone. To write today's state into {day} all the same, set HUBSPOT_ALLOW_LATE_SNAPSHOT=true; the manifests "
        "keep the true time."
    )


@contextmanager
def _resources(plan_context: Any) -> Iterator[Any]:
    """The lake and HubSpot as the steps of this run have them: configured as the run is."""
    defined = plan_context.job.get_definition().resource_defs
    wanted, waiting = set(), list(_RESOURCES)
    while waiting:
        wanted.add(key := waiting.pop())
        waiting.extend(defined[key].required_resource_keys - wanted)
    config = plan_context.dagster_run.run_config.get("resources", {})
    with dg.build_resources(
        {key: defined[key] for key in wanted},
        instance=plan_context.instance,
        resource_config={key: given for key, given in config.items() if key in wanted},
    ) as resources:
        yield resources


def _close_again(lake: Lake, day: str, tables: AbstractSet[str], log: Any) -> None:
    """Close a day again of which a table was replaced, with what it had: the portal may have got tables since."""
    if lake.success(day) is None:
        lake.close_day(day, sorted(tables), log.warning)


def _in_already(held: Lake, day: str) -> dict[str, Manifest]:
    """The tables that need not be read again. What HubSpot did not give, it may give now."""
    return {name: found for name, found in held.finished(day).items() if not _is_to_be_asked_again(found)}


def _is_to_be_asked_again(manifest: Manifest) -> bool:
    return manifest.unavailable is not None or any(part.mendable for part in manifest.parts_unavailable)
