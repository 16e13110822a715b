"""A code location whose steps run in processes of their own, which are set up in another way than the run.

`IN_OTHER_PROCESSES`, a JSON object, says what their environment has, as that of another machine would.
"""

import json
import multiprocessing
import os

import dagster as dg

from hubspot_assets.defs.build import build_defs
from hubspot_assets.defs.executor import around_steps
from hubspot_assets_tests.few_types import of_few_types


def daily_export() -> dg.JobDefinition:
    """The job of a day, as each process makes it anew."""
    of_few_types().start()
    if multiprocessing.parent_process() is not None:
        os.environ.update(json.loads(os.environ["IN_OTHER_PROCESSES"]))
    return build_defs(executor=around_steps(dg.multiprocess_executor)).resolve_job_def("daily_export")
