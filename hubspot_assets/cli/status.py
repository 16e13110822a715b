"""`hubspot-assets status`: which days are there and complete, what they lack, what runs next, how many calls are left.

Reads the bucket, and makes one small call to HubSpot if there is a token. Not here: one day's tables (`tables.py`).
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from rich.table import Table as RichTable

from hubspot_assets.cli.terminal import Terminal, of_tables
from hubspot_assets.connection.opening import open_lake
from hubspot_assets.days import next_export
from hubspot_assets.hubspot import HubSpotClient, HubSpotError, account
from hubspot_assets.lake import Lake, Manifest
from hubspot_assets.reading.exported import exported_tables
from hubspot_assets.settings import Settings


@dataclass(frozen=True)
class DayStatus:
    """One day's folder. `expected`: how many tables the portal has by its catalogue; `refused`: table -> sentence."""

    day: str
    whole: bool
    tables: int
    expected: int
    rows: int
    bytes: int
    refused: Mapping[str, str]

    @property
    def told(self) -> str:
        """In a word or two."""
        return "complete" if self.whole else f"open: {self.tables} of {self.expected} tables"


def print_status(console: Terminal, settings: Settings, days: int, *, as_json: bool = False) -> bool:
    """Print the last `days` days, newest first, and what comes next. Return whether the newest is complete.

    `as_json`: one object with `days`, `next_export`, `calls_left` (None if HubSpot does not say). Raise LakeError.
    """
    lake = open_lake(settings)
    expected = len(list(exported_tables(settings)))
    found = [_status(lake, day, expected) for day in sorted(lake.days(), reverse=True)[:days]]
    left = _calls_left(settings)
    following = next_export(settings.zone)
    if as_json:
        told = {"days": [asdict(one) for one in found], "next_export": following.isoformat(), "calls_left": left}
        print(json.dumps(told, ensure_ascii=False))
    else:
        _print(console, found, following, left)
    return bool(found) and found[0].whole


def _status(lake: Lake, day: str, expected: int) -> DayStatus:
    whole = lake.success(day) is not None
    manifests = lake.manifests(day)
    return DayStatus(
        day=day,
        whole=whole,
        tables=len(manifests),
        expected=expected,
        rows=sum(manifest.rows for manifest in manifests.values()),
        bytes=sum(manifest.bytes for manifest in manifests.values()),
        refused={name: said for name, manifest in sorted(manifests.items()) if (said := _refused(manifest))},
    )


def _refused(manifest: Manifest) -> str | None:
    """What the user can fix of a table."""
    reasons = [manifest.unavailable] if manifest.unavailable else []
    mendable = [one for one in (*reasons, *manifest.parts_unavailable) if one.mendable]
    return mendable[0].message if mendable else None


def _calls_left(settings: Settings) -> int | None:
    if settings.access_token is None:
        return None
    try:
        with HubSpotClient(settings.needed_token(), settings.api_url) as client:
            left = account.calls_left(client)
    except HubSpotError:
        # Everything about the bucket can be said without HubSpot.
        return None
    return left.left if left else None


def _print(console: Terminal, found: list[DayStatus], following: datetime, left: int | None) -> None:
    if not found:
        console.print("There is no day in the bucket yet: `hubspot-assets export` exports yesterday.")
    else:
        shown = RichTable(box=None, pad_edge=False)
        shown.add_column("day", no_wrap=True)
        shown.add_column("state")
        for heading in ("tables", "rows", "bytes", "to fix"):
            shown.add_column(heading, justify="right")
        for one in found:
            cells = (f"{number:,}" for number in (one.tables, one.rows, one.bytes, len(one.refused)))
            shown.add_row(one.day, one.told, *cells)
        console.print(shown)
        causes: dict[str, int] = {}
        for sentence in found[0].refused.values():
            causes[sentence] = causes.get(sentence, 0) + 1
        for sentence, count in causes.items():
            console.print(f"{found[0].day}, {of_tables(count)}: {sentence}", soft_wrap=True)
    console.print(
        f"The next export by the schedule `every_day`, if it is on, starts at {following:%Y-%m-%d %H:%M %Z}.",
        soft_wrap=True,
    )
    if left is not None:
        console.print(f"{left:,} of the portal's calls are left today.")
