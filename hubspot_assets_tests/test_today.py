"""Tests that run past midnight go on with the day on which they began."""

import os
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from hubspot_assets.demo.s3 import DemoS3
from hubspot_assets.settings import Settings
from hubspot_assets_tests.small_export import catalogue, small_export
from hubspot_assets_tests.today import TODAY, YESTERDAY, Clock, last_moment

DAY_BEFORE = str(YESTERDAY - timedelta(days=1))


@pytest.fixture
def past_midnight(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests began yesterday."""
    monkeypatch.setattr(Clock, "stands_at", last_moment(YESTERDAY))


def test_the_clock_goes_until_midnight(monkeypatch: pytest.MonkeyPatch) -> None:
    now = datetime.now(timezone.utc)
    monkeypatch.setattr(Clock, "stands_at", now + timedelta(hours=1))
    assert now <= Clock.now(timezone.utc) <= datetime.now(timezone.utc)
    monkeypatch.setattr(Clock, "stands_at", now - timedelta(hours=1))
    assert Clock.now(timezone.utc) == Clock.fromtimestamp(now.timestamp(), timezone.utc) == now - timedelta(hours=1)


@pytest.mark.usefixtures("past_midnight")
def test_a_day_that_was_yesterday_when_the_tests_began_is_exported(s3: DemoS3, tmp_path: Path) -> None:
    with small_export(s3, tmp_path, catalogue("0-1")) as small:
        assert Settings().yesterday == DAY_BEFORE
        assert small.export("OWNERS", day=DAY_BEFORE).failed == {}


def test_every_process_of_the_tests_has_the_same_day() -> None:
    began = datetime(2026, 2, 3, tzinfo=timezone.utc).isoformat()
    program = (
        "from hubspot_assets_tests.today import YESTERDAY, lasting; from hubspot_assets.settings import Settings\n"
    )
    program += "with lasting(): print(YESTERDAY, Settings().yesterday)"
    told = subprocess.check_output([sys.executable, "-c", program], env=os.environ | {"TESTS_BEGAN": began}, text=True)
    assert told.split() == ["2026-02-02"] * 2
    assert os.environ["TESTS_BEGAN"].startswith(str(TODAY))
