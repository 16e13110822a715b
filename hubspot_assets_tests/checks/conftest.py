"""Fixtures: the lake on a real S3 server, a clean environment, and a small portal with two days that are right."""

import os

import pytest

from hubspot_assets_tests.checks.small_portal import DAY, DAY_BEFORE, SmallDay
from hubspot_assets_tests.lake.conftest import folder, lake, prefix, s3, s3_server

__all__ = ["folder", "lake", "prefix", "s3", "s3_server"]


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith("HUBSPOT_"):
            monkeypatch.delenv(name)


@pytest.fixture
def day() -> SmallDay:
    return SmallDay(DAY)


@pytest.fixture
def day_before() -> SmallDay:
    return SmallDay(DAY_BEFORE)
