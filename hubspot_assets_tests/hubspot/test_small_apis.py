"""What is particular to the smaller APIs, each with the answers that make it matter."""

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from hubspot_assets.hubspot import (
    HubSpotClient,
    account,
    associations,
    campaigns,
    conversations,
    deal_splits,
    errors,
    events,
    forms,
    instants,
    limits,
    lists,
    owners,
    pipelines,
    properties,
    schemas,
    sequences,
    teams,
    versions,
)

from .canned import Answer, CannedHubSpot, Request, canned

REFUSED = Answer({"status": "error", "message": "not for you", "category": "MISSING_SCOPES"}, 403)
SERVICE_ACCOUNT = Answer({"status": "error", "message": "This needs user-level access.", "category": "FORBIDDEN"}, 403)
BAD = Answer({"status": "error", "message": "bad", "category": "VALIDATION_ERROR"}, 400)


def ignored(parent: str, error: errors.Refused) -> None:
    """For tests of what is raised."""


def test_definitions_of_every_sensitivity_are_asked_for_active_and_archived():
    def answer(request: Request) -> Any:
        name = f"{request.one('dataSensitivity')}_{request.one('archived')}"
        return {"results": [{"name": name, "type": "string"}]}

    hubspot = CannedHubSpot(answer)
    found = properties.definitions(hubspot.client(), "0-1")

    assert len(hubspot.seen) == 6
    assert [(one["name"], one["archived"], one["dataSensitivity"]) for one in found] == [
        ("non_sensitive_false", False, "non_sensitive"),
        ("sensitive_false", False, "sensitive"),
        ("highly_sensitive_false", False, "highly_sensitive"),
        ("non_sensitive_true", True, "non_sensitive"),
        ("sensitive_true", True, "sensitive"),
        ("highly_sensitive_true", True, "highly_sensitive"),
    ]


def test_property_groups_are_one_call():
    hubspot = canned({"results": [{"name": "sales", "displayOrder": -1}]})

    assert properties.groups(hubspot.client(), "0-3") == [{"name": "sales", "displayOrder": -1}]
    assert [request.path for request in hubspot.seen] == ["/crm/properties/2026-09/0-3/groups"]


@pytest.mark.parametrize("refusal", [REFUSED, BAD, Answer(b"", 404)])
def test_sensitivities_that_are_refused_are_skipped(refusal: Answer):
    def answer(request: Request) -> Any:
        return {"results": [{"name": "a"}]} if request.one("dataSensitivity") == "non_sensitive" else refusal

    assert {one["name"] for one in properties.definitions(CannedHubSpot(answer).client(), "0-1")} == {"a"}


def test_a_portal_that_does_not_know_sensitivities_has_no_sensitive_properties():
    found = properties.definitions(canned({"results": [{"name": "a"}]}).client(), "0-1")

    assert {(one["name"], one["dataSensitivity"]) for one in found} == {("a", "non_sensitive")}


@pytest.mark.parametrize("told", [{}, {"archived": None}])
def test_a_definition_that_does_not_say_whether_it_is_archived_is_what_was_asked_for(told: dict[str, Any]):
    def answer(request: Request) -> Any:
        return {"results": [{"name": f"a_{request.one('archived')}", **told}]}

    found = properties.definitions(CannedHubSpot(answer).client(), "0-1")

    assert [(one["name"], one["archived"]) for one in found] == [("a_false", False), ("a_true", True)]


def test_a_type_whose_definitions_are_refused_is_an_error():
    with pytest.raises(errors.MissingScopes):
        properties.definitions(canned(REFUSED).client(), "0-1")


def test_archived_owners_come_after_the_active_ones_and_nobody_twice():
    def answer(request: Request) -> Any:
        archived = request.one("archived") == "true"
        return {"results": [{"id": "2"}, {"id": "3"}] if archived else [{"id": "1"}, {"id": "2"}]}

    assert [owner["id"] for owner in owners.read(CannedHubSpot(answer).client())] == ["1", "2", "3"]


