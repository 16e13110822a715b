"""The graph as a whole: which assets there are, what they are made of, and that it loads without anything set."""

from dataclasses import replace
from datetime import timedelta

import dagster as dg
import pytest
from dagster._core.definitions import freshness
from dagster._core.definitions.assets.graph.asset_graph import AssetGraph

from hubspot_assets.catalog.object_types import KnownProperty, ObjectType
from hubspot_assets.catalog.portal import EventType, Portal
from hubspot_assets.catalog.portal_tables import PortalTables
from hubspot_assets.catalog.sources import Source
from hubspot_assets.defs.build import build_defs
from hubspot_assets.defs.specs import asset_key
from hubspot_assets.tables.known_columns import known_columns

CUSTOM = Portal.of(
    [
        *Portal.standard().object_types,
        ObjectType("2-111", "car", "Car", "Cars", properties=(KnownProperty("price", "number", "List price"),)),
        ObjectType("2-222", "rental_car", "Car", "Cars"),
    ],
    [EventType("e_visited_page", "e_visited_page"), EventType("pe1_booked", "6-1")],
    [("0-1", "0-2"), ("0-2", "0-2"), ("0-1", "2-111")],
)


@pytest.fixture(scope="module")
def defs() -> dg.Definitions:
    return build_defs(CUSTOM)


@pytest.fixture(scope="module")
def graph(defs: dg.Definitions) -> AssetGraph:
    return defs.resolve_asset_graph()


def parents(graph: AssetGraph, *key: str) -> set[str]:
    return {"/".join(parent.path) for parent in graph.get(dg.AssetKey(key)).parent_keys}


def test_every_table_of_the_contract_is_an_asset_and_nothing_else_is(graph: AssetGraph) -> None:
    tables = {asset_key(table) for table in PortalTables(CUSTOM)}
    assert graph.get_all_asset_keys() == tables | {dg.AssetKey("export_day")}


def test_no_two_nodes_of_the_lineage_have_one_name(graph: AssetGraph) -> None:
    shown = [key.path[-1] for key in graph.get_all_asset_keys()]
    assert len(set(shown)) == len(shown)


def test_definitions_load_without_any_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HUBSPOT_ACCESS_TOKEN", "HUBSPOT_S3_URL", "AWS_ACCESS_KEY_ID"):
        monkeypatch.delenv(name, raising=False)
    dg.Definitions.validate_loadable(build_defs(Portal.standard()))


def test_definitions_come_before_objects_and_objects_before_history_and_associations(graph: AssetGraph) -> None:
    assert parents(graph, "object_and_event_type_definitions") == set()
    assert parents(graph, "property_definitions") == {"object_and_event_type_definitions"}
    assert parents(graph, "association_definitions") == {"object_and_event_type_definitions"}
    assert parents(graph, "pipelines") == {"object_and_event_type_definitions"}
    assert parents(graph, "pipeline_stages") == {"pipelines"}
    assert parents(graph, "owner_team") == {"owners"}
    assert parents(graph, "objects_contacts") == {"property_definitions", "pipeline_stages"}
    assert parents(graph, "objects.contacts") == {"objects_contacts"}
    assert parents(graph, "object_with_object_properties.contacts") == {"objects_contacts"}
    assert parents(graph, "object_properties_history.contacts") == {"objects_contacts"}
    assert parents(graph, "object_properties.contacts") == {
        "objects_contacts",
        "object_properties_history.contacts",
    }
    assert parents(graph, "associations_contacts_to_companies") == {
        "association_definitions",
        "objects.contacts",
        "objects.companies",
    }
    assert parents(graph, "associations.companies_to_contacts") == {"associations_companies_to_contacts"}
    assert parents(graph, "list_memberships") == {"lists"}
    assert parents(graph, "events_visited_page") == {"object_and_event_type_definitions", "property_definitions"}


def test_the_day_is_closed_after_every_table(graph: AssetGraph) -> None:
    above: set[dg.AssetKey] = set()
    waiting = [dg.AssetKey("export_day")]
    while waiting:
        for parent in graph.get(waiting.pop()).parent_keys - above:
            above.add(parent)
            waiting.append(parent)
    assert above == {asset_key(table) for table in PortalTables(CUSTOM)}


def test_engagements_are_made_of_their_kinds_and_deal_splits_of_deals(graph: AssetGraph) -> None:
    assert {"objects_notes", "objects_calls", "objects_tasks"} <= parents(graph, "objects_engagements")
    assert parents(graph, "objects_deal_splits") == {"property_definitions", "objects.deals"}


def test_two_custom_objects_of_one_label_are_told_apart(graph: AssetGraph) -> None:
    assert graph.has(dg.AssetKey("objects_cars"))
    assert graph.has(dg.AssetKey("objects_cars_2_222"))


def test_every_asset_says_what_it_is(graph: AssetGraph) -> None:
    for table in PortalTables(CUSTOM):
        node = graph.get(asset_key(table))
        assert node.description, table.name
        assert node.code_version
        assert node.tags["hubspot_assets/family"] == table.family
        assert node.kinds >= {"hubspot", "s3"}
        assert node.owners
        assert node.freshness_policy is not None
        schema = node.metadata["dagster/column_schema"]
        assert [column.name for column in schema.columns] == [column.name for column in known_columns(table)]


