"""What HubSpot refuses of a list that is made of several calls: the rest is given, and the caller is told."""

from typing import Any

import pytest

from hubspot_assets.hubspot import associations, campaigns, deal_splits, errors, owners, properties, teams

from .canned import Answer, CannedHubSpot, Request

FORBIDDEN = Answer({"status": "error", "message": "not in your plan", "category": "FORBIDDEN"}, 403)
BAD_REQUEST = Answer({"status": "error", "message": "not accepted", "category": "VALIDATION_ERROR"}, 400)
NOT_FOUND = Answer({"status": "error", "message": "no such path"}, 404)
SCOPE = Answer({"status": "error", "message": "no", "category": "MISSING_SCOPES"}, 403)


ILL = Answer({"status": "error", "message": "internal error"}, 500)


class Told:
    """What a caller was told."""

    def __init__(self) -> None:
        self.parts: dict[str, int | None] = {}

    def __call__(self, part: str, error: errors.Refused) -> None:
        self.parts[part] = error.status


class Unanswered(Told):
    """The same, and it is told of nothing else than what HubSpot did not answer."""

    def __call__(self, part: str, error: errors.Refused) -> None:
        assert isinstance(error, errors.NotAnswered)
        super().__call__(part, error)


@pytest.mark.parametrize("refusal", [FORBIDDEN, BAD_REQUEST, NOT_FOUND, SCOPE])
def test_a_list_of_property_definitions_that_is_refused_costs_itself_alone(refusal: Answer) -> None:
    def answer(request: Request) -> Any:
        asked = (request.one("dataSensitivity"), request.one("archived"))
        if asked in {("highly_sensitive", "false"), ("sensitive", "true"), ("non_sensitive", "true")}:
            return refusal
        return {"results": [{"name": f"{asked[0]}"}]}

    told = Told()
    found = properties.definitions(CannedHubSpot(answer).client(), "0-1", told)
    assert [one["name"] for one in found] == ["non_sensitive", "sensitive"]
    status = refusal.status
    assert told.parts == {"highly sensitive": status, "archived": status, "archived sensitive": status}


def test_a_type_whose_properties_are_refused_is_an_error() -> None:
    with pytest.raises(errors.Forbidden):
        properties.definitions(CannedHubSpot(lambda _: FORBIDDEN).client(), "0-1", Told())


def test_archived_owners_that_are_refused_cost_themselves_alone() -> None:
    def answer(request: Request) -> Any:
        return FORBIDDEN if request.one("archived") == "true" else {"results": [{"id": "1"}]}

    told = Told()
    assert [one["id"] for one in owners.read(CannedHubSpot(answer).client(), told)] == ["1"]
    assert told.parts == {"archived": 403}
    with pytest.raises(errors.Forbidden):
        list(owners.read(CannedHubSpot(lambda _: FORBIDDEN).client(), Told()))


def test_archived_owners_and_parents_of_teams_that_are_not_answered_cost_themselves_alone() -> None:
    def answer(request: Request) -> Any:
        is_ill = request.one("archived") == "true" or "beta" in request.path
        return ILL if is_ill else {"results": [{"id": "1", "name": "Sales"}]}

    told = Unanswered()
    assert [one["id"] for one in owners.read(CannedHubSpot(answer).client(), told)] == ["1"]
    assert [one["parentTeamId"] for one in teams.read(CannedHubSpot(answer).client(), told)] == [None]
    assert told.parts == {"archived": 500, "parents": 500}
    with pytest.raises(errors.RetriesExhausted):
        list(owners.read(CannedHubSpot(lambda _: ILL).client(), told))


def linked(*ill: str) -> Any:
    """Each record is associated with the one of its number; of these HubSpot cannot answer."""

    def answer(request: Request) -> Any:
        ids = [one["id"] for one in request.body["inputs"]]
        if set(ill) & set(ids):
            return ILL
        kind = [{"category": "HUBSPOT_DEFINED", "typeId": 1, "label": None}]
        ends = [{"from": {"id": one}, "to": [{"toObjectId": one, "associationTypes": kind}]} for one in ids]
        return {"status": "COMPLETE", "results": ends}

    return answer


@pytest.mark.parametrize("ill", [["1"], ["7"], ["2500"], ["3", "4", "5"], ["1", "999", "1000", "1001", "2222"]])
def test_a_record_whose_associations_are_not_answered_costs_its_own(ill: list[str]) -> None:
    every = [str(number) for number in range(1, 2501)]
    hubspot, told = CannedHubSpot(linked(*ill)), Unanswered()
    found = [one.from_id for one in associations.read(hubspot.client(), "0-1", "0-2", every, told)]
    assert found == [one for one in every if one not in ill]
    assert told.parts == dict.fromkeys(ill, 500)
    assert len(hubspot.seen) < 500
    with pytest.raises(errors.RetriesExhausted, match=f"record {ill[0]}"):
        list(associations.read(hubspot.client(), "0-1", "0-2", every))


def test_where_no_record_is_answered_it_is_no_matter_of_the_records() -> None:
    with pytest.raises(errors.RetriesExhausted):
        list(associations.read(CannedHubSpot(lambda _: ILL).client(), "0-1", "0-2", map(str, range(90)), Unanswered()))


def test_parents_of_teams_that_are_refused_are_not_known() -> None:
    def answer(request: Request) -> Any:
        return NOT_FOUND if "beta" in request.path else {"results": [{"id": "1", "name": "Sales"}]}

    told = Told()
    assert [one["parentTeamId"] for one in teams.read(CannedHubSpot(answer).client(), told)] == [None]
    assert told.parts == {"parents": 404}


def test_names_of_association_types_that_are_refused_are_not_known() -> None:
    told = Told()
    assert associations.types(CannedHubSpot(lambda _: NOT_FOUND).client(), "0-1", "0-2", told) == {}
    assert told.parts == {"0-1 to 0-2": 404}


def test_properties_of_campaigns_that_can_not_be_read_are_told_each() -> None:
    def answer(request: Request) -> Any:
        if "hs_goal" in (request.one("properties") or ""):
            return Answer({"status": "error", "message": "hs_goal and hs_notes are not readable"}, 400)
        return {"results": [{"id": "1", "properties": {}}]}

    told = Told()
    found = campaigns.read(CannedHubSpot(answer).client(), ["hs_name", "hs_goal", "hs_notes"], told)
    assert [one["id"] for one in found] == ["1"]
    assert told.parts == {"hs_goal": 400, "hs_notes": 400}


def test_a_deal_whose_splits_are_refused_costs_its_own() -> None:
    def answer(request: Request) -> Any:
        ids = [one["id"] for one in request.body["inputs"]]
        if "3" in ids:
            return BAD_REQUEST
        return {"results": [{"id": one, "splits": [{"id": f"{one}0"}]} for one in ids]}

    told = Told()
    found = dict(deal_splits.read(CannedHubSpot(answer).client(), map(str, range(1, 8)), told))
    assert found.keys() == {"1", "2", "4", "5", "6", "7"}
    assert told.parts == {"3": 400}
    with pytest.raises(errors.BadRequest):
        list(deal_splits.read(CannedHubSpot(answer).client(), ["2", "3"]))
