"""Events of one day on local disk, between reading and writing: their columns are known only when all were seen.

Not here: objects, whose properties are known before they are read (`chunks.py`).
"""

from collections.abc import Iterator, Mapping, Sequence, Set
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from hubspot_assets.tables.properties import Property


class EventSpool:
    """Add pages, then read `properties`, then iterate over `pages`. The directory is the caller's to delete.

    `known` have a column anyway; `also` get one when an event carries them (None: all that are not `held_back`). What
    else events carry is not even on the disk, and its names are in `unknown`.
    """

    def __init__(
        self,
        directory: Path,
        known: Sequence[Property],
        held_back: Set[str] = frozenset(),
        also: Set[str] | None = None,
    ) -> None:
        self._directory = directory
        self.held_back = held_back
        self._also = also
        self.unknown: set[str] = set()
        self._properties = {p.name: p for p in known}
        self._moments: list[datetime] = []
        self.events = 0

    def harmless(self, event: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return an occurrence fit to be put anywhere: of properties that are held back nothing, of unknown ones the
        name.
        """
        carried = event.get("properties") or {}
        if self._properties.keys() >= carried.keys():
            return event
        kept = {name: carried[name] if self._is_known(name) else None for name in carried if name not in self.held_back}
        return {**event, "properties": kept}

    def _is_known(self, name: str) -> bool:
        return name in self._properties or (name not in self.held_back and (self._also is None or name in self._also))

    def add(self, events: Sequence[Mapping[str, Any]], read_at: datetime) -> None:
        """Keep a page of occurrences as HubSpot gives them, read at a moment (UTC)."""
        events = [self.harmless(event) for event in events]
        for event in events:
            for name in (event.get("properties") or {}).keys() - self._properties.keys():
                if self._is_known(name):
                    self._properties[name] = Property(name, "string")
                else:
                    self.unknown.add(name)
        self._path(len(self._moments)).write_bytes(msgspec.json.encode(events))
        self._moments.append(read_at)
        self.events += len(events)

    @property
    def fingerprint(self) -> list[Any]:
        """What decides which properties are harmless, before the first page."""
        return [sorted(self._properties), sorted(self.held_back), None if self._also is None else sorted(self._also)]

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
