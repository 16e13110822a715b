"""What a cell must hold, by hand-written examples from the table contract."""

from datetime import date, datetime
from typing import Any

import pytest

from hubspot_assets.verify import cells
from hubspot_assets.verify.records import (
    PlainRecord,
    Property,
    PropertyVersion,
    history_rows,
    json_pairs,
    json_row,
    property_rows,
)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024-05-01T10:00:00Z", datetime(2024, 5, 1, 10)),
        ("2024-05-01T10:00:00.123Z", datetime(2024, 5, 1, 10, 0, 0, 123_000)),
        ("2024-05-01T10:00:00.5+02:00", datetime(2024, 5, 1, 8, 0, 0, 500_000)),
        ("1969-12-31T23:59:59.999Z", datetime(1969, 12, 31, 23, 59, 59, 999_000)),
        ("1714557600000", datetime(2024, 5, 1, 10)),
        ("-1", datetime(1969, 12, 31, 23, 59, 59, 999_000)),
        ("2024-13-01T00:00:00Z", None),
        ("2024-05-01", None),
        ("yesterday", None),
        ("", None),
        (None, None),
    ],
)
def test_moments(text: str | None, moment: datetime | None) -> None:
    assert cells.moment(text) == moment


@pytest.mark.parametrize(
    ("text", "kind", "typed", "unparsed", "raw"),
    [
        ("2024-02-29", "date", date(2024, 2, 29), "1709164800000", "1709164800000"),
        ("2024-02-30", "date", None, "2024-02-30", "2024-02-30"),
        ("1709164800000", "date", date(2024, 2, 29), "1709164800000", "1709164800000"),
        ("2024-02-29T01:00:00Z", "date", None, "2024-02-29T01:00:00Z", "2024-02-29T01:00:00Z"),
        ("1969-07-20T20:17:40Z", "datetime", datetime(1969, 7, 20, 20, 17, 40), "-14182940000", "-14182940000"),
        ("00123", "number", "00123", "00123", "00123"),
        ("1e3", "number", "1e3", "1e3", "1e3"),
        ("1,5", "number", None, "1,5", "1,5"),
        ("٣", "number", None, "٣", "٣"),
        ("NaN", "number", None, "NaN", "NaN"),
        ("", "number", None, None, ""),
    ],
)
def test_the_forms_of_a_value(text: str, kind: str, typed: Any, unparsed: str | None, raw: str) -> None:
    assert (cells.typed(text, kind), cells.unparsed(text, kind), cells.raw(text, kind)) == (typed, unparsed, raw)


@pytest.mark.parametrize("text", ["[" * 60_000, "[no list", '{"a": [' * 30_000])
def test_a_text_that_only_looks_like_json_is_what_it_is(text: str) -> None:
    assert cells.from_json(text) == json_pairs(text) == text


def test_a_cleared_value_has_a_row_and_is_not_in_the_json() -> None:
    record = PlainRecord("7", {"a": None, "b": "", "c": "x", "d": None}, "2024-01-01T00:00:00Z", {"a": versions("", 2)})
    properties = [Property(name, "string") for name in "abcd"]
    rows = {row["NAME"]: (row["VALUE"], row["UPDATEDAT"]) for row in property_rows("0-1", record, properties)}
    start = datetime(2024, 1, 1)
    assert rows == {"a": ("", datetime(2024, 1, 1, 2)), "b": ("", start), "c": ("x", start)}
    assert json_row("0-1", record, properties)["PROPERTIES"] == [("c", "x")]


def test_history_keeps_the_latest_versions_whatever_their_order() -> None:
    record = PlainRecord(
        "7", {"a": "x"}, None, {"a": [*versions("one", 1), *versions("three", 3), *versions("two", 2)]}
    )
    rows = history_rows("0-1", record, [Property("a", "string")], version_cap=2)
    assert [row["VALUE"] for row in rows] == ["three", "two"]


def versions(value: str, hour: int) -> list[PropertyVersion]:
    return [PropertyVersion(value, f"2024-01-01T{hour:02d}:00:00Z")]
