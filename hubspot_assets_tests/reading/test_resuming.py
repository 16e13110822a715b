"""A table of many calls goes on where a run died, and is then what an undisturbed run gives, at the same price."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from itertools import product
from typing import Any
from unittest.mock import patch

import pytest

from hubspot_assets.catalog.portal import EventType, Portal
from hubspot_assets.demo.s3 import DemoS3
from hubspot_assets.hubspot import HubSpotClient
from hubspot_assets.lake import Manifest
from hubspot_assets_tests.sampled import sampled
from hubspot_assets_tests.small_export import SmallExport, catalogue, small_export

MILLISECOND = timedelta(milliseconds=1)
FOUR = ("0-1", "0-2", "0-3", "0-5")
VISITED = EventType("e_visited_page", "e_visited_page")
NO_RATE: dict[str, Any] = {"limits": True} | dict.fromkeys(
    ("ten_secondly_limit", "associations_limit", "search_limit", "daily_limit"), 10**9
)

LOOKED_AT_AGAIN = 16 + 2
"""What is read side by side, at most: of each list that was under way one page is read again. And the list of forms."""


@dataclass(frozen=True)
class Many:
    """Tables of one step that takes many calls."""

    tables: tuple[str, ...]
    portal: Portal
    settings: dict[str, Any]


MANY = {
    "members of lists": Many(
        ("LIST_MEMBERSHIPS",), catalogue("0-1"), {"lists": 430, "contacts": 600, "refused_lists": 3}
    ),
    "submissions": Many(
        ("OBJECTS_FORM_SUBMISSIONS", "OBJECT_PROPERTIES/FORM_SUBMISSIONS"),
        catalogue("0-15"),
        {"counts": {"0-15": 9000, "0-28": 16}},
    ),
    "associations": Many(
        ("ASSOCIATIONS_COMPANIES_TO_DEALS", "ASSOCIATIONS/DEALS_TO_COMPANIES"),
        catalogue("0-2", "0-3", pairs=[("0-2", "0-3")]),
        {"companies": 25, "deals": 2000, "associations_per_page": 15},
    ),
    "definitions": Many(("ASSOCIATION_DEFINITIONS",), catalogue(*FOUR, pairs=list(product(FOUR, FOUR))), {}),
    "members of one list": Many(("LIST_MEMBERSHIPS",), catalogue("0-1"), {"lists": 1, "contacts": 16_000}),
    "events": Many(("EVENTS_VISITED_PAGE",), catalogue("0-1", events=[VISITED]), {"events_per_day": 20_000}),
    "associations of both directions": Many(
        ("ASSOCIATIONS_CONTACTS_TO_COMPANIES", "ASSOCIATIONS_COMPANIES_TO_CONTACTS"),
        catalogue("0-1", "0-2", pairs=[("0-1", "0-2")]),
        {"companies": 50, "contacts": 1500, "associations_per_page": 1},
    ),
    "participations": Many(
        ("MARKETING_EVENT_PARTICIPATIONS",), catalogue("0-54"), {"counts": {"0-54": 80}, "contacts": 200}
    ),
}


@dataclass
class Undisturbed:
    """What an export of the tables gives, and how many calls their step takes."""

    small: SmallExport
    tables: tuple[str, ...]
    rows: dict[str, list[Any]] = field(default_factory=dict)
    manifests: dict[str, Manifest] = field(default_factory=dict)
    calls: int = 0

    def learn(self) -> None:
        self.counting(succeeds=True)
        self.rows = {table: self._rows(table) for table in self.tables}
        self.manifests = {table: self.small.manifest(table) for table in self.tables}
        readings = {(one.captured.from_, one.api_calls) for one in self.manifests.values()}
        self.calls = sum(calls for _, calls in readings)

    def counting(self, *, succeeds: bool) -> tuple[int, list[str]]:
        """How many calls an export of the tables takes, and what it leaves aside."""
        before = self.small.portal.limits.daily_used
        assert bool(self.small.export(*self.tables).failed) is not succeeds
        left = [str(path) for path in (self.small.folder / "_unfinished").rglob("*.zip")]
        return self.small.portal.limits.daily_used - before, left

    def _rows(self, table: str) -> list[Any]:
        rows = self.small.frame(table).drop("INGESTEDAT")
        return rows.sort(rows.columns).rows()

    def check(self, since: datetime) -> None:
        """The tables are what they were, and tell the same of themselves. `since`: before the run that died."""
        for table, then in self.manifests.items():
            now = self.small.manifest(table)
            assert self._rows(table) == self.rows[table]
            assert _told(now) == _told(then)
            assert then.api_calls <= now.api_calls <= then.api_calls + LOOKED_AT_AGAIN
            read_at = self.small.frame(table)["INGESTEDAT"].dt.replace_time_zone("UTC")
            began, ended = now.captured.from_, now.captured.to
            assert began is not None
            assert ended is not None
            assert since <= began - MILLISECOND <= read_at.min() <= read_at.max() <= ended  # type: ignore[operator]


def _told(manifest: Manifest) -> list[tuple[Any, ...]]:
    parts = sorted((part.part, part.status, part.scopes, part.mendable) for part in manifest.parts_unavailable)
    return [*parts, (sum(manifest.left_out.values()), manifest.unavailable)]


@pytest.fixture(scope="module", params=sampled(MANY.values(), 2), ids=list(MANY))
def undisturbed(
    request: pytest.FixtureRequest, s3: DemoS3, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Undisturbed]:
    many: Many = request.param
    with small_export(s3, tmp_path_factory.mktemp("many"), many.portal, **many.settings, **NO_RATE) as small:
        found = Undisturbed(small, many.tables)
        found.learn()
        yield found


def test_it_ends_though_a_day_has_fewer_calls_than_it_takes(undisturbed: Undisturbed) -> None:
    limits, before = undisturbed.small.portal.limits, datetime.now(timezone.utc)
    used = limits.daily_used
    for is_last in (False, True):
        limits.daily_limit = limits.daily_used + undisturbed.calls * 2 // 3
        _, left = undisturbed.counting(succeeds=is_last)
        assert bool(left) is not is_last
    limits.daily_limit = 10**9
    assert limits.daily_used - used <= 1.1 * undisturbed.calls
    undisturbed.check(before)


class Killed(Exception):
    """What ends a run."""


@pytest.mark.parametrize("share", sampled([0.5, 0.1, 0.9], 1))
def test_wherever_it_dies_it_goes_on(undisturbed: Undisturbed, share: float) -> None:
    number, lock = max(12, int(share * undisturbed.calls)), threading.Lock()
    attempt, before = HubSpotClient._attempt, datetime.now(timezone.utc)
    made = 0

    def dying(*arguments: Any) -> Any:
        nonlocal made
        with lock:
            made += 1
            if made > number:
                raise Killed
        return attempt(*arguments)

    with patch.object(HubSpotClient, "_attempt", dying):
        first, _ = undisturbed.counting(succeeds=False)
    second, left = undisturbed.counting(succeeds=True)
    assert left == []
    assert first + second <= undisturbed.calls + LOOKED_AT_AGAIN
    undisturbed.check(before)
