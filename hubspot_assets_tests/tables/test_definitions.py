"""The tables that say what a portal is made of, and the people in it."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import pytest

from hubspot_assets.catalog import fixed_tables
from hubspot_assets.catalog.object_types import ObjectType
from hubspot_assets.catalog.portal import EventType
from hubspot_assets.catalog.table import Table
from hubspot_assets.tables import definitions, people
from hubspot_assets.tables.frames import Row, frame, text_of

from .making import READ_AT


def rows(made: Iterable[Row], table: Table) -> list[dict[str, Any]]:
    """The rows as they are in the table, without INGESTEDAT."""
    found = frame(made, table.columns, READ_AT)
    assert found.columns == [column.name for column in table.columns]
    assert found["INGESTEDAT"].to_list() == [READ_AT.replace(tzinfo=None)] * found.height
    return found.drop("INGESTEDAT").to_dicts()


TYPES = fixed_tables.OBJECT_AND_EVENT_TYPE_DEFINITIONS


def test_a_standard_type_is_defined_by_the_catalogue():
    (row,) = rows([definitions.object_type_row(ObjectType("0-1", "CONTACT", "Contact", "Contacts"))], TYPES)

    assert row == {
        "OBJECTTYPEID": "0-1",
        "FULLYQUALIFIEDNAME": "CONTACT",
        "NAME": "CONTACT",
        "DESCRIPTION": None,
        "SINGULARLABEL": "Contact",
        "PLURALLABEL": "Contacts",
        "METATYPE": "object",
        "PRIMARYDISPLAYPROPERTY": None,
        "ARCHIVED": False,
        "CREATEDAT": None,
        "UPDATEDAT": None,
    }


def test_a_custom_object_is_defined_by_hubspots_answer():
    schema = {
        "objectTypeId": "2-9",
        "name": "car",
        "fullyQualifiedName": "p77_car",
        "labels": {"singular": "Car", "plural": "Cars"},
        "description": "What we drive",
        "primaryDisplayProperty": "plate",
        "archived": True,
        "createdAt": "2020-01-02T03:04:05.678Z",
        "updatedAt": "2021-01-02T03:04:05Z",
    }

    (row,) = rows([definitions.object_type_row(ObjectType("2-9", "old", "Old", "Olds"), schema)], TYPES)

    assert (row["FULLYQUALIFIEDNAME"], row["NAME"], row["PLURALLABEL"]) == ("p77_car", "car", "Cars")
    assert (row["DESCRIPTION"], row["PRIMARYDISPLAYPROPERTY"], row["ARCHIVED"]) == ("What we drive", "plate", True)
    assert (row["CREATEDAT"], row["UPDATEDAT"]) == (
        datetime(2020, 1, 2, 3, 4, 5, 678_000),
        datetime(2021, 1, 2, 3, 4, 5),
    )


NAMELESS = ObjectType("2-9", "car", "", "", fully_qualified_name=None)


@pytest.mark.parametrize(
    ("object_type", "schema", "named"),
    [
        (ObjectType("2-9", "car", "Car", ""), {"labels": {"singular": "Car"}}, (None, "car", "Car", None)),
        (
            ObjectType("2-9", "car", "Car", ""),
            {"labels": {"singular": "Car", "plural": ""}},
            (None, "car", "Car", None),
        ),
        (NAMELESS, {"name": "car", "labels": None}, (None, "car", None, None)),
        (NAMELESS, {"name": "car", "labels": {"singular": None, "plural": None}}, (None, "car", None, None)),
        (NAMELESS, {"name": "car", "fullyQualifiedName": "p77_car"}, ("p77_car", "car", None, None)),
        (ObjectType("2-9", "car", "", "", fully_qualified_name="p77_car"), None, ("p77_car", "car", None, None)),
        (ObjectType("0-4711", "PARTNER", "Partner", "Partners"), None, (None, "PARTNER", "Partner", "Partners")),
        (ObjectType("0-2", "COMPANY", "Company", "Companies"), None, ("COMPANY", "COMPANY", "Company", "Companies")),
    ],
)
def test_what_hubspot_does_not_tell_of_a_type_is_null_and_no_name_is_made_up(
    object_type: ObjectType, schema: dict[str, Any] | None, named: tuple[str | None, ...]
):
    (row,) = rows([definitions.object_type_row(object_type, schema)], TYPES)

    assert tuple(row[n] for n in ("FULLYQUALIFIEDNAME", "NAME", "SINGULARLABEL", "PLURALLABEL")) == named


@pytest.mark.parametrize(("archived", "is_archived"), [(None, False), ("false", False), ("true", True), (True, True)])
def test_archived_that_is_null_is_not_archived_and_a_text_is_what_it_says(archived: Any, is_archived: bool):
    told = {"id": 1, "name": "a", "archived": archived, "labels": {"plural": ""}}
    event = definitions.event_type_row(EventType("pe77_done", "6-1"), told)

    (defined,) = rows(definitions.property_rows("0-3", [told]), fixed_tables.PROPERTY_DEFINITIONS)
    custom, done = rows([definitions.object_type_row(NAMELESS, told), event], TYPES)
    (pipeline,) = rows(definitions.pipeline_rows("0-3", [told]), fixed_tables.PIPELINES)
    (owner,) = rows(people.owner_rows([told]), fixed_tables.OWNERS)

    assert [row["ARCHIVED"] for row in (defined, custom, done, pipeline, owner)] == [is_archived] * 5
    assert done["PLURALLABEL"] is None


def test_event_types_are_in_the_same_table_with_metatype_event():
    standard = EventType("e_visited_page", "4-96000", "Page visited")
    custom = EventType("pe77_done", "6-1")
    definition = {"name": "done", "labels": {"singular": "Done", "plural": "Dones"}, "description": None}

    found = rows([definitions.event_type_row(standard), definitions.event_type_row(custom, definition)], TYPES)

    assert [(row["OBJECTTYPEID"], row["METATYPE"]) for row in found] == [("4-96000", "event"), ("6-1", "event")]
    assert [row["FULLYQUALIFIEDNAME"] for row in found] == ["e_visited_page", "pe77_done"]
    assert [(row["NAME"], row["SINGULARLABEL"], row["PLURALLABEL"]) for row in found] == [
        ("e_visited_page", "Page visited", None),
        ("done", "Done", "Dones"),
    ]


def test_a_property_definition_has_all_that_hubspot_tells():
    answer = {
        "name": "stage",
        "label": "Stage",
        "description": "",
        "type": "enumeration",
        "fieldType": "select",
        "groupName": "deals",
        "displayOrder": -1,
        "options": [{"label": 'A "quoted" one', "value": "a", "hidden": False}],
        "createdUserId": "123",
        "referencedObjectType": "OWNER",
        "calculated": False,
        "externalOptions": True,
        "hasUniqueValue": False,
        "hidden": True,
        "showCurrencySymbol": False,
        "formField": True,
        "modificationMetadata": {"readOnlyDefinition": True, "readOnlyValue": False, "archivable": True},
        "hubspotDefined": True,
        "archived": False,
        "createdAt": "2020-06-30T15:57:37.277Z",
        "updatedAt": "2024-09-12T14:22:56.844Z",
    }

    groups = [{"name": "sales", "displayOrder": 3}, {"name": "deals", "displayOrder": -1}]

    (row,) = rows(definitions.property_rows("0-3", [answer], groups), fixed_tables.PROPERTY_DEFINITIONS)

    assert json.loads(row.pop("OPTIONS")) == answer["options"]
    assert row == {
        "OBJECTTYPEID": "0-3",
        "NAME": "stage",
        "LABEL": "Stage",
        "DESCRIPTION": "",
        "TYPE": "enumeration",
        "FIELDTYPE": "select",
        "GROUPNAME": "deals",
        "DISPLAYORDER": "-1",
        "CREATEDUSERID": "123",
        "REFERENCEDOBJECTTYPE": "OWNER",
        "CALCULATED": False,
        "EXTERNALOPTIONS": True,
        "HASUNIQUEVALUE": False,
        "HIDDEN": True,
        "SHOWCURRENCYSYMBOL": False,
        "FORMFIELD": True,
        "READONLYDEFINITION": True,
        "READONLYVALUE": False,
        "HUBSPOTDEFINED": True,
        "ARCHIVED": False,
        "CREATEDAT": datetime(2020, 6, 30, 15, 57, 37, 277_000),
        "UPDATEDAT": datetime(2024, 9, 12, 14, 22, 56, 844_000),
        "GROUPDISPLAYORDER": "-1",
        "DATASENSITIVITY": "non_sensitive",
        "EXPORTED": True,
    }


def test_a_property_of_which_hubspot_tells_only_the_name_is_a_row_all_the_same():
    (row,) = rows(definitions.property_rows("0-3", [{"name": "x"}]), fixed_tables.PROPERTY_DEFINITIONS)

    assert (row["NAME"], row["OPTIONS"], row["EXPORTED"], row["ARCHIVED"], row["LABEL"]) == (
        "x",
        "[]",
        True,
        False,
        None,
    )


@pytest.mark.parametrize(
    ("category", "number"),
    [("HUBSPOT_DEFINED", "0"), ("USER_DEFINED", "1"), ("INTEGRATOR_DEFINED", "2"), ("WORK", "3")],
)
def test_the_combined_association_type_is_category_number_dash_type_id(category: str, number: str):
    label = {"category": category, "typeId": 279, "label": None}

    (row,) = rows(definitions.association_rows("0-1", "0-2", [label], {}), fixed_tables.ASSOCIATION_DEFINITIONS)

    assert row["COMBINEDASSOCIATIONTYPEID"] == f"{number}-279"
    assert definitions.combined_association_type_id(category, "279") == f"{number}-279"


def test_association_types_with_one_id_in_two_categories_are_two_rows_and_the_unlabelled_one_is_main():
    labels = [
        {"category": "HUBSPOT_DEFINED", "typeId": 1, "label": None},
        {"category": "USER_DEFINED", "typeId": 1, "label": "Boss"},
    ]

    found = rows(
        definitions.association_rows("0-1", "0-2", labels, {"1": "contact_to_company"}),
        fixed_tables.ASSOCIATION_DEFINITIONS,
    )

    assert [row["COMBINEDASSOCIATIONTYPEID"] for row in found] == ["0-1", "1-1"]
    assert [row["ISMAINASSOCIATIONDEFINITION"] for row in found] == [True, False]
    assert [(row["FROMOBJECTTYPEID"], row["TOOBJECTTYPEID"], row["LABEL"]) for row in found] == [
        ("0-1", "0-2", None),
        ("0-1", "0-2", "Boss"),
    ]
    assert found[0]["NAME"] == "contact_to_company"


def test_pipelines_and_their_stages_are_rows_of_two_tables():
    pipelines = [
        {
            "id": "default",
            "label": "Sales",
            "displayOrder": 0,
            "archived": False,
            "createdAt": "1970-01-01T00:00:00Z",
            "updatedAt": None,
            "stages": [
                {"id": "won", "label": "Won", "displayOrder": 1, "metadata": {"probability": "1.0"}, "archived": False},
                {"id": "lost", "label": "Lost", "displayOrder": 2, "archived": True},
            ],
        },
        {"id": "7", "label": "Empty"},
    ]

    found = rows(definitions.pipeline_rows("0-3", pipelines), fixed_tables.PIPELINES)
    stages = rows(definitions.stage_rows("0-3", pipelines), fixed_tables.PIPELINE_STAGES)

    assert [(row["PIPELINEID"], row["LABEL"], row["DISPLAYORDER"]) for row in found] == [
        ("default", "Sales", "0"),
        ("7", "Empty", None),
    ]
    assert found[0]["CREATEDAT"] == datetime(1970, 1, 1)
    assert [(row["PIPELINEID"], row["STAGEID"], row["METADATA"], row["ARCHIVED"]) for row in stages] == [
        ("default", "won", '{"probability":"1.0"}', False),
        ("default", "lost", "{}", True),
    ]


def test_owners_are_rows_and_an_archived_one_keeps_its_last_user_id():
    owners = [
        {
            "id": "9007199254740993",
            "email": "ann@example.com",
            "firstName": "Ann",
            "lastName": "",
            "userId": 0,
            "userIdIncludingInactive": 5,
            "type": "PERSON",
            "archived": False,
            "createdAt": "2020-01-01T00:00:00.000Z",
            "updatedAt": "2020-01-02T00:00:00.000Z",
            "teams": [{"id": "1", "name": "A", "primary": True}, {"id": "2", "name": "B", "primary": False}],
        },
        {
            "id": "2",
            "userId": None,
            "userIdIncludingInactive": 77,
            "archived": True,
            "archivedAt": "2024-01-02T03:04:05Z",
        },
    ]

    found = rows(people.owner_rows(owners), fixed_tables.OWNERS)
    teams = rows(people.owner_team_rows(owners), fixed_tables.OWNER_TEAM)

    assert [(row["OWNERID"], row["USERID"], row["ARCHIVED"]) for row in found] == [
        ("9007199254740993", "0", False),
        ("2", "77", True),
    ]
    assert (found[0]["LASTNAME"], found[1]["LASTNAME"]) == ("", None)
    assert (found[0]["ARCHIVEDAT"], found[1]["ARCHIVEDAT"]) == (None, datetime(2024, 1, 2, 3, 4, 5))
    assert [tuple(row.values()) for row in teams] == [
        ("9007199254740993", "1", True),
        ("9007199254740993", "2", False),
    ]


def test_a_team_that_is_told_twice_of_an_owner_is_one_row():
    told = [{"id": "7", "primary": False}, {"id": "8"}, {"id": 7, "primary": True}, {"id": "7", "primary": False}]

    teams = rows(people.owner_team_rows([{"id": "2", "teams": told}]), fixed_tables.OWNER_TEAM)

    assert [tuple(row.values()) for row in teams] == [("2", "7", True), ("2", "8", False)]


def test_a_team_whose_parent_is_not_told_has_none():
    teams = [{"id": "1", "name": "All"}, {"id": "2", "name": "Some", "parentTeamId": "1"}]

    assert [tuple(row.values()) for row in rows(people.team_rows(teams), fixed_tables.TEAMS)] == [
        ("1", "All", None),
        ("2", "Some", "1"),
    ]


@pytest.mark.parametrize("table", fixed_tables.FIXED_TABLES, ids=lambda table: table.name)
def test_a_table_without_rows_has_all_its_columns(table: Table):
    assert rows([], table) == []


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None),
        ("", ""),
        ("00123", "00123"),
        (True, "true"),
        (False, "false"),
        (2**53 + 1, "9007199254740993"),
        (2**70, str(2**70)),
        (1.5, "1.5"),
        ({"b": [1, None, "é"]}, '{"b":[1,null,"é"]}'),
        ([], "[]"),
    ],
)
def test_a_json_value_as_text_loses_nothing(value: Any, text: str | None):
    assert text_of(value) == text
