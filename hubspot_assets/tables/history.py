"""The tables of an object type's versions: OBJECT_PROPERTIES_HISTORY/<X> and OBJECT_PROPERTIES/<X>.

Each function turns one chunk of a crawl (`spool.py`) into one frame of the table: all versions of a record come in the
page of the record, so no table needs to be held whole. Not here: the wide tables (`objects.py`).
"""

from collections.abc import Sequence

import polars as pl

from hubspot_assets.tables.properties import Property
from hubspot_assets.tables.spool import INGESTEDAT, OBJECTID, UPDATEDAT, Chunk, value_column
from hubspot_assets.tables.values import datetime_of, raw

_POSITION = "position"


def history(chunk: Chunk, object_type_id: str, properties: Sequence[Property], version_cap: int) -> pl.DataFrame:
    """OBJECTTYPEID, OBJECTID, NAME, VALUE, UPDATEDAT, INGESTEDAT: one row for each version, newest first.

    Records in the order they were read, names in order. Never more than `version_cap` versions of a property, and only
    versions of exported properties.
    """
    versions = _dated_versions(chunk, properties)
    newest = versions.sort(
        _POSITION, "NAME", UPDATEDAT, descending=[False, False, True], nulls_last=True, maintain_order=True
    )
    kept = newest.filter(pl.int_range(pl.len()).over(_POSITION, "NAME") < version_cap)
    return kept.select(
        pl.lit(object_type_id).alias("OBJECTTYPEID"),
        OBJECTID,
        "NAME",
        _raw_by_type(properties).alias("VALUE"),
        UPDATEDAT,
        INGESTEDAT,
    )


def current(chunk: Chunk, object_type_id: str, properties: Sequence[Property]) -> pl.DataFrame:
    """OBJECTTYPEID, OBJECTID, NAME, VALUE, UPDATEDAT, INGESTEDAT: one row for each property that is set now.

    A cleared value is an empty text. UPDATEDAT is the newest version's time, or the record's where it has no version.
    """
    latest = _dated_versions(chunk, properties).group_by(_POSITION, "NAME").agg(pl.col(UPDATEDAT).max().alias("set_at"))
    values = chunk.values.with_row_index(_POSITION)
    by_column = {value_column(p): p.name for p in properties}
    rows = (
        values.with_columns(raw(pl.col(value_column(p)), p.type) for p in properties)
        .unpivot(list(by_column), index=[_POSITION, OBJECTID, UPDATEDAT, INGESTEDAT], variable_name="NAME")
        .drop_nulls("value")
        .with_columns(pl.col("NAME").cast(pl.String).replace_strict(by_column, return_dtype=pl.String))
        if by_column
        else values.select(_POSITION, OBJECTID, UPDATEDAT, INGESTEDAT, NAME=pl.lit(""), value=pl.lit("")).clear()
    )
    return (
        rows.join(latest, on=[_POSITION, "NAME"], how="left")
        .sort(_POSITION, "NAME")
        .select(
            pl.lit(object_type_id).alias("OBJECTTYPEID"),
            OBJECTID,
            "NAME",
            pl.col("value").alias("VALUE"),
            pl.coalesce("set_at", datetime_of(pl.col(UPDATEDAT))).alias(UPDATEDAT),
            INGESTEDAT,
        )
    )


def _dated_versions(chunk: Chunk, properties: Sequence[Property]) -> pl.DataFrame:
    positions = chunk.values.select(OBJECTID).with_row_index(_POSITION)
    return (
        chunk.versions.filter(pl.col("NAME").is_in([p.name for p in properties]))
        .join(positions, on=OBJECTID, how="inner", maintain_order="left")
        .with_columns(datetime_of(pl.col("TIMESTAMP")).alias(UPDATEDAT))
    )


def _raw_by_type(properties: Sequence[Property]) -> pl.Expr:
    value: pl.Expr = pl.col("VALUE")
    for type_ in ("date", "datetime"):
        names = [p.name for p in properties if p.type == type_]
        if names:
            value = pl.when(pl.col("NAME").is_in(names)).then(raw(pl.col("VALUE"), type_)).otherwise(value)
    return value
