"""Labels become names as in the data share."""

import re
from dataclasses import replace

import pytest

from hubspot_assets.catalog import names
from hubspot_assets.catalog.object_types import STANDARD_OBJECT_TYPES
from hubspot_assets.catalog.portal import Portal
from hubspot_assets.catalog.portal_tables import PortalTables, association_key_columns

from .portals import object_type

STANDARD = {t.object_type_id: t for t in STANDARD_OBJECT_TYPES}


@pytest.mark.parametrize(
    ("type_id", "name"),
    [("0-1", "CONTACTS"), ("0-8", "LINE_ITEMS"), ("0-15", "FORM_SUBMISSIONS"), ("0-47", "MEETINGS"), ("0-86", "TAXES")],
)
def test_a_standard_type_is_named_by_its_plural_label(type_id: str, name: str):
    assert names.type_name(STANDARD[type_id]) == name


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("Social media flow - basic", "SOCIAL_MEDIA_FLOW___BASIC"),
        ("Машины", "______"),
        ("Größe/Maße", "GR__E_MA_E"),
        ("../x", "___X"),
        ("..", "__"),
        ("C:\\temp\n", "C__TEMP_"),
        ("🚗", "_"),
        ("ﬁeld", "_ELD"),
        ("٣ cars", "__CARS"),
    ],
)
def test_each_character_that_is_no_ascii_letter_or_digit_is_one_underscore(label: str, name: str):
    assert names.name_part(label) == name


def test_a_type_without_plural_label_takes_its_singular_label_plus_s():
    assert names.type_name(object_type("2-1", plural="", singular="Car")) == "CARS"
    assert names.type_name(object_type("2-1", plural="  ", singular="Tree house")) == "TREE_HOUSES"


def test_a_type_without_any_label_is_named_by_its_id():
    nameless = object_type("2-123", plural="", singular=" ", name="")

    assert names.type_name(nameless) == "2_123"
    assert names.key_name(nameless) == "2_123"


@pytest.mark.parametrize(
    ("event", "name"),
    [
        ("e_visited_page", "VISITED_PAGE"),
        ("pe1234_checkout_done", "CHECKOUT_DONE"),
        ("e_pe12_x", "PE12_X"),
        ("pe_x", "PE_X"),
        ("12pe3_x", "12PE3_X"),
        ("e_social-media/../x", "SOCIAL_MEDIA____X"),
    ],
)
def test_an_event_loses_one_prefix_of_hubspots_and_no_other(event: str, name: str):
    assert names.event_name(event) == name


def test_a_name_too_long_for_a_folder_is_cut_and_keeps_a_digest_of_all_of_it():
    long = [names.type_name(object_type("2-1", plural="l" * 199 + end)) for end in ("", "x", "y", "yy")]

    assert long[:2] == ["L" * 199, "L" * 199 + "X"]
    assert len(set(long)) == 4
    assert len(long[3]) == names.LONGEST
    assert re.fullmatch(r"L{191}_[0-9A-F]{8}", long[3])
    assert long[3] == names.type_name(object_type("2-9", plural="l" * 199 + "yy")), "the same every day"


def test_long_names_of_pairs_and_events_are_cut_as_well():
    pairs = {names.pair_name("X" * 150, "Y" * 150 + end) for end in "AB"}
    events = {names.event_name("pe1_" + "e" * 300 + end) for end in "AB"}

    assert {len(name) for name in pairs | events} == {names.LONGEST}
    assert len(pairs) == len(events) == 2


def test_of_two_items_with_one_name_the_later_is_told_apart_and_takes_no_name_of_a_third():
    found = names.distinct_names(["A-1", "a-2", "a_2-3"], name_of, lambda item: item[-1])

    assert found == {"A-1": "A", "a-2": "A_2_", "a_2-3": "A_2"}


def test_a_reserved_name_is_of_its_item_alone_even_where_that_is_not_there():
    found = names.distinct_names(["A-1", "a-2"], name_of, lambda item: item[-1], {"A": "2"})
    alone = names.distinct_names(["A-1", "a_1-3"], name_of, lambda item: item[-1], {"A": "2", "A_1": "9"})

    assert found == {"A-1": "A_1", "a-2": "A"}
    assert alone == {"A-1": "A_1_", "a_1-3": "A_1_3"}


def test_lists_are_called_as_in_the_share_and_no_custom_object_takes_their_name():
    custom = object_type("2-111", singular="List", plural="Lists")
    renamed = replace(STANDARD["0-45"], plural_label="Object lists")

    for lists in ([], [renamed]):
        tables = PortalTables(Portal.of([custom, *lists]))
        assert tables.objects["2-111"].wide.name == "OBJECTS_LISTS_2_111"
        assert tables.renamed == {"2-111": "LISTS_2_111"}
    assert tables.objects["0-45"].wide.name == "OBJECTS_LISTS"


def name_of(item: str) -> str:
    return names.name_part(item.partition("-")[0])


def test_events_are_in_the_order_hubspots_own_then_the_earlier_made():
    events = [("pe1_b", "6-12"), ("pe1_a", "6-101"), ("pe1_c", "pe1_c"), ("e_z", "e_z"), ("ae1_x", "ae1_x")]

    in_order = sorted(events, key=lambda event: names.event_order(*event))

    assert [name for name, _ in in_order] == ["e_z", "pe1_b", "pe1_a", "ae1_x", "pe1_c"]


def test_association_key_columns_are_singular_names():
    assert association_key_columns(STANDARD["0-1"], STANDARD["0-8"]) == ("CONTACT_OBJECTID", "LINE_ITEM_OBJECTID")


def test_a_type_associated_with_itself_has_from_and_to_columns():
    company = STANDARD["0-2"]

    assert association_key_columns(company, company) == ("FROM_COMPANY_OBJECTID", "TO_COMPANY_OBJECTID")


def test_two_types_with_one_singular_label_have_from_and_to_columns_too():
    keys = association_key_columns(object_type("2-1"), object_type("2-2", plural="Other cars"))

    assert keys == ("FROM_CAR_OBJECTID", "TO_CAR_OBJECTID")


def test_type_ids_are_ordered_by_number():
    ids = ["2-5", "0-11", "0-2", "2-10", "0-1"]

    assert sorted(ids, key=names.type_order) == ["0-1", "0-2", "0-11", "2-5", "2-10"]


def test_property_columns_keep_the_name_verbatim():
    assert names.property_column("hs_object_id") == "PROPERTY_HS_OBJECT_ID"
    assert names.property_column("a.b-c d") == "PROPERTY_A.B-C D"
    assert names.unparsed_column("amount") == "PROPERTY_UNPARSED_AMOUNT"
