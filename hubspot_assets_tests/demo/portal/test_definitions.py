"""Definitions, limits, people and account on the dated paths: the shapes an export relies on."""

from collections.abc import Iterator
from typing import Any

import pytest

from hubspot_assets.demo.portal import PortalSettings, serve

from .asking import Asking

PROPERTY_FIELDS = {
    "name", "label", "type", "fieldType", "groupName", "description", "options", "displayOrder", "calculated",
    "externalOptions", "hasUniqueValue", "hidden", "hubspotDefined", "formField", "dataSensitivity",
    "modificationMetadata", "archived", "createdAt", "updatedAt",
}  # fmt: skip


@pytest.fixture(scope="module")
def asking() -> Iterator[Asking]:
    with serve(PortalSettings(contacts=30, limits=False)) as portal, Asking(portal) as client:
        yield client


def test_every_type_has_property_definitions_with_every_field(asking: Asking) -> None:
    for object_type in asking.portal.world.object_types.served():
        rows = asking.get(f"/crm/properties/2026-09/{object_type.object_type_id}").json()["results"]
        assert len(rows) >= 60
        assert all(set(row) >= PROPERTY_FIELDS for row in rows)
        assert not any(row["archived"] for row in rows)
        kinds = {row["type"] for row in rows}
        assert kinds >= {"string", "number", "date", "datetime", "enumeration", "bool", "phone_number", "json"}


def test_archived_and_sensitive_definitions_are_answers_of_their_own(asking: Asking) -> None:
    path = "/crm/properties/2026-09/0-1"
    plain = {row["name"] for row in asking.get(path).json()["results"]}
    archived = asking.get(path, archived="true").json()["results"]
    assert {row["name"] for row in archived} == {"old_fax", "old_rating"}
    assert all(row["archivedAt"] for row in archived)
    for sensitivity in ("sensitive", "highly_sensitive"):
        rows = asking.get(path, dataSensitivity=sensitivity).json()["results"]
        assert [row["dataSensitivity"] for row in rows] == [sensitivity]
        assert plain.isdisjoint(row["name"] for row in rows)
    assert asking.get(path, dataSensitivity="rather").status_code == 400


def test_values_of_sensitive_properties_are_served_to_who_asks(asking: Asking) -> None:
    rows = asking.rows("/crm/objects/2026-09/0-1", limit=100, properties="highly_sensitive_note")
    assert any(row["properties"]["highly_sensitive_note"] for row in rows)


def test_custom_objects_come_with_labels_properties_and_associations(asking: Asking) -> None:
    rows = asking.get("/crm-object-schemas/2026-09/schemas").json()["results"]
    assert [(r["objectTypeId"], r["fullyQualifiedName"], r["labels"]["plural"]) for r in rows] == [
        ("2-111", "p62515_cars", "Cars"),
        ("2-222", "p62515_company_cars", "Cars"),
    ]
    assert {a["toObjectTypeId"] for a in rows[1]["associations"]} == {"0-1", "0-2", "2-111"}
    assert len(rows[0]["properties"]) >= 60
    bare = asking.get("/crm-object-schemas/2026-09/schemas", includePropertyDefinitions="false").json()["results"]
    assert bare[0]["properties"] == []


def test_a_fourth_custom_object_has_no_plural_label() -> None:
    with serve(PortalSettings(contacts=5, custom_objects=4)) as portal, Asking(portal) as asking:
        labels = [r["labels"] for r in asking.get("/crm-object-schemas/2026-09/schemas").json()["results"]]
    assert labels[2:] == [{"singular": "Deal", "plural": "Deals"}, {"singular": "Yacht"}]


