"""OBJECT_PROPERTIES_HISTORY/<X> and OBJECT_PROPERTIES/<X>."""

from datetime import datetime, timedelta
from itertools import permutations

import pytest

from hubspot_assets.tables.properties import Property

from .making import READ_AT, UPDATED, record, source_of, tables, values_of

NAME = Property("name", "string")
STAGE = Property("stage", "enumeration")
JAN_1, JAN_2, JAN_3 = (f"2024-01-0{day}T00:00:00.000Z" for day in (1, 2, 3))


def test_a_version_is_one_row_of_six_columns_in_the_contracts_order():
    made = tables([record(1, {"name": "b"}, {"name": [("b", JAN_2), ("a", JAN_1)]})], [NAME])

    common = {"OBJECTTYPEID": "0-1", "OBJECTID": "1", "NAME": "name"}
    ingested = READ_AT.replace(tzinfo=None)
    assert made.history == [
        {**common, "VALUE": "b", "UPDATEDAT": datetime(2024, 1, 2), "INGESTEDAT": ingested},
        {**common, "VALUE": "a", "UPDATEDAT": datetime(2024, 1, 1), "INGESTEDAT": ingested},
    ]
    assert list(made.history[0]) == ["OBJECTTYPEID", "OBJECTID", "NAME", "VALUE", "UPDATEDAT", "INGESTEDAT"]
    assert list(made.properties[0]) == list(made.history[0])


def test_rows_are_by_record_as_read_then_by_name_then_newest_first():
    versions = {"stage": [("s1", JAN_1), ("s3", JAN_3), ("s2", JAN_2)], "name": [("n1", JAN_1), ("n2", JAN_2)]}

    made = tables([record(10, {}, versions), record(2, {}, versions)], [STAGE, NAME])

    one = [("name", "n2"), ("name", "n1"), ("stage", "s3"), ("stage", "s2"), ("stage", "s1")]
    assert values_of(made.history) == [(record_id, *row) for record_id in ("10", "2") for row in one]
    assert values_of(made.properties) == [
        ("10", "name", "n2"),
        ("10", "stage", "s3"),
        ("2", "name", "n2"),
        ("2", "stage", "s3"),
    ]


@pytest.mark.parametrize("nothing", [None, {}, {"name": []}, {"name": None}], ids=str)
def test_records_without_history_in_the_middle_of_a_page_take_nothing_from_the_others(nothing: dict[str, None] | None):
    versions = {"name": [("x", JAN_2), ("w", JAN_1)]}
    records = [record(n, {"name": "x"}, nothing if n % 10 == 0 else versions) for n in range(40)]

    made = tables(records, [NAME])

    assert len(made.properties) == 40
    assert len(made.history) == 72
    assert {row["OBJECTID"] for row in made.history} == {str(n) for n in range(40) if n % 10}


def test_a_value_without_versions_has_its_row_with_the_records_time_and_no_invented_history():
    made = tables([record(1, {"name": "x", "stage": "s"}, {"stage": [("s", JAN_1)]})], [NAME, STAGE])

    times = {row["NAME"]: row["UPDATEDAT"] for row in made.properties}
    assert times == {"name": datetime(2026, 11, 21, 20), "stage": datetime(2024, 1, 1)}
    assert values_of(made.history) == [("1", "stage", "s")]


def test_updatedat_of_a_value_is_its_own_and_not_the_records():
    made = tables([record(1, {"name": "b"}, {"name": [("a", JAN_1), ("b", JAN_3)]}, updated_at=UPDATED)], [NAME])

    assert made.properties[0]["UPDATEDAT"] == datetime(2024, 1, 3)
    assert made.ids[0]["UPDATEDAT"] == datetime(2026, 11, 21, 20)


@pytest.mark.parametrize("cap", [1, 20, 45])
def test_never_more_versions_than_the_cap_and_the_newest_are_kept(cap: int):
    start = datetime(2024, 1, 1)
    versions = [(str(n), (start + timedelta(hours=n)).isoformat() + "Z") for n in range(60)]
    few = versions[:3]

    made = tables([record(1, {}, {"name": versions, "stage": few}), record(2, {}, {"name": few})], [NAME, STAGE], cap)

    kept = {key: [v for i, n, v in values_of(made.history) if (i, n) == key] for key in (("1", "name"), ("1", "stage"))}
    assert kept["1", "name"] == [str(n) for n in range(59, 59 - cap, -1)]
    assert kept["1", "stage"] == [str(n) for n in range(2, 2 - min(cap, 3), -1)]
    assert len([row for row in made.history if row["OBJECTID"] == "2"]) == min(cap, 3)
    assert made.properties[0]["VALUE"] == "59"


def test_versions_of_one_moment_have_one_order_whatever_order_hubspot_answers_in():
    versions = [("b", JAN_2), ("", JAN_2), ("c", JAN_2), ("a", JAN_1)]

    orders = {
        tuple(values_of(tables([record(1, {"name": "c"}, {"name": list(order)})], [NAME], 3).history))
        for order in permutations(versions)
    }

    assert orders == {(("1", "name", "c"), ("1", "name", "b"), ("1", "name", ""))}


def test_times_with_and_without_milliseconds_are_compared_as_times():
    versions = [("first", "2024-01-01T00:00:05Z"), ("second", "2024-01-01T00:00:05.500Z")]

    made = tables([record(1, {"name": None}, {"name": versions})], [NAME])

    assert [value for _, _, value in values_of(made.history)] == ["second", "first"]
    assert values_of(made.properties) == [("1", "name", "second")]


