"""Who holds the day in a run of Dagster: a lake that was taken for it before, or else each step for the whole run.

Not here: what holding a day means (`lake.lease`).
"""

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from hubspot_assets.lake import Lake


class HeldLake:
    """In place of a `LakeResource`: a lake that holds the day of the run."""

    def __init__(self, held: Lake) -> None:
        self._held = held

    def lake(self) -> Lake:
        """Return it."""
        return self._held


@contextmanager
def held_by_run(lake: Lake, day: str, run_id: str, instance: dg.DagsterInstance) -> Iterator[Lake]:
    """Give a lake that holds the day for a run while the block runs; steps of one run hold it together.

    Raises DayBusy when another run holds it.
    """
    if lake.lease(day):
        yield lake
        return

    def has_ended(other: str) -> bool:
        run = instance.get_run_by_id(other)
        return run is not None and run.is_finished

    with lake.exporting(day, run=run_id, lasting=True, has_ended=has_ended) as held:
        yield held
