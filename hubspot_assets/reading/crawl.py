"""One crawl: every record of an object type in chunks, by whatever API gives it; gone on with where a run died.

While a big table of CRM objects is read, its chunks are put aside in S3. A run that comes after one that
died takes them from there and reads on at the record that HubSpot announced next, so that what was read is not asked
for again. Not here: which API gives a type (`readers.py`), how what others give is resumed (`resuming.py`), what need
not be read at all (`carry_forward.py`), tables (`object_types.py`).
"""

import hashlib
import json
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timezone

import msgspec
import polars as pl

from hubspot_assets.catalog.object_types import ObjectType
from hubspot_assets.catalog.sources import Source
from hubspot_assets.hubspot import HubSpotError
from hubspot_assets.hubspot.errors import BadRequest
from hubspot_assets.hubspot.record_pages.page import Page, Start
from hubspot_assets.lake import Lake, Unavailable
from hubspot_assets.lake.checkpoints import Checkpoints
from hubspot_assets.reading.memory_slots import MemorySlot
from hubspot_assets.reading.readers import ReadRequest, read
from hubspot_assets.reading.reading import Reading
from hubspot_assets.reading.refusals import NothingGiven, nothing_given, unavailable
from hubspot_assets.tables import withheld
from hubspot_assets.tables.chunks import Chunks, packed, unpacked
from hubspot_assets.tables.record_frames import RecordColumns

#: What comes of reading a part that is none of a crawl.
_DAMAGE = (KeyError, ValueError, OSError, pl.exceptions.PolarsError)


def crawl(asked: ReadRequest, chunks: Chunks, aside: Checkpoints | None, turn: MemorySlot) -> Unavailable | None:
    """Read every record of a type into chunks; says why when HubSpot does not give them to this token or plan.

    `aside`: where chunks are put; none for what is read by an API that has no records to go on at.
    """
    progress = _Progress(asked.reading, chunks, aside, turn)
    try:
        progress.restore()
        if not progress.is_whole:
            _read(replace(asked, start=progress.start), chunks, progress, turn)
            progress.end()
    except HubSpotError as error:
        if isinstance(error, BadRequest) and progress.start and chunks.records == progress.restored:
            # The cursor of the run that died is not taken any more.
            progress.forget()
            return crawl(asked, chunks, aside, turn)
        # A type that could be read a moment ago is not unavailable: half of it must not pass as all of it.
        if chunks.records:
            raise
        return _not_given(asked.object_type, error)
    except NothingGiven as none:
        return nothing_given(none.error, asked.object_type.needs)
    finally:
        asked.reading.finished_at = datetime.now(timezone.utc)
        progress.close()
    return None


def checkpoints_of(lake: Lake, table: str, day: str, asked: ReadRequest) -> Checkpoints:
    """Where this read puts its chunks aside. Reads whose chunks do not fit each other have places of their own."""
    told = [
        "with sources",
        asked.object_type.object_type_id,
        asked.with_history,
        [(p.name, p.type) for p in asked.properties],
    ]
    return lake.checkpoints(table, day, hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16])


@dataclass(frozen=True)
class _PageInColumns:
    """A `Page` whose records are columns."""

    columns: RecordColumns
    left_out: dict[str, int]
    following: str | None

    @property
    def size(self) -> int:
        return self.columns.size


def _read(asked: ReadRequest, chunks: Chunks, progress: "_Progress", turn: MemorySlot) -> None:
    def in_columns(page: Page) -> _PageInColumns:
        bodies = withheld.take_out(asked.object_type.object_type_id, page.records)
        left_out = {**page.left_out, withheld.REASON: bodies} if bodies else page.left_out
        return _PageInColumns(chunks.columns(page.records, page.read_at), left_out, page.following)

    for page in read(asked, in_columns):
        if chunks.chunk_count:
            turn.take()
        chunks.add_columns(page.columns)
        asked.reading.records = chunks.records
        asked.reading.leave_out_all(page.left_out)
        progress.left_out.update(page.left_out)
        if page.following is not None and chunks.records:
            progress.reached(page.following)


