"""When the export runs by itself, and what a tick says that comes too late for its day."""

from datetime import datetime, timedelta, timezone

import dagster as dg
import pytest

from hubspot_assets.catalog.portal import Portal
from hubspot_assets.checks.rules import RULES
from hubspot_assets.days import next_export
from hubspot_assets.defs.assets.export_day import EXPORT_DAY
from hubspot_assets.defs.build import build_defs
from hubspot_assets.defs.checks import CATALOGUE_IS_CURRENT, YESTERDAY_IS_IN
from hubspot_assets.defs.schedules import at_deadline, every_day
from hubspot_assets.settings import Settings


def tick(moment: datetime) -> dg.RunRequest | dg.SkipReason:
    context = dg.build_schedule_context(scheduled_execution_time=moment)
    answer = every_day(Settings())(context)
    assert isinstance(answer, dg.RunRequest | dg.SkipReason)
    return answer


def last_tick() -> datetime:
    return datetime.now(timezone.utc).replace(hour=0, minute=20, second=0, microsecond=0)


@pytest.fixture(autouse=True)
def no_late_snapshots(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HUBSPOT_ALLOW_LATE_SNAPSHOT", raising=False)
    monkeypatch.delenv("HUBSPOT_TIMEZONE", raising=False)


def test_a_tick_in_time_exports_the_day_before() -> None:
    request = tick(last_tick())
    yesterday = str((last_tick() - timedelta(days=1)).date())
    assert isinstance(request, dg.RunRequest)
    assert (request.partition_key, request.run_key) == (yesterday, yesterday)


def test_a_tick_that_is_caught_up_after_its_day_marks_it_as_missed_and_runs_nothing() -> None:
    answer = tick(last_tick() - timedelta(days=3))
    missed = str((last_tick() - timedelta(days=4)).date())
    assert isinstance(answer, dg.SkipReason)
    assert str(answer.skip_message).startswith(f"{missed} was missed")
    assert "Its events can still be exported" in str(answer.skip_message)


def test_a_late_snapshot_that_is_allowed_is_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUBSPOT_ALLOW_LATE_SNAPSHOT", "true")
    assert isinstance(tick(last_tick() - timedelta(days=3)), dg.RunRequest)


def test_the_days_run_has_the_days_checks_and_the_deadlines_run_has_its_own() -> None:
    definitions = build_defs(Portal.standard())
    of_day = definitions.resolve_job_def("daily_export").asset_layer.asset_graph.asset_check_keys
    of_deadline = definitions.resolve_job_def("deadline").asset_layer.asset_graph
    every = {(key.asset_key, key.name) for key in of_day}
    assert {name for key, name in every if key == EXPORT_DAY} == {rule.name for rule in RULES}
    assert {name for key, name in every if key == dg.AssetKey("objects_contacts")} == {"given"}
    assert of_deadline.asset_check_keys == {YESTERDAY_IS_IN}
    assert CATALOGUE_IS_CURRENT not in of_day


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin"])
def test_the_deadline_is_at_six_in_the_exports_time_zone(zone: str) -> None:
    settings = Settings(timezone=zone)
    assert at_deadline(settings).cron_schedule == "0 6 * * *"
    assert at_deadline(settings).execution_timezone == every_day(settings).execution_timezone == zone


@pytest.mark.parametrize(
    ("now", "expected"),
    [("2026-03-01T00:10:00+00:00", "2026-03-01T00:20:00"), ("2026-03-01T00:20:00+00:00", "2026-03-02T00:20:00")],
)
def test_the_next_export_is_the_next_tick(now: str, expected: str) -> None:
    after = datetime.fromisoformat(now)
    assert next_export(timezone.utc, after).isoformat().startswith(expected)
    assert isinstance(tick(next_export(timezone.utc, after)), dg.RunRequest | dg.SkipReason)