def test_a_version_whose_time_can_not_be_read_is_kept_as_the_oldest():
    made = tables([record(1, {"name": "x"}, {"name": [("odd", "yesterday"), ("x", JAN_1)]})], [NAME])

    assert [(row["VALUE"], row["UPDATEDAT"]) for row in made.history] == [("x", datetime(2024, 1, 1)), ("odd", None)]


def test_versions_are_raw_values_by_the_type_of_their_property():
    properties = [Property("amount", "number"), Property("born", "date"), Property("closed", "datetime"), NAME]
    versions = {
        "amount": [("1;2", JAN_1)],
        "born": [("2024-01-02", JAN_2), ("2024-02-30", JAN_1)],
        "closed": [("2024-01-02T03:04:05Z", JAN_2), ("", JAN_1)],
        "name": [("2024-01-02", JAN_1)],
    }

    assert [(name, value) for _, name, value in values_of(tables([record(1, {}, versions)], properties).history)] == [
        ("amount", "1;2"),
        ("born", "1704153600000"),
        ("born", "2024-02-30"),
        ("closed", "1704164645000"),
        ("closed", ""),
        ("name", "2024-01-02"),
    ]


CLEARED = {
    "an empty text": record(1, {"name": "", "amount": ""}),
    "an empty text with versions": record(
        1, {"name": "", "amount": ""}, {"name": [("", JAN_2), ("x", JAN_1)], "amount": [("", JAN_2), ("5", JAN_1)]}
    ),
    "null with an empty newest version": record(
        1, {"name": None, "amount": None}, {"name": [("x", JAN_1), ("", JAN_2)], "amount": [("5", JAN_1), ("", JAN_2)]}
    ),
    "null with a null newest version": record(
        1, {"name": None, "amount": None}, {"name": [(None, JAN_2), ("x", JAN_1)], "amount": [(None, JAN_2)]}
    ),
    "no key but an empty newest version": record(1, {}, {"name": [("", JAN_2)], "amount": [("", JAN_2)]}),
}


@pytest.mark.parametrize("answer", CLEARED.values(), ids=CLEARED.keys())
def test_a_cleared_value_is_empty_and_not_null_and_absent_from_properties(answer: dict[str, object]):
    made = tables([answer], [NAME, Property("amount", "number")])

    assert made.wide[0]["PROPERTY_NAME"] == ""
    assert made.wide[0]["PROPERTY_AMOUNT"] is None
    assert made.wide[0]["PROPERTY_UNPARSED_AMOUNT"] is None
    assert made.with_object_properties[0]["PROPERTIES"] == "{}"
    assert values_of(made.properties) == [("1", "amount", ""), ("1", "name", "")]
    versions = answer.get("propertiesWithHistory") or {}
    assert ("1", "name", "") in values_of(made.history) or not versions


NEVER_SET = {
    "null": record(1, {"name": None}),
    "no key": record(1, {}),
    "null and no versions": record(1, {"name": None}, {"name": []}),
    "null and no history": record(1, {"name": None}, {}),
    "no key and no versions": record(1, {}, {"name": None}),
}


@pytest.mark.parametrize("answer", NEVER_SET.values(), ids=NEVER_SET.keys())
def test_a_value_never_set_is_null_and_in_no_row(answer: dict[str, object]):
    made = tables([answer], [NAME])

    assert made.wide[0]["PROPERTY_NAME"] is None
    assert made.with_object_properties[0]["PROPERTIES"] == "{}"
    assert made.properties == made.history == []


def test_a_value_that_only_its_versions_tell_is_that_of_the_newest():
    made = tables([record(1, {}, {"name": [("old", JAN_1), ("new", JAN_2)]})], [NAME])

    assert made.wide[0]["PROPERTY_NAME"] == "new"
    assert values_of(made.properties) == [("1", "name", "new")]


def test_a_value_cleared_at_the_moment_it_was_set_is_cleared_where_hubspot_says_null():
    for versions in ([("x", JAN_1), ("", JAN_1)], [("", JAN_1), ("x", JAN_1)]):
        assert tables([record(1, {"name": None}, {"name": versions})], [NAME]).wide[0]["PROPERTY_NAME"] == ""


def test_a_record_read_without_history_has_all_but_history():
    made = tables([record(1, {"name": "x"})], [NAME])

    assert values_of(made.properties) == [("1", "name", "x")]
    assert made.properties[0]["UPDATEDAT"] == datetime(2026, 11, 21, 20)
    assert made.history == []


def test_every_version_says_what_set_it_in_the_order_of_the_history():
    versions = {"name": [("a", JAN_1), ("bb", JAN_2)], "amount": [(None, JAN_2)]}
    made = tables(
        [record(1, {}, versions), record(2, {}, versions)], [NAME, Property("amount", "number")], version_cap=1
    )

    keys = ("OBJECTTYPEID", "OBJECTID", "NAME", "UPDATEDAT", "INGESTEDAT")
    assert [[row[key] for key in keys] for row in made.sources] == [[row[key] for key in keys] for row in made.history]
    assert len(made.sources) == 4
    told = [tuple(row[key] for key in ("SOURCE", "SOURCEID", "SOURCELABEL", "UPDATEDBYUSERID")) for row in made.sources]
    expected = [source_of(None, JAN_2), source_of("bb", JAN_2)] * 2
    assert told == [tuple(None if part is None else str(part) for part in one) for one in expected]
    assert any(one[3] == "9007199254740993" for one in told) or any(one[2] for one in told)
