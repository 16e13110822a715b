"""Chunks of current values, whose history is read where they changed since an earlier day, and carried where not.

While the list goes on, the ids that changed are read as soon as there are enough for a call, side by side; chunks go on
in their order when what they need is there. Not here: which day that is, what is read when it is damaged
(`carry_forward.py`), the comparison (`carried_history.py`).
"""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType

from hubspot_assets.concurrency import AT_ONCE
from hubspot_assets.hubspot import HubSpotClient, objects
from hubspot_assets.reading.carried_history import CarriedHistory, EarlierDay, of_earlier_day
from hubspot_assets.reading.readers import ReadRequest
from hubspot_assets.tables import withheld
from hubspot_assets.tables.chunks import Chunk, Chunks
from hubspot_assets.tables.record_frames import RecordColumns

MOST_WAITING = 48_000_000
"""Bytes on disk: where so few records change that more would wait, less than a full call is read."""


class _Batch:
    """Some ids that are read: the records in columns, and what is left out of them."""

    def __init__(self, ids: list[str]) -> None:
        self.ids = ids
        self.pages: list[RecordColumns] = []
        self.left_out: list[dict[str, int]] = []


class SinceEarlierDay:
    """Takes chunks of current values; `into` gets those of a whole read. A context manager around the reading."""

    def __init__(
        self,
        asked: ReadRequest,
        client: HubSpotClient,
        day: Callable[[], EarlierDay],
        into: Chunks,
        directory: Path,
        most_waiting: int | None = None,
    ) -> None:
        self._asked, self._client, self._day, self._into = asked, client, day, into
        self._directory, self._most_waiting = directory, most_waiting or MOST_WAITING
        self._times_begun = 0
        self._pool = ThreadPoolExecutor(AT_ONCE, "hubspot-history")
        self._ids: list[str] = []
        """What changed and is not asked for yet."""
        self._under_way: deque[Future[_Batch]] = deque()
        self._carrying = self._begun()

    def __enter__(self) -> "SinceEarlierDay":
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        self._pool.shutdown(cancel_futures=True)

    @property
    def carried(self) -> int:
        """How many records were carried forward so far."""
        return self._carrying.carried

    def take(self, chunk: Chunk) -> None:
        """Compare a chunk, and hand on what is whole. Raises EarlierDayUnusable."""
        self._ids += of_earlier_day(lambda: self._carrying.compare(chunk))
        self._carrying.hand_on()
        while len(self._ids) >= objects.PAGE_WITH_HISTORY:
            self._ask(objects.PAGE_WITH_HISTORY)
        while self._under_way and self._under_way[0].done():
            self._receive()
        while self._carrying.bytes_waiting > self._most_waiting:
            if not self._under_way:
                self._ask(len(self._ids))
            self._receive()

    def end(self) -> None:
        """Read what is left to be read, and hand on all that waits."""
        if self._ids:
            self._ask(len(self._ids))
        while self._under_way:
            self._receive()

    def clear(self) -> None:
        """Forget everything: the records are read anew."""
        while self._under_way:
            self._under_way.popleft().cancel()
        self._ids = []
        self._into.clear()
        self._carrying = self._begun()

    def _begun(self) -> CarriedHistory:
        self._times_begun += 1
        folder = self._directory / f"waiting_{self._times_begun}"
        folder.mkdir()
        return CarriedHistory(of_earlier_day(self._day), self._asked.object_type.object_type_id, self._into, folder)

    def _ask(self, count: int) -> None:
        ids, self._ids = self._ids[:count], self._ids[count:]
        if len(self._under_way) >= AT_ONCE:
            self._receive()
        self._under_way.append(self._pool.submit(self._read, ids))

    def _read(self, ids: list[str]) -> _Batch:
        batch, type_id = _Batch(ids), self._asked.object_type.object_type_id
        for page in objects.batch_read(self._client, type_id, ids, self._asked.names, with_history=True):
            # They are counted: all records were read a moment ago.
            withheld.take_out(type_id, page.records)
            batch.pages.append(self._into.columns(page.records, min(page.read_at, self._asked.reading.read_at())))
            batch.left_out.append(page.left_out)
        return batch

    def _receive(self) -> None:
        batch = self._under_way.popleft().result()
        for left_out in batch.left_out:
            self._asked.reading.leave_out_all(left_out)
        self._carrying.add_read(batch.pages, len(batch.ids))
