"""The tables of a portal: their names, their columns, their order."""

import re

import polars as pl
import pytest
from hypothesis import given

from hubspot_assets.catalog import fixed_tables
from hubspot_assets.catalog.columns import Column, schema
from hubspot_assets.catalog.object_types import ENGAGEMENT_KINDS, STANDARD_OBJECT_TYPES, further_type
from hubspot_assets.catalog.portal import EventType, Portal
from hubspot_assets.catalog.portal_tables import PortalTables
from hubspot_assets.catalog.table import Table

from .portals import ANY_LOAD, object_type, portals

STANDARD = PortalTables(Portal.standard())
SAFE_PART = re.compile(r"[A-Z0-9_]+")


def names_of(table: Table) -> str:
    return " ".join(column.name for column in table.columns)


@given(portals())
@ANY_LOAD
def test_every_table_of_any_portal_has_a_name_and_columns_of_its_own_and_ends_with_ingestedat(portal: Portal):
    tables = list(PortalTables(portal))

    assert len({table.name for table in tables}) == len(tables)
    for table in tables:
        columns = [column.name for column in table.columns]
        assert len(set(columns)) == len(columns)
        assert columns[-1] == "INGESTEDAT"
        assert all(SAFE_PART.fullmatch(part) for part in table.name.split("/"))
        assert tuple(part.lower() for part in table.name.split("/")) == table.key


@given(portals())
@ANY_LOAD
def test_no_type_event_or_pair_of_any_portal_is_without_its_tables(portal: Portal):
    portal_tables = PortalTables(portal)

    assert list(portal_tables.objects) == [t.object_type_id for t in portal.object_types]
    assert list(portal_tables.events) == [event.name for event in portal.event_types]
    assert set(portal_tables.associations) == {ends for a, b in portal.association_pairs for ends in ((a, b), (b, a))}


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        (STANDARD.objects["0-1"].wide, "OBJECTTYPEID OBJECTID UPDATEDAT INGESTEDAT"),
        (STANDARD.objects["0-1"].ids, "OBJECTTYPEID OBJECTID UPDATEDAT INGESTEDAT"),
        (
            STANDARD.objects["0-1"].with_object_properties,
            "OBJECTTYPEID OBJECTID PROPERTIES UPDATEDAT INGESTEDAT",
        ),
        (STANDARD.objects["0-1"].properties, "OBJECTTYPEID OBJECTID NAME VALUE UPDATEDAT INGESTEDAT"),
        (STANDARD.objects["0-1"].history, "OBJECTTYPEID OBJECTID NAME VALUE UPDATEDAT INGESTEDAT"),
        (
            STANDARD.associations["0-1", "0-2"].named,
            "CONTACT_OBJECTID COMPANY_OBJECTID COMBINEDASSOCIATIONTYPEID ASSOCIATIONCATEGORY ASSOCIATIONTYPEID NAME "
            "LABEL ISMAINASSOCIATIONDEFINITION INGESTEDAT",
        ),
        (
            STANDARD.associations["0-2", "0-1"].combined,
            "COMBINEDASSOCIATIONTYPEID ASSOCIATIONCATEGORY ASSOCIATIONTYPEID FROMOBJECTTYPEID FROMOBJECTID "
            "TOOBJECTTYPEID TOOBJECTID INGESTEDAT",
        ),
        (fixed_tables.OWNER_TEAM, "OWNERID TEAMID ISTEAMPRIMARY INGESTEDAT"),
        (fixed_tables.TEAMS, "TEAMID TEAMNAME PARENTTEAMID INGESTEDAT"),
        (
            fixed_tables.OWNERS,
            "OWNERID EMAIL FIRSTNAME LASTNAME USERID TYPE ARCHIVED CREATEDAT UPDATEDAT ARCHIVEDAT INGESTEDAT",
        ),
        (
            fixed_tables.OBJECT_AND_EVENT_TYPE_DEFINITIONS,
            "OBJECTTYPEID FULLYQUALIFIEDNAME NAME DESCRIPTION SINGULARLABEL PLURALLABEL METATYPE "
            "PRIMARYDISPLAYPROPERTY ARCHIVED CREATEDAT UPDATEDAT INGESTEDAT",
        ),
        (
            fixed_tables.PROPERTY_DEFINITIONS,
            "OBJECTTYPEID NAME LABEL DESCRIPTION TYPE FIELDTYPE GROUPNAME DISPLAYORDER OPTIONS CREATEDUSERID "
            "REFERENCEDOBJECTTYPE CALCULATED EXTERNALOPTIONS HASUNIQUEVALUE HIDDEN SHOWCURRENCYSYMBOL FORMFIELD "
            "READONLYDEFINITION READONLYVALUE HUBSPOTDEFINED ARCHIVED CREATEDAT UPDATEDAT GROUPDISPLAYORDER "
            "DATASENSITIVITY EXPORTED INGESTEDAT",
        ),
        (
            fixed_tables.ASSOCIATION_DEFINITIONS,
            "COMBINEDASSOCIATIONTYPEID ASSOCIATIONCATEGORY ASSOCIATIONTYPEID FROMOBJECTTYPEID TOOBJECTTYPEID NAME "
            "LABEL ISMAINASSOCIATIONDEFINITION INGESTEDAT",
        ),
        (
            fixed_tables.PIPELINES,
            "OBJECTTYPEID PIPELINEID LABEL DISPLAYORDER ARCHIVED CREATEDAT UPDATEDAT INGESTEDAT",
        ),
        (
            fixed_tables.PIPELINE_STAGES,
            "OBJECTTYPEID PIPELINEID STAGEID LABEL DISPLAYORDER METADATA ARCHIVED CREATEDAT UPDATEDAT INGESTEDAT",
        ),
        (
            fixed_tables.LISTS_TABLE,
            "LISTID CLASSICLISTID NAME LISTTYPE OBJECTTYPEID SIZE CREATEDAT CREATEDBYUSERID UPDATEDBYUSERID UPDATEDAT "
            "FILTERSUPDATEDAT INGESTEDAT",
        ),
        (fixed_tables.LIST_MEMBERSHIPS, "LISTID OBJECTTYPEID OBJECTID UPDATEDAT INGESTEDAT"),
        (
            PortalTables(Portal.of([], [EventType("e_x", "6-1")])).events["e_x"],
            "EVENTTYPEID ID OBJECTTYPEID OBJECTID OCCURREDAT INGESTEDAT",
        ),
    ],
    ids=lambda given: given.name if isinstance(given, Table) else "",
)
def test_a_table_has_exactly_the_columns_of_the_contract_in_order(table: Table, columns: str):
    assert names_of(table) == columns


