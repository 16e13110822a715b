"""How HubSpot's labels become names of tables and columns. Not here: which tables there are (`portal_tables.py`).

All rules are those of the data share, so that a query written for it runs unchanged. A name from HubSpot is never a
whole name here: something of ours (`OBJECTS_`, `EVENTS_`, `PROPERTY_`) always stands before it, so that it can only
meet names of its own kind, and `distinct_names` tells those apart.
"""

import hashlib
import re
from collections.abc import Callable, Hashable, Iterable, Mapping
from types import MappingProxyType
from typing import TypeVar

from hubspot_assets.catalog.object_types import ObjectType
from hubspot_assets.outside_text import is_whole

T = TypeVar("T", bound=Hashable)

_NOT_ALPHANUMERIC = re.compile(r"[^0-9A-Za-z]")
_EVENT_PREFIX = re.compile(r"^(?:e_|pe[0-9]+_)")

LONGEST = 200
"""Characters of an `<X>`. A file system takes 255 bytes for a folder's name, and S3 takes 1024 for a whole key."""
_DIGEST = 8

LISTS = "0-45"
_LISTS_NAME = "LISTS"
#: Names of one type alone, though another be called the same, or the one be not there.
RESERVED: Mapping[str, str] = {_LISTS_NAME: LISTS}


def name_part(text: str) -> str:
    """Upper case, every character that is not an ASCII letter or digit one `_`, runs kept."""
    return _NOT_ALPHANUMERIC.sub("_", text).upper()


def shortened(name: str) -> str:
    """Return the name, or of one that is too long its beginning and a digest of the whole: the same every day."""
    if len(name) <= LONGEST:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:_DIGEST].upper()
    return f"{name[: LONGEST - _DIGEST - 1]}_{digest}"


def type_name(object_type: ObjectType) -> str:
    """Return the `<X>` of `OBJECTS_<X>`: the plural label, or the singular label plus `S`, or the type's id.

    Of lists it is that of HubSpot's data share, whatever a portal calls them.
    """
    if object_type.object_type_id == LISTS:
        return _LISTS_NAME
    plural = object_type.plural_label
    if not plural.strip():
        plural = f"{object_type.singular_label}S" if object_type.singular_label.strip() else object_type.object_type_id
    return shortened(name_part(plural))


def pair_name(from_name: str, to_name: str) -> str:
    """Return the `<X>_TO_<Y>` of two types' names."""
    return shortened(f"{from_name}_TO_{to_name}")


def key_name(object_type: ObjectType) -> str:
    """Return the `<X>` of an association table's key column `<X>_OBJECTID`.

    The singular name, or else the type's id.
    """
    labels = (object_type.singular_label, object_type.name, object_type.object_type_id)
    return name_part(next(label for label in labels if label.strip()))


def event_name(event_type: str) -> str:
    """Return the `<X>` of `EVENTS_<X>`.

    The event's name without HubSpot's `e_` or a portal's `pe<portalId>_` prefix.
    """
    return shortened(name_part(_EVENT_PREFIX.sub("", event_type)))


def type_order(object_type_id: str) -> tuple[int, ...]:
    """Object type ids in their order: `0-2` before `0-11` before `2-5`."""
    return tuple(int(part) if is_whole(part) else 1 << 62 for part in object_type_id.split("-"))


def event_order(name: str, event_type_id: str) -> tuple[bool, tuple[int, ...], str]:
    """Event types in their order: HubSpot's own, then those that have an id, the earlier made one first."""
    return not name.startswith("e_"), type_order(event_type_id), name


def distinct_names(
    items: Iterable[T],
    name: Callable[[T], str],
    identity: Callable[[T], str],
    reserved: Mapping[str, str] = MappingProxyType({}),
) -> dict[T, str]:
    """Item -> name. Of two items with one name the first keeps it, the later becomes `<NAME>_<identity>`.

    That is never the name that another item has by itself. `reserved`: name -> identity of the only item to have it.
    """
    named: dict[str, T] = {}
    later: list[T] = []
    for item in items:
        is_of_another = reserved.get(name(item), identity(item)) != identity(item)
        if is_of_another or named.setdefault(name(item), item) != item:
            later.append(item)
    for item in later:
        chosen = shortened(f"{name(item)}_{name_part(identity(item))}")
        while chosen in named or chosen in reserved:
            chosen += "_"
        named[chosen] = item
    return {item: chosen for chosen, item in named.items()}


def property_column(property_name: str) -> str:
    """`PROPERTY_<NAME>`: the internal name upper-cased, verbatim."""
    return f"PROPERTY_{property_name.upper()}"


def unparsed_column(property_name: str) -> str:
    """`PROPERTY_UNPARSED_<NAME>`: the raw text of a number, date or datetime."""
    return f"PROPERTY_UNPARSED_{property_name.upper()}"


def raw_text_column(column: str) -> str:
    """`PROPERTY_UNPARSED_<NAME>` of `PROPERTY_<NAME>`."""
    return unparsed_column(column.removeprefix(property_column("")))