@pytest.mark.parametrize("refusal", [REFUSED, BAD, Answer(b"<html>", 404)])
def test_teams_without_the_beta_have_no_parents(refusal: Answer):
    def answer(request: Request) -> Any:
        return refusal if "2026-09-beta" in request.path else {"results": [{"id": "1", "name": "Sales"}]}

    assert teams.read(CannedHubSpot(answer).client()) == [{"id": "1", "name": "Sales", "parentTeamId": None}]


def test_parents_of_teams_come_from_the_beta():
    def answer(request: Request) -> Any:
        more = {"parentTeamId": 1} if "2026-09-beta" in request.path else {}
        return {"results": [{"id": "1"}, {"id": "2", **more}]}

    assert [team["parentTeamId"] for team in teams.read(CannedHubSpot(answer).client())] == [None, "1"]


def test_counts_and_labels_of_all_types_are_one_call():
    row = {"objectTypeId": "0-1", "singularLabel": "Contact", "pluralLabel": "Contacts", "limit": 5, "usage": 3}
    custom = {"byObjectType": [{"objectTypeId": "2-1", "usage": "many"}]}

    found = limits.records(canned({"hubspotDefinedObjectTypes": [row], "customObjectTypes": custom}).client())

    assert found["0-1"] == limits.RecordCount("0-1", "Contact", "Contacts", 3, 5)
    assert found["2-1"].records is None


@pytest.mark.parametrize(
    "read",
    [
        lambda client: properties.groups(client, "0-3"),
        lambda client: pipelines.read(client, "0-3"),
        schemas.custom_objects,
        lambda client: associations.labels(client, "0-1", "0-2"),
    ],
    ids=["property groups", "pipelines", "custom objects", "association labels"],
)
def test_a_list_that_is_not_paged_and_announces_a_page_is_asked_for_again(read: Callable[[HubSpotClient], Any]):
    row = {"id": "1", "name": "one", "stages": [], "category": "HUBSPOT_DEFINED", "typeId": 1, "label": None}
    row |= {"objectTypeId": "2-1", "labels": {"singular": "Car", "plural": "Cars"}, "fullyQualifiedName": "p1_cars"}
    emptied = {"results": [], "paging": {"next": {"after": "1"}}}

    assert len(read(canned(emptied, {"results": [row]}).client())) == 1


@pytest.mark.parametrize("stages", [{"stages": None}, {}])
def test_a_pipeline_that_stays_without_stages_has_none(stages: Any):
    answer = {"results": [{"id": "1", **stages}, {"id": "2", "stages": [{"id": "s"}]}]}

    assert pipelines.read(canned(answer).client(), "0-3") == answer["results"]


def test_a_pipeline_without_stages_is_asked_for_again():
    good = {"results": [{"id": "1", "stages": []}]}

    assert pipelines.read(canned({"results": [{"id": "1", "stages": None}]}, good).client(), "0-3") == good["results"]


class Portal:
    """Lists that are searched by offset, some of which vanish after the first page."""

    def __init__(self, count: int, vanishing: set[int]) -> None:
        self.ids = list(range(1, count + 1))
        self.vanishing = vanishing
        self.asked = 0

    def __call__(self, request: Request) -> Any:
        body = request.body
        assert body["count"] <= 500
        start = body["offset"]
        page = self.ids[start : start + body["count"]]
        self.asked += 1
        answer = {
            "lists": [{"listId": str(one), "objectTypeId": "0-1"} for one in page],
            "hasMore": start + len(page) < len(self.ids),
            "offset": start + len(page),
            "total": len(self.ids),
        }
        if self.asked == 1:
            self.ids = [one for one in self.ids if one not in self.vanishing]
        return answer


def test_more_lists_than_one_page_are_all_found():
    found = lists.read(CannedHubSpot(Portal(1203, set())).client())

    assert [one["listId"] for one in found] == [str(n) for n in range(1, 1204)]


def test_lists_that_vanish_during_the_walk_do_not_hide_others():
    found = lists.read(CannedHubSpot(Portal(1203, {1, 2, 3})).client())

    assert {one["listId"] for one in found} >= {str(n) for n in range(4, 1204)}


def test_an_empty_page_of_lists_that_claims_more_is_an_error():
    with pytest.raises(errors.MalformedAnswer):
        lists.read(canned({"lists": [], "hasMore": True, "total": 5}).client())


