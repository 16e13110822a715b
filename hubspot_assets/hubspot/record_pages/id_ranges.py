"""Which ids of a table are still to be read: cut into ranges, in ascending order, and adapted to what pages show.

Here: how wide a range is, and what a page that came in changes of it and of what is free. Not here: threads and locks
(whoever uses a `Ranges` holds a lock), nor seams between ranges (`ranges`).
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Generic

from hubspot_assets.concurrency import AT_ONCE
from hubspot_assets.hubspot.record_pages.page import Made

FIRST_PAGES = 4
"""Read by one cursor, with no threads: small tables pay nothing. Later, one more thread per so many pages read."""

_LONGEST_RANGE = 8
"""In pages. Half a page of each range is read in vain, on average: where it overlaps with the next one."""


@dataclass
class Waiting(Generic[Made]):
    """What was made of a page, its size in bytes, and the last record on the page, if there is any."""

    made: Made
    size: int
    last: str | None


@dataclass(eq=False)
class Range(Generic[Made]):
    """The records from `start` up to but not including `stop` (None: to the end of the table)."""

    start: int
    stop: int | None
    ids_per_page: float
    taken: bool = False
    done: bool = False
    pages: deque[Waiting[Made]] = field(default_factory=deque)
    asked: str | None = None
    """The cursor of its last page."""
    first: int | None = None
    """The first record at or beyond `start` as its own first page shows it, be it in the range or beyond."""
    following: int | None = None
    """When done: the first record at or beyond `stop`, None where the table ends."""
    failure: Exception | None = None


class Ranges(Generic[Made]):
    """The ranges of a table in ascending order, and how much of what was read waits. Not thread-safe.

    `useful_threads` tells how many threads use the rate limit; `most_waiting`: bytes that may wait.
    """

    def __init__(self, start: int, ids_per_page: float, most_waiting: int, useful_threads: Callable[[], int]) -> None:
        self._ranges: list[Range[Made]] = [Range(start, None, ids_per_page)]
        self._spans: deque[float] = deque([ids_per_page], maxlen=15)
        self._pages_read = FIRST_PAGES
        self._bytes_made = 0
        self._most_waiting = most_waiting
        self._waiting = 0
        self._useful_threads = useful_threads

    @property
    def lowest(self) -> Range[Made] | None:
        """The range with the lowest ids; None when everything was passed on."""
        return self._ranges[0] if self._ranges else None

    @property
    def free(self) -> Range[Made] | None:
        """The lowest range that nobody reads yet; None when there is none."""
        return next((one for one in self._ranges if not one.taken), None)

    @property
    def is_full(self) -> bool:
        """Whether as much waits as may."""
        return self._waiting >= self._most_waiting

    @property
    def threads_allowed(self) -> int:
        """How many threads may work. One of all is always left for the lowest range."""
        return max(1, min(self._useful_threads(), AT_ONCE - 1, self._pages_read // FIRST_PAGES))

    def take_page(self, of: Range[Made]) -> Waiting[Made]:
        """Return the next page of a range: it waits no longer."""
        waiting = of.pages.popleft()
        self._waiting -= waiting.size
        return waiting

    def remove(self, passed_on: Range[Made]) -> None:
        """Take a range off the list that has no more pages."""
        self._ranges.remove(passed_on)

    def cut(self, free: Range[Made]) -> Range[Made]:
        """Take a range off the lowest ids of a free one; all of it where little more is in it."""
        # A little less than whole pages: a little more would cost one page more.
        width = max(1, int(free.ids_per_page * (self._pages_per_range() - 0.3)))
        if free.stop is not None and free.stop - free.start <= 1.5 * width:
            free.taken = True
            return free
        taken: Range[Made] = Range(free.start, free.start + width, free.ids_per_page, taken=True)
        free.start += width
        self._ranges.insert(self._ranges.index(free), taken)
        return taken

    def _pages_per_range(self) -> int:
        """As many as keep what waits within bounds when all threads have read half a range ahead, as on average."""
        bytes_per_page = max(1.0, self._bytes_made / max(1, self._pages_read - FIRST_PAGES))
        fitting = 2 * self._most_waiting / self.threads_allowed / bytes_per_page
        return max(2, min(_LONGEST_RANGE, int(fitting)))

    def receive(
        self, taken: Range[Made], page: Waiting[Made], *, is_empty: bool, ids: Sequence[int], following: int | None
    ) -> bool:
        """Put a page into its range, unless it `is_empty`; True when the range is complete.

        `ids`: all records that HubSpot showed on it, ascending, also those beyond the range; `following`: its cursor.
        """
        if not is_empty:
            taken.pages.append(page)
            self._waiting += page.size
        self._pages_read += 1
        self._bytes_made += page.size
        if ids and following is not None:
            taken.ids_per_page = following - ids[0]
            self._spans.append(taken.ids_per_page)
        following = next((one for one in ids if taken.stop is not None and one >= taken.stop), following)
        complete = following is None or (taken.stop is not None and following >= taken.stop)
        if complete:
            taken.following = following
            self._pass_on(taken)
        elif following is not None:
            self._give_back(taken, following)
        return complete

    def _pass_on(self, taken: Range[Made]) -> None:
        """Take what was just learned to be empty, from `taken` on, out of what is still free."""
        following = taken.following
        place = self._ranges.index(taken) + 1
        before, free_later = self._ranges[:place], self._ranges[place:]
        if following is None:
            self._ranges = [*before, *(one for one in free_later if one.taken)]
            return
        if free_later and not free_later[0].taken:
            free_later[0].ids_per_page = median(self._spans)
        for one in free_later:
            if not one.taken and one.start < following:
                one.start = following
        self._ranges = [*before, *(one for one in free_later if one.taken or one.stop is None or one.start < one.stop)]

    def _give_back(self, taken: Range[Made], reached: int) -> None:
        """Leave to others what is more than a range should have."""
        pages = self._pages_per_range()
        keep = reached + max(1, int(taken.ids_per_page * pages))
        if taken.stop is not None and taken.stop - reached > 2 * (keep - reached):
            rest: Range[Made] = Range(keep, taken.stop, taken.ids_per_page)
            taken.stop = keep
            self._ranges.insert(self._ranges.index(taken) + 1, rest)

    def give_up_after(self, failed: Range[Made]) -> None:
        """Begin nothing beyond a range that failed: the reader stops there."""
        place = self._ranges.index(failed) if failed in self._ranges else 0
        self._ranges = [one for n, one in enumerate(self._ranges) if n <= place or one.taken]
