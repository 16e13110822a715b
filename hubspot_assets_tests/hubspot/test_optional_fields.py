"""What HubSpot documents and need not tell: an answer without it is read all the same, or refused in a sentence."""

from typing import Any

import pytest

from hubspot_assets.hubspot import errors, events, objects, schemas
from hubspot_assets.tables.people import owner_team_rows
from hubspot_assets.verify.definitions import owner_team_rows as verified_owner_team_rows

from .canned import canned


@pytest.mark.parametrize(
    ("told", "known_by"),
    [
        ({"id": "7", "name": "bought", "fullyQualifiedName": "pe1_bought"}, "pe1_bought"),
        ({"id": "7", "name": "bought"}, "7"),
        ({"name": "bought", "fullyQualifiedName": None}, "bought"),
    ],
)
def test_a_definition_of_events_always_has_a_name_to_be_known_by(told: dict[str, Any], known_by: str):
    [definition] = events.definitions(canned({"results": [told]}).client())

    assert definition == {**told, "fullyQualifiedName": known_by}


def test_a_custom_object_without_its_type_id_is_an_error_that_says_so():
    with pytest.raises(errors.MalformedAnswer, match="without 'objectTypeId'"):
        schemas.custom_objects(canned({"results": [{"name": "car"}]}).client())


@pytest.mark.parametrize("rows", [owner_team_rows, verified_owner_team_rows])
def test_a_team_of_an_owner_that_has_no_id_is_no_row_and_costs_no_other(rows: Any):
    teams = [{"name": "nameless"}, {"id": None}, {"id": 5, "primary": True}]

    assert [str(row["TEAMID"]) for row in rows([{"id": "1", "teams": teams}, {"id": "2"}])] == ["5"]


def test_a_version_without_a_time_is_a_version_without_a_time():
    told = [{"value": "new", "timestamp": "2026-11-01T00:00:00Z"}, {"value": "old", "timestamp": None}, {"value": "x"}]
    record = {"id": "1", "properties": {"email": "new"}, "propertiesWithHistory": {"email": told}}

    [page] = objects.pages(canned({"results": [record]}, {"results": []}).client(), "0-1", ["email"], with_history=True)

    [read] = page.records
    assert [(one.value, one.timestamp) for one in read["propertiesWithHistory"]["email"]] == [
        ("new", "2026-11-01T00:00:00Z"),
        ("old", ""),
        ("x", ""),
    ]
