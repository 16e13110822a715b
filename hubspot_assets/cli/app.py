"""The command line: `hubspot-assets`. What each command does is elsewhere; here is what people type and read.

How a command ends is told in `errors.py`. Dagster and Polars are imported inside the commands, so that `--help` and
wrong usage answer at once.
"""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from hubspot_assets.allocation import end_at_once, prepare_for_pages
from hubspot_assets.cli.choosing import Exclude, Select
from hubspot_assets.cli.connect import app as connect
from hubspot_assets.cli.errors import Commands, needs_extra
from hubspot_assets.cli.given import given_settings
from hubspot_assets.cli.helping import ORDER, help_of
from hubspot_assets.cli.portal import portal
from hubspot_assets.cli.terminal import Terminal
from hubspot_assets.cli.verify import verify
from hubspot_assets.cli.warehouse import changes, dictionary, query, sql

# A pipe has no width; cut to 80 columns the names of tables would be lost.
console = Terminal(width=None if sys.stdout.isatty() else 240)


class _InOrder(Commands):
    """The commands in the order in which they are used, those that have commands of their own among them."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return their names."""
        return sorted(super().list_commands(ctx), key=ORDER.index)


app = typer.Typer(
    cls=_InOrder,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="A whole HubSpot portal, every day, in your own S3 bucket.",
)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version  # noqa: PLC0415

        print(f"hubspot-assets {version('hubspot-assets')}")
        raise typer.Exit


@app.callback()
def _main(
    _: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")] = False,
) -> None:
    """A whole HubSpot portal, every day, in your own S3 bucket."""
    prepare_for_pages()  # a command has the process to itself, and has not imported Polars yet


def export(
    day: Annotated[str | None, typer.Option(help="The day, YYYY-MM-DD. Default: yesterday.")] = None,
    select: Select = None,
    exclude: Exclude = None,
    again: Annotated[
        bool,
        typer.Option(
            "--again",
            help="Read every table again, including those that an unfinished export of the day has already written.",
        ),
    ] = False,
) -> None:
    """Export a day to the S3 folder of HUBSPOT_S3_URL."""
    from hubspot_assets.cli.export import export_with_progress  # noqa: PLC0415

    end_at_once()
    settings = given_settings()
    result = export_with_progress(
        console, settings, day or settings.yesterday, select or (), exclude or (), again=again
    )
    raise typer.Exit(0 if result.is_complete else 1)


def tables(
    select: Select = None,
    exclude: Exclude = None,
    scopes: Annotated[
        bool,
        typer.Option("--scopes", help="Print just the scopes that a token needs for these tables, to tick in HubSpot."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, one object a line.")] = False,
) -> None:
    """List every table: the API it comes from, the scope it needs, its state on the last day."""
    from hubspot_assets.cli.tables import print_scopes, print_tables  # noqa: PLC0415

    if scopes:
        print_scopes(given_settings(), select or (), exclude or ())
    else:
        print_tables(console, given_settings(), select or (), exclude or (), as_json=as_json)


def status(
    days: Annotated[int, typer.Option(min=1, help="How many days to show, newest first.")] = 7,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Show which days are in the bucket and complete, what they lack, what runs next; exit 1 if the newest is not."""
    from hubspot_assets.cli.status import print_status  # noqa: PLC0415

    raise typer.Exit(0 if print_status(console, given_settings(), days, as_json=as_json) else 1)


def discover() -> None:
    """Ask HubSpot what the portal has, and write the portal catalogue (HUBSPOT_CATALOG) that Dagster loads."""
    from hubspot_assets.reading.discovery import discover_to_file  # noqa: PLC0415

    settings = given_settings()
    with console.status("asking HubSpot what the portal has"):
        found = discover_to_file(settings)
    for line in found.news:
        console.print(line, soft_wrap=True)
    raise typer.Exit(0 if found.is_complete else 1)


def demo(
    ui: Annotated[
        bool, typer.Option("--ui", help="Open `dagster dev` on the demo instead of exporting a day.")
    ] = False,
    directory: Annotated[Path, typer.Option(help="Where the demo keeps its bucket and settings.")] = Path(".demo"),
    contacts: Annotated[int, typer.Option(help="How many contacts the demo portal has.")] = 1000,
    port: Annotated[int, typer.Option(help="Port of the UI; 0 picks a free one.")] = 3000,
) -> None:
    """Export a day of a made-up portal into a local S3; no account needed."""
    with needs_extra("demo"):
        from hubspot_assets.cli.demo import run_day, run_ui  # noqa: PLC0415

    complete = run_ui(console, directory, contacts, port) if ui else run_day(console, directory, contacts)
    raise typer.Exit(0 if complete else 1)


app.add_typer(connect, **help_of("connect"))
for _command in (demo, portal, discover, tables, export, status, verify, query, changes, dictionary, sql):
    app.command(**help_of(_command.__name__))(_command)
