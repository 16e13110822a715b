"""Run the export of one day outside the UI: which tables, their progress, and what is in at the end.

Used by the command line and by scripts. It runs the same asset graph as `dagster dev`, in this process, and on the
instance of DAGSTER_HOME where that is set, so that the runs are in the UI too. Not here: what came of it
(`checks/outcome.py`), what is printed (`cli/export.py`).
"""

import logging
from collections.abc import Callable, Collection, Generator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any, TypeAlias

import dagster as dg

from hubspot_assets.catalog.table import EVENTS, Table
from hubspot_assets.checks.outcome import DayExport, ExportedTable
from hubspot_assets.days import DayNotExportable
from hubspot_assets.defs.assets.export_day import EXPORT_DAY
from hubspot_assets.defs.build import build_defs
from hubspot_assets.defs.day_run import PARTITION, READ_AGAIN, is_late, late_sentence
from hubspot_assets.defs.dead_runs import note_process
from hubspot_assets.defs.declaring import declaring, keyed, named
from hubspot_assets.defs.failures import Failures, sentence
from hubspot_assets.defs.instance import instance_of_commands
from hubspot_assets.defs.io_manager import COUNTS, IN_MANIFEST, LACKING, ROW_COUNT, WAS_IN, table_of
from hubspot_assets.defs.partitions import daily_partitions
from hubspot_assets.defs.resources import HubSpotResource, configured
from hubspot_assets.defs.schedules import DAILY_EXPORT
from hubspot_assets.defs.specs import asset_key
from hubspot_assets.errors import ExportError
from hubspot_assets.lake import Lake, TableMissing
from hubspot_assets.reading.exported import exported_tables
from hubspot_assets.reading.reading import Reading
from hubspot_assets.settings import Settings

Event = dg.DagsterEvent
OnEvent = Callable[[Event], None]

Metadata: TypeAlias = "Mapping[str, dg.MetadataValue]"

OnWarning = Callable[[str], None]

OnReading = Callable[[str, Reading], None]
"""Hears of each reading that a step begins: the step's name, and the account that tells how far it is."""

_ENDED = (dg.DagsterEventType.STEP_SUCCESS, dg.DagsterEventType.STEP_FAILURE, dg.DagsterEventType.STEP_UP_FOR_RETRY)
_WARNINGS = "warnings"


class RunRefused(ExportError):
    """The run of a day did not begin; the text is what it says of itself."""


def table_written(event: Event) -> str | None:
    """Return the name of the table that an event says is in, None for any other event."""
    key = event.asset_key if event.is_step_materialization else None
    return table_of(key) if key is not None and key != EXPORT_DAY else None


def rows_written(event: Event) -> int | None:
    """Return how many rows the table has that an event says is in; None where HubSpot did not give it."""
    told = event.step_materialization_data.materialization.metadata.get(ROW_COUNT)
    return told.value if isinstance(told, dg.IntMetadataValue) else None


def step_ended(event: Event) -> str | None:
    """Return the step that an event says has come to an end, well or not, or is tried again; None for other events."""
    return event.step_key if event.event_type in _ENDED else None


