"""What libraries make anew, for each client, instance and resource, of files and classes that no test changes.

Made once a process in tests: hundreds of exports in one process would load botocore's descriptions of S3, the revisions
of Dagster's databases and the schemas of resources hundreds of times, which is more than half of what a small export
costs.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import botocore.session
import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from dagster._config.pythonic_config import resource

_from_config, _schema_of = ScriptDirectory.from_config, resource.infer_schema_from_config_class


class _Configs:
    """Script directories by where their scripts are."""

    def __init__(self) -> None:
        self._made: dict[str | None, ScriptDirectory] = {}

    def __call__(self, config: Config) -> ScriptDirectory:
        location = config.get_main_option("script_location")
        if location not in self._made:
            self._made[location] = _from_config(config)
        return self._made[location]


def _schema(model: type[Any], fields_to_omit: set[str]) -> Any:
    return _schema_without(model, frozenset(fields_to_omit))


@cache
def _schema_without(model: type[Any], fields: frozenset[str]) -> Any:
    return _schema_of(model, fields_to_omit=set(fields))


_LOADED_ONCE: list[tuple[Any, str, Callable[..., Any]]] = [
    (botocore.session, "create_loader", cache(botocore.session.create_loader)),
    (ScriptDirectory, "from_config", _Configs()),
    (resource, "infer_schema_from_config_class", _schema),
]


@contextmanager
def loaded_once() -> Iterator[None]:
    """While the block runs, each of these is made once."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        for where, name, once in _LOADED_ONCE:
            monkeypatch.setattr(where, name, once)
        yield
