"""Tables are chosen by name, pattern, family or type; a word that means nothing is an error that helps."""

import pytest

from hubspot_assets.catalog.portal import Portal
from hubspot_assets.catalog.portal_tables import PortalTables
from hubspot_assets.catalog.selection import select_tables
from hubspot_assets.errors import UnknownTable

TABLES = list(PortalTables(Portal.standard()))


def names(*select: str, exclude: tuple[str, ...] = ()) -> set[str]:
    return {table.name for table in select_tables(TABLES, select, exclude)}


def test_without_a_word_every_table_is_meant_in_its_order() -> None:
    assert select_tables(TABLES) == TABLES


@pytest.mark.parametrize("word", ["OWNERS", "owners", "Owners", "OBJECTS/CONTACTS", "objects/contacts"])
def test_a_name_in_any_case_is_one_table(word: str) -> None:
    assert names(word) == {word.upper()}


def test_a_pattern_is_every_name_that_fits() -> None:
    found = names("objects_c*")
    assert "OBJECTS_CONTACTS" in found
    assert found == {table.name for table in TABLES if table.name.startswith("OBJECTS_C")}


@pytest.mark.parametrize("word", ["contacts", "Contact", "0-1", "CONTACTS"])
def test_a_type_is_its_tables_and_its_associations_in_both_directions(word: str) -> None:
    found = names(word)
    assert {"OBJECTS_CONTACTS", "OBJECT_PROPERTIES_HISTORY/CONTACTS", "ASSOCIATIONS_CONTACTS_TO_DEALS"} <= found
    assert "ASSOCIATIONS_DEALS_TO_CONTACTS" in found
    assert "OBJECTS_DEALS" not in found


def test_a_family_is_its_tables() -> None:
    assert names("associations") == {table.name for table in TABLES if table.family == "associations"}


def test_what_is_excluded_is_taken_away_from_what_is_selected() -> None:
    assert names("objects_*", exclude=("deals",)) == names("objects_*") - {"OBJECTS_DEALS"}
    assert not any("DEALS" in name.split("_") for name in names(exclude=("deals",)) if "DEAL_SPLIT" not in name)


@pytest.mark.parametrize("word", ["OBJECTS_CONTACT", "contcts", "OBJECTS_CONTACTZ"])
def test_a_word_that_means_nothing_names_the_nearest(word: str) -> None:
    with pytest.raises(UnknownTable, match=r"There is no table .*; did you mean .*CONTACTS"):
        names(word)


def test_a_pattern_that_fits_nothing_is_an_error_and_so_is_nothing_left() -> None:
    with pytest.raises(UnknownTable, match=r"no table NOTHING_\*"):
        names("NOTHING_*")
    with pytest.raises(UnknownTable, match="No table is left"):
        names("owners", exclude=("*",))
