"""Run the export of one day outside the UI: which tables, their progress, and what is in at the end.

Used by the command line and by scripts. It runs the same asset graph as `dagster dev`, in this process, and on the
instance of DAGSTER_HOME where that is set, so that the runs are in the UI too. Not here: what came of it
(`checks/outcome.py`), what is printed (`cli/export.py`).
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime, timezone

import dagster as dg
from dagster._core.definitions.job_base import InMemoryJob
from dagster._core.events import RunFailureReason
from dagster._core.execution.api import execute_run_iterator
from dagster._core.storage.tags import PARTITION_NAME_TAG

from hubspot_assets.catalog.portal_tables import PortalTables
from hubspot_assets.catalog.selection import select_tables
from hubspot_assets.catalog.table import EVENTS, Table
from hubspot_assets.checks.outcome import DayExport, ExportedTable
from hubspot_assets.days import DayNotExportable, is_over
from hubspot_assets.defs.assets.export_day import EXPORT_DAY
from hubspot_assets.defs.build import build_defs
from hubspot_assets.defs.failures import Failures, sentence
from hubspot_assets.defs.instance import instance_of_commands
from hubspot_assets.defs.io_manager import table_of
from hubspot_assets.defs.partitions import daily_partitions
from hubspot_assets.defs.specs import asset_key
from hubspot_assets.lake import Lake, LakeError, Manifest, TableMissing
from hubspot_assets.reading.discovery import load_portal

Event = dg.DagsterEvent
OnEvent = Callable[[Event], None]

OnWarning = Callable[[str], None]

_WARNINGS = "warnings"


def table_written(event: Event) -> str | None:
    """Return the name of the table that an event says is in, None for any other event."""
    return table_of(event.asset_key) if event.is_step_materialization and event.asset_key else None


def export_day(
    day: str,
    names: Sequence[str] = (),
    *,
    lake: Lake,
    again: bool = False,
    on_event: OnEvent | None = None,
    on_warning: OnWarning | None = None,
) -> DayExport:
    """Export the tables of one day, all of them for no name.

    Tables that an export of the day wrote before it died or failed are not read again, unless `again`. For a selection,
    whatever it is made of and is not in that day yet is exported too, and a day that was closed is closed afterwards.
    `on_event` and `on_warning` are called with each event of Dagster's and each warning of a step as it comes.
    Raises UnknownTable, DayNotExportable and DayBusy before anything is read, and KeyboardInterrupt when interrupted; a
    table that fails is in `failed`, and the others go on. What fails where every table is in, such as the closing of
    the day, is the `trouble`.
    """
    keys = daily_partitions().get_partition_keys()
    if day not in keys:
        raise DayNotExportable(f"{day} is not a day that can be exported: the days are {keys[0]} to {keys[-1]}.")
    portal_tables = PortalTables(load_portal())
    tables = select_tables(portal_tables, names)
    # The assets alone: the checks of a day cost a third of a small day's time, and belong to the daily job.
    defs = build_defs(
        portal_tables.portal,
        asset_checks=[],
        jobs=[],
        schedules=[],
        sensors=[],
        loggers={_WARNINGS: _warnings_to(on_warning or (lambda _: None))},
    )
    closed = lake.success(day) if names else None
    with lake.exporting(day, whole=not names, again=again).held() as lease:
        was_in = _was_in(lake, day, lease.finished)
        selection = _selection(defs, tables, lake, day) if names else _all_but(defs, was_in)
        written, failures = _run(defs, day, selection, on_event or (lambda _: None))
        export = DayExport(day)
        steps = _steps(defs)
        for table in tables:
            key = asset_key(table)
            if key in written or table.name in was_in:
                manifest = lake.manifest(table.name, day) if key in written else was_in[table.name]
                export.tables[table.name] = ExportedTable.of(table, manifest, was_in=key not in written)
            else:
                export.failed[table.name] = failures.of(steps[key])
        if not export.failed:
            export.trouble = failures.first
            if not names and export.trouble is None and EXPORT_DAY not in written:
                export.trouble = failures.of(steps[EXPORT_DAY])
            if closed is not None and lease.was_closed and export.trouble is None:
                export.trouble = _close_again(lake, day, {*closed.tables, *export.tables})
    return export


def _close_again(lake: Lake, day: str, tables: AbstractSet[str]) -> str | None:
    """Close a day again of which a table was replaced, with what it had: the portal may have got tables since.

    Says why where it can not be closed.
    """
    try:
        lake.close_day(day, sorted(tables))
    except LakeError as error:
        return str(error)
    return None


def _was_in(lake: Lake, day: str, finished: AbstractSet[str]) -> dict[str, Manifest]:
    """The tables that need not be read again. What HubSpot did not give, it may give now."""
    if not finished:
        return {}
    manifests = {name: found for name, found in lake.manifests(day).items() if name in finished}
    lake.sweep(day, manifests)
    return {name: found for name, found in manifests.items() if not _is_to_be_asked_again(found)}


def _is_to_be_asked_again(manifest: Manifest) -> bool:
    return manifest.unavailable is not None or any(part.mendable for part in manifest.parts_unavailable)


def _all_but(defs: dg.Definitions, was_in: Mapping[str, Manifest]) -> set[dg.AssetKey] | None:
    """What is left to do; None for everything. Tables of one step are of one reading: all are made again, or none."""
    if not was_in:
        return None
    steps = [assets.keys for assets in defs.resolve_asset_graph().assets_defs if assets.is_executable]
    return {key for keys in steps if any(table_of(one) not in was_in for one in keys) for key in keys}


def _run(
    defs: dg.Definitions, day: str, selection: set[dg.AssetKey] | None, on_event: OnEvent
) -> tuple[set[dg.AssetKey], Failures]:
    """Materialize assets of a day; gives those that are in, and why others are not."""
    job = defs.resolve_implicit_global_asset_job_def()
    written: set[dg.AssetKey] = set()
    failures = Failures()
    is_interrupted = False
    with instance_of_commands() as instance:
        run = instance.create_run_for_job(
            job,
            asset_selection=selection,
            tags={PARTITION_NAME_TAG: day},
            run_config={"loggers": {_WARNINGS: {"config": {}}}},
        )
        for event in execute_run_iterator(InMemoryJob(job), run, instance):
            if event.is_step_materialization and event.asset_key:
                written.add(event.asset_key)
            elif event.is_step_failure and event.step_key:
                failures.by_step[event.step_key] = sentence(event.step_failure_data.error)
            elif event.event_type is dg.DagsterEventType.RUN_FAILURE:
                is_interrupted = event.job_failure_data.failure_reason is RunFailureReason.UNEXPECTED_TERMINATION
                failures.of_run = sentence(event.job_failure_data.error)
                if event.job_failure_data.error:
                    failures.otherwise = failures.of_run
            on_event(event)
    if is_interrupted:
        raise KeyboardInterrupt  # as it was, before Dagster made an event of it
    return written, failures


def _steps(defs: dg.Definitions) -> dict[dg.AssetKey, str]:
    """The step that writes each table."""
    every = defs.resolve_asset_graph().assets_defs
    return {key: assets.op.name for assets in every if assets.is_executable for key in assets.keys}


def _selection(defs: dg.Definitions, tables: Sequence[Table], lake: Lake, day: str) -> set[dg.AssetKey]:
    graph = defs.resolve_asset_graph()
    chosen = {asset_key(table) for table in tables}
    # HubSpot serves the events of any day; what they are defined by can not be read for a day that is over.
    is_late = is_over(day, datetime.now(timezone.utc))
    events = [asset_key(table) for table in tables if table.family == EVENTS] if is_late else []
    waiting = list(chosen.difference(events))
    while waiting:
        for parent in graph.get(waiting.pop()).parent_keys:
            if parent not in chosen and not _is_in(lake, table_of(parent), day):
                chosen.add(parent)
                waiting.append(parent)
    return chosen


def _is_in(lake: Lake, table: str, day: str) -> bool:
    try:
        lake.manifest(table, day)
    except TableMissing:
        return False
    return True


class _Warnings(logging.Handler):
    def __init__(self, tell: OnWarning) -> None:
        super().__init__()
        self._tell = tell

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno == logging.WARNING:
            self._tell(getattr(record, "dagster_meta", {}).get("orig_message") or record.getMessage())


def _warnings_to(tell: OnWarning) -> dg.LoggerDefinition:
    """A Dagster logger that hands on warnings and nothing else: without a logger, Dagster prints every event."""

    @dg.logger(config_schema={})
    def warnings(_: dg.InitLoggerContext) -> logging.Logger:
        logger = logging.Logger(_WARNINGS, logging.WARNING)
        logger.addHandler(_Warnings(tell))
        return logger

    return warnings
