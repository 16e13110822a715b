"""History carried forward: what an earlier day holds of a record that has not changed since need not be read again.

A crawl of current values is compared with an earlier day's tables, chunk by chunk. The versions of records that are as
they were come from those tables; the others are read again, with history. What comes of it are chunks like those of a
whole read, and so are the rows of all tables; only INGESTEDAT of a carried version is that of the day on which it was
read.

A record is as it was when its UPDATEDAT and all its values are. Values alone would not do, because a value may change
and change back; UPDATEDAT alone would not, because HubSpot does not touch a record whose calculated properties change.
What neither shows, a calculated value that changed and changed back between two days, only a whole read finds.

Not here: reading HubSpot, which day is compared with, and when everything is read again (`reading/carry_forward.py`).
"""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from hubspot_assets.tables import objects
from hubspot_assets.tables.chunks import INGESTEDAT, OBJECTID, POSITION, SOURCES, UPDATEDAT, Chunk, Chunks
from hubspot_assets.tables.frame_files import FrameFiles
from hubspot_assets.tables.in_step import ID, InStep, NotInOrder, ids_of, with_ids
from hubspot_assets.tables.record_frames import RecordColumns, column_of, frames_of

_TOLD = ("NAME", "VALUE", UPDATEDAT, INGESTEDAT)
_VERSION = (*_TOLD, *SOURCES)

RECORD_COLUMNS = (OBJECTID, "PROPERTIES", UPDATEDAT)
VERSION_COLUMNS = (OBJECTID, *_TOLD)
SOURCE_COLUMNS = (OBJECTID, "NAME", UPDATEDAT, *SOURCES)


@dataclass(frozen=True)
class EarlierDay:
    """Two tables of one type on an earlier day, of one and the same read: their frames, ascending by record id.

    `records`: OBJECT_WITH_OBJECT_PROPERTIES/<X>, of which RECORD_COLUMNS are needed; `versions`:
    OBJECT_PROPERTIES_HISTORY/<X>, of which VERSION_COLUMNS are; `sources`: OBJECT_PROPERTIES_HISTORY_SOURCES/<X>, of
    which SOURCE_COLUMNS are, in the order of `versions`, or None where nobody needs them.
    """

    records: Iterable[pl.DataFrame]
    versions: Iterable[pl.DataFrame]
    sources: Iterable[pl.DataFrame] | None = None

    def versions_with_sources(self) -> Iterator[pl.DataFrame]:
        """Yield the versions, each with what set it. Raises NotInOrder where the two tables are not of one and the
        same.
        """
        rest = iter(self.sources if self.sources is not None else ())
        held = pl.DataFrame(schema=dict.fromkeys(SOURCE_COLUMNS, pl.String))
        for frame in self.versions:
            if self.sources is None:
                yield frame.with_columns(pl.lit(None, pl.String).alias(name) for name in SOURCES)
                continue
            if not frame.height:
                continue
            while held.height < frame.height and (more := next(rest, None)) is not None:
                held = pl.concat([held, more]) if held.height else more
            own, held = held[: frame.height], held[frame.height :]
            same = (OBJECTID, "NAME", UPDATEDAT)
            if not own.select(same).equals(frame.select(same)):
                raise NotInOrder(
                    "The versions of an earlier day and what set them come from different reads: set "
                    "HUBSPOT_FULL_HISTORY_DAYS=1 for one export, which reads everything."
                )
            yield frame.hstack(own.select(*SOURCES))


@dataclass(frozen=True)
class _Waiting:
    """A chunk until the history of those of its records that changed is read. `values`: of the others.

    `last`: its last id; `needs`: how many records in all must be read again before it can go on.
    """

    last: int
    needs: int
    values: pl.DataFrame
    versions: pl.DataFrame


