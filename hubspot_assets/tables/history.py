"""The tables of an object type's versions: OBJECT_PROPERTIES_HISTORY/<X> and OBJECT_PROPERTIES/<X>.

Each function turns one chunk of a crawl (`spool.py`) into one frame of the table: all versions of a record come in the
page of the record, so no table needs to be held whole. Not here: the wide tables (`objects.py`).
"""

from collections.abc import Sequence

import polars as pl

from hubspot_assets.tables.properties import Property
from hubspot_assets.tables.spool import INGESTEDAT, OBJECTID, POSITION, UPDATEDAT, Chunk, property_name, value_column
from hubspot_assets.tables.values import datetime_of, raw

# Versions come ordered by record and property: the row where either changes is the newest of its property.
_IS_NEWEST = pl.col(POSITION).ne_missing(pl.col(POSITION).shift()) | pl.col("NAME").ne_missing(pl.col("NAME").shift())


def history(chunk: Chunk, object_type_id: str, properties: Sequence[Property], version_cap: int) -> pl.DataFrame:
    """OBJECTTYPEID, OBJECTID, NAME, VALUE, UPDATEDAT, INGESTEDAT: one row for each version, newest first.

    Records in the order they were read, names in order, versions of one moment by value. Never more than `version_cap`
    versions of a property, and only versions of these properties.
    """
    row = pl.int_range(pl.len())
    newer = row - pl.when(_IS_NEWEST).then(row).forward_fill()
    kept = chunk.versions.filter((newer < version_cap) & _is_one_of(properties, chunk))
    return _of_records(chunk, kept.with_columns(_raw_by_type(properties, chunk)), object_type_id)


def current(chunk: Chunk, object_type_id: str, properties: Sequence[Property]) -> pl.DataFrame:
    """OBJECTTYPEID, OBJECTID, NAME, VALUE, UPDATEDAT, INGESTEDAT: one row for each property that is set now.

    A cleared value is an empty text. UPDATEDAT is the newest version's time, or the record's where it has no version.
    """
    values = chunk.values.select(
        pl.int_range(pl.len(), dtype=pl.UInt32).alias(POSITION),
        *(raw(pl.col(value_column(p)), p.type) for p in properties),
    )
    rows = (
        values.unpivot([*map(value_column, properties)], index=POSITION, variable_name="NAME", value_name="VALUE")
        .drop_nulls("VALUE")
        .with_columns(property_name(pl.col("NAME")).cast(_names(chunk)), pl.col("VALUE").cast(pl.String))
        .sort(POSITION, "NAME")
    )
    latest = chunk.versions.filter(_IS_NEWEST).select(POSITION, "NAME", UPDATEDAT)
    dated = rows.join(latest, on=[POSITION, "NAME"], how="left", maintain_order="left")
    changed = chunk.values.select(datetime_of(pl.col(UPDATEDAT)))[dated[POSITION]].to_series()
    read_at = chunk.values[INGESTEDAT].gather(dated[POSITION])
    return _of_records(chunk, dated.with_columns(pl.coalesce(UPDATEDAT, changed), read_at), object_type_id)


def _of_records(chunk: Chunk, rows: pl.DataFrame, object_type_id: str) -> pl.DataFrame:
    return rows.select(
        pl.lit(object_type_id).alias("OBJECTTYPEID"),
        chunk.values[OBJECTID].gather(rows[POSITION]),
        pl.col("NAME").cast(pl.String),
        "VALUE",
        UPDATEDAT,
        INGESTEDAT,
    )


def _names(chunk: Chunk) -> pl.DataType:
    return chunk.versions.schema["NAME"]


def _is_one_of(properties: Sequence[Property], chunk: Chunk) -> pl.Expr:
    names = pl.Series([p.name for p in properties], dtype=_names(chunk))
    # Polars 2 warns of a bare Series here: is it one list, or one value for each row?
    return pl.col("NAME").is_in(names.implode())


def _raw_by_type(properties: Sequence[Property], chunk: Chunk) -> pl.Expr:
    """The raw form of VALUE; only rows of dates and datetimes are looked at as such."""
    forms = [
        raw(pl.when(_is_one_of([p for p in properties if p.type == type_], chunk)).then(pl.col("VALUE")), type_)
        for type_ in ("date", "datetime")
    ]
    return pl.coalesce(*forms, "VALUE").alias("VALUE")
