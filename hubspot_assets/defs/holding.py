"""Who holds the days of a run: the run itself, around its steps, or else each process of it that runs single steps.

Not here: what holding a day means (`lake.lease`), when a run begins to (`day_run.py`).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import dagster as dg

from hubspot_assets.lake import Lake

# By run: what Dagster makes anew for each step finds there what its run holds.
_HELD: dict[str, Lake] = {}


def lake_of_run(run_id: str) -> Lake | None:
    """Return the lake that holds the days of a run of this process; None where the run holds none."""
    return _HELD.get(run_id)


@contextmanager
def held_for_steps(held: Lake, run_id: str) -> Iterator[None]:
    """Let the steps of a run find the lake that holds its days, while the block runs."""
    _HELD[run_id] = held
    try:
        yield
    finally:
        del _HELD[run_id]


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
