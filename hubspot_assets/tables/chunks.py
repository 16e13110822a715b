"""Pages of one crawl become chunks, each handed on as it ends.

A crawl is read once and feeds six tables. A chunk is as much of it as is in memory at a time, HubSpot's texts as they
came, a bounded number of cells. Not here: reading (`hubspot`), what the tables look like (`objects.py`, `history.py`).
"""

import io
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeVar

import polars as pl

from hubspot_assets.tables.properties import Property
from hubspot_assets.tables.record_frames import (
    INGESTEDAT,
    OBJECTID,
    POSITION,
    SOURCES,
    UPDATEDAT,
    Record,
    RecordColumns,
    column_of,
    columns_of,
    frames_of,
)

__all__ = [
    "INGESTEDAT",
    "OBJECTID",
    "POSITION",
    "SOURCES",
    "UPDATEDAT",
    "CarriedRows",
    "Chunk",
    "Chunks",
    "Taker",
    "unpacked",
]

# A few chunks are in memory at a time: while the tables are made of one, the next is read. Larger chunks take less CPU
# a record and more memory.
CELLS_A_CHUNK = 90_000
_RECORDS_A_CHUNK = 20_000

_T = TypeVar("_T")


@dataclass(frozen=True)
class Chunk:
    """Some records of a crawl.

    `values`: OBJECTID, UPDATEDAT (HubSpot's text), INGESTEDAT (datetime), one String column for each property, named
    after it. `versions`, of the crawl's properties only: POSITION (the record's row in `values`), NAME (Enum of the
    properties' names in alphabetical order), VALUE (HubSpot's text, empty where cleared), UPDATEDAT (datetime, NULL
    where HubSpot's text is none), INGESTEDAT (when the version was read), `SOURCES`; records in the order of `values`,
    names in order, newest first, and versions of one moment by value, whatever order HubSpot answers in.
    `carried`: where history is carried forward from an earlier day, the rows of the tables of it; there are no
    `versions` then.
    """

    values: pl.DataFrame
    versions: pl.DataFrame
    carried: "CarriedRows | None" = None
    _made: dict[Hashable, Any] = field(default_factory=dict, repr=False, compare=False)

    def once(self, name: Hashable, make: Callable[[], _T]) -> _T:
        """Return what `make` makes of this chunk: made for the first table that asks by this name, kept for others."""
        if name not in self._made:
            self._made[name] = make()
        made: _T = self._made[name]
        return made


@dataclass(frozen=True)
class CarriedRows:
    """What tables are made of where an earlier day's rows are carried forward.

    `again`: the records of the chunk that were read again, with their versions. `rows`: by the name of the table, its
    rows of all other records, made already, those of history as texts (`lake/csv_text.py`); with ID (OBJECTID as a
    number), which ascends.
    """

    again: Chunk
    rows: Mapping[str, pl.DataFrame]


class Taker(Protocol):
    """What chunks are handed to, one after another."""

    def take(self, chunk: Chunk) -> None:
        """Take the next chunk."""

    def clear(self) -> None:
        """Forget all that was taken: it comes anew, or something else does."""


class Chunks:
    """Add pages; a chunk ends with the page that brings it to so many values or versions, and is handed on."""

    def __init__(self, properties: Sequence[Property], taker: Taker, *, cells_a_chunk: int | None = None) -> None:
        cells_a_chunk = cells_a_chunk or CELLS_A_CHUNK
        self.properties = list(properties)
        self.records = 0
        self.chunk_count = 0
        """How many chunks have ended."""
        self.last_id = ""
        """The id of the last record of the last chunk that has ended."""
        self.names = pl.Enum(sorted(p.name for p in self.properties))
        self._names_in_order = self.names.categories.to_list()
        self._taker = taker
        self._last_chunk: tuple[pl.DataFrame, pl.DataFrame] | None = None
        self._pages: list[RecordColumns] = []
        self._height = self._cells = 0
        self._cells_a_chunk = cells_a_chunk
        self._records_a_chunk = max(1, min(_RECORDS_A_CHUNK, cells_a_chunk // (len(self.properties) + 3)))

    def columns(self, records: Sequence[Record], read_at: datetime) -> RecordColumns:
        """Return a page of records as HubSpot gives them, read at a moment (UTC), as `add_columns` takes it.

        Any thread may ask.
        """
        return columns_of(records, read_at.replace(tzinfo=None), self._names_in_order)

    def add(self, records: Sequence[Record], read_at: datetime) -> None:
        """Take a page of records as HubSpot gives them, read at a moment (UTC)."""
        self.add_columns(self.columns(records, read_at))

    def add_columns(self, page: RecordColumns) -> None:
        """Take a page."""
        if not len(page.ids):
            return
        self._pages.append(page)
        self._height += len(page.ids)
        self._cells += len(page.times)
        self.records += len(page.ids)
        if self._height >= self._records_a_chunk or self._cells >= self._cells_a_chunk:
            self.flush()

    def add_chunk(self, values: pl.DataFrame, versions: pl.DataFrame, carried: CarriedRows | None = None) -> None:
        """Take what is that of a `Chunk` of these properties already."""
        self.flush()
        self.records += values.height
        self._end(values, versions, carried)

    def flush(self) -> None:
        """End the chunk that is being filled."""
        if not self._pages:
            return
        pages, self._pages, self._height, self._cells = self._pages, [], 0, 0
        self._end(*frames_of(pages, self.names))

    def last_chunk(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Return the values and the versions of the last chunk that has ended."""
        assert self._last_chunk is not None  # noqa: S101 - whoever asks knows that one has
        return self._last_chunk

    def clear(self) -> None:
        """Forget everything, and have it forgotten."""
        self._taker.clear()
        self.records, self.chunk_count, self._last_chunk = 0, 0, None
        self._pages, self._height, self._cells = [], 0, 0

    def _end(self, values: pl.DataFrame, versions: pl.DataFrame, carried: CarriedRows | None = None) -> None:
        self._last_chunk = values, versions
        self.chunk_count += 1
        self.last_id = values[OBJECTID][-1]
        self._taker.take(Chunk(values, versions, carried))


def filled(values: pl.DataFrame, properties: Sequence[Property]) -> list[Property]:
    """Return those of the properties that any record of a chunk has a value of, a cleared one included."""
    return [p for p in properties if values[value_column(p)].null_count() < values.height]


def packed(frame: pl.DataFrame) -> bytes:
    """Return a frame as an Arrow file; `unpacked` makes a frame of it."""
    file = io.BytesIO()
    frame.write_ipc(file, compression="lz4")
    return file.getvalue()


def unpacked(packed: bytes) -> pl.DataFrame:
    """Return the frame of what `packed` gave."""
    return pl.read_ipc(packed)


def value_column(property_: Property) -> str:
    """Return the column of a property in `Chunk.values`."""
    return column_of(property_.name)
