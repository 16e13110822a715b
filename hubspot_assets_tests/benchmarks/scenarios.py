"""What is measured: which contestants, on which portal, and which numbers of the portal the page has to tell.

To add a scenario, write a function from a bench to its figures and facts, name it in ``SCENARIOS``, and say in
``page.py`` what it shows.
"""

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from statistics import median
from typing import Any, NamedTuple

from hubspot_assets.demo.portal import PortalSettings
from hubspot_assets_tests.benchmarks.bench import Bench, last_complete_day, portal_of
from hubspot_assets_tests.benchmarks.contestants import (
    Contestant,
    Discover,
    DltPipeline,
    Export,
    ExportEverything,
    Floor,
    HubSpotSdk,
    OwnWork,
    TapHubSpot,
)
from hubspot_assets_tests.benchmarks.contestants.contestant import clean_environment
from hubspot_assets_tests.benchmarks.contestants.export import HISTORY, VALUES, program
from hubspot_assets_tests.benchmarks.measuring import measured
from hubspot_assets_tests.benchmarks.portal_process import Held
from hubspot_assets_tests.benchmarks.results import Figure, Machine, Result

LATENCY_MS = 250
FLOORS: tuple[Contestant, ...] = (Floor(reads_history=False), Floor(reads_history=True))
EXPORTS: tuple[Contestant, ...] = (Export(reads_history=False), Export(reads_history=True))
PEERS: tuple[Contestant, ...] = (HubSpotSdk(), DltPipeline(), TapHubSpot())
OWN_WORK = (
    OwnWork("one table", "OBJECTS_CONTACTS: one column for each property", VALUES[:1]),
    OwnWork("three tables", "all that need no history", VALUES),
    OwnWork("five tables", "all, with history", VALUES + HISTORY),
)
WITHOUT_ANYTHING: dict[str, Any] = dict.fromkeys(
    ("companies", "deals", "tickets", "other_records", "custom_objects", "lists", "events_per_day"), 0
)


class Measured(NamedTuple):
    """The figures of a scenario, and the facts that the page tells beside them."""

    figures: list[Figure]
    facts: dict[str, float]


def throughput(bench: Bench) -> Measured:
    """Contacts without latency and limits."""
    return _contacts(bench, [FLOORS[0], *EXPORTS], [*FLOORS, *EXPORTS, *PEERS])


def rate_limit(bench: Bench) -> Measured:
    """The same at a distance from HubSpot, under its limit."""
    return _contacts(bench, EXPORTS, [*FLOORS, *EXPORTS, *PEERS], latency_ms=LATENCY_MS, limits=True)


def own_work(bench: Bench) -> Measured:
    """What the export's own work costs, without HubSpot and S3."""
    figures: list[Figure] = []
    with bench.room() as s3, bench.servers(s3, _contacts_alone(bench, bench.scale.fewer_contacts)) as servers:
        for work in OWN_WORK:
            job = bench.job(servers)
            cost = measured(work.command(job), job.directory, work.environment(job))
            figure = Figure(work.name, work.does, peak_mib=cost.peak_mib, **work.report(job))
            bench.say(f"  {figure.name}: {figure.seconds:.1f} s, {figure.cpu_seconds:.1f} s of CPU")
            figures.append(figure)
        return Measured(figures, _facts(servers.portal.held))


def memory(bench: Bench) -> Measured:
    """Many contacts with history; the export alone."""
    settings = _contacts_alone(bench, bench.scale.contacts_for_memory)
    with bench.room() as s3, bench.servers(s3, settings) as servers:
        return Measured(bench.measure_all([Export(reads_history=True)], servers), _facts(servers.portal.held))


def next_day(bench: Bench) -> Measured:
    """A day, and the next one of the same portal, in which one record in a hundred has changed."""
    figures: list[Figure] = []
    facts: dict[str, float] = {}
    with bench.room() as s3:
        for name, before in (("day 1", 1), ("day 2", 0)):
            settings = _contacts_alone(bench, bench.scale.contacts, day=last_complete_day() - timedelta(days=before))
            with bench.servers(s3, settings) as servers:
                export = Export(reads_history=True, run=f", {name}")
                figures += bench.measure_all([export], servers, prefix="days")
                facts = _facts(servers.portal.held)
    return Measured(figures, facts)


