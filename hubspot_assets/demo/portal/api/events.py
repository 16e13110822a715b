"""Events API: event types, definitions of custom events, and occurrences.

``GET /events/event-occurrences/{V}`` (``/events/v3/events``): oldest first unless ``sort`` says else. The cursor names
the last event of the page, so that events may be added while it is read. The types of marketing-email events are
listed, and have no occurrences here: those are in ``email_events.py``.
"""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from hubspot_assets.demo.portal.errors import Refusal, unknown_object_type, validation_error
from hubspot_assets.demo.portal.filters import moment
from hubspot_assets.demo.portal.paging import next_page, opaque, page_of, place_of
from hubspot_assets.demo.portal.routing import Call, Endpoint, both
from hubspot_assets.demo.portal.world.event_types import EventType
from hubspot_assets.demo.portal.world.events import Event, Key
from hubspot_assets.demo.portal.world.times import iso

DEFINITION_SCOPES = ("behavioral_events.event_definitions.read_write",)
SORTS = {"": False, "DESCENDING": True, "-occurredAt": True, "ASCENDING": False, "occurredAt": False}
"""Whether the newest come first."""
FOREVER = 4_102_444_800_000


def event_types(call: Call) -> dict[str, Any]:
    return {"eventTypes": [event_type.name for event_type in call.world.event_types.listed()]}


def definitions(call: Call) -> dict[str, Any]:
    types, wanted = call.world.event_types, call.text("searchString").lower()
    found = [t for t in types.custom if wanted in t.name or wanted in (t.label or "").lower()]
    found.sort(key=lambda t: t.number, reverse=call.text("sortOrder") == "DESC")
    page, paging = page_of(call, found, default=20, maximum=100, encoded=True)
    with_properties = call.flag("includeProperties")
    rows = [types.definition(t, with_properties=with_properties) for t in page]
    return {"results": rows, "total": len(found), **paging}


def occurrences(call: Call) -> dict[str, Any]:
    limit = call.number("limit", default=20, maximum=call.settings.events_maximum_limit)
    after = place_of(call, call.text("after")) if call.text("after") else ""
    if after is None:
        return {"results": []}
    events = _by_id(call) if call.texts("id") else _in_order(call, _key_of(after) if after else None)
    page = list(islice(_with_values(call, events), limit + 1))
    rows = {"results": [_row(call, event) for event in page[:limit]]}
    if len(page) <= limit:
        return rows
    return {**rows, "paging": next_page(call, opaque(",".join(map(str, page[limit - 1].key))))}


def scopes_of_occurrences(call: Call) -> tuple[str, ...]:
    """The scopes of the records that the events happened to."""
    return tuple(dict.fromkeys(s for t in _types(call) for s in call.world.object_types[t.object_type_id].scopes))


def _types(call: Call) -> Sequence[EventType]:
    """The event types that are asked for."""
    types = call.world.event_types
    if not call.text("eventType"):
        return types.listed()
    event_type = types.find(call.text("eventType"))
    if event_type is None or event_type.archived:
        raise validation_error(f"Unable to find event type: {call.text('eventType')}")
    return [event_type]


def _in_order(call: Call, after: Key | None) -> Iterator[Event]:
    object_type_id, object_id = _object(call)
    if object_id is None and (call.settings.events_need_an_object or not call.text("eventType")):
        raise validation_error("objectType and objectId are required to retrieve events")
    types = [t for t in _types(call) if object_type_id in {None, t.object_type_id}]
    sort = call.text("sort")
    if sort not in SORTS:
        raise validation_error(f"Invalid sort: {sort}")
    since, until, newest_first = *_window(call), SORTS[sort]
    if after and newest_first:
        until = min(until, after[0] + 1)
    elif after:
        since = max(since, after[0])
    events = call.world.events.between(types, since, until, object_id=object_id, newest_first=newest_first)
    if after is None:
        return events
    return (event for event in events if (event.key < after if newest_first else event.key > after))


def _by_id(call: Call) -> Iterator[Event]:
    """Events by their ids; other filters must fit them, too."""
    (object_type_id, object_id), (since, until), types = _object(call), _window(call), _types(call)
    for event_id in call.texts("id"):
        event = call.world.events.find(event_id)
        if event and event.event_type in types and since <= event.occurred_ms < until:
            fits_type = object_type_id in {None, event.event_type.object_type_id}
            if fits_type and object_id in {None, event.object_id}:
                yield event


def _object(call: Call) -> tuple[str | None, str | None]:
    if any(name.startswith("objectProperty.") for name in call.query):
        raise validation_error("objectProperty filters are not part of this portal")
    name, object_id = call.text("objectType"), call.text("objectId")
    if object_id and not name:
        raise validation_error("objectType is required when objectId is given")
    if not name:
        return None, None
    object_type = call.world.object_types.find(name)
    if object_type is None:
        raise unknown_object_type(name)
    return object_type.object_type_id, object_id or None


def _window(call: Call) -> tuple[int, int]:
    """From when on and until before when, in milliseconds, whatever HubSpot counts in."""
    after, before = moment(call, "occurredAfter"), moment(call, "occurredBefore")
    if after is not None and after <= 0:
        # Seen in production: filters that start at the epoch itself are answered so.
        raise Refusal(500, {"message": "internal error", "category": "INTERNAL_ERROR"})
    since = 0 if after is None else after + (not call.settings.occurred_after_is_inclusive)
    until = FOREVER if before is None else before + call.settings.occurred_before_is_inclusive
    return since, until


def _with_values(call: Call, events: Iterator[Event]) -> Iterator[Event]:
    """Those whose properties have the values of ``property.<name>=``."""
    wanted = {n.partition(".")[2]: vs[-1] for n, vs in call.query.items() if n.startswith("property.")}
    return (e for e in events if all(e.properties.get(name) == value for name, value in wanted.items()))


def _row(call: Call, event: Event) -> dict[str, Any]:
    return {
        "id": event.id,
        "eventType": event.event_type.name,
        "objectType": call.world.object_types[event.event_type.object_type_id].upper_name,
        "objectId": event.object_id,
        "occurredAt": iso(event.occurred_ms),
        "properties": event.properties,
    }


def _key_of(place: str) -> Key:
    try:
        ms, event_type, number = (int(part) for part in place.split(","))
    except ValueError:
        raise validation_error(f"Invalid paging cursor: {place}") from None
    return ms, event_type, number


_DEFINITIONS = both("/events/v3/event-definitions", "/events/custom/{V}/event-definitions")
_TYPES = both("/events/v3/events/event-types", "/events/event-occurrences/{V}/event-types")
_OCCURRENCES = both(("/events/v3/events", "/events/v3/events/"), "/events/event-occurrences/{V}")
ENDPOINTS = [
    Endpoint("GET", _TYPES, event_types, feature="events"),
    Endpoint("GET", _DEFINITIONS, definitions, DEFINITION_SCOPES, feature="events"),
    Endpoint("GET", _OCCURRENCES, occurrences, scopes_of_occurrences, feature="events"),
]
