"""Every table and column: what it is called in HubSpot, what it means, its type, its key.

From the catalogue alone where no day was exported yet; with a whole day, from its manifests and property definitions,
too. Not here: how it is printed (`dictionary_formats.py`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from hubspot_assets.catalog.columns import ColumnType
from hubspot_assets.catalog.fixed_tables import PROPERTY_DEFINITIONS
from hubspot_assets.catalog.object_types import ENGAGEMENT_KINDS, ENGAGEMENTS, ObjectType
from hubspot_assets.catalog.portal_tables import PortalTables
from hubspot_assets.catalog.sources import Source
from hubspot_assets.catalog.table import Table
from hubspot_assets.tables.known_columns import known_properties
from hubspot_assets.tables.properties import exported_properties, property_columns
from hubspot_assets.warehouse.days import WholeDays
from hubspot_assets.warehouse.keys import Keys, keys_of
from hubspot_assets.warehouse.relations import relation_of, relations_of

_COMBINED = {
    "OBJECTS": "The ids of the records of all object types.",
    "OBJECT_WITH_OBJECT_PROPERTIES": (
        "The records of all object types, with the properties that are set as one JSON object."
    ),
    "OBJECT_PROPERTIES": "The properties that are set on all records, one row each, with the time each was set.",
    "OBJECT_PROPERTIES_HISTORY": "The last versions of every property of all records.",
    "OBJECT_PROPERTIES_HISTORY_SOURCES": "What set each version of every property, one row for each version.",
    "ASSOCIATIONS": "Which records are associated, one row for each pair and association type.",
}
# What tells apart rows of a combined table whose parts have the same key.
_TYPE_IDS = ("OBJECTTYPEID", "FROMOBJECTTYPEID", "TOOBJECTTYPEID")


@dataclass(frozen=True)
class Entry:
    """A column. `property`: HubSpot's internal name of the property that it holds; `label`: HubSpot's own words."""

    name: str
    type: ColumnType
    description: str
    label: str = ""
    property: str = ""
    is_key: bool = False


@dataclass(frozen=True)
class TableEntry:
    """A table as readers see it, combined ones as one."""

    name: str
    description: str
    source: str
    entries: tuple[Entry, ...]
    object_type: ObjectType | None = None

    @property
    def key(self) -> tuple[str, ...]:
        """The columns that identify a row; none where nothing does."""
        return tuple(entry.name for entry in self.entries if entry.is_key)


def dictionary(portal_tables: PortalTables, days: WholeDays | None, day: str | None) -> list[TableEntry]:
    """Every table of the contract, in its order, and behind them what else the day has. Raises LakeError."""
    tables = {table.name: table for table in portal_tables}
    there = days.relations(day) if days and day else {}
    if days and day:
        days.manifests((day, part) for parts in there.values() for part in parts)
    every = relations_of([*tables, *(part for parts in there.values() for part in parts)])
    keys, properties = keys_of(portal_tables), _Properties(portal_tables, _definitions(days, day))
    return [
        _table(
            name,
            [tables[part] for part in every[name] if part in tables],
            _columns_of_day(days, day, name) if days and day and name in there else {},
            keys,
            properties,
        )
        for name in dict.fromkeys([*map(relation_of, tables), *there])
    ]


def _table(
    name: str,
    parts: Sequence[Table],
    columns: Mapping[str, ColumnType],
    keys: Keys,
    properties: "_Properties",
) -> TableEntry:
    """One relation; `columns` are those of a day, or none where there is no day."""
    if not parts:
        return TableEntry(name, "", "", tuple(Entry(column, kind, "") for column, kind in columns.items()))
    first = parts[0]
    is_combined = first.name != name
    fixed = {column.name: Entry(column.name, column.type, column.description) for column in first.columns}
    described = {**fixed, **properties.entries(first)}
    columns = columns or {entry.name: entry.type for entry in described.values()}
    key = keys.get(first.name, ())
    if is_combined and key:
        key = (*(type_id for type_id in _TYPE_IDS if type_id in columns), *key)
    entries = (replace(described.get(column, Entry(column, kind, "")), type=kind) for column, kind in columns.items())
    return TableEntry(
        name,
        _COMBINED.get(name, f"{name} of all object types.") if is_combined else first.description,
        "" if is_combined else first.source,
        tuple(replace(entry, is_key=entry.name in key) for entry in entries),
        first.object_type if first.with_properties else None,
    )


class _Properties:
    """The properties of each type of a day, as columns; where there is no day, those that were discovered."""

    def __init__(self, portal_tables: PortalTables, definitions: pl.DataFrame) -> None:
        self._contract = portal_tables
        self._definitions = definitions

    def entries(self, table: Table) -> dict[str, Entry]:
        """The columns of a table that hold properties, by name."""
        if not table.with_properties:
            return {}
        type_ids = list(self._type_ids(table))
        known = known_properties(table.object_type) if table.object_type and self._definitions.is_empty() else ()
        found = {p.name: p for p in known}
        found |= {p.name: p for one in type_ids for p in exported_properties(self._definitions.lazy(), one)}
        return {
            one.column.name: Entry(
                one.column.name, one.column.type, one.column.description, one.property.label, one.property.name
            )
            for one in property_columns(found.values())
        }

    def _type_ids(self, table: Table) -> Iterable[str]:
        if table.event_type:
            return [table.event_type.event_type_id]
        if table.object_type and table.object_type.source is Source.ENGAGEMENT_KINDS:
            return [*(kind for kind in ENGAGEMENT_KINDS if kind in self._contract.objects), ENGAGEMENTS]
        return [table.object_type.object_type_id] if table.object_type else []


def _columns_of_day(days: WholeDays, day: str, relation: str) -> dict[str, ColumnType]:
    """The columns of a relation on a day, in order of appearance."""
    columns: dict[str, ColumnType] = {}
    for manifest in days.manifests_of(day, relation).values():
        for column in manifest.columns:
            columns.setdefault(column.name, column.type)
    return columns


def _definitions(days: WholeDays | None, day: str | None) -> pl.DataFrame:
    """The property definitions of a day; without one, no rows."""
    name = PROPERTY_DEFINITIONS.name
    if days and day and name in days.relations(day):
        return days.bucket.lake.read(name, day).collect()
    return pl.DataFrame(schema={column.name: column.dtype for column in PROPERTY_DEFINITIONS.columns})