def export_day(
    day: str,
    names: Sequence[str] = (),
    *,
    lake: Lake,
    again: bool = False,
    on_event: OnEvent | None = None,
    on_warning: OnWarning | None = None,
    on_reading: OnReading | None = None,
    settings: Settings | None = None,
) -> DayExport:
    """Export the tables of one day, all of them for no name.

    Tables that an export of the day wrote before it died or failed are not read again, unless `again`. For a selection,
    whatever it is made of and is not in that day yet is exported too. Of a day that is over, only events are exported.
    `on_event` and `on_warning` are called with each event of Dagster's and each warning of a step as it comes,
    `on_reading`, on the thread of a step, with each reading that it begins. `settings`: by default the environment's.
    Raises UnknownTable, DayNotExportable, SettingError and RunRefused before anything is read, and KeyboardInterrupt
    when interrupted; a table that fails is in `failed`, and the others go on. What fails where every table is in, such
    as the closing of the day, is the `trouble`.
    """
    settings = settings or Settings()
    _check_day(day, settings)
    settings.needed_token()
    began = datetime.now(timezone.utc)
    portal_tables = exported_tables(settings)
    tables = portal_tables.select(names)
    loggers = {_WARNINGS: _warnings_to(on_warning or (lambda _: None))}
    resources = {named("hubspot", settings.portal): _watched(on_reading, settings)} if on_reading else None
    defs = build_defs(portal_tables.portal, settings=settings, resources=resources, loggers=loggers)
    late = [table for table in tables if table.family != EVENTS] if is_late(day, began, settings) else []
    export = DayExport(day, failed={table.name: late_sentence(day, settings) for table in late})
    wanted = [table for table in tables if table.name not in export.failed]
    if not wanted:
        return export
    is_whole = not names and not late
    keys = {table.name: keyed(asset_key(table), settings.portal) for table in wanted}
    told = _run(
        defs.resolve_job_def(named(DAILY_EXPORT, settings.portal)),
        {PARTITION: day, **({READ_AGAIN: "true"} if again else {})},
        None if is_whole else _selection(defs, {*keys.values()}, lake, day, is_over=is_late(day, began, settings)),
        on_event or (lambda _: None),
    )
    steps = _steps(defs)
    for table in wanted:
        key = keys[table.name]
        if key in told.written:
            export.tables[table.name] = _exported(table, day, told.written[key], lake)
        else:
            export.failed[table.name] = told.failures.of(steps[key])
    if not export.failed:
        export.trouble = told.failures.first
        closing_it = keyed(EXPORT_DAY, settings.portal)
        if is_whole and export.trouble is None and closing_it not in told.written:
            export.trouble = told.failures.of(steps[closing_it])
    return export


def _exported(table: Table, day: str, metadata: Metadata, lake: Lake) -> ExportedTable:
    """Return what the event says by which a table is in; why something is missing, its manifest alone says whole."""
    was_in = WAS_IN in metadata
    if not LACKING.isdisjoint(metadata):
        return ExportedTable.of(table, lake.manifest(table.name, day), was_in=was_in)
    counts: dict[str, Any] = {name: metadata[told].value for name, told in COUNTS.items()}
    return ExportedTable(table, **counts, was_in=was_in)


def _check_day(day: str, settings: Settings) -> None:
    """Raise DayNotExportable for what is none of the days that the portal has."""
    with declaring(settings):
        days = daily_partitions().get_partition_keys()
    if day not in days:
        raise DayNotExportable(
            f"{day} cannot be exported: choose a day from {days[0]} to {days[-1]}. To export events of earlier days, "
            "set HUBSPOT_FIRST_DAY."
        )


@dataclass
class _RunEvents:
    """What a run tells by its events."""

    written: dict[dg.AssetKey, Metadata] = field(default_factory=dict)
    failures: Failures = field(default_factory=Failures)
    began: bool = False
    interrupted: bool = False

    def hear(self, event: dg.DagsterEvent) -> None:
        """Take in what an event says."""
        if event.event_type is dg.DagsterEventType.STEP_START:
            self.began = True
        elif event.is_step_materialization and event.asset_key:
            self.written[event.asset_key] = event.step_materialization_data.materialization.metadata
        elif event.is_step_failure and event.step_key:
            self.failures.by_step[event.step_key] = sentence(event.step_failure_data.error)
        elif event.event_type is dg.DagsterEventType.RUN_FAILURE:
            reason = event.job_failure_data.failure_reason
            self.interrupted = reason is not None and reason.name == "UNEXPECTED_TERMINATION"
            self.failures.of_run = sentence(event.job_failure_data.error)
            if event.job_failure_data.error:
                self.failures.otherwise = self.failures.of_run


def _run(
    job: dg.JobDefinition, tags: Mapping[str, str], selection: set[dg.AssetKey] | None, on_event: OnEvent
) -> _RunEvents:
    """Run a job, or some of its assets. Raises RunRefused where it did not begin."""
    told = _RunEvents()
    # Closed before its instance is, where whoever hears the events stops the run.
    with instance_of_commands() as instance, closing(_events(job, instance, tags, selection)) as events:
        for event in events:
            told.hear(event)
            on_event(event)
    if told.interrupted:
        raise KeyboardInterrupt  # as it was, before Dagster made an event of it
    if not told.began and told.failures.of_run:
        raise RunRefused(told.failures.of_run)
    return told


