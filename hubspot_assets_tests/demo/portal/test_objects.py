"""The CRM objects and search APIs: what they give, and what they refuse."""

from collections.abc import Iterator

import pytest
import requests

from hubspot_assets.demo.portal import PortalSettings, serve

from .asking import Asking

OBJECTS = "/crm/objects/2026-09"


@pytest.fixture(scope="module")
def asking() -> Iterator[Asking]:
    with serve(PortalSettings(contacts=250, limits=False)) as portal, Asking(portal) as client:
        yield client


def refusal(answer: requests.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["message"]


def test_a_walk_gives_every_record_once_by_id_ascending(asking: Asking) -> None:
    truth = [r.id for r in asking.portal.world.records("contacts")]
    assert [row["id"] for row in asking.rows(f"{OBJECTS}/0-1", limit=100)] == truth
    assert sorted(truth, key=int) == truth


def test_the_old_path_and_the_name_answer_like_the_dated_path_and_the_id(asking: Asking) -> None:
    answers = [
        asking.get(path, limit=3).json()["results"]
        for path in (f"{OBJECTS}/0-1", "/crm/v3/objects/contacts", "/crm/objects/2026-03/CONTACT")
    ]
    assert answers[0] == answers[1] == answers[2]


def test_ten_records_come_when_no_limit_is_given(asking: Asking) -> None:
    assert len(asking.get(f"{OBJECTS}/0-1").json()["results"]) == 10


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"limit": 101}, "limit must be between 1 and 100, but was 101"),
        ({"limit": 0}, "limit must be between 1 and 100, but was 0"),
        ({"limit": 51, "propertiesWithHistory": "phone"}, "limit must be between 1 and 50, but was 51"),
        ({"limit": "ten"}, "Invalid integer for query parameter limit: ten"),
        ({"after": "x1"}, "Invalid paging cursor: x1"),
        ({"associations": "0-1,widgets"}, "Unable to infer object type from: widgets"),
    ],
)
def test_a_list_refuses(asking: Asking, query: dict[str, str], message: str) -> None:
    assert refusal(asking.get(f"{OBJECTS}/0-1", **query)) == (400, message)


def test_types_that_do_not_exist_and_types_of_other_apis_are_refused_without_a_category(asking: Asking) -> None:
    unknown = asking.get(f"{OBJECTS}/0-9999")
    assert refusal(unknown) == (400, "Unable to infer object type from: 0-9999")
    assert "category" not in unknown.json()
    assert refusal(asking.get(f"{OBJECTS}/0-29")) == (400, "MARKETING_EMAIL not supported")


def test_a_cursor_is_a_place_in_the_ids_and_any_place_will_do(asking: Asking) -> None:
    truth = [r.id for r in asking.portal.world.records("contacts")]
    between = str(int(truth[100]) + 1)
    page = asking.get(f"{OBJECTS}/0-1", limit=5, after=between).json()
    assert [row["id"] for row in page["results"]] == truth[101:106]
    assert page["paging"]["next"]["after"] == truth[106]
    assert asking.get(f"{OBJECTS}/0-1", after="99999999").json() == {"results": []}


def test_a_cursor_that_was_not_handed_out_can_be_refused() -> None:
    settings = PortalSettings(contacts=50, after_must_be_handed_out=True)
    with serve(settings) as portal, Asking(portal) as asking:
        truth = [r.id for r in portal.world.records("contacts")]
        assert asking.get(f"{OBJECTS}/0-1", after=truth[20]).status_code == 400
        assert [row["id"] for row in asking.rows(f"{OBJECTS}/0-1")] == truth


def test_names_nobody_knows_are_ignored_and_id_and_dates_always_come(asking: Asking) -> None:
    row = asking.get(f"{OBJECTS}/0-1", limit=1, properties="email,no_such_property").json()["results"][0]
    assert set(row["properties"]) == {"hs_object_id", "createdate", "lastmodifieddate", "email"}


