"""The drift sensor: a check result without a run."""

from collections.abc import Iterator

import dagster as dg
import pytest

from hubspot_assets.catalog.portal import Portal
from hubspot_assets.defs.build import build_defs
from hubspot_assets.defs.checks import CATALOGUE_IS_CURRENT
from hubspot_assets.defs.resources import HubSpotResource
from hubspot_assets.defs.sensors import portal_drift
from hubspot_assets.demo.portal import PortalSettings, serve


@pytest.fixture
def settings_of_a_portal(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with serve(PortalSettings(contacts=5, companies=5, deals=5, tickets=5, other_records=5, limits=False)) as portal:
        monkeypatch.setenv("HUBSPOT_ACCESS_TOKEN", portal.token)
        monkeypatch.setenv("HUBSPOT_API_URL", portal.url)
        yield


@pytest.mark.usefixtures("settings_of_a_portal")
def test_a_tick_reports_drift_as_a_check_result_and_requests_no_run() -> None:
    with dg.DagsterInstance.ephemeral() as instance, _context(instance) as context:
        tick = portal_drift(Portal.standard()).evaluate_tick(context)
        (evaluation,) = tick.asset_events
        instance.report_runless_asset_event(evaluation)
        records = instance.event_log_storage.get_latest_asset_check_execution_by_key([CATALOGUE_IS_CURRENT])
    assert not tick.run_requests
    assert "run `hubspot-assets discover`" in str(tick.skip_message)
    assert isinstance(evaluation, dg.AssetCheckEvaluation)
    assert not evaluation.passed
    assert evaluation.severity == dg.AssetCheckSeverity.WARN
    assert records[CATALOGUE_IS_CURRENT].status.value == "FAILED"


def test_a_tick_without_a_token_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HUBSPOT_ACCESS_TOKEN", raising=False)
    with dg.DagsterInstance.ephemeral() as instance, _context(instance) as context:
        tick = portal_drift(Portal.standard()).evaluate_tick(context)
    assert tick.skip_message == "HUBSPOT_ACCESS_TOKEN is not set, so HubSpot was not asked."
    assert not tick.asset_events


def test_the_sensor_and_its_check_are_in_the_definitions() -> None:
    definitions = build_defs(Portal.standard())
    assert definitions.resolve_sensor_def("portal_drift").minimum_interval_seconds == 24 * 60 * 60
    assert CATALOGUE_IS_CURRENT in definitions.resolve_asset_graph().asset_check_keys


def _context(instance: dg.DagsterInstance) -> dg.SensorEvaluationContext:
    return dg.build_sensor_context(instance=instance, resources={"hubspot": HubSpotResource()})
