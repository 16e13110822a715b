"""Which of HubSpot's APIs reads the events of a type: the one place that ties an event type's source to a reader.

Whatever API they come from, events come in the form of occurrences, so that everything after it treats all types alike.
Not here: the APIs (`hubspot`), which API it is (`catalog/event_types.py`), object types (`readers.py`).
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, TypeAlias

from hubspot_assets.catalog.event_types import EventSource, email_event, event_source
from hubspot_assets.hubspot import HubSpotClient, email_events, events
from hubspot_assets.tables.email_event_fields import occurrence

Page: TypeAlias = list[dict[str, Any]]


def _email_events(client: HubSpotClient, event_type: str, start: datetime, end: datetime) -> Iterator[Page]:
    of_type = email_event(event_type)
    found = email_events.read(client, of_type.api_type, start, end) if of_type else ()
    return ([occurrence(event) for event in page] for page in found)


_READERS: dict[EventSource, Callable[[HubSpotClient, str, datetime, datetime], Iterator[Page]]] = {
    EventSource.OCCURRENCES: events.occurrences,
    EventSource.EMAIL_EVENTS: _email_events,
}


def read_events(client: HubSpotClient, event_type: str, start: datetime, end: datetime) -> Iterator[Page]:
    """Return the events of a type from `start` up to but not including `end`, each once, by page. Raises HubSpotError.

    Each has `id`, `occurredAt`, `properties`, and what record it happened to: `objectType`, `objectId`, where that is
    known.
    """
    return _READERS[event_source(event_type)](client, event_type, start, end)
