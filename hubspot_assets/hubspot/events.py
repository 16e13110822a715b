"""Events (web analytics and custom behavioural ones): their types, definitions and occurrences.

https://developers.hubspot.com/docs/api-reference/latest/events/event-analytics/guide
"""

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

from hubspot_assets.hubspot import instants, properties, versions
from hubspot_assets.hubspot.http.client import HubSpotClient
from hubspot_assets.hubspot.http.decoding import as_id
from hubspot_assets.hubspot.http.fields import Fields, flaw_in_fields
from hubspot_assets.hubspot.http.paging import pages, rows
from hubspot_assets.hubspot.windows import each_once
from hubspot_assets.outside_text import is_whole

_DEFINITION: Fields = {
    "name": str,
    "fullyQualifiedName": str,
    "objectTypeId": str,
    "description": str,
    "labels": {"singular": str, "plural": str},
    "properties": [{"name": str, **properties.FIELDS}],
}

_SMALLEST_MILLISECONDS = 10**11
"""Of the year 1973. Smaller numbers are no times of events."""

# Some of HubSpot's filters answer 500 to the very beginning of time.
_EARLIEST = datetime(1970, 1, 1, 0, 0, 1, tzinfo=timezone.utc)


def types(client: HubSpotClient) -> list[str]:
    """Return the names of the portal's event types: `e_visited_page`, `pe<portalId>_<name>`, ...

    GET /events/event-occurrences/{version}/event-types, one call. Raises Forbidden or MissingScopes where the
    plan (events need an Enterprise hub) or the token has none.
    """

    def check(answer: dict[str, Any]) -> str | None:
        listed = answer.get("eventTypes")
        if isinstance(listed, list) and all(isinstance(one, str) for one in listed):
            return None
        return "no list of names 'eventTypes'"

    found: list[str] = client.get(versions.path("event_types"), check=check)["eventTypes"]
    return list(dict.fromkeys(found))


def definitions(client: HubSpotClient) -> list[dict[str, Any]]:
    """Return the definitions of the portal's custom events, with their `properties`.

    GET /events/custom/{version}/event-definitions: 100 a call. Each has `id`, `name`, `fullyQualifiedName`,
    `labels`, `objectTypeId`, `primaryObject`, `archived`, `createdAt`; of these only `fullyQualifiedName` is always
    there. Raises MissingScopes without behavioral_events.event_definitions.read_write.
    """
    path, params = versions.path("event_definitions"), {"includeProperties": True}
    found = rows(client, path, params, limit=100, check_row=_flaw_in_definition)
    # An offset for a cursor may tell one twice.
    told = {as_id(one.get("id")) or str(one.get("name")): one for one in found}
    # Without it, nobody can say which events it defines: it is known by what it has.
    return [{**one, "fullyQualifiedName": one.get("fullyQualifiedName") or key} for key, one in told.items()]


def occurrences(
    client: HubSpotClient, event_type: str, start: datetime, end: datetime
) -> Iterator[list[dict[str, Any]]]:
    """Return the events of one type that occurred from `start` up to but not including `end`, each once, by page.

    GET /events/event-occurrences/{version}?eventType=...: 1 000 a call (100 where refused). Where that is more
    than a few pages, parts of the window are read side by side: in no order then. Each event has `id`,
    `eventType`, `objectType`, `objectId`, `occurredAt`, `properties`. Raises NotListable where HubSpot tells
    events only of one record at a time.
    """
    return each_once(lambda since, until: _window(client, event_type, since, until), start, end)


def _window(client: HubSpotClient, event_type: str, start: datetime, end: datetime) -> Iterator[list[dict[str, Any]]]:
    """Yield the events from `start` up to `end`, by one cursor.

    HubSpot does not say whether its own bounds are inclusive, so a millisecond more is asked for on either side
    and left out here.
    """
    margin = timedelta(milliseconds=1)
    params = {
        "eventType": event_type,
        "occurredAfter": instants.text(max(start - margin, _EARLIEST)),
        "occurredBefore": instants.text(max(end + margin, _EARLIEST)),
    }
    path = versions.path("event_occurrences")
    for page in pages(client, path, params, limit=1000, smaller_limit=100, check_row=_flaw):
        yield [event for event in page if start <= instants.parse(event["occurredAt"]) < end]


def _at_a_time(event: dict[str, Any]) -> None:
    """Bring the time of an event that is told in epoch milliseconds to HubSpot's usual form."""
    told = str(event.get("occurredAt"))
    if is_whole(told) and int(told) >= _SMALLEST_MILLISECONDS:
        event["occurredAt"] = instants.of_milliseconds(int(told)) or told


def _flaw_in_definition(definition: dict[str, Any]) -> str | None:
    return flaw_in_fields(definition, _DEFINITION, "a definition of events")


def _flaw(event: dict[str, Any]) -> str | None:
    if as_id(event.get("id")) is None:
        return "an event without an id"
    if flaw := flaw_in_fields(event, {"properties": {}}, "an event"):
        return flaw
    _at_a_time(event)
    try:
        instants.parse(str(event.get("occurredAt")))
    except ValueError:
        return f"an event whose occurredAt is {event.get('occurredAt')!r}"
    return None
