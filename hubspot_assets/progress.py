"""A day's export as a person watches it: a progress bar, then what is in and what is not.

Not here: the export (`export.py`).
"""

import time

import dagster as dg
from dagster_aws.s3 import S3Resource
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table as RichTable

from hubspot_assets.catalog.contract import Contract
from hubspot_assets.definitions import load_portal
from hubspot_assets.export import DayExport, export_day, select_tables
from hubspot_assets.lake.io_manager import table_of
from hubspot_assets.lake.resource import LakeResource


def export_with_progress(console: Console, day: str, names: list[str]) -> DayExport:
    """Export a day and print what happened. Raises what `export_day` raises."""
    lake = LakeResource(s3=S3Resource()).lake()
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

        result = export_day(day, names, lake=lake, on_event=on_event)
    print_result(console, result, time.monotonic() - began)
    return result


def print_result(console: Console, result: DayExport, seconds: float) -> None:
    """Tables with rows and bytes, then the tables that are empty because HubSpot did not give them, and the failed."""
    shown = RichTable(title=f"{result.day}", title_justify="left")
    shown.add_column("table")
    for heading in ("rows", "bytes", "files", "API calls"):
        shown.add_column(heading, justify="right")
    for name, manifest in sorted(result.manifests.items()):
        if manifest.rows:
            shown.add_row(
                name, f"{manifest.rows:,}", f"{manifest.bytes:,}", f"{len(manifest.files)}", f"{manifest.api_calls:,}"
            )
    console.print(shown)
    filled = sum(1 for manifest in result.manifests.values() if manifest.rows)
    console.print(
        f"{len(result.manifests)} tables are in, {filled} of them with rows: "
        f"{sum(m.rows for m in result.manifests.values()):,} rows, "
        f"{sum(m.bytes for m in result.manifests.values()):,} bytes, {seconds:.1f} s."
    )
    for heading, reasons in (
        ("not in", result.failed),
        ("in, but empty because HubSpot did not give them", result.unavailable),
    ):
        if reasons:
            console.print(f"\n[bold]{len(reasons)} tables are {heading}:[/]")
            for reason, tables in by_reason(reasons).items():
                console.print(f"  {', '.join(tables)}\n    {escape(reason)}", highlight=False, soft_wrap=True)


def by_reason(reasons: dict[str, str]) -> dict[str, list[str]]:
    """Reason -> tables, so that one missing scope is told once."""
    grouped: dict[str, list[str]] = {}
    for name, reason in sorted(reasons.items()):
        grouped.setdefault(reason, []).append(name)
    return grouped
