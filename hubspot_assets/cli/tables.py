"""What the contract has and what the last day of this portal has, as a printed list. Reads manifests, not HubSpot."""

from rich.console import Console
from rich.markup import escape
from rich.table import Table as RichTable

from hubspot_assets.catalog.portal_tables import PortalTables
from hubspot_assets.connection.opening import open_lake
from hubspot_assets.lake import Manifest
from hubspot_assets.reading.discovery import load_portal
from hubspot_assets.settings import Settings

_ANY_WIDTH = 100_000


def print_tables(console: Console, settings: Settings) -> None:
    """One line for each table. The state column is left away where HUBSPOT_S3_URL is not set."""
    portal_tables = PortalTables(load_portal(settings.catalog))
    lake = open_lake(settings) if settings.s3_url else None
    day = max(lake.days(), default=None) if lake else None
    manifests = lake.manifests(day) if lake and day else {}
    shown = RichTable(box=None, pad_edge=False)
    for heading in ("table", "HubSpot API", "scope", f"state on {day}" if day else "state"):
        shown.add_column(heading, overflow="fold")
    for table in portal_tables:
        shown.add_row(table.name, table.source, str(table.scopes) or "-", escape(state(manifests.get(table.name))))
    if not console.is_terminal:
        # In a pipe a table is one line, however long, so that it can be searched for.
        one_line = console.measure(shown, options=console.options.update(width=_ANY_WIDTH)).maximum
        console = Console(file=console.file, width=one_line)
    console.print(shown)


def state(manifest: Manifest | None) -> str:
    """What a manifest says in a few words."""
    if manifest is None:
        return "not exported"
    if manifest.unavailable:
        return f"unavailable: {manifest.unavailable.message}"
    rows, parts = f"{manifest.rows:,} rows", manifest.parts_unavailable
    if not parts:
        return rows
    first = next((part for part in parts if part.mendable), parts[0])
    more = f", and {len(parts) - 1} more parts" if len(parts) > 1 else ""
    return f"{rows}, without {first.part}{more}: {first.message}"
