"""Which properties are exported, and the columns they become. Sensitive ones are in neither."""

import json
from datetime import datetime
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubspot_assets.catalog.fixed_tables import PROPERTY_DEFINITIONS
from hubspot_assets.tables.definitions import property_rows
from hubspot_assets.tables.frames import frame
from hubspot_assets.tables.objects import wide_columns
from hubspot_assets.tables.properties import Property, exported_properties, held_back_properties, property_columns

from .making import ANY_LOAD, CONTRACT, READ_AT, KeptChunks, record, tables


def definitions(*answers: dict[str, Any], type_id: str = "0-1") -> pl.LazyFrame:
    """PROPERTY_DEFINITIONS of some of HubSpot's answers."""
    return frame(property_rows(type_id, answers), PROPERTY_DEFINITIONS.columns, READ_AT).lazy()


def answer(name: str, **other: Any) -> dict[str, Any]:
    return {"name": name, "label": name.title(), "type": "string", "dataSensitivity": "non_sensitive", **other}


def names(properties: list[Property]) -> list[str]:
    return [p.name for p in properties]


def test_properties_are_those_of_the_type_by_name_with_type_and_label():
    both = pl.concat([definitions(answer("b", type="number"), answer("a")), definitions(answer("c"), type_id="0-2")])

    assert exported_properties(both, "0-1") == [Property("a", "string", "A"), Property("b", "number", "B")]


def test_archived_properties_are_defined_but_not_read():
    assert names(exported_properties(definitions(answer("a", archived=True), answer("b")), "0-1")) == ["b"]


def test_a_property_defined_twice_is_read_once():
    assert names(exported_properties(definitions(answer("a"), answer("a")), "0-1")) == ["a"]


def test_sensitive_properties_stay_defined_and_are_held_back():
    kinds = ["sensitive", "highly_sensitive", "some_future_kind"]
    found = definitions(*(answer(f"p_{kind}", dataSensitivity=kind) for kind in kinds), answer("name"))

    assert found.select("EXPORTED").collect().to_series().to_list() == [False, False, False, True]
    assert names(exported_properties(found, "0-1")) == ["name"]
    assert held_back_properties(found, "0-1") == {f"p_{kind}" for kind in kinds}
    assert held_back_properties(found, "0-2") == frozenset()


def test_a_property_that_is_sensitive_in_one_of_its_two_definitions_is_held_back():
    found = definitions(answer("a"), answer("a", dataSensitivity="sensitive"), answer("b"))

    assert names(exported_properties(found, "0-1")) == ["b"]


def test_sensitive_values_are_in_no_table_even_where_hubspot_sends_them():
    found = definitions(answer("ssn", dataSensitivity="highly_sensitive"), answer("name"))
    values = {"ssn": "123-45-6789", "name": "Ann"}
    versions = {
        name: [(value, "2024-01-01T00:00:00Z"), (f"{value}!", "2023-01-01T00:00:00Z")] for name, value in values.items()
    }

    made = tables([record(1, values, versions)], exported_properties(found, "0-1"))

    everything = json.dumps([list(rows) for rows in made], default=str)
    assert "Ann" in everything
    assert "ssn" not in everything.lower()
    assert "123-45-6789" not in everything


def test_sensitive_values_are_in_no_chunk():
    chunks = KeptChunks([Property("name", "string")])
    chunks.add([record(1, {"ssn": "123-45-6789"}, {"ssn": [("123-45-6789", "2024-01-01T00:00:00Z")]})], READ_AT)

    (chunk,) = chunks.chunks()
    assert "123-45-6789" not in str(chunk.values.to_dicts()) + str(chunk.versions.to_dicts())


def columns(*properties: tuple[str, str]) -> dict[str, tuple[str, bool]]:
    """Column name -> property name and whether it is the leftover column."""
    made = property_columns([Property(name, type_) for name, type_ in properties])
    return {p.column.name: (p.property.name, p.is_unparsed) for p in made}


def test_every_property_has_its_column_and_parsed_ones_a_leftover_column_after_all_others():
    assert list(columns(("amount", "number"), ("born", "date"), ("name", "string"), ("seen", "datetime"))) == [
        "PROPERTY_AMOUNT",
        "PROPERTY_BORN",
        "PROPERTY_NAME",
        "PROPERTY_SEEN",
        "PROPERTY_UNPARSED_AMOUNT",
        "PROPERTY_UNPARSED_BORN",
        "PROPERTY_UNPARSED_SEEN",
    ]


