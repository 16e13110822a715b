"""`docs/benchmarks.md`, made from the kept figures and from nothing else: prose is here, numbers are not.

Not here: the tables of each scenario (`sections.py`).
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from hubspot_assets_tests.benchmarks import sections
from hubspot_assets_tests.benchmarks.markdown import table
from hubspot_assets_tests.benchmarks.results import Machine, Result

_HEAD = """\
# Benchmarks

Every figure on this page was written by `make bench`, none by hand. It runs the export beside the least that reading
can cost (the floor) and beside other programs that read HubSpot, one after another, on the same machine and against the
same made-up portal (`hubspot-assets portal`), each in a process of its own. Memory takes longer than all the rest
and is measured apart: `make bench BENCH="--only memory"`.

- **wall** from start to end of the process, with all that it imports; **CPU** is user and system time of the process
  and all that it starts, without the portal and the S3, which are other processes. **Peak memory** is the resident
  memory of the same processes together.
- **reading** is the part of it from the first to the last call for records; before it a contestant starts and asks for
  definitions, after it it writes what it has not written yet.
- **calls** are the requests that the portal answered, **at once** is how many of them were under way together at most.
- **share of the limit**: the calls made in each whole ten seconds between the first and the last call for records, as
  a part of those that HubSpot allows, on average.
- **rows** and **bytes** are what lies in the files at the end.
- Each was run once. Ratios are between contestants that read the same portal. Where there is no such pair, because one
  of them would have needed too long, they are for each record; of memory they are never.
"""

_FAIRNESS = """\
## What to keep in mind

- Contestants do not all do the same work; what each does is said above. A peer that writes one table and reads no
  history is set beside the export without history, which writes three tables from the same answers.
- Portal and S3 run on the same cores as the contestants. Where a figure is limited by all cores, a portal elsewhere
  would make it better.
- There is no TLS and no network between a contestant and the portal, for nobody. Latency, where there is any, is a wait
  before each answer.
- The portal's records share their values with others more than real ones do, so files are smaller than they would be.
- Peers run with their own defaults, in the versions named below each table.
"""


class _Section(NamedTuple):
    title: str
    lead: str
    body: Callable[[Result], str]


_SECTIONS: dict[str, _Section] = {
    "throughput": _Section(
        "{contacts:,.0f} contacts, {properties:.0f} properties, no latency",
        "How quick a reader is when HubSpot is not in its way: no latency, no rate limit.",
        sections.contacts,
    ),
    "rate-limit": _Section(
        "{contacts:,.0f} contacts, {properties:.0f} properties, {latency_ms:.0f} ms, {limit:.0f} calls in 10 s",
        "How much a reader makes of what HubSpot allows, when each answer takes {latency_ms:.0f} ms. Nobody can be "
        "quicker than the limit.",
        sections.contacts,
    ),
    "next-day": _Section(
        "The day after: {contacts:,.0f} contacts with history",
        "All five tables of contacts, exported on a day and again on the next one of the same portal.",
        sections.next_day,
    ),
    "small": _Section(
        "Small portals",
        "All tables of a portal without any record, and of one with few of everything, with no latency and no limit.",
        sections.small,
    ),
    "own-work": _Section(
        "The export's own work: {contacts:,.0f} contacts, {properties:.0f} properties",
        "What is left when HubSpot and S3 cost nothing: answers come from memory and files go nowhere. Between them is "
        "all that the export does: its client, checks, temporary files, frames, CSV and gzip; without starting.",
        sections.own_work,
    ),
    "memory": _Section(
        "Memory: {contacts:,.0f} contacts, {properties:.0f} properties, with history",
        "All five tables of contacts, on a portal without latency and limit.",
        sections.memory,
    ),
}

_WITH_CONTESTANTS = frozenset({"throughput", "rate-limit", "memory"})


def page_of(results: Mapping[str, Result]) -> str:
    """The whole page: every scenario that was measured, in the page's order."""
    measured = [results[name] for name in _SECTIONS if name in results]
    parts = [_HEAD, _contestants(measured), *map(section, measured), _FAIRNESS]
    return "\n\n".join(part.strip() for part in parts if part) + "\n"


def section(result: Result) -> str:
    """What the page says of one scenario."""
    title, lead, body = _SECTIONS[result.scenario]
    said = [f"## {title.format(**result.facts)}", lead.format(**result.facts)]
    if result.scale != "full":
        said.append(
            "**Measured at small scale**, which is for developing: starting costs more than reading, and these figures "
            "say little."
        )
    return "\n\n".join([*said, body(result), _machine(result.machine)])


def _contestants(results: list[Result]) -> str:
    does = {f.name: f.does for result in results if result.scenario in _WITH_CONTESTANTS for f in result.figures}
    return f"## Who runs\n\n{table(['', 'what it does'], does.items()).replace('---:', '---')}" if does else ""


def _machine(machine: Machine) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in machine.versions.items())
    return (
        f"*{machine.date}, {machine.cores} cores ({machine.processor}), {machine.memory_gib} GiB, {machine.system}; "
        f"{versions}. Load of the machine before it began: {machine.load:.1f}.*"
    )
