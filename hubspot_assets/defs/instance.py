"""The Dagster instance that a command runs on: the one of DAGSTER_HOME, or one that keeps nothing.

A command reports what happened from the events as they come, and is over then: without DAGSTER_HOME nobody could look
anything up later. Dagster's own ephemeral instance keeps all events in an SQLite database in memory all the same, and
looks up in it what each table is made of: a third of a small day's time.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dagster as dg
from dagster._core.events.log import EventLogEntry
from dagster._core.instance.types import InstanceType
from dagster._core.launcher.sync_in_memory_run_launcher import SyncInMemoryRunLauncher
from dagster._core.run_coordinator import DefaultRunCoordinator
from dagster._core.storage.event_log import InMemoryEventLogStorage
from dagster._core.storage.event_log.base import AssetRecord
from dagster._core.storage.noop_compute_log_manager import NoOpComputeLogManager
from dagster._core.storage.root import LocalArtifactStorage
from dagster._core.storage.runs import InMemoryRunStorage

from hubspot_assets.errors import SettingError
from hubspot_assets.scratch import scratch_directory


class _NothingKept(InMemoryEventLogStorage):
    """An event log that forgets what it is told, and knows of no asset."""

    def store_event(self, event: EventLogEntry) -> None:
        pass

    def get_asset_records(self, asset_keys: Sequence[dg.AssetKey] | None = None) -> Sequence[AssetRecord]:
        return ()

    def get_latest_tags_by_partition(self, *_: Any, **__: Any) -> Mapping[str, Mapping[str, str]]:
        return {}

    @property
    def asset_records_have_last_observation(self) -> bool:
        return True  # so that nothing is looked for elsewhere


@contextmanager
def instance_of_commands() -> Iterator[dg.DagsterInstance]:
    """The instance while the block runs. Raises SettingError for a DAGSTER_HOME that is none."""
    if os.environ.get("DAGSTER_HOME"):
        with _instance_of_home() as instance:
            yield instance
        return
    # Not Dagster's own temporary storage: what a killed command leaves of that, nobody removes.
    with scratch_directory() as directory, _keeping_nothing(directory) as instance:
        yield instance


def _instance_of_home() -> dg.DagsterInstance:
    try:
        return dg.DagsterInstance.get()
    except dg.DagsterError as error:
        raise SettingError(f"DAGSTER_HOME can not be used: {' '.join(str(error).split())}") from error


def _keeping_nothing(directory: Path) -> dg.DagsterInstance:
    return dg.DagsterInstance(
        instance_type=InstanceType.EPHEMERAL,
        local_artifact_storage=LocalArtifactStorage(str(directory)),
        run_storage=InMemoryRunStorage(),
        event_storage=_NothingKept(),
        compute_log_manager=NoOpComputeLogManager(),
        run_coordinator=DefaultRunCoordinator(),
        run_launcher=SyncInMemoryRunLauncher(),
    )
