"""Records as HubSpot gives them -> columns of a page -> the two frames of a chunk: current values, and versions.

A record is dictionaries of hundreds of values and thousands of versions, so everything here goes over whole lists at
once: this is the only place that would loop over cells in Python. Not here: where frames are kept (`chunks.py`).
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from operator import attrgetter
from typing import Any, Protocol, TypeAlias

import polars as pl

from hubspot_assets.tables.values import datetime_of

OBJECTID = "OBJECTID"
UPDATEDAT = "UPDATEDAT"
INGESTEDAT = "INGESTEDAT"
POSITION = "POSITION"

Record: TypeAlias = Mapping[str, Any]
"""`id`, `updatedAt`, `properties` (name -> text), and perhaps `propertiesWithHistory` (name -> versions)."""

_NUMBER_OR_NULL = {int, type(None)}
_MOMENT = pl.Datetime("ms")
_GROUP = [POSITION, "NAME"]
_NEWEST_FIRST = [UPDATEDAT, "VALUE"]


class Version(Protocol):
    """A value that a property had (None where it was cleared), when it was set and by what: HubSpot's texts."""

    value: str | None
    timestamp: str
    source_type: Any
    source_id: Any
    source_label: Any
    updated_by_user_id: Any


#: What set a version, as columns of its table -> the field of a `Version`.
SOURCES = {
    "SOURCE": "source_type",
    "SOURCEID": "source_id",
    "SOURCELABEL": "source_label",
    "UPDATEDBYUSERID": "updated_by_user_id",
}


@dataclass(frozen=True)
class RecordColumns:
    """A page of records as columns: less memory than its dictionaries, and quick to make.

    `ids`, `updated`: OBJECTID and UPDATEDAT, as text. `read_at`: naive UTC. `cells`: the value of each property of each
    record, record by record. `lengths`: how many versions each of them has, or empty where none has any. `texts`,
    `times`, `sources`: VALUE, timestamp and `SOURCES` of each version, in that order.
    """

    read_at: datetime
    ids: pl.Series
    updated: pl.Series
    cells: pl.Series
    lengths: pl.Series
    texts: pl.Series
    times: pl.Series
    sources: tuple[pl.Series, ...]

    @property
    def size(self) -> int:
        """Bytes of memory."""
        series = (self.ids, self.updated, self.cells, self.lengths, self.texts, self.times, *self.sources)
        return sum(int(one.estimated_size()) for one in series)


# Only what Polars does without its engine: that takes longer to start than a page takes, and shares its threads.
def columns_of(records: Sequence[Record], read_at: datetime, names: Sequence[str]) -> RecordColumns:
    """Of records that were read at a moment (naive UTC): the values and versions of the properties `names`."""
    cells: list[str | None] = []
    # A list of versions for each cell, or nothing.
    grid: list[Sequence[Version] | None] = []
    has_versions = any(record.get("propertiesWithHistory") for record in records)
    for record in records:
        cells += map(_current_values(record).get, names)
        if has_versions:
            grid += map((record.get("propertiesWithHistory") or {}).get, names)
    versions = list(chain.from_iterable(filter(None, grid)))
    return RecordColumns(
        read_at,
        pl.Series(OBJECTID, [str(record["id"]) for record in records], pl.String),
        pl.Series(UPDATEDAT, [record.get("updatedAt") for record in records], pl.String),
        pl.Series("cell", cells, pl.String),
        pl.Series("length", [len(versions) if versions else 0 for versions in grid], pl.UInt32),
        pl.Series("VALUE", [version.value for version in versions], pl.String),
        pl.Series(UPDATEDAT, [version.timestamp for version in versions], pl.String),
        tuple(_texts(column, [*map(attrgetter(field), versions)]) for column, field in SOURCES.items()),
    )


