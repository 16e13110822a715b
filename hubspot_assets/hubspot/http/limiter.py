"""Keeping to HubSpot's rate limits: one limiter per portal, handed to all clients of a process that read it.

Each of HubSpot's budgets is a sliding window of places. A call takes a place and gives it back one interval
later. Processes of one machine may share the places (`shared_places.py`). HubSpot's headers tell how many places it saw
taken by everybody; those that are not ours are entered as taken too, so several hosts share a budget without knowing of
each other.

Written here rather than taken from pyrate-limiter (its source was read): there every waiting thread polls on its own
and is not woken when the limit is raised, a window cannot be paused, and places taken by other processes
cannot be entered. The window itself is twenty lines.
"""

import threading
import time
from bisect import bisect_right
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from math import isfinite

from hubspot_assets.hubspot import instants
from hubspot_assets.hubspot.errors import DailyLimitReached
from hubspot_assets.hubspot.http.shared_places import SharedPlaces
from hubspot_assets.hubspot.versions import Budget
from hubspot_assets.outside_text import is_whole

# Calls do not arrive in the rhythm they were sent in; a place is kept a little longer than HubSpot keeps it.
_JITTER = 0.3
_SHORTEST_PAUSE = 1.0
# HubSpot's are 1 s and 10 s. A header that says an hour is wrong, and to believe it would be to wait without end.
_LONGEST_INTERVAL = 60.0
_MOST_DIGITS = 12
# Of a day whose calls are used up: until its end, where HubSpot told that; else so long that a run ends meanwhile.
_LONGEST_DAY = 25 * 3600.0
_UNTIL_ASKED_AGAIN = 600.0


class Window:
    """One budget: at most `limit` calls in any `interval` seconds. Not thread-safe; times are passed in."""

    def __init__(self, limit: int, interval: float, *, leave_free: float = 0.0) -> None:
        self.granted = limit
        self.interval = interval
        self.leave_free = leave_free
        self._taken: deque[float] = deque()
        self._paused_until = 0.0
        self._pause = 0.0
        self._durations: deque[float] = deque([0.0], maxlen=32)

    @property
    def limit(self) -> int:
        """How many places are ours to use: what HubSpot grants less the share left to others."""
        return max(1, int(self.granted * (1 - self.leave_free)))

    def wait(self, now: float) -> float:
        """Seconds until a place is free; 0 when one is free now."""
        kept = self.interval + _JITTER
        # Twice as long as needed, so that a late answer can still be held against what was taken then.
        while self._taken and self._taken[0] <= now - 2 * kept:
            self._taken.popleft()
        paused = self._paused_until - now
        if len(self._taken) < self.limit:
            return max(0.0, paused)
        oldest_in_the_way = self._taken[-self.limit]
        return max(0.0, paused, oldest_in_the_way + kept - now)

    def take(self, now: float) -> None:
        """Take a place. Only after `wait` said 0."""
        self._taken.append(now)

    def heard(self, granted: int, remaining: int | None, interval: float | None, sent: float, now: float) -> None:
        """Follow what HubSpot told in answer to a call sent at `sent`."""
        self.granted = max(1, granted)
        if interval:
            self.interval = interval
        if remaining is None:
            return
        known = len(self._taken) - bisect_right(self._taken, sent - self.interval - _JITTER)
        others = min(self.granted - remaining - known, self.granted)
        self._taken.extend([now] * others)

    def answered(self, sent: float, now: float) -> None:
        """Note how long a call took."""
        self._durations.append(now - sent)

    @property
    def useful_threads(self) -> int:
        """How many calls have to be under way at any time to use the whole limit; a few more, for jitter.

        By the quickest of the last calls: the others may have been slow because too many threads worked here.
        """
        return 3 + int(1.5 * min(self._durations) * self.limit / self.interval)

    def share_used(self, now: float) -> float:
        """Return the share of HubSpot's grant that calls of everybody took in the last interval, 0 to 1."""
        taken = len(self._taken) - bisect_right(self._taken, now - self.interval)
        return min(1.0, taken / self.granted)

    def refused(self, retry_after: float | None, sent: float, now: float) -> float:
        """HubSpot said 429: nobody calls for a while. Returns how long, in seconds.

        The pause doubles while refusals go on, up to the whole interval. Calls that were under way when it
        began prove nothing new.
        """
        if retry_after is not None:
            self._paused_until = max(self._paused_until, now + retry_after)
        elif sent >= self._paused_until:
            self._pause = min(max(_SHORTEST_PAUSE, 2 * self._pause), max(_SHORTEST_PAUSE, self.interval))
            self._paused_until = now + self._pause
        return max(0.0, self._paused_until - now)

    def accepted(self) -> None:
        """Note that a call went through: the next refusal is a new one."""
        self._pause = 0.0

    def told(self) -> list[float]:
        """Return what other processes are to know: the grant, the pause, and the places that are taken."""
        return [self.granted, self.interval, self._paused_until, self._pause, *self._taken]

    def hear(self, numbers: Sequence[float]) -> None:
        """Take over what another process knew last; nothing of what makes no sense."""
        if len(numbers) < 4 or not all(map(isfinite, numbers)) or numbers[0] < 1 or numbers[1] <= 0:
            return
        granted, self.interval, self._paused_until, self._pause, *taken = numbers
        self.granted, self._taken = int(granted), deque(taken)


