"""Rows as texts are the same rows, whatever their values hold."""

from datetime import datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubspot_assets.lake import csv_text
from hubspot_assets_tests.tables.making import ANY_LOAD

SCHEMA = pl.Schema(
    {"OBJECTTYPEID": pl.String, "OBJECTID": pl.String, "NAME": pl.String, "VALUE": pl.String, "AT": pl.Datetime("ms")}
)
THEN, NOW = datetime(2026, 11, 22, 0, 5, 6, 789_000), datetime(2026, 11, 23, 1, 2, 3, 4_000)

# What rows begin with, end with, and have between their fields; and what CSV, Polars and Python take for line ends.
PIECES = st.sampled_from(
    ["a", "", ",", '"', "\n", "\r", "\0", "\u2028", "é", "0-1,7,", "\n0-1,7,note,", ',"",', "2026-11-22 00:05:06.789\n"]
)
VALUES = st.one_of(st.none(), st.lists(PIECES, max_size=6).map("".join))
RECORDS = st.lists(st.lists(VALUES, min_size=1, max_size=5), max_size=5)


def frame_of(records: list[list[str | None]]) -> pl.DataFrame:
    rows = [("0-1", str(7 + number), "note", value, THEN) for number, values in enumerate(records) for value in values]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


@pytest.fixture(params=[1, 30, 16_384], autouse=True)
def ahead(request: pytest.FixtureRequest) -> None:
    request.getfixturevalue("monkeypatch").setattr(csv_text, "_AHEAD", request.param)


@given(RECORDS)
@ANY_LOAD
def test_texts_are_of_one_record_each_and_are_the_same_rows(records: list[list[str | None]]) -> None:
    frame = frame_of(records)
    texts = csv_text.as_texts(frame)

    assert csv_text.as_columns(texts, SCHEMA).equals(frame)
    assert csv_text.number_of_rows(texts) == frame.height
    assert bytes(csv_text.text_of(texts)) == bytes(csv_text.text_of(frame))
    for object_id, text, count in texts.iter_rows():
        rows = csv_text.rows_of(text, SCHEMA, SCHEMA.names())
        assert rows["OBJECTID"].to_list() == [object_id] * count


@given(RECORDS)
@ANY_LOAD
def test_the_last_moment_of_every_row_is_another(records: list[list[str | None]]) -> None:
    frame = frame_of(records)
    texts = csv_text.as_texts(frame)
    moments = pl.Series([NOW], dtype=pl.Datetime("ms")).new_from_index(0, texts.height)

    changed = csv_text.with_last_moment(texts, moments, SCHEMA)

    expected = frame.with_columns(pl.lit(NOW, pl.Datetime("ms")).alias("AT"))
    assert csv_text.as_columns(changed, SCHEMA).equals(expected)
    assert changed["OBJECTID"].equals(texts["OBJECTID"])


@given(RECORDS)
@ANY_LOAD
def test_rows_that_are_found_are_whole(records: list[list[str | None]]) -> None:
    frame = frame_of(records)

    text = csv_text.rows_with(csv_text.as_texts(frame), b',"",')

    found = csv_text.rows_of(text, SCHEMA, SCHEMA.names())
    assert found.filter(pl.col("VALUE") == "").equals(frame.filter(pl.col("VALUE") == ""))
    others = found.filter(pl.col("VALUE") != "")
    assert others["VALUE"].str.contains(',",', literal=True).all()