def test_forms_of_every_type_are_asked_for():
    hubspot = canned({"results": []})
    list(forms.read(hubspot.client()))

    assert hubspot.seen[0].query["formTypes"] == ["hubspot", "captured", "flow", "blog_comment"]


def test_a_form_id_cannot_lead_to_another_path():
    hubspot = canned({"results": []})
    list(forms.submissions(hubspot.client(), "../../crm/v3?x="))

    assert hubspot.seen[0].path == "/form-integrations/v1/submissions/forms/..%2F..%2Fcrm%2Fv3%3Fx%3D"


def test_campaign_properties_that_are_refused_are_left_out():
    def answer(request: Request) -> Any:
        if "secret" in (request.one("properties") or ""):
            return Answer({"status": "error", "message": "Unable to read properties: secret"}, 400)
        return {"results": [{"id": "c", "properties": {}}]}

    hubspot = CannedHubSpot(answer)

    assert len(list(campaigns.read(hubspot.client(), ["hs_name", "secret"]))) == 1
    assert hubspot.seen[-1].one("properties") == "hs_name"


def test_a_campaign_refusal_that_names_no_property_is_an_error():
    with pytest.raises(errors.BadRequest):
        list(campaigns.read(canned(BAD).client(), ["hs_name"]))


def test_campaigns_that_leave_away_what_is_null_have_their_properties():
    rows = [{"id": "c", "properties": {"hs_name": "A"}}, {"id": 7}, {"id": "d", "properties": None}]

    found = list(campaigns.read(canned({"results": rows}).client(), ["hs_name"]))

    assert [one["properties"] for one in found] == [{"hs_name": "A"}, {}, {}]


def test_threads_need_no_contact_and_list_folders_may_be_text():
    rows = [{"id": "1", "status": "OPEN"}, {"id": 2, "associatedContactId": "9"}]
    found = {"lists": [{"listId": 7, "additionalProperties": {"hs_folder_id": "12"}}], "hasMore": False}

    assert list(conversations.threads(canned({"results": rows}).client())) == rows
    assert lists.read(canned(found).client()) == found["lists"]


def test_event_definitions_that_come_twice_are_one():
    rows = [{"id": "1", "name": "a"}, {"id": 1, "name": "a"}, {"name": "b"}]

    assert len(events.definitions(canned({"results": rows}).client())) == 2


def test_deal_splits_are_asked_for_in_smaller_parts_where_refused():
    def answer(request: Request) -> Any:
        inputs = request.body["inputs"]
        if len(inputs) > 30:
            return BAD
        return {"results": [{"id": one["id"], "splits": [{"id": "s"}] if one["id"] == "77" else []} for one in inputs]}

    found = list(deal_splits.read(CannedHubSpot(answer).client(), (str(n) for n in range(250))))

    assert found == [("77", [{"id": "s"}])]


def test_sequences_that_several_users_see_are_one_and_a_refused_user_is_told():
    def answer(request: Request) -> Any:
        return {"1": {"results": [{"id": "5"}, {"id": "9"}]}, "2": {"results": [{"id": "5"}, {"id": "10"}]}, "3": BAD}[
            request.one("userId") or ""
        ]

    told: list[str] = []
    found = sequences.read(CannedHubSpot(answer).client(), ["1", "2", "3"], lambda user, _: told.append(user))

    assert [one["id"] for one in found] == ["5", "9", "10"]
    assert told == ["3"]


@pytest.mark.parametrize("refusal", [BAD, REFUSED, SERVICE_ACCOUNT])
def test_sequences_refused_to_everybody_are_an_error(refusal: Answer):
    with pytest.raises(errors.Refused) as raised:
        sequences.read(canned(refusal).client(), ["1", "2"], ignored)

    assert isinstance(raised.value, errors.MissingScopes) == (refusal is REFUSED)


DAY = datetime(2026, 11, 20, tzinfo=timezone.utc)


