"""Tables of `engagements` (0-4) from the tables of its kinds: the columns of all kinds, rows under type 0-4."""

from collections.abc import Iterable, Sequence
from typing import Protocol

import polars as pl

from hubspot_assets.catalog.columns import Column, ColumnType
from hubspot_assets.catalog.table import Table

_TEXT_FORMATS = {"datetime": "%Y-%m-%d %H:%M:%S%.3f", "date": "%Y-%m-%d"}


class NamedType(Protocol):
    """A column as a manifest tells it."""

    @property
    def name(self) -> str: ...
    @property
    def type(self) -> ColumnType: ...


def united_columns(table: Table, kinds: Iterable[Sequence[NamedType]]) -> list[Column]:
    """The fixed columns of the table with the property columns of all kinds between them, by name.

    A property that two kinds declare differently becomes text.
    """
    fixed = {column.name for column in table.columns}
    types: dict[str, ColumnType] = {}
    for columns in kinds:
        for column in columns:
            if column.name not in fixed:
                same = types.setdefault(column.name, column.type) == column.type
                types[column.name] = column.type if same else "string"
    leading = [column for column in table.columns if column.name in ("OBJECTTYPEID", "OBJECTID")] if types else []
    between = [Column(name, types[name]) for name in sorted(types, key=lambda n: (_is_unparsed(n), n))]
    return [*leading, *between, *(column for column in table.columns if column not in leading)]


def _is_unparsed(name: str) -> bool:
    return name.startswith("PROPERTY_UNPARSED_")


def united(frame: pl.DataFrame, columns: Sequence[Column], object_type_id: str) -> pl.DataFrame:
    """A kind's rows with all of `columns`: NULL where it has no such property, OBJECTTYPEID of engagements."""
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