class CarriedHistory:
    """Chunks of current values, each completed with the history of an earlier day and of what changed since.

    `compare` each and `hand_on`, read what it tells, and give that back by `add_read`, in its order: the chunks of a
    whole read go to `into` as soon as they can. Many records can go by before as many have changed as one call reads:
    till then chunks wait on disk, in a directory that is the caller's to delete.
    """

    def __init__(self, day: EarlierDay, object_type_id: str, into: Chunks, directory: Path) -> None:
        self.carried = 0
        """How many records were carried forward so far."""
        self.bytes_waiting = 0
        """How much waits on disk."""
        self._records, self._day_versions = InStep(day.records), InStep(day.versions_with_sources())
        self._type_id = object_type_id
        self._into = into
        self._last = -1
        self._changed = self._read = 0
        self._compared: _Waiting | None = None
        self._waiting: deque[tuple[int, int, int]] = deque()
        """`last`, `needs` and the number of the files of each chunk that waits."""
        self._values, self._versions = FrameFiles(directory, "values"), FrameFiles(directory, "versions")
        self._pages: list[RecordColumns] = []
        self._values_again, self._versions_again = _Handed(), _Handed()
        self._again, self._again_versions = InStep(self._values_again), InStep(self._versions_again)

    def compare(self, chunk: Chunk) -> list[str]:
        """Take the next chunk of current values, and return the ids of the records whose history must be read.

        Raises NotInOrder, and what reading the earlier day raises.
        """
        ids = ids_of(chunk.values)
        if not ids.is_sorted() or ids[0] <= self._last:
            raise NotInOrder("HubSpot did not list the records of a type in ascending order of id: run this again.")
        self._last = int(ids[-1])
        before = self._records.up_to(self._last)
        now = objects.with_object_properties(chunk, self._type_id, self._into.properties).select(RECORD_COLUMNS)
        is_changed = _is_changed(now, before.select(RECORD_COLUMNS) if before is not None else now.clear())
        versions = self._unchanged(self._day_versions.up_to(self._last), ids, is_changed)
        changed = chunk.values[OBJECTID].filter(is_changed).to_list()
        self._changed += len(changed)
        self.carried += chunk.values.height - len(changed)
        values = with_ids(chunk.values)
        if changed:
            values = values.filter(~is_changed)
        self._compared = _Waiting(self._last, self._changed, values, versions)
        return changed

    def hand_on(self) -> None:
        """Hand on what was compared last, or let it wait for what it needs."""
        compared, self._compared = self._compared, None
        if compared is None:
            return
        if self._waiting or self._read < compared.needs:
            self._wait(compared)
        else:
            self._complete(compared)

    def add_read(self, pages: Iterable[RecordColumns], asked: int) -> None:
        """Take what became of `asked` more of the ids that `compare` told.

        One that is in none of the pages is not in HubSpot any more, and is left out.
        """
        self._pages += pages
        self._read += asked
        while self._waiting and self._waiting[0][1] <= self._read:
            last, needs, number = self._waiting.popleft()
            self.bytes_waiting -= self._values.bytes(number) + self._versions.bytes(number)
            self._complete(_Waiting(last, needs, self._values.taken(number), self._versions.taken(number)))

    def _wait(self, waiting: _Waiting) -> None:
        number = self._values.count
        self._values.add(waiting.values)
        self._versions.add(waiting.versions)
        self.bytes_waiting += self._values.bytes(number) + self._versions.bytes(number)
        self._waiting.append((waiting.last, waiting.needs, number))

    def _complete(self, waiting: _Waiting) -> None:
        if self._pages:
            again = Chunk(*frames_of(self._pages, self._into.names))
            self._pages = []
            self._values_again.append(with_ids(again.values))
            self._versions_again.append(_by_id(again))
        unchanged = _filled(waiting.values, waiting.versions, self._into.names)
        values = _together(unchanged, self._again.up_to(waiting.last))
        if values.is_empty():
            return
        versions = _together(waiting.versions, self._again_versions.up_to(waiting.last))
        # Both ascend, so that a place is found by search, and there is a record to each version.
        positions = values[ID].search_sorted(versions[ID]).alias(POSITION)
        self._into.add_chunk(values.drop(ID), versions.select(positions, *_VERSION))

    def _unchanged(self, versions: pl.DataFrame | None, ids: pl.Series, is_changed: pl.Series) -> pl.DataFrame:
        """Of the versions of an earlier day, those of records that are as they were, of properties still exported."""
        if versions is None:
            return pl.DataFrame(schema=_version_schema(self._into.names))
        places = ids.search_sorted(versions[ID])
        is_kept = (ids.gather(places) == versions[ID]) & ~is_changed.gather(places)
        kept = versions if is_kept.all() else versions.filter(is_kept)
        kept = kept.select(ID, pl.col("NAME").cast(self._into.names, strict=False), *_VERSION[1:])
        return kept.drop_nulls("NAME") if kept["NAME"].null_count() else kept


