"""Is a run in time for its day? Decided by when the run began, so that no midnight falls into the middle of it.

One moment for all its steps, whoever started it (a schedule, the UI, a backfill, a command) and whichever process runs
them. A run that goes on with another one's work is a run of its own. Not here: which days are over (`days.py`).
"""

from datetime import datetime, timezone
from functools import lru_cache

import dagster as dg

from hubspot_assets.days import check_snapshot
from hubspot_assets.settings import Settings


def check_in_time(context: dg.AssetExecutionContext, settings: Settings) -> None:
    """Raise LateSnapshot where the state of the run's day could not be read any more when the run began."""
    check_snapshot(context.partition_key, _began(context.instance, context.run.run_id), settings)


# Every step asks, and Dagster looks it up in its database.
@lru_cache(maxsize=4)
def _began(instance: dg.DagsterInstance, run_id: str) -> datetime:
    record = instance.get_run_record_by_id(run_id)
    if record is None:  # a step that is invoked directly, without a run
        return datetime.now(timezone.utc)
    if record.start_time is None:
        return datetime.fromtimestamp(record.create_timestamp.timestamp(), timezone.utc)
    return datetime.fromtimestamp(record.start_time, timezone.utc)
