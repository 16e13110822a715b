"""Runs whose process is gone: nobody tells Dagster of a command that was killed, and its run stays STARTED for ever.

Each run notes its process; each run that begins looks at what the others noted. Dagster's own run monitoring does not
see runs that no launcher has started. Not here: how a process is known (`lake.holder`), what such a run has left in S3
(`lake.lease`).
"""

import dagster as dg

from hubspot_assets.lake.errors import LakeError
from hubspot_assets.lake.holder import Process, is_known_dead, this_process
from hubspot_assets.lake.manifest import parse

# What begins so is not shown in the UI: it says nothing to who looks at the list of runs.
_PROCESS = ".dagster/hubspot_assets/process"


def end_dead_runs(instance: dg.DagsterInstance, run: dg.DagsterRun) -> None:
    """Note the process of this run, and end those that are STARTED and whose process is known to be gone."""
    here = this_process()
    instance.add_run_tags(run.run_id, {_PROCESS: here.model_dump_json()})
    for other in instance.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED])):
        process = _noted(other)
        if other.run_id != run.run_id and process and is_known_dead(process, here):
            instance.report_run_failed(
                other,
                f"The process {process.pid} of this run was killed before it could say how the run ended. The next "
                "export of its day goes on where it stopped.",
            )


def _noted(run: dg.DagsterRun) -> Process | None:
    """The process that a run noted; None where it noted none that is known here."""
    try:
        return parse(Process, run.tags.get(_PROCESS, "").encode(), _PROCESS)
    except LakeError:
        return None
