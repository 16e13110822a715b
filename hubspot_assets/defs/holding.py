"""Who holds the days of a run: the run itself, around its steps, or else each process of it that runs single steps.

Here: what the steps of a run must know of it, too. Not here: what holding a day means (`lake.lease`), when a run begins
to (`day_run.py`).
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import dagster as dg

from hubspot_assets.lake import Lake, Manifest


@dataclass(frozen=True)
class DayRun:
    """What the steps of a run must know of it.

    `lake`: the one that holds the days of the run; None where each process of the run holds them itself. `tables_in`:
    tables that an export of the day wrote which did not come to its end.
    """

    lake: Lake | None = None
    tables_in: Mapping[str, Manifest] = field(default_factory=dict)

    def in_already(self, tables: Collection[str]) -> dict[str, Manifest]:
        """What is in of the tables of one step; nothing unless all are: they are of one reading, or made again."""
        if not self.tables_in.keys() >= set(tables):
            return {}
        return {table: self.tables_in[table] for table in tables}


# By run: Dagster makes all that a step gets anew for each step, so there is nothing else to hand it down by.
_RUNS: dict[str, DayRun] = {}


def run_of(run_id: str) -> DayRun:
    """Return the run of a step; of a process that runs single steps, one that knows nothing."""
    return _RUNS.get(run_id) or DayRun()


@contextmanager
def known_to_steps(run: DayRun, run_id: str) -> Iterator[None]:
    """Let the steps of a run find it while the block runs."""
    _RUNS[run_id] = run
    try:
        yield
    finally:
        del _RUNS[run_id]


def run_has_ended(instance: dg.DagsterInstance) -> Callable[[str], bool]:
    """Return what tells of another run whether it has ended, so that nobody waits for it."""

    def has_ended(run_id: str) -> bool:
        run = instance.get_run_by_id(run_id)
        return run is not None and run.is_finished

    return has_ended


@contextmanager
def held_by_run(lake: Lake, day: str, run_id: str, instance: dg.DagsterInstance) -> Iterator[Lake]:
    """Give a lake that holds the day for a run while the block runs; processes of one run hold it together.

    Raises DayBusy when another run holds it.
    """
    if lake.lease(day):
        yield lake
        return
    with lake.exporting(day, run=run_id, lasting=True, has_ended=run_has_ended(instance)) as held:
        yield held
