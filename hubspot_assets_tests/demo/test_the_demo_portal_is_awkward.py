"""The portal of the demo meets who reads it with all that is awkward in real portals, whatever its size."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from hubspot_assets.cli.demo import _portal
from hubspot_assets.demo.portal import PortalSettings, RunningPortal, awkward, serve
from hubspot_assets_tests.demo.portal.asking import Asking

DAY = date(2026, 11, 25)
OBJECTS = "/crm/objects/2026-09"
SUBMISSIONS = "/form-integrations/v1/submissions/forms"


@pytest.fixture(params=[60, 1000])
def portal(request: pytest.FixtureRequest) -> Iterator[RunningPortal]:
    with serve(replace(_portal(DAY, request.param), limits=False)) as running:
        yield running


@pytest.fixture
def asking(portal: RunningPortal) -> Iterator[Asking]:
    with Asking(portal) as client:
        yield client


def lists(asking: Asking) -> list[dict[str, Any]]:
    body = {"count": 500, "offset": 0, "listIds": [], "processingTypes": [], "additionalProperties": []}
    found: list[dict[str, Any]] = asking.post("/crm/lists/2026-09/search", body).json()["lists"]
    return found


def test_custom_objects_are_called_what_clients_call_otherwise_and_one_has_no_plural(asking: Asking) -> None:
    labels = [row["labels"] for row in asking.get("/crm-object-schemas/2026-09/schemas").json()["results"]]
    assert {"singular": "Owner", "plural": "Owners"} in labels
    assert {"singular": "Yacht"} in labels


def test_types_of_few_accounts_are_counted(asking: Asking) -> None:
    rows = asking.get("/crm/limits/2026-09/records").json()["hubspotDefinedObjectTypes"]
    assert {"Contracts", "Partner clients", "Partner services", "Forecasts"} <= {row["pluralLabel"] for row in rows}


def test_a_form_for_comments_refuses_its_submissions(portal: RunningPortal, asking: Asking) -> None:
    forms = portal.world.forms.listed(archived=False, types={"blog_comment"})
    assert forms
    assert {asking.get(f"{SUBMISSIONS}/{form.guid}").status_code for form in forms} == {400}


def test_submissions_that_arrive_shift_the_pages(portal: RunningPortal, asking: Asking) -> None:
    form = next(f for f in portal.world.forms.listed(False, {"hubspot"}) if portal.world.forms.submission_count(f) > 30)
    before = [one.submitted_ms for one in portal.world.forms.submissions(form)]
    told, link = [], f"{SUBMISSIONS}/{form.guid}?limit=10"
    while link:
        page = asking.get(link.removeprefix(portal.url)).json()
        told += [row["submittedAt"] for row in page["results"]]
        link = page.get("paging", {}).get("next", {}).get("link", "")
    assert set(told) == set(before)
    assert len(told) > len(before)


def test_one_list_is_refused_and_one_says_0_and_has_members(portal: RunningPortal, asking: Asking) -> None:
    found = {row["listId"]: row for row in lists(asking)}
    answers = {i: asking.get(f"/crm/lists/2026-09/{i}/memberships", limit=250) for i in found}
    refused = [i for i, answer in answers.items() if answer.status_code == 400]
    says_0 = [i for i, row in found.items() if row["additionalProperties"]["hs_list_size"] == "0" and i not in refused]
    assert len(refused) == 1
    assert any(answers[i].json()["results"] for i in says_0)


def test_a_contact_is_merged_away_between_the_two_urls_that_its_names_need(
    portal: RunningPortal, asking: Asking
) -> None:
    names = [row["name"] for row in asking.get("/crm/properties/2026-09/0-1").json()["results"]]
    assert asking.get(f"{OBJECTS}/0-1", limit=50, propertiesWithHistory=",".join(names)).status_code == 414
    half = len(names) // 2
    pages = [
        asking.get(f"{OBJECTS}/0-1", limit=50, propertiesWithHistory=",".join(some)).json()["results"]
        for some in (names[:half], names[half:])
    ]
    first, second = ([row["id"] for row in page] for page in pages)
    lost = set(first) - set(second)
    assert len(lost) == 1
    body = {"inputs": [{"id": i} for i in lost], "properties": ["email"], "propertiesWithHistory": []}
    survivor = asking.post(f"{OBJECTS}/0-1/batch/read", body).json()["results"][0]["id"]
    assert survivor not in lost
    assert portal.world.is_there("0-1", survivor)


def test_emails_and_a_batch_of_associations_are_heavy_at_full_size(portal: RunningPortal, asking: Asking) -> None:
    pages = {size: asking.get(f"{OBJECTS}/0-49", limit=size).status_code for size in (50, 10)}
    contacts = [record.id for record in portal.world.records("0-1")][:100]
    batches = {
        size: asking.post(
            "/crm/associations/2026-09/0-1/0-2/batch/read", {"inputs": [{"id": i} for i in contacts[:size]]}
        ).status_code
        for size in (100, 10)
    }
    assert pages[50] in {500, 502, 504, 524}
    assert batches[100] in {500, 502, 504, 524}
    assert pages[10] == batches[10] == 200
    assert asking.get(f"{OBJECTS}/0-48", limit=50).status_code == 200, "only some paths are heavy"


def test_a_batch_of_associations_takes_a_hundred(asking: Asking) -> None:
    inputs = [{"id": str(n)} for n in range(101)]
    answer = asking.post("/crm/associations/2026-09/0-3/0-1/batch/read", {"inputs": inputs})
    assert answer.status_code == 400
    assert "is 100" in answer.json()["message"]


def test_a_cursor_that_is_encoded_twice_finds_nothing(asking: Asking) -> None:
    visits = {"eventType": "e_visited_page", "limit": 5}
    after = asking.get("/events/event-occurrences/2026-09", **visits).json()["paging"]["next"]["after"]
    twice = asking.get("/events/event-occurrences/2026-09", **visits, after=after)
    assert (twice.status_code, twice.json()) == (200, {"results": []})


def test_deals_have_stage_properties_that_are_not_defined_and_names_differ_by_capitals(asking: Asking) -> None:
    names = {row["name"] for row in asking.get("/crm/properties/2026-09/0-3").json()["results"]}
    row = asking.get(f"{OBJECTS}/0-3", limit=1, properties="hs_v2_date_entered_stage1").json()["results"][0]
    assert "hs_v2_date_entered_stage1" in row["properties"]
    assert "hs_v2_date_entered_stage1" not in names
    assert {"stage_closedWon", "stage_closedwon"} <= names


def test_the_days_calls_come_after_usage_of_another_kind(asking: Asking) -> None:
    rows = asking.get("/account-info/2026-09/api-usage/daily/private-apps").json()["results"]
    assert [row["name"] for row in rows] == ["sales-pro-seats", "private-apps-api-calls-daily"]


def test_nothing_else_of_a_portal_changes_when_it_is_made_awkward() -> None:
    plain = PortalSettings(contacts=7, seed=3, latency_ms=1.0, day=DAY)
    settings = awkward(plain)
    kept = ("contacts", "seed", "latency_ms", "day", "scopes", "limits", "daily_limit", "properties", "faults")
    assert [getattr(settings, name) for name in kept] == [getattr(plain, name) for name in kept]
    assert awkward(replace(plain, contacts=0, companies=0, other_records=0)).heavy_ids == frozenset()
