"""Engagements (0-4): the rows of several kinds under one set of columns."""

from datetime import date, datetime

import polars as pl

from hubspot_assets.catalog.columns import Column, ColumnType, schema
from hubspot_assets.tables.engagements import united, united_columns

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
        "PROPERTY_TITLE",
        "PROPERTY_UNPARSED_DURATION",
        "UPDATEDAT",
        "INGESTEDAT",
    ]


def test_the_other_tables_keep_their_columns():
    for table in ENGAGEMENTS:
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
    assert united_rows == [("0-4", "1", text, moment, moment) for text in texts]


def test_a_kind_without_a_property_has_null_there():
    notes = kind(property_body="string")
    columns = united_columns(ENGAGEMENTS.wide, [notes, kind(property_when="datetime")])
    moment = datetime(2024, 1, 1)

    made = united(pl.DataFrame([["0-46"], ["1"], ["x"], [moment], [moment]], schema=schema(notes)), columns, "0-4")

    assert made.schema == schema(columns)
    assert made.rows() == [("0-4", "1", "x", None, moment, moment)]
