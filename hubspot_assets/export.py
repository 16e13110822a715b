"""Run the export of one day outside the UI: which tables, their progress, and what is in at the end.

Used by the command line and by scripts. It runs the same asset graph as `dagster dev`, in this process, and on the
instance of DAGSTER_HOME where that is set, so that the runs are in the UI too. Not here: what is printed (`cli.py`).
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, NamedTuple

import dagster as dg
from dagster._core.definitions.job_base import InMemoryJob
from dagster._core.execution.api import execute_run_iterator
from dagster._core.storage.tags import PARTITION_NAME_TAG
from dagster_shared.error import SerializableErrorInfo

from hubspot_assets.build import build_defs
from hubspot_assets.catalog.contract import Contract
from hubspot_assets.catalog.object_types import Source
from hubspot_assets.catalog.table import EVENTS, Table
from hubspot_assets.discovery import load_portal
from hubspot_assets.instance import instance_of_commands
from hubspot_assets.lake import Lake, TableMissing
from hubspot_assets.lake.io_manager import table_of
from hubspot_assets.partitions import daily_partitions, is_over

OnEvent = Callable[[dg.DagsterEvent], None]

_SILENT = "silent"


class UnknownTable(ValueError):
    """A table was asked for that the contract of this portal does not have."""


@dataclass(frozen=True)
class ExportedTable:
    """A table that is in. `unavailable`: why it is empty, where HubSpot does not give it to this token or plan."""

    table: Table
    rows: int
    bytes: int
    files: int
    api_calls: int
    unavailable: str | None
    missing_scopes: tuple[str, ...] = ()
    """Where a scope is what it lacks: those of which the token needs one."""

    @property
    def has_public_api(self) -> bool:
        """Whether anybody can read it: a table without one is empty in every portal, and nothing to be mended."""
        return self.table.object_type is None or self.table.object_type.source is not Source.NONE_KNOWN


@dataclass
class DayExport:
    """What one run did, for the selected tables. `failed`: table name -> one sentence, for those that are not in."""

    day: str
    tables: dict[str, ExportedTable] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)

    @property
    def unavailable(self) -> dict[str, str]:
        """Table name -> why, for tables that are empty and would not be with another scope or plan."""
        return {
            # Without the path and the correlation id of each call, one missing scope is one reason.
            name: f"Grant the token the scope {' or '.join(t.missing_scopes)}." if t.missing_scopes else t.unavailable
            for name, t in self.tables.items()
            if t.unavailable and t.has_public_api
        }

    @property
    def is_complete(self) -> bool:
        """Whether everything that was asked for is in."""
        return not self.failed and not self.unavailable


class DayNotExportable(ValueError):
    """The day is no complete day of the export's calendar."""


def select_tables(contract: Contract, names: Sequence[str]) -> list[Table]:
    """The tables with these names (any case); all of them for no name. Raises UnknownTable with the nearest names."""
    tables = {table.name: table for table in contract}
    if not names:
        return list(tables.values())
    chosen = []
    for name in names:
        table = tables.get(name.upper().strip("/"))
        if table is None:
            near = get_close_matches(name.upper(), tables, n=3)
            hint = f"; did you mean {' or '.join(near)}?" if near else "."
            raise UnknownTable(f"There is no table {name}{hint} `hubspot-assets tables` lists them all.")
        chosen.append(table)
    return chosen


