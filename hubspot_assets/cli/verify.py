"""`hubspot-assets verify`: compare an exported day with the portal it came from.

Here: what people type. Exit code 1 means differences, tables missing, or rows that HubSpot does not give now, so that
nobody can compare them. Polars is imported inside the command, so that `--help` answers at once.
"""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from hubspot_assets.cli.choosing import Exclude, Select
from hubspot_assets.cli.given import given_settings
from hubspot_assets.cli.terminal import Terminal

if TYPE_CHECKING:
    from hubspot_assets.settings import Settings

console = Terminal()


def verify(
    day: Annotated[str | None, typer.Option(help="The day, YYYY-MM-DD. Default: yesterday.")] = None,
    full: Annotated[bool, typer.Option("--full", help="Compare every cell of every table.")] = False,
    sample: Annotated[int, typer.Option(min=1, help="How many records of each type to compare cell by cell.")] = 100,
    select: Select = None,
    exclude: Exclude = None,
) -> None:
    """Compare an exported day with the portal it came from, table by table, and print what differs."""
    settings = given_settings()
    chosen = settings.yesterday if day is None else _checked(day, settings.yesterday)
    proven = _verify(settings, chosen, None if full else sample, select or (), exclude or ())
    raise typer.Exit(0 if proven else 1)


def _checked(day: str, last: str) -> str:
    from hubspot_assets.setting_values import FIRST_OF_ALL_DAYS  # noqa: PLC0415

    try:
        is_day = str(date.fromisoformat(day)) == day
    except ValueError:
        is_day = False
    if not is_day:
        raise typer.BadParameter(f"{day!r} is not a day: write YYYY-MM-DD.", param_hint="--day")
    if not FIRST_OF_ALL_DAYS <= day <= last:
        told = f"{day} cannot be compared: choose a day from {FIRST_OF_ALL_DAYS} to {last}, the last one that is over."
        raise typer.BadParameter(told, param_hint="--day")
    return day


def _verify(settings: "Settings", day: str, sample: int | None, select: Sequence[str], exclude: Sequence[str]) -> bool:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    from hubspot_assets.cli.verify_report import print_reports  # noqa: PLC0415
    from hubspot_assets.connection.opening import open_lake  # noqa: PLC0415
    from hubspot_assets.hubspot import HubSpotClient  # noqa: PLC0415
    from hubspot_assets.reading.exported import exported_tables  # noqa: PLC0415
    from hubspot_assets.verify.day import verify_day  # noqa: PLC0415

    portal_tables = exported_tables(settings)
    tables = portal_tables.select(select, exclude)
    lake = open_lake(settings)
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    reports = []
    with (
        HubSpotClient(settings.needed_token(), settings.api_url) as client,
        Progress(*columns, console=console, transient=True) as progress,
    ):
        task = progress.add_task(f"comparing {day}", total=len(tables))
        for report in verify_day(client, lake, portal_tables, day, tables, sample=sample, zone=settings.zone):
            reports.append(report)
            progress.update(task, advance=1, description=f"{day} {report.table}")
    print_reports(console, reports)
    return all(report.is_proven for report in reports)
