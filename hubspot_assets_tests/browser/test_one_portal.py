"""What a person sees in `dagster dev` of one portal: the graph, runs of a day, backfills, checks, what fails."""

import shutil
from collections.abc import Callable
from datetime import timedelta

from hubspot_assets_tests.browser.conftest import DAYS, OnePortal
from hubspot_assets_tests.browser.driving import Browser

YESTERDAY = DAYS[-1]
EXPANDED = "expanded=global@global:contacts"
SNAPSHOT = "HubSpot serves only its current state, so all tables but those of events can be exported only for"


def test_the_graph_opens_with_a_group_for_each_type_and_its_tables_in_it(
    one: OnePortal, browser: Browser, picture: Callable[[str], None]
) -> None:
    browser.open(f"{one.dagster.url}/asset-groups")
    browser.sees("definitions", "contacts", "deals", "associations", "lists", "events", "day")
    browser.draws("svg path[d^='M']", 10)
    picture("graph")
    browser.open(f"{one.dagster.url}/asset-groups?{EXPANDED}")
    browser.sees("objects_contacts", "objects.contacts")


def test_a_table_is_documented_before_its_first_run(one: OnePortal, browser: Browser) -> None:
    browser.open(f"{one.dagster.url}/assets/objects_contacts")
    browser.sees(
        "The contacts of the portal, one row each, one column for each property.",
        "HubSpot's object type id, for example 0-1 for contacts.",
        "HubSpot scope",
        "crm.objects.contacts.read",
        "Fails if more than 30 hours since last materialization",
        "Freshness policy Not evaluated",
    )


def test_the_checks_of_a_table_say_so_where_nothing_was_exported_yet(one: OnePortal, browser: Browser) -> None:
    browser.open(f"{one.dagster.url}/assets/teams?view=checks")
    browser.click("Execute all")
    browser.sees("No day has been exported yet, so there is nothing to check: materialize a day first.")


def test_what_a_tick_of_the_schedule_would_do_is_previewed_and_starts_no_run(one: OnePortal, browser: Browser) -> None:
    before = one.dagster.runs_of()
    browser.open(f"{one.dagster.url}/locations/{one.dagster.location}/schedules/every_day")
    browser.click("Preview tick result")
    browser.sees("Select an evaluation time to simulate")
    browser.click("Continue")  # with the earliest tick of the list
    browser.sees("Skipped", "was missed because the schedule was not running")
    browser.click("Close")
    assert one.dagster.runs_of() == before


def test_a_day_is_materialized_by_the_dialog_of_a_table(one: OnePortal, browser: Browser) -> None:
    browser.open(f"{one.dagster.url}/assets/teams")
    browser.click("Materialize…")
    browser.click("Latest")
    browser.sees("Showing 3 of 3 partitions")
    browser.click("Launch 1 run")
    one.dagster.wait_for_run(f"dagster/partition={YESTERDAY}")  # the page must not be left before it is launched
    browser.open(f"{one.dagster.url}/assets/teams?view=events")
    browser.sees(f"Partition {YESTERDAY} materialized in run", again=True)
    assert (one.folder / YESTERDAY / "TEAMS" / "_manifest.json").exists()


def test_a_table_that_was_last_materialized_two_days_ago_is_shown_as_no_longer_fresh(
    one: OnePortal, browser: Browser
) -> None:
    one.dagster.materialized("objects_contacts", ago=timedelta(days=2))
    browser.open(f"{one.dagster.url}/assets/objects_contacts")
    browser.sees("Latest materialization 2 days ago", "Freshness policy Failed", again=True)


def test_a_whole_day_ends_in_success_and_tells_rows_and_columns(one: OnePortal, browser: Browser) -> None:
    run = one.dagster.launch(YESTERDAY, job="daily_export")
    browser.open(f"{one.dagster.url}/runs/{run}")
    browser.sees("Success", f"partition: {YESTERDAY}", "Errored (0)", again=True)
    browser.has_no("boot")  # the process that a run notes is for the next one, and for nobody to read
    browser.open(f"{one.dagster.url}/assets/objects_contacts")
    browser.sees("Row count", "property_email", "Freshness policy Passing", again=True)


def test_all_checks_of_the_day_run_from_the_tab(
    one: OnePortal, browser: Browser, picture: Callable[[str], None]
) -> None:
    browser.open(f"{one.dagster.url}/assets/export_day?view=checks")
    browser.sees("keys_unique Succeeded", "values_fit Succeeded")
    browser.click("Execute all")
    browser.sees("yesterday_is_in Succeeded", again=True)
    browser.sees(f"{YESTERDAY} (the last exported day): no problems found.", again=True)
    shown = browser.text
    assert shown.count("Succeeded") == 12, shown
    assert "Execution failed" not in shown
    picture("checks")


def test_events_of_three_days_are_backfilled(one: OnePortal, browser: Browser) -> None:
    one.dagster.backfill(DAYS, "events_visited_page")
    browser.open(f"{one.dagster.url}/assets/events_visited_page?view=partitions")
    browser.sees("Materialized (3)", again=True)
    for day in DAYS:
        assert (one.folder / day / "EVENTS_VISITED_PAGE" / "_manifest.json").exists()


def test_snapshots_of_three_days_are_refused_in_one_sentence_without_a_frame_and_once(
    one: OnePortal, browser: Browser
) -> None:
    backfill = one.dagster.backfill(DAYS, "owners")
    browser.open(f"{one.dagster.url}/runs/b/{backfill}")
    browser.sees("Failed", "100% completed", again=True)
    browser.click("Runs")
    (run,) = one.dagster.runs_of(f"dagster/backfill={backfill}")
    browser.open(f"{one.dagster.url}/runs/{run}")
    browser.sees("Failure", SNAPSHOT, "For all these days, only the EVENTS_ tables")
    browser.has_no(r"\.py\b|Stack Trace")


def test_a_run_that_failed_goes_on_from_failure(one: OnePortal, browser: Browser) -> None:
    in_the_way = one.folder / YESTERDAY / "OWNERS"
    shutil.rmtree(in_the_way)
    in_the_way.write_text("a file where S3 wants a folder")
    run = one.dagster.launch(YESTERDAY, "owners", "owner_team", "teams")
    browser.open(f"{one.dagster.url}/runs/{run}")
    browser.sees("Failure", "Errored (1)", f"Cannot write s3://demo-bucket/hubspot/{YESTERDAY}/OWNERS/", again=True)
    browser.has_no(r"\.py\b")
    in_the_way.unlink()
    again = one.dagster.again_from_failure(run)
    browser.open(f"{one.dagster.url}/runs/{again}")
    browser.sees("Success", "Errored (0)", "Succeeded (1)", "Re-executions", again=True)
    assert (in_the_way / "_manifest.json").exists()


def test_of_two_runs_of_a_day_one_waits_for_the_other(one: OnePortal, browser: Browser) -> None:
    first = one.dagster.launch(YESTERDAY, job="daily_export")
    second = one.dagster.launch(YESTERDAY, "teams")
    browser.open(f"{one.dagster.url}/runs/{second}")
    browser.sees("Queued")
    browser.sees("Success", again=True)
    browser.open(f"{one.dagster.url}/runs/{first}")
    browser.sees("Success")
    assert (one.folder / YESTERDAY / "_SUCCESS.json").exists()
