"""What a run of the export does around its steps, whoever starts it.

It refuses what cannot be made any more before anything is asked, has its days to itself, forecasts the calls it needs,
knows what an export of the day that died has written already, and closes a day again of which it replaced tables.

Not here: how steps are run (`executor.py`, which calls this), what each step does (`step.py`), how a day is held and
closed in S3 (`lake`), runs whose process is gone (`dead_runs.py`). No future import of annotations: Dagster reads these
at run time.
"""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import ExitStack, contextmanager
from datetime import date, datetime, timedelta, timezone
from typing import Any

import dagster as dg

from hubspot_assets.days import LateSnapshot, is_over
from hubspot_assets.defs.dead_runs import end_dead_runs
from hubspot_assets.defs.declaring import PORTAL, named
from hubspot_assets.defs.failures import sentences
from hubspot_assets.defs.holding import DayRun, known_to_steps, run_has_ended
from hubspot_assets.defs.kinds import KIND_TAG, Kind
from hubspot_assets.defs.lake_resource import LakeResource
from hubspot_assets.defs.planned import note_planned
from hubspot_assets.defs.resources import HubSpotResource
from hubspot_assets.errors import SettingError
from hubspot_assets.hubspot.account import calls_left
from hubspot_assets.lake import Lake, LakeError, Manifest
from hubspot_assets.reading.quota import shortfall
from hubspot_assets.reading.reading import Reading
from hubspot_assets.settings import Settings

READ_AGAIN = "hubspot_assets/again"
"""The tag of a run that reads everything, whatever an export of the day that died has written."""

PARTITION = "dagster/partition"
_MOST_RETRIES = "dagster/max_retries"
_FIRST, _LAST = "dagster/asset_partition_range_start", "dagster/asset_partition_range_end"


@contextmanager
def day_run(plan_context: Any, execution_plan: Any) -> Iterator[None]:
    """Around the steps of a run. Does nothing where none of them is the export's, such as for checks alone.

    Raises `dg.Failure` with one sentence where the run cannot begin, or cannot close again what it found closed.
    """
    end_dead_runs(plan_context.instance, plan_context.dagster_run)
    steps = execution_plan.get_steps_to_execute_in_topo_order()
    ours = [step.tags for step in steps if KIND_TAG in (step.tags or {})]
    if not ours:
        yield
        return
    kinds = {Kind(tags[KIND_TAG]) for tags in ours}
    run_id, tags, log = plan_context.dagster_run.run_id, plan_context.dagster_run.tags, plan_context.log
    with ExitStack() as stack:
        stack.enter_context(_in_vain(plan_context.instance, run_id))
        with sentences():
            days = days_of(tags)
            lake, hubspot = stack.enter_context(_resources(plan_context, _portal_of(ours)))
            _refuse_days_that_are_over(days, kinds, hubspot.settings())
            note_planned(plan_context.instance, run_id, {**hubspot.decided(), **lake.decided()})
            held: Lake = lake.lake()
            whole = Kind.DAY in kinds
            again = READ_AGAIN in tags
            tables_in: Mapping[str, Manifest] = {}
            has_ended = run_has_ended(plan_context.instance)
            for day in days:
                how = {"run": run_id, "whole": whole, "again": again, "has_ended": has_ended, "tell": log.warning}
                held = stack.enter_context(held.exporting(day, **how))
                if whole and len(days) == 1:
                    tables_in = _in_already(held, day)
            if kinds - {Kind.DAY}:
                _forecast(hubspot.reading(), held, max(days, default=""), whole=whole, log=log)
        with known_to_steps(DayRun(held, tables_in), run_id):
            yield
        with sentences():
            _close_again(held, days, log)


@contextmanager
def _in_vain(instance: dg.DagsterInstance, run_id: str) -> Iterator[None]:
    """Have a run that fails for good not be started again where the deployment retries runs, as a shipped one does."""
    try:
        yield
    except dg.Failure as failure:
        if not failure.allow_retries:
            instance.add_run_tags(run_id, {_MOST_RETRIES: "0"})
        raise


def _forecast(reading: Reading, lake: Lake, day: str, *, whole: bool, log: Any) -> None:
    """Warn before a whole day for which the calls that are left will not do. Raises Unauthorized, of any run."""
    left = calls_left(reading.client)
    if whole and (warning := shortfall(left, lake, day, reading.full_history_days)):
        log.warning(warning)


