"""The tables of an object type's current values: OBJECTS_<X>, OBJECTS/<X>, OBJECT_WITH_OBJECT_PROPERTIES/<X>.

Each function turns one chunk of a crawl (`chunks.py`) into one frame of the table. Not here: history and what follows
from it (`history.py`), how a value looks (`values.py`).
"""

from collections.abc import Sequence

import msgspec
import polars as pl

from hubspot_assets.catalog.columns import Column
from hubspot_assets.catalog.table import Table
from hubspot_assets.tables.chunks import INGESTEDAT, OBJECTID, POSITION, UPDATEDAT, Chunk, value_column
from hubspot_assets.tables.current_values import PLACE, current_values, forms
from hubspot_assets.tables.properties import Property, property_columns
from hubspot_assets.tables.values import datetime_of

_LEADING = ("OBJECTTYPEID", OBJECTID)


def wide_columns(table: Table, properties: Sequence[Property]) -> list[Column]:
    """Return the columns of OBJECTS_<X>: the fixed ones with PROPERTY_...

    and PROPERTY_UNPARSED_... before UPDATEDAT.
    """
    leading = [column for column in table.columns if column.name in _LEADING]
    trailing = [column for column in table.columns if column.name not in _LEADING]
    return [*leading, *(p.column for p in property_columns(properties)), *trailing]


def wide(chunk: Chunk, object_type_id: str, properties: Sequence[Property]) -> pl.DataFrame:
    """One row for each record: OBJECTTYPEID, OBJECTID, PROPERTY_<name>..., PROPERTY_UNPARSED_<name>..., times."""
    of_chunk = forms(chunk, properties)
    cells = [
        (of_chunk.unparsed if of.is_unparsed else of_chunk.typed)[value_column(of.property)].alias(of.column.name)
        for of in property_columns(properties)
    ]
    return chunk.values.select(*_identity(object_type_id), *cells, *_times(chunk.values))


def ids(chunk: Chunk, object_type_id: str) -> pl.DataFrame:
    """One row for each record: OBJECTTYPEID, OBJECTID, UPDATEDAT, INGESTEDAT."""
    return chunk.values.select(*_identity(object_type_id), *_times(chunk.values))


def with_object_properties(chunk: Chunk, object_type_id: str, properties: Sequence[Property]) -> pl.DataFrame:
    """One row for each record; PROPERTIES is a flat JSON object of the raw values that are set, names in order."""
    return with_json_objects(chunk.values, object_type_id, _json_objects(chunk, sorted(properties)))


def with_json_objects(values: pl.DataFrame, object_type_id: str, json_objects: pl.Series) -> pl.DataFrame:
    """Return the same of the `Chunk.values` of records whose JSON objects are known."""
    return values.select(*_identity(object_type_id), json_objects, *_times(values))


def _json_objects(chunk: Chunk, properties: Sequence[Property]) -> pl.Series:
    names = pl.Series([msgspec.json.encode(p.name).decode() for p in properties], dtype=pl.String)
    # Encoding a struct of one field and cutting its braces escapes a value at the speed of a column.
    member = pl.struct(pl.col("VALUE").alias("")).struct.json_encode().str.strip_prefix('{"":').str.strip_suffix("}")
    rows = current_values(chunk, properties).filter(pl.col("VALUE") != "")
    members = rows.select(POSITION, pl.concat_str(names.gather(rows[PLACE]), pl.lit(":"), member).alias("MEMBER"))
    object_ = pl.concat_str(pl.lit("{"), pl.col("MEMBER").str.join(","), pl.lit("}"))
    objects = members.group_by(POSITION, maintain_order=True).agg(object_.alias("PROPERTIES"))
    empty = pl.Series("PROPERTIES", ["{}"]).new_from_index(0, chunk.values.height)
    return empty.scatter(objects[POSITION], objects["PROPERTIES"])


def _identity(object_type_id: str) -> list[pl.Expr]:
    return [pl.lit(object_type_id).alias("OBJECTTYPEID"), pl.col(OBJECTID)]


def _times(values: pl.DataFrame) -> list[pl.Series]:
    return [datetime_of(values[UPDATEDAT]), values[INGESTEDAT]]
