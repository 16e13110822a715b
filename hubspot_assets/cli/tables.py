"""What the contract has and what the last day of this portal has, as a printed list. Reads manifests, not HubSpot."""

import json
from collections.abc import Sequence

from rich.table import Table as RichTable

from hubspot_assets.catalog.table import Table
from hubspot_assets.cli.terminal import Terminal
from hubspot_assets.connection.opening import open_lake
from hubspot_assets.lake import Manifest
from hubspot_assets.reading.exported import exported_tables
from hubspot_assets.settings import Settings

_ANY_WIDTH = 100_000


def print_tables(
    console: Terminal,
    settings: Settings,
    select: Sequence[str] = (),
    exclude: Sequence[str] = (),
    *,
    as_json: bool = False,
) -> None:
    """Print one line for each table. The state is left away where HUBSPOT_S3_URL is not set.

    `as_json`: an object a line with `table`, `family`, `api`, `scope`, `day`, `rows` and `state`. Raise UnknownTable.
    """
    tables = exported_tables(settings).select(select, exclude)
    lake = open_lake(settings) if settings.s3_url else None
    day = max(lake.days(), default=None) if lake else None
    manifests = lake.manifests(day) if lake and day else {}
    if as_json:
        for table in tables:
            print(json.dumps(_as_object(table, day, manifests.get(table.name)), ensure_ascii=False))
        return
    shown = RichTable(box=None, pad_edge=False)
    for heading in ("table", "HubSpot API", "scope", f"state on {day}" if day else "state"):
        shown.add_column(heading, overflow="fold")
    for table in tables:
        shown.add_row(table.name, table.source, str(table.scopes) or "-", state(manifests.get(table.name)))
    if not console.is_terminal:
        # In a pipe a table is one line, however long, so that it can be searched for.
        one_line = console.measure(shown, options=console.options.update(width=_ANY_WIDTH)).maximum
        console = Terminal(file=console.file, width=one_line)
    console.print(shown)


def _as_object(table: Table, day: str | None, manifest: Manifest | None) -> dict[str, str | int | None]:
    return {
        "table": table.name,
        "family": table.family,
        "api": table.source,
        "scope": str(table.scopes) or None,
        "day": day,
        "rows": None if manifest is None else manifest.rows,
        "state": state(manifest),
    }


def print_scopes(settings: Settings, select: Sequence[str] = (), exclude: Sequence[str] = ()) -> None:
    """Print every scope that a token needs for the tables, one a line; of alternatives the first. Raise UnknownTable.

    Where HubSpot does not say whether one of several is enough, all are printed.
    """
    tables = exported_tables(settings).select(select, exclude)
    needed = {group for table in tables for group in table.scopes.groups}
    certain = {group.names[0] for group in needed if len(group.names) == 1}
    for group in needed:
        if not group.one_is_enough:
            certain.update(group.names)
    for group in sorted(needed, key=lambda one: one.names):
        if certain.isdisjoint(group.names):
            certain.add(group.names[0])
    print("\n".join(sorted(certain)))


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
