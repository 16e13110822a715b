"""What must never be in a day, and what a person should look at: one function for each check, told by `RULES`.

A rule yields a `Finding` for each table that is not as it should be. Pure: what a rule knows it knows from the `Day`.
Not here: how the checks run and whether days are there at all (`defs/checks`).
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from hubspot_assets import settings
from hubspot_assets.catalog.fixed_tables import ASSOCIATION_DEFINITIONS
from hubspot_assets.catalog.object_types import ENGAGEMENT_KINDS
from hubspot_assets.catalog.portal_tables import ObjectTables
from hubspot_assets.catalog.sources import Source
from hubspot_assets.catalog.table import EVENTS
from hubspot_assets.checks.day import Day
from hubspot_assets.checks.outcome import DayExport, ExportedTable
from hubspot_assets.hubspot import HubSpotError
from hubspot_assets.hubspot.errors import NotAvailable
from hubspot_assets.lake import Manifest
from hubspot_assets.tables.engagements import ENGAGEMENT_TYPE, TYPE_COLUMN
from hubspot_assets.tables.properties import exported_properties, property_columns
from hubspot_assets.tables.stage_properties import stage_properties

_PROPERTY = "PROPERTY_"
# A portal of a few records doubles and halves with one of them: smaller differences than this are never told.
_TOO_FEW = 10


class Finding(NamedTuple):
    """A table that is not as it should be, and what is wrong with it in a few words."""

    table: str
    what: str


class Topic(Enum):
    """What a person asks about a table, in the words of its check."""

    HASHES = "hashes"
    KEYS = "keys"
    TYPES = "types"
    COUNTS = "counts"
    DRIFT = "drift"
    GIVEN = "given"
    DAY = "day"


@dataclass(frozen=True)
class Rule:
    """One check. `must_hold` tells what must never be (an error) from what a person should look at (a warning)."""

    name: str
    must_hold: bool
    description: str
    find: Callable[[Day], Iterator[Finding]]
    topic: Topic
    """Under which name a table's check tells of it."""


def files_hold(day: Day) -> Iterator[Finding]:
    yield from (Finding(name, why) for name, why in day.without_manifest.items())
    yield from (Finding(name, facts.damage) for name, facts in day.own_facts.items() if facts.damage)


def day_is_closed(day: Day) -> Iterator[Finding]:
    yield from (Finding(name, why) for name, why in day.without_manifest.items())
    success = day.lake.success(day.day)
    if success is None:
        yield Finding(
            "_SUCCESS.json", "is not there: the day is open, because a table was exported again or is missing"
        )
        return
    for name, manifest in day.manifests.items():
        told = success.tables.get(name)
        if told is None or told.rows != manifest.rows:
            says = "does not name it" if told is None else f"says {told.rows:,} rows"
            yield Finding(name, f"has {manifest.rows:,} rows, and _SUCCESS.json {says}")


def nothing_refused(day: Day) -> Iterator[Finding]:
    there = {table.name: table for table in day.tables if table.name in day.manifests}
    exported = {name: ExportedTable.of(table, day.manifests[name], was_in=False) for name, table in there.items()}
    for cause in DayExport(day.day, exported).causes:
        if cause.is_mendable:
            first, *others = sorted(cause.tables)
            lacking = f" Tables that lack it, too: {_some(others)}." if others else ""
            part = next(iter(cause.parts), None)
            what = f"without {part}: " if part and not cause.empty else ""
            yield Finding(first, f"{what}{cause.sentence}{lacking}")


def keys_unique(day: Day) -> Iterator[Finding]:
    for name, facts in day.own_facts.items():
        if facts.repeated:
            yield Finding(name, f"{facts.repeated:,} keys occur too often, such as {'; '.join(facts.examples)}")
        if facts.nulls:
            yield Finding(name, f"{facts.nulls:,} rows have NULL in their key")


def values_fit(day: Day) -> Iterator[Finding]:
    for name, facts in day.own_facts.items():
        yield from (Finding(name, misfit) for misfit in facts.misfits)


def association_types_defined(day: Day) -> Iterator[Finding]:
    untold = _about(day.manifest(ASSOCIATION_DEFINITIONS))
    for ends, tables in day.associations.items():
        for table in tables:
            # Where HubSpot refuses the definitions of a pair, its types are known from the associations alone.
            if table.name in day.whole and ends not in untold:
                used = day.whole[table.name].vocabulary
                if undefined := used - day.association_types.get(ends, set()):
                    yield Finding(table.name, f"association types that are not defined: {_some(undefined)}")


