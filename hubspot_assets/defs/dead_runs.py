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
_Status = dg.DagsterRunStatus
#: A process may be gone before it says that its run has started, and while somebody in the UI waits for it to stop.
_UNDER_WAY = [_Status.NOT_STARTED, _Status.STARTING, _Status.STARTED, _Status.CANCELING]


class _Noted(Process):
    """The process of a run, and which run that is: a run that executes another again gets the tags of that one."""

    run: str


def note_process(instance: dg.DagsterInstance, run_id: str) -> None:
    """Note that this process runs the run."""
    noted = _Noted(**this_process().model_dump(), run=run_id)
    instance.add_run_tags(run_id, {_PROCESS: noted.model_dump_json()})


def end_dead_runs(instance: dg.DagsterInstance, run: dg.DagsterRun) -> None:
    """Note the process of this run, and end those that are under way and whose process is known to be gone."""
    note_process(instance, run.run_id)
    here = this_process()
    for other in instance.get_runs(dg.RunsFilter(statuses=_UNDER_WAY)):
        process = _noted(other)
        if process and process.run == other.run_id != run.run_id and is_known_dead(process, here):
            instance.report_run_failed(
                other,
                f"This run's process {process.pid} was killed before it could report how the run ended. The next "
                "export of that day continues where it stopped.",
            )


def _noted(run: dg.DagsterRun) -> _Noted | None:
    """The process that a run noted; None where it noted none that is known here."""
    try:
        return parse(_Noted, run.tags.get(_PROCESS, "").encode(), _PROCESS)
    except LakeError:
        return None