def test_the_tables_of_a_type_are_named_as_in_the_data_share():
    contacts = STANDARD.objects["0-1"]

    assert {table.name for table in contacts} == {
        "OBJECTS_CONTACTS",
        "OBJECTS/CONTACTS",
        "OBJECT_WITH_OBJECT_PROPERTIES/CONTACTS",
        "OBJECT_PROPERTIES/CONTACTS",
        "OBJECT_PROPERTIES_HISTORY/CONTACTS",
    }
    assert contacts.wide.key == ("objects_contacts",)
    assert contacts.properties.key == ("object_properties", "contacts")


def test_a_pair_has_tables_in_both_directions():
    names = {table.name for both in STANDARD.associations.values() for table in both}

    assert {
        "ASSOCIATIONS_CONTACTS_TO_COMPANIES",
        "ASSOCIATIONS_COMPANIES_TO_CONTACTS",
        "ASSOCIATIONS/CONTACTS_TO_COMPANIES",
        "ASSOCIATIONS/COMPANIES_TO_CONTACTS",
        "ASSOCIATIONS_COMPANIES_TO_COMPANIES",
    } <= names


def test_all_subtables_of_a_combined_table_have_the_same_columns():
    for part in ("ids", "with_object_properties", "properties", "history"):
        assert len({getattr(tables, part).columns for tables in STANDARD.objects.values()}) == 1
    assert len({both.combined.columns for both in STANDARD.associations.values()}) == 1


def test_of_two_types_with_one_label_the_smaller_id_keeps_the_name():
    portal_tables = PortalTables(
        Portal.of([object_type("2-222"), object_type("2-111", plural="cars"), object_type("2-3", "Cats")])
    )

    assert portal_tables.objects["2-111"].wide.name == "OBJECTS_CARS"
    assert portal_tables.objects["2-222"].wide.name == "OBJECTS_CARS_2_222"
    assert portal_tables.objects["2-222"].history.name == "OBJECT_PROPERTIES_HISTORY/CARS_2_222"
    assert portal_tables.renamed == {"2-222": "CARS_2_222"}


def test_a_custom_type_labelled_like_a_standard_one_gives_way():
    portal_tables = PortalTables(Portal.of([object_type("2-5", "Contacts", "Contact"), *STANDARD_OBJECT_TYPES]))

    assert portal_tables.objects["0-1"].wide.name == "OBJECTS_CONTACTS"
    assert portal_tables.objects["2-5"].wide.name == "OBJECTS_CONTACTS_2_5"


def test_two_labels_of_another_alphabet_do_not_become_one_table():
    portal_tables = PortalTables(Portal.of([object_type("2-1", "Машины"), object_type("2-2", "Собаки")]))

    assert [tables.wide.name for tables in portal_tables.objects.values()] == ["OBJECTS_______", "OBJECTS________2_2"]


def test_labels_with_the_word_to_do_not_make_two_pairs_one_table():
    labels = {"2-1": "A to B", "2-2": "C", "2-3": "A", "2-4": "B to C"}
    types = [object_type(type_id, label, label) for type_id, label in labels.items()]
    portal_tables = PortalTables(Portal.of(types, [], [("2-1", "2-2"), ("2-3", "2-4")]))

    assert portal_tables.associations["2-1", "2-2"].named.name == "ASSOCIATIONS_A_TO_B_TO_C"
    assert portal_tables.associations["2-3", "2-4"].named.name == "ASSOCIATIONS_A_TO_B_TO_C_2_3_2_4"


