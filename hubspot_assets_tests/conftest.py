"""Fixtures that rooms share: an S3, a module's portal, and one day, exported once and looked at by many."""

from collections.abc import Iterator

import pytest

from hubspot_assets.demo.portal import PortalSettings, RunningPortal, serve
from hubspot_assets.demo.portal.faults import rates_of
from hubspot_assets.demo.s3 import DemoS3, serve_s3
from hubspot_assets_tests.exported import BUCKET, YESTERDAY, ExportedDay, exported
from hubspot_assets_tests.loaded_once import loaded_once
from hubspot_assets_tests.today import lasting

collect_ignore = ["browser"]
"""What `make browser` runs, and `make test` does not: each starts `dagster dev`, and a browser."""

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
