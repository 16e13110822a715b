"""The export and verify make cells and columns each in its own way, from one contract: of anything they make the same.

Verify is to prove the export wrong, so it must not take a right cell for a wrong one either.
"""

import ast
from datetime import datetime
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import hubspot_assets.verify
from hubspot_assets.tables import values
from hubspot_assets.tables.properties import Property as ExportedProperty
from hubspot_assets.tables.properties import property_columns
from hubspot_assets.verify import cells
from hubspot_assets.verify.records import (
    PlainRecord,
    Property,
    PropertyVersion,
    column_types,
    history_rows,
    property_cells,
)
from hubspot_assets_tests.tables.making import ANY_LOAD

VERIFY = Path(hubspot_assets.verify.__file__).parent
TYPES = ["string", "number", "date", "datetime", "bool", "enumeration", "json", ""]
MOMENTS = st.builds(
    "{:04}-{:02}-{:02}{}{:02}:{:02}:{:02}{}{}".format,
    st.integers(0, 9999) | st.sampled_from([0, 1, 9999]),
    st.integers(0, 13),
    st.integers(0, 32),
    st.sampled_from("TTTt "),
    st.integers(0, 25),
    st.integers(0, 60),
    st.integers(0, 61),
    st.sampled_from(["", ".1", ".12", ".123", ".9999999", ".999999999", ".1234567890", "."]),
    st.sampled_from(["Z", "", "+00:00", "-00:00", "+0530", "-14:00", "+14:00", "z", "+25:00", "+00:60", "+23:59"]),
)
TEXTS = st.one_of(
    MOMENTS,
    st.integers(-(10**16), 10**16).map(str),
    st.dates().map(str),
    st.from_regex(r"[+-]?[0-9.eE]{0,6}", fullmatch=True),
    st.text(max_size=6),
    st.sampled_from(["0000-01-01", "2024-02-30", "2023-02-29", "2024-02-29", "", " 1", "1\n", "\u0663"]),
)


@given(TEXTS, st.sampled_from(TYPES))
@ANY_LOAD
def test_any_text_of_any_type_is_one_cell(text: str, kind: str) -> None:
    column = pl.Series("x", [text], pl.String)

    assert values.typed(column, kind)[0] == cells.typed(text, kind)
    assert values.raw(column, kind)[0] == cells.raw(text, kind)


@given(TEXTS | st.none() | st.integers(-(10**15), 10**15))
@ANY_LOAD
def test_any_time_that_is_told_as_text_or_number_is_one_moment(told: str | int | None) -> None:
    text = None if told is None else str(told)

    assert values.datetime_of(pl.Series("x", [text], pl.String))[0] == cells.moment(told)


NAMES = ["a", "A", "a_2", "A_2", "a_3", "unparsed_a", "UNPARSED_a", "unparsed_a_2", "\u00df", "SS", "ss", "\u212a", "k"]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(NAMES) | st.text(min_size=1, max_size=3),
            st.sampled_from(TYPES),
            st.sampled_from([None, datetime(2024, 1, 1), datetime(2025, 1, 1)]),
        ),
        unique_by=lambda one: one[0],
        max_size=10,
    )
)
@ANY_LOAD
def test_any_properties_have_the_same_columns(found: list[tuple[str, str, datetime | None]]) -> None:
    made = property_columns([ExportedProperty(name, kind, created=at) for name, kind, at in sorted(found)])
    expected = property_cells([Property(name, kind, at) for name, kind, at in sorted(found)])

    assert [(c.column, c.property.name, c.is_unparsed) for c in expected] == [
        (m.column.name, m.property.name, m.is_unparsed) for m in made
    ]
    assert column_types(expected) == {m.column.name: m.column.type for m in made}


@pytest.mark.parametrize(
    ("value", "versions", "now"),
    [
        ("x", [], "x"),
        (None, [], None),
        ("", [("y", 1)], ""),
        (None, [("", 2), ("y", 1)], ""),
        (None, [("y", 1), ("", 2)], ""),
        (None, [("y", 2), ("", 1)], "y"),
        (None, [("y", 2), ("", 2)], ""),
        (None, [("a", 2), ("b", 2)], "b"),
    ],
)
def test_the_value_that_hubspot_does_not_tell_is_that_of_the_latest_version(
    value: str | None, versions: list[tuple[str, int]], now: str | None
) -> None:
    told = [PropertyVersion(text, f"2024-01-01T{hour:02}:00:00Z") for text, hour in versions]

    assert PlainRecord("7", {"a": value}, None, {"a": told}).value("a") == now


def test_of_versions_of_one_moment_those_that_are_kept_do_not_depend_on_their_order() -> None:
    versions = [PropertyVersion(text, "2024-01-01T00:00:00Z") for text in "bca"]

    kept = [
        [row["VALUE"] for row in history_rows("0-1", PlainRecord("7", {}, None, {"a": some}), [Property("a", "")], 2)]
        for some in (versions, versions[::-1])
    ]

    assert kept == [["c", "b"], ["c", "b"]]


@pytest.mark.parametrize("module", sorted(VERIFY.glob("*.py")), ids=lambda module: module.name)
def test_verify_has_nothing_of_what_makes_the_exports_rows(module: Path) -> None:
    imported = {
        name
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        for name in (
            [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else [one.name for one in node.names]
            if isinstance(node, ast.Import)
            else []
        )
    }

    assert not {name for name in imported if name.startswith(("hubspot_assets.tables", "hubspot_assets.assets"))}