class _Handed:
    """Frames that come one by one, for who takes them one by one: after the last there may be more later."""

    def __init__(self) -> None:
        self._frames: deque[pl.DataFrame] = deque()

    def append(self, frame: pl.DataFrame) -> None:
        self._frames.append(frame)

    def __iter__(self) -> "_Handed":
        return self

    def __next__(self) -> pl.DataFrame:
        if not self._frames:
            raise StopIteration
        return self._frames.popleft()


def _is_changed(now: pl.DataFrame, before: pl.DataFrame) -> pl.Series:
    """For each row of `now`, whether `before` does not have the same."""
    same = now.with_row_index(POSITION).join(before, on=now.columns, how="semi", nulls_equal=True)
    return ~pl.int_range(now.height, eager=True).is_in(same[POSITION].implode())


def _filled(values: pl.DataFrame, versions: pl.DataFrame, names: pl.Enum) -> pl.DataFrame:
    """Values with those that HubSpot's list shows as null and that have a version: cleared, not never set."""
    untold = _untold(values, versions, names)
    newest = untold.filter(pl.col(UPDATEDAT) == pl.col(UPDATEDAT).max().over(POSITION, "NAME"))
    # Of a moment at which a value was set and cleared, empty tells that it was cleared last.
    value = pl.when((pl.col("VALUE") == "").any()).then(pl.lit("")).otherwise(pl.col("VALUE").max())
    found = newest.group_by(POSITION, "NAME").agg(value.alias("VALUE"))
    columns = {column_of(name): rows for (name,), rows in found.partition_by("NAME", as_dict=True).items()}
    return values.with_columns(values[name].scatter(rows[POSITION], rows["VALUE"]) for name, rows in columns.items())


def _untold(values: pl.DataFrame, versions: pl.DataFrame, names: pl.Enum) -> pl.DataFrame:
    """Of the versions of these records, those of properties whose value is null; with POSITION, the row in `values`."""
    if versions.is_empty():
        return versions.with_columns(pl.lit(0).alias(POSITION))
    # Found by arithmetic: there are hundreds of versions for each value that is untold.
    positions = values[ID].search_sorted(versions[ID]).alias(POSITION)
    is_null = pl.concat([values[column_of(name)].is_null().alias("") for name in names.categories])
    places = versions["NAME"].to_physical().cast(pl.UInt64) * values.height + positions
    return versions.with_columns(positions).filter(is_null.gather(places))


def _together(some: pl.DataFrame, others: pl.DataFrame | None) -> pl.DataFrame:
    """Frames of different records as one, ascending by id; the order of a record's rows stays."""
    return some if others is None else some.merge_sorted(others.select(some.columns), ID)


def _by_id(chunk: Chunk) -> pl.DataFrame:
    ids = ids_of(chunk.values)
    return chunk.versions.select(ids.gather(chunk.versions[POSITION]), *_VERSION)


def _version_schema(names: pl.Enum) -> pl.Schema:
    dtypes: list[Any] = [
        pl.Int64,
        names,
        pl.String,
        pl.Datetime("ms"),
        pl.Datetime("ms"),
        *([pl.String] * len(SOURCES)),
    ]
    return pl.Schema(zip((ID, *_VERSION), dtypes, strict=True))
