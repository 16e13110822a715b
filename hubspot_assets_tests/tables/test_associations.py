"""ASSOCIATIONS_<X>_TO_<Y> and ASSOCIATIONS/<X>_TO_<Y>, in both directions."""

from typing import Any

import polars as pl
import pytest

from hubspot_assets.catalog.fixed_tables import ASSOCIATION_DEFINITIONS
from hubspot_assets.hubspot.associations import Association
from hubspot_assets.tables import associations
from hubspot_assets.tables.definitions import association_rows
from hubspot_assets.tables.frames import frame

from .making import CONTRACT, READ_AT

INGESTED = READ_AT.replace(tzinfo=None)
Label = tuple[str, int, str | None]
"""Category, type id, label."""


def definitions(**pairs: list[Label]) -> pl.DataFrame:
    """ASSOCIATION_DEFINITIONS; a keyword is the ordered pair, `c1_c2` for 0-1 to 0-2."""
    rows: list[Any] = []
    for pair, labels in pairs.items():
        from_type, to_type = (f"0-{end[1:]}" for end in pair.split("_"))
        answers = [{"category": category, "typeId": type_id, "label": label} for category, type_id, label in labels]
        rows.extend(association_rows(from_type, to_type, answers, {"1": "contact_to_company"}))
    return frame(rows, ASSOCIATION_DEFINITIONS.columns, READ_AT)


def links(*found: tuple[str, str, str, str]) -> pl.DataFrame:
    return associations.links((Association(*one, label=None) for one in found), READ_AT)


HUBSPOT = "HUBSPOT_DEFINED"
USER = "USER_DEFINED"


def test_a_labelled_pair_has_a_row_for_each_of_its_types():
    known = definitions(c1_c2=[(HUBSPOT, 1, None), (HUBSPOT, 279, "Primary"), (USER, 1, "Boss")])
    found = links(("5", "9", HUBSPOT, "1"), ("5", "9", USER, "1"), ("5", "9", HUBSPOT, "279"))
    table = CONTRACT.associations["0-1", "0-2"].named

    made = associations.named(found, table, known)

    assert made.columns == [column.name for column in table.columns]
    assert made.rows() == [
        ("5", "9", "0-1", HUBSPOT, "1", "contact_to_company", None, True, INGESTED),
        ("5", "9", "1-1", USER, "1", "contact_to_company", "Boss", False, INGESTED),
        ("5", "9", "0-279", HUBSPOT, "279", None, "Primary", False, INGESTED),
    ]


def test_a_type_that_is_not_defined_has_its_row_without_name_and_label():
    made = associations.named(
        links(("5", "9", "INTEGRATOR_DEFINED", "77")), CONTRACT.associations["0-1", "0-2"].named, definitions()
    )

    assert made.rows() == [("5", "9", "2-77", "INTEGRATOR_DEFINED", "77", None, None, None, INGESTED)]


def test_a_type_that_is_defined_twice_does_not_double_the_row():
    known = definitions(c1_c2=[(HUBSPOT, 1, "first"), (HUBSPOT, 1, "second")])

    made = associations.named(links(("5", "9", HUBSPOT, "1")), CONTRACT.associations["0-1", "0-2"].named, known)

    assert made["LABEL"].to_list() == ["first"]


def test_the_label_is_that_of_the_direction():
    known = definitions(c1_c2=[(USER, 5, "Employee")], c2_c1=[(USER, 5, "Employer")])

    made = associations.named(links(("5", "9", USER, "5")), CONTRACT.associations["0-2", "0-1"].named, known)

    assert made["LABEL"].to_list() == ["Employer"]


def test_a_type_associated_with_itself_has_from_and_to():
    known = definitions(c2_c2=[(HUBSPOT, 13, "Parent"), (HUBSPOT, 14, "Child")])
    found = links(("1", "2", HUBSPOT, "13"), ("2", "1", HUBSPOT, "14"))

    made = associations.named(found, CONTRACT.associations["0-2", "0-2"].named, known)

    assert made.columns[:2] == ["FROM_COMPANY_OBJECTID", "TO_COMPANY_OBJECTID"]
    assert made.select(pl.nth(0, 1), "LABEL").rows() == [("1", "2", "Parent"), ("2", "1", "Child")]


@pytest.mark.parametrize(
    ("category", "combined"),
    [(HUBSPOT, "0-7"), (USER, "1-7"), ("INTEGRATOR_DEFINED", "2-7"), ("WORK", "3-7")],
)
def test_the_combined_table_has_category_number_dash_type_id_and_both_ends(category: str, combined: str):
    table = CONTRACT.associations["0-1", "0-2"].combined

    made = associations.combined(links((str(2**53 + 1), "9", category, "7")), "0-1", "0-2")

    assert made.columns == [column.name for column in table.columns]
    assert made.rows() == [(combined, category, "7", "0-1", "9007199254740993", "0-2", "9", INGESTED)]


