"""What a sentence calls an object type and its records: by a label, or by its name, and by its id only without both."""

import pytest

from hubspot_assets.catalog.object_types import STANDARD_OBJECT_TYPES, custom_object


@pytest.mark.parametrize(
    ("told", "records", "type_"),
    [
        ({"labels": {"singular": "Car", "plural": "Cars"}, "name": "car"}, "cars", "Cars (2-7)"),
        ({"labels": {"singular": "Car", "plural": " "}, "name": "auto"}, "car", "Car (2-7)"),
        ({"labels": {"singular": "", "plural": None}, "name": "Auto"}, "auto", "Auto (2-7)"),
        ({"labels": None, "name": "auto"}, "auto", "auto (2-7)"),
        ({"name": None}, "2-7", "the type (2-7)"),
    ],
)
def test_a_custom_object_is_called_by_what_there_is(told: dict[str, object], records: str, type_: str) -> None:
    known = custom_object({"objectTypeId": "2-7", **told})

    assert (known.records, known.told) == (records, type_)


def test_a_type_of_hubspots_is_called_by_its_label() -> None:
    assert STANDARD_OBJECT_TYPES[0].records == "contacts"