def test_a_fifth_custom_object_is_labelled_like_what_clients_call_otherwise() -> None:
    with serve(PortalSettings(contacts=5, custom_objects=6)) as portal, Asking(portal) as asking:
        rows = asking.get("/crm-object-schemas/2026-09/schemas").json()["results"]
        assert list(asking.rows(f"/crm/objects/2026-09/{rows[4]['objectTypeId']}"))
    assert [(r["name"], r["labels"]["plural"]) for r in rows[4:]] == [("boat_owners", "Owners"), ("thing_6", "Thing 6")]


def test_two_names_may_differ_in_nothing_but_capitals() -> None:
    with serve(PortalSettings(contacts=100, names_differing_in_case=True)) as portal, Asking(portal) as asking:
        names = [row["name"] for row in asking.get("/crm/properties/2026-09/0-1").json()["results"]]
        rows = list(asking.rows("/crm/objects/2026-09/0-1", properties="stage_closedWon,stage_closedwon"))
    assert {"stage_closedWon", "stage_closedwon"} <= set(names)
    assert any(row["properties"]["stage_closedWon"] != row["properties"]["stage_closedwon"] for row in rows)


@pytest.mark.parametrize("type_id", ["0-3", "0-5", "2-111"])
def test_stage_properties_are_on_records_and_not_among_the_definitions(type_id: str) -> None:
    with (
        serve(PortalSettings(contacts=5, deals=200, stage_properties=True, limits=False)) as portal,
        Asking(portal) as asking,
    ):
        told = {row["name"] for row in asking.get(f"/crm/properties/2026-09/{type_id}").json()["results"]}
        pipelines = asking.get(f"/crm/pipelines/2026-09/{type_id}").json()["results"]
        stages = [stage["id"] for p in pipelines for stage in p["stages"] if not stage["archived"]]
        names = [f"hs_v2_{kind}_{stage}" for kind in ("date_entered", "cumulative_time_in") for stage in stages]
        rows = list(asking.rows(f"/crm/objects/2026-09/{type_id}", properties=",".join(names)))
        bare = asking.get(f"/crm/objects/2026-09/{type_id}", limit=1).json()["results"][0]
        one = asking.get(f"/crm/properties/2026-09/{type_id}/{names[0]}")
        schema = asking.get(f"/crm-object-schemas/2026-09/schemas/{type_id}").json()["properties"]
    assert stages
    assert told.isdisjoint(names)
    assert not {p["name"] for p in schema} & set(names)
    assert one.status_code == 404
    assert all(set(names) <= row["properties"].keys() for row in rows)
    assert any(row["properties"][name] for row in rows for name in names)
    assert not set(names) & bare["properties"].keys()


@pytest.mark.parametrize("standard", [True, False])
def test_schemas_batch_read_has_standard_types_or_has_not(standard: bool) -> None:
    settings = PortalSettings(contacts=5, schemas_batch_read_has_standard_types=standard)
    body = {"inputs": ["0-1", "2-111"], "includePropertyDefinitions": True}
    with serve(settings) as portal, Asking(portal) as asking:
        answer = asking.post("/crm-object-schemas/2026-09/schemas/batch/read", body).json()
    read = [row["objectTypeId"] for row in answer["results"]]
    assert read == (["0-1", "2-111"] if standard else ["2-111"])
    assert answer.get("numErrors", 0) == (0 if standard else 1)


def test_one_call_tells_how_many_records_every_type_has(asking: Asking) -> None:
    answer = asking.get("/crm/limits/2026-09/records").json()
    rows = [*answer["hubspotDefinedObjectTypes"], *answer["customObjectTypes"]["byObjectType"]]
    world = asking.portal.world
    assert {r["objectTypeId"]: r["usage"] for r in rows} == {
        t.object_type_id: len(list(world.records(t.object_type_id))) for t in world.object_types.served()
    }


def test_enablement_follows_the_plan(asking: Asking) -> None:
    path = "/crm/object-library/2026-09/enablement"
    assert asking.get(path).json()["enablementByObjectTypeId"]["0-162"] is True
    with serve(PortalSettings(contacts=5, features=frozenset())) as portal, Asking(portal) as other:
        assert set(other.get(path).json()["enablementByObjectTypeId"].values()) == {False}