def _not_given(object_type: ObjectType, error: HubSpotError) -> Unavailable:
    reason = unavailable(
        error,
        object_type.needs,
        is_everywhere=object_type.is_in_every_portal,
        names_a_type=object_type.is_asked_by_type_id,
    )
    if object_type.source is not Source.NONE_KNOWN:
        return reason
    tried = (
        f"No public HubSpot API is known to list this object type; it was asked for once by type id. {reason.message}"
    )
    return reason.model_copy(update={"message": tried, "mendable": False})


class _Note(msgspec.Struct):
    """What goes with a chunk: the cursor it begins at, where the next one begins, what was left out of it.

    `calls`: of the crawl, up to there.
    """

    begins: str | None
    start: Start | None
    left_out: dict[str, int]
    started_at: datetime
    calls: int = 0


class _Progress:
    """How far a crawl has come, here and in S3. Tables that fit one chunk leave no trace there."""

    def __init__(self, reading: Reading, chunks: Chunks, aside: Checkpoints | None, turn: MemorySlot) -> None:
        self.start: Start | None = None
        self.is_whole = False
        self.restored = 0
        self.left_out: Counter[str] = Counter()
        """Of the chunk that is being filled."""
        self._reading, self._chunks, self._aside, self._turn = reading, chunks, aside, turn
        self._before = dict(reading.left_out)
        self._put_aside = 0
        self._uploading = ThreadPoolExecutor(1, "crawl-aside")
        self._under_way: Future[None] | None = None

    def restore(self) -> None:
        """Take back what a run that died has put aside, as far as its chunks follow on each other."""
        if self._aside is None:
            return
        for number, part in enumerate(self._aside.take()):
            try:
                note = msgspec.json.decode(part["note.json"], type=_Note)
                chunk = unpacked(part["values.arrow"]), unpacked(part["versions.arrow"])
            except _DAMAGE as damage:
                self._aside.discard(number, damage)
                break
            if self.is_whole or note.begins != (self.start and self.start.following):
                break
            if self._chunks.chunk_count:
                self._turn.take()
            self._chunks.add_chunk(*chunk)
            self._reading.leave_out_all(note.left_out)
            self._reading.started_at = min(self._reading.started_at, note.started_at)
            self._reading.calls_before = note.calls
            self.start = note.start
            self.is_whole = self.start is None
            self._put_aside += 1
        self.restored = self._chunks.records

    def forget(self) -> None:
        """Begin anew."""
        if self._aside is not None:
            self._aside.clear()
        self._chunks.clear()
        self._reading.left_out.clear()
        self._reading.left_out.update(self._before)
        self._reading.started_at, self._reading.calls_before = datetime.now(timezone.utc), 0

    def reached(self, following: str) -> None:
        """Every record before `following` was read: a chunk that has ended can be put aside."""
        if self._aside is not None and self._chunks.chunk_count > self._put_aside:
            self._put(self._aside, Start(str(following), self._chunks.last_id))

    def end(self) -> None:
        """Every record was read. Of a table in several chunks, the last is put aside, too."""
        self._chunks.flush()
        if self._aside is not None and self._put_aside and self._chunks.chunk_count > self._put_aside:
            self._put(self._aside, None)

    def _put(self, aside: Checkpoints, start: Start | None) -> None:
        number, self._put_aside = self._put_aside, self._chunks.chunk_count
        begins, reading = self.start and self.start.following, self._reading
        note = _Note(begins, start, self.left_out, reading.started_at, reading.calls)
        self.start, self.left_out = start, Counter()
        # One at a time: what waits to be uploaded is in memory.
        self._wait()
        chunk = self._chunks.last_chunk()
        self._under_way = self._uploading.submit(_upload, aside, number, msgspec.json.encode(note), *chunk)

    def _wait(self) -> None:
        if self._under_way is not None:
            self._under_way.result()

    def close(self) -> None:
        """Let the upload that is under way end."""
        self._uploading.shutdown()


def _upload(aside: Checkpoints, number: int, note: bytes, values: pl.DataFrame, versions: pl.DataFrame) -> None:
    aside.put(number, {"note.json": note, "values.arrow": packed(values), "versions.arrow": packed(versions)})
