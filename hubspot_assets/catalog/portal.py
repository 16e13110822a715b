"""What one portal has: its object types, event types and pairs of associated types, as a small JSON file.

Nothing here asks HubSpot. `hubspot-assets discover` writes the file, definitions load from it (`HUBSPOT_CATALOG`), and
without one the standard types and their usual pairs load. Not here: the tables that follow (`portal_tables.py`).
"""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from reprlib import repr as short
from typing import Annotated, Any

import msgspec
from msgspec.structs import asdict

from hubspot_assets.catalog.names import type_order
from hubspot_assets.catalog.object_types import STANDARD_OBJECT_TYPES, KnownProperty, ObjectType
from hubspot_assets.catalog.sources import Source
from hubspot_assets.errors import UsageError
from hubspot_assets.files import instead_of_file

FORMAT = 1


class PortalCatalogueError(UsageError):
    """The portal catalogue file cannot be used; the message says which file, why and what to do."""


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
    first_day: str | None = None
    """The first day that could be exported when the portal was discovered first; None where that is not known."""

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
        """Return the catalogue file's text: stable order, so that two discoveries of one portal can be compared as
        text.
        """
        content = _File(
            format=FORMAT,
            object_types=[_in_file(t) for t in self.object_types],
            event_types=[_EventType(**vars(event)) for event in self.event_types],
            association_pairs=self.association_pairs,
            first_day=self.first_day,
        )
        return json.dumps(msgspec.to_builtins(content), indent=2, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str, origin: str = "the portal catalogue") -> "Portal":
        """Return the portal a catalogue file describes. Raises PortalCatalogueError for a file that is not one."""
        try:
            version = msgspec.json.decode(text, type=_Version).format
            if version != FORMAT:
                raise PortalCatalogueError(
                    f"{origin} has format {short(version)}, but this version reads format {FORMAT}: run "
                    "`hubspot-assets discover` again."
                )
            content = msgspec.json.decode(text, type=_File)
            portal = cls.of(
                [_from_file(entry) for entry in content.object_types],
                [EventType(**asdict(entry)) for entry in content.event_types],
                list(content.association_pairs),
            )
            return replace(portal, first_day=content.first_day and str(date.fromisoformat(content.first_day)))
        except (ValueError, msgspec.MsgspecError, RecursionError) as error:
            raise PortalCatalogueError(
                f"{origin} is not a portal catalogue ({error}): run `hubspot-assets discover` to write it again."
            ) from error

    @classmethod
    def load(cls, path: str | Path) -> "Portal":
        """Read a catalogue file. Raises PortalCatalogueError with one sentence."""
        _refuse_what_is_no_file(Path(path))
        try:
            text = Path(path).read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            raise PortalCatalogueError(
                f"The portal catalogue {path} is not UTF-8 text: run `hubspot-assets discover` to write it again."
            ) from error
        except OSError as error:
            raise PortalCatalogueError(
                f"The portal catalogue {path} cannot be read ({error.strerror}): "
                "run `hubspot-assets discover`, or unset HUBSPOT_CATALOG."
            ) from error
        return cls.from_json(text, f"The portal catalogue {path}").as_known_now()

    def as_known_now(self) -> "Portal":
        """Return the portal with what this version knows of standard types: which API lists them, which scope that
        wants.

        A file that an earlier version wrote has them with what was known then.
        """
        known = {t.object_type_id: t for t in STANDARD_OBJECT_TYPES}
        current = ((t, known.get(t.object_type_id, t)) for t in self.object_types)
        types = tuple(replace(t, source=now.source, scopes=now.scopes) for t, now in current)
        return replace(self, object_types=types)

    def save(self, path: str | Path) -> None:
        """Replace a catalogue file, whole or not at all. Raises PortalCatalogueError with one sentence."""
        path = Path(path)
        _refuse_what_is_no_file(path)
        draft = path.with_name(f".{path.name}.draft")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            draft.write_text(self.to_json(), encoding="utf-8")
            draft.replace(path)
        except OSError as error:
            raise PortalCatalogueError(
                f"The portal catalogue {path} cannot be written ({error.strerror}): set HUBSPOT_CATALOG to a file "
                "in a folder that can be written to."
            ) from error

    @classmethod
    def of(
        cls,
        object_types: "list[ObjectType]",
        event_types: "list[EventType] | None" = None,
        association_pairs: "list[tuple[str, str]] | None" = None,
    ) -> "Portal":
        """Return a portal from unordered parts; of a pair given in both directions one is kept.

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
        """Return what is loaded when nothing was discovered.

        The standard types and the pairs nearly every portal uses.
        """
        return cls.of(list(STANDARD_OBJECT_TYPES), [], list(_STANDARD_PAIRS))


def _refuse_what_is_no_file(path: Path) -> None:
    if other := instead_of_file(path):
        raise PortalCatalogueError(
            f"The portal catalogue {path} is {other} and not a file: set HUBSPOT_CATALOG to the file that "
            "`hubspot-assets discover` writes."
        )


def _refuse_doubles(kind: str, names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise ValueError(f"it lists the {kind} {name} twice")
        seen.add(name)


def _source(name: str) -> Source:
    if name not in Source.__members__:
        raise ValueError(f"there is no source of records named {short(name)}")
    return Source[name]


_TypeId = Annotated[str, msgspec.Meta(pattern="^[0-9]+-[0-9]+$")]


class _Version(msgspec.Struct):
    """What a file of any version has."""

    format: Any


class _ObjectType(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """An `ObjectType` in the file, all of it."""

    object_type_id: _TypeId
    name: str
    singular_label: str
    plural_label: str
    scopes: tuple[str, ...]
    source: str
    fully_qualified_name: str | None
    description: str
    properties: dict[str, dict[str, str]] = {}  # type -> name -> label: a line each in the file
    in_use: bool = True


def _in_file(object_type: ObjectType) -> _ObjectType:
    properties: dict[str, dict[str, str]] = {}
    for known in sorted(object_type.properties, key=lambda p: (p.type, p.name)):
        properties.setdefault(known.type, {})[known.name] = known.label
    return _ObjectType(**{**vars(object_type), "source": object_type.source.name, "properties": properties})


def _from_file(entry: _ObjectType) -> ObjectType:
    known = (KnownProperty(name, type_, label) for type_, of in entry.properties.items() for name, label in of.items())
    properties = tuple(sorted(known, key=lambda p: p.name))
    return ObjectType(**{**asdict(entry), "source": _source(entry.source), "properties": properties})


class _EventType(msgspec.Struct, forbid_unknown_fields=True):
    """An `EventType` in the file, all of it."""

    name: str
    event_type_id: str
    label: str
    description: str
    properties: tuple[str, ...]


class _File(msgspec.Struct, forbid_unknown_fields=True):
    """The file."""

    format: int
    object_types: list[_ObjectType]
    event_types: list[_EventType]
    association_pairs: Sequence[tuple[_TypeId, _TypeId]]
    first_day: str | None = None


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