def _events(
    job: dg.JobDefinition, instance: dg.DagsterInstance, tags: Mapping[str, str], selection: set[dg.AssetKey] | None
) -> Generator[dg.DagsterEvent, None, None]:
    """The events of a run in this process, as they come; all at its end where Dagster has changed (`internals.py`)."""
    config: dict[str, Any] = {"loggers": {_WARNINGS: {"config": {}}}}
    try:
        # Not with every Dagster.
        from hubspot_assets.defs.internals import InMemoryJob, execute_run_iterator  # noqa: PLC0415
    except ImportError:
        again = dg.build_reconstructable_job(__name__, _job_anew.__name__, (job.name,))
        chosen = sorted(selection) if selection else None
        result = dg.execute_job(again, instance, config, tags, asset_selection=chosen)
        yield from result.all_events
        return
    run = instance.create_run_for_job(job, asset_selection=selection, tags=tags, run_config=config)
    note_process(instance, run.run_id)  # it may be killed before the run has started
    yield from execute_run_iterator(InMemoryJob(job), run, instance)


def _job_anew(name: str = DAILY_EXPORT) -> dg.JobDefinition:
    """The job, for Dagster to load by itself."""
    return build_defs(loggers={_WARNINGS: _warnings_to(lambda _: None)}).resolve_job_def(name)


def _steps(defs: dg.Definitions) -> dict[dg.AssetKey, str]:
    """The step that writes each table."""
    every = defs.resolve_asset_graph().assets_defs
    return {key: assets.op.name for assets in every if assets.is_executable for key in assets.keys}


def _selection(
    defs: dg.Definitions, tables: Collection[dg.AssetKey], lake: Lake, day: str, *, is_over: bool
) -> set[dg.AssetKey]:
    """Return the tables, what they are made of where that is not in, and what is in of what they are read with."""
    graph = defs.resolve_asset_graph()
    chosen = set(tables)
    # What events are defined by cannot be read for a day that is over.
    waiting = [] if is_over else list(chosen)
    while waiting:
        for parent in graph.get(waiting.pop()).parent_keys:
            if parent not in chosen and not _is_in(lake, table_of(parent), day):
                chosen.add(parent)
                waiting.append(parent)
    for assets in graph.assets_defs:
        if not chosen.isdisjoint(assets.keys):
            chosen |= {key for key in assets.keys - chosen if _is_in(lake, table_of(key), day)}
    return chosen


def _is_in(lake: Lake, table: str, day: str) -> bool:
    try:
        lake.manifest(table, day)
    except TableMissing:
        return False
    return True


def _watched(on_reading: OnReading, settings: Settings) -> HubSpotResource:
    """HubSpot as the settings have it; whoever watches the run hears of each reading that a step begins."""

    class _Watched(HubSpotResource):
        def reading(self) -> Reading:
            reading = super().reading()
            with suppress(dg.DagsterInvariantViolationError):  # raised outside steps
                on_reading(dg.OpExecutionContext.get().op_handle.name, reading)
            return reading

    return _Watched(**configured(HubSpotResource, settings))


class _Warnings(logging.Handler):
    def __init__(self, tell: OnWarning) -> None:
        super().__init__()
        self._tell = tell

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno == logging.WARNING and not getattr(record, IN_MANIFEST, False):
            self._tell(getattr(record, "dagster_meta", {}).get("orig_message") or record.getMessage())


def _warnings_to(tell: OnWarning) -> dg.LoggerDefinition:
    """A Dagster logger that hands on warnings and nothing else: without a logger, Dagster prints every event."""

    @dg.logger(config_schema={})
    def warnings(_: dg.InitLoggerContext) -> logging.Logger:
        logger = logging.Logger(_WARNINGS, logging.WARNING)
        logger.addHandler(_Warnings(tell))
        return logger

    return warnings
