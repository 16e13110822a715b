"""About how many calls a first export takes, where no earlier one tells: by what HubSpot counts.

Not here: whether the calls that are left will do (`quota.py`), which goes by earlier exports.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from hubspot_assets.catalog.object_types import ObjectType
from hubspot_assets.catalog.portal_tables import PortalTables
from hubspot_assets.catalog.sources import Source
from hubspot_assets.hubspot import (
    HubSpotClient,
    HubSpotError,
    associations,
    campaigns,
    forms,
    lists,
    marketing_events,
    objects,
    users,
)

_CALLS_OF_A_TYPE = 6
"""For its definitions: schema, properties of three kinds, property groups, pipelines."""
_CALLS_OF_A_PAIR = 4
"""For its definitions: association types and their names, in both directions."""

_FORMS, _CAMPAIGNS, _LISTS, _EVENTS, _USERS = "0-28", "0-35", "0-45", "0-54", "0-115"

_PARENT_BY_PARENT: Mapping[Source, str] = MappingProxyType(
    {
        Source.FORM_SUBMISSIONS: _FORMS,
        Source.CAMPAIGN_ASSETS: _CAMPAIGNS,
        Source.SEQUENCES: _USERS,
        # Their members and participations are in tables of their own.
        Source.LISTS: _LISTS,
        Source.MARKETING_EVENTS: _EVENTS,
    }
)
"""What is asked with a call for each of something: the type of that."""

PARENTS = frozenset(_PARENT_BY_PARENT.values())
"""The types of all that is asked one by one."""

_LISTED: Mapping[str, Callable[[HubSpotClient], Iterable[Any]]] = MappingProxyType(
    {
        _FORMS: forms.read,
        _CAMPAIGNS: lambda client: campaigns.read(client, ["hs_name"]),
        _LISTS: lists.read,
        _EVENTS: marketing_events.read,
        _USERS: users.read,
    }
)


def with_parents(client: HubSpotClient, counts: Mapping[str, int], portal_tables: PortalTables) -> dict[str, int]:
    """Return the counts, and those of forms, lists, campaigns, users and marketing events where HubSpot has none.

    Only of what is asked parent by parent: listing the parents takes a hundredth of those calls. A list that HubSpot
    does not give adds nothing, as it will in the export.
    """
    sources = {tables.object_type.source for tables in portal_tables.objects.values()}
    wanted = {parent for source, parent in _PARENT_BY_PARENT.items() if source in sources} - counts.keys()
    return {**counts, **{parent: _length(client, parent) for parent in sorted(wanted)}}


def _length(client: HubSpotClient, parent: str) -> int:
    try:
        return sum(1 for _ in _LISTED[parent](client))
    except HubSpotError:
        return 0  # the export itself says what is wrong


def calls_by_counts(counts: Mapping[str, int], portal_tables: PortalTables) -> int:
    """Return about how many calls a first export takes, in which every history is read.

    `counts`: HubSpot's number of records by object type id. What has an API of its own is read in pages of 100 or more,
    so that it takes no more than this says, besides a call for each parent that it is asked by.
    """
    types = [tables.object_type for tables in portal_tables.objects.values()]
    pairs = portal_tables.pairs
    links = sum(math.ceil(min(counts.get(a, 0), counts.get(b, 0)) / associations.INPUTS) or 1 for a, b in pairs)
    definitions = _CALLS_OF_A_TYPE * len(types) + _CALLS_OF_A_PAIR * len(pairs)
    events = len(portal_tables.portal.event_types)
    return sum(_calls_of(one, counts) for one in types) + links + definitions + events


def _calls_of(object_type: ObjectType, counts: Mapping[str, int]) -> int:
    pages = math.ceil(counts.get(object_type.object_type_id, 0) / objects.PAGE_WITH_HISTORY) or 1
    parents = _PARENT_BY_PARENT.get(object_type.source)
    return pages + (counts.get(parents, 0) if parents else 0)