def test_an_event_belongs_to_the_window_it_occurred_in_however_hubspot_bounds_it():
    times = [
        "2026-11-19T23:59:59.999Z",
        "2026-11-20T00:00:00Z",
        "2026-11-20T23:59:59.9999Z",
        "2026-11-21T00:00:00.000Z",
    ]
    rows = [{"id": str(n), "occurredAt": time} for n, time in enumerate(times)]
    hubspot = canned({"results": [*rows, rows[1]]})

    pages = list(events.occurrences(hubspot.client(), "e_visited_page", DAY, DAY + timedelta(days=1)))

    assert [event["id"] for page in pages for event in page] == ["1", "2"]
    assert hubspot.seen[0].one("occurredAfter") == "2026-11-19T23:59:59.999Z"
    assert hubspot.seen[0].one("occurredBefore") == "2026-11-21T00:00:00.001Z"


def test_a_window_with_many_events_is_read_in_parts_and_each_event_is_there_once():
    times = [DAY + timedelta(seconds=20 * n, microseconds=1000 * (n % 7)) for n in range(4320)]

    def answer(request: Request) -> Any:
        if int(request.one("limit") or 0) > 100:
            return BAD
        after, before = (
            instants.parse(request.one("occurredAfter") or ""),
            instants.parse(request.one("occurredBefore") or ""),
        )
        found = [n for n, time in enumerate(times) if after <= time <= before]
        start = int(request.one("after") or 0)
        rows = [{"id": f"e{n}", "occurredAt": instants.text(times[n])} for n in found[start : start + 100]]
        following = {"paging": {"next": {"after": str(start + 100)}}} if start + 100 < len(found) else {}
        return {"results": rows, **following}

    pages = events.occurrences(CannedHubSpot(answer).client(), "e", DAY, DAY + timedelta(days=1))

    assert sorted(event["id"] for page in pages for event in page) == sorted(f"e{n}" for n in range(4320))


def test_the_beginning_of_time_is_not_asked_for():
    hubspot = canned({"results": []})
    epoch = datetime(1970, 1, 1, tzinfo=timezone.utc)
    list(events.occurrences(hubspot.client(), "e", epoch, DAY))

    assert hubspot.seen[0].one("occurredAfter") == "1970-01-01T00:00:01.000Z"


@pytest.mark.parametrize("time", [None, 5, "yesterday", "2026-11-20", "2026-11-20T00:00:00.x"])
def test_an_event_without_a_proper_time_is_an_error(time: Any):
    with pytest.raises(errors.MalformedAnswer):
        list(events.occurrences(canned({"results": [{"id": "1", "occurredAt": time}]}).client(), "e", DAY, DAY))


@pytest.mark.parametrize(
    ("text", "microseconds"), [("05Z", 0), ("05.1Z", 100_000), ("05.123456789Z", 123_456), ("05.5+00:00", 500_000)]
)
def test_times_have_any_number_of_digits(text: str, microseconds: int):
    moment = instants.parse(f"2026-01-02T03:04:{text}")

    assert moment == datetime(2026, 1, 2, 3, 4, 5, microseconds, tzinfo=timezone.utc)


@pytest.mark.parametrize("of", [int, str])
def test_an_event_whose_time_is_in_epoch_milliseconds_is_of_its_day(of: Any):
    times = [DAY - timedelta(milliseconds=1), DAY, DAY + timedelta(hours=23)]
    rows = [{"id": str(n), "occurredAt": of(round(time.timestamp() * 1000))} for n, time in enumerate(times)]

    pages = events.occurrences(canned({"results": rows}).client(), "e", DAY, DAY + timedelta(days=1))

    found = [(event["id"], event["occurredAt"]) for page in pages for event in page]
    assert found == [("1", instants.text(times[1])), ("2", instants.text(times[2]))]


def test_an_event_is_of_the_day_of_its_time_whatever_the_offset():
    times = ["2026-11-20T01:00:00.000+02:00", "2026-11-20T23:00:00-0200", "2026-11-20T02:00:00.5+02:00"]
    rows = [{"id": str(number), "occurredAt": time} for number, time in enumerate(times)]
    start = datetime(2026, 11, 20, tzinfo=timezone.utc)

    pages = events.occurrences(canned({"results": rows}).client(), "e", start, start + timedelta(days=1))

    assert [event["id"] for page in pages for event in page] == ["2"]


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+02:00", "2026-01-02T03:04:05+02", "２０２６-01-02T03:04:05Z"])
def test_what_is_no_time_is_refused(text: str):
    with pytest.raises(ValueError, match="is "):
        instants.parse(text)


