"""OBJECTS_<X>, OBJECTS/<X> and OBJECT_WITH_OBJECT_PROPERTIES/<X>."""

import json
from datetime import date, datetime

from hypothesis import example, given
from hypothesis import strategies as st

from hubspot_assets.tables.objects import wide_columns
from hubspot_assets.tables.properties import Property

from .making import ANY_LOAD, CONTRACT, READ_AT, record, tables

INGESTED = READ_AT.replace(tzinfo=None)


def test_a_record_is_one_row_with_typed_left_over_and_system_columns():
    properties = [
        Property("amount", "number"),
        Property("born", "date"),
        Property("closed", "datetime"),
        Property("name", "string"),
    ]
    values = {"amount": "1;2", "born": "2024-02-30", "closed": "2024-01-02T03:04:05.678Z", "name": "Ann"}

    (row,) = tables([record(10000000000000001, values)], properties).wide

    assert row == {
        "OBJECTTYPEID": "0-1",
        "OBJECTID": "10000000000000001",
        "PROPERTY_AMOUNT": None,
        "PROPERTY_BORN": None,
        "PROPERTY_CLOSED": datetime(2024, 1, 2, 3, 4, 5, 678_000),
        "PROPERTY_NAME": "Ann",
        "PROPERTY_UNPARSED_AMOUNT": "1;2",
        "PROPERTY_UNPARSED_BORN": "2024-02-30",
        "PROPERTY_UNPARSED_CLOSED": "1704164645678",
        "UPDATEDAT": datetime(2026, 11, 21, 20),
        "INGESTEDAT": INGESTED,
    }
    assert list(row) == [column.name for column in wide_columns(CONTRACT.objects["0-1"].wide, properties)], (
        "the columns that are declared, in order"
    )


def test_ids_above_2_to_53_stay_whole():
    hs_object_id = Property("hs_object_id", "number")
    ids = [2**53 + 1, 2**63 + 1, 10**30]

    made = tables([record(one, {"hs_object_id": str(one)}) for one in ids], [hs_object_id])

    assert [row["OBJECTID"] for row in made.ids] == [str(one) for one in ids]
    assert [row["PROPERTY_HS_OBJECT_ID"] for row in made.wide] == [str(one) for one in ids]
    assert [row["VALUE"] for row in made.properties] == [str(one) for one in ids]


def test_numbers_are_hubspots_own_text_in_all_tables():
    texts = ["10000000000.0", "00123", "1e3", "a;b", "9007199254740993"]
    made = tables([record(n, {"amount": text}) for n, text in enumerate(texts)], [Property("amount", "number")])

    assert [row["PROPERTY_AMOUNT"] for row in made.wide] == ["10000000000.0", "00123", "1e3", None, "9007199254740993"]
    assert [row["PROPERTY_UNPARSED_AMOUNT"] for row in made.wide] == texts
    assert [json.loads(row["PROPERTIES"])["amount"] for row in made.with_object_properties] == texts
    assert [row["VALUE"] for row in made.properties] == texts


def test_dates_and_datetimes_are_epoch_milliseconds_in_properties_and_value():
    properties = [Property("closed", "datetime"), Property("born", "date")]
    (one,) = [record(1, {"closed": "2024-01-02T03:04:05Z", "born": "1969-12-31"})]

    made = tables([one], properties)

    assert made.wide[0]["PROPERTY_BORN"] == date(1969, 12, 31)
    assert made.with_object_properties[0]["PROPERTIES"] == '{"born":"-86400000","closed":"1704164645000"}'
    assert {row["NAME"]: row["VALUE"] for row in made.properties} == {"born": "-86400000", "closed": "1704164645000"}


def test_bools_and_multi_values_are_hubspots_text():
    properties = [Property("flag", "bool"), Property("kinds", "enumeration")]
    made = tables([record(1, {"flag": "true", "kinds": "b;a;c"})], properties)

    assert (made.wide[0]["PROPERTY_FLAG"], made.wide[0]["PROPERTY_KINDS"]) == ("true", "b;a;c")
    assert made.with_object_properties[0]["PROPERTIES"] == '{"flag":"true","kinds":"b;a;c"}'


def test_a_record_without_updatedat_has_none():
    assert tables([record(1, updated_at=None)], []).ids[0]["UPDATEDAT"] is None


def test_properties_is_a_flat_object_in_alphabetical_order_of_what_is_set():
    properties = [Property(name, "string") for name in ("b", "a_b", "a", "B", "é", "never", "cleared")]
    values = {"é": "5", "b": "4", "a_b": "3", "a": "2", "B": "1", "cleared": "", "never": None}

    (row,) = tables([record(1, values)], properties).with_object_properties

    assert row["PROPERTIES"] == '{"B":"1","a":"2","a_b":"3","b":"4","é":"5"}'


def test_a_record_with_nothing_set_is_an_empty_object():
    (row,) = tables([record(1, {"name": None})], [Property("name", "string")]).with_object_properties

    assert row["PROPERTIES"] == "{}"


NAMES = ["plain", 'quo"te', "back\\slash", "{brace}", "new\nline", "OBJECTID", "position", "😀"]


@given(st.dictionaries(st.sampled_from(NAMES), st.text(min_size=1)))
@example({"plain": "".join(map(chr, range(0x20)))})
@example({"plain": '"\\/\x7f\u2028\u2029\ufeff😀}{,:'})
@example({"plain": "}", '"'.join("quote"): "{"})
@example({"plain": '{"name":"value"}', "{brace}": "\\u0041\\"})
@example({"plain": 'x"😀\r\n' * 10_922 + "abcd"})
@ANY_LOAD
def test_json_gives_back_exactly_the_values(values: dict[str, str]):
    properties = [Property(name, "string") for name in sorted({*NAMES, *values})]

    made = tables([record(1, values), record(2)], properties)

    read = json.loads(made.with_object_properties[0]["PROPERTIES"])
    assert read == values
    assert list(read) == sorted(values)
    assert {row["NAME"]: row["VALUE"] for row in made.properties} == values


def test_a_text_of_65536_characters_is_whole_in_all_tables():
    text = ("😀\"\\\r\n,;\t'" * 7300)[:65_536]
    assert len(text) == 65_536
    made = tables([record(1, {"body": text}, {"body": [(text, "2024-01-01T00:00:00Z")]})], [Property("body", "string")])

    assert made.wide[0]["PROPERTY_BODY"] == text
    assert json.loads(made.with_object_properties[0]["PROPERTIES"]) == {"body": text}
    assert made.properties[0]["VALUE"] == text
    assert made.history[0]["VALUE"] == text


def test_properties_called_like_our_own_columns_get_in_nobodys_way():
    names = [
        "OBJECTID",
        "objectid",
        "UPDATEDAT",
        "INGESTEDAT",
        "NAME",
        "VALUE",
        "POSITION",
        "place",
        "value",
        "property:",
    ]
    properties = [Property(name, "string") for name in names]
    values = {name: f"value of {name}" for name in names}

    made = tables([record(7, values, {name: [(values[name], "2024-01-01T00:00:00Z")] for name in names})], properties)

    assert made.wide[0]["OBJECTID"] == "7"
    assert made.wide[0]["PROPERTY_UPDATEDAT"] == "value of UPDATEDAT"
    assert made.wide[0]["UPDATEDAT"] == datetime(2026, 11, 21, 20)
    assert json.loads(made.with_object_properties[0]["PROPERTIES"]) == values
    assert {row["NAME"]: row["VALUE"] for row in made.properties} == values
    assert {row["NAME"]: row["VALUE"] for row in made.history} == values