def test_whoever_loads_the_graph_counts_out_the_mornings_of_the_day_alone(
    graph: AssetGraph, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = [dg.serialize_value(graph.get(key).freshness_policy) for key in graph.materializable_asset_keys]
    counted: list[str] = []

    def interval(cron: str) -> timedelta:
        counted.append(cron)
        return timedelta(days=1)

    monkeypatch.setattr(freshness, "get_smallest_cron_interval", interval)
    assert len([dg.deserialize_value(one, dg.FreshnessPolicy) for one in told]) > 300
    assert counted == ["0 6 * * *"], "Dagster needs some milliseconds for each"


def test_the_columns_of_properties_are_shown_before_the_first_day_with_hubspots_labels(graph: AssetGraph) -> None:
    schema = graph.get(dg.AssetKey("objects_cars")).metadata["dagster/column_schema"]
    told = {column.name: (column.type, column.description) for column in schema.columns}
    assert told["PROPERTY_PRICE"] == ("number", "List price")
    assert told["PROPERTY_UNPARSED_PRICE"][0] == "string"
    assert "PROPERTY_PRICE" not in _columns(graph, "object_properties.cars")


def test_fields_that_an_api_always_has_are_shown_without_any_discovery(graph: AssetGraph) -> None:
    assert "PROPERTY_HS_LIST_ID" in _columns(graph, "objects_lists")


def _columns(graph: AssetGraph, key: str) -> set[str]:
    return {column.name for column in graph.get(dg.AssetKey(key)).metadata["dagster/column_schema"].columns}


def test_opening_a_group_shows_the_tables_of_one_type(graph: AssetGraph) -> None:
    groups: dict[str | None, set[str]] = {}
    for key in graph.get_all_asset_keys():
        groups.setdefault(graph.get(key).group_name, set()).add(key.to_user_string())
    assert groups["contacts"] == {asset_key(table).to_user_string() for table in PortalTables(CUSTOM).objects["0-1"]}
    assert groups["cars_2_222"] == {
        asset_key(table).to_user_string() for table in PortalTables(CUSTOM).objects["2-222"]
    }
    assert groups["day"] == {"export_day"}


def test_a_type_that_is_called_as_a_family_has_a_group_of_its_own() -> None:
    portal = Portal.of([ObjectType("2-7", "event", "Event", "Events")], [EventType("pe1_booked", "6-1")])
    graph = build_defs(portal).resolve_asset_graph()
    assert graph.get(dg.AssetKey("objects.events")).group_name == "events_2_7"
    assert graph.get(dg.AssetKey("events_booked")).group_name == "events"


def test_types_that_are_not_in_use_are_one_group_unless_a_setting_says_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    types = [replace(t, in_use=t.object_type_id == "0-1") for t in Portal.standard().object_types]
    portal = Portal.of(types, [], [("0-1", "0-2")])
    of_types = [asset_key(table) for tables in PortalTables(portal).objects.values() for table in tables]

    def groups() -> set[str | None]:
        graph = build_defs(portal).resolve_asset_graph()
        return {graph.get(key).group_name for key in of_types}

    assert groups() == {"contacts", "not_in_use"}
    monkeypatch.setenv("HUBSPOT_GROUP_EVERY_TYPE", "true")
    assert {"contacts", "companies", "deals", "leads"} <= groups()
    assert "not_in_use" not in groups()


def made_of(graph: AssetGraph, key: str, column: str) -> list[str]:
    lineage = graph.get(dg.AssetKey(key)).metadata["dagster/column_lineage"].deps_by_column
    return [f"{one.asset_key.to_user_string()}:{one.column_name}" for one in lineage[column]]


def test_columns_tell_what_they_are_made_of(graph: AssetGraph) -> None:
    assert made_of(graph, "object_properties.contacts", "VALUE") == ["object_properties_history.contacts:VALUE"]
    assert made_of(graph, "objects.contacts", "OBJECTID") == ["objects_contacts:OBJECTID"]
    pair = "associations_contacts_to_companies"
    assert made_of(graph, pair, "CONTACT_OBJECTID") == ["objects.contacts:OBJECTID"]
    assert made_of(graph, pair, "LABEL") == ["association_definitions:LABEL"]
    assert made_of(graph, "associations.contacts_to_companies", "TOOBJECTID") == [f"{pair}:COMPANY_OBJECTID"]


def test_another_project_can_be_merged_and_is_no_part_of_the_daily_export(defs: dg.Definitions) -> None:
    @dg.asset
    def of_others() -> None:
        """An asset of another project."""

    merged = dg.Definitions.merge(defs, dg.Definitions([of_others], resources={"other": "a resource of its own"}))
    dg.Definitions.validate_loadable(merged)
    export = merged.resolve_job_def("daily_export").asset_layer.asset_graph
    assert of_others.key in merged.resolve_asset_graph().get_all_asset_keys()
    assert export.get_all_asset_keys() == defs.resolve_asset_graph().get_all_asset_keys()


def test_every_source_of_an_object_type_has_a_step(graph: AssetGraph) -> None:
    steps = {t.source for t in CUSTOM.object_types}
    assert steps == set(Source)


def test_the_daily_schedule_asks_for_the_day_that_ended(defs: dg.Definitions) -> None:
    schedule = defs.resolve_schedule_def("every_day")
    assert schedule.cron_schedule == "20 0 * * *"
