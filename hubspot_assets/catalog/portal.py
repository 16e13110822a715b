"""What one portal has: its object types, event types and pairs of associated types, as a small JSON file.

Nothing here asks HubSpot. `hubspot-assets discover` writes the file, definitions load from it (`HUBSPOT_CATALOG`), and
without one the standard types and their usual pairs load. Not here: the tables that follow from it (`contract.py`).
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from hubspot_assets.catalog.names import type_order
from hubspot_assets.catalog.object_types import STANDARD_OBJECT_TYPES, ObjectType, Source

FORMAT = 1


class PortalCatalogueError(ValueError):
    """The portal catalogue file can not be used; the message says which file, why and what to do."""


@dataclass(frozen=True)
class EventType:
    """One event type: `name` as the occurrences API takes it, `event_type_id` as definitions know it or else `name`."""

    name: str
    event_type_id: str
    label: str = ""
    description: str = ""
    properties: tuple[str, ...] = ()


@dataclass(frozen=True)
class Portal:
    """Types in the order of their ids; pairs unordered, each once, smaller type id first."""

    object_types: tuple[ObjectType, ...]
    event_types: tuple[EventType, ...] = ()
    association_pairs: tuple[tuple[str, str], ...] = ()

    def object_type(self, object_type_id: str) -> ObjectType | None:
        return next((t for t in self.object_types if t.object_type_id == object_type_id), None)

    def to_json(self) -> str:
        """The catalogue file's text: stable order, so that two discoveries of one portal can be compared as text."""
        types = [{**asdict(t), "source": t.source.name} for t in self.object_types]
        content = {
            "format": FORMAT,
            "object_types": types,
            "event_types": [asdict(event) for event in self.event_types],
            "association_pairs": self.association_pairs,
        }
        return json.dumps(content, indent=2, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str, origin: str = "the portal catalogue") -> "Portal":
        """The portal a catalogue file describes. Raises PortalCatalogueError for a file that is not one."""
        try:
            content = json.loads(text)
            if content["format"] != FORMAT:
                raise PortalCatalogueError(
                    f"{origin} has format {content['format']}, this version reads format {FORMAT}: "
                    "run `hubspot-assets discover` again."
                )
            return cls.of(
                [
                    ObjectType(**{**t, "source": Source[t["source"]], "scopes": tuple(t["scopes"])})
                    for t in content["object_types"]
                ],
                [EventType(**{**e, "properties": tuple(e["properties"])}) for e in content["event_types"]],
                [(a, b) for a, b in content["association_pairs"]],
            )
        except PortalCatalogueError:
            raise
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise PortalCatalogueError(
                f"{origin} is not a portal catalogue ({type(error).__name__}: {error}): "
                "run `hubspot-assets discover` to write it anew."
            ) from error

    @classmethod
    def load(cls, path: str | Path) -> "Portal":
        """Read a catalogue file. Raises PortalCatalogueError with one sentence."""
        try:
            text = Path(path).read_text(encoding="utf-8")
        except OSError as error:
            raise PortalCatalogueError(
                f"The portal catalogue {path} can not be read ({error.strerror}): "
                "run `hubspot-assets discover`, or unset HUBSPOT_CATALOG."
            ) from error
        return cls.from_json(text, f"The portal catalogue {path}")

    def save(self, path: str | Path) -> None:
        """Replace a catalogue file, whole or not at all. Raises PortalCatalogueError with one sentence."""
        path = Path(path)
        draft = path.with_name(f".{path.name}.draft")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            draft.write_text(self.to_json(), encoding="utf-8")
            draft.replace(path)
        except OSError as error:
            raise PortalCatalogueError(
                f"The portal catalogue {path} can not be written ({error.strerror}): set HUBSPOT_CATALOG to a file "
                "in a folder that can be written to."
            ) from error

    @classmethod
    def of(
        cls,
        object_types: "list[ObjectType]",
        event_types: "list[EventType] | None" = None,
        association_pairs: "list[tuple[str, str]] | None" = None,
    ) -> "Portal":
        """A portal from unordered parts; of a pair given in both directions one is kept."""
        pairs = {tuple(sorted(pair, key=type_order)) for pair in association_pairs or []}
        return cls(
            tuple(sorted(object_types, key=lambda t: type_order(t.object_type_id))),
            tuple(sorted(event_types or [], key=lambda e: e.name)),
            tuple(sorted(((a, b) for a, b in pairs), key=lambda p: (type_order(p[0]), type_order(p[1])))),
        )

    @classmethod
    def standard(cls) -> "Portal":
        """What is loaded when nothing was discovered: the standard types and the pairs nearly every portal uses."""
        return cls.of(list(STANDARD_OBJECT_TYPES), [], list(_STANDARD_PAIRS))


_CORE = ("0-1", "0-2", "0-3", "0-5")
_ACTIVITIES = ("0-18", "0-27", "0-46", "0-47", "0-48", "0-49", "0-116")
_STANDARD_PAIRS: tuple[tuple[str, str], ...] = (
    *((a, b) for i, a in enumerate(_CORE) for b in _CORE[i:]),
    *((a, b) for a in _CORE for b in _ACTIVITIES),
    ("0-3", "0-8"),
    ("0-3", "0-14"),
    ("0-8", "0-14"),
    ("0-1", "0-14"),
    ("0-2", "0-14"),
    ("0-1", "0-136"),
    ("0-2", "0-136"),
    ("0-1", "0-123"),
    ("0-1", "0-142"),
    ("0-1", "0-53"),
    ("0-3", "0-53"),
    ("0-1", "0-69"),
    ("0-1", "0-101"),
)
