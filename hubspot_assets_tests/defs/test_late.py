"""Midnight in the middle of a run: what is in time was decided when the run began."""

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from unittest.mock import patch

import dagster as dg
import pytest

from hubspot_assets import days
from hubspot_assets.defs.build import build_defs
from hubspot_assets.demo.s3 import DemoS3
from hubspot_assets.lake import Lake
from hubspot_assets_tests.exported import YESTERDAY
from hubspot_assets_tests.small_export import SmallExport, catalogue, small_export

KNOWN = catalogue("0-1", "0-2", pairs=[("0-1", "0-2")])


@pytest.fixture
def small(s3: DemoS3, tmp_path: Path) -> Iterator[SmallExport]:
    with small_export(s3, tmp_path, KNOWN) as export:
        yield export


class Clock(datetime):
    """The time, to which a day is added once `rang`."""

    rang = False

    @classmethod
    def now(cls, tz: object = None) -> "Clock":  # type: ignore[override]
        moved = datetime.now(timezone.utc) + timedelta(days=1 if cls.rang else 0)
        return cls.fromtimestamp(moved.timestamp(), timezone.utc)


@pytest.fixture
def midnight() -> Iterator[type[Clock]]:
    Clock.rang = False
    with patch.object(days, "datetime", Clock):
        yield Clock


def test_a_command_that_midnight_falls_into_writes_all_its_tables(small: SmallExport, midnight: type[Clock]) -> None:
    def ring(event: dg.DagsterEvent) -> None:
        midnight.rang = midnight.rang or event.is_step_materialization

    result = small.export(on_event=ring)
    assert result.failed == {}
    assert midnight.rang
    assert small.lake.success(str(YESTERDAY))


def test_a_run_of_the_ui_that_midnight_falls_into_writes_all_its_tables(
    small: SmallExport, midnight: type[Clock], monkeypatch: pytest.MonkeyPatch
) -> None:
    write = Lake.write

    def ring(*arguments: Any, **more: Any) -> Any:
        midnight.rang = True
        return write(*arguments, **more)

    monkeypatch.setattr(Lake, "write", ring)
    job = build_defs(KNOWN).resolve_job_def("daily_export")
    with dg.DagsterInstance.ephemeral() as instance:
        result = job.execute_in_process(instance=instance, partition_key=str(YESTERDAY), raise_on_error=False)
    assert midnight.rang
    assert result.success


def test_a_run_that_begins_after_midnight_is_late_in_every_step(small: SmallExport) -> None:
    result = small.export(day=str(YESTERDAY - timedelta(days=1)))
    assert "HUBSPOT_ALLOW_LATE_SNAPSHOT" in result.failed["OBJECTS_CONTACTS"]
    assert not small.lake.success(str(YESTERDAY - timedelta(days=1)))
