"""A small demo portal and a lake for tests that export a few tables again and again, each in its own way.

`exported.py` exports one whole day for many tests; here a test says which types the portal catalogue has, which tables
are exported and how often.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

import boto3
import polars as pl
from typer.testing import CliRunner

from hubspot_assets.catalog.object_types import STANDARD_OBJECT_TYPES, ObjectType
from hubspot_assets.catalog.portal import EventType, Portal
from hubspot_assets.catalog.portal_tables import PortalTables
from hubspot_assets.checks.outcome import DayExport
from hubspot_assets.cli.app import app
from hubspot_assets.defs.run import OnEvent, export_day
from hubspot_assets.demo.portal import PortalSettings, RunningPortal, serve
from hubspot_assets.demo.s3 import DemoS3
from hubspot_assets.lake import Lake, Manifest
from hubspot_assets_tests.exported import BUCKET, YESTERDAY, environment
from hubspot_assets_tests.few_types import of_few_types
from hubspot_assets_tests.hurried import unlimited

FEW: dict[str, Any] = {
    "day": YESTERDAY,
    "first_day": YESTERDAY - timedelta(days=3),
    "contacts": 20,
    "companies": 6,
    "deals": 12,
    "tickets": 5,
    "other_records": 3,
    "properties": 5,
    "lists": 4,
    "events_per_day": 60,
    "limits": False,
}
"""Settings of a portal that has few records of everything."""

STANDARD = {t.object_type_id: t for t in STANDARD_OBJECT_TYPES}


def catalogue(
    *type_ids: str,
    custom: Sequence[ObjectType] = (),
    events: Sequence[EventType] = (),
    pairs: Sequence[tuple[str, str]] = (),
) -> Portal:
    """A portal catalogue of these standard types, and what else is given."""
    return Portal.of([*(STANDARD[type_id] for type_id in type_ids), *custom], events, pairs)


@dataclass(frozen=True)
class SmallExport:
    """A running portal, its catalogue's contract and the lake its tables go to."""

    portal: RunningPortal
    portal_tables: PortalTables
    lake: Lake
    folder: Path
    """The export's folder on disk: the local S3 keeps objects as plain files."""

    def export(self, *tables: str, day: str = str(YESTERDAY), on_event: OnEvent | None = None) -> DayExport:
        """Export these tables of a day (all of them for none)."""
        return export_day(day, tables, lake=self.lake, on_event=on_event)

    def manifest(self, table: str, day: str = str(YESTERDAY)) -> Manifest:
        return self.lake.manifest(table, day)

    def frame(self, table: str, day: str = str(YESTERDAY)) -> pl.DataFrame:
        return self.lake.read(table, day).collect()


@contextmanager
def small_export(
    s3: DemoS3,
    directory: Path,
    catalogue: Portal,
    variables: Mapping[str, str] = MappingProxyType({}),
    *,
    compares: bool = False,
    **settings: Any,
) -> Iterator[SmallExport]:
    """Serve a portal (`FEW`, changed by `settings`) with this catalogue; its lake is a folder of its own in `s3`.

    `variables` are set in the environment besides. `compares`: tell what the portal has and the catalogue lacks, as
    every real export does; catalogues of small exports lack most of it on purpose.
    """
    catalogue_file = directory / "hubspot_catalog.json"
    catalogue.save(catalogue_file)
    with ExitStack() as stack:
        if not compares:
            stack.enter_context(of_few_types())
        portal = stack.enter_context(serve(PortalSettings(**{**FEW, **settings})))
        if not portal.settings.limits:
            stack.enter_context(unlimited())
        prefix = directory.name
        variables = {
            **variables,
            **s3.environment,
            "AWS_EC2_METADATA_DISABLED": "true",
            "HUBSPOT_ACCESS_TOKEN": portal.token,
            "HUBSPOT_API_URL": portal.url,
            "HUBSPOT_S3_URL": f"s3://{BUCKET}/{prefix}",
            "HUBSPOT_CATALOG": str(catalogue_file),
        }
        stack.enter_context(environment(variables))
        # The default session would keep the keys of another test's server.
        lake = Lake.from_url(variables["HUBSPOT_S3_URL"], boto3.Session().client("s3"))
        yield SmallExport(portal, PortalTables(catalogue), lake, s3.directory / BUCKET / prefix)


def command(*arguments: str) -> tuple[int, str]:
    """Exit code and output (on one line) of `hubspot-assets` with these arguments, in this process."""
    result = CliRunner().invoke(app, list(arguments))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, " ".join(result.output.split())
