"""The associations APIs: paging per record, limits of their own, and what is not known for certain."""

from typing import Any
from urllib.parse import unquote

import pytest

from hubspot_assets.demo.portal import PortalSettings, serve

from .asking import Asking

BATCH = "/crm/associations/2026-09"


def batch(asking: Asking, pair: str, ids: list[str], **more: str) -> dict[str, Any]:
    answer = asking.post(f"{BATCH}/{pair}/batch/read", {"inputs": [{"id": i, **more} for i in ids]})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_a_record_with_thousands_is_paged_by_itself_until_it_has_no_cursor() -> None:
    with serve(PortalSettings(limits=False)) as portal, Asking(portal) as asking:
        company = next(portal.world.records("companies")).id
        read: list[str] = []
        more: dict[str, str] = {}
        while True:
            row = batch(asking, "0-2/0-3", [company], **more)["results"][0]
            read += [to["toObjectId"] for to in row["to"]]
            if "paging" not in row:
                break
            more = {"after": row["paging"]["next"]["after"]}
        truth = [i for i, _ in portal.world.associations_of("companies", company, "deals")]
    assert read == truth
    assert len(read) >= 1762


@pytest.mark.parametrize("strict", [False, True])
def test_the_cursor_of_a_record_is_encoded_in_the_json_and_its_link_leads_on(strict: bool) -> None:
    with serve(PortalSettings(limits=False, strict_cursors=strict)) as portal, Asking(portal) as asking:
        company = next(portal.world.records("companies")).id
        following = batch(asking, "0-2/0-3", [company])["results"][0]["paging"]["next"]
        by_link = asking.get(following["link"].removeprefix(portal.url)).json()["results"]
        both = [
            batch(asking, "0-2/0-3", [company], after=after)["results"][0]["to"]
            for after in (following["after"], unquote(following["after"]))
        ]
    assert following["after"].endswith("%3D")
    assert following["link"].endswith(f"?after={following['after']}")
    assert both[0] == both[1] == by_link[:500]


def test_a_batch_gives_each_record_its_pairs_types_and_labels() -> None:
    with serve(PortalSettings(contacts=200, limits=False)) as portal, Asking(portal) as asking:
        ids = [r.id for r in portal.world.records("contacts")]
        rows = batch(asking, "0-1/0-2", ids)["results"]
        read = {
            row["from"]["id"]: {
                to["toObjectId"]: {(t["category"], t["typeId"], t["label"]) for t in to["associationTypes"]}
                for to in row["to"]
            }
            for row in rows
        }
        truth = {
            i: {to: {(t.category, t.type_id, t.label) for t in types} for to, types in found}
            for i in ids
            if (found := portal.world.associations_of("contacts", i, "companies"))
        }
    assert read == truth
    assert len(truth) < len(ids), "records without associations are absent"


@pytest.mark.parametrize(("maximum", "count", "status"), [(1000, 1000, 200), (1000, 1001, 400), (100, 101, 400)])
def test_a_batch_takes_a_thousand_records_unless_it_takes_fewer(maximum: int, count: int, status: int) -> None:
    with serve(PortalSettings(contacts=5, association_inputs_maximum=maximum)) as portal, Asking(portal) as asking:
        inputs = [{"id": str(n)} for n in range(count)]
        assert asking.post(f"{BATCH}/0-1/0-2/batch/read", {"inputs": inputs}).status_code == status


def test_records_without_associations_can_be_errors_and_ids_can_be_integers() -> None:
    settings = PortalSettings(contacts=100, records_without_associations="in_errors", association_ids_as_integers=True)
    with serve(settings) as portal, Asking(portal) as asking:
        ids = [r.id for r in portal.world.records("contacts")]
        answer = batch(asking, "0-1/0-2", ids)
        older = asking.post("/crm/v4/associations/0-1/0-2/batch/read", {"inputs": [{"id": i} for i in ids]})
    without = {e["context"]["fromObjectId"][0] for e in answer["errors"]}
    assert without == set(ids) - {row["from"]["id"] for row in answer["results"]}
    assert answer["numErrors"] == len(without)
    assert older.status_code == 207
    assert all(isinstance(to["toObjectId"], int) for row in answer["results"] for to in row["to"])


def test_associations_to_archived_records_can_be_left_out() -> None:
    read = []
    for told in (True, False):
        with serve(PortalSettings(associations_to_archived=told, limits=False)) as portal, Asking(portal) as asking:
            ids = [r.id for r in portal.world.records("contacts")][:1000]
            rows = batch(asking, "0-1/0-2", ids)["results"]
            ends = {to["toObjectId"] for row in rows for to in row["to"]}
            read.append({i for i in ends if not portal.world.is_there("companies", i)})
    assert read[0]
    assert not read[1]


def test_associations_have_a_bucket_of_their_own_and_still_count_for_the_day() -> None:
    with serve(PortalSettings(contacts=5, associations_limit=2)) as portal, Asking(portal) as asking:
        answers = [asking.get(f"{BATCH}/0-1/0-2/labels") for _ in range(3)]
        listed = asking.get("/crm/objects/2026-09/0-1")
    assert [a.status_code for a in answers] == [200, 200, 429]
    assert answers[0].headers["X-HubSpot-RateLimit-Max"] == "2"
    assert listed.headers["X-HubSpot-RateLimit-Remaining"] == "189"
    assert listed.headers["X-HubSpot-RateLimit-Daily-Remaining"] == str(625_000 - 3)


def test_labels_tell_both_directions_with_type_ids_of_their_own() -> None:
    with serve(PortalSettings(contacts=5)) as portal, Asking(portal) as asking:
        there = asking.get(f"{BATCH}/0-1/0-2/labels").json()["results"]
        back = asking.get(f"{BATCH}/0-2/0-1/labels").json()["results"]
        labelled = asking.get("/crm/limits/2026-09/associations/labels").json()["results"]
    assert {"category": "USER_DEFINED", "typeId": 1, "label": "Billing, “main”"} in there
    assert {"category": "USER_DEFINED", "typeId": 2, "label": "Is billed"} in back
    pairs = {(row["fromObjectType"]["objectTypeId"], row["toObjectType"]["objectTypeId"]) for row in labelled}
    assert {("0-1", "0-2"), ("0-2", "0-1"), ("0-1", "0-1"), ("2-111", "0-1")} <= pairs
    assert labelled[0]["fromObjectType"] == {
        "objectTypeId": "0-1",
        "singularLabel": "Contact",
        "pluralLabel": "Contacts",
    }


def test_inline_associations_are_cut_at_a_hundred_and_the_link_leads_on() -> None:
    with serve(PortalSettings(limits=False)) as portal, Asking(portal) as asking:
        company = next(portal.world.records("companies")).id
        inline = asking.get(f"/crm/objects/2026-09/0-2/{company}", associations="0-3").json()["associations"]["deals"]
        link = inline["paging"]["next"]["link"].removeprefix(portal.url)
        rows = inline["results"] + list(asking.rows(link.partition("?")[0], after="100"))
        truth = portal.world.associations_of("companies", company, "deals")
    assert len(inline["results"]) == 100
    assert [row["id"] for row in rows] == [i for i, types in truth for _ in types]


def test_lists_are_no_end_of_an_association() -> None:
    with serve(PortalSettings(contacts=5)) as portal, Asking(portal) as asking:
        assert asking.get(f"{BATCH}/0-1/0-45/labels").status_code == 400
        assert asking.get(f"{BATCH}/0-7/0-1/labels").json() == {"results": []}
