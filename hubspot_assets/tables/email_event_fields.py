"""Events of marketing emails as events of EVENTS_<X>: the fields of each type, and an answer as an occurrence.

HubSpot defines no properties for them; these are the fields that its documentation of the email events API has, by
their names there, a nested one behind the name of the one it is in (`location_city`). What an event has beyond them
becomes a column of texts of its day. Not here: rows and columns (`events.py`), which type is which
(`catalog/event_types.py`).

The API knows whom an email went to (`recipient`, an address) and of no record: an event has no OBJECTID.
"""

from collections.abc import Mapping
from typing import Any

from hubspot_assets.catalog.event_types import email_event
from hubspot_assets.tables.properties import Property
from hubspot_assets.tables.source_fields import definitions_of, typed_names

_COMMON = (
    "recipient portalId:number appId:number appName emailCampaignId:number emailCampaignGroupId:number hmid sendId "
    "smtpId sentBy_id sentBy_created:datetime causedBy_id causedBy_created:datetime obsoletedBy_id "
    "obsoletedBy_created:datetime filteredEvent:bool"
)
_MESSAGE = "subject from replyTo:json cc:json bcc:json"
_READER = (
    "userAgent ipAddress deviceType location_city location_state location_country location_zipcode "
    "location_latitude:number location_longitude:number browser_name browser_family browser_type browser_producer "
    "browser_producerUrl browser_url browser_version:json"
)
_OF_TYPE = {
    "SENT": _MESSAGE,
    "PROCESSED": _MESSAGE,
    "DROPPED": f"{_MESSAGE} dropReason dropMessage",
    "SUPPRESSED": f"{_MESSAGE} suppressedReason suppressedMessage",
    "DELIVERED": "response",
    "DEFERRED": "response attempt:number",
    "BOUNCE": "category response status",
    "OPEN": f"{_READER} duration:number",
    "CLICK": f"{_READER} url referer linkId:number",
    "PRINT": _READER,
    "FORWARD": _READER,
    "SPAMREPORT": "userAgent ipAddress",
    "STATUSCHANGE": (
        "source sourceId requestedBy requestedByUserId:number portalSubscriptionStatus subscriptions:json bounced:bool"
    ),
    "UNBOUNCE": "",
}
_NESTED = frozenset({"sentBy", "causedBy", "obsoletedBy", "location", "browser"})
#: What the fixed columns have.
_OWN = frozenset({"id", "created", "type"})


def email_event_properties(event_type_name: str) -> list[Property]:
    """The declared fields of an event type, if its events are those of the email events API; none for any other."""
    return [Property(name, type_) for name, type_ in sorted(_fields(event_type_name).items())]


def email_event_definitions(event_type_name: str) -> list[dict[str, Any]]:
    """The same in the shape of HubSpot's property definitions."""
    return definitions_of(_fields(event_type_name))


def occurrence(event: Mapping[str, Any]) -> dict[str, Any]:
    """An email event as the events API would give it: `id`, `occurredAt`, `properties`."""
    properties: dict[str, Any] = {}
    for name, value in event.items():
        if name in _NESTED and isinstance(value, dict):
            properties |= {f"{name}_{inner}": told for inner, told in value.items()}
        elif name not in _OWN:
            properties[name] = value
    return {"id": event["id"], "occurredAt": event["created"], "properties": properties}


def _fields(event_type_name: str) -> dict[str, str]:
    event = email_event(event_type_name)
    return typed_names(f"{_COMMON} {_OF_TYPE[event.api_type]}") if event else {}