def test_the_usage_of_the_day_tells_when_it_resets():
    row = {"usageLimit": 650_000, "currentUsage": 5, "collectedAt": "a", "resetsAt": "b"}
    client = canned({"results": [{"name": "other"}, row]}).client()

    assert account.daily_usage(client) == account.DailyUsage(650_000, 5, "a", "b")
    assert client.limiter.resets_at == "b"


CALLS = {
    "name": "private-apps-api-calls-daily",
    "usageLimit": 650_000,
    "currentUsage": 1_200,
    "collectedAt": 1_795_000_000_000,
    "fetchStatus": "SUCCESS",
    "resetsAt": 1_795_046_400_000,
}
SEATS = {"name": "sales-seats", "usageLimit": 2, "currentUsage": 2, "fetchStatus": "SUCCESS", "resetsAt": None}


@pytest.mark.parametrize(
    ("rows", "used"),
    [
        ([SEATS, CALLS], 1_200),
        ([{**CALLS, "name": "search-calls-secondly", "usageLimit": 5}, CALLS], 1_200),
        ([{**CALLS, "fetchStatus": "FAILED", "currentUsage": 0}, CALLS], 1_200),
        ([{**CALLS, "name": "api-calls-daily", "fetchStatus": "CACHED"}], 1_200),
        ([{**CALLS, "fetchStatus": "FAILED"}], None),
        ([{**CALLS, "fetchStatus": "SOMETHING_NEW"}], None),
        ([{**CALLS, "currentUsage": None}], None),
        ([{**CALLS, "usageLimit": True}], None),
        ([SEATS], None),
        ([], None),
    ],
)
def test_only_a_row_about_the_calls_of_the_day_that_was_fetched_tells_them(rows: list[Any], used: int | None):
    client = canned({"results": rows}).client()

    usage = account.daily_usage(client)

    assert (usage.used if usage else None) == used
    assert client.limiter.resets_at == ("2026-11-19T00:00:00.000Z" if usage else None)
    if usage:
        assert usage == account.DailyUsage(650_000, 1_200, "2026-11-18T11:06:40.000Z", "2026-11-19T00:00:00.000Z")


@pytest.mark.parametrize(("used", "left"), [(1_200, 648_800), (650_000, 0), (650_007, 0)])
def test_what_is_left_of_a_day_is_never_less_than_nothing(used: int, left: int):
    client = canned({"results": [SEATS, {**CALLS, "currentUsage": used}]}).client()

    told = account.calls_left(client)

    assert told is not None
    assert (told.left, told.limit) == (left, 650_000)


def test_every_path_is_dated_or_has_no_dated_form():
    undated = {
        name: family.version for name, family in versions.FAMILIES.items() if not family.version.startswith("2026-")
    }

    assert undated == {
        "access_token_info": "v2",
        "association_types": "v3",
        "forms": "v3",
        "form_submissions": "v1",
        "email_events": "v1",
    }
    assert all("{version}" in family.template for family in versions.FAMILIES.values())


@pytest.mark.parametrize(
    ("path", "budget"),
    [
        ("/crm/objects/2026-09/0-1", "general"),
        ("/crm/objects/2026-09/0-1/batch/read", "general"),
        ("/crm/objects/2026-09/0-1/search", "search"),
        ("/crm/lists/2026-09/search", "search"),
        ("/crm/associations/2026-09/0-1/0-2/batch/read", "associations"),
        ("/crm/associations/2026-09/0-1/0-2/labels", "associations"),
        ("/crm/v4/associations/0-1/0-2/labels", "associations"),
        ("/crm/limits/2026-09/associations/labels", "general"),
    ],
)
def test_each_call_is_counted_against_its_budget(path: str, budget: str):
    assert versions.budget(path) == budget


def test_members_whose_ids_are_written_in_other_digits_are_not_one():
    hubspot = canned({"results": [{"recordId": "1"}, {"recordId": "１"}]})

    assert [one.record_id for one in lists.memberships(hubspot.client(), "7")] == ["1", "１"]
