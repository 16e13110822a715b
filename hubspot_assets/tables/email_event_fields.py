"""Events of marketing emails as events of EVENTS_<X>: their fields as properties, and an answer as an occurrence.

HubSpot defines no properties for them, so the declared fields are. What an event has beyond them becomes a column of
texts of its day. Not here: rows and columns (`events.py`), which type is which and has which fields
(`catalog/event_types.py`).

The API knows whom an email went to (`recipient`, an address) and of no record: an event has no OBJECTID.
"""

from collections.abc import Mapping
from typing import Any

from hubspot_assets.catalog.event_types import email_event
from hubspot_assets.catalog.sources import typed_names
from hubspot_assets.tables.properties import Property
from hubspot_assets.tables.source_fields import definitions_of

_NESTED = frozenset({"sentBy", "causedBy", "obsoletedBy", "location", "browser"})
#: What the fixed columns have.
_OWN = frozenset({"id", "created", "type"})


def email_event_properties(event_type_name: str) -> list[Property]:
    """Return the declared fields of an event type whose events are of the email events API; none for any other."""
    return [Property(name, type_) for name, type_ in sorted(_fields(event_type_name).items())]


def email_event_definitions(event_type_name: str) -> list[dict[str, Any]]:
    """Return the same in the shape of HubSpot's property definitions."""
    return definitions_of(_fields(event_type_name))


def occurrence(event: Mapping[str, Any]) -> dict[str, Any]:
    """Return an email event as the events API would give it: `id`, `occurredAt`, `properties`."""
    properties: dict[str, Any] = {}
    for name, value in event.items():
        if name in _NESTED and isinstance(value, dict):
            properties |= {f"{name}_{inner}": told for inner, told in value.items()}
        elif name not in _OWN:
            properties[name] = value
    return {"id": event["id"], "occurredAt": event["created"], "properties": properties}


def _fields(event_type_name: str) -> dict[str, str]:
    event = email_event(event_type_name)
    return typed_names(event.fields) if event else {}
