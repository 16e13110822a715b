"""Marketing events API: ``GET /marketing/marketing-events/{V}`` (``/marketing/v3/marketing-events/``).

Who took part in an event is listed event by event.
"""

from typing import Any

from hubspot_assets.demo.portal.errors import not_found, validation_error
from hubspot_assets.demo.portal.paging import page_of
from hubspot_assets.demo.portal.routing import Call, Endpoint, both
from hubspot_assets.demo.portal.world.marketing_events import STATES, Participation
from hubspot_assets.demo.portal.world.pieces import Piece

SCOPES = ("crm.objects.marketing_events.read",)


def list_events(call: Call) -> dict[str, Any]:
    events = call.world.marketing_events
    page, paging = page_of(call, events.listed(), default=10, maximum=100, encoded=True)
    return {"results": [events.as_json(event) for event in page], **paging}


def one_event(call: Call) -> dict[str, Any]:
    return call.world.marketing_events.as_json(_event(call))


def counters(call: Call) -> dict[str, Any]:
    return call.world.marketing_events.counters(_event(call))


def breakdown(call: Call) -> dict[str, Any]:
    parts = call.world.marketing_events.participations(_event(call))
    contact = call.text("contactIdentifier")
    return _page(call, [part for part in parts if contact in {"", part.contact_id, part.email}])


def breakdown_of_contact(call: Call) -> dict[str, Any]:
    return _page(call, list(call.world.marketing_events.of_contact(call.path["contact"])))


def _page(call: Call, parts: list[Participation]) -> dict[str, Any]:
    if (state := call.text("state")) and state not in STATES:
        raise validation_error(f"Invalid state: {state}")
    found = [part for part in parts if call.text("state") in {"", part.state}]
    page, paging = page_of(call, found, default=10, maximum=100, encoded=True)
    rows = [call.world.marketing_events.participation_as_json(part) for part in page]
    return {"total": len(found), "results": rows, **paging}


def _event(call: Call) -> Piece:
    event = call.world.marketing_events.find(call.path["object_id"])
    if event is None:
        raise not_found("Marketing event not found")
    return event


def _paths(rest: str) -> tuple[str, ...]:
    return both(f"/marketing/v3/marketing-events{rest}", "/marketing/marketing-events/{V}" + rest)


ENDPOINTS = [
    Endpoint("GET", (*_paths(""), "/marketing/v3/marketing-events/"), list_events, SCOPES),
    Endpoint("GET", _paths("/{object_id}"), one_event, SCOPES),
    Endpoint("GET", _paths("/participations/{object_id}"), counters, SCOPES),
    Endpoint("GET", _paths("/participations/{object_id}/breakdown"), breakdown, SCOPES),
    Endpoint("GET", _paths("/participations/contacts/{contact}/breakdown"), breakdown_of_contact, SCOPES),
]
