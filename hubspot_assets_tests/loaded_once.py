"""What libraries read from their own files for each client and each instance: read once a process in tests.

Hundreds of exports in one process would load botocore's descriptions of S3, and the revisions of Dagster's databases,
hundreds of times: a quarter of what a small export costs. Nothing of it depends on a test.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any
from unittest.mock import patch

import botocore.loaders
import botocore.session
from alembic.config import Config
from alembic.script import ScriptDirectory


@cache
def _loader(search_path: str | None = None) -> Any:
    return botocore.loaders.create_loader(search_path)


_from_config = ScriptDirectory.from_config
_scripts: dict[str | None, ScriptDirectory] = {}


def _script_directory(config: Config) -> ScriptDirectory:
    location = config.get_main_option("script_location")
    if location not in _scripts:
        _scripts[location] = _from_config(config)
    return _scripts[location]


@contextmanager
def loaded_once() -> Iterator[None]:
    """While the block runs, these files are read once."""
    with (
        patch.object(botocore.session, "create_loader", _loader),
        patch.object(ScriptDirectory, "from_config", _script_directory),
    ):
        yield
