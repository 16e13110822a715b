"""The command `export`: a day's export, and at its end what is in and what is not, in a few lines.

Not here: the export (`defs/run.py`), what is shown while it runs (`progress.py`).
"""

import re
import time
from collections.abc import Sequence
from itertools import islice
from threading import Lock

from rich.table import Table as RichTable
from rich.text import Text

from hubspot_assets.catalog.portal_tables import PortalTables
from hubspot_assets.catalog.table import Table
from hubspot_assets.checks.outcome import Cause, DayExport, ExportedTable
from hubspot_assets.cli.progress import Expected, ExportProgress
from hubspot_assets.cli.terminal import Terminal, of_tables
from hubspot_assets.connection.opening import open_lake
from hubspot_assets.defs.run import export_day
from hubspot_assets.defs.specs import step_name
from hubspot_assets.hubspot import HubSpotClient, HubSpotError, limits
from hubspot_assets.lake import Lake
from hubspot_assets.reading.exported import exported_tables
from hubspot_assets.reading.first_export import calls_by_counts, with_parents
from hubspot_assets.reading.quota import calls_of_last_export
from hubspot_assets.reading.reading import Reading
from hubspot_assets.settings import Settings

_NAMES_SHOWN = 12
_PATIENCE = 20.0
# Of a success that cannot be used, each has a flaw of its own. What S3 says of one object it says of all.
_ANSWERED = re.compile(
    r"HubSpot answered (?!200\b|207\b)([0-9]+) to .*; ([^;]*)"
    r"|Cannot (\w+) s3://.*?: (S3 (?:answered|cannot be reached) .*)"
)
_PARTS_SHOWN = 5


def export_with_progress(
    console: Terminal,
    settings: Settings,
    day: str,
    select: Sequence[str] = (),
    exclude: Sequence[str] = (),
    *,
    again: bool = False,
) -> DayExport:
    """Export a day and print what happened. Raise what `export_day` and `PortalTables.select` raise."""
    lake = open_lake(settings)
    settings.needed_token()
    portal_tables = exported_tables(settings)
    tables = portal_tables.select(select, exclude)
    names = [table.name for table in tables] if select or exclude else []
    began = time.monotonic()
    progress = ExportProgress(console, day, Expected(len(tables), chosen=frozenset(names)))
    first = Lock()

    def on_reading(step: str, reading: Reading) -> None:
        # Not before a step begins to read: where the run is refused, HubSpot is asked nothing.
        with first:
            if not progress.is_told:
                progress.expect(_expected(settings, lake, portal_tables, tables, day, is_whole=not names))
        progress.on_reading(step, reading)

    with progress.shown():
        result = export_day(
            day,
            names,
            lake=lake,
            again=again,
            on_event=progress.on_event,
            on_warning=progress.on_warning,
            on_reading=on_reading,
            settings=settings,
        )
    print_result(console, result, time.monotonic() - began)
    if progress.notice:
        console.print(progress.notice, soft_wrap=True)
    return result


def _expected(
    settings: Settings, lake: Lake, portal_tables: PortalTables, tables: Sequence[Table], day: str, *, is_whole: bool
) -> Expected:
    """What the export will take, judging by HubSpot's own counts (one call) and the last complete day."""
    client = HubSpotClient(settings.needed_token(), settings.api_url, patience=_PATIENCE)
    try:
        counted = limits.records(client)
    except HubSpotError:
        counted = {}  # the export itself says what is wrong
    counts = {type_id: count.records for type_id, count in counted.items() if count.records is not None}
    objects = portal_tables.objects
    records = {step_name(objects[type_id].wide): count for type_id, count in counts.items() if type_id in objects}
    if not is_whole:
        return Expected(len(tables), records=records, chosen=frozenset(table.name for table in tables))
    calls = calls_of_last_export(lake, day, settings.full_history_days)
    if calls is None:
        calls = calls_by_counts(with_parents(client, counts, portal_tables), portal_tables)
    return Expected(len(tables), calls, records)