def small(bench: Bench) -> Measured:
    """A portal without records, one with few of everything, and how long a command takes to start."""
    figures: list[Figure] = []
    few = bench.scale.records_of_a_small_portal
    # About fifty types: a third of the records are contacts, a third deals and companies, a third all others.
    some: dict[str, Any] = {"contacts": few // 3, "deals": few // 4, "companies": few // 12, "tickets": few // 24}
    some |= {"other_records": few // 150, "properties": bench.scale.properties // 4, "events_per_day": few // 10}
    for name, holds in (("empty", {**WITHOUT_ANYTHING, "contacts": 0}), ("small", some)):
        with bench.room() as s3, bench.servers(s3, portal_of(**holds)) as servers:
            commands: list[Contestant] = [
                Discover(f"discover, {name} portal"),
                ExportEverything(f"export, {name} portal"),
            ]
            figures += bench.measure_all(commands, servers, prefix="everything")
    return Measured([*figures, *_starts(bench)], {})


SCENARIOS: dict[str, Callable[[Bench], Measured]] = {
    "throughput": throughput,
    "rate-limit": rate_limit,
    "next-day": next_day,
    "small": small,
    "own-work": own_work,
    "memory": memory,
}
APART = frozenset({"memory"})
"""Measured only when asked for by name: it takes longer than all others together."""


def run(name: str, bench: Bench) -> Result:
    """Measure a scenario."""
    bench.absent.clear()
    load = os.getloadavg()[0]
    figures, facts = SCENARIOS[name](bench)
    if name != "memory":  # how it went over time is told there alone
        figures = [replace(figure, memory=[]) for figure in figures]
    return Result(name, bench.scale.name, Machine.here(bench.tools, load), figures, facts, dict(bench.absent))


def _contacts(bench: Bench, many: Sequence[Contestant], fewer: Sequence[Contestant], **settings: Any) -> Measured:
    """`many` read all contacts; `fewer` read a portal of the same kind that has fewer of them."""
    figures: list[Figure] = []
    facts: dict[str, float] = {}
    scale = bench.scale
    with bench.room() as s3:
        for contacts, contestants in ((scale.contacts, many), (scale.fewer_contacts, fewer)):
            if not (chosen := bench.chosen(contestants)):
                continue
            with bench.servers(s3, _contacts_alone(bench, contacts, **settings)) as servers:
                figures += bench.measure_all(chosen, servers)
                facts = facts or _facts(servers.portal.held)
    if settings.get("limits"):
        facts |= {"latency_ms": LATENCY_MS, "limit": PortalSettings.ten_secondly_limit}
    return Measured(figures, facts)


def _contacts_alone(bench: Bench, contacts: int, **settings: Any) -> PortalSettings:
    return portal_of(**WITHOUT_ANYTHING, contacts=contacts, properties=bench.scale.properties, **settings)


def _facts(held: Held) -> dict[str, float]:
    return {"contacts": held.contacts, "properties": held.properties, "changed": held.changed}


def _starts(bench: Bench) -> list[Figure]:
    python = sys.executable
    return [
        _start(bench, "python", "an interpreter that does nothing", [python, "-c", "pass"]),
        _start(bench, "hubspot-assets --help", "the commands, listed", [*program(), "--help"]),
        _start(
            bench,
            "importing the export",
            "all that `export` imports",
            [python, "-c", "import hubspot_assets.cli.export"],
        ),
    ]


def _start(bench: Bench, name: str, does: str, command: list[str]) -> Figure:
    with bench.room() as s3:
        directory = s3.directory.parent
        environment = clean_environment(directory)
        costs = [measured(command, directory, environment) for _ in range(bench.scale.starts)]
    seconds, cpu, peak = (median(getattr(c, part) for c in costs) for part in ("seconds", "cpu_seconds", "peak_mib"))
    bench.say(f"  {name}: {seconds:.2f} s")
    return Figure(name, does, 0, seconds, cpu, peak)
