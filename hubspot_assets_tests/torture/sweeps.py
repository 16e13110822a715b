"""Runs of a small day that are killed at each of their changes in S3 in turn, and what the next run makes of it.

Who dies while asking leaves what one leaves that dies at the next change; so the changes are all there is to be killed
at. The runs are Dagster's, on an instance that stays. Here: a place with an exported day, the kills, and what has to be
so afterwards, one sentence for each thing that is not. Not here: how a process is killed (`dying`).
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import dagster as dg

from hubspot_assets.demo.portal import PortalSettings, serve
from hubspot_assets.lake import Lake
from hubspot_assets.lake.closing import several_readings
from hubspot_assets_tests.exported import YESTERDAY
from hubspot_assets_tests.lake.odd_s3 import BUCKET, OddS3, serve_odd_s3
from hubspot_assets_tests.small_export import FEW, catalogue
from hubspot_assets_tests.torture.days import Day, differences, read_day
from hubspot_assets_tests.torture.dying import Ended, run
from hubspot_assets_tests.torture.soak import rubbish, scratch_left

DAY = str(YESTERDAY)
WHOLE = ("export", "--day", DAY)
SINGLE = (*WHOLE, "--select", "OBJECTS_CONTACTS")
OTHER = (*WHOLE, "--select", "OWNERS")

RENEWALS = 3
"""How many changes one run may have less than the one before: the lease is renewed as time goes by."""


@dataclass
class Place:
    """A portal with one object type, an S3 in memory, and a day that was exported to it, undisturbed."""

    directory: Path
    environment: dict[str, str]
    s3: OddS3
    before: dict[str, bytes] = field(default_factory=dict)
    """The objects of the day as it was exported first."""
    undisturbed: Day | None = None
    changes: int = 0
    """How many changes the export of that day again takes."""
    first_changes: int = 0
    """How many the first export of it takes, which has nothing to delete."""
    single_changes: int = 0
    """How many one type of it takes."""

    @property
    def lake(self) -> Lake:
        return Lake(self.s3.client(1), BUCKET, "sweep")

    def run(self, *arguments: str, dies_at: int | None = None) -> Ended:
        return run(self.environment, self.directory / "log", *arguments, dies_at=dies_at)

    def export(self) -> None:
        """Export the day undisturbed, and count what exporting it again takes."""
        first = self.run(*WHOLE)
        assert first.code == 0, first.output
        self.first_changes = len(first.changes)
        self.undisturbed, self.before = read_day(self.lake, DAY), dict(self.s3.objects)
        self.changes = len(self.run(*WHOLE).changes)
        self.as_before()
        self.single_changes = len(self.run(*SINGLE).changes)

    def as_before(self, objects: dict[str, bytes] | None = None) -> None:
        """Put the bucket back."""
        self.s3.objects.clear()
        self.s3.objects.update(self.before if objects is None else objects)


@contextmanager
def place(directory: Path) -> Iterator[Place]:
    """Serve a portal and an S3, with a day in it."""
    for name in ("dagster_home", "tmp"):
        (directory / name).mkdir(parents=True)
    catalogue("0-1").save(directory / "hubspot_catalog.json")
    inherited = {n: v for n, v in os.environ.items() if not n.startswith(("AWS_", "HUBSPOT_", "DAGSTER_HOME"))}
    with serve(PortalSettings(**FEW)) as portal, serve_odd_s3() as s3:
        environment = {
            **inherited,
            **s3.environment,
            "AWS_EC2_METADATA_DISABLED": "true",
            "HUBSPOT_ACCESS_TOKEN": portal.token,
            "HUBSPOT_API_URL": portal.url,
            "HUBSPOT_S3_URL": f"s3://{BUCKET}/sweep",
            "HUBSPOT_CATALOG": str(directory / "hubspot_catalog.json"),
            "HUBSPOT_ALLOW_LATE_SNAPSHOT": "true",  # it may run past midnight
            "DAGSTER_HOME": str(directory / "dagster_home"),
            "TMPDIR": str(directory / "tmp"),
        }
        made = Place(directory, environment, s3)
        made.export()
        yield made


def whole_export_killed(there: Place, at: int, *, is_first: bool = False) -> list[str]:
    """Kill an export of the day before a change of its, and export the day; `is_first`: nothing was there before."""
    there.as_before({} if is_first else None)
    killed = there.run(*WHOLE, dies_at=at)
    if killed.code == 0 and at >= (there.first_changes if is_first else there.changes) - RENEWALS:
        return []
    if killed.code != -9:
        return [f"the export to be killed at change {at} ended with {killed.code}: {killed.output[-600:]}"]
    return flaws(there, there.run(*WHOLE), f"after an export that died at change {at}, {killed.changes[-1]}")


def single_table_killed(there: Place, at: int) -> list[str]:
    """Kill a run over one type of a closed day before a change of its; then run the same, another type, and all."""
    there.as_before()
    killed = there.run(*SINGLE, dies_at=at)
    if killed.code == 0 and at >= there.single_changes - RENEWALS:
        return []
    if killed.code != -9:
        return [f"the run to be killed at change {at} ended with {killed.code}: {killed.output[-600:]}"]
    left, what = dict(there.s3.objects), f"a run over one type that died at change {at}, {killed.changes[-1]}"
    found = []
    for arguments in (SINGLE, WHOLE):
        there.as_before(left)
        found += flaws(there, there.run(*arguments), f"{' '.join(arguments[3:] or arguments)} after {what}")
    there.as_before(left)
    other, what = there.run(*OTHER), f"{' '.join(OTHER[3:])} after {what}"
    if not any(several_readings(there.lake.manifests(DAY))):
        return found + flaws(there, other, what)
    if other.code != 1 or "comes from a different read of HubSpot than" not in other.output:
        found.append(f"{what} does not tell that a type is of two readings: {other.code}, {other.output[-600:]}")
    if there.lake.success(DAY):
        found.append(f"{what} closes a day that is of two readings")
    return found + flaws(there, there.run(*SINGLE), f"the same type again, after {what}")


def flaws(there: Place, ended: Ended, what: str) -> list[str]:
    """One sentence for each thing that is not as if nothing had been killed."""
    assert there.undisturbed
    found = [] if ended.code == 0 else [f"ended with {ended.code}: {ended.output[-600:]}"]
    if there.lake.success(DAY) is None:
        found.append("the day is not closed")
    found += [
        f"{name} is of another reading than {other}" for name, other in several_readings(there.lake.manifests(DAY))
    ]
    found += differences(read_day(there.lake, DAY), there.undisturbed)
    if left := rubbish(there.lake, list(there.s3.objects)):
        found.append(f"left behind: {', '.join(left[:5])}")
    if temporary := scratch_left(there.directory / "tmp"):
        found.append(f"left behind: {', '.join(temporary[:5])}")
    found += [f"run {run_id} stays {status}" for run_id, status in _not_ended(there.directory / "dagster_home")]
    return [f"{what}: {one}" for one in found]


def _not_ended(home: Path) -> Iterator[tuple[str, str]]:
    with dg.DagsterInstance.from_config(str(home)) as instance:
        for one in instance.get_runs():
            if not one.is_finished:
                yield one.run_id, one.status.value
                with suppress(Exception):  # so that it is told once
                    instance.delete_run(one.run_id)