def test_pipelines_have_their_stages_inside_and_archived_ones_apart(asking: Asking) -> None:
    for type_id in ("0-3", "0-5", "0-136", "0-123", "0-162", "2-111"):
        rows = asking.get(f"/crm/pipelines/2026-09/{type_id}").json()["results"]
        assert len(rows) == 2
        assert all(len(row["stages"]) == 5 for row in rows)
        assert any(stage["archived"] for row in rows for stage in row["stages"])
        assert all(isinstance(v, str) for row in rows for stage in row["stages"] for v in stage["metadata"].values())
        assert len(asking.get(f"/crm/pipelines/2026-09/{type_id}", archived="true").json()["results"]) == 1
    assert asking.get("/crm/pipelines/2026-09/0-1").json() == {"results": []}


def test_stages_of_deals_are_values_of_their_stage_property(asking: Asking) -> None:
    rows = asking.get("/crm/pipelines/2026-09/0-3").json()["results"]
    stages = {stage["id"] for row in rows for stage in row["stages"]}
    assert {r.properties["dealstage"] for r in asking.portal.world.records("deals")} <= stages


def test_only_the_beta_tells_a_teams_parent(asking: Asking) -> None:
    teams = asking.get("/settings/users/2026-03/teams").json()["results"]
    assert all(set(t) == {"id", "name", "userIds", "secondaryUserIds"} for t in teams)
    beta = list(asking.rows("/settings/teams/2026-09-beta", limit=4))
    assert [t["id"] for t in beta] == [t["id"] for t in teams]
    assert any("parentTeamId" in t for t in beta)
    assert asking.get("/settings/users/2026-09/teams").status_code == 404
    members = list(asking.rows(f"/settings/teams/2026-09-beta/{teams[0]['id']}/members", limit=7))
    assert {m["userId"] for m in members if m["type"] == "DEFAULT"} == set(teams[0]["userIds"])


def test_owners_of_both_kinds_are_all_there(asking: Asking) -> None:
    owners = asking.portal.world.owners
    for archived in (False, True):
        rows = list(asking.rows("/crm/owners/2026-09", limit=30, archived=str(archived).lower()))
        assert [row["id"] for row in rows] == [o.owner_id for o in owners.listed(archived)]
        assert not archived or {row["userId"] for row in rows} == {None}
    assert asking.get("/crm/owners/2026-09", limit=501).status_code == 400


@pytest.mark.parametrize("known", [True, False])
def test_the_days_calls_are_told_or_are_not(known: bool) -> None:
    with serve(PortalSettings(contacts=5, daily_used=41, api_usage_known=known)) as portal, Asking(portal) as asking:
        rows = asking.get("/account-info/2026-09/api-usage/daily/private-apps").json()["results"]
        assert asking.get("/account-info/2026-09/details").json()["portalId"] == 62515
    assert [(r["currentUsage"], r["usageLimit"]) for r in rows] == ([(42, 625_000)] if known else [])


@pytest.mark.parametrize("rows", ["calls_alone", "others_first", "not_fetched"])
def test_the_days_calls_may_come_after_other_usage_or_not_be_fetched(rows: Any) -> None:
    with serve(PortalSettings(contacts=5, daily_used=41, api_usage_rows=rows)) as portal, Asking(portal) as asking:
        told = asking.get("/account-info/2026-09/api-usage/daily/private-apps").json()["results"]
    assert told[-1]["name"] == "private-apps-api-calls-daily"
    assert (told[-1]["fetchStatus"], told[-1]["currentUsage"]) == (
        ("FAILED", 0) if rows == "not_fetched" else ("SUCCESS", 42)
    )
    assert [row["name"] for row in told[:-1]] == (["sales-pro-seats"] if rows == "others_first" else [])