def export_day(day: str, names: Sequence[str] = (), *, lake: Lake, on_event: OnEvent | None = None) -> DayExport:
    """Export the tables of one day, all of them for no name.

    For a selection, whatever it is made of and is not in that day yet is exported too. Raises UnknownTable and
    DayNotExportable before anything is read; a table that fails is in `failed`, and the others go on.
    """
    keys = daily_partitions().get_partition_keys()
    if day not in keys:
        raise DayNotExportable(f"{day} is not a day that can be exported: the days are {keys[0]} to {keys[-1]}.")
    contract = Contract(load_portal())
    tables = select_tables(contract, names)
    # The assets alone: the checks of a day cost a third of a small day's time, and belong to the daily job.
    defs = build_defs(
        contract.portal,
        asset_checks=[],
        jobs=[],
        schedules=[],
        sensors=[],
        loggers={_SILENT: _silent},
    )
    job = defs.resolve_implicit_global_asset_job_def()
    selection = _selection(defs, tables, lake, day) if names else None
    failures: dict[str, str] = {}
    otherwise = "not reached, because a table it is made of failed"
    written: dict[dg.AssetKey, Mapping[str, dg.MetadataValue[Any]]] = {}
    with instance_of_commands() as instance:
        run = instance.create_run_for_job(
            job,
            asset_selection=selection,
            tags={PARTITION_NAME_TAG: day},
            run_config={"loggers": {_SILENT: {"config": {}}}},
        )
        for event in execute_run_iterator(InMemoryJob(job), run, instance):
            if event.is_step_materialization and event.asset_key:
                written[event.asset_key] = event.step_materialization_data.materialization.metadata
            elif event.is_step_failure and event.step_key:
                failures[event.step_key] = _sentence(event.step_failure_data.error)
            elif event.event_type is dg.DagsterEventType.RUN_FAILURE and event.job_failure_data.error:
                otherwise = _sentence(event.job_failure_data.error)
            if on_event:
                on_event(event)
    return _account(day, tables, written, _Failures(failures, otherwise), defs, lake)


def _selection(defs: dg.Definitions, tables: Sequence[Table], lake: Lake, day: str) -> set[dg.AssetKey]:
    graph = defs.resolve_asset_graph()
    chosen = {dg.AssetKey(table.key) for table in tables}
    # HubSpot serves the events of any day; what they are defined by can not be read for a day that is over.
    events = [dg.AssetKey(table.key) for table in tables if table.family == EVENTS] if is_over(day) else []
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


def _account(
    day: str,
    tables: Sequence[Table],
    written: Mapping[dg.AssetKey, Mapping[str, dg.MetadataValue[Any]]],
    failures: "_Failures",
    defs: dg.Definitions,
    lake: Lake,
) -> DayExport:
    account = DayExport(day)
    steps = {
        key: assets.op.name
        for assets in defs.resolve_asset_graph().assets_defs
        if assets.is_executable
        for key in assets.keys
    }
    for table in tables:
        key = dg.AssetKey(table.key)
        if key in written:
            told = {name: value.value for name, value in written[key].items()}
            account.tables[table.name] = ExportedTable(
                table=table,
                rows=told["dagster/row_count"],
                bytes=told["bytes"],
                files=told["files"],
                api_calls=told["api_calls"],
                unavailable=told.get("unavailable"),
                missing_scopes=_missing_scopes(lake, table, day) if "unavailable" in told else (),
            )
        else:
            account.failed[table.name] = failures.by_step.get(steps[key], failures.otherwise)
    return account


def _missing_scopes(lake: Lake, table: Table, day: str) -> tuple[str, ...]:
    reason = lake.manifest(table.name, day).unavailable
    return reason.scopes if reason else ()


class _Failures(NamedTuple):
    """Step -> sentence, and what is said of a step that was not reached."""

    by_step: Mapping[str, str]
    otherwise: str


def _sentence(error: SerializableErrorInfo | None) -> str:
    # Below Dagster's own errors is the one that was written to be read; below that, what a library said of it.
    while error is not None and error.cause is not None and (error.cls_name or "").startswith("Dagster"):
        error = error.cause
    if error is None:
        return "failed"
    message = error.message.strip()
    return message.split(": ", 1)[1] if ": " in message else message


@dg.logger(config_schema={})
def _silent(_: dg.InitLoggerContext) -> logging.Logger:
    """Without a logger, Dagster prints every event."""
    return logging.Logger(_SILENT, logging.CRITICAL + 1)