def test_history_alone_fills_the_values_too_unless_switched_off(asking: Asking) -> None:
    row = asking.get(f"{OBJECTS}/0-1", limit=1, propertiesWithHistory="phone").json()["results"][0]
    assert "phone" in row["properties"]
    with serve(PortalSettings(contacts=5, history_fills_properties=False)) as portal, Asking(portal) as other:
        row = other.get(f"{OBJECTS}/0-1", limit=1, propertiesWithHistory="phone").json()["results"][0]
    assert "phone" not in row["properties"]


def test_archived_records_are_a_list_of_their_own(asking: Asking) -> None:
    rows = list(asking.rows(f"{OBJECTS}/0-1", archived="true"))
    truth = list(asking.portal.world.records("contacts", archived=True))
    assert [row["id"] for row in rows] == [record.id for record in truth]
    assert all(row["archived"] and row["archivedAt"] for row in rows)


def test_a_record_that_was_merged_away_is_answered_by_the_one_it_was_merged_into(asking: Asking) -> None:
    merged = asking.portal.world.merged_ids("contacts")
    loser, winner = next(iter(merged.items()))
    row = asking.get(f"{OBJECTS}/0-1/{loser}", properties="hs_merged_object_ids").json()
    assert row["id"] == winner
    assert row["properties"]["hs_merged_object_ids"] == loser


def test_batch_read_gives_what_is_there_and_names_what_is_not(asking: Asking) -> None:
    ids = [r.id for r in asking.portal.world.records("contacts")][:3]
    body = {"inputs": [{"id": i} for i in [*ids, "1"]], "properties": ["email"], "propertiesWithHistory": []}
    dated, older = (asking.post(f"{p}/batch/read", body) for p in (f"{OBJECTS}/0-1", "/crm/v3/objects/0-1"))
    assert (dated.status_code, older.status_code) == (200, 207)
    assert [row["id"] for row in dated.json()["results"]] == ids
    assert dated.json()["numErrors"] == 1
    assert dated.json()["errors"][0]["context"] == {"ids": ["1"]}


@pytest.mark.parametrize(
    ("count", "history", "status"), [(100, [], 200), (101, [], 400), (50, ["phone"], 200), (51, ["phone"], 400)]
)
def test_batch_read_takes_100_records_and_50_with_history(
    asking: Asking, count: int, history: list[str], status: int
) -> None:
    ids = [r.id for r in asking.portal.world.records("contacts")][:count]
    body = {"inputs": [{"id": i} for i in ids], "properties": [], "propertiesWithHistory": history}
    answer = asking.post(f"{OBJECTS}/0-1/batch/read", body)
    assert answer.status_code == status
    assert status == 400 or len(answer.json()["results"]) == count


def test_search_by_id_pages_200_at_a_time_and_stops_at_10000(asking: Asking) -> None:
    truth = [r.id for r in asking.portal.world.records("contacts")]
    above = {"filters": [{"propertyName": "hs_object_id", "operator": "GT", "value": truth[9]}]}
    page = asking.post(f"{OBJECTS}/0-1/search", {"filterGroups": [above], "limit": 200}).json()
    assert (page["total"], [row["id"] for row in page["results"]]) == (len(truth) - 10, truth[10:210])
    assert page["paging"]["next"]["after"] == "200"
    assert asking.post(f"{OBJECTS}/0-1/search", {"limit": 201}).status_code == 400
    assert asking.post(f"{OBJECTS}/0-1/search", {"limit": 100, "after": "9950"}).status_code == 400