def test_column_types_are_those_of_the_properties():
    made = property_columns([Property(t, t) for t in ("bool", "date", "datetime", "enumeration", "json", "number")])

    assert {p.property.type: p.column.type for p in made if not p.is_unparsed} == {
        "bool": "string",
        "date": "date",
        "datetime": "datetime",
        "enumeration": "string",
        "json": "string",
        "number": "number",
    }
    assert {p.column.type for p in made if p.is_unparsed} == {"string"}


def test_names_that_differ_only_in_case_are_numbered():
    assert columns(("Name", "number"), ("name", "string")) == {
        "PROPERTY_NAME": ("Name", False),
        "PROPERTY_NAME_2": ("name", False),
        "PROPERTY_UNPARSED_NAME": ("Name", True),
    }


def test_a_property_called_like_a_leftover_column_keeps_the_name():
    assert columns(("amount", "number"), ("unparsed_amount", "string")) == {
        "PROPERTY_AMOUNT": ("amount", False),
        "PROPERTY_UNPARSED_AMOUNT": ("unparsed_amount", False),
        "PROPERTY_UNPARSED_AMOUNT_2": ("amount", True),
    }


def test_a_numbered_column_never_takes_the_name_of_a_property():
    assert columns(("Name", "string"), ("name", "string"), ("name_2", "string")) == {
        "PROPERTY_NAME": ("Name", False),
        "PROPERTY_NAME_3": ("name", False),
        "PROPERTY_NAME_2": ("name_2", False),
    }


@pytest.mark.parametrize(("old", "new"), [("name", "Name"), ("Name", "name"), ("stra\u00dfe", "STRASSE")])
def test_a_property_that_is_added_later_does_not_rename_a_column(old: str, new: str):
    first, second = (Property(name, "number", created=datetime(2024, 1, day)) for name, day in ((old, 1), (new, 2)))

    alone = {made.column.name for made in property_columns([first])}
    both = {made.column.name: made.property.name for made in property_columns(sorted([first, second]))}

    assert alone <= both.keys()
    assert {both[name] for name in alone} == {old}
    assert len(both) == 4


def test_definitions_say_which_property_is_the_older_one():
    found = definitions(
        answer("Name", createdAt="2026-01-01T00:00:00Z"), answer("name", createdAt="2024-01-01T00:00:00Z")
    )

    made = property_columns(exported_properties(found, "0-1"))

    assert [(p.column.name, p.property.name) for p in made] == [("PROPERTY_NAME_2", "Name"), ("PROPERTY_NAME", "name")]


def test_names_that_a_warehouse_takes_for_one_are_told_apart():
    kelvin = "\u212a"
    made = [p.column.name for p in property_columns([Property("k", "string"), Property(kelvin, "string")])]

    assert made == ["PROPERTY_K", f"PROPERTY_{kelvin}_2"]


PROPERTIES = st.lists(
    st.builds(
        Property,
        st.sampled_from(
            ["a", "A", "a_2", "A_2", "unparsed_a", "UNPARSED_a", "unparsed_a_2", "objectid", "ß", "SS", "*", "^a$"]
        )
        | st.text(min_size=1, max_size=3),
        st.sampled_from(["string", "number", "date", "datetime", "bool"]),
        created=st.sampled_from([None, datetime(2024, 1, 1), datetime(2025, 1, 1)]),
    ),
    unique_by=lambda p: p.name,
    max_size=12,
)


@given(PROPERTIES)
@ANY_LOAD
def test_any_properties_make_distinct_columns_and_each_value_lands_in_its_own(properties: list[Property]):
    values = {p.name: f"value {number}" for number, p in enumerate(properties)}

    declared = [column.name for column in wide_columns(CONTRACT.objects["0-1"].wide, properties)]
    (row,) = tables([record(1, values)], properties).wide

    assert len({name.casefold() for name in declared}) == len(declared)
    assert list(row) == declared
    for made in property_columns(properties):
        holds_text = made.is_unparsed == made.property.is_parsed
        assert row[made.column.name] == (values[made.property.name] if holds_text else None)
