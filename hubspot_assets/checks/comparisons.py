"""The rules that hold a day against the last one and against HubSpot: what a person should look at.

Not here: what must never be in a day (`rules.py`).
"""

from collections.abc import Iterator

from hubspot_assets.catalog.table import EVENTS
from hubspot_assets.checks.day import Day
from hubspot_assets.checks.defined import parts_lacking, properties_of
from hubspot_assets.checks.finding import Finding
from hubspot_assets.hubspot import HubSpotError
from hubspot_assets.hubspot.errors import NotAvailable

# A portal of a few records doubles and halves with one of them: smaller differences than this are never told.
_TOO_FEW = 10


def row_counts_near_portal(day: Day) -> Iterator[Finding]:
    tolerance = day.count_tolerance
    compared = [t for type_id, t in day.portal_tables.objects.items() if t.wide.name in day.manifests]
    compared = [t for t in compared if not day.manifests[t.wide.name].unavailable and day.was_read_lately(t.wide.name)]
    if not compared:
        return
    try:
        totals = day.portal_totals
    except NotAvailable:
        return
    except HubSpotError as error:
        yield Finding("(all)", f"could not be compared with HubSpot's own counts: {error}")
        return
    for tables in compared:
        rows, total = day.manifests[tables.wide.name].rows, totals.get(tables.object_type.object_type_id)
        if total is not None and abs(rows - total) > max(_TOO_FEW, total * tolerance / 100):
            yield Finding(tables.wide.name, f"{rows:,} records, but HubSpot counts {total:,}")


def row_counts_near_last_day(day: Day) -> Iterator[Finding]:
    limit = day.row_fall_limit
    for table in day.portal_tables:
        before, now = day.manifests_before.get(table.name), day.manifests.get(table.name)
        # How many events occur on a day says nothing about the next one: weekends are quiet.
        if before is None or now is None or before.unavailable or table.family == EVENTS:
            continue
        if now.unavailable:
            yield Finding(table.name, f"could be read on {before.day} but no longer can: {now.unavailable.message}")
        elif now.rows < before.rows and (now.rows == 0 or before.rows - now.rows > _fall(before.rows, limit)):
            yield Finding(table.name, f"{now.rows:,} rows, down from {before.rows:,} on {before.day}")


def _fall(rows: int, limit: float) -> float:
    return max(_TOO_FEW, rows * limit / 100)


def schema_unchanged(day: Day) -> Iterator[Finding]:
    for table in day.portal_tables:
        before, now = day.manifests_before.get(table.name), day.manifests.get(table.name)
        if before is None or now is None or before.unavailable or now.unavailable:
            continue
        then, types = ({column.name: column.type for column in m.columns} for m in (before, now))
        # The columns of an event without definitions are what the day's events carry: they come and go. Those of a type
        # whose definitions HubSpot refuses on one of the days have not gone: that it does so is told elsewhere.
        is_event = table.event_type and not properties_of(day, [table.event_type.event_type_id])[0]
        own = (table.object_type.object_type_id,) if table.object_type else ()
        if not is_event and own not in parts_lacking(before) | parts_lacking(now):
            yield from (Finding(table.name, f"added {name} ({types[name]})") for name in types.keys() - then.keys())
            yield from (Finding(table.name, f"removed {name} ({then[name]})") for name in then.keys() - types.keys())
        for name in types.keys() & then.keys():
            if types[name] != then[name]:
                yield Finding(table.name, f"retyped {name} from {then[name]} to {types[name]}")
