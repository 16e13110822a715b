"""One table read by many threads at once, in ascending order, as completely as one cursor would.

The cursor of a list is a record id, so reading may begin at any id. The ids still to be read are cut into short
ranges, a few pages each, which threads take from the lowest up. Two things about this are promised nowhere: that
HubSpot takes an id as cursor that it did not give out, and that ids are spread in any particular way. So:

- *Seams.* The last page of a range shows which record comes next: a record beyond the range on that page, or
  the cursor. The next range has to begin with that record, or HubSpot has to say, asked again, that this record
  is gone. A range is passed on only when the seam before it holds. Everything that is passed on is thereby what
  one cursor would have given; as soon as a seam does not hold, one cursor reads on from there.
- *Spread.* A range is as wide as its neighbours' pages suggest. One that turns out to be fuller gives its rest
  back; one that turns out to be empty tells how far the hole reaches.
- *Memory.* A page waits for its turn as what its reader makes of it, and no thread begins another range while more
  than `_MOST_WAITING` of that waits. No more threads work than use the rate limit.

Here: the threads and the seams. Not here: how wide ranges are (`id_ranges`).
"""

import threading
from collections.abc import Callable, Iterator
from typing import Generic

from hubspot_assets.concurrency import AT_ONCE
from hubspot_assets.hubspot import errors
from hubspot_assets.hubspot.record_pages.id_ranges import FIRST_PAGES, Range, Ranges, Waiting
from hubspot_assets.hubspot.record_pages.listing import Listing, check_empty_pages, one_cursor
from hubspot_assets.hubspot.record_pages.page import Made, Page, Start, in_newest_state
from hubspot_assets.outside_text import is_whole

_MOST_WAITING = 16 << 20
"""Bytes of memory."""


class _SeamBroken(Exception):
    """What a range begins with is not what comes after the one before it."""


def pages(
    listing: Listing, make: Callable[[Page], Made], begin: Start | None = None, *, most_waiting: int = _MOST_WAITING
) -> Iterator[Made]:
    """All pages of a listing, ascending, as one cursor would give them, read side by side where that pays.

    What is yielded is what `make` makes of each.
    """
    beginning = _Beginning(listing, begin)
    yield from map(make, in_newest_state(beginning.pages()))
    after, above, first = beginning.after, beginning.above, beginning.first
    if after is None:
        return
    # Where the cursor is not the id of a record to come, nothing here is known to hold.
    if above is None or first is None or beginning.repeats or not is_whole(after) or int(after) <= int(above):
        yield from map(make, one_cursor(listing, after, above))
        return
    ids_per_page = (int(after) - first) / FIRST_PAGES
    yield from _Reading(listing, make, int(after), above, ids_per_page, most_waiting).pages()


class _Beginning:
    """The first pages of a listing, by one cursor, and what they tell of the others."""

    def __init__(self, listing: Listing, begin: Start | None) -> None:
        self._listing = listing
        self.after: str | None
        self.above: str | None
        self.after, self.above = begin or (None, None)
        """Where the next page is, None behind the last one; and the last record so far."""
        self.first: int | None = None
        self.repeats = False

    def pages(self) -> Iterator[Page]:
        known: frozenset[str] = frozenset()
        for _ in range(FIRST_PAGES):
            page, self.after = self._listing.page(self.after, self.above, known=known)
            if page.records:
                self.above, known = page.records[-1]["id"], page.ids
                self.first = int(page.records[0]["id"]) if self.first is None else self.first
            self.repeats = self.repeats or bool(page.again)
            yield page._replace(following=self.after)
            if self.after is None:
                return


