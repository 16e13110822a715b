"""How a value looks: typed, left over, raw."""

from datetime import date, datetime, timedelta, timezone
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubspot_assets.tables import values

from .making import ANY_LOAD

EPOCH = datetime(1970, 1, 1)


def cell(form: Any, text: str | None, property_type: str) -> Any:
    """One value in one form."""
    return form(pl.Series([text], dtype=pl.String), property_type).item()


def unparsed(text: pl.Series, property_type: str) -> pl.Series:
    return values.unparsed(values.raw(text, property_type))


def forms(text: str | None, property_type: str) -> tuple[Any, Any, Any]:
    """Typed, unparsed and raw form of one value."""
    return tuple(cell(form, text, property_type) for form in (values.typed, unparsed, values.raw))  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024-01-02T03:04:05Z", datetime(2024, 1, 2, 3, 4, 5)),
        ("2024-01-02T03:04:05.678Z", datetime(2024, 1, 2, 3, 4, 5, 678_000)),
        ("2024-01-02T03:04:05.6Z", datetime(2024, 1, 2, 3, 4, 5, 600_000)),
        ("2024-01-02T03:04:05.678901Z", datetime(2024, 1, 2, 3, 4, 5, 678_000)),
        ("2024-01-02T03:04:05+02:00", datetime(2024, 1, 2, 1, 4, 5)),
        ("2024-01-02T03:04:05.678-0130", datetime(2024, 1, 2, 4, 34, 5, 678_000)),
        ("2024-01-02T03:04:05+0200", datetime(2024, 1, 2, 1, 4, 5)),
        ("2024-01-02T03:04:05", datetime(2024, 1, 2, 3, 4, 5)),
        ("2024-01-02T03:04:05.5", datetime(2024, 1, 2, 3, 4, 5, 500_000)),
        ("2024-02-29T23:59:59.999Z", datetime(2024, 2, 29, 23, 59, 59, 999_000)),
        ("1969-12-31T23:59:59.999Z", datetime(1969, 12, 31, 23, 59, 59, 999_000)),
        ("1899-01-01T00:00:00Z", datetime(1899, 1, 1)),
        ("0202-05-06T00:00:00.000Z", datetime(202, 5, 6)),
        ("0001-01-01T00:00:00.000Z", datetime(1, 1, 1)),
        ("9999-12-31T23:59:59.999Z", datetime(9999, 12, 31, 23, 59, 59, 999_000)),
        ("1704164645678", datetime(2024, 1, 2, 3, 4, 5, 678_000)),
        ("-1", datetime(1969, 12, 31, 23, 59, 59, 999_000)),
        ("0", EPOCH),
        ("253402300799999", datetime(9999, 12, 31, 23, 59, 59, 999_000)),
    ],
)
def test_a_datetime_is_read_to_the_millisecond_in_utc(text: str, moment: datetime):
    milliseconds = str((moment - EPOCH) // timedelta(milliseconds=1))

    assert forms(text, "datetime") == (moment, milliseconds, milliseconds)


@pytest.mark.parametrize(
    "text",
    [
        "2024-02-30T00:00:00.000Z",
        "2024-02-30T00:00:00Z",
        "2023-02-29T00:00:00Z",
        "2024-13-01T00:00:00.000Z",
        "2024-01-02T24:00:00.000Z",
        "2024-01-02T23:59:60.000Z",
        "2024-01-02",
        "2024-1-2T3:4:5Z",
        "20-01-02T00:00:00Z",
        "+2024-1-02T03:04:05.678Z",
        "12024-01-02T03:04:05Z",
        "0000-01-01T00:00:00.000Z",
        "0000-12-31T00:00:00Z",
        "9999-12-31T23:59:59-12:00",
        "2024-01-02 03:04:05",
        " 2024-01-02T03:04:05Z",
        "2024-01-02T03:04:05Z\n",
        "2024-01-02T03:04:05.Z",
        "1704164645678.0",
        "1e12",
        "253402300800000",
        "999999999999999",
        "9999999999999999999999",
        "٢٠٢٤",
        "tomorrow",
        ";",
        "1704164645678;1704164645679",
    ],
)
def test_what_is_no_datetime_is_kept_as_it_is(text: str):
    assert forms(text, "datetime") == (None, text, text)


@given(st.datetimes(min_value=datetime(1, 1, 1), max_value=datetime(9999, 12, 31, 23, 59, 59)))
@ANY_LOAD
def test_every_datetime_python_can_write_is_read_the_same(moment: datetime):
    moment = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    text = moment.isoformat(timespec="milliseconds") + "Z"

    assert cell(values.typed, text, "datetime") == moment
    assert cell(values.typed, cell(values.raw, text, "datetime"), "datetime") == moment


@given(
    st.datetimes(min_value=datetime(2, 1, 1), max_value=datetime(9998, 12, 31)),
    st.integers(-18 * 60, 18 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes))),
)
@ANY_LOAD
def test_an_offset_is_taken_off(moment: datetime, offset: timezone):
    aware = moment.replace(microsecond=0, tzinfo=offset)

    assert cell(values.typed, aware.isoformat(), "datetime") == aware.astimezone(timezone.utc).replace(tzinfo=None)