class Limiter:
    """All budgets of one portal, for many threads. Starts at full speed; the first answer tells the limit.

    `shared`: the places that other processes of this machine take as well; by default they are this one's alone.
    `daily_limit` and `daily_remaining` are HubSpot's last word on the day's calls (None until it told),
    `resets_at` when they reset, once `account.daily_usage` was asked. When HubSpot says that the day's calls are used
    up, no further call goes out until then.
    """

    def __init__(
        self,
        *,
        shared: SharedPlaces | None = None,
        clock: Callable[[], float] = time.monotonic,
        time_of_day: Callable[[], float] = time.time,
    ) -> None:
        self._shared = shared
        self._clock = clock
        self._time_of_day = time_of_day
        self._used_up: DailyLimitReached | None = None
        self._used_up_until = 0.0
        self._changed = threading.Condition()
        self._windows: dict[Budget, Window] = {
            "general": Window(190, 10.0),
            "associations": Window(150, 10.0),
            "search": Window(5, 1.0),
        }
        self.daily_limit: int | None = None
        self.daily_remaining: int | None = None
        self.resets_at: str | None = None

    def leave_free(self, share: float) -> None:
        """Keep this share (0 to 0.95) of every budget free for the portal's other integrations."""
        if not 0 <= share <= 0.95:
            raise ValueError(f"leave_free is {share}, but must be a share from 0 to 0.95 of the rate limit")
        with self._changed:
            for window in self._windows.values():
                window.leave_free = share
            self._changed.notify_all()

    def acquire(self, budget: Budget) -> float:
        """Wait for a place in a budget and take it. Returns when it was taken.

        Raises DailyLimitReached while the day's calls are used up, also for those that wait when that is told.
        """
        window = self._windows[budget]
        with self._changed:
            while True:
                with self._agreed():
                    now = self._clock()
                    if self._used_up is not None and now < self._used_up_until:
                        raise self._used_up.again()
                    wait = window.wait(now)
                    if wait <= 0:
                        window.take(now)
                        return now
                self._changed.wait(wait)

    @contextmanager
    def _agreed(self) -> Iterator[None]:
        """While the block runs, the windows are those of all processes that share them. Only in `self._changed`."""
        if self._shared is None:
            yield
        else:
            with self._shared.agreed([*self._windows.values()]):
                yield

    def day_is_used_up(self, told: DailyLimitReached) -> None:
        """Let no call go until the day's calls reset: each is told the same, those that wait for a place at once."""
        with self._changed:
            self._used_up = told
            self._used_up_until = self._clock() + self._until_reset()
            self._changed.notify_all()

    def _until_reset(self) -> float:
        try:
            seconds = instants.parse(self.resets_at or "").timestamp() - self._time_of_day()
        except ValueError:
            return _UNTIL_ASKED_AGAIN
        # A time that is over is that of an earlier day, or by a clock that disagrees with ours.
        return seconds if 0 < seconds < _LONGEST_DAY else _UNTIL_ASKED_AGAIN

    def useful_threads(self, budget: Budget) -> int:
        """How many calls side by side use a whole budget, by how long calls take: more would only wait."""
        with self._changed:
            return self._windows[budget].useful_threads

    def share_used(self, budget: Budget) -> float:
        """Return the share of a budget, 0 to 1, that calls of everybody took in its last interval, as far as known."""
        with self._changed, self._agreed():
            return self._windows[budget].share_used(self._clock())

    def heard(self, budget: Budget, headers: Mapping[str, str], sent: float) -> None:
        """Follow the `X-HubSpot-RateLimit-*` headers of an answer to a call that took its place at `sent`."""
        granted = _whole(headers.get("X-HubSpot-RateLimit-Max"))
        remaining = _whole(headers.get("X-HubSpot-RateLimit-Remaining"))
        milliseconds = _whole(headers.get("X-HubSpot-RateLimit-Interval-Milliseconds"))
        interval = milliseconds / 1000 if milliseconds and milliseconds <= 1000 * _LONGEST_INTERVAL else None
        daily = _whole(headers.get("X-HubSpot-RateLimit-Daily"))
        daily_remaining = _whole(headers.get("X-HubSpot-RateLimit-Daily-Remaining"))
        with self._changed, self._agreed():
            now = self._clock()
            self._windows[budget].answered(sent, now)
            if daily is not None:
                self.daily_limit = daily
            if daily_remaining is not None:
                self.daily_remaining = daily_remaining
            window = self._windows[budget]
            if granted and budget == "general":
                window.heard(granted, remaining, interval, sent, now)
                # HubSpot's smallest plans have 100 for associations, all others at least 150.
                if granted <= 110:
                    self._windows["associations"].granted = min(self._windows["associations"].granted, granted)
            elif granted and budget == "associations" and granted != self._windows["general"].granted:
                # With the general budget's own maximum, these headers speak of that budget, not of this one.
                window.heard(granted, remaining, interval, sent, now)
            self._changed.notify_all()

    def refused(self, budget: Budget, retry_after: float | None, sent: float) -> float:
        """Pause a budget after a 429; returns for how many seconds."""
        with self._changed, self._agreed():
            return self._windows[budget].refused(retry_after, sent, self._clock())

    def accepted(self, budget: Budget) -> None:
        """Note that a call of this budget was not refused."""
        with self._changed, self._agreed():
            self._windows[budget].accepted()


def _whole(text: str | None) -> int | None:
    """Return a header's number; None for none, and for one so long that it can mean nothing."""
    return int(text) if text is not None and is_whole(text) and len(text) <= _MOST_DIGITS else None
