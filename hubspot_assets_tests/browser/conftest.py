"""Two deployments that the tests look at: one of a single portal, one of two; and a browser.

Without Chromium and its driver, every test here is skipped. With `PICTURES=1` in the environment, what `picture` is
asked for is written to `docs/pictures`.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from hubspot_assets.catalog.portal import EventType
from hubspot_assets.demo.portal import PortalSettings, RunningPortal, serve
from hubspot_assets.demo.s3 import DemoS3, serve_s3
from hubspot_assets_tests.browser.deployment import ROOT, Deployment, dagster_dev
from hubspot_assets_tests.browser.driving import Browser, browser_of
from hubspot_assets_tests.exported import BUCKET, YESTERDAY
from hubspot_assets_tests.small_export import FEW, catalogue

DAYS = [str(YESTERDAY - timedelta(days=ago)) for ago in (2, 1, 0)]
"""Days that are over; of all but the last only events can be made."""

VISITED = EventType("e_visited_page", "e_visited_page")
KNOWN = catalogue("0-1", "0-3", events=[VISITED], pairs=[("0-1", "0-3")])
WITHOUT_DEALS = frozenset({"crm.objects.deals.read"})


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if not (shutil.which("chromium") and shutil.which("chromedriver")):
        for item in items:
            if Path(__file__).parent in item.path.parents:
                item.add_marker(pytest.mark.skip(reason="there is no chromium with chromedriver here"))


@dataclass(frozen=True)
class OnePortal:
    """A deployment of one portal, and what lies behind it."""

    dagster: Deployment
    portal: RunningPortal
    s3: DemoS3
    folder: Path
    """The export's folder on disk: the local S3 keeps objects as plain files."""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browser_of(tmp_path_factory.mktemp("browser")) as one:
        yield one


@pytest.fixture
def picture(browser: Browser) -> Callable[[str], None]:
    """Takes the picture of the documentation that is called so, where pictures are asked for."""

    def take(name: str) -> None:
        if os.environ.get("PICTURES"):
            browser.picture(ROOT / "docs" / "pictures" / f"{name}.png")

    return take


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OnePortal]:
    directory = tmp_path_factory.mktemp("one")
    with ExitStack() as stack:
        s3, of_s3 = _s3(stack, directory)
        portal = stack.enter_context(serve(PortalSettings(**FEW)))
        KNOWN.save(directory / "hubspot_catalog.json")
        of_portal = {
            "HUBSPOT_ACCESS_TOKEN": portal.token,
            "HUBSPOT_API_URL": portal.url,
            "HUBSPOT_S3_URL": f"s3://{BUCKET}/hubspot",
            "HUBSPOT_CATALOG": str(directory / "hubspot_catalog.json"),
            "HUBSPOT_FIRST_DAY": DAYS[0],
        }
        dagster = stack.enter_context(dagster_dev(directory, {**of_s3, **of_portal}))
        yield OnePortal(dagster, portal, s3, s3.directory / BUCKET / "hubspot")


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """Two portals, whose schedules tick a few minutes after they are loaded; the token of `us` lacks deals' scope."""
    directory = tmp_path_factory.mktemp("two")
    lacking = {"eu": frozenset[str](), "us": WITHOUT_DEALS}
    with ExitStack() as stack:
        variables = {**_s3(stack, directory)[1], "EXPORTS_SOON": str(directory / "exports_at")}
        file = ""
        for name, scopes in lacking.items():
            portal = stack.enter_context(serve(PortalSettings(**FEW, without_scopes=scopes)))
            KNOWN.save(directory / f"hubspot_catalog_{name}.json")
            variables[f"TOKEN_{name.upper()}"] = portal.token
            file += f"{name}: {{token_variable: TOKEN_{name.upper()}, s3_url: 's3://{BUCKET}/{name}', "
            file += f"api_url: '{portal.url}'}}\n"
        (directory / "hubspot_portals.yaml").write_text(file)
        yield stack.enter_context(dagster_dev(directory, variables))


def _s3(stack: ExitStack, directory: Path) -> tuple[DemoS3, dict[str, str]]:
    s3 = stack.enter_context(serve_s3(directory / "s3"))
    s3.bucket(BUCKET)
    return s3, {**s3.environment, "AWS_EC2_METADATA_DISABLED": "true"}