class _Reading(Generic[Made]):
    """The threads, the ranges in ascending order, and the one place that passes pages on."""

    def __init__(
        self,
        listing: Listing,
        make: Callable[[Page], Made],
        start: int,
        above: str,
        ids_per_page: float,
        most_waiting: int,
    ) -> None:
        self._listing = listing
        self._make = make
        self._start = start
        self._above = above
        self._ranges: Ranges[Made] = Ranges(start, ids_per_page, most_waiting, self._useful_threads)
        self._at_work = 0
        self._closed = False
        self._changed = threading.Condition()

    def pages(self) -> Iterator[Made]:
        threads = [threading.Thread(target=self._work, name=f"hubspot-range-{n}", daemon=True) for n in range(AT_ONCE)]
        for thread in threads:
            thread.start()
        resume: str | None = str(self._start)
        try:
            expected: int | None = self._start
            while True:
                current = self._head()
                if current is None:
                    break
                self._check_seam(expected, current)
                while (waiting := self._next_page(current)) is not None:
                    yield waiting.made
                    self._above = waiting.last or self._above
                resume, expected = current.asked, current.following
            if expected is None:
                return
        except _SeamBroken:
            pass
        finally:
            self._close()
        yield from map(self._make, one_cursor(self._listing, resume, self._above))

    # What the reader of the pages does.

    def _head(self) -> Range[Made] | None:
        """Return the lowest range, once its first page is there; None when there are no more."""
        with self._changed:
            while (lowest := self._ranges.lowest) and not (lowest.pages or lowest.done):
                self._changed.wait()
            return lowest

    def _next_page(self, current: Range[Made]) -> Waiting[Made] | None:
        """Return the next page of the lowest range; None, and the range is off the list, when it has no more."""
        with self._changed:
            while not current.pages and not current.done:
                self._changed.wait()
            if current.pages:
                waiting = self._ranges.take_page(current)
            elif current.failure is not None:
                raise current.failure
            else:
                self._ranges.remove(current)
                waiting = None
            self._changed.notify_all()
        return waiting

    def _check_seam(self, expected: int | None, current: Range[Made]) -> None:
        """Raise _SeamBroken unless `current` begins with the record that the range before it announced."""
        if current.failure is not None and current.asked is None:
            if isinstance(current.failure, errors.BadRequest | errors.MalformedAnswer):
                raise _SeamBroken
            return
        if current.first == expected:
            return
        if expected is not None and (current.first is None or current.first > expected):
            # The announced record has gone, or this range did not see it.
            now = self._first_at(expected)
            if now is not None and (current.first is None or now < current.first):
                raise _SeamBroken
            if now is None and current.first is None and not self._listing.is_gone(str(expected)):
                raise _SeamBroken
        else:
            # A record that was not announced: a new one, or the range before ended too early.
            now = self._first_at(int(self._above) + 1)
            if now is not None and now < current.start:
                raise _SeamBroken

    def _first_at(self, start: int) -> int | None:
        try:
            return self._listing.first_record(str(start))
        except errors.BadRequest:
            raise _SeamBroken from None

    def _close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    # What the threads do.

    def _work(self) -> None:
        while (taken := self._take()) is not None:
            try:
                self._read(taken)
            except Exception as failure:
                taken.failure = failure
                with self._changed:
                    self._ranges.give_up_after(taken)
            finally:
                with self._changed:
                    taken.done = True
                    self._at_work -= 1
                    self._changed.notify_all()

    def _take(self) -> Range[Made] | None:
        """Cut the next range off the lowest ids that nobody reads yet; None when there is nothing left to do."""
        with self._changed:
            while not self._closed:
                free = self._ranges.free
                if free is None and self._at_work == 0:
                    return None
                room = self._at_work < self._ranges.threads_allowed and not self._ranges.is_full
                # The lowest range is always read: everything else may be waiting for it.
                if free is not None and (room or free is self._ranges.lowest):
                    self._at_work += 1
                    return self._ranges.cut(free)
                self._changed.wait()
            return None

    def _useful_threads(self) -> int:
        return self._listing.client.limiter.useful_threads("general")

    def _read(self, taken: Range[Made]) -> None:
        after = str(taken.start)
        above: str | None = None
        known: frozenset[str] = frozenset()
        empty = 0
        while self._may_go_on(taken):
            # Nothing at a cursor of our own only means that the table ends before it.
            page, cursor = self._listing.page(after, above, known=known, may_be_empty=taken.asked is None)
            if page.again:
                # No more a list in which each record has its place: one cursor is read on by.
                raise _SeamBroken
            if above is None and page.records and int(page.records[0]["id"]) < taken.start:
                raise errors.BadRequest("the answer begins before the cursor", method="GET", path=self._listing.path)
            if cursor is not None and not is_whole(cursor):
                raise errors.BadRequest("a cursor that is not an id", method="GET", path=self._listing.path)
            if self._received(taken, after, page, cursor):
                return
            empty = 0 if page.records or page.left_out else empty + 1
            check_empty_pages(empty, self._listing.path)
            if page.records:
                above, known = page.records[-1]["id"], page.ids
            after = cursor or after

    def _may_go_on(self, taken: Range[Made]) -> bool:
        """Wait while too much waits already, unless it waits for this range; False when nobody reads any more."""
        with self._changed:
            while not self._closed and self._ranges.is_full and self._ranges.lowest is not taken:
                self._changed.wait()
            return not self._closed

    def _received(self, taken: Range[Made], asked: str, page: Page, cursor: str | None) -> bool:
        """Put a page into its range; True when the range is complete."""
        ids = [int(record["id"]) for record in page.records]
        following = int(cursor) if cursor is not None else None
        # Nobody else moves the end of a range that is taken.
        inside = sum(one < taken.stop for one in ids) if taken.stop is not None else len(ids)
        announced = str(ids[inside]) if inside < len(ids) else cursor
        page = page._replace(records=page.records[:inside], following=announced)
        made = self._make(page)
        # Before the lock is held: all threads wait for it.
        waiting = Waiting(made, made.size, page.records[-1]["id"] if page.records else None)
        with self._changed:
            if taken.asked is None:
                taken.first = ids[0] if ids else following
            taken.asked = asked
            is_empty = not (page.records or page.left_out)
            complete = self._ranges.receive(taken, waiting, is_empty=is_empty, ids=ids, following=following)
            self._changed.notify_all()
        return complete
