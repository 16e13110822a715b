"""A day exported from a demo portal, with both servers still running: what the end-to-end tests look at."""

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import polars as pl
import pytest

from hubspot_assets.catalog.portal_tables import PortalTables
from hubspot_assets.checks.outcome import DayExport
from hubspot_assets.defs.run import export_day
from hubspot_assets.demo.portal import PortalSettings, RunningPortal, serve
from hubspot_assets.demo.portal.world import World
from hubspot_assets.demo.s3 import DemoS3, serve_s3
from hubspot_assets.hubspot import HubSpotClient
from hubspot_assets.lake import Lake
from hubspot_assets.reading.discovery import discover_to_file, load_portal
from hubspot_assets.settings import Settings
from hubspot_assets_tests.today import YESTERDAY

BUCKET = "demo-bucket"


@dataclass(frozen=True)
class ExportedDay:
    """The exported day, the portal it came from, and where both are."""

    day: str
    portal: RunningPortal
    portal_tables: PortalTables
    lake: Lake
    result: DayExport
    environment: Mapping[str, str]
    folder: Path
    """The day's folder on disk: the local S3 keeps objects as plain files."""

    @property
    def world(self) -> World:
        """What the portal holds."""
        return self.portal.world

    def client(self) -> HubSpotClient:
        return HubSpotClient(self.portal.token, self.portal.url)

    def frame(self, table: str) -> pl.DataFrame:
        return self.lake.read(table, self.day).collect()

    def rows(self, table: str) -> list[dict[str, Any]]:
        return self.frame(table).rows(named=True)


def client_of(s3: DemoS3, **options: Any) -> Any:
    """Return a client of a demo S3, whatever the environment says. `options`: more of boto3's."""
    return boto3.client(
        "s3",
        endpoint_url=s3.endpoint_url,
        aws_access_key_id=s3.access_key,
        aws_secret_access_key=s3.secret_key,
        region_name=s3.region,
        **options,
    )


@contextmanager
def environment(variables: Mapping[str, str]) -> Iterator[None]:
    """The process has these variables while the block runs, and none of the developer's own."""
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith(("AWS_", "HUBSPOT_", "DAGSTER_HOME")):
                patch.delenv(name)
        for name, value in variables.items():
            patch.setenv(name, value)
        yield


@contextmanager
def exported(
    directory: Path, settings: PortalSettings, *tables: str, day: str = str(YESTERDAY)
) -> Iterator[ExportedDay]:
    """Discover a demo portal, export a day of it (or some tables), and keep portal and S3 while the block runs."""
    with ExitStack() as stack:
        portal = stack.enter_context(serve(settings))
        s3 = stack.enter_context(serve_s3(directory / "s3"))
        s3.bucket(BUCKET)
        variables = {
            **s3.environment,
            "AWS_EC2_METADATA_DISABLED": "true",
            "HUBSPOT_ACCESS_TOKEN": portal.token,
            "HUBSPOT_API_URL": portal.url,
            "HUBSPOT_S3_URL": f"s3://{BUCKET}/hubspot",
            "HUBSPOT_CATALOG": str(directory / "hubspot_catalog.json"),
        }
        with environment(variables):
            discover_to_file(Settings())
            lake = Lake.from_url(variables["HUBSPOT_S3_URL"], boto3.Session().client("s3"))
            result = export_day(day, tables, lake=lake)
            portal_tables = PortalTables(load_portal(Settings().catalog))
        folder = directory / "s3" / BUCKET / "hubspot" / day
        yield ExportedDay(day, portal, portal_tables, lake, result, variables, folder)