def print_result(console: Terminal, result: DayExport, seconds: float) -> None:
    """What is exported, by family; then what is not, what the exported tables lack, and why, each cause once."""
    tables = result.tables.values()
    if tables:
        _print_families(console, result)
    console.print(
        f"{result.day}: {of_tables(len(tables))} exported, {sum(1 for t in tables if t.rows)} of them with rows: "
        f"{sum(t.rows for t in tables):,} rows, {sum(t.bytes for t in tables):,} bytes, {seconds:.1f} s."
    )
    if was_in := sum(1 for t in tables if t.was_in):
        console.print(
            f"{was_in} of them were already there, from an export of that day that did not finish; --again reads "
            "them again."
        )
    if without_api := sum(1 for t in tables if not t.has_public_api):
        console.print(f"Empty because no public HubSpot API lists the object type: {of_tables(without_api)}.")
    if result.failed:
        console.heading(f"\n{of_tables(len(result.failed))} not exported:")
        for reason, names in by_reason(result.failed).items():
            console.print(f"  {_some(names)}\n    {reason}", soft_wrap=True)
    if result.trouble:
        console.print(Text.assemble(("\nThe tables are exported, but:", "bold"), " ", result.trouble), soft_wrap=True)
    causes = result.causes
    _print_causes(console, "data that you can still get", [c for c in causes if c.is_mendable])
    _print_causes(
        console,
        "data that this portal or its plan does not have (no failure)",
        [c for c in causes if not c.is_mendable],
    )


def _print_families(console: Terminal, result: DayExport) -> None:
    """A line for each family of tables: `hubspot-assets tables` says what each table has."""
    shown = RichTable(box=None, pad_edge=False)
    shown.add_column("tables of")
    for heading in ("tables", "rows", "bytes"):
        shown.add_column(heading, justify="right")
    families: dict[str, list[ExportedTable]] = {}
    for table in result.tables.values():
        families.setdefault(table.table.family, []).append(table)
    for family, tables in sorted(families.items()):
        rows, size = sum(t.rows for t in tables), sum(t.bytes for t in tables)
        shown.add_row(family, f"{len(tables):,}", f"{rows:,}", f"{size:,}")
    console.print(shown)


def _print_causes(console: Terminal, what: str, causes: list[Cause]) -> None:
    if not causes:
        return
    touched = set().union(*(cause.tables for cause in causes))
    console.heading(f"\n{of_tables(len(touched))} {'lacks' if len(touched) == 1 else 'lack'} {what}:")
    for cause in causes:
        lines = [f"  {cause.sentence}"]
        if cause.empty:
            lines.append(f"    {len(cause.empty)} empty: {_some(_told(cause.empty))}")
        lines += [
            f"    without {part}: {_some(_told(tables))}" for part, tables in islice(cause.parts.items(), _PARTS_SHOWN)
        ]
        if len(cause.parts) > _PARTS_SHOWN:
            lines.append(f"    and without {len(cause.parts) - _PARTS_SHOWN} more parts, which the manifests list")
        console.print("\n".join(lines), soft_wrap=True)


def _told(tables: list[Table]) -> list[str]:
    """The tables by name, the six of one object type as one."""
    of_type: dict[str, int] = {}
    for table in tables:
        name = table.object_type.told if table.object_type and not table.to_type else table.name
        of_type[name] = of_type.get(name, 0) + 1
    return [name if count == 1 else f"{name} in {count} tables" for name, count in of_type.items()]


def _some(names: list[str]) -> str:
    shown = ", ".join(names[:_NAMES_SHOWN])
    return shown if len(names) <= _NAMES_SHOWN else f"{shown} and {len(names) - _NAMES_SHOWN} more"


def by_reason(reasons: dict[str, str]) -> dict[str, list[str]]:
    """Reason -> tables: what several tables say, and answers of HubSpot and S3 that call for the same, appear once."""
    grouped: dict[str, list[str]] = {}
    first: dict[str, str] = {}
    for name, reason in sorted(reasons.items()):
        answered = _ANSWERED.fullmatch(reason)
        cause = " ".join(filter(None, answered.groups())) if answered else reason
        grouped.setdefault(first.setdefault(cause, reason), []).append(name)
    return grouped