def _portal_of(ours: Sequence[Mapping[str, str]]) -> str:
    """Return whose steps these are, by their tags. Raises SettingError where they are of several portals."""
    portals = sorted({tags.get(PORTAL, "") for tags in ours})
    if len(portals) > 1:
        raise SettingError(
            f"These assets belong to several portals ({', '.join(portals)}), and a run exports a day of one portal: "
            "choose the assets of one portal."
        )
    return portals[0]


def days_of(tags: Mapping[str, str]) -> list[str]:
    """The days of a run, by its tags."""
    if _FIRST in tags:
        first, last = date.fromisoformat(tags[_FIRST]), date.fromisoformat(tags[_LAST])
        return [str(first + timedelta(days=number)) for number in range((last - first).days + 1)]
    return [tags[PARTITION]] if PARTITION in tags else []


def _refuse_days_that_are_over(days: Sequence[str], kinds: AbstractSet[Kind], settings: Settings) -> None:
    """Raise LateSnapshot for snapshots of days that are over, in one sentence that says what can be made again."""
    if Kind.SNAPSHOT not in kinds:
        return
    if len(days) > 1:
        raise LateSnapshot(
            f"{days[0]} to {days[-1]} cannot be exported in one run: HubSpot serves only its current state, so all "
            f"tables but those of events can be exported only for {settings.yesterday}. For all these days, only the "
            "EVENTS_ tables (the assets in the group `events`) can be exported: select those for a backfill."
        )
    if is_late(days[0], datetime.now(timezone.utc), settings):
        raise LateSnapshot(late_sentence(days[0], settings))


def is_late(day: str, began: datetime, settings: Settings) -> bool:
    """Whether snapshots of a day could not be made any more when a run began. Events can."""
    return is_over(day, began, settings.zone) and not settings.allow_late_snapshot


def late_sentence(day: str, settings: Settings) -> str:
    """What is said of a day whose snapshots cannot be made any more."""
    return (
        f"{day} is over: HubSpot serves only its current state, so for this day only the EVENTS_ tables (the assets "
        f"in the group `events`) can be exported, and all other tables only for {settings.yesterday}. To write "
        f"today's state into {day} anyway, set HUBSPOT_ALLOW_LATE_SNAPSHOT=true; the manifests record when it was "
        "really read."
    )


@contextmanager
def _resources(plan_context: Any, portal: str) -> Iterator[tuple[LakeResource, HubSpotResource]]:
    """Give the lake and HubSpot of a portal as the steps of this run have them: configured as the run is."""
    defined = plan_context.job.get_definition().resource_defs
    lake, hubspot = named("lake", portal), named("hubspot", portal)
    wanted, waiting = set(), [lake, hubspot]
    while waiting:
        wanted.add(key := waiting.pop())
        waiting.extend(defined[key].required_resource_keys - wanted)
    config = plan_context.dagster_run.run_config.get("resources", {})
    with dg.build_resources(
        {key: defined[key] for key in wanted},
        instance=plan_context.instance,
        resource_config={key: given for key, given in config.items() if key in wanted},
    ) as resources:
        yield getattr(resources, lake), getattr(resources, hubspot)


def _close_again(lake: Lake, days: Sequence[str], log: Any) -> None:
    """Close days again of which a table was replaced, by this run or by one before it that was killed.

    Each is closed with what it had: the portal may have got tables since. Raises the error of the first that cannot.
    """
    errors = []
    for day in days:
        lease = lake.lease(day)
        if lease and lease.closed and lake.success(day) is None:
            try:
                lake.close_day(day, lease.closed.tables, log.warning, lease.closed.excluded)
            except LakeError as error:
                errors.append(error)
    if errors:
        raise errors[0]


def _in_already(held: Lake, day: str) -> dict[str, Manifest]:
    """The tables that need not be read again. What HubSpot did not give, it may give now."""
    return {name: found for name, found in held.finished(day).items() if not _is_to_be_asked_again(found)}


def _is_to_be_asked_again(manifest: Manifest) -> bool:
    return manifest.unavailable is not None or any(part.mendable for part in manifest.parts_unavailable)
