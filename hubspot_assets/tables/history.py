"""The tables of an object type's versions: OBJECT_PROPERTIES_HISTORY/<X> and OBJECT_PROPERTIES/<X>.

Each function turns one chunk of a crawl (`spool.py`) into one frame of the table: all versions of a record come in the
page of the record, so no table needs to be held whole. Not here: the wide tables (`objects.py`).
"""

from collections.abc import Sequence

import polars as pl

from hubspot_assets.tables.properties import Property
from hubspot_assets.tables.spool import INGESTEDAT, OBJECTID, POSITION, UPDATEDAT, Chunk, value_column
from hubspot_assets.tables.values import datetime_of, raw, stacked

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
    return _of_records(chunk, kept.with_columns(_raw_by_type(kept, properties, chunk)), object_type_id)


def current(chunk: Chunk, object_type_id: str, properties: Sequence[Property]) -> pl.DataFrame:
    """OBJECTTYPEID, OBJECTID, NAME, VALUE, UPDATEDAT, INGESTEDAT: one row for each property that is set now.

    A cleared value is an empty text. UPDATEDAT is the newest version's time, or the record's where it has no version.
    """
    rows = _record_by_record(chunk, sorted(properties)).drop_nulls("VALUE")
    latest = chunk.versions.filter(_IS_NEWEST).select(POSITION, "NAME", UPDATEDAT)
    dated = rows.join(latest, on=[POSITION, "NAME"], how="left", maintain_order="left")
    changed = datetime_of(chunk.values[UPDATEDAT]).gather(dated[POSITION])
    read_at = chunk.values[INGESTEDAT].gather(dated[POSITION])
    return _of_records(chunk, dated.with_columns(pl.coalesce(UPDATEDAT, changed), read_at), object_type_id)


def _record_by_record(chunk: Chunk, properties: Sequence[Property]) -> pl.DataFrame:
    """POSITION, NAME, VALUE (raw): one row for each record and property."""
    values = stacked(chunk.values, {value_column(p): p.type for p in properties}, raw)
    records, width = chunk.values.height, len(properties)
    cell = pl.int_range(records * width, dtype=pl.UInt32, eager=True)
    position, place = cell // max(1, width), cell % max(1, width)
    # Property by property is how columns lie one behind the other.
    texts = pl.concat(
        [pl.Series("VALUE", [], pl.String), *(values[value_column(p)].alias("VALUE") for p in properties)]
    )
    names = pl.Series("NAME", [p.name for p in properties], _names(chunk))
    return pl.DataFrame([position.alias(POSITION), names.gather(place), texts.gather(place * records + position)])


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


def _raw_by_type(versions: pl.DataFrame, properties: Sequence[Property], chunk: Chunk) -> pl.Series:
    """The raw form of VALUE; only rows of dates and datetimes are looked at as such."""
    value = versions["VALUE"].clone()
    for type_ in ("date", "datetime"):
        of_type = _is_one_of([p for p in properties if p.type == type_], chunk)
        rows = versions.select(of_type.arg_true()).to_series()
        value = value.scatter(rows, raw(value.gather(rows), type_))
    return value