@given(st.text(alphabet="0123456789-+:.TZ eE;/", max_size=26))
@ANY_LOAD
def test_a_text_is_kept_raw_whether_it_is_parsed_or_not(text: str):
    for property_type in values.PARSED_TYPES:
        typed, kept, raw = forms(text, property_type)
        if text == "":
            assert (typed, kept, raw) == (None, None, "")
        else:
            assert kept == raw
            assert kept == text or (typed is not None and property_type != "number")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024-01-02", date(2024, 1, 2)),
        ("1969-12-31", date(1969, 12, 31)),
        ("0001-01-01", date(1, 1, 1)),
        ("9999-12-31", date(9999, 12, 31)),
        ("2024-01-02T00:00:00Z", date(2024, 1, 2)),
        ("2024-01-02T00:00:00.000Z", date(2024, 1, 2)),
        ("1704153600000", date(2024, 1, 2)),
        ("-86400000", date(1969, 12, 31)),
    ],
)
def test_a_date_is_a_day_and_raw_its_midnight(text: str, day: date):
    milliseconds = (datetime(day.year, day.month, day.day) - EPOCH) // timedelta(milliseconds=1)

    assert forms(text, "date") == (day, str(milliseconds), str(milliseconds))


@pytest.mark.parametrize(
    "text",
    [
        "2024-02-30",
        "2024-1-2",
        "+2024-1-02",
        "12024-1-01",
        "0000-01-01",
        "01/02/2024",
        "2024-01-02T03:04:05Z",
        "1704153600001",
        "20240102x",
        "2024-01-02 ",
    ],
)
def test_what_is_no_day_is_kept_as_it_is(text: str):
    assert forms(text, "date") == (None, text, text)


@pytest.mark.parametrize(
    "text",
    [
        "0",
        "-1",
        "+1",
        "12.50",
        "1e3",
        "1E-3",
        "00123",
        "10000000000.0",
        "9007199254740993",
        "123456789012345678901234567890",
        "0.1000",
        ".5",
        "5.",
    ],
)
def test_a_number_keeps_its_digits(text: str):
    assert forms(text, "number") == (text, text, text)


@pytest.mark.parametrize(
    "text", ["a;b", "1;2", "1,5", "1 000", "NaN", "inf", "-", ".", "1e", "0x10", "١٢", "−1", "12 ", "12\n", "$5", "1_0"]
)
def test_what_is_no_number_is_kept_as_it_is(text: str):
    assert forms(text, "number") == (None, text, text)


@pytest.mark.parametrize("property_type", ["string", "bool", "enumeration", "phone_number", "json", "some_new_type"])
@pytest.mark.parametrize("text", ["", "true", "false", "a;b", "2024-01-02", "00123", "  x\r\n\"', 😀", "NULL"])
def test_every_other_type_is_hubspots_own_text(property_type: str, text: str):
    assert forms(text, property_type)[0] == text
    assert forms(text, property_type)[2] == text


@pytest.mark.parametrize("property_type", ["number", "date", "datetime"])
def test_a_cleared_value_is_null_where_it_is_parsed_and_nothing_is_left_over(property_type: str):
    assert forms("", property_type) == (None, None, "")


@pytest.mark.parametrize("property_type", ["number", "date", "datetime", "string"])
def test_a_value_never_set_is_null_in_every_form(property_type: str):
    assert forms(None, property_type) == (None, None, None)


def test_a_column_without_rows_and_one_of_nulls_are_no_special_case():
    for texts in ([], [None, None]):
        frame = pl.DataFrame({"text": texts}, schema={"text": pl.String})
        for property_type in ("number", "date", "datetime", "string"):
            for form in (values.typed, unparsed, values.raw):
                assert form(frame["text"], property_type).null_count() == len(texts)


@given(
    st.lists(st.sampled_from(["", "12", "1;2", "2024-01-02", "2024-01-02T00:00:00Z", "2024-01-02T03:04:05.678Z", None]))
)
@ANY_LOAD
def test_columns_put_into_a_form_together_are_as_if_each_were_alone(texts: list[str | None]):
    types = dict.fromkeys("ab", "date") | dict.fromkeys("cd", "datetime") | {"e": "number", "f": "string", "g": "date"}
    frame = pl.DataFrame(
        {name: texts[place:] + texts[:place] for place, name in enumerate(types)},
        schema=dict.fromkeys(types, pl.String()),
    )
    for together, form in zip(values.forms_of(frame, types), (values.typed, values.raw, unparsed), strict=True):
        assert together.keys() == (types.keys() - {"f"} if form is unparsed else types.keys())
        for name, column in together.items():
            assert column.equals(form(frame[name], types[name]).alias(name), check_names=True)
