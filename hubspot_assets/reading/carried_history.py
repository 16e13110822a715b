"""History carried forward: what an earlier day holds of a record that has not changed since need not be read again.

A crawl of current values is compared with an earlier day's tables, chunk by chunk. The rows of records that are as they
were come from those tables, as the texts that they are in their files; the others are read again, with history. What
comes of it are chunks whose tables are those of a whole read; only INGESTEDAT of a carried version is that of the day
on which it was read.

A record is as it was when its UPDATEDAT and all its values are. Values alone would not do, because a value may change
and change back; UPDATEDAT alone would not, because HubSpot does not touch a record whose calculated properties change.
What neither shows, a calculated value that changed and changed back between two days, only a whole read finds.

Not here: reading HubSpot, which day is compared with, and when everything is read again (`carry_forward.py`), what was
cleared (`cleared.py`).
"""

from collections import deque
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import polars as pl

from hubspot_assets.lake import LakeError
from hubspot_assets.lake.csv_text import ROWS, TEXTS, as_columns, as_texts, with_last_moment
from hubspot_assets.reading.cleared import cleared_by_current_values, cleared_by_versions
from hubspot_assets.tables import objects
from hubspot_assets.tables.chunks import INGESTEDAT, OBJECTID, POSITION, SOURCES, UPDATEDAT, CarriedRows, Chunk, Chunks
from hubspot_assets.tables.frame_files import FrameFiles
from hubspot_assets.tables.in_step import ID, InStep, NotInOrder, ids_of, with_ids
from hubspot_assets.tables.record_frames import RecordColumns, frames_of

_VERSION = ("NAME", "VALUE", UPDATEDAT, INGESTEDAT, *SOURCES)

RECORD_COLUMNS = (OBJECTID, "PROPERTIES", UPDATEDAT)


_T = TypeVar("_T")


class EarlierDayUnusable(Exception):
    """The files of an earlier day are damaged, gone or not of one reading: nothing can be carried forward from them."""


def of_earlier_day(read: Callable[[], _T]) -> _T:
    """Return what is read of an earlier day. What goes wrong there is no error of today's: EarlierDayUnusable."""
    try:
        return read()
    except (LakeError, NotInOrder) as error:
        raise EarlierDayUnusable(str(error)) from error


@dataclass(frozen=True)
class EarlierTable:
    """A table on an earlier day: its rows, ascending by record id, and its schema."""

    name: str
    rows: Iterable[pl.DataFrame]
    schema: pl.Schema


@dataclass(frozen=True)
class EarlierDay:
    """Tables of one type on an earlier day, of one and the same read.

    `records`: OBJECT_WITH_OBJECT_PROPERTIES/<X>, of its rows RECORD_COLUMNS. `history`, `current`, `sources`:
    OBJECT_PROPERTIES_HISTORY/<X>, OBJECT_PROPERTIES/<X> and OBJECT_PROPERTIES_HISTORY_SOURCES/<X>, their rows as texts
    (`lake/csv_text.py`), or None where nobody needs them; one of the first two is. `gone`: the properties that were
    exported then and are not now.
    """

    records: EarlierTable
    history: EarlierTable | None
    current: EarlierTable | None
    sources: EarlierTable | None = None
    gone: Collection[str] = ()

    @property
    def tables(self) -> list[EarlierTable]:
        """Those whose rows are carried forward as texts."""
        return [table for table in (self.history, self.current, self.sources) if table]