def properties_defined(day: Day) -> Iterator[Finding]:
    for type_id, tables in day.objects.items():
        type_ids = _kinds(day) if _is_engagements(tables) else [type_id]
        _, columns = _properties(day, type_ids)
        if _is_engagements(tables):
            columns |= {TYPE_COLUMN}
        # HubSpot does not define all properties that it keeps of pipeline stages: any of them may be there.
        possible_names, possible_columns = _properties(day, type_ids, with_stages=True)
        if _is_engagements(tables):
            possible_names, possible_columns = possible_names | {ENGAGEMENT_TYPE}, possible_columns | columns
        if tables.wide.name in day.whole:
            there = _property_columns(day, tables.wide.name)
            undefined = there - possible_columns
            if undefined and (undefined := undefined - day.columns_before(tables.wide.name)):
                yield Finding(tables.wide.name, f"columns that are not defined: {_some(undefined)}")
            if missing := columns - there:
                yield Finding(tables.wide.name, f"properties that are defined and have no column: {_some(missing)}")
        for table in (tables.properties, tables.history):
            if table.name in day.whole and (unknown := day.whole[table.name].vocabulary - possible_names):
                yield Finding(table.name, f"properties that are not defined: {_some(unknown)}")
    for table in day.tables:
        # HubSpot defines the properties of custom events only; the others have whatever their events carry.
        if table.event_type and table.name in day.whole:
            names, columns = _properties(day, [table.event_type.event_type_id])
            if names and (missing := columns - _property_columns(day, table.name)):
                yield Finding(table.name, f"properties that are defined and have no column: {_some(missing)}")


def _is_engagements(tables: ObjectTables) -> bool:
    return tables.object_type.source is Source.ENGAGEMENT_KINDS


def _kinds(day: Day) -> list[str]:
    """The kinds of engagements that are exported and could be read."""
    exported = (day.portal_tables.objects[kind] for kind in ENGAGEMENT_KINDS if kind in day.portal_tables.objects)
    return [kind.object_type.object_type_id for kind in exported if kind.wide.name in day.whole]


def _properties(day: Day, type_ids: list[str], *, with_stages: bool = False) -> tuple[set[str], set[str]]:
    """The names of the exported properties of some types, and the columns they become.

    `with_stages`: those included that records may have of their pipeline stages without a definition.
    """
    names: set[str] = set()
    columns: set[str] = set()
    for type_id in type_ids:
        definitions = day.property_definitions.lazy()
        properties = exported_properties(definitions, type_id)
        if with_stages:
            properties += stage_properties(day.pipeline_stages.lazy(), definitions, type_id)
        names.update(p.name for p in properties)
        columns.update(p.column.name for p in property_columns(properties))
    return names, columns


def _property_columns(day: Day, table: str) -> set[str]:
    return {column.name for column in day.manifests[table].columns if column.name.startswith(_PROPERTY)}


def combined_tables_agree(day: Day) -> Iterator[Finding]:
    for table in day.tables:
        if table.name in day.manifests and not table.with_properties:
            declared = [(column.name, column.type) for column in table.columns]
            if [(column.name, column.type) for column in day.manifests[table.name].columns] != declared:
                yield Finding(table.name, "has other columns than its combined table has")
    for tables in day.objects.values():
        for part in (tables.ids, tables.with_object_properties):
            yield from _differs(day, part.name, [tables.wide.name], "records")
    for both in day.associations.values():
        yield from _differs(day, both.combined.name, [both.named.name], "associations")
    for type_id, tables in day.objects.items():
        if _is_engagements(tables):
            for position, table in enumerate(tables):
                parts = [list(day.portal_tables.objects[kind])[position].name for kind in _kinds(day)]
                yield from _differs(day, table.name, parts, f"rows of type {type_id}")


def _differs(day: Day, table: str, made_of: list[str], what: str) -> Iterator[Finding]:
    if table not in day.whole or any(part in day.facts and day.facts[part].damage for part in made_of):
        return
    parts = [day.whole[part] for part in made_of if part in day.whole]
    rows, parts_rows = day.whole[table].rows, sum(part.rows for part in parts)
    if rows != parts_rows:
        yield Finding(table, f"{rows:,} {what}, and {parts_rows:,} in {_some(made_of)}: export them again together")
    elif day.whole[table].fingerprint != sum(part.fingerprint for part in parts):
        yield Finding(table, f"has other {what} than {_some(made_of)}: export them again together")


def row_counts_near_portal(day: Day) -> Iterator[Finding]:
    tolerance = settings.percent(settings.COUNT_TOLERANCE)
    compared = [t for type_id, t in day.objects.items() if t.wide.name in day.manifests]
    compared = [t for t in compared if not day.manifests[t.wide.name].unavailable and day.was_read_lately(t.wide.name)]
    if not compared:
        return
    try:
        totals = day.portal_totals
    except NotAvailable:
        return
    except HubSpotError as error:
        yield Finding("(all)", f"could not be compared with the portal's own totals: {error}")
        return
    for tables in compared:
        rows, total = day.manifests[tables.wide.name].rows, totals.get(tables.object_type.object_type_id)
        if total is not None and abs(rows - total) > max(_TOO_FEW, total * tolerance / 100):
            yield Finding(tables.wide.name, f"{rows:,} records, and HubSpot says {total:,}")


