"""The figures of a run, and the JSON file that keeps them between runs: scenarios can be measured one at a time.

Not here: how they are measured (`bench.py`), how they are shown (`page.py`).
"""

import json
import os
import platform
import subprocess
from dataclasses import asdict, dataclass, field
from datetime import datetime, timezone
from importlib.metadata import version
from pathlib import Path
from typing import Any

from hubspot_assets_tests.demo import tap_hubspot

_PACKAGES = ("polars", "dagster", "msgspec", "dlt", "hubspot-api-client")


@dataclass(frozen=True)
class Figure:
    """What one contestant did in one scenario. `memory`: (seconds, MiB), thinned out.

    `reading_seconds`: from the first to the last call for records; the rest of `seconds` is before and after.
    """

    name: str
    does: str
    records: int
    seconds: float
    cpu_seconds: float
    peak_mib: float
    disk_mib: float = 0.0
    calls: dict[str, int] = field(default_factory=dict)
    reading_seconds: float = 0.0
    refused: int = 0
    most_in_flight: int = 0
    share: float | None = None
    portal_cpu_seconds: float = 0.0
    tables: int = 0
    rows: int = 0
    bytes: int = 0
    memory: list[tuple[float, float]] = field(default_factory=list)
    reads_history: bool = False
    is_peer: bool = False

    @property
    def total_calls(self) -> int:
        return sum(self.calls.values())


@dataclass(frozen=True)
class Machine:
    """Where and with what a scenario was measured. `load`: runnable processes per minute before it began."""

    date: str
    cores: int
    processor: str
    memory_gib: int
    system: str
    load: float
    versions: dict[str, str]

    @classmethod
    def here(cls, tools: Path, load: float) -> "Machine":
        """This machine today. `tools` is where the peers are installed."""
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (1 << 30)
        versions = {"hubspot-assets": _own_version(), "Python": platform.python_version()}
        return cls(
            date=datetime.now(timezone.utc).date().isoformat(),
            cores=len(os.sched_getaffinity(0)),
            processor=_processor(),
            memory_gib=round(memory),
            system=platform.system(),
            load=load,
            versions={**versions, **{name: version(name) for name in _PACKAGES}, **_tap_version(tools)},
        )


@dataclass(frozen=True)
class Result:
    """One scenario, measured. `facts`: numbers about the portal that the page tells. `absent`: peer -> why."""

    scenario: str
    scale: str
    machine: Machine
    figures: list[Figure]
    facts: dict[str, float] = field(default_factory=dict)
    absent: dict[str, str] = field(default_factory=dict)

    def of(self, name: str, records: int | None = None) -> Figure | None:
        """The figure of a contestant, that on as many records if there is one; None where it took no part."""
        found = [figure for figure in self.figures if figure.name == name]
        return next((figure for figure in found if figure.records == records), found[0] if found else None)


def load(path: Path) -> dict[str, Result]:
    """The kept results by scenario; none where the file is not there."""
    if not path.exists():
        return {}
    return {entry["scenario"]: _result(entry) for entry in json.loads(path.read_text(encoding="utf-8"))}


def keep(path: Path, new: Result) -> dict[str, Result]:
    """Put a result in the place of the one that was kept of its scenario; gives all that are kept now."""
    results = {**load(path), new.scenario: new}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps([asdict(result) for result in results.values()], indent=1) + "\n", encoding="utf-8")
    return results


def _result(entry: dict[str, Any]) -> Result:
    figures = [Figure(**{**figure, "memory": [tuple(m) for m in figure["memory"]]}) for figure in entry["figures"]]
    return Result(**{**entry, "machine": Machine(**entry["machine"]), "figures": figures})


def _own_version() -> str:
    git = ["git", "-C", str(Path(__file__).parent), "rev-parse", "--short", "HEAD"]
    commit = subprocess.run(git, capture_output=True, text=True, check=False).stdout.strip()
    return f"{version('hubspot-assets')} ({commit})" if commit else version("hubspot-assets")


def _tap_version(tools: Path) -> dict[str, str]:
    found = tap_hubspot.version_in(tools / "tap-hubspot")
    return {"tap-hubspot": found} if found else {}


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())
