"""The tables of an object type's versions: OBJECT_PROPERTIES_HISTORY/<X>, its side table, and OBJECT_PROPERTIES/<X>.

Each function turns one chunk of a crawl (`chunks.py`) into one frame of the table: all versions of a record come in the
page of the record, so no table needs to be held whole. Not here: the wide tables (`objects.py`).
"""

from collections.abc import Sequence
from typing import cast

import polars as pl

from hubspot_assets.tables.chunks import INGESTEDAT, OBJECTID, POSITION, SOURCES, UPDATEDAT, Chunk
from hubspot_assets.tables.current_values import PLACE, current_values
from hubspot_assets.tables.properties import Property
from hubspot_assets.tables.values import datetime_of, raw

# Versions come ordered by record and property: the row where either changes is the newest of its property.
_IS_NEWEST = pl.col(POSITION).ne_missing(pl.col(POSITION).shift()) | pl.col("NAME").ne_missing(pl.col("NAME").shift())


def history(chunk: Chunk, object_type_id: str, properties: Sequence[Property], version_cap: int) -> pl.DataFrame:
    """OBJECTTYPEID, OBJECTID, NAME, VALUE, UPDATEDAT, INGESTEDAT: one row for each version, newest first.

    Records in the order they were read, names in order, versions of one moment by value. Never more than `version_cap`
    versions of a property, and only versions of these properties.
    """
    kept = _kept(chunk, properties, version_cap)
    return _of_records(chunk, kept.with_columns(_raw_by_type(kept, properties, chunk)), object_type_id)


def sources(chunk: Chunk, object_type_id: str, properties: Sequence[Property], version_cap: int) -> pl.DataFrame:
    """OBJECTTYPEID, OBJECTID, NAME, UPDATEDAT, what set the version (`SOURCES`), INGESTEDAT.

    One row for each of `history`, in its order.
    """
    kept = _kept(chunk, properties, version_cap)
    return kept.select(*_identity(chunk, kept, object_type_id), UPDATEDAT, *SOURCES, INGESTEDAT)


def _kept(chunk: Chunk, properties: Sequence[Property], version_cap: int) -> pl.DataFrame:
    """Return the newest versions of each of these properties, the same for both tables that are made of them."""

    def kept() -> pl.DataFrame:
        row = pl.int_range(pl.len())
        newer = row - pl.when(_IS_NEWEST).then(row).forward_fill()
        is_kept = chunk.versions.select((newer < version_cap) & _is_one_of(properties, chunk)).to_series()
        # Nearly always all of them: to see that is cheaper than to copy them.
        return chunk.versions if is_kept.all() else chunk.versions.filter(is_kept)

    return chunk.once(("kept", version_cap, *properties), kept)


def current(chunk: Chunk, object_type_id: str, properties: Sequence[Property]) -> pl.DataFrame:
    """OBJECTTYPEID, OBJECTID, NAME, VALUE, UPDATEDAT, INGESTEDAT: one row for each property that is set now.

    A cleared value is an empty text. UPDATEDAT is the newest version's time, or the record's where it has no version.
    """
    in_order = sorted(properties)
    rows = current_values(chunk, in_order)
    rows = rows.with_columns(pl.Series("NAME", [p.name for p in in_order], _names(chunk)).gather(rows[PLACE]))
    changed = datetime_of(chunk.values[UPDATEDAT]).gather(rows[POSITION])
    read_at = chunk.values[INGESTEDAT].gather(rows[POSITION])
    newest = _newest_times(chunk).gather(_cell(rows, _names(chunk)))
    times = [newest.zip_with(newest.is_not_null(), changed), read_at]
    return _of_records(chunk, rows.with_columns(times), object_type_id)


def _newest_times(chunk: Chunk) -> pl.Series:
    """UPDATEDAT of the newest version of each `_cell`, NULL where there is none."""
    newest = chunk.versions.filter(_IS_NEWEST)
    none = pl.Series(UPDATEDAT, [None], newest.schema[UPDATEDAT])
    times = none.new_from_index(0, chunk.values.height * len(_names(chunk).categories))
    return times.scatter(_cell(newest, _names(chunk)), newest[UPDATEDAT])


def _cell(rows: pl.DataFrame, names: pl.Enum) -> pl.Series:
    """Return the number of each row's record and property among all records and properties of a chunk."""
    return rows[POSITION].cast(pl.UInt32) * len(names.categories) + rows["NAME"].to_physical()


def _of_records(chunk: Chunk, rows: pl.DataFrame, object_type_id: str) -> pl.DataFrame:
    return rows.select(*_identity(chunk, rows, object_type_id), "VALUE", UPDATEDAT, INGESTEDAT)


def _identity(chunk: Chunk, rows: pl.DataFrame, object_type_id: str) -> list[pl.Expr | pl.Series]:
    return [
        pl.lit(object_type_id).alias("OBJECTTYPEID"),
        chunk.values[OBJECTID].gather(rows[POSITION]),
        pl.col("NAME").cast(pl.String),
    ]


def _names(chunk: Chunk) -> pl.Enum:
    return cast(pl.Enum, chunk.versions.schema["NAME"])


def _is_one_of(properties: Sequence[Property], chunk: Chunk) -> pl.Expr:
    names = pl.Series([p.name for p in properties], dtype=_names(chunk))
    # Polars 2 warns of a bare Series here: is it one list, or one value for each row?
    return pl.col("NAME").is_in(names.implode())


def _raw_by_type(versions: pl.DataFrame, properties: Sequence[Property], chunk: Chunk) -> pl.Series:
    """Return the raw form of VALUE; only rows of dates and datetimes are looked at as such."""
    value = versions["VALUE"].clone()
    for type_ in ("date", "datetime"):
        of_type = _is_one_of([p for p in properties if p.type == type_], chunk)
        rows = versions.select(of_type.arg_true()).to_series()
        value = value.scatter(rows, raw(value.gather(rows), type_))
    return value
