"""How long to go on with one part of many, such as the members of one list: as long as it may be HubSpot that is ill.

A part that fails while others are answered fails for a reason of its own, and every minute spent on it is one that all
others wait. Where many fail at once it is not the part, and it is gone on as long as with any call. Not here: what
becomes of a part that is given up (`children`).
"""

import threading
import time
from collections.abc import Callable

import tenacity

from hubspot_assets.concurrency import AT_ONCE
from hubspot_assets.hubspot import errors
from hubspot_assets.hubspot.http.client import HubSpotClient
from hubspot_assets.hubspot.http.retrying import Retrying

PATIENCE = 120.0
"""Seconds that a part may fail on end, whatever its calls and the sizes of its pages."""

_MANY = AT_ONCE // 2
_IN_A_ROW = 3
"""So many rows of one part may be given up one after another: it is HubSpot that is ill where there are more."""
_NO_HICCUP = 4
"""So many failures on end are one that counts: what looks odd is asked for three times before it is believed."""


class Parts:
    """The parts of one table that are read side by side, and how many of them fail right now."""

    def __init__(self, client: HubSpotClient) -> None:
        self._client = client
        self._failing: set[object] = set()
        self._lock = threading.Lock()

    @property
    def many_fail(self) -> bool:
        """Whether so many fail at once that it is no matter of one part."""
        return len(self._failing) >= _MANY

    def client(self) -> HubSpotClient:
        """Return the client to read one part with."""
        return self.one().client

    def one(self) -> "Part":
        """Return what reads one part, of which a single row may be given up as well."""
        return Part(self._client, self)

    def given_up(self, error: errors.Temporary) -> errors.NotAnswered:
        """Return what a failure that did not pass means for one part. Raises it where many parts fail."""
        if self.many_fail:
            raise error
        return errors.NotAnswered.of(error)

    def note(self, part: object, *, fails: bool) -> None:
        """Note that a part was answered, or that it was not."""
        with self._lock:
            self._failing.add(part) if fails else self._failing.discard(part)


class Part:
    """One part of many: `client` reads it. Used by one thread."""

    def __init__(self, client: HubSpotClient, parts: Parts) -> None:
        self._parts = parts
        self._asking: list[_OnePart] = []
        self.client = client.retrying(self._ask_again)

    def given_up(self, error: errors.Temporary) -> errors.NotAnswered:
        """Return what a failure that did not pass means for one row of the part, such as one record.

        Raises it where many parts fail, or many rows, with none answered between them.
        """
        (asking,) = self._asking
        if asking.given_up >= _IN_A_ROW:
            raise error
        asking.given_up += 1
        return self._parts.given_up(error)

    def _ask_again(self, whole: Retrying) -> Retrying:
        self._asking.append(_OnePart(whole, self._parts))
        return self._asking[0]


class _OnePart(Retrying):
    """Asking again for one part. Used by one thread."""

    def __init__(self, whole: Retrying, parts: Parts) -> None:
        self.__dict__.update(whole.__dict__)
        self._parts = parts
        self._failing_since: float | None = None
        self._failures = 0
        self.given_up = 0
        """How many rows were given up since something was answered."""

    def until_done(self, attempt: Callable[[], None], tries: int | None) -> None:
        super().until_done(attempt, tries)
        if self._failing_since is not None:
            self._failing_since, self._failures, self.given_up = None, 0, 0
            self._parts.note(self, fails=False)

    def _give_up(self, state: tenacity.RetryCallState) -> bool:
        error = state.outcome.exception() if state.outcome else None
        # The rate limit is everybody's.
        if not isinstance(error, errors.Temporary) or error.status == 429:
            return super()._give_up(state)
        if self._failing_since is None:
            self._failing_since = time.monotonic() - (state.seconds_since_start or 0)
        self._failures += 1
        if self._failures == _NO_HICCUP:
            self._parts.note(self, fails=True)
        may_be_the_part = not self._parts.many_fail and self.given_up < _IN_A_ROW
        is_over = time.monotonic() - self._failing_since > PATIENCE and may_be_the_part
        return is_over or super()._give_up(state)
