"""The portal catalogue: what is written is read again, and a broken file is told in one sentence."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from hubspot_assets.catalog.portal import EventType, Portal, PortalCatalogueError

from .portals import ANY_LOAD, object_type, portals


@given(portals())
@ANY_LOAD
def test_a_portal_read_from_its_file_is_the_same_portal(portal: Portal):
    assert Portal.from_json(portal.to_json()) == portal
    assert Portal.from_json(portal.to_json()).to_json() == portal.to_json()


def test_the_standard_portal_goes_through_a_file(tmp_path: Path):
    path = tmp_path / "portal.json"
    path.write_text(Portal.standard().to_json(), encoding="utf-8")

    assert Portal.load(path) == Portal.standard()


def test_the_file_does_not_depend_on_the_order_things_were_found_in():
    types = [object_type("2-1"), object_type("0-2", "Companies", "Company")]
    events = [EventType("e_b", "4-2"), EventType("e_a", "4-1")]

    there = Portal.of(types, events, [("2-1", "0-2"), ("2-1", "2-1")])
    back = Portal.of(types[::-1], events[::-1], [("2-1", "2-1"), ("0-2", "2-1"), ("2-1", "0-2")])

    assert there.to_json() == back.to_json()
    assert there.association_pairs == (("0-2", "2-1"), ("2-1", "2-1"))


def test_a_type_is_found_by_its_id():
    portal = Portal.of([object_type("2-1")])

    assert portal.object_type("2-1") == object_type("2-1")
    assert portal.object_type("2-2") is None


def good() -> dict[str, Any]:
    portal = Portal.of([object_type("2-1"), object_type("2-2")], [EventType("e_a", "4-1")], [("2-1", "2-2")])
    content: dict[str, Any] = json.loads(portal.to_json())
    return content


def set_in(*path: Any) -> Callable[[dict[str, Any]], None]:
    """Sets the last of `path` at the place that the others lead to."""
    *places, last, value = path

    def change(content: Any) -> None:
        for place in places:
            content = content[place]
        content[last] = value

    return change


BROKEN: dict[str, tuple[Callable[[dict[str, Any]], Any], str]] = {
    "another format": (set_in("format", 2), "has format 2, but this version reads format 1"),
    "no format": (lambda content: content.pop("format"), "missing required field `format`"),
    "no pairs": (lambda content: content.pop("association_pairs"), "missing required field `association_pairs`"),
    "a part too many": (set_in("tables", []), "unknown field `tables`"),
    "types that are an object": (set_in("object_types", {}), "`$.object_types`"),
    "a type that is a text": (
        set_in("object_types", 0, "2-1"),
        "`$.object_types[0]`",
    ),
    "a type without a label": (
        lambda content: content["object_types"][0].pop("plural_label"),
        "field `plural_label`",
    ),
    "a type with a field too many": (
        set_in("object_types", 0, "colour", "red"),
        "unknown field `colour`",
    ),
    "a label that is null": (
        set_in("object_types", 0, "plural_label", None),
        "`$.object_types[0].plural_label`",
    ),
    "a label that is a number": (
        set_in("object_types", 0, "singular_label", 7),
        "`$.object_types[0].singular_label`",
    ),
    "an id that is a path": (
        set_in("object_types", 0, "object_type_id", "../x"),
        "`$.object_types[0].object_type_id`",
    ),
    "an id that is a number": (
        set_in("object_types", 0, "object_type_id", 2),
        "`$.object_types[0].object_type_id`",
    ),
    "a source nobody knows": (set_in("object_types", 0, "source", "FAX"), "there is no source of records named 'FAX'"),
    "scopes that are a text": (
        set_in("object_types", 0, "scopes", "content"),
        "`$.object_types[0].scopes`",
    ),
    "a scope that is null": (
        set_in("object_types", 0, "scopes", [None]),
        "`$.object_types[0].scopes[0]`",
    ),
    "a type twice": (set_in("object_types", 1, "object_type_id", "2-1"), "it lists the object type 2-1 twice"),
    "an event without its name": (
        lambda content: content["event_types"][0].pop("name"),
        "missing required field `name`",
    ),
    "an event's properties as null": (
        set_in("event_types", 0, "properties", None),
        "`$.event_types[0].properties`",
    ),
    "an event twice": (
        lambda content: content["event_types"].append(content["event_types"][0]),
        "it lists the event type e_a twice",
    ),
    "a pair of three": (set_in("association_pairs", 0, ["2-1", "2-2", "2-3"]), "of length 2"),
    "a pair that is a text": (
        set_in("association_pairs", 0, "ab"),
        "`$.association_pairs[0]`",
    ),
    "a pair with a null": (
        set_in("association_pairs", 0, ["2-1", None]),
        "`$.association_pairs[0][1]`",
    ),
}


@pytest.mark.parametrize(("change", "says"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_file_is_one_sentence_that_says_which_file_what_and_what_to_do(
    change: Callable[[dict[str, Any]], Any], says: str, tmp_path: Path
):
    content = good()
    change(content)
    path = tmp_path / "portal.json"
    path.write_text(json.dumps(content), encoding="utf-8")

    assert_one_sentence(path, says)


NOT_JSON = {
    "empty": (b"", "not a portal catalogue"),
    "cut off": (Portal.standard().to_json().encode()[:500], "not a portal catalogue"),
    "a list": (b"[]", "Expected `object`, got `array`"),
    "null": (b"null", "Expected `object`, got `null`"),
    "another program's": (b'{"version": 3}', "missing required field `format`"),
    "not UTF-8": (b'{"format": 1, "\xff": 2}', "is not UTF-8 text"),
    "nested without end": (b"[" * 200_000, "not a portal catalogue"),
}


@pytest.mark.parametrize(("content", "says"), NOT_JSON.values(), ids=NOT_JSON.keys())
def test_a_file_that_is_no_catalogue_at_all_is_one_sentence(content: bytes, says: str, tmp_path: Path):
    path = tmp_path / "portal.json"
    path.write_bytes(content)

    assert_one_sentence(path, says)


def test_a_file_that_is_not_there_is_one_sentence(tmp_path: Path):
    assert_one_sentence(tmp_path / "absent.json", "No such file or directory")


def test_a_directory_in_its_place_is_one_sentence(tmp_path: Path):
    assert_one_sentence(tmp_path, "is a directory and not a file")


def assert_one_sentence(path: Path, says: str) -> None:
    with pytest.raises(PortalCatalogueError) as told:
        Portal.load(path)
    message = str(told.value)
    assert str(path) in message
    assert says in message
    assert "`hubspot-assets discover`" in message
    assert "\n" not in message
    assert len(message) < len(str(path)) + 400
