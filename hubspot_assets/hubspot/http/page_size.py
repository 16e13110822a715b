"""How many rows to ask for at once: as many as HubSpot lists, fewer where it cannot answer so many.

A page of heavy records (long e-mails, forms with hundreds of fields) fails for as long as it is asked for at full size:
500, 502, 504, 524, or no answer in time. After a few tries half of it is asked for, and later more again. A size that
HubSpot refuses with 400 is halved as well, and not asked for again; where one item is the reason and not the size, it
is found by halves. Here: the size. Not here: what a page is and where
the next one begins, which does not change with its size (`paging`, `listing`, `objects`, `associations`, `lists`).
"""

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TypeVar

from hubspot_assets.hubspot import errors

logger = logging.getLogger("hubspot_assets.hubspot")

T = TypeVar("T")
R = TypeVar("R")

_STEPS = (1, 2, 5, 10, 20, 50, 100, 250, 500)
"""Halves, as far as round numbers go: HubSpot's own limits are round."""

_TRIES = 3
_TRIES_IN_TROUBLE = 2
_LONGEST_CALM = 64


class PageSize:
    """The size of the pages of one list. Threads may share it.

    `largest`: the most that HubSpot is known to take. `documented`: what to ask for where it refuses that, if it is
    known. `smallest`: the fewest that a page can be read on by.
    """

    def __init__(self, largest: int, documented: int | None = None, *, smallest: int = 1) -> None:
        self._known_largest = self._largest = largest
        self._documented = documented
        self._smallest = smallest
        self._size = largest
        # The most that HubSpot took: a 400 for no more than that has another reason. And whether it refused any size.
        self._taken = 0
        self._refuses_some = False
        # The least that failed the last time, until as many are answered; and whether nothing was answered since.
        self._failed_at: int | None = None
        self._in_trouble = False
        # Pages answered since the size changed, and how many it takes until more is asked for.
        self._calm = 0
        self._calm_needed = 1
        self._lock = threading.Lock()

    def ask(self, call: Callable[[int, int | None], R], place: str, *, at_most: int | None = None) -> tuple[R, int]:
        """Return what `call` answers for as many rows as it can, and how many were asked for.

        `call` is given how many to ask for and how often to try (None: as often as any call). `place` says in the
        error where the rows are that HubSpot does not give even one by one. `at_most`: more there are not.

        Raises the error of `call` that no smaller size mends.
        """
        answer, size = self._ask(call, place, at_most)
        if isinstance(answer, _Refusal):
            raise answer.error
        return answer, size

    def _ask(self, call: Callable[[int, int | None], R], place: str, at_most: int | None) -> "tuple[R | _Refusal, int]":
        """As `ask`, but a refusal that is not the size's is an answer, too."""
        size = self._size if at_most is None else min(self._size, at_most)
        refused: list[int] = []
        while True:
            try:
                answer = call(size, self._tries(size))
            except errors.NotAvailable:
                raise
            except errors.BadRequest as error:
                if size <= max(self._smallest, self._taken):
                    return _Refusal(error), size
                refused.append(size)
                size = self._after_refusal(size, len(refused))
            except errors.Temporary as error:
                if not error.too_much:
                    raise
                if size <= self._smallest:
                    error.message = f"{error.message}, even at a page size of {size}, at {place}"
                    raise
                size = self._after_failure(size, error)
            else:
                self._after_answer(size, min(refused, default=None))
                return answer, size

    def in_parts(
        self,
        items: Sequence[T],
        call: Callable[[Sequence[T], int | None], R],
        place: Callable[[T], str],
        on_refused: Callable[[T, errors.BadRequest], None] | None = None,
        on_unanswered: Callable[[T, errors.Temporary], None] | None = None,
    ) -> Iterator[R]:
        """`call` of as many of the items at a time as HubSpot can answer, in their order, until all are answered.

        `place` names an item in an error. `on_refused` is told each item that is refused by itself, `on_unanswered`
        each that HubSpot cannot answer even alone, and the others are answered; without them the error is raised.
        Arguments and errors else as for `ask`.
        """
        rest, at_most = items, len(items)
        while rest:
            try:
                answer, size = self._ask(partial(_of_the_first, call, rest), place(rest[0]), min(at_most, len(rest)))
            except errors.Temporary as error:
                if on_unanswered is None or not error.too_much:
                    raise
                on_unanswered(rest[0], error)
                self._after_item_unanswered()
                # If it is not this item, the next fails as well: that is learned sooner by asking for it alone.
                rest, at_most = rest[1:], 1
                continue
            at_most = len(items)
            if not isinstance(answer, _Refusal):
                yield answer
            elif on_refused is None:
                raise answer.error
            elif size > 1:
                yield from self.in_parts(rest[: size // 2], call, place, on_refused, on_unanswered)
                yield from self.in_parts(rest[size // 2 : size], call, place, on_refused, on_unanswered)
            else:
                on_refused(rest[0], answer.error)
                self._after_item_refused()
                # Where nothing was answered yet, every item may be refused: the next is asked for alone, too.
                at_most = at_most if self._taken else 1
            rest = rest[size:]

    def _tries(self, size: int) -> int | None:
        with self._lock:
            if size <= self._smallest:
                return None
            if self._failed_at is not None and size >= self._failed_at:
                return 1
            return _TRIES_IN_TROUBLE if self._in_trouble else _TRIES

    def _after_refusal(self, size: int, times: int) -> int:
        """Return what to ask for after a 400, whatever its words: a smaller size, and then the smallest that there is.

        Where that is refused as well, the size was not the reason. Where it is not, 400s for a large size need no such
        proof any more.
        """
        return self._smaller(size) if times == 1 or self._refuses_some else self._smallest

    def _after_item_refused(self) -> None:
        """Larger sizes that were refused may have been refused for this item."""
        with self._lock:
            self._largest = self._known_largest
            self._refuses_some = False

    def _after_item_unanswered(self) -> None:
        """Larger sizes failed for this item."""
        with self._lock:
            self._size, self._calm, self._calm_needed = self._largest, 0, 1
            self._failed_at, self._in_trouble = None, False

    def _after_failure(self, size: int, error: errors.Temporary) -> int:
        smaller = self._below(size)
        logger.warning("%s Asking for %d at once instead of %d.", error, smaller, size)
        with self._lock:
            if not self._in_trouble and self._size < self._largest:
                # More was asked for too early.
                self._calm_needed = min(_LONGEST_CALM, 2 * self._calm_needed)
            self._in_trouble = True
            self._failed_at = size
            self._size = min(self._size, smaller)
            self._calm = 0
        return smaller

    def _after_answer(self, size: int, refused: int | None) -> None:
        with self._lock:
            self._taken = max(self._taken, size)
            self._in_trouble = False
            if self._failed_at is not None and size >= self._failed_at:
                self._failed_at = None
            if refused is not None:
                self._refuses_some = True
                self._largest = min(self._largest, max(size, self._smaller(refused)))
                self._size = min(self._size, self._largest)
            elif size == self._size == self._largest:
                self._calm_needed = max(1, self._calm_needed // 2)
            elif size == self._size:
                self._calm += 1
                if self._calm >= self._calm_needed:
                    self._size = min(self._largest, next((one for one in _STEPS if one > size), self._largest))
                    self._calm = 0

    def _smaller(self, size: int) -> int:
        known = self._documented
        return known if known is not None and self._smallest <= known < size else self._below(size)

    def _below(self, size: int) -> int:
        return max((self._smallest, *(one for one in _STEPS if one <= size // 2)))


class _Refusal:
    """HubSpot's 400 for a size that it takes, or for the smallest that there is: the reason is another."""

    def __init__(self, error: errors.BadRequest) -> None:
        self.error = error


def _of_the_first(call: Callable[[Sequence[T], int | None], R], items: Sequence[T], size: int, tries: int | None) -> R:
    return call(items[:size], tries)
