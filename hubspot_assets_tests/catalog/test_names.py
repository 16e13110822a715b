"""Labels become names as in the data share."""

import pytest

from hubspot_assets.catalog import names
from hubspot_assets.catalog.contract import association_key_columns
from hubspot_assets.catalog.object_types import STANDARD_OBJECT_TYPES

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
