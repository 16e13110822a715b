"""What one portal has: its object types, event types and pairs of associated types, as a small JSON file.

Nothing here asks HubSpot. `hubspot-assets discover` writes the file, definitions load from it (`HUBSPOT_CATALOG`), and
without one the standard types and their usual pairs load. Not here: the tables that follow (`portal_tables.py`).
"""

import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from reprlib import repr as short
from typing import Any, TypeVar

from hubspot_assets.catalog.names import type_order
from hubspot_assets.catalog.object_types import STANDARD_OBJECT_TYPES, ObjectType
from hubspot_assets.catalog.sources import Source
from hubspot_assets.errors import UsageError

FORMAT = 1

T = TypeVar("T", "ObjectType", "EventType")


class PortalCatalogueError(UsageError):
    """The portal catalogue file can not be used; the message says which file, why and what to do."""


@dataclass(frozen=True)
class EventType:
    """One event type: `name` as the occurrences API takes it, `event_type_id` as definitions know it or else `name`."""

    name: str
    event_type_id: str
    label: str = ""
    description: str = ""
    properties: tuple[str, ...] = ()

    @property
    def is_of_the_portal(self) -> bool:
        """Whether the portal made it, and not HubSpot (`e_...`) or an app (`ae<app>_...`)."""
        return re.match("(e|ae[0-9]+)_", self.name) is None

    @property
    def is_defined(self) -> bool:
        """Whether HubSpot had a definition of it when the portal was discovered."""
        return bool(self.properties) or self.event_type_id != self.name


@dataclass(frozen=True)
class Portal:
    """Types in the order of their ids; pairs unordered, each once, smaller type id first."""

    object_types: tuple[ObjectType, ...]
    event_types: tuple[EventType, ...] = ()
    association_pairs: tuple[tuple[str, str], ...] = ()

    def object_type(self, object_type_id: str) -> ObjectType | None:
        return next((t for t in self.object_types if t.object_type_id == object_type_id), None)

    @property
    def object_type_ids(self) -> dict[str, str]:
        """What HubSpot may call an object type, in upper case -> its id: `LEAD`, `P123_CAR`, `2-7`, ..."""
        ids: dict[str, str] = {}
        # A custom object may be called like a type of HubSpot's own, but not with the portal's id in front.
        for t in sorted((*STANDARD_OBJECT_TYPES, *self.object_types), key=lambda t: t.is_custom):
            for name in (t.object_type_id, t.fully_qualified_name, t.name):
                if name:
                    ids.setdefault(name.upper(), t.object_type_id)
        return ids

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
            if not isinstance(content, dict) or "format" not in content:
                raise ValueError("it has no format")
            if content["format"] != FORMAT:
                raise PortalCatalogueError(
                    f"{origin} has format {content['format']!r}, this version reads format {FORMAT}: "
                    "run `hubspot-assets discover` again."
                )
            if content.keys() != {"format", *_PARTS}:
                raise ValueError(f"it does not have exactly the parts {', '.join(_PARTS)}")
            object_types, event_types, pairs = (_listed(content, part) for part in _PARTS)
            return cls.of(
                [_built(ObjectType, entry) for entry in object_types],
                [_built(EventType, entry) for entry in event_types],
                [_pair(entry) for entry in pairs],
            )
        except (ValueError, RecursionError) as error:
            raise PortalCatalogueError(
                f"{origin} is not a portal catalogue ({error}): run `hubspot-assets discover` to write it anew."
            ) from error

    @classmethod
    def load(cls, path: str | Path) -> "Portal":
        """Read a catalogue file. Raises PortalCatalogueError with one sentence."""
        try:
            text = Path(path).read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            raise PortalCatalogueError(
                f"The portal catalogue {path} is not UTF-8 text: run `hubspot-assets discover` to write it anew."
            ) from error
        except OSError as error:
            raise PortalCatalogueError(
                f"The portal catalogue {path} can not be read ({error.strerror}): "
                "run `hubspot-assets discover`, or unset HUBSPOT_CATALOG."
            ) from error
        return cls.from_json(text, f"The portal catalogue {path}").as_known_now()

    def as_known_now(self) -> "Portal":
        """The portal with what this version knows of standard types: which API lists them, which scope that wants.

        A file that an earlier version wrote has them with what was known then.
        """
        known = {t.object_type_id: t for t in STANDARD_OBJECT_TYPES}
        current = ((t, known.get(t.object_type_id, t)) for t in self.object_types)
        types = tuple(replace(t, source=now.source, scopes=now.scopes) for t, now in current)
        return replace(self, object_types=types)

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
        """A portal from unordered parts; of a pair given in both directions one is kept.

        Raises ValueError for an object type or event type that is given twice.
        """
        _refuse_doubles("object type", (t.object_type_id for t in object_types))
        _refuse_doubles("event type", (event.name for event in event_types or []))
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


_PARTS = ("object_types", "event_types", "association_pairs")


def _refuse_doubles(kind: str, names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise ValueError(f"the {kind} {name} is in it twice")
        seen.add(name)


def _listed(content: dict[str, Any], part: str) -> list[Any]:
    entries = content[part]
    if not isinstance(entries, list):
        raise ValueError(f"{part} is no list")
    return entries


def _built(kind: type[T], entry: Any) -> T:
    """An entry of the file as the dataclass it was written from. Raises ValueError for what is not of its form."""
    known = {field.name for field in fields(kind)}
    if not isinstance(entry, dict) or entry.keys() != known:
        raise ValueError(f"{short(entry)} does not have exactly the fields {', '.join(sorted(known))}")
    return kind(**{name: _value(name, value) for name, value in entry.items()})


_TEXTS = {"scopes", "properties"}
_TYPE_ID = re.compile("[0-9]+-[0-9]+")
_MAY_BE_NULL = {"fully_qualified_name"}


def _value(name: str, value: Any) -> Any:
    if name == "object_type_id" and not _is_type_id(value):
        raise ValueError(f"{short(value)} is not an object type id")
    if name in _TEXTS and isinstance(value, list) and all(isinstance(text, str) for text in value):
        return tuple(value)
    if name == "source" and isinstance(value, str) and value in Source.__members__:
        return Source[value]
    if name not in _TEXTS | {"source"} and (isinstance(value, str) or (value is None and name in _MAY_BE_NULL)):
        return value
    raise ValueError(f"{name} can not be {short(value)}")


def _is_type_id(value: Any) -> bool:
    return isinstance(value, str) and _TYPE_ID.fullmatch(value) is not None


def _pair(entry: Any) -> tuple[str, str]:
    if not isinstance(entry, list) or len(entry) != 2 or not all(map(_is_type_id, entry)):
        raise ValueError(f"{short(entry)} is not a pair of object type ids")
    return entry[0], entry[1]


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