def row_counts_near_last_day(day: Day) -> Iterator[Finding]:
    limit = settings.percent(settings.ROW_FALL_LIMIT)
    for table in day.tables:
        before, now = day.manifests_before.get(table.name), day.manifests.get(table.name)
        # How many events occur on a day says nothing about the next one: weekends are quiet.
        if before is None or now is None or before.unavailable or table.family == EVENTS:
            continue
        if now.unavailable:
            yield Finding(table.name, f"could be read on {before.day} and can not any more: {now.unavailable.message}")
        elif now.rows < before.rows and (now.rows == 0 or before.rows - now.rows > _fall(before.rows, limit)):
            yield Finding(table.name, f"{now.rows:,} rows, {before.rows:,} on {before.day}")


def _about(manifest: Manifest | None) -> set[tuple[str, ...]]:
    """What the parts are about that a table lacks."""
    return {part.about for part in manifest.parts_unavailable} if manifest else set()


def _fall(rows: int, limit: float) -> float:
    return max(_TOO_FEW, rows * limit / 100)


def schema_unchanged(day: Day) -> Iterator[Finding]:
    for table in day.tables:
        before, now = day.manifests_before.get(table.name), day.manifests.get(table.name)
        if before is None or now is None or before.unavailable or now.unavailable:
            continue
        then, types = ({column.name: column.type for column in m.columns} for m in (before, now))
        # The columns of an event without definitions are what the day's events carry: they come and go. Those of a type
        # whose definitions HubSpot refuses on one of the days have not gone: that it does so is told elsewhere.
        is_event = table.event_type and not _properties(day, [table.event_type.event_type_id])[0]
        own = (table.object_type.object_type_id,) if table.object_type else ()
        if not is_event and own not in _about(before) | _about(now):
            yield from (Finding(table.name, f"added {name} ({types[name]})") for name in types.keys() - then.keys())
            yield from (Finding(table.name, f"gone {name} ({then[name]})") for name in then.keys() - types.keys())
        for name in types.keys() & then.keys():
            if types[name] != then[name]:
                yield Finding(table.name, f"retyped {name} from {then[name]} to {types[name]}")


RULES: tuple[Rule, ...] = (
    Rule(
        "files_hold",
        must_hold=True,
        description="Every table is in, and its files have the SHA-256 and the rows of its manifest.",
        find=files_hold,
        topic=Topic.HASHES,
    ),
    Rule(
        "day_is_closed",
        must_hold=True,
        description="Every table of the contract is in, and `_SUCCESS.json` says the same as their manifests.",
        find=day_is_closed,
        topic=Topic.DAY,
    ),
    Rule(
        "nothing_refused",
        must_hold=True,
        description="HubSpot refuses nothing that a person can make it give, by a scope or by a token of another user. "
        "What this portal or its plan does not have is not looked at.",
        find=nothing_refused,
        topic=Topic.GIVEN,
    ),
    Rule(
        "keys_unique",
        must_hold=True,
        description="No two rows of a table have the same key, none has NULL in it; no property has more versions "
        "than HubSpot keeps.",
        find=keys_unique,
        topic=Topic.KEYS,
    ),
    Rule(
        "values_fit",
        must_hold=True,
        description="Every value is of the type that the manifest gives its column: no text in a column of numbers, no "
        "JSON cut off.",
        find=values_fit,
        topic=Topic.TYPES,
    ),
    Rule(
        "association_types_defined",
        must_hold=True,
        description="Every association has a type that ASSOCIATION_DEFINITIONS has for its pair of object types.",
        find=association_types_defined,
        topic=Topic.TYPES,
    ),
    Rule(
        "properties_defined",
        must_hold=True,
        description="The PROPERTY_ columns and the NAMEs of an object type are defined and exported in "
        "PROPERTY_DEFINITIONS, of a stage in PIPELINE_STAGES or of the last exported day, and no defined property is "
        "missing.",
        find=properties_defined,
        topic=Topic.TYPES,
    ),
    Rule(
        "combined_tables_agree",
        must_hold=True,
        description="Combined tables have the same records, the same associations and the same columns as the tables "
        "they combine; engagements are the sum of their kinds.",
        find=combined_tables_agree,
        topic=Topic.TYPES,
    ),
    Rule(
        "row_counts_near_portal",
        must_hold=False,
        description=f"The number of records is HubSpot's own, give or take {settings.COUNT_TOLERANCE.name} percent: "
        "HubSpot's counts lag, and portals change.",
        find=row_counts_near_portal,
        topic=Topic.COUNTS,
    ),
    Rule(
        "row_counts_near_last_day",
        must_hold=False,
        description=f"No table has fallen by more than {settings.ROW_FALL_LIMIT.name} percent since the last whole "
        "day, to nothing, or out of what the token can read.",
        find=row_counts_near_last_day,
        topic=Topic.COUNTS,
    ),
    Rule(
        "schema_unchanged",
        must_hold=False,
        description="No column was added, has gone or changed its type since the last whole day.",
        find=schema_unchanged,
        topic=Topic.DRIFT,
    ),
)


def _some(names: Collection[str | None]) -> str:
    shown = sorted(str(name) for name in names)
    return ", ".join(shown[:5]) + (f" and {len(shown) - 5} more" if len(shown) > 5 else "")
