"""Events of one day on local disk, between reading and writing: their columns are known only when all were seen.

Not here: objects, whose properties are known before they are read (`spool.py`).
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from hubspot_assets.tables.properties import Property


class EventSpool:
    """Add pages, then read `properties`, then iterate over `pages`. The directory is the caller's to delete."""

    def __init__(self, directory: Path, known: Sequence[Property], held_back: frozenset[str] = frozenset()) -> None:
        self.held_back = held_back
        self._directory = directory
        self._properties = {p.name: p for p in known}
        self._moments: list[datetime] = []
        self.events = 0

    def without_held_back(self, event: Mapping[str, Any]) -> Mapping[str, Any]:
        """An occurrence without the properties that are held back: what of it may be put anywhere."""
        properties = event.get("properties") or {}
        if self.held_back.isdisjoint(properties):
            return event
        return {**event, "properties": {name: properties[name] for name in properties if name not in self.held_back}}

    def add(self, events: Sequence[Mapping[str, Any]], read_at: datetime) -> None:
        """Keep a page of occurrences as HubSpot gives them, read at a moment (UTC)."""
        events = [self.without_held_back(event) for event in events]
        for event in events:
            for name in event.get("properties") or {}:
                if name not in self._properties:
                    # HubSpot defines the properties of custom events only; those of others are what events carry.
                    self._properties[name] = Property(name, "string")
        self._path(len(self._moments)).write_bytes(msgspec.json.encode(events))
        self._moments.append(read_at)
        self.events += len(events)

    @property
    def properties(self) -> list[Property]:
        """The defined properties and those that events carry without a definition, by name."""
        return [self._properties[name] for name in sorted(self._properties)]

    def pages(self) -> Iterator[tuple[list[dict[str, Any]], datetime]]:
        """Every page in the order it was read, with the moment."""
        for number, moment in enumerate(self._moments):
            yield msgspec.json.decode(self._path(number).read_bytes()), moment

    def _path(self, number: int) -> Path:
        return self._directory / f"events_{number:06d}.json"
