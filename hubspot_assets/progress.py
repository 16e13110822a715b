"""A day's export as a person watches it: a progress bar, then what is in and what is not.

Not here: the export (`export.py`).
"""

import time

import dagster as dg
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table as RichTable

from hubspot_assets.catalog.contract import Contract
from hubspot_assets.connection.resource import RoleS3Resource
from hubspot_assets.discovery import load_portal
from hubspot_assets.export import export_day, select_tables
from hubspot_assets.lake.io_manager import table_of
from hubspot_assets.lake.resource import LakeResource
from hubspot_assets.outcome import DayExport

_NAMES_SHOWN = 12


def export_with_progress(console: Console, day: str, names: list[str], *, again: bool = False) -> DayExport:
    """Export a day and print what happened. Raises what `export_day` raises."""
    lake = LakeResource(s3=RoleS3Resource()).lake()
    total = len(select_tables(Contract(load_portal()), names))
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    began = time.monotonic()
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(f"exporting {day}", total=total)

        def on_event(event: dg.DagsterEvent) -> None:
            if event.is_step_materialization and event.asset_key:
                progress.update(task, advance=1, description=f"{day} {table_of(event.asset_key)}")

        def on_warning(text: str) -> None:
            console.print(f"[bold]{escape(text)}[/]", highlight=False, soft_wrap=True)

        result = export_day(day, names, lake=lake, again=again, on_event=on_event, on_warning=on_warning)
    print_result(console, result, time.monotonic() - began)
    return result


def print_result(console: Console, result: DayExport, seconds: float) -> None:
    """Tables with rows and bytes, then the tables that are empty because HubSpot did not give them, and the failed."""
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
    for heading, reasons in (
        ("not in", result.failed),
        ("in, but empty because HubSpot did not give them", result.unavailable),
    ):
        if reasons:
            console.print(f"\n[bold]{len(reasons)} tables are {heading}:[/]")
            for reason, names in by_reason(reasons).items():
                console.print(f"  {_some(names)}\n    {escape(reason)}", highlight=False, soft_wrap=True)


def _some(names: list[str]) -> str:
    shown = ", ".join(names[:_NAMES_SHOWN])
    return shown if len(names) <= _NAMES_SHOWN else f"{shown} and {len(names) - _NAMES_SHOWN} more"


def by_reason(reasons: dict[str, str]) -> dict[str, list[str]]:
    """Reason -> tables, so that one missing scope is told once."""
    grouped: dict[str, list[str]] = {}
    for name, reason in sorted(reasons.items()):
        grouped.setdefault(reason, []).append(name)
    return grouped
