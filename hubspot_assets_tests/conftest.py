"""Fixtures that rooms share: an S3, a module's portal, and one day, exported once and looked at by many."""

from collections.abc import Iterator
from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling

from hubspot_assets.demo.portal import PortalSettings, RunningPortal, serve
from hubspot_assets.demo.portal.faults import rates_of
from hubspot_assets.demo.s3 import DemoS3, serve_s3
from hubspot_assets_tests.exported import BUCKET, YESTERDAY, ExportedDay, exported
from hubspot_assets_tests.loaded_once import loaded_once
from hubspot_assets_tests.today import lasting

collect_ignore = ["browser"]
"""What `make browser` runs, and `make test` does not: each starts `dagster dev`, and a browser."""

#: The files that look at `exported_day`: one process runs them one after the other, and so exports it once.
LOOK_AT_ONE_DAY = ("test_a_day_is_what_the_portal_holds.py", "verify/test_verify_finds_what_differs.py")

#: The files that take longest, in the order in which they begin: what begins last should be over soon.
HEAVY = (
    *LOOK_AT_ONE_DAY,
    "test_refusals.py",
    "reading/test_resuming.py",
    "verify/test_what_can_not_be_compared.py",
    "verify/test_verify_of_other_portals.py",
    "hubspot/test_against_the_portal.py",
    "test_scopes.py",
    "test_nothing_secret_is_left.py",
    "reading/test_discovery.py",
    "connection/test_export_under_the_policy.py",
    "hubspot/test_hostile_answers.py",
    "defs/test_events.py",
    "checks/test_rules.py",
)

#: A portal of every type, with pages that end before the records do, and some of everything that is awkward.
SMALL_PORTAL = {
    "day": YESTERDAY,
    "contacts": 230,
    "companies": 25,
    "deals": 130,
    "tickets": 20,
    "other_records": 6,
    "properties": 30,
    "lists": 14,
    "events_per_day": 150,
    "associations_per_page": 40,
    "changed_share": 0.05,
    "limits": False,
}


class _Files(LoadFileScheduling):
    """Hands out the tests by file, and those of one day together."""

    def _split_scope(self, nodeid: str) -> str:
        file = _file_of(nodeid)
        return LOOK_AT_ONE_DAY[0] if file in LOOK_AT_ONE_DAY else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadFileScheduling | None:
    """Hand out tests so where `--dist loadfile` was asked for."""
    return _Files(config, log) if config.getvalue("dist") == "loadfile" else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the heavy files first."""
    rank = {file: number for number, file in enumerate(HEAVY)}
    items.sort(key=lambda item: rank.get(_file_of(item.nodeid), len(rank)))


def _file_of(nodeid: str) -> str:
    return nodeid.split("::", maxsplit=1)[0].removeprefix("hubspot_assets_tests/")


@pytest.fixture(scope="session", autouse=True)
def one_day() -> Iterator[None]:
    """The tests run on one day, however late it is, and load what no test changes once."""
    with lasting(), loaded_once():
        yield


@pytest.fixture(scope="module")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoS3]:
    """An S3 with the bucket that `SmallExport` writes to."""
    with serve_s3(tmp_path_factory.mktemp("s3")) as server:
        server.bucket(BUCKET)
        yield server


@pytest.fixture(scope="module")
def portal(request: pytest.FixtureRequest) -> Iterator[RunningPortal]:
    """The portal that a module describes by its `PORTAL`, served to all its tests."""
    with serve(request.module.PORTAL) as running:
        yield running


@pytest.fixture(scope="session")
def exported_day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ExportedDay]:
    """A day of a small portal that answers with every kind of fault, five answers in a hundred being one."""
    settings = PortalSettings(**SMALL_PORTAL, faults=rates_of([], 0.05), hang_seconds=0.2)  # type: ignore[arg-type]
    with exported(tmp_path_factory.mktemp("exported_day"), settings) as day:
        yield day