@dataclass(frozen=True)
class _Waiting:
    """A chunk until the history of those of its records that changed is read. `values`: of the others, with
    PROPERTIES, the JSON that they were compared by.

    `last`: its last id; `needs`: how many records in all must be read again before it can go on.
    """

    last: int
    needs: int
    values: pl.DataFrame


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
        self._day = day
        self._records = InStep(day.records.rows)
        self._rows = {table.name: InStep(table.rows) for table in day.tables}
        self._type_id = object_type_id
        self._into = into
        self._last = -1
        self._changed = self._read = 0
        self._compared: _Waiting | None = None
        self._waiting: deque[tuple[int, int, int]] = deque()
        """`last`, `needs` and the number of the files of each chunk that waits."""
        self._values = FrameFiles(directory, "values")
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
        now = objects.with_object_properties(chunk, self._type_id, self._into.properties)
        before = now.clear() if before is None else before
        is_changed = _is_changed(now.select(RECORD_COLUMNS), before.select(RECORD_COLUMNS))
        changed = chunk.values[OBJECTID].filter(is_changed).to_list()
        self._changed += len(changed)
        self.carried += chunk.values.height - len(changed)
        values = with_ids(chunk.values).with_columns(now["PROPERTIES"])
        if changed:
            values = values.filter(~is_changed)
        self._compared = _Waiting(self._last, self._changed, values)
        return changed

    def hand_on(self) -> None:
        """Hand on what was compared last, or let it wait for what it needs. Raises EarlierDayUnusable."""
        compared, self._compared = self._compared, None
        if compared is None:
            return
        if self._waiting or self._read < compared.needs:
            self._wait(compared)
        else:
            self._complete(compared)

    def add_read(self, pages: Iterable[RecordColumns], asked: int) -> None:
        """Take what became of `asked` more of the ids that `compare` told.

        One that is in none of the pages is not in HubSpot any more, and is left out. Raises EarlierDayUnusable, as
        `hand_on` does.
        """
        self._pages += pages
        self._read += asked
        while self._waiting and self._waiting[0][1] <= self._read:
            last, needs, number = self._waiting.popleft()
            self.bytes_waiting -= self._values.bytes(number)
            self._complete(_Waiting(last, needs, self._values.taken(number)))

    def _wait(self, waiting: _Waiting) -> None:
        number = self._values.count
        self._values.add(waiting.values)
        self.bytes_waiting += self._values.bytes(number)
        self._waiting.append((waiting.last, waiting.needs, number))

    def _complete(self, waiting: _Waiting) -> None:
        if self._pages:
            read = Chunk(*frames_of(self._pages, self._into.names))
            self._pages = []
            self._values_again.append(with_ids(read.values))
            self._versions_again.append(_by_id(read))
        rows = of_earlier_day(lambda: self._rows_of(waiting))
        unchanged = self._with_cleared(waiting.values.drop("PROPERTIES"), rows)
        rows[self._day.records.name] = objects.with_json_objects(
            waiting.values, self._type_id, waiting.values["PROPERTIES"]
        ).with_columns(waiting.values[ID])
        again = self._again.up_to(waiting.last)
        values = unchanged if again is None else unchanged.merge_sorted(again.select(unchanged.columns), ID)
        if values.is_empty():
            return
        again = unchanged.clear() if again is None else again
        versions = self._again_versions.up_to(waiting.last)
        versions = _no_versions(self._into.names) if versions is None else versions
        # Both ascend, so that a place is found by search, and there is a record to each version.
        positions = again[ID].search_sorted(versions[ID]).alias(POSITION)
        chunk = Chunk(again.drop(ID), versions.select(positions, *_VERSION))
        self._into.add_chunk(values.drop(ID), chunk.versions.clear(), CarriedRows(chunk, rows))

    def _rows_of(self, waiting: _Waiting) -> dict[str, pl.DataFrame]:
        """The rows that are carried forward with a chunk, by table. Raises NotInOrder for tables of two readings."""
        rows = {table.name: self._carried_rows(table, waiting) for table in self._day.tables}
        history, sources = self._day.history, self._day.sources
        if history and sources and _lengths(rows[history.name]) != _lengths(rows[sources.name]):
            raise NotInOrder(
                "The versions of an earlier day and what set them come from different reads: set "
                "HUBSPOT_FULL_HISTORY_DAYS=1 for one export, which reads everything."
            )
        return rows

    def _carried_rows(self, table: EarlierTable, waiting: _Waiting) -> pl.DataFrame:
        """Of the rows of an earlier day, those of records that are as they were, of properties still exported."""
        rows, ids = self._rows[table.name].up_to(waiting.last), waiting.values[ID]
        if rows is None or ids.is_empty():
            return with_ids(as_texts(pl.DataFrame(schema=table.schema)))
        is_kept = ids.gather(ids.search_sorted(rows[ID]).clip(upper_bound=len(ids) - 1)) == rows[ID]
        kept = rows if is_kept.all() else rows.filter(is_kept)
        if self._day.gone:
            columns = as_columns(kept.select(TEXTS), table.schema)
            kept = with_ids(as_texts(columns.filter(~pl.col("NAME").is_in(list(self._day.gone)))))
        if table is not self._day.current:
            return kept
        return with_last_moment(kept, waiting.values[INGESTEDAT].gather(ids.search_sorted(kept[ID])), table.schema)

    def _with_cleared(self, values: pl.DataFrame, rows: dict[str, pl.DataFrame]) -> pl.DataFrame:
        """Values of records that are as they were, those that HubSpot's list shows as null and that were cleared."""
        if self._day.current:
            return cleared_by_current_values(values, rows[self._day.current.name], self._day.current.schema)
        assert self._day.history is not None  # noqa: S101 - one of the two is there
        versions = as_columns(rows[self._day.history.name].select(TEXTS), self._day.history.schema)
        return cleared_by_versions(values, with_ids(versions), self._into.names)


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


def _by_id(chunk: Chunk) -> pl.DataFrame:
    ids = ids_of(chunk.values)
    return chunk.versions.select(ids.gather(chunk.versions[POSITION]), *_VERSION)


def _lengths(texts: pl.DataFrame) -> dict[int, int]:
    """How many rows there are of each record."""
    return dict(texts.group_by(ID).agg(pl.col(ROWS).sum()).iter_rows())


def _no_versions(names: pl.Enum) -> pl.DataFrame:
    texts = dict.fromkeys(SOURCES, pl.String)
    moments = dict.fromkeys((UPDATEDAT, INGESTEDAT), pl.Datetime("ms"))
    return pl.DataFrame(schema={ID: pl.Int64, "NAME": names, "VALUE": pl.String, **moments, **texts})
