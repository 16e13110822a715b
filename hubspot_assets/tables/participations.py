"""Rows of MARKETING_EVENT_PARTICIPATIONS from HubSpot's answers. Not here: marketing events (`source_fields.py`)."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from hubspot_assets.tables.frames import Row


def participation_rows(event_id: str, participations: Iterable[Mapping[str, Any]]) -> Iterator[Row]:
    """Rows of the participations in one marketing event.

    The `id` and `createdAt` of HubSpot's answer are those of the event, by its description: only the contact, the state
    and the time tell participations apart.
    """
    for one in participations:
        contact, properties = one["associations"]["contact"], one["properties"]
        yield {
            "MARKETINGEVENTID": event_id,
            "CONTACTID": contact.get("contactId"),
            "EMAIL": contact.get("email"),
            "FIRSTNAME": contact.get("firstname"),
            "LASTNAME": contact.get("lastname"),
            "STATE": properties.get("attendanceState"),
            "OCCURREDAT": properties.get("occurredAt"),
            "ATTENDANCEDURATIONSECONDS": properties.get("attendanceDurationSeconds"),
            "ATTENDANCEPERCENTAGE": properties.get("attendancePercentage"),
        }
