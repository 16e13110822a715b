"""Exports that wait for nothing before they ask again, so that a test of what fails in the end is over soon.

`python -m hubspot_assets_tests.hurried` is `hubspot-assets` so. How long is waited is tested in `hubspot`.
"""

import itertools
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from hubspot_assets.defs import failures
from hubspot_assets.hubspot import HubSpotClient
from hubspot_assets.hubspot.http.limiter import Limiter


@contextmanager
def hurried() -> Iterator[None]:
    """While the block runs, HubSpot is asked again and a step tried again at once, and as often as ever."""
    defaults = HubSpotClient.__init__.__kwdefaults__
    assert defaults is not None
    with patch.dict(defaults, sleep=lambda _: None), patch.object(failures, "FIRST_RETRY_AFTER", 0.0):
        yield


def unlimited() -> Any:
    """While the block runs, a second more passes at each call, so that none waits for a place in a rate limit.

    For portals that have none. How long is waited for one is tested in `hubspot/test_limiter.py`.
    """
    defaults, calls = Limiter.__init__.__kwdefaults__, itertools.count()
    assert defaults is not None
    return patch.dict(defaults, clock=lambda: time.monotonic() + next(calls))


if __name__ == "__main__":
    from hubspot_assets.cli.app import app
    from hubspot_assets_tests.today import lasting

    with hurried(), lasting():
        app()
