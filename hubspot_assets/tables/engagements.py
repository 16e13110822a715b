"""Tables of `engagements` (0-4) from the tables of its kinds: the columns of all kinds, rows under type 0-4.

What kind an engagement is stands in the property hs_engagement_type, as in HubSpot's data share. HubSpot's API does not
give it: it follows from the type, and of emails from their direction. It was set when the engagement was created.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Protocol

import msgspec
import polars as pl

from hubspot_assets.catalog.columns import Column, ColumnType
from hubspot_assets.catalog.names import property_column
from hubspot_assets.catalog.object_types import ENGAGEMENT_TYPES, ENGAGEMENT_TYPES_OF_EMAILS
from hubspot_assets.catalog.table import Table
from hubspot_assets.tables.source_fields import definitions_of

ENGAGEMENT_TYPE = "hs_engagement_type"
TYPE_COLUMN = property_column(ENGAGEMENT_TYPE)
_DIRECTION = "hs_email_direction"
_CREATED = property_column("hs_createdate")
_JSON_OBJECT = msgspec.json.Decoder(dict[str, str])

_TEXT_FORMATS = {"datetime": "%Y-%m-%d %H:%M:%S%.3f", "date": "%Y-%m-%d"}


class NamedType(Protocol):
    """A column as a manifest tells it."""

    @property
    def name(self) -> str: ...
    @property
    def type(self) -> ColumnType: ...
    @property
    def label(self) -> str: ...
    @property
    def description(self) -> str: ...


def united_columns(table: Table, kinds: Iterable[Sequence[NamedType]]) -> list[Column]:
    """Return the fixed columns of the table with the property columns of all kinds between them, by name.

    A property that two kinds declare differently becomes text; its label is that of the first.
    """
    fixed = {column.name for column in table.columns}
    found: dict[str, Column] = {}
    for columns in kinds:
        for one in columns:
            if one.name not in fixed:
                column = found.setdefault(one.name, Column(one.name, one.type, one.description, one.label))
                if column.type != one.type:
                    found[one.name] = replace(column, type="string")
    if table.with_properties:
        found.setdefault(TYPE_COLUMN, Column(TYPE_COLUMN))
    leading = [column for column in table.columns if column.name in ("OBJECTTYPEID", "OBJECTID")] if found else []
    between = [found[name] for name in sorted(found, key=lambda n: (_is_unparsed(n), n))]
    return [*leading, *between, *(column for column in table.columns if column not in leading)]


def _is_unparsed(name: str) -> bool:
    return name.startswith("PROPERTY_UNPARSED_")


def united(
    frame: pl.DataFrame, columns: Sequence[Column], object_type_id: str, kind: str | None = None
) -> pl.DataFrame:
    """Return a kind's rows with all of `columns`: NULL where it has no such property, OBJECTTYPEID of engagements.

    `kind`: its type id, where the rows and objects of properties do not have hs_engagement_type yet.
    """
    if kind is not None and "PROPERTIES" in frame.columns:
        objects = [_with_type(one, kind) for one in frame["PROPERTIES"]]
        frame = frame.with_columns(pl.Series("PROPERTIES", objects, pl.String))
    elif kind is not None and any(column.name == TYPE_COLUMN for column in columns):
        frame = frame.with_columns(_type_of(kind, frame.schema).alias(TYPE_COLUMN))
    return frame.select(
        pl.lit(object_type_id).alias(column.name)
        if column.name == "OBJECTTYPEID"
        else _cell(frame.schema, column).alias(column.name)
        for column in columns
    )


def _cell(schema: pl.Schema, column: Column) -> pl.Expr:
    if column.name not in schema:
        return pl.lit(None, column.dtype)
    if schema[column.name] == column.dtype:
        return pl.col(column.name)
    text_format = _TEXT_FORMATS["date" if schema[column.name] == pl.Date else "datetime"]
    if schema[column.name].is_temporal():
        return pl.col(column.name).dt.to_string(text_format)
    return pl.col(column.name).cast(pl.String)


def with_engagement_type(definitions: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """HubSpot's definitions of engagements, and that of hs_engagement_type where it is not among them."""
    if any(definition.get("name") == ENGAGEMENT_TYPE for definition in definitions):
        return list(definitions)
    (own,) = definitions_of({ENGAGEMENT_TYPE: "enumeration"})
    return [*definitions, {**own, "label": "Engagement type"}]


def type_rows(wide: pl.DataFrame, columns: Sequence[Column], kind: str, *, of_versions: bool) -> pl.DataFrame:
    """Return the rows of hs_engagement_type of a kind's records: `columns` are those of OBJECT_PROPERTIES or of its
    history.

    `wide`: rows of the kind's OBJECTS_<X>. Where HubSpot does not tell when a record was created, its value has the
    record's UPDATEDAT, and no version is made up (`of_versions`).
    """
    is_told = wide.schema.get(_CREATED) == pl.Datetime("ms")
    created = pl.col(_CREATED) if is_told else pl.lit(None, pl.Datetime("ms"))
    rows = wide.select(
        "OBJECTID",
        pl.lit(ENGAGEMENT_TYPE).alias("NAME"),
        _type_of(kind, wide.schema).alias("VALUE"),
        (created if of_versions else pl.coalesce(created, "UPDATEDAT")).alias("UPDATEDAT"),
        "INGESTEDAT",
    )
    rows = rows.drop_nulls("UPDATEDAT") if of_versions else rows
    return rows.with_columns(pl.lit(None, c.dtype).alias(c.name) for c in columns if c.name not in rows.columns)


#: The columns of a kind's OBJECTS_<X> that `type_rows` looks at, where they are there.
TYPE_ROWS_OF = ("OBJECTID", "UPDATEDAT", "INGESTEDAT", _CREATED, property_column(_DIRECTION))


def _type_of(kind: str, schema: pl.Schema) -> pl.Expr:
    own = pl.lit(ENGAGEMENT_TYPES[kind])
    direction = property_column(_DIRECTION)
    if ENGAGEMENT_TYPES[kind] != "EMAIL" or schema.get(direction) != pl.String:
        return own
    return pl.when(pl.col(direction).is_in(ENGAGEMENT_TYPES_OF_EMAILS)).then(pl.col(direction)).otherwise(own)


def _with_type(properties: str, kind: str) -> str:
    """PROPERTIES of one record with its engagement type."""
    members = _JSON_OBJECT.decode(properties)
    own, direction = ENGAGEMENT_TYPES[kind], members.get(_DIRECTION, "")
    members[ENGAGEMENT_TYPE] = direction if own == "EMAIL" and direction in ENGAGEMENT_TYPES_OF_EMAILS else own
    return msgspec.json.encode(dict(sorted(members.items()))).decode()
