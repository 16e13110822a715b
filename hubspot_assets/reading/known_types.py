"""What HubSpot tells of a portal's object types when it is discovered: which are in use, and their properties.

It is shown in the graph and the dictionary before anything is exported. Not here: which types there are
(`discovery.py`), what is exported, which follows PROPERTY_DEFINITIONS of each day (`tables/properties.py`).
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from itertools import chain

from hubspot_assets.catalog.object_types import ENGAGEMENT_KINDS, ENGAGEMENTS, KnownProperty, ObjectType
from hubspot_assets.catalog.portal import Portal
from hubspot_assets.concurrency import results_by_item
from hubspot_assets.hubspot import HubSpotClient, properties
from hubspot_assets.hubspot.errors import NotFound, Refused
from hubspot_assets.hubspot.http.parts import Parts
from hubspot_assets.hubspot.limits import RecordCount
from hubspot_assets.outside_text import one_line
from hubspot_assets.reading.reading import answer_or_reason
from hubspot_assets.reading.refusals import unavailable
from hubspot_assets.tables.frames import text_of


def has_records(object_type: ObjectType, counts: Mapping[str, RecordCount]) -> bool:
    """Whether a type can have associations: HubSpot does not say that it has no record."""
    return object_type.in_crm_objects_api and not _is_counted_empty(object_type, counts)


def with_what_is_known(
    client: HubSpotClient, types: Iterable[ObjectType], counts: Mapping[str, RecordCount] | None, known: Portal
) -> list[ObjectType]:
    """Return the types with whether they are in use and, where they may have records, their properties, one call each.

    `counts`: HubSpot's numbers of records, None where they are refused. What is refused stays as it was known: it
    changes nothing that is exported, and is told where the types themselves are read. Raises HubSpotError.
    """
    types = list(types)
    before = {t.object_type_id: t for t in known.object_types}

    parts = Parts(client)

    def ask(type_id: str) -> tuple[KnownProperty, ...] | Refused:
        found = answer_or_reason(lambda: properties.exported(parts.client(), type_id), parts)
        if isinstance(found, Refused):
            return found
        told = {row["name"]: row for row in found}
        return tuple(
            KnownProperty(name, one_line(text_of(row.get("type")) or ""), one_line(text_of(row.get("label")) or ""))
            for name, row in sorted(told.items())
        )

    answers = results_by_item(ask, [t.object_type_id for t in types if has_records(t, counts or {})])
    told = {type_id: t.properties for type_id, t in before.items()}
    told |= {type_id: answer for type_id, answer in answers.items() if not isinstance(answer, Refused)}
    told[ENGAGEMENTS] = _united(told.get(kind, ()) for kind in ENGAGEMENT_KINDS)
    in_use = {t.object_type_id for t in types if _is_in_use(t, counts, answers.get(t.object_type_id), before)}
    # What unites several kinds is in use where one of them is.
    in_use = in_use - {ENGAGEMENTS} if in_use.isdisjoint(ENGAGEMENT_KINDS) else in_use | {ENGAGEMENTS}
    return [replace(t, properties=told.get(t.object_type_id, ()), in_use=t.object_type_id in in_use) for t in types]


def _is_counted_empty(object_type: ObjectType, counts: Mapping[str, RecordCount]) -> bool:
    count = counts.get(object_type.object_type_id)
    return count is not None and count.records == 0


def _is_in_use(
    object_type: ObjectType,
    counts: Mapping[str, RecordCount] | None,
    answer: Collection[KnownProperty] | Refused | None,
    before: Mapping[str, ObjectType],
) -> bool:
    """Whether the portal may have records of a type; what HubSpot does not tell is as it was known."""
    if isinstance(answer, Refused) and _is_not_in_the_portal(object_type, answer):
        return False
    if counts is None or isinstance(answer, Refused):
        known = before.get(object_type.object_type_id)
        return known is None or known.in_use
    if object_type.object_type_id not in counts and not object_type.has_public_api:
        return False
    return not _is_counted_empty(object_type, counts)


def _is_not_in_the_portal(object_type: ObjectType, answer: Refused) -> bool:
    # A 404 may mean as well that the API URL is wrong.
    if object_type.is_in_every_portal or isinstance(answer, NotFound):
        return False
    return not unavailable(answer).mendable


def _united(kinds: Iterable[Iterable[KnownProperty]]) -> tuple[KnownProperty, ...]:
    """The properties of all kinds of engagements, as their united table has them: text where two kinds differ."""
    found: dict[str, KnownProperty] = {}
    for known in chain.from_iterable(kinds):
        first = found.setdefault(known.name, known)
        if first.type != known.type:
            found[known.name] = replace(first, type="string")
    return tuple(sorted(found.values(), key=lambda p: p.name))
