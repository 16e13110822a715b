"""What the steps of a run are given to read HubSpot with."""

import dagster as dg

from hubspot_assets.defs.resources import HubSpotResource
from hubspot_assets.hubspot.http.limiter import Limiter


def limiter_in(run_id: str) -> Limiter:
    """The limiter of a step of this run, for which Dagster sets the resource up anew."""
    run = dg.DagsterRun(job_name="daily_export", run_id=run_id)
    resource = HubSpotResource(access_token="pat-eu1-x", api_url="http://127.0.0.1:1")
    with dg.build_resources({"hubspot": resource}, dagster_run=run) as resources:
        limiter: Limiter = resources.hubspot.reading().client.limiter
    return limiter


def test_all_steps_of_a_run_keep_to_one_rate_and_another_run_knows_nothing_of_it():
    one, another = dg.DagsterRun(job_name="a").run_id, dg.DagsterRun(job_name="b").run_id

    assert limiter_in(one) is limiter_in(one)
    assert limiter_in(one) is not limiter_in(another)


def test_outside_of_a_run_a_reading_keeps_to_a_rate_of_its_own():
    resource = HubSpotResource(access_token="pat-eu1-x", api_url="http://127.0.0.1:1")

    assert resource.reading().client.limiter is not resource.reading().client.limiter