def test_two_events_that_differ_in_their_prefix_only_are_told_apart():
    portal_tables = PortalTables(Portal.of([], [EventType("pe7_done", "6-7"), EventType("e_done", "4-1")]))

    assert [table.name for table in portal_tables.events.values()] == ["EVENTS_DONE", "EVENTS_DONE_6_7"]


def test_an_event_type_that_is_made_later_does_not_take_the_name_of_an_earlier_one():
    earlier, later = EventType("pe7_done", "6-7"), EventType("pe7_Done", "6-8")

    alone, both = (PortalTables(Portal.of([], events)) for events in ([earlier], [earlier, later]))

    assert alone.events["pe7_done"].name == both.events["pe7_done"].name == "EVENTS_DONE"
    assert both.events["pe7_Done"].name == "EVENTS_DONE_6_8"


def test_a_type_that_is_told_apart_does_not_take_the_name_of_a_third():
    labels = {"2-1": "Cars", "2-2": "CARS", "2-3": "Cars 2-2"}
    portal_tables = PortalTables(Portal.of([object_type(type_id, label) for type_id, label in labels.items()]))

    assert [tables.wide.name for tables in portal_tables.objects.values()] == [
        "OBJECTS_CARS",
        "OBJECTS_CARS_2_2_",
        "OBJECTS_CARS_2_2",
    ]
    assert portal_tables.renamed == {"2-2": "CARS_2_2_"}


def test_folders_have_names_that_every_file_system_takes():
    types = [object_type(type_id, "l" * 300, "s" * 300) for type_id in ("2-1", "2-2")]
    portal_tables = PortalTables(Portal.of(types, [EventType("e_" + "x" * 300, "4-1")], [("2-1", "2-2")]))

    parts = [part for table in portal_tables for part in table.name.split("/")]

    assert max(map(len, parts)) <= 255
    assert len({table.name for table in portal_tables}) == len(list(portal_tables))


def test_a_pair_with_a_type_that_the_portal_does_not_have_is_left_out():
    assert not PortalTables(Portal.of([object_type("2-1")], [], [("2-1", "2-9")])).associations


def test_history_keeps_45_versions_of_contacts_and_20_of_all_else():
    caps = {t.object_type_id: t.version_cap for t in STANDARD_OBJECT_TYPES}

    assert caps.pop("0-1") == 45
    assert set(caps.values()) == {20}


def test_every_object_type_of_the_contract_is_there():
    wanted = (
        "0-1 0-2 0-3 0-4 0-5 0-7 0-8 0-11 0-14 0-15 0-18 0-19 0-25 0-27 0-28 0-29 0-30 0-31 0-32 0-33 0-35 0-38 0-39 "
        "0-45 0-46 0-47 0-48 0-49 0-53 0-57 0-58 0-69 0-72 0-83 0-101 0-115 0-116 0-123 0-136 0-142"
    )

    assert set(wanted.split()) <= STANDARD.objects.keys()
    assert set(ENGAGEMENT_KINDS) <= STANDARD.objects.keys()


def test_a_schema_has_the_dtypes_of_the_column_types_in_order():
    columns = [Column(type_, type_) for type_ in ("string", "number", "boolean", "datetime", "date", "json")]

    assert schema(columns) == pl.Schema(
        {
            "string": pl.String(),
            "number": pl.String(),
            "boolean": pl.Boolean(),
            "datetime": pl.Datetime("ms"),
            "date": pl.Date(),
            "json": pl.String(),
        }
    )


@pytest.mark.parametrize(
    ("label", "scope"),
    [
        ("Partner clients", "crm.objects.partner-clients.read"),
        ("Partner Services", "crm.objects.partner-services.read"),
        ("Forecasts", "crm.objects.forecasts.read"),
    ],
)
def test_further_types_that_hubspot_counts_have_the_scope_that_hubspot_names_for_them(label: str, scope: str):
    found = further_type("0-145", label.removesuffix("s"), label)

    tables = PortalTables(Portal.of([found])).objects["0-145"]
    assert tables.wide.name == f"OBJECTS_{label.upper().replace(' ', '_')}"
    assert tables.wide.scopes.names == (scope,)


def test_a_further_type_without_labels_goes_by_its_id_and_names_no_scope():
    tables = PortalTables(Portal.of([further_type("0-999", None, None)])).objects["0-999"]

    assert (tables.wide.name, tables.wide.scopes.names) == ("OBJECTS_0_999", ())


def test_every_id_is_a_text_since_those_of_forms_and_campaigns_are_no_numbers():
    ids = [(table.name, c) for table in STANDARD for c in table.columns if c.name.endswith(("ID", "IDS"))]

    assert len(ids) > 500
    assert {(name, column.name) for name, column in ids if column.type != "string"} == set()
