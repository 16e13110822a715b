"""The properties of one object type or event type: which of them are exported, and the columns they become.

Reads frames of the PROPERTY_DEFINITIONS table. Not here: how that table is made (`definitions.py`), how a value looks
(`values.py`).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

import polars as pl

from hubspot_assets.catalog.columns import Column, ColumnType
from hubspot_assets.catalog.names import property_column, unparsed_column
from hubspot_assets.tables.values import PARSED_TYPES

_COLUMN_TYPES: dict[str, ColumnType] = {"number": "number", "date": "date", "datetime": "datetime"}


@dataclass(frozen=True, order=True)
class Property:
    """One exported property: HubSpot's internal name and type, its label and description for the column, its age."""

    name: str
    type: str
    label: str = ""
    created: datetime | None = field(default=None, compare=False)
    description: str = field(default="", compare=False)

    @property
    def is_parsed(self) -> bool:
        return self.type in PARSED_TYPES


def exported_properties(property_definitions: pl.LazyFrame, type_id: str) -> list[Property]:
    """Return the properties of a type to ask for, by name: defined, not archived, not sensitive.

    `property_definitions` has the columns of PROPERTY_DEFINITIONS; `type_id` is its OBJECTTYPEID.
    """
    rows = (
        property_definitions.filter(
            (pl.col("OBJECTTYPEID") == type_id)
            & pl.col("EXPORTED")
            & ~pl.col("ARCHIVED").fill_null(value=False)
            # A property made sensitive while its definitions were read is in them twice: the careful one counts.
            & ~pl.col("NAME").is_in(held_back_properties(property_definitions, type_id))
        )
        .select("NAME", "TYPE", "LABEL", "CREATEDAT", "DESCRIPTION")
        .collect()
        .unique("NAME", keep="first", maintain_order=True)
        .sort("NAME")
    )
    return [
        Property(name, type_, label or "", created, description or "")
        for name, type_, label, created, description in rows.iter_rows()
    ]


def held_back_properties(property_definitions: pl.LazyFrame, type_id: str) -> frozenset[str]:
    """Return the properties of a type that must not be exported even where HubSpot sends them without being asked."""
    return _names(property_definitions, type_id, pl.col("EXPORTED").not_().fill_null(value=True))


def harmless_properties(property_definitions: pl.LazyFrame, type_id: str) -> frozenset[str]:
    """Return the properties of a type that are known not to be sensitive, archived ones included."""
    harmless = _names(property_definitions, type_id, pl.col("EXPORTED").fill_null(value=False))
    return harmless - held_back_properties(property_definitions, type_id)


def _names(property_definitions: pl.LazyFrame, type_id: str, condition: pl.Expr) -> frozenset[str]:
    found = property_definitions.filter((pl.col("OBJECTTYPEID") == type_id) & condition).select("NAME")
    return frozenset(found.collect().to_series())


@dataclass(frozen=True)
class PropertyColumn:
    """A column that a property becomes. `is_unparsed` tells the column of raw texts from the typed one."""

    column: Column
    property: Property
    is_unparsed: bool


def property_columns(properties: Iterable[Property]) -> list[PropertyColumn]:
    """PROPERTY_<name> of all properties, then PROPERTY_UNPARSED_<name> of those that may fail to parse.

    Names that differ only in case (warehouses fold it), or a property called `unparsed_...`, would give one column
    twice. The property that was created first keeps the name, so that one that is added later renames no column of
    yesterday; the later one gets a number, and never one that makes it the name of another property's column.
    """
    in_order = list(properties)
    by_age = sorted(in_order, key=lambda p: (p.created or datetime.min, p.name))
    plain = {p: _plain_column(p) for p in in_order}
    unparsed = {p: _unparsed_column(p) for p in in_order if p.is_parsed}
    wanted = {_folded(column) for column in (*plain.values(), *unparsed.values())}
    taken: set[str] = set()
    for columns in (plain, unparsed):
        for p in by_age:
            if p in columns:
                columns[p] = _distinct(columns[p], taken, wanted)
    return [
        *(PropertyColumn(plain[p], p, is_unparsed=False) for p in in_order),
        *(PropertyColumn(unparsed[p], p, is_unparsed=True) for p in in_order if p in unparsed),
    ]


def _plain_column(p: Property) -> Column:
    return Column(property_column(p.name), _COLUMN_TYPES.get(p.type, "string"), p.description, p.label)


def _unparsed_column(p: Property) -> Column:
    return Column(unparsed_column(p.name), "string", f"The raw text of {p.name}, even if it is not a {p.type}.")


def _folded(column: Column) -> str:
    return column.name.casefold()


def _distinct(column: Column, taken: set[str], wanted: set[str]) -> Column:
    """Return the column under a name that is not taken yet, which takes it; a numbered one is nobody's wish."""
    chosen, count = column, 1
    while _folded(chosen) in taken or (count > 1 and _folded(chosen) in wanted):
        count += 1
        chosen = replace(column, name=f"{column.name}_{count}")
    taken.add(_folded(chosen))
    return chosen
