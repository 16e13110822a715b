"""HubSpot's rate limits: the buckets, and the headers that tell what is left in them."""

import time
from collections import deque

from .errors import Refusal, rate_limited
from .routing import Bucket
from .settings import PortalSettings

_UNLIMITED = {"general": 20_000, "associations": 10_000}
"""What a portal without limits says it grants in 10 seconds: more than it can answer."""


class RollingWindow:
    """At most ``limit`` calls in any ``seconds``. ``limit`` may be changed while it runs."""

    def __init__(self, limit: int, seconds: float) -> None:
        self.limit = limit
        self.seconds = seconds
        self._taken: deque[float] = deque()

    def take(self) -> bool:
        now = time.monotonic()
        while self._taken and self._taken[0] <= now - self.seconds:
            self._taken.popleft()
        if len(self._taken) >= self.limit:
            return False
        self._taken.append(now)
        return True

    @property
    def remaining(self) -> int:
        return max(0, self.limit - len(self._taken))


class Limits:
    """The buckets of one app. Search has one of its own (and no headers), and so have associations."""

    def __init__(self, settings: PortalSettings) -> None:
        self.on = settings.limits
        self.general = RollingWindow(settings.ten_secondly_limit, 10)
        self.associations = RollingWindow(settings.associations_limit, 10)
        self.search = RollingWindow(settings.search_limit, 1)
        self.daily_limit = settings.daily_limit
        self.daily_used = settings.daily_used

    def take(self, bucket: Bucket) -> Refusal | None:
        """Count one call; the refusal if there is no room for it. Every call counts for the day."""
        if not self.on:
            self.daily_used += 1
            return None
        if self.daily_used >= self.daily_limit:
            return rate_limited("DAILY")
        if not getattr(self, bucket).take():
            return rate_limited("SECONDLY" if bucket == "search" else "TEN_SECONDLY_ROLLING")
        self.daily_used += 1
        return None

    def headers(self, bucket: Bucket) -> dict[str, str]:
        if bucket == "search":
            return {}
        if not self.on:
            # A client that hears nothing keeps to HubSpot's usual limits; one that hears this has none to wait for.
            unlimited = str(_UNLIMITED[bucket])
            return {
                "X-HubSpot-RateLimit-Max": unlimited,
                "X-HubSpot-RateLimit-Remaining": unlimited,
                "X-HubSpot-RateLimit-Interval-Milliseconds": "10000",
            }
        window: RollingWindow = getattr(self, bucket)
        return {
            "X-HubSpot-RateLimit-Max": str(window.limit),
            "X-HubSpot-RateLimit-Remaining": str(window.remaining),
            "X-HubSpot-RateLimit-Interval-Milliseconds": "10000",
            "X-HubSpot-RateLimit-Secondly": str(window.limit // 10),
            "X-HubSpot-RateLimit-Secondly-Remaining": str(min(window.limit // 10, window.remaining)),
            "X-HubSpot-RateLimit-Daily": str(self.daily_limit),
            "X-HubSpot-RateLimit-Daily-Remaining": str(max(0, self.daily_limit - self.daily_used)),
        }
