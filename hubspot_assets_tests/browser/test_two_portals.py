"""What a person sees in `dagster dev` of two portals side by side, which the daemon exports by their schedules."""

from collections.abc import Callable

import pytest

from hubspot_assets_tests.browser.conftest import DAYS
from hubspot_assets_tests.browser.deployment import Deployment
from hubspot_assets_tests.browser.driving import Browser

YESTERDAY = DAYS[-1]
TICKS_WITHIN = 600.0


def test_the_daemon_exports_each_portal_at_its_schedule(two: Deployment, browser: Browser) -> None:
    for name in ("eu", "us"):
        browser.open(f"{two.url}/locations/{two.location}/schedules/{name}__every_day")
        browser.sees(f"{name}__every_day", "1 run requested", within=TICKS_WITHIN, again=True)


@pytest.mark.parametrize("name", ["eu", "us"])
def test_both_portals_have_their_own_tables(two: Deployment, browser: Browser, name: str) -> None:
    browser.open(f"{two.url}/assets/{name}/objects_contacts?view=events")
    browser.sees(f"Partition {YESTERDAY} materialized in run", f"s3://demo-bucket/{name}/{YESTERDAY}", again=True)


def test_the_portal_whose_token_may_read_all_is_green(two: Deployment, browser: Browser) -> None:
    browser.open(f"{two.url}/assets/eu/objects_deals?view=checks")
    browser.sees("given Succeeded", f"{YESTERDAY}: 1", "state given", again=True)


def test_a_refused_scope_is_red_with_its_sentence(
    two: Deployment, browser: Browser, picture: Callable[[str], None]
) -> None:
    browser.open(f"{two.url}/assets/us/objects_deals?view=checks")
    browser.sees(
        "given Failed",
        f"{YESTERDAY}: refused. OBJECTS_DEALS is empty: status 403.",
        "Scope: crm.objects.deals.read",
        again=True,
    )
    picture("refused_scope")
    browser.open(f"{two.url}/assets/us/export_day?view=checks")
    browser.sees("nothing_refused Failed", again=True)
    browser.open(f"{two.url}/assets/us/objects_deals?view=events")
    browser.sees("unavailable", "crm.objects.deals.read")
    browser.has_no("row_count 0")


def test_the_run_of_the_refused_portal_failed_and_the_others_did_not(two: Deployment, browser: Browser) -> None:
    for name, ended in (("eu", "Success"), ("us", "Failure")):
        (run,) = two.runs_of(f"dagster/schedule_name={name}__every_day")
        browser.open(f"{two.url}/runs/{run}")
        browser.sees(ended, f"partition: {YESTERDAY}", again=True)


def test_health_of_one_portal_is_not_the_others(two: Deployment, browser: Browser) -> None:
    browser.open(f"{two.url}/asset-groups?expanded=global@global:eu__deals,global@global:us__deals")
    browser.sees("eu__contacts", "us__contacts")


def test_runs_of_one_portal_wait_for_each_other_and_those_of_two_do_not(two: Deployment, browser: Browser) -> None:
    first = two.launch(YESTERDAY, job="eu__daily_export")
    second = two.launch(YESTERDAY, "eu/teams")
    of_the_other = two.launch(YESTERDAY, "us/teams")
    browser.open(f"{two.url}/runs/{second}")
    browser.sees("Queued")
    for run in (first, second, of_the_other):
        browser.open(f"{two.url}/runs/{run}")
        browser.sees("Success", again=True)
    assert two.began_and_ended(second)[0] >= two.began_and_ended(first)[1]
    assert two.began_and_ended(of_the_other)[0] < two.began_and_ended(second)[0]
