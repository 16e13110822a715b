"""``hubspot-assets portal``: serve a demo portal in the foreground.

Only the command is here; what a portal holds and how it behaves is in ``hubspot_assets.demo.portal``.
"""

import time
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Annotated

import typer

from hubspot_assets.cli.errors import needs_extra


def portal(
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1; 0 picks a free one.")] = 0,
    contacts: Annotated[int, typer.Option(help="How many contacts.")] = 1000,
    companies: Annotated[int, typer.Option(help="How many companies.")] = 200,
    deals: Annotated[int, typer.Option(help="How many deals.")] = 2000,
    tickets: Annotated[int, typer.Option(help="How many tickets.")] = 120,
    other_records: Annotated[int, typer.Option(help="How many records of every other type.")] = 60,
    custom_objects: Annotated[int, typer.Option(help="How many custom object types.")] = 2,
    properties: Annotated[int, typer.Option(help="How many properties each type has, at least.")] = 60,
    contact_properties_file: Annotated[
        Path | None,
        typer.Option(help="An answer of HubSpot's properties API; the contacts get its properties.", exists=True),
    ] = None,
    day: Annotated[
        str | None, typer.Option(help="The portal is as it was at the end of this day, YYYY-MM-DD. Default: yesterday.")
    ] = None,
    seed: Annotated[int, typer.Option(help="A different seed makes different data.")] = 1,
    latency_ms: Annotated[float, typer.Option(help="How many milliseconds to wait before every answer.")] = 0.0,
    limits: Annotated[bool, typer.Option(help="HubSpot's rate limits.")] = True,
    fault: Annotated[
        list[str] | None, typer.Option(metavar="KIND=RATE", help="A kind of fault and its rate; repeat for more.")
    ] = None,
    faults: Annotated[
        float, typer.Option(help="Share of answers to spoil, with every kind of fault that a retry survives.")
    ] = 0.0,
    as_awkward: Annotated[
        bool, typer.Option("--awkward", help="Include everything that is awkward in real portals, as the demo does.")
    ] = False,
    changes_between_pages: Annotated[
        int, typer.Option(help="Records created, changed and archived after every page.")
    ] = 0,
) -> None:
    """Serve a made-up HubSpot portal until interrupted, and print its URL and token."""
    with needs_extra("demo"):
        from hubspot_assets.demo.portal import PortalSettings, awkward, serve  # noqa: PLC0415
        from hubspot_assets.demo.portal.faults import rates_of  # noqa: PLC0415

    try:
        settings = PortalSettings(
            seed=seed,
            day=_day(day),
            contacts=contacts,
            companies=companies,
            deals=deals,
            tickets=tickets,
            other_records=other_records,
            custom_objects=custom_objects,
            properties=properties,
            contact_properties_file=contact_properties_file,
            latency_ms=latency_ms,
            limits=limits,
            faults=rates_of(fault or [], faults),
            changes_between_pages=changes_between_pages,
            requests_kept=1000,
        )
        settings = awkward(settings) if as_awkward else settings
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    try:
        with serve(settings, port) as running:
            typer.echo(f"HUBSPOT_API_URL={running.url}")
            typer.echo(f"HUBSPOT_ACCESS_TOKEN={running.token}")
            while True:
                time.sleep(3600)
    except KeyboardInterrupt:
        raise typer.Exit(0) from None
    except OSError as error:
        raise typer.BadParameter(f"Port {port} cannot be used: {error.strerror}.", param_hint="--port") from None


def _day(text: str | None) -> date:
    if text is None:
        return datetime.now(timezone.utc).date() - timedelta(days=1)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"'{text}' is not a day; write it as YYYY-MM-DD.") from None