def test_search_filters_by_value_and_sorts(asking: Asking) -> None:
    records = list(asking.portal.world.records("contacts"))
    since = sorted(r.properties["lastmodifieddate"] or "" for r in records)[-20]
    body = {
        "filterGroups": [{"filters": [{"propertyName": "lastmodifieddate", "operator": "GTE", "value": since}]}],
        "sorts": [{"propertyName": "lastmodifieddate", "direction": "DESCENDING"}],
        "limit": 100,
    }
    found = asking.post(f"{OBJECTS}/0-1/search", body).json()["results"]
    wanted = sorted(
        (r for r in records if (r.properties["lastmodifieddate"] or "") >= since), key=lambda r: -r.updated_ms
    )
    assert [row["id"] for row in found] == [r.id for r in wanted]


@pytest.mark.parametrize(
    "one",
    [{"propertyName": "email", "operator": "LIKE", "value": "x"}, {"propertyName": "email", "operator": "EQ"}, {}],
)
def test_search_refuses_a_filter_it_cannot_apply(asking: Asking, one: dict[str, str]) -> None:
    assert asking.post(f"{OBJECTS}/0-1/search", {"filterGroups": [{"filters": [one]}]}).status_code == 400


def test_a_search_body_of_more_characters_than_allowed_can_be_refused() -> None:
    with serve(PortalSettings(contacts=5, longest_search_body=3000)) as portal, Asking(portal) as asking:
        answers = [asking.post(f"{OBJECTS}/0-1/search", {"properties": ["x" * n]}).status_code for n in (2900, 3000)]
    assert answers == [200, 400]


def test_search_has_its_own_limit_and_tells_no_headers() -> None:
    with serve(PortalSettings(contacts=5, search_limit=2)) as portal, Asking(portal) as asking:
        answers = [asking.post(f"{OBJECTS}/0-1/search", {}) for _ in range(5)]
        listed = asking.get(f"{OBJECTS}/0-1")
    refused = next(a for a in answers if a.status_code == 429)
    assert refused.json()["policyName"] == "SECONDLY"
    assert not any(name.lower().startswith("x-hubspot-ratelimit") for a in answers for name in a.headers)
    assert listed.headers["X-HubSpot-RateLimit-Remaining"] == "189"


def test_the_scope_of_a_type_is_what_counts() -> None:
    settings = PortalSettings(contacts=5, without_scopes=frozenset({"crm.objects.deals.read"}))
    with serve(settings) as portal, Asking(portal) as asking:
        assert asking.get(f"{OBJECTS}/0-1").status_code == 200
        refused = asking.get(f"{OBJECTS}/0-3")
        from_contacts = asking.post("/crm/associations/2026-09/0-1/0-3/batch/read", {"inputs": [{"id": "51"}]})
    for answer in (refused, from_contacts):
        assert answer.status_code == 403
        scopes = answer.json()["errors"][0]["context"]["requiredGranularScopes"]
        assert scopes == ["crm.objects.deals.read"]


def test_a_token_whose_creator_left_may_nothing_and_no_scope_is_named() -> None:
    with serve(PortalSettings(contacts=5, creator_left=True)) as portal, Asking(portal) as asking:
        answer = asking.get(f"{OBJECTS}/0-1")
    assert (answer.status_code, answer.json()["category"]) == (403, "USER_DOES_NOT_HAVE_PERMISSIONS")
    assert "errors" not in answer.json()


def test_a_type_of_another_api_can_be_served_here_too() -> None:
    with serve(PortalSettings(contacts=5, also_served=frozenset({"0-30"}))) as portal, Asking(portal) as asking:
        rows = [row["id"] for row in asking.rows(f"{OBJECTS}/0-30")]
        assert rows == [r.id for r in portal.world.records("0-30")]
        assert rows
        assert asking.get(f"{OBJECTS}/0-31").status_code == 400


def test_a_plan_without_custom_objects_has_none() -> None:
    with serve(PortalSettings(contacts=5, features=frozenset({"events"}))) as portal, Asking(portal) as asking:
        assert asking.get("/crm-object-schemas/2026-09/schemas").status_code == 403
        assert asking.get(f"{OBJECTS}/2-111").status_code == 400
        assert asking.get(f"{OBJECTS}/0-162").status_code == 403
