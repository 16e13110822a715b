"""Pages of one crawl on local disk, between reading HubSpot and writing tables.

A crawl is read once and feeds six tables; the spool is what lets each of them stream through it in flat memory. It
keeps HubSpot's texts as they came, in Arrow files of a bounded number of cells. Not here: reading (`hubspot`), what the
tables look like (`objects.py`, `history.py`).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial
from pathlib import Path

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

__all__ = ["INGESTEDAT", "OBJECTID", "POSITION", "SOURCES", "UPDATEDAT", "Chunk", "FrameFiles", "Spool", "unpacked"]

# A chunk is what is in memory at a time: while a table is written, as two frames of it, one being made and one being
# compressed. Larger chunks take less CPU a record and more memory.
CELLS_A_CHUNK = 90_000
_RECORDS_A_CHUNK = 20_000


@dataclass(frozen=True)
class Chunk:
    """Some records of a crawl.

    `values`: OBJECTID, UPDATEDAT (HubSpot's text), INGESTEDAT (datetime), one String column for each property, named
    after it. `versions`, of the spool's properties only: POSITION (the record's row in `values`), NAME (Enum of the
    properties' names in alphabetical order), VALUE (HubSpot's text, empty where cleared), UPDATEDAT (datetime, NULL
    where HubSpot's text is none), INGESTEDAT (when the version was read), `SOURCES`; records in the order of `values`,
    names in order, newest first, and versions of one moment by value, whatever order HubSpot answers in.
    """

    values: pl.DataFrame
    read_versions: Callable[[], pl.DataFrame]

    @cached_property
    def versions(self) -> pl.DataFrame:
        """Read from disk when first asked for: three of the six tables need none."""
        return self.read_versions()


class FrameFiles:
    """Frames on disk, one Arrow file each, read back in the order they were added. The directory is the caller's."""

    def __init__(self, directory: Path, name: str) -> None:
        self._directory = directory
        self._name = name
        self.count = 0

    def add(self, frame: pl.DataFrame) -> None:
        """Write a frame."""
        frame.write_ipc(self._path(self.count), compression="lz4")
        self.count += 1

    def __iter__(self) -> Iterator[pl.DataFrame]:
        return (read() for read in self.readers())

    def columns(self, names: Sequence[str]) -> Iterator[pl.DataFrame]:
        """Yield these columns of each frame, without reading the others."""
        return (pl.read_ipc(self._path(number), columns=list(names)) for number in range(self.count))

    def readers(self) -> Iterator[Callable[[], pl.DataFrame]]:
        """Return what reads each frame, for those who may not need them all."""
        return (partial(pl.read_ipc, self._path(number)) for number in range(self.count))

    def packed(self, number: int) -> bytes:
        """Return a frame as it lies on disk."""
        return self._path(number).read_bytes()

    def _path(self, number: int) -> Path:
        return self._directory / f"{self._name}_{number:05d}.arrow"


class Spool:
    """Add pages, then iterate over chunks, as often as wanted. The directory is the caller's to delete.

    A chunk ends with the page that brings it to `cells_a_chunk` values or versions.
    """

    def __init__(self, directory: Path, properties: Sequence[Property], *, cells_a_chunk: int = CELLS_A_CHUNK) -> None:
        self.properties = list(properties)
        self.records = 0
        self.last_id = ""
        """The id of the last record of the last chunk that has ended."""
        self._names_in_order = sorted(p.name for p in self.properties)
        self._names = pl.Enum(self._names_in_order)
        self._values = FrameFiles(directory, "values")
        self._versions = FrameFiles(directory, "versions")
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
        """Keep a page of records as HubSpot gives them, read at a moment (UTC)."""
        self.add_columns(self.columns(records, read_at))

    def add_columns(self, page: RecordColumns) -> None:
        """Keep a page."""
        if not len(page.ids):
            return
        self._pages.append(page)
        self._height += len(page.ids)
        self._cells += len(page.times)
        self.records += len(page.ids)
        if self._height >= self._records_a_chunk or self._cells >= self._cells_a_chunk:
            self.flush()

    def add_chunk(self, values: pl.DataFrame, versions: pl.DataFrame) -> None:
        """Keep frames that are those of a `Chunk` of these properties already."""
        self.flush()
        self.records += values.height
        self._keep(values, versions)

    @property
    def chunk_count(self) -> int:
        """How many chunks have ended."""
        return self._values.count

    def packed(self, number: int) -> tuple[bytes, bytes]:
        """Return the values and the versions of a chunk that has ended, as Arrow files; `unpacked` makes frames of
        them.
        """
        return self._values.packed(number), self._versions.packed(number)

    def clear(self) -> None:
        """Forget everything."""
        self.records, self._pages, self._height, self._cells = 0, [], 0, 0
        self._values.count = self._versions.count = 0

    def chunks(self) -> Iterator[Chunk]:
        """Every chunk in the order it was read."""
        self.flush()
        for values, read_versions in zip(self._values, self._versions.readers(), strict=True):
            yield Chunk(values, read_versions)

    def filled(self, properties: Sequence[Property]) -> list[Property]:
        """Those of the properties that any record has a value of, a cleared one included."""
        self.flush()
        names = [value_column(p) for p in properties]
        frames = self._values.columns(names) if names else ()
        used = {name for frame in frames for name in names if frame[name].null_count() < frame.height}
        return [p for p in properties if value_column(p) in used]

    def flush(self) -> None:
        """End the chunk that is being filled."""
        if not self._pages:
            return
        pages, self._pages, self._height, self._cells = self._pages, [], 0, 0
        self._keep(*frames_of(pages, self._names))

    def _keep(self, values: pl.DataFrame, versions: pl.DataFrame) -> None:
        self._versions.add(versions)
        self._values.add(values)
        self.last_id = values[OBJECTID][-1]


def unpacked(packed: bytes) -> pl.DataFrame:
    """Return the frame of what `Spool.packed` gave."""
    return pl.read_ipc(packed)


def value_column(property_: Property) -> str:
    """Return the column of a property in `Chunk.values`."""
    return column_of(property_.name)
