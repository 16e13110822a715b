"""How HubSpot's labels become names of tables and columns. Not here: which tables there are (`contract.py`).

All rules are those of the data share, so that a query written for it runs unchanged.
"""

import re
from collections.abc import Callable, Iterable
from typing import TypeVar

from hubspot_assets.catalog.object_types import ObjectType

T = TypeVar("T")

_NOT_ALPHANUMERIC = re.compile(r"[^0-9A-Za-z]")
_EVENT_PREFIX = re.compile(r"^(?:e_|pe\d+_)")


def name_part(text: str) -> str:
    """Upper case, every character that is not an ASCII letter or digit one `_`, runs kept."""
    return _NOT_ALPHANUMERIC.sub("_", text).upper()


def type_name(object_type: ObjectType) -> str:
    """The `<X>` of `OBJECTS_<X>`: the plural label, or the singular label plus `S`, or the type's id."""
    plural = object_type.plural_label
    if not plural.strip():
        plural = f"{object_type.singular_label}S" if object_type.singular_label.strip() else object_type.object_type_id
    return name_part(plural)


def key_name(object_type: ObjectType) -> str:
    """The `<X>` of an association table's key column `<X>_OBJECTID`: the singular name, or else the type's id."""
    labels = (object_type.singular_label, object_type.name, object_type.object_type_id)
    return name_part(next(label for label in labels if label.strip()))


def event_name(event_type: str) -> str:
    """The `<X>` of `EVENTS_<X>`: the event's name without HubSpot's `e_` or a portal's `pe<portalId>_` prefix."""
    return name_part(_EVENT_PREFIX.sub("", event_type))


def type_order(object_type_id: str) -> tuple[int, ...]:
    """Object type ids in their order: `0-2` before `0-11` before `2-5`."""
    return tuple(int(part) if part.isdecimal() else 1 << 62 for part in object_type_id.split("-"))


def distinct_names(items: Iterable[T], name: Callable[[T], str], identity: Callable[[T], str]) -> dict[str, T]:
    """Name -> item. Of two items with one name the first keeps it, the later becomes `<NAME>_<identity>`."""
    named: dict[str, T] = {}
    for item in items:
        chosen = name(item)
        if chosen in named:
            chosen = f"{chosen}_{name_part(identity(item))}"
        while chosen in named:
            chosen += "_"
        named[chosen] = item
    return named


def property_column(property_name: str) -> str:
    """`PROPERTY_<NAME>`: the internal name upper-cased, verbatim."""
    return f"PROPERTY_{property_name.upper()}"


def unparsed_column(property_name: str) -> str:
    """`PROPERTY_UNPARSED_<NAME>`: holds a value that does not parse as its declared number, date or datetime."""
    return f"PROPERTY_UNPARSED_{property_name.upper()}"
