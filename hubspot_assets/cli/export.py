"""A day's export as a person watches it: a progress bar, then what is in and what is not.

Not here: the export (`defs/run.py`).
"""

import time
from collections.abc import Sequence
from itertools import islice

from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table as RichTable
from rich.text import Text

from hubspot_assets.catalog.portal_tables import PortalTables
from hubspot_assets.catalog.selection import select_tables
from hubspot_assets.catalog.table import Table
from hubspot_assets.checks.outcome import Cause, DayExport
from hubspot_assets.cli.terminal import Terminal
from hubspot_assets.connection.opening import open_lake
from hubspot_assets.defs.run import Event, export_day, table_written
from hubspot_assets.reading.discovery import load_portal
from hubspot_assets.settings import Settings

_NAMES_SHOWN = 12
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
    """Export a day and print what happened. Raise what `export_day` and `select_tables` raise."""
    lake = open_lake(settings)
    settings.needed_token()
    tables = select_tables(PortalTables(load_portal(settings.catalog)), select, exclude)
    names = [table.name for table in tables] if select or exclude else []
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    began = time.monotonic()
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(f"exporting {day}", total=len(tables))

        def on_event(event: Event) -> None:
            if table := table_written(event):
                progress.update(task, advance=1, description=f"{day} {table}")

        def on_warning(text: str) -> None:
            console.heading(text)

        result = export_day(day, names, lake=lake, again=again, on_event=on_event, on_warning=on_warning)
    print_result(console, result, time.monotonic() - began)
    return result


def print_result(console: Terminal, result: DayExport, seconds: float) -> None:
    """Tables with rows and bytes, then what is not in, what those that are in lack, and why, each cause once."""
    shown = RichTable(title=f"{result.day}", title_justify="left", box=None, pad_edge=False)
    shown.add_column("table", no_wrap=True)
    for heading in ("rows", "bytes", "files", "API calls"):
        shown.add_column(heading, justify="right")
    for name, table in sorted(result.tables.items()):
        if table.rows:
            shown.add_row(name, f"{table.rows:,}", f"{table.bytes:,}", f"{table.files}", f"{table.api_calls:,}")
    console.print(shown)
    tables = result.tables.values()
    console.print(
        f"{len(tables)} tables are in, {sum(1 for t in tables if t.rows)} of them with rows: "
        f"{sum(t.rows for t in tables):,} rows, {sum(t.bytes for t in tables):,} bytes, {seconds:.1f} s."
    )
    if was_in := sum(1 for t in tables if t.was_in):
        console.print(
            f"{was_in} of them were in already, written by an export of that day that did not come to its end; "
            "--again reads them anew."
        )
    if without_api := sum(1 for t in tables if not t.has_public_api):
        console.print(f"{without_api} tables are empty because no public API of HubSpot lists their object type.")
    if result.failed:
        console.heading(f"\n{len(result.failed)} tables are not in:")
        for reason, names in by_reason(result.failed).items():
            console.print(f"  {_some(names)}\n    {reason}", soft_wrap=True)
    if result.trouble:
        console.print(Text.assemble(("\nThese tables are in, and yet:", "bold"), " ", result.trouble), soft_wrap=True)
    causes = result.causes
    _print_causes(console, "lack what HubSpot refuses and a person can mend", [c for c in causes if c.is_mendable])
    _print_causes(
        console,
        "lack what this portal or its plan does not have (no failure)",
        [c for c in causes if not c.is_mendable],
    )


def _print_causes(console: Terminal, what: str, causes: list[Cause]) -> None:
    if not causes:
        return
    touched = set().union(*(cause.tables for cause in causes))
    console.heading(f"\n{len(touched)} tables {what}:")
    for cause in causes:
        lines = [f"  {cause.sentence}"]
        if cause.empty:
            lines.append(f"    {len(cause.empty)} are empty: {_some(_told(cause.empty))}")
        lines += [
            f"    without {part}: {_some(_told(tables))}" for part, tables in islice(cause.parts.items(), _PARTS_SHOWN)
        ]
        if len(cause.parts) > _PARTS_SHOWN:
            lines.append(f"    and without {len(cause.parts) - _PARTS_SHOWN} more parts, which the manifests name")
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
    """Reason -> tables, so that what several tables say is told once."""
    grouped: dict[str, list[str]] = {}
    for name, reason in sorted(reasons.items()):
        grouped.setdefault(reason, []).append(name)
    return grouped
