"""HUBSPOT_SELECT and HUBSPOT_EXCLUDE: a deployment leaves out tables on purpose, and its day is whole without them."""

from pathlib import Path

import dagster as dg
import pytest

from hubspot_assets.catalog.object_types import ObjectType
from hubspot_assets.catalog.portal import EventType, Portal
from hubspot_assets.catalog.portal_tables import PortalTables
from hubspot_assets.defs.build import build_defs
from hubspot_assets.defs.specs import asset_key
from hubspot_assets.demo.s3 import DemoS3
from hubspot_assets.errors import SettingError, UnknownTable
from hubspot_assets.reading.exported import exported_tables
from hubspot_assets.settings import Settings
from hubspot_assets_tests.exported import YESTERDAY
from hubspot_assets_tests.small_export import catalogue, command, small_export

DAY = str(YESTERDAY)
VISITED = EventType("e_visited_page", "e_visited_page")
KNOWN = catalogue("0-2", "0-5", events=[VISITED], pairs=[("0-2", "0-5")])
WHOLE = PortalTables(KNOWN)


def names(portal_tables: PortalTables) -> set[str]:
    return {table.name for table in portal_tables}


def test_a_type_that_is_excluded_goes_with_its_associations_and_the_names_of_others_stay() -> None:
    first, second = (ObjectType(type_id, "cars", "Car", "Cars") for type_id in ("2-111", "2-222"))
    whole = PortalTables(catalogue("0-2", "0-5", custom=[first, second], pairs=[("0-2", "0-5")]))
    only = whole.only(exclude=["companies", "2-111"])
    assert {"OBJECTS_TICKETS", "OBJECTS_CARS_2_222"} <= names(only)
    assert {name for name in names(only) if "COMPANIES" in name or name.endswith("_CARS")} == set()
    assert {table.name for table in only.excluded} == names(whole) - names(only)


def test_definitions_and_what_others_are_made_of_stay() -> None:
    only = WHOLE.only(select=["ASSOCIATIONS_COMPANIES_TO_TICKETS"])
    assert {"OBJECTS/COMPANIES", "OBJECTS/TICKETS", "ASSOCIATIONS_TICKETS_TO_COMPANIES"} <= names(only)
    assert {"PROPERTY_DEFINITIONS", "ASSOCIATION_DEFINITIONS", "PIPELINE_STAGES"} <= names(only)
    assert not {"OWNERS", "TEAMS", "LISTS", "EVENTS_VISITED_PAGE"} & names(only)


def test_types_that_are_selected_need_no_third_type_for_their_associations() -> None:
    whole = PortalTables(catalogue("0-1", "0-2", "0-5", pairs=[("0-1", "0-2"), ("0-1", "0-5"), ("0-2", "0-5")]))
    only = names(whole.only(select=["contacts", "companies"]))
    assert {"ASSOCIATIONS_CONTACTS_TO_COMPANIES", "ASSOCIATIONS_COMPANIES_TO_CONTACTS"} <= only
    assert {name for name in only if "TICKETS" in name} == set()


def test_tables_that_one_step_reads_are_excluded_together_or_not_at_all() -> None:
    assert {"OWNERS", "OWNER_TEAM"} <= names(WHOLE.only(exclude=["OWNER_TEAM"]))
    assert "LISTS" in names(WHOLE.only(select=["LIST_MEMBERSHIPS"]))
    assert names(WHOLE.only(exclude=["OBJECTS_COMPANIES"])) == names(WHOLE)


def test_marketing_events_stay_where_who_took_part_in_them_is_exported() -> None:
    only = PortalTables(Portal.standard()).only(select=["MARKETING_EVENT_PARTICIPATIONS", "deal splits"])
    assert {"OBJECTS/MARKETING_EVENTS", "OBJECTS/DEALS"} <= names(only), "deal splits are read by the ids of deals"


def test_the_graph_has_what_is_exported_and_nothing_else() -> None:
    only = exported_tables(settings := Settings(exclude="companies, TEAMS,e_visited_page"), KNOWN)
    graph = build_defs(KNOWN, settings=settings).resolve_asset_graph()
    assert graph.executable_asset_keys == {asset_key(table) for table in only} | {dg.AssetKey("export_day")}


def test_a_word_that_means_nothing_is_one_sentence_that_names_the_settings() -> None:
    with pytest.raises(SettingError, match="HUBSPOT_EXCLUDE cannot be used: There is no table wurst"):
        exported_tables(Settings(exclude="wurst"), KNOWN)


def test_who_asks_for_a_table_that_is_left_out_is_told_by_which_settings() -> None:
    here = WHOLE.only(exclude=["tickets"])
    with pytest.raises(UnknownTable, match=r"^tickets is not exported here: HUBSPOT_SELECT or HUBSPOT_EXCLUDE"):
        here.select(["tickets"])
    with pytest.raises(UnknownTable, match=r"^There is no table wurst"):
        here.select(["wurst"])


def test_a_token_without_a_scope_is_a_whole_day_where_what_needs_it_is_excluded(s3: DemoS3, tmp_path: Path) -> None:
    without = frozenset(
        {
            "settings.users.teams.read",
            "tickets",
            "behavioral_events.event_definitions.read_write",
            "analytics.behavioral_events.read",
        }
    )
    variables = {"HUBSPOT_EXCLUDE": "tickets,TEAMS,events"}
    with small_export(s3, tmp_path, KNOWN, variables, without_scopes=without) as small:
        code, output = command("export")
        assert code == 0, output
        assert output.endswith("s."), "the summary is the last that is said"
        success = small.lake.success(DAY)
        assert success is not None
        assert {"TEAMS", "OBJECTS_TICKETS", "ASSOCIATIONS_COMPANIES_TO_TICKETS"} <= set(success.excluded)
        assert set(success.excluded).isdisjoint(success.tables)
        assert command("status")[0] == 0
        assert command("verify", "--day", DAY)[0] == 0
        assert small.export("OBJECTS_COMPANIES").is_complete
        again = small.lake.success(DAY)
        assert again is not None
        assert again.excluded == success.excluded, "a day that is closed again tells it still"
