"""Everything of Dagster that is used here and is not its public API, behind one door.

Dagster moves these names between its minor versions. Whoever needs one imports it from here and is ready for an
ImportError: definitions load, and exports run by public API alone, where one of them is gone (`executor.py`,
`instance.py`, `run.py`). Not here: anything that is done with them.
"""

from dagster._core.definitions.job_base import InMemoryJob
from dagster._core.errors import DagsterExecutionInterruptedError, DagsterUserCodeProcessError
from dagster._core.event_api import EventRecordsResult
from dagster._core.events.log import EventLogEntry
from dagster._core.execution.api import ExecuteRunWithPlanIterable, execute_run_iterator
from dagster._core.execution.compute_logs import create_compute_log_file_key
from dagster._core.execution.context.system import PlanExecutionContext, PlanOrchestrationContext, StepExecutionContext
from dagster._core.execution.context_creation_job import PlanExecutionContextManager
from dagster._core.execution.plan.execute_plan import dagster_event_sequence_for_step
from dagster._core.execution.plan.instance_concurrency_context import InstanceConcurrencyContext
from dagster._core.execution.plan.plan import ExecutionPlan
from dagster._core.execution.retries import RetryMode
from dagster._core.instance.types import InstanceType
from dagster._core.launcher.sync_in_memory_run_launcher import SyncInMemoryRunLauncher
from dagster._core.run_coordinator import DefaultRunCoordinator
from dagster._core.storage.event_log import InMemoryEventLogStorage
from dagster._core.storage.event_log.base import AssetRecord
from dagster._core.storage.noop_compute_log_manager import NoOpComputeLogManager
from dagster._core.storage.root import LocalArtifactStorage
from dagster._core.storage.runs import InMemoryRunStorage

__all__ = [
    "AssetRecord",
    "DagsterExecutionInterruptedError",
    "DagsterUserCodeProcessError",
    "DefaultRunCoordinator",
    "EventLogEntry",
    "EventRecordsResult",
    "ExecuteRunWithPlanIterable",
    "ExecutionPlan",
    "InMemoryEventLogStorage",
    "InMemoryJob",
    "InMemoryRunStorage",
    "InstanceConcurrencyContext",
    "InstanceType",
    "LocalArtifactStorage",
    "NoOpComputeLogManager",
    "PlanExecutionContext",
    "PlanExecutionContextManager",
    "PlanOrchestrationContext",
    "RetryMode",
    "StepExecutionContext",
    "SyncInMemoryRunLauncher",
    "create_compute_log_file_key",
    "dagster_event_sequence_for_step",
    "execute_run_iterator",
]
