"""This project's export, by its own command."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path

from hubspot_assets.catalog.object_types import STANDARD_OBJECT_TYPES
from hubspot_assets.catalog.portal import Portal
from hubspot_assets.cli.demo import BUCKET
from hubspot_assets_tests.benchmarks.contestants.contestant import Job, Output

IDS = "OBJECTS/CONTACTS"
VALUES = ("OBJECTS_CONTACTS", IDS, "OBJECT_WITH_OBJECT_PROPERTIES/CONTACTS")
HISTORY = ("OBJECT_PROPERTIES/CONTACTS", "OBJECT_PROPERTIES_HISTORY/CONTACTS")


def program() -> list[str]:
    """`hubspot-assets`, in this environment."""
    return [sys.executable, "-m", "hubspot_assets"]


def environment_of(job: Job) -> dict[str, str]:
    """The settings of an export of the job's portal into the job's folder."""
    return {
        **job.clean_environment(),
        **job.s3.environment,
        "AWS_EC2_METADATA_DISABLED": "true",
        "HUBSPOT_ACCESS_TOKEN": job.token,
        "HUBSPOT_API_URL": job.portal_url,
        "HUBSPOT_S3_URL": f"s3://{BUCKET}/{job.prefix}",
        "HUBSPOT_CATALOG": str(job.catalogue),
        "HUBSPOT_ALLOW_LATE_SNAPSHOT": "true",
    }


def folder_of(job: Job) -> Path:
    """Where the job's day lies: the local S3 keeps objects as plain files."""
    return job.s3.directory / BUCKET / job.prefix / str(job.day)


def written(job: Job, *tables: str) -> Output:
    """What the manifests of the job's day say of some tables, of all of them for none."""
    manifests = [json.loads(path.read_bytes()) for path in folder_of(job).rglob("_manifest.json")]
    found = [m for m in manifests if not tables or m["table"] in tables]
    files = [file for manifest in found for file in manifest["files"]]
    contacts = next((manifest["rows"] for manifest in found if manifest["table"] == IDS), None)
    return Output(len(found), sum(file["rows"] for file in files), sum(file["bytes"] for file in files), contacts)


@dataclass(frozen=True)
class Export:
    """The tables of contacts: all five, or the three that need no history."""

    reads_history: bool
    run: str = ""
    """Which of several runs it is, for the page."""
    is_peer: bool = False

    @property
    def name(self) -> str:
        return "hubspot-assets" + (", with history" if self.reads_history else "") + self.run

    @property
    def does(self) -> str:
        if self.reads_history:
            return "`hubspot-assets export` of all five tables of contacts to S3, with property history"
        return "`hubspot-assets export` of the three tables of contacts that need no history, to S3"

    @property
    def tables(self) -> tuple[str, ...]:
        return VALUES + HISTORY if self.reads_history else VALUES

    def prepare(self, job: Job) -> None:
        """Nothing to install. The catalogue has contacts alone, as if the portal had nothing else."""
        contacts = [t for t in STANDARD_OBJECT_TYPES if t.object_type_id == "0-1"]
        Portal.of(contacts, [], []).save(job.catalogue)

    def command(self, job: Job) -> list[str]:
        selected = [part for table in self.tables for part in ("--select", table)]
        return [*program(), "export", "--day", str(job.day), *selected]

    def environment(self, job: Job) -> dict[str, str]:
        return environment_of(job)

    def output(self, job: Job) -> Output:
        return written(job, *self.tables)


@dataclass(frozen=True)
class Discover:
    """Asks what the portal has, as is done once for a portal."""

    name: str = "hubspot-assets discover"
    does: str = "asks for all types, event types and pairs of types, and writes the portal catalogue"
    reads_history: bool = False
    is_peer: bool = False

    def prepare(self, job: Job) -> None:
        """Nothing to install."""

    def command(self, job: Job) -> list[str]:
        return [*program(), "discover"]

    def environment(self, job: Job) -> dict[str, str]:
        return environment_of(job)

    def output(self, job: Job) -> Output:
        return Output(0, 0, job.catalogue.stat().st_size, contacts=None)


@dataclass(frozen=True)
class ExportEverything:
    """A whole day of the portal that `Discover` has written down."""

    name: str = "hubspot-assets export"
    does: str = "every table of the portal, with history, to S3"
    reads_history: bool = True
    is_peer: bool = False

    def prepare(self, job: Job) -> None:
        """Nothing to install."""

    def command(self, job: Job) -> list[str]:
        return [*program(), "export", "--day", str(job.day)]

    def environment(self, job: Job) -> dict[str, str]:
        return environment_of(job)

    def output(self, job: Job) -> Output:
        return written(job)
