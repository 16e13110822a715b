"""Engagements (0-4): the rows of several kinds under one set of columns."""

import json
from datetime import date, datetime

import polars as pl

from hubspot_assets.catalog.columns import Column, ColumnType, schema
from hubspot_assets.catalog.object_types import ENGAGEMENT_KINDS as KINDS
from hubspot_assets.tables.engagements import type_rows, united, united_columns

from .making import CONTRACT

ENGAGEMENTS = CONTRACT.objects["0-4"]


def kind(**properties: ColumnType) -> list[Column]:
    """The columns of a kind's OBJECTS table."""
    leading, trailing = ENGAGEMENTS.wide.columns[:2], ENGAGEMENTS.wide.columns[2:]
    return [*leading, *(Column(name.upper(), type_) for name, type_ in properties.items()), *trailing]


def names(columns: list[Column]) -> list[str]:
    return [column.name for column in columns]


def test_the_columns_are_those_of_all_kinds_once_between_the_fixed_ones():
    calls = kind(property_title="string", property_duration="number", property_unparsed_duration="string")
    notes = kind(property_body="string", property_title="string")

    assert names(united_columns(ENGAGEMENTS.wide, [calls, notes])) == [
        "OBJECTTYPEID",
        "OBJECTID",
        "PROPERTY_BODY",
        "PROPERTY_DURATION",
        "PROPERTY_HS_ENGAGEMENT_TYPE",
        "PROPERTY_TITLE",
        "PROPERTY_UNPARSED_DURATION",
        "UPDATEDAT",
        "INGESTEDAT",
    ]


def test_the_other_tables_keep_their_columns():
    for table in (t for t in ENGAGEMENTS if t is not ENGAGEMENTS.wide):
        assert united_columns(table, [table.columns, table.columns]) == list(table.columns)
        assert united_columns(table, []) == list(table.columns)


def test_a_property_that_kinds_declare_differently_is_text_for_all_of_them():
    kinds = [kind(property_x=t, property_same="date") for t in ("datetime", "number", "datetime")]

    types = {column.name: column.type for column in united_columns(ENGAGEMENTS.wide, kinds)}

    assert types["PROPERTY_X"] == "string"
    assert types["PROPERTY_SAME"] == "date"


def test_rows_of_all_kinds_fit_and_keep_what_they_say():
    moment, day = datetime(2024, 1, 2, 3, 4, 5, 678_000), date(1969, 12, 31)
    kinds = [
        kind(property_x="datetime"),
        kind(property_x="date"),
        kind(property_x="boolean"),
        kind(property_x="string"),
    ]
    columns = united_columns(ENGAGEMENTS.wide, kinds)
    values = [moment, day, True, "00123"]

    united_rows = []
    for own, value in zip(kinds, values, strict=True):
        rows = pl.DataFrame([["0-46"], ["1"], [value], [moment], [moment]], schema=schema(own))
        made = united(rows, columns, "0-4")
        assert made.schema == schema(columns)
        united_rows += made.rows()

    texts = ["2024-01-02 03:04:05.678", "1969-12-31", "true", "00123"]
    assert united_rows == [("0-4", "1", None, text, moment, moment) for text in texts]


def test_a_kind_without_a_property_has_null_there():
    notes = kind(property_body="string")
    columns = united_columns(ENGAGEMENTS.wide, [notes, kind(property_when="datetime")])
    moment = datetime(2024, 1, 1)

    made = united(pl.DataFrame([["0-46"], ["1"], ["x"], [moment], [moment]], schema=schema(notes)), columns, "0-4")

    assert made.schema == schema(columns)
    assert made.rows() == [("0-4", "1", "x", None, None, moment, moment)]


MOMENT = datetime(2024, 1, 1)
CREATED = datetime(2020, 1, 1)


def test_every_engagement_says_of_which_type_it_is():
    emails = kind(property_hs_email_direction="string")
    columns = united_columns(ENGAGEMENTS.wide, [emails])
    directions = [None, "", "EMAIL", "INCOMING_EMAIL", "FORWARDED_EMAIL", "low"]
    rows = pl.DataFrame(
        [("x", str(n), d, MOMENT, MOMENT) for n, d in enumerate(directions)], schema(emails), orient="row"
    )

    of = {type_id: united(rows, columns, "0-4", type_id)["PROPERTY_HS_ENGAGEMENT_TYPE"].to_list() for type_id in KINDS}

    assert of.pop("0-49") == ["EMAIL", "EMAIL", "EMAIL", "INCOMING_EMAIL", "FORWARDED_EMAIL", "EMAIL"]
    assert {type_id: set(told) for type_id, told in of.items()} == {
        "0-18": {"COMMUNICATION"},
        "0-27": {"TASK"},
        "0-46": {"NOTE"},
        "0-47": {"MEETING"},
        "0-48": {"CALL"},
        "0-116": {"POSTAL_MAIL"},
    }


def test_the_type_is_in_the_object_of_properties_at_its_place():
    table = ENGAGEMENTS.with_object_properties
    objects = ['{"hs_email_direction":"INCOMING_EMAIL","hs_object_id":"1","é":"\\u0000 \\"x\\""}', "{}"]
    rows = pl.DataFrame(
        [("x", str(n), one, MOMENT, MOMENT) for n, one in enumerate(objects)], schema(table.columns), orient="row"
    )

    made = united(rows, table.columns, "0-4", "0-49")["PROPERTIES"].to_list()

    assert list(map(json.loads, made)) == [
        {
            "hs_email_direction": "INCOMING_EMAIL",
            "hs_engagement_type": "INCOMING_EMAIL",
            "hs_object_id": "1",
            "é": '\0 "x"',
        },
        {"hs_engagement_type": "EMAIL"},
    ]
    assert list(json.loads(made[0])) == sorted(json.loads(made[0]))
    assert united(rows, table.columns, "0-4")["PROPERTIES"].to_list() == objects


def test_the_type_has_a_row_as_old_as_the_engagement_and_no_version_is_made_up():
    notes = kind(property_hs_createdate="datetime")
    wide = pl.DataFrame(
        [("x", "1", CREATED, MOMENT, MOMENT), ("x", "2", None, MOMENT, MOMENT)], schema(notes), orient="row"
    )

    now = type_rows(wide, ENGAGEMENTS.properties.columns, "0-46", of_versions=False)
    then = type_rows(wide, ENGAGEMENTS.history.columns, "0-46", of_versions=True)

    told = ("hs_engagement_type", "NOTE")
    assert now.select("OBJECTID", "NAME", "VALUE", "UPDATEDAT").rows() == [("1", *told, CREATED), ("2", *told, MOMENT)]
    assert then.select("OBJECTID", "NAME", "VALUE", "UPDATEDAT").rows() == [("1", *told, CREATED)]
    columns = list(ENGAGEMENTS.history.columns)
    assert united(then, columns, "0-4").schema == schema(columns)
