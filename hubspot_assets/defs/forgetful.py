"""A Dagster instance that keeps nothing.

Dagster's own ephemeral instance keeps all events in an SQLite database in memory all the same, and looks up in it what
each table is made of: a third of a small day's time. Importing this module raises ImportError where a version of
Dagster does not have what it is put together of (`internals.py`).
"""

from collections.abc import Mapping, Sequence
from typing import Any

import dagster as dg

from hubspot_assets.defs.internals import (
    AssetRecord,
    DefaultRunCoordinator,
    EventLogEntry,
    EventRecordsResult,
    InMemoryEventLogStorage,
    InMemoryRunStorage,
    InstanceType,
    LocalArtifactStorage,
    NoOpComputeLogManager,
    SyncInMemoryRunLauncher,
)


class _NothingKept(InMemoryEventLogStorage):
    """An event log that forgets what it is told, and knows of no asset."""

    def store_event(self, event: EventLogEntry) -> None:
        pass

    def get_asset_records(self, asset_keys: Sequence[dg.AssetKey] | None = None) -> Sequence[AssetRecord]:
        return ()

    def fetch_materializations(self, *_: Any, **__: Any) -> EventRecordsResult:
        return EventRecordsResult([], cursor="", has_more=False)

    def get_latest_tags_by_partition(self, *_: Any, **__: Any) -> Mapping[str, Mapping[str, str]]:
        return {}

    @property
    def asset_records_have_last_observation(self) -> bool:
        return True  # so that nothing is looked for elsewhere


class _RunsAlone(InMemoryRunStorage):
    """Runs without the snapshots of their jobs and plans, which nobody asks for who has the job at hand.

    To write those of hundreds of tables as JSON and read them again costs half a second.
    """

    def has_job_snapshot(self, _: str) -> bool:
        return True  # so that it is not added

    def has_execution_plan_snapshot(self, _: str) -> bool:
        return True

    def add_run(self, dagster_run: dg.DagsterRun) -> dg.DagsterRun:
        return super().add_run(dagster_run._replace(job_snapshot_id=None, execution_plan_snapshot_id=None))


def forgetful_instance(directory: str) -> dg.DagsterInstance:
    """An instance that forgets every event; `directory` is for what a run puts into files."""
    return dg.DagsterInstance(
        instance_type=InstanceType.EPHEMERAL,
        local_artifact_storage=LocalArtifactStorage(directory),
        run_storage=_RunsAlone(),
        event_storage=_NothingKept(),
        compute_log_manager=NoOpComputeLogManager(),
        run_coordinator=DefaultRunCoordinator(),
        run_launcher=SyncInMemoryRunLauncher(),
    )