def test_an_association_is_kept_when_both_its_records_are_there():
    found = links(("1", "8", HUBSPOT, "1"), ("2", "8", HUBSPOT, "1"), ("1", "9", HUBSPOT, "1"), ("1", "8", USER, "5"))
    kept = associations.between(found, pl.Series(["1", "3"]), pl.Series(["8"]))

    assert kept.select("FROMOBJECTID", "TOOBJECTID", "ASSOCIATIONCATEGORY").rows() == [
        ("1", "8", HUBSPOT),
        ("1", "8", USER),
    ]


def test_a_side_that_could_not_be_read_keeps_all_and_one_without_records_keeps_none():
    found = links(("1", "8", HUBSPOT, "1"), ("2", "9", HUBSPOT, "1"))

    assert associations.between(found, None, pl.Series(["9"]))["FROMOBJECTID"].to_list() == ["2"]
    assert associations.between(found, None, None).height == 2
    assert associations.between(found, pl.Series([], dtype=pl.String), None).height == 0


def test_hubspots_own_types_with_one_label_each_are_certain_in_both_directions():
    known = definitions(
        c1_c2=[(HUBSPOT, 279, None), (HUBSPOT, 1, "Primary")], c2_c1=[(HUBSPOT, 2, "Primary"), (HUBSPOT, 280, None)]
    )

    inverse = associations.inverse_types(known, "0-1", "0-2")

    assert inverse == {(HUBSPOT, "279"): (HUBSPOT, "280"), (HUBSPOT, "1"): (HUBSPOT, "2")}
    found = links(("5", "9", HUBSPOT, "1"), ("6", "9", HUBSPOT, "279"))
    assert associations.turned(found, inverse).rows() == [
        ("9", "5", HUBSPOT, "2", INGESTED),
        ("9", "6", HUBSPOT, "280", INGESTED),
    ]


UNCERTAIN = {
    "a custom label": ([(HUBSPOT, 1, None), (USER, 5, "Boss")], [(HUBSPOT, 2, None), (USER, 6, "Boss")]),
    "a custom label in one direction": ([(HUBSPOT, 1, None)], [(HUBSPOT, 2, None), (USER, 6, "Boss")]),
    "an integrator's type": ([("INTEGRATOR_DEFINED", 1, None)], [("INTEGRATOR_DEFINED", 2, None)]),
    "one label twice": (
        [(HUBSPOT, 1, "Primary"), (HUBSPOT, 3, "Primary")],
        [(HUBSPOT, 2, "Primary"), (HUBSPOT, 4, "Primary")],
    ),
    "two types without label": ([(HUBSPOT, 1, None), (HUBSPOT, 3, None)], [(HUBSPOT, 2, None)]),
    "labels that differ": ([(HUBSPOT, 1, "Billing contact")], [(HUBSPOT, 2, "Billed company")]),
    "a type in one direction only": ([(HUBSPOT, 1, None), (HUBSPOT, 3, "Primary")], [(HUBSPOT, 2, None)]),
    "definitions that could not be read": ([], []),
    "one direction that could not be read": ([(HUBSPOT, 1, None)], []),
}


@pytest.mark.parametrize(("there", "back"), UNCERTAIN.values(), ids=UNCERTAIN.keys())
def test_types_whose_inverse_nobody_tells_are_not_guessed(there: list[Label], back: list[Label]):
    assert associations.inverse_types(definitions(c1_c2=there, c2_c1=back), "0-1", "0-2") is None


def test_the_inverse_of_a_type_with_itself_is_not_guessed():
    known = definitions(c2_c2=[(HUBSPOT, 13, "Parent"), (HUBSPOT, 14, "Child")])

    assert associations.inverse_types(known, "0-2", "0-2") is None


def test_a_link_of_a_type_without_inverse_is_not_turned_silently():
    with pytest.raises(KeyError):
        associations.turned(links(("5", "9", USER, "5")), {(HUBSPOT, "1"): (HUBSPOT, "2")})


def test_no_links_are_frames_with_all_columns():
    none = links()
    both = CONTRACT.associations["0-1", "0-2"]

    assert associations.named(none, both.named, definitions()).shape == (0, 9)
    assert associations.combined(none, "0-1", "0-2").shape == (0, 8)
    assert associations.turned(none, {}).shape == none.shape
