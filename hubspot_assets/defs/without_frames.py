"""A failure whose sentence is all that the page of a run shows of it.

What was called on the way to it says nothing to who reads that page, and Dagster shows the frames of every exception
but one: that of another process, which brings its own account of itself. Importing this module raises ImportError where
a version of Dagster has no such exception (`internals.py`). Not here: what is said (`failures.py`).
"""

import dagster as dg
from dagster_shared.error import SerializableErrorInfo

from hubspot_assets.defs.internals import DagsterUserCodeProcessError


class _OwnAccount(DagsterUserCodeProcessError):
    def __init__(self, told: str) -> None:
        account = SerializableErrorInfo(f"{told}\n", [], Sentence.__name__)
        super().__init__(told, user_code_process_error_infos=[account])  # type: ignore[no-untyped-call]


class Sentence(dg.Failure, _OwnAccount):
    """A `dg.Failure` without frames; its description is the sentence."""
