"""The properties of one object type or event type: which of them are exported, and the columns they become.

Reads frames of the PROPERTY_DEFINITIONS table. Not here: how that table is made (`definitions.py`), how a value looks
(`values.py`).
"""

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from hubspot_assets.catalog.columns import Column, ColumnType
from hubspot_assets.catalog.names import property_column, unparsed_column
from hubspot_assets.tables.values import PARSED_TYPES

_COLUMN_TYPES: dict[str, ColumnType] = {"number": "number", "date": "date", "datetime": "datetime"}


@dataclass(frozen=True, order=True)
class Property:
    """One exported property: HubSpot's internal name, HubSpot's type, and its label for the column's description."""

    name: str
    type: str
    label: str = ""

    @property
    def is_parsed(self) -> bool:
        return self.type in PARSED_TYPES


def exported_properties(property_definitions: pl.LazyFrame, type_id: str) -> list[Property]:
    """The properties of a type to ask for, by name: defined, not archived, not sensitive.

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
        .select("NAME", "TYPE", "LABEL")
        .collect()
        .unique("NAME", keep="first", maintain_order=True)
        .sort("NAME")
    )
    return [Property(name, type_, label or "") for name, type_, label in rows.iter_rows()]


def held_back_properties(property_definitions: pl.LazyFrame, type_id: str) -> frozenset[str]:
    """The properties of a type that must not be exported even where HubSpot sends them without being asked."""
    return frozenset(
        property_definitions.filter(
            (pl.col("OBJECTTYPEID") == type_id) & pl.col("EXPORTED").not_().fill_null(value=True)
        )
        .select("NAME")
        .collect()
        .to_series()
    )


@dataclass(frozen=True)
class PropertyColumn:
    """A column that a property becomes. `is_unparsed` tells the leftover column from the typed one."""

    column: Column
    property: Property
    is_unparsed: bool


def property_columns(properties: Iterable[Property]) -> list[PropertyColumn]:
    """PROPERTY_<name> of all properties, then PROPERTY_UNPARSED_<name> of those that may fail to parse.

    Names that differ only in case, or a property called `unparsed_...`, would give one column twice: the later one
    gets a number, and never one that makes it the name of another property's column.
    """
    properties = list(properties)
    candidates = [
        *(
            PropertyColumn(
                Column(property_column(p.name), _COLUMN_TYPES.get(p.type, "string"), p.label), p, is_unparsed=False
            )
            for p in properties
        ),
        *(
            PropertyColumn(
                Column(unparsed_column(p.name), "string", f"The text of {p.name} where it is no {p.type}."),
                p,
                is_unparsed=True,
            )
            for p in properties
            if p.is_parsed
        ),
    ]
    verbatim = {candidate.column.name for candidate in candidates}
    taken: set[str] = set()
    columns: list[PropertyColumn] = []
    for candidate in candidates:
        name, count = candidate.column.name, 1
        while name in taken or (count > 1 and name in verbatim):
            count += 1
            name = f"{candidate.column.name}_{count}"
        taken.add(name)
        column = Column(name, candidate.column.type, candidate.column.description)
        columns.append(PropertyColumn(column, candidate.property, candidate.is_unparsed))
    return columns
