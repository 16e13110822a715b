"""Pages of one crawl on local disk, between reading HubSpot and writing tables.

A crawl is read once and feeds five tables; the spool is what lets each of them stream through it in flat memory. It
keeps HubSpot's texts as they came, in Arrow files of a bounded number of cells. Not here: reading (`hubspot`), what the
tables look like (`objects.py`, `history.py`).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from hubspot_assets.tables.properties import Property

OBJECTID = "OBJECTID"
UPDATEDAT = "UPDATEDAT"
INGESTEDAT = "INGESTEDAT"

# A chunk is what is in memory at a time; measured at about 60 bytes a cell while the frame is built.
_CELLS_A_CHUNK = 400_000
_RECORDS_A_CHUNK = 20_000


@dataclass(frozen=True)
class Chunk:
    """Some records of a crawl.

    `values`: OBJECTID, UPDATEDAT (HubSpot's text), INGESTEDAT (datetime), one String column for each property, named
    after it. `versions`: OBJECTID, NAME, VALUE, TIMESTAMP (all String), INGESTEDAT: HubSpot's texts, in its order.
    """

    values: pl.DataFrame
    versions: pl.DataFrame


_VERSIONS_SCHEMA = pl.Schema(
    {
        OBJECTID: pl.String(),
        "NAME": pl.String(),
        "VALUE": pl.String(),
        "TIMESTAMP": pl.String(),
        INGESTEDAT: pl.Datetime("ms"),
    }
)


class FrameFiles:
    """Frames on disk, one Arrow file each, read back in the order they were added. The directory is the caller's."""

    def __init__(self, directory: Path, name: str) -> None:
        self._directory = directory
        self._name = name
        self._count = 0

    def add(self, frame: pl.DataFrame) -> None:
        """Write a frame."""
        frame.write_ipc(self._path(self._count), compression="lz4")
        self._count += 1

    def __iter__(self) -> Iterator[pl.DataFrame]:
        return (pl.read_ipc(self._path(number)) for number in range(self._count))

    def _path(self, number: int) -> Path:
        return self._directory / f"{self._name}_{number:05d}.arrow"


class Spool:
    """Add pages, then iterate over chunks, as often as wanted. The directory is the caller's to delete."""

    def __init__(self, directory: Path, properties: Sequence[Property]) -> None:
        self.properties = list(properties)
        self.records = 0
        self._values = FrameFiles(directory, "values")
        self._versions = FrameFiles(directory, "versions")
        self._pending: list[tuple[Mapping[str, Any], datetime]] = []
        self._cells = 0
        self._records_a_chunk = max(1, min(_RECORDS_A_CHUNK, _CELLS_A_CHUNK // (len(self.properties) + 3)))

    def add(self, records: Iterable[Mapping[str, Any]], read_at: datetime) -> None:
        """Keep a page of records as HubSpot gives them, read at a moment (UTC)."""
        moment = read_at.replace(tzinfo=None)
        before = len(self._pending)
        for record in records:
            self._pending.append((record, moment))
            history = record.get("propertiesWithHistory") or {}
            self._cells += sum(len(versions or ()) for versions in history.values())
        self.records += len(self._pending) - before
        if len(self._pending) >= self._records_a_chunk or self._cells >= _CELLS_A_CHUNK:
            self._flush()

    def chunks(self) -> Iterator[Chunk]:
        """Every chunk in the order it was read."""
        self._flush()
        for values, versions in zip(self._values, self._versions, strict=True):
            yield Chunk(values, versions)

    def _flush(self) -> None:
        if not self._pending:
            return
        pending, self._pending, self._cells = self._pending, [], 0
        self._versions.add(_versions_frame(pending))
        self._values.add(_values_frame(pending, self.properties))


def _values_frame(pending: list[tuple[Mapping[str, Any], datetime]], properties: list[Property]) -> pl.DataFrame:
    values = [_current_values(record) for record, _ in pending]
    columns = [
        pl.Series(OBJECTID, [str(record["id"]) for record, _ in pending], pl.String),
        pl.Series(UPDATEDAT, [record.get("updatedAt") for record, _ in pending], pl.String),
        pl.Series(INGESTEDAT, [moment for _, moment in pending], pl.Datetime("ms")),
    ]
    names = [pl.Series(_safe(p.name), [value.get(p.name) for value in values], pl.String) for p in properties]
    return pl.DataFrame([*columns, *names])


def value_column(property_: Property) -> str:
    """The column of a property in `Chunk.values`."""
    return _safe(property_.name)


def _safe(property_name: str) -> str:
    # A property may be called like one of our own columns in another case; Polars compares names exactly.
    return f"property:{property_name}"


def _current_values(record: Mapping[str, Any]) -> Mapping[str, Any]:
    values: dict[str, Any] = record.get("properties") or {}
    history = record.get("propertiesWithHistory")
    if not history:
        return values
    # Where HubSpot answers null for a value that was cleared, only the newest version tells it from one never set.
    cleared = [name for name, versions in history.items() if versions and values.get(name) is None]
    return {**values, **dict.fromkeys(cleared, "")} if cleared else values


def _versions_frame(pending: list[tuple[Mapping[str, Any], datetime]]) -> pl.DataFrame:
    ids: list[str] = []
    names: list[str] = []
    values: list[str] = []
    timestamps: list[str] = []
    moments: list[datetime] = []
    for record, moment in pending:
        for name, versions in (record.get("propertiesWithHistory") or {}).items():
            for version in versions or ():
                names.append(name)
                values.append(version.get("value") or "")
                timestamps.append(version.get("timestamp") or "")
        added = len(names) - len(ids)
        ids.extend([str(record["id"])] * added)
        moments.extend([moment] * added)
    return pl.DataFrame([ids, names, values, timestamps, moments], schema=_VERSIONS_SCHEMA)
