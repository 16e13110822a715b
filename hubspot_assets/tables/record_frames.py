"""Records as HubSpot gives them -> columns of a page -> the two frames of a chunk: current values, and versions.

A record is dictionaries of hundreds of values and thousands of versions, so everything here goes over whole lists at
once: this is the only place that would loop over cells in Python. Not here: where frames are kept (`chunks.py`).
"""

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate
from typing import Any, Protocol, TypeAlias

import polars as pl

from hubspot_assets.tables.values import datetime_of

OBJECTID = "OBJECTID"
UPDATEDAT = "UPDATEDAT"
INGESTEDAT = "INGESTEDAT"
POSITION = "POSITION"

Record: TypeAlias = Mapping[str, Any]
"""`id`, `updatedAt`, `properties` (name -> text), and perhaps `propertiesWithHistory` (a `History`)."""

_NUMBER_OR_NULL = {int, type(None)}
_MOMENT = pl.Datetime("ms")
_GROUP = [POSITION, "NAME"]
_NEWEST_FIRST = [UPDATEDAT, "VALUE"]


class History(Protocol):
    """The versions of a record's properties.

    `names`: of the properties that have versions, in alphabetical order. `counts`: how many versions each has.
    `columns`: of each version, in that order, its value (None where it was cleared), when it was set, and by what, as
    in `SOURCES`: HubSpot's texts.
    """

    names: list[str]
    counts: list[int]
    columns: tuple[list[Any], ...]

    def only(self, wanted: Collection[str]) -> "History":
        """Return the history of these properties."""


SOURCES = ("SOURCE", "SOURCEID", "SOURCELABEL", "UPDATEDBYUSERID")
"""What set a version, as columns of its table."""


@dataclass(frozen=True)
class RecordColumns:
    """A page of records as columns: less memory than its dictionaries, and quick to make.

    `ids`, `updated`: OBJECTID and UPDATEDAT, as text. `read_at`: naive UTC. `cells`: the value of each property of each
    record, record by record. `with_versions`: the places among them of those that have versions, ascending, and
    `counts`, how many. `texts`, `times`, `sources`: VALUE, timestamp and `SOURCES` of each version, in that order.
    """

    read_at: datetime
    ids: pl.Series
    updated: pl.Series
    cells: pl.Series
    with_versions: pl.Series
    counts: pl.Series
    texts: pl.Series
    times: pl.Series
    sources: tuple[pl.Series, ...]

    @property
    def size(self) -> int:
        """Bytes of memory."""
        of_records = (self.ids, self.updated, self.cells, self.with_versions, self.counts)
        return sum(int(one.estimated_size()) for one in (*of_records, self.texts, self.times, *self.sources))


# Only what Polars does without its engine: that takes longer to start than a page takes, and shares its threads.
def columns_of(records: Sequence[Record], read_at: datetime, names: Sequence[str]) -> RecordColumns:
    """Of records that were read at a moment (naive UTC): the values and versions of the properties `names`.

    `names`: in alphabetical order.
    """
    places = {name: place for place, name in enumerate(names)}
    cells: list[str | None] = []
    with_versions: list[int] = []
    counts: list[int] = []
    columns: list[list[Any]] = [[] for _ in ("VALUE", UPDATEDAT, *SOURCES)]
    for record in records:
        values: Mapping[str, Any] = record.get("properties") or {}
        history: History | None = record.get("propertiesWithHistory")
        if history is not None:
            if not set(history.names) <= places.keys():
                history = history.only(places)
            begin = len(cells)
            with_versions += [begin + places[name] for name in history.names]
            counts += history.counts
            for column, of_record in zip(columns, history.columns, strict=True):
                column.extend(of_record)
            values = _with_cleared(values, history)
        cells += map(values.get, names)
    texts, times, *sources = columns
    return RecordColumns(
        read_at,
        pl.Series(OBJECTID, [str(record["id"]) for record in records], pl.String),
        pl.Series(UPDATEDAT, [record.get("updatedAt") for record in records], pl.String),
        pl.Series("cell", cells, pl.String),
        pl.Series("place", with_versions, pl.UInt32),
        pl.Series("count", counts, pl.UInt32),
        pl.Series("VALUE", texts, pl.String),
        pl.Series(UPDATEDAT, times, pl.String),
        tuple(map(_texts, SOURCES, sources)),
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
    begins = accumulate((len(page.cells) for page in pages), initial=0)
    groups = pl.DataFrame(
        [
            pl.concat([page.with_versions + begin for page, begin in zip(pages, begins, strict=False)]),
            pl.concat([page.counts for page in pages]),
        ]
    )
    places = groups.select(pl.col("place").repeat_by("count").explode()).to_series()
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


def _in_order() -> pl.Expr:
    """Of each row, whether it may come after the one before it, where groups are in order."""
    another = pl.any_horizontal(pl.col(name) != pl.col(name).shift() for name in _GROUP)
    moment, value = pl.col(UPDATEDAT), pl.col("VALUE")
    older = moment < moment.shift()
    same = (moment == moment.shift()) & (value <= value.shift())
    return (another | older | same).fill_null(another)


def _with_cleared(values: Mapping[str, Any], history: History) -> Mapping[str, Any]:
    """Return values with those that were cleared.

    Where HubSpot answers null for one, only the newest version tells it from one that was never set.
    """
    untold = [place for place, name in enumerate(history.names) if values.get(name) is None]
    return {**values, **{history.names[place]: _newest_value(history, place) for place in untold}} if untold else values


def _newest_value(history: History, place: int) -> str:
    begin = sum(history.counts[:place])
    end = begin + history.counts[place]
    times = [time.rstrip("Z") for time in history.columns[1][begin:end]]
    newest = max(times)
    told = zip(history.columns[0][begin:end], times, strict=True)
    values = [value or "" for value, time in told if time == newest]
    # Of a moment at which the value was set and cleared, null says which of the two came last.
    return "" if "" in values else max(values)