def _texts(name: str, values: list[Any]) -> pl.Series:
    """Texts, or ids, which may come as numbers."""
    first = next((value for value in values if value is not None), None)
    if type(first) is int and set(map(type, values)) <= _NUMBER_OR_NULL:
        # They become texts in a third of the time as a column of numbers, if they fit into one.
        with suppress(OverflowError, TypeError):
            return pl.Series(name, values, pl.Int64).cast(pl.String)
    return pl.Series(name, values, pl.String, strict=False)


def column_of(name: str) -> str:
    """Return the column of a property in `values`."""
    # A property may be called like one of our own columns.
    return f"property:{name}"


def frames_of(pages: Sequence[RecordColumns], names: pl.Enum) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`values` and `versions` of a `chunks.Chunk`: all pages together. `names`: those given to `columns_of`."""
    cells = pl.concat([page.cells for page in pages]).to_frame()
    properties = names.categories.to_list()
    every = (pl.col("cell").gather_every(len(properties), place) for place in range(len(properties)))
    read_at = pl.Series(INGESTEDAT, [page.read_at for page in pages for _ in page.ids], _MOMENT)
    identity = [pl.concat([page.ids for page in pages]), pl.concat([page.updated for page in pages]), read_at]
    values = cells.select(column.alias(column_of(name)) for column, name in zip(every, properties, strict=True))
    return pl.DataFrame([*identity, *values]), _versions(pages, names, read_at)


def _versions(pages: Sequence[RecordColumns], names: pl.Enum, read_at: pl.Series) -> pl.DataFrame:
    width = len(names.categories)
    none = pl.Series([0], dtype=pl.UInt32)
    lengths = (page.lengths if len(page.lengths) else none.new_from_index(0, len(page.cells)) for page in pages)
    places = _repeated(pl.concat(list(lengths)))
    position = (places // max(1, width)).alias(POSITION)
    versions = pl.DataFrame(
        [
            position,
            names.categories.cast(names).gather(places % max(1, width)).alias("NAME"),
            pl.concat([page.texts for page in pages]).fill_null(""),
            datetime_of(pl.concat([page.times for page in pages])),
            read_at.gather(position),
            *(pl.concat(of_pages) for of_pages in zip(*(page.sources for page in pages), strict=True)),
        ]
    )
    # HubSpot answers newest first, which is cheaper to see than to make.
    if not versions.select(_in_order().all()).item():
        versions = versions.sort(
            *_GROUP, *_NEWEST_FIRST, descending=[False, False, True, True], nulls_last=True, maintain_order=True
        )
    return versions


def _repeated(lengths: pl.Series) -> pl.Series:
    """Return the place of each length, as often as it says."""
    filled = lengths.to_frame("length").with_row_index("place").filter(pl.col("length") > 0)
    return filled.select(pl.col("place").repeat_by("length").explode()).to_series()


def _in_order() -> pl.Expr:
    """Of each row, whether it may come after the one before it, where groups are in order."""
    another = pl.any_horizontal(pl.col(name) != pl.col(name).shift() for name in _GROUP)
    moment, value = pl.col(UPDATEDAT), pl.col("VALUE")
    older = moment < moment.shift()
    same = (moment == moment.shift()) & (value <= value.shift())
    return (another | older | same).fill_null(another)


def _current_values(record: Record) -> Mapping[str, Any]:
    values: dict[str, Any] = record.get("properties") or {}
    history = record.get("propertiesWithHistory")
    if not history:
        return values
    # Where HubSpot answers null for a value that was cleared, only the newest version tells it from one never set.
    untold = [name for name, versions in history.items() if versions and values.get(name) is None]
    return {**values, **{name: _newest_value(history[name]) for name in untold}} if untold else values


def _newest_value(versions: Sequence[Version]) -> str:
    newest = max(version.timestamp.rstrip("Z") for version in versions)
    values = [version.value or "" for version in versions if version.timestamp.rstrip("Z") == newest]
    # Of a moment at which the value was set and cleared, null says which of the two came last.
    return "" if "" in values else max(values)
