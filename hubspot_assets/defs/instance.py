"""The Dagster instance that a command runs on: the one of DAGSTER_HOME, or one that keeps nothing.

A command reports what happened from the events as they come, and is over then: without DAGSTER_HOME nobody could look
anything up later. Not here: how an instance keeps nothing (`forgetful.py`).
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from hubspot_assets.errors import SettingError
from hubspot_assets.scratch import scratch_directory


@contextmanager
def instance_of_commands() -> Iterator[dg.DagsterInstance]:
    """The instance while the block runs. Raises SettingError for a DAGSTER_HOME that is none."""
    if os.environ.get("DAGSTER_HOME"):
        with _instance_of_home() as instance:
            yield instance
        return
    # Not Dagster's own temporary storage: what a killed command leaves of that, nobody removes.
    with scratch_directory() as directory, _keeping_nothing(str(directory)) as instance:
        yield instance


def _instance_of_home() -> dg.DagsterInstance:
    try:
        return dg.DagsterInstance.get()
    except dg.DagsterError as error:
        raise SettingError(f"DAGSTER_HOME cannot be used: {' '.join(str(error).split())}") from error


def _keeping_nothing(directory: str) -> dg.DagsterInstance:
    try:
        from hubspot_assets.defs.forgetful import forgetful_instance  # noqa: PLC0415 - not with every Dagster
    except ImportError:
        # A version of Dagster that is put together in another way: its own, which is slower.
        return dg.DagsterInstance.ephemeral(tempdir=directory)
    return forgetful_instance(directory)
