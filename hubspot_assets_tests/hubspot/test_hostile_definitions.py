"""Definitions of properties that are not as HubSpot documents them: what becomes of the values they define.

A definition decides which column a value gets and whether it may be exported at all. One that nobody understands must
neither lose a value nor let a sensitive one out.
"""

from typing import Any

import pytest

from hubspot_assets.catalog.fixed_tables import PROPERTY_DEFINITIONS
from hubspot_assets.tables.definitions import property_rows
from hubspot_assets.tables.frames import frame
from hubspot_assets.tables.properties import exported_properties
from hubspot_assets_tests.tables.making import READ_AT, record, tables

PLAIN = {"name": "seats", "label": "Seats", "type": "number", "dataSensitivity": "non_sensitive"}

ODD: dict[str, dict[str, Any]] = {
    "a type nobody knows": {"type": "hologram"},
    "a type in capitals": {"type": "NUMBER"},
    "no type": {"type": None},
    "no label": {"label": None},
    "no options": {"options": None},
    "no modification metadata": {"modificationMetadata": None},
    "fields nobody knows": {"hologram": {"depth": 3}},
}


def made_of(**other: Any) -> tuple[list[str], list[dict[str, Any]]]:
    """The exported properties of one definition, and the wide row of a record that has a value for it."""
    rows = frame(property_rows("0-1", [{**PLAIN, **other}]), PROPERTY_DEFINITIONS.columns, READ_AT)
    properties = exported_properties(rows.lazy(), "0-1")
    made = tables([record(1, {"seats": "007"}, {"seats": [("007", "2026-11-20T00:00:00Z")]})], properties)
    assert [(row["NAME"], row["VALUE"]) for row in made.history] == [(p.name, "007") for p in properties]
    return [p.name for p in properties], made.wide


@pytest.mark.parametrize("other", ODD.values(), ids=ODD)
def test_a_value_whose_definition_is_odd_is_exported_as_it_is(other: dict[str, Any]) -> None:
    names, (row,) = made_of(**other)
    assert names == ["seats"]
    assert row["PROPERTY_SEATS"] == "007"


@pytest.mark.parametrize("sensitivity", ["sensitive", "highly_sensitive", "SENSITIVE", "secret", 1])
def test_a_sensitivity_that_is_not_plainly_none_holds_the_property_back(sensitivity: Any) -> None:
    names, (row,) = made_of(dataSensitivity=sensitivity)
    assert names == []
    assert "PROPERTY_SEATS" not in row
