"""One run: the room it works in, and how contestants are measured on a portal one after another.

Not here: which contestants on which portal (`scenarios.py`).
"""

import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hubspot_assets.cli.demo import BUCKET
from hubspot_assets.demo.portal import PortalSettings
from hubspot_assets.demo.s3 import DemoS3, serve_s3
from hubspot_assets_tests.benchmarks.contestants import Contestant, Job
from hubspot_assets_tests.benchmarks.contestants.contestant import NotInstalled
from hubspot_assets_tests.benchmarks.measuring import CommandFailed, Cost, measured
from hubspot_assets_tests.benchmarks.portal_process import PortalProcess, portal_process
from hubspot_assets_tests.benchmarks.results import Figure
from hubspot_assets_tests.benchmarks.scale import Scale

_MOST_SAMPLES = 400
_LONGEST_SECONDS = {True: 1800.0, False: 6 * 3600.0}
"""By whether it is a peer: one that hangs must not hold up the others."""


@dataclass(frozen=True)
class Servers:
    """What a scenario reads from and writes to."""

    portal: PortalProcess
    s3: DemoS3


@dataclass
class Bench:
    """What all scenarios of a run share. `absent`: peers that could not take part, and why."""

    scale: Scale
    directory: Path
    """For what is installed once, and for what a scenario writes and then removes."""
    say: Callable[[str], None]
    contestants: frozenset[str] = frozenset()
    """Only those whose name begins with one of these; all of them for none."""
    absent: dict[str, str] = field(default_factory=dict)
    _jobs: int = 0

    @property
    def tools(self) -> Path:
        return self.directory / "tools"

    def chosen(self, contestants: Iterable[Contestant]) -> list[Contestant]:
        """Those of them that take part in this run."""
        chosen = tuple(self.contestants) or ("",)
        return [contestant for contestant in contestants if contestant.name.startswith(chosen)]

    @contextmanager
    def room(self) -> Iterator[DemoS3]:
        """An S3 for one scenario; all that was written goes when the block ends."""
        self.directory.mkdir(parents=True, exist_ok=True)
        room = TemporaryDirectory(prefix="run-", dir=self.directory.resolve())
        with room as directory, serve_s3(Path(directory) / "s3") as s3:
            s3.bucket(BUCKET)
            yield s3

    @contextmanager
    def servers(self, s3: DemoS3, settings: PortalSettings) -> Iterator[Servers]:
        """A portal in another process, beside an S3."""
        with portal_process(settings) as portal:
            held = portal.held
            self.say(f"portal of {held.records:,} records, {held.contacts:,} of them contacts:")
            yield Servers(portal, s3)

    def measure(self, contestant: Contestant, servers: Servers, prefix: str | None) -> Figure | None:
        """Measure one contestant. None, and an entry in `absent`, for a peer that does not come through."""
        job = self.job(servers, prefix)
        try:
            contestant.prepare(job)
            servers.portal.traffic()
            longest = _LONGEST_SECONDS[contestant.is_peer]
            cost = measured(contestant.command(job), job.directory, contestant.environment(job), longest)
            figure = _figure(contestant, servers, cost, job)
        except (NotInstalled, CommandFailed) as reason:
            if not contestant.is_peer:
                raise
            # The page gets the last line: before it is what the peer printed.
            self.absent[contestant.name] = str(reason).splitlines()[-1]
            self.say(f"  {contestant.name}: {reason}")
            return None
        self.say(
            f"  {figure.name}: {figure.seconds:.1f} s, {figure.cpu_seconds:.1f} s of CPU, {figure.peak_mib:.0f} MiB, "
            f"{figure.total_calls:,} calls, {figure.rows:,} rows"
        )
        shutil.rmtree(job.directory)
        return figure

    def measure_all(
        self, contestants: Iterable[Contestant], servers: Servers, *, prefix: str | None = None
    ) -> list[Figure]:
        """Measure contestants one after another; those with the same `prefix` write into the same folder of the S3."""
        figures = (self.measure(contestant, servers, prefix) for contestant in contestants)
        return [figure for figure in figures if figure]

    def job(self, servers: Servers, prefix: str | None = None) -> Job:
        """A job on these servers, with room of its own."""
        self._jobs += 1
        directory = servers.s3.directory.parent / f"{self._jobs}"
        directory.mkdir()
        portal = servers.portal
        day = portal.settings.day
        return Job(portal.url, portal.token, day, directory, servers.s3, prefix or f"{self._jobs}", self.tools)


def last_complete_day() -> date:
    """The day that can be exported now."""
    return datetime.now(timezone.utc).date() - timedelta(days=1)


def portal_of(*, day: date | None = None, **settings: Any) -> PortalSettings:
    """A portal on its 20th day, or later: 1 % of its records have changed on each. Without limits, if not given."""
    day = day or last_complete_day()
    first_day = last_complete_day() - timedelta(days=21)
    return PortalSettings(**{"day": day, "first_day": first_day, "limits": False, **settings})


def _figure(contestant: Contestant, servers: Servers, cost: Cost, job: Job) -> Figure:
    traffic, output = servers.portal.traffic(), contestant.output(job)
    there = servers.portal.held.contacts
    if output.contacts not in {None, there}:
        raise CommandFailed(f"{contestant.name} got {output.contacts:,} contacts, but there are {there:,}.")
    return Figure(
        name=contestant.name,
        does=contestant.does,
        records=servers.portal.held.records,
        seconds=cost.seconds,
        cpu_seconds=cost.cpu_seconds,
        peak_mib=cost.peak_mib,
        disk_mib=cost.disk_mib,
        calls=traffic.calls,
        reading_seconds=traffic.seconds,
        refused=traffic.refused,
        most_in_flight=traffic.most_in_flight,
        share=traffic.share,
        portal_cpu_seconds=traffic.portal_cpu_seconds,
        tables=output.tables,
        rows=output.rows,
        bytes=output.bytes,
        memory=[(round(s, 1), round(m, 1)) for s, m in cost.memory[:: len(cost.memory) // _MOST_SAMPLES + 1]],
        reads_history=contestant.reads_history,
        is_peer=contestant.is_peer,
    )
