"""What the steps of a run are given to read HubSpot with."""

import dagster as dg
import pytest
from urllib3.connection import HTTPConnection

from hubspot_assets.defs.resources import HubSpotResource
from hubspot_assets.demo.portal import PortalSettings, serve
from hubspot_assets.hubspot import HubSpotClient, limits
from hubspot_assets.hubspot.http.limiter import Limiter


def client_in(run_id: str, url: str = "http://127.0.0.1:1") -> HubSpotClient:
    """The client of a step of this run, for which Dagster sets the resource up anew."""
    run = dg.DagsterRun(job_name="daily_export", run_id=run_id)
    resource = HubSpotResource(access_token="pat-eu1-x", api_url=url)
    with dg.build_resources({"hubspot": resource}, dagster_run=run) as resources:
        client: HubSpotClient = resources.hubspot.reading().client
    return client


def limiter_in(run_id: str) -> Limiter:
    return client_in(run_id).limiter


def test_all_steps_of_a_run_keep_to_one_rate_and_another_run_knows_nothing_of_it():
    one, another = dg.DagsterRun(job_name="a").run_id, dg.DagsterRun(job_name="b").run_id

    assert limiter_in(one) is limiter_in(one)
    assert limiter_in(one) is not limiter_in(another)


def test_steps_and_later_runs_use_the_connections_that_are_open(monkeypatch: pytest.MonkeyPatch):
    opened = []
    connect = HTTPConnection.connect
    monkeypatch.setattr(HTTPConnection, "connect", lambda self: (opened.append(self.port), connect(self)))
    with serve(PortalSettings(token="pat-eu1-x", limits=False)) as portal:
        for run_id in ("one", "one", "one", "another"):
            assert limits.records(client_in(f"{run_id} on {portal.url}", portal.url))
    assert len(opened) == 1


def test_outside_of_a_run_a_reading_keeps_to_a_rate_of_its_own():
    resource = HubSpotResource(access_token="pat-eu1-x", api_url="http://127.0.0.1:1")

    assert resource.reading().client.limiter is not resource.reading().client.limiter


def test_what_is_left_empty_is_as_the_environment_has_it_whenever_a_step_asks(monkeypatch: pytest.MonkeyPatch):
    resource = HubSpotResource(token_variable="TOKEN_OF_EU", timezone="Europe/Berlin")
    found = []
    for token, limit in (("a", "10"), ("a", "30"), ("b", "30")):
        monkeypatch.setenv("TOKEN_OF_EU", token)
        monkeypatch.setenv("HUBSPOT_ROW_FALL_LIMIT", limit)
        settings = resource.settings()
        found.append((settings.needed_token(), settings.row_fall_limit, settings.timezone))

    assert found == [("a", 10, "Europe/Berlin"), ("a", 30, "Europe/Berlin"), ("b", 30, "Europe/Berlin")]
    assert resource.settings() is resource.settings(), "they are not made anew for each step"
