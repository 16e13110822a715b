"""What differs between two portals, in lines for a person: what `discover` says, and what the drift check finds.

Not here: what a portal has (`catalog/portal.py`), how it is asked for (`discovery.py`).
"""

from collections.abc import Iterator

from hubspot_assets.catalog.portal import Portal
from hubspot_assets.outside_text import one_line

_SHOWN = 20


def differences(before: Portal, after: Portal) -> list[str]:
    """One line for each object type, event type and pair of types that is new or gone; of very many, the first.

    An object type that is named otherwise has a line as well: its tables have other names then.
    """
    found = [
        (f"{what} {kind}", names)
        for what, one, other in (("gone", before, after), ("new", after, before))
        for kind, names in (
            ("event type", _events(one) - _events(other)),
            ("object type", {_types(one)[key] for key in _types(one).keys() - _types(other).keys()}),
            ("pair of associated types", _pairs_of(one, other)),
        )
    ]
    return [
        line
        for what, names in [*found, ("renamed object type", _renamed(before, after))]
        for line in _lines(what, names)
    ]


def _lines(what: str, found: set[str]) -> Iterator[str]:
    names = sorted(found)
    yield from (one_line(f"{what}: {name}") for name in names[:_SHOWN])
    if len(names) > _SHOWN:
        yield f"{what}: {len(names) - _SHOWN} more"


def _events(portal: Portal) -> set[str]:
    return {event.name for event in portal.event_types}


def _types(portal: Portal) -> dict[str, str]:
    return {t.object_type_id: t.told for t in portal.object_types}


def _renamed(before: Portal, after: Portal) -> set[str]:
    names, now = _types(before), _types(after)
    return {f"{names[key]} is now {now[key]}" for key in names.keys() & now.keys() if names[key] != now[key]}


def _pairs_of(portal: Portal, other: Portal) -> set[str]:
    """Return the pairs that the other does not have: of a type that has gone or come, its own line says enough."""
    names, others = _types(portal), _types(other)
    pairs = set(portal.association_pairs).difference(other.association_pairs)
    return {f"{names[a]} and {names[b]}" for a, b in pairs if {a, b} <= names.keys() & others.keys()}
