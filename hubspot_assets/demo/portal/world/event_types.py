"""The event types of a portal: HubSpot's own, the account's custom ones, and one that an app brings."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from hubspot_assets.demo.portal.settings import PortalSettings

from .chance import mixed
from .object_types import ObjectTypes
from .times import DAY_MS, iso, ms_of


@dataclass(frozen=True, kw_only=True)
class EventType:
    """One event type. Of all events of a day, ``share`` in 100 are of this one."""

    number: int
    name: str
    """As the API gives it: ``e_visited_page``, ``pe62515_clicked_pricing``."""
    object_type_id: str
    """The type of the records that it happens to."""
    share: float
    properties: tuple[str, ...]
    label: str | None = None
    """Of a custom event; None for others."""
    served: bool = True
    """Whether the API for event occurrences serves them: those of marketing emails have an API of their own."""
    archived: bool = False

    @property
    def custom(self) -> bool:
        return self.label is not None


_PAGE = ("hs_url", "hs_title", "hs_referrer", "hs_page_id", "hs_visitor_type", "hs_city", "hs_user_agent")
_STANDARD = (
    ("e_visited_page", 70, _PAGE),
    ("e_submitted_form", 6, ("hs_form_id", "hs_form_type", "hs_url")),
    ("ae1234_meeting_booked_elsewhere", 5, ("meeting_title",)),
)
EMAIL_EVENTS = {
    "e_mta_delivered_email_v2": "DELIVERED",
    "e_mta_bounced_email_v2": "BOUNCE",
    "e_opened_email_v2": "OPEN",
    "e_clicked_link_in_email_v2": "CLICK",
    "e_reported_spam_email_v2": "SPAMREPORT",
    "e_updated_email_subscription_status_v2": "STATUSCHANGE",
}
"""Event types of marketing emails, and what the email events API calls them."""
# Label, name, whose records, share, properties. The name of the third is a standard event's but for its prefix;
# the fourth never happened; the last is archived.
_CUSTOM = (
    ("Clicked pricing", "clicked_pricing", "0-1", 8, ("plan", "amount", "clicked_at", "remark")),
    ("Social media flow - Basic", "social_media_flow___basic", "0-1", 6, ("remark", "hs_city")),
    ("Visited page", "visited_page", "0-1", 2, ("hs_url",)),
    ("Never happened", "never_happened", "0-1", 0, ("remark",)),
    ("Service due", "service_due", "2-111", 3, ("amount", "due_on", "remark")),
    ("Retired", "retired", "0-2", 0, ("remark",)),
)
_KINDS = {"amount": ("number", "number"), "clicked_at": ("datetime", "date"), "due_on": ("date", "date")}


class EventTypes:
    """The event types of a portal, none if its plan has no events."""

    def __init__(self, settings: PortalSettings, object_types: ObjectTypes) -> None:
        self._settings = settings
        self._start = ms_of(settings.first_day)
        self._object_types = object_types
        self.all = list(self._types()) if "events" in settings.features else []
        self._by_name = {event_type.name: event_type for event_type in self.all}

    def listed(self) -> list[EventType]:
        """Those that the API names, whether or not it serves their occurrences."""
        return [event_type for event_type in self.all if not event_type.archived]

    @property
    def custom(self) -> list[EventType]:
        return [event_type for event_type in self.all if event_type.custom]

    def find(self, name: str) -> EventType | None:
        return self._by_name.get(name)

    def _types(self) -> Iterator[EventType]:
        for number, (name, share, properties) in enumerate(_STANDARD):
            yield EventType(number=number, name=name, object_type_id="0-1", share=share, properties=properties)
        for number, name in enumerate(EMAIL_EVENTS, 50):
            yield EventType(number=number, name=name, object_type_id="0-1", share=0, properties=(), served=False)
        served = {t.object_type_id for t in self._object_types.served()}
        for number, (label, name, object_type_id, share, properties) in enumerate(_CUSTOM):
            yield EventType(
                number=100 + number,
                name=f"pe{self._settings.portal_id}_{name}",
                object_type_id=object_type_id if object_type_id in served else "0-2",
                share=share,
                properties=properties,
                label=label,
                archived=name == "retired",
            )

    def definition(self, event_type: EventType, *, with_properties: bool) -> dict[str, Any]:
        """As the event definitions API gives a custom event."""
        made = self._start - (100 + event_type.number) * DAY_MS + mixed(event_type.number) % DAY_MS
        object_type = self._object_types[event_type.object_type_id]
        definition: dict[str, Any] = {
            "id": str(event_type.number + 4_000_000),
            "name": event_type.name.partition("_")[2],
            "fullyQualifiedName": event_type.name,
            "labels": {"singular": event_type.label, "plural": f"{event_type.label}s"},
            "description": f'Occurs when "{event_type.label}",\nand not else 🎉',
            "objectTypeId": f"6-{event_type.number + 4_000_000}",
            "primaryObject": object_type.upper_name,
            "primaryObjectId": event_type.object_type_id,
            "trackingType": "CLICKED_ELEMENT" if event_type.number % 2 else "MANUAL",
            "archived": event_type.archived,
            "createdAt": iso(made),
            "updatedAt": iso(made + DAY_MS),
            "createdUserId": 9_000_037,
            "associations": [],
            "properties": [],
        }
        if with_properties:
            definition["properties"] = [self._property(name, made) for name in event_type.properties]
        return definition

    @staticmethod
    def _property(name: str, made: int) -> dict[str, Any]:
        kind, field_type = _KINDS.get(name, ("string", "text"))
        return {
            "name": name,
            "label": name.replace("_", " ").capitalize(),
            "type": kind,
            "fieldType": field_type,
            "description": "",
            "groupName": "event_information",
            "options": [],
            "displayOrder": -1,
            "hasUniqueValue": False,
            "hidden": False,
            "hubspotDefined": name.startswith("hs_"),
            "formField": False,
            "calculated": False,
            "externalOptions": False,
            "archived": False,
            "createdAt": iso(made),
            "updatedAt": iso(made),
        }
