"""Pages of one crawl on local disk, between reading HubSpot and writing tables.

A crawl is read once and feeds five tables; the spool is what lets each of them stream through it in flat memory. It
keeps HubSpot's texts as they came, in Arrow files of a bounded number of cells. Not here: reading (`hubspot`), what the
tables look like (`objects.py`, `history.py`).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial
from itertools import chain
from operator import itemgetter
from pathlib import Path
from typing import Any

import polars as pl

from hubspot_assets.tables.properties import Property
from hubspot_assets.tables.values import datetime_of

OBJECTID = "OBJECTID"
UPDATEDAT = "UPDATEDAT"
INGESTEDAT = "INGESTEDAT"
POSITION = "POSITION"

# A chunk is what is in memory at a time; measured at about 60 bytes a cell while the frame is built.
CELLS_A_CHUNK = 400_000
_RECORDS_A_CHUNK = 20_000

_PREFIX = "property:"

_value = itemgetter("value")
_timestamp = itemgetter("timestamp")


@dataclass(frozen=True)
class Chunk:
    """Some records of a crawl.

    `values`: OBJECTID, UPDATEDAT (HubSpot's text), INGESTEDAT (datetime), one String column for each property, named
    after it. `versions`, of the spool's properties only: POSITION (the record's row in `values`), NAME (Enum of the
    properties' names in alphabetical order), VALUE (HubSpot's text, empty where cleared), UPDATEDAT (datetime, NULL
    where HubSpot's text is none), INGESTEDAT (when the version was read); records in the order of `values`, names in
    order, newest first, and versions of one moment by value, whatever order HubSpot answers in.
    """

    values: pl.DataFrame
    read_versions: Callable[[], pl.DataFrame]

    @cached_property
    def versions(self) -> pl.DataFrame:
        """Read from disk when first asked for: three of the five tables need none."""
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

    def readers(self) -> Iterator[Callable[[], pl.DataFrame]]:
        """What reads each frame, for those who may not need them all."""
        return (partial(pl.read_ipc, self._path(number)) for number in range(self.count))

    def packed(self, number: int) -> bytes:
        """A frame as it lies on disk."""
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
        self._names = pl.Enum(sorted(p.name for p in self.properties))
        self._values = FrameFiles(directory, "values")
        self._versions = FrameFiles(directory, "versions")
        self._pending: list[tuple[Mapping[str, Any], datetime]] = []
        self._cells = 0
        self._cells_a_chunk = cells_a_chunk
        self._records_a_chunk = max(1, min(_RECORDS_A_CHUNK, cells_a_chunk // (len(self.properties) + 3)))

    def add(self, records: Iterable[Mapping[str, Any]], read_at: datetime) -> None:
        """Keep a page of records as HubSpot gives them, read at a moment (UTC)."""
        moment = read_at.replace(tzinfo=None)
        before = len(self._pending)
        for record in records:
            self._pending.append((record, moment))
            self._cells += sum(map(len, filter(None, (record.get("propertiesWithHistory") or {}).values())))
        self.records += len(self._pending) - before
        if len(self._pending) >= self._records_a_chunk or self._cells >= self._cells_a_chunk:
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
        """The values and the versions of a chunk that has ended, as Arrow files; `unpacked` makes frames of them."""
        return self._values.packed(number), self._versions.packed(number)

    def clear(self) -> None:
        """Forget everything."""
        self.records, self._pending, self._cells = 0, [], 0
        self._values.count = self._versions.count = 0

    def chunks(self) -> Iterator[Chunk]:
        """Every chunk in the order it was read."""
        self.flush()
        for values, read_versions in zip(self._values, self._versions.readers(), strict=True):
            yield Chunk(values, read_versions)

    def flush(self) -> None:
        """End the chunk that is being filled."""
        if not self._pending:
            return
        pending, self._pending, self._cells = self._pending, [], 0
        values = _values_frame(pending, self.properties)
        versions = _versions_frame([record for record, _ in pending], self._names)
        self._keep(values, versions.with_columns(values[INGESTEDAT].gather(versions[POSITION])))

    def _keep(self, values: pl.DataFrame, versions: pl.DataFrame) -> None:
        self._versions.add(versions)
        self._values.add(values)


def unpacked(packed: bytes) -> pl.DataFrame:
    """The frame of what `Spool.packed` gave."""
    return pl.read_ipc(packed)


def value_column(property_: Property) -> str:
    """The column of a property in `Chunk.values`."""
    # A property may be called like one of our own columns.
    return f"{_PREFIX}{property_.name}"


def property_name(column: pl.Expr) -> pl.Expr:
    """The property's name of a text that is its column's."""
    return column.str.strip_prefix(_PREFIX)


def _values_frame(pending: list[tuple[Mapping[str, Any], datetime]], properties: list[Property]) -> pl.DataFrame:
    values = [_current_values(record) for record, _ in pending]
    columns = [
        pl.Series(OBJECTID, [str(record["id"]) for record, _ in pending], pl.String),
        pl.Series(UPDATEDAT, [record.get("updatedAt") for record, _ in pending], pl.String),
        pl.Series(INGESTEDAT, [moment for _, moment in pending], pl.Datetime("ms")),
    ]
    cells = [pl.Series(value_column(p), [value.get(p.name) for value in values], pl.String) for p in properties]
    return pl.DataFrame([*columns, *cells])


def _current_values(record: Mapping[str, Any]) -> Mapping[str, Any]:
    values: dict[str, Any] = record.get("properties") or {}
    history = record.get("propertiesWithHistory")
    if not history:
        return values
    # Where HubSpot answers null for a value that was cleared, only the newest version tells it from one never set.
    untold = [name for name, value in values.items() if value is None and history.get(name)]
    untold += [name for name in history.keys() - values.keys() if history[name]]
    return {**values, **{name: _newest_value(history[name]) for name in untold}} if untold else values


def _newest_value(versions: Sequence[Mapping[str, Any]]) -> str:
    newest = max(version["timestamp"].rstrip("Z") for version in versions)
    values = [version["value"] or "" for version in versions if version["timestamp"].rstrip("Z") == newest]
    # Of a moment at which the value was set and cleared, null says which of the two came last.
    return "" if "" in values else max(values)


def _versions_frame(records: list[Mapping[str, Any]], names: pl.Enum) -> pl.DataFrame:
    # A list of versions for each property of each record, empty ones too: its place in the grid tells whose it is, and
    # Python stays out of the loop over versions.
    wanted = names.categories.to_list()
    grid: list[Sequence[Mapping[str, Any]]] = []
    for record in records:
        versions = record.get("propertiesWithHistory") or {}
        grid += [versions.get(name) or () for name in wanted]
    lengths = pl.DataFrame({"length": pl.Series(list(map(len, grid)), dtype=pl.UInt32)}).with_row_index("place")
    places = lengths.filter(pl.col("length") > 0).select(pl.col("place").repeat_by("length").explode()).to_series()
    texts = {
        "VALUE": pl.Series(list(map(_value, chain.from_iterable(grid))), dtype=pl.String).fill_null(""),
        UPDATEDAT: pl.Series(list(map(_timestamp, chain.from_iterable(grid))), dtype=pl.String),
    }
    return (
        pl.DataFrame({"place": places, **texts})
        .select(
            (pl.col("place") // len(wanted)).alias(POSITION),
            names.categories.cast(names).gather(places % len(wanted)).alias("NAME"),
            "VALUE",
            datetime_of(pl.col(UPDATEDAT)),
        )
        .sort(POSITION, "NAME", UPDATEDAT, "VALUE", descending=[False, False, True, True], nulls_last=True)
    )
