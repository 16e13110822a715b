"""Runs whose process is gone: nobody tells Dagster of a command that was killed, and its run stays STARTED for ever.

Each run notes its process; each run that begins looks at what the others noted. Dagster's own run monitoring does not
see runs that no launcher has started. Not here: what such a run has left in S3 (`lake.lease`).
"""

import os
import socket

import dagster as dg

_PROCESS = "hubspot_assets/process"


def end_dead_runs(instance: dg.DagsterInstance, run: dg.DagsterRun) -> None:
    """Note the process of this run, and end those of this machine that are STARTED and whose process is gone."""
    instance.add_run_tags(run.run_id, {_PROCESS: _process(os.getpid())})
    for other in instance.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED])):
        host, _, pid = other.tags.get(_PROCESS, "").rpartition(":")
        if other.run_id != run.run_id and host == socket.gethostname() and pid.isdecimal() and not _is_alive(int(pid)):
            instance.report_run_failed(
                other,
                f"The process {pid} of this run was killed before it could say how the run ended. The next export of "
                "its day goes on where it stopped.",
            )


def _process(pid: int) -> str:
    return f"{socket.gethostname()}:{pid}"


def _is_alive(pid: int) -> bool:
    if os.name != "posix":
        # Elsewhere signal 0 is not harmless.
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
