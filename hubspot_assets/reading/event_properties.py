"""Which properties of an event type are exported, by what is known of their sensitivity. Unknown counts as sensitive.

The day's PROPERTY_DEFINITIONS say it. Where a day has none of an event type that the portal made, HubSpot is asked for
them: without definitions, nobody knows which of its properties are sensitive, and none is exported. HubSpot's own
event types (`e_...`) and those of apps (`ae<app>_...`) are in no API with their properties; these are HubSpot's and the
apps' fixed set, to which no portal gives a sensitivity, and they are exported as the events carry them.
Not here: the events (`events.py`), how definitions become columns (`tables/properties.py`).
"""

from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

import polars as pl

from hubspot_assets.catalog.fixed_tables import PROPERTY_DEFINITIONS
from hubspot_assets.catalog.portal import EventType
from hubspot_assets.hubspot import events as api
from hubspot_assets.hubspot.errors import Refused
from hubspot_assets.lake import Lake, TableMissing
from hubspot_assets.reading.reading import ABOUT_CUSTOM_EVENTS, Reading, answer_or_reason
from hubspot_assets.tables.definitions import property_rows
from hubspot_assets.tables.email_event_fields import email_event_properties
from hubspot_assets.tables.frames import frame
from hubspot_assets.tables.properties import (
    Property,
    exported_properties,
    harmless_properties,
    held_back_properties,
)

NOT_DEFINED = "is left out: HubSpot does not define it, so it may be sensitive"


@dataclass(frozen=True)
class EventProperties:
    """`known` have a column; `also` get one when an event carries them (None: all that are not `held_back`)."""

    known: list[Property] = field(default_factory=list)
    held_back: frozenset[str] = frozenset()
    also: frozenset[str] | None = frozenset()


class AskedDefinitions:
    """HubSpot's definitions of the portal's own events, asked for when first needed, once a run."""

    def __init__(self) -> None:
        self._answer: list[dict[str, Any]] | Refused | None = None

    def of(self, event_type: EventType, reading: Reading) -> dict[str, Any] | Refused | None:
        """Return the definition of an event type; None where HubSpot has none, the error where it does not say."""
        if self._answer is None:
            self._answer = answer_or_reason(lambda: api.definitions(reading.client))
        if isinstance(self._answer, Refused):
            return self._answer
        return next((one for one in self._answer if one.get("fullyQualifiedName") == event_type.name), None)


def event_properties(
    event_type: EventType, day: str, lake: Lake, asked: AskedDefinitions, reading: Reading
) -> EventProperties:
    """Return the properties of the events of a day. What HubSpot does not tell of them is told by the reading."""
    if fields := email_event_properties(event_type.name):
        # HubSpot's fixed set as well: what an event has beyond the documented fields is a text.
        return EventProperties(fields, also=None)
    if (definitions := _of_day(lake, day, event_type)) is not None:
        # What became sensitive since must not get out with a day that is exported again.
        last = max(lake.days())
        since = _of_day(lake, last, event_type) if last > day else None
        return _by(definitions, definitions if since is None else since, event_type)
    if not event_type.is_of_the_portal:
        return EventProperties(also=None)
    definition = asked.of(event_type, reading)
    if isinstance(definition, Refused):
        reading.refused("definitions of custom events", definition, ABOUT_CUSTOM_EVENTS, PROPERTY_DEFINITIONS.scopes)
        return EventProperties()
    if definition is None:
        # Of a type that HubSpot does define, and then does not any more, nobody knows.
        return EventProperties(also=frozenset() if event_type.is_defined else None)
    rows = property_rows(event_type.event_type_id, definition.get("properties") or ())
    definitions = frame(rows, PROPERTY_DEFINITIONS.columns, datetime.now(timezone.utc)).lazy()
    return _by(definitions, definitions, event_type)


def _of_day(lake: Lake, day: str, event_type: EventType) -> pl.LazyFrame | None:
    """Return the definitions of an event type on a day; None where that day does not have them."""
    try:
        definitions = lake.read(PROPERTY_DEFINITIONS.name, day)
    except TableMissing:
        return None
    found = definitions.filter(pl.col("OBJECTTYPEID") == event_type.event_type_id).collect()
    return None if found.is_empty() else found.lazy()


def _by(definitions: pl.LazyFrame, since: pl.LazyFrame, event_type: EventType) -> EventProperties:
    type_id = event_type.event_type_id
    held_back = held_back_properties(definitions, type_id) | held_back_properties(since, type_id)
    known = [p for p in exported_properties(definitions, type_id) if p.name not in held_back]
    return EventProperties(known, held_back, harmless_properties(definitions, type_id) - held_back)
