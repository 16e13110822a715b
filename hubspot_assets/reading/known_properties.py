"""The properties that the object types of a portal have when it is discovered, for the graph and the dictionary.

They are shown before anything is exported. Not here: what is exported, which follows PROPERTY_DEFINITIONS of each day
(`tables/properties.py`).
"""

from collections.abc import Collection, Iterable
from dataclasses import replace
from itertools import chain

from hubspot_assets.catalog.object_types import ENGAGEMENT_KINDS, ENGAGEMENTS, KnownProperty, ObjectType
from hubspot_assets.catalog.portal import Portal
from hubspot_assets.concurrency import results_by_item
from hubspot_assets.hubspot import HubSpotClient, properties
from hubspot_assets.hubspot.errors import Refused
from hubspot_assets.outside_text import one_line


def with_known_properties(
    client: HubSpotClient, types: Iterable[ObjectType], in_use: Collection[str], known: Portal
) -> list[ObjectType]:
    """Return the types, those in use (ids) with the properties that HubSpot tells, one call each.

    All others, and those whose properties are refused, have what was known of them: it changes nothing that is
    exported, and what a token is refused stands where the types themselves are read. Raises HubSpotError.
    """
    types = list(types)
    before = {t.object_type_id: t.properties for t in known.object_types}

    def ask(type_id: str) -> tuple[KnownProperty, ...]:
        try:
            found = properties.exported(client, type_id)
        except Refused:
            return before.get(type_id, ())
        told = {row["name"]: row for row in found}
        return tuple(
            KnownProperty(name, one_line(row.get("type") or ""), one_line(row.get("label") or ""))
            for name, row in sorted(told.items())
        )

    asked = results_by_item(ask, [t.object_type_id for t in types if t.object_type_id in in_use])
    told = before | asked
    told[ENGAGEMENTS] = _united(told.get(kind, ()) for kind in ENGAGEMENT_KINDS)
    return [replace(t, properties=told.get(t.object_type_id, ())) for t in types]


def _united(kinds: Iterable[Iterable[KnownProperty]]) -> tuple[KnownProperty, ...]:
    """The properties of all kinds of engagements, as their united table has them: text where two kinds differ."""
    found: dict[str, KnownProperty] = {}
    for known in chain.from_iterable(kinds):
        first = found.setdefault(known.name, known)
        if first.type != known.type:
            found[known.name] = replace(first, type="string")
    return tuple(sorted(found.values(), key=lambda p: p.name))
