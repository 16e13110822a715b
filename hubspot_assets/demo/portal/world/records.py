"""The records of one type: every property's value and versions, computed from the record's number.

A record takes its values and versions from one of a few hundred templates; over that lies what is its own (id,
dates, name) and what has happened to it since the first day. So a million records need no memory, and an answer is
put together from parts that were encoded once (``api/rendering.py``).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from hubspot_assets.demo.portal.settings import PortalSettings

from .chance import mixed, number_of
from .life import LAYERS, End, Life
from .object_types import ObjectType
from .times import DAY_MS, iso, ms_of
from .values import LONG_TEXT, pool_of

TEMPLATES = 128
EVERY_SO_MANY_IS_OWN = 12
"""Of the text properties, every so many has a value of its own in each record."""

SOURCES: tuple[dict[str, Any], ...] = (
    {"sourceType": "CRM_UI", "sourceId": "userId:9000037", "updatedByUserId": 9000037},
    {"sourceType": "INTEGRATION", "sourceId": "12345", "sourceLabel": "An, integration"},
    {"sourceType": "IMPORT", "sourceId": "import-1"},
    {"sourceType": "API"},
    {"sourceType": "CALCULATED", "sourceId": "RollupProperties"},
    {"sourceType": "FORM", "sourceId": "4a-5b", "sourceLabel": "“Contact us”"},
)


class Version(NamedTuple):
    """One value that a property had; ``""`` is a value that was cleared."""

    value: str
    ms: int
    source: int


@dataclass(frozen=True)
class Template:
    """Per property, in the order of the definitions: value (None if never set) and versions, newest first."""

    values: list[str | None]
    versions: list[tuple[Version, ...]]
    newest_ms: int
    has_history: bool


@dataclass
class Overlay:
    """What lies over a record's template: by the property's place among the definitions."""

    record_id: int
    template_number: int
    created_ms: int
    updated_ms: int
    end: End | None
    created_at: str = ""
    updated_at: str = ""
    """The two moments as HubSpot writes them: they are in several properties."""
    values: dict[int, str | None] = field(default_factory=dict)
    versions: dict[int, tuple[Version, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Record:
    """A record as the portal holds it."""

    id: str
    object_type_id: str
    properties: dict[str, str | None]
    """Every property that exists on the day; None for one that never was set, ``""`` for one that was cleared."""
    history: dict[str, tuple[Version, ...]]
    """Only properties that have versions; newest first."""
    created_ms: int
    updated_ms: int
    archived_ms: int | None


class Records:
    """The records of one type on the portal's day."""

    def __init__(
        self,
        settings: PortalSettings,
        object_type: ObjectType,
        life: Life,
        definitions: list[dict[str, Any]],
        exists: Callable[[dict[str, Any]], bool],
        references: dict[str, tuple[str, ...]],
        counted: dict[str, Callable[[int], int]],
    ) -> None:
        self.object_type = object_type
        self.life = life
        self.names = [d["name"] for d in definitions]
        self.place = {name: place for place, name in enumerate(self.names)}
        self.readable = [exists(d) and not d.get("archived", False) for d in definitions]
        self._definitions = definitions
        # A few properties have values and never a version; what a deal is followed by always has.
        usual = {*object_type.default_properties}
        self._keeps_versions = [number_of(name) % 23 != 7 or name in usual for name in self.names]
        self._modified = {p for p, name in enumerate(self.names) if name.endswith("lastmodifieddate")}
        self._seed = mixed(settings.seed, object_type.number, 77)
        self._start = ms_of(settings.first_day)
        self._period = round(1 / settings.changed_share) if settings.changed_share else 0
        self._pools = [pool_of(d, self._seed, references) for d in definitions]
        self._counted = {self.place[name]: count for name, count in counted.items() if name in self.place}
        self._templates: dict[int, Template] = {}
        self._own = self._own_properties()
        self._calculated = [p for p, d in enumerate(definitions) if d["calculated"] and self._changeable(p)]
        self._others = [p for p, d in enumerate(definitions) if not d["calculated"] and self._changeable(p)]
        self._long = next((p for p in self._others if definitions[p]["fieldType"] == "textarea"), None)

    # --- as one record -----------------------------------------------------------------------------------------

    def record(self, number: int) -> Record:
        over = self.overlay(number)
        template, end = self.template(over.template_number), over.end
        properties: dict[str, str | None] = {}
        history: dict[str, tuple[Version, ...]] = {}
        for place, name in enumerate(self.names):
            if self.readable[place]:
                properties[name] = over.values[place] if place in over.values else template.values[place]
                versions = over.versions[place] if place in over.versions else template.versions[place]
                if versions:
                    history[name] = versions
        return Record(
            str(over.record_id),
            self.object_type.object_type_id,
            properties,
            history,
            over.created_ms,
            over.updated_ms,
            end.ms if end else None,
        )

    # --- templates ---------------------------------------------------------------------------------------------

    def template_of(self, number: int) -> Template:
        return self.template(mixed(self._seed, number) % TEMPLATES)

    def template(self, number: int) -> Template:
        known = self._templates.get(number)
        if known is None:
            known = self._templates[number] = self._make_template(number)
        return known

    def _make_template(self, number: int) -> Template:
        has_history = number % 10 != 9
        values: list[str | None] = []
        versions: list[tuple[Version, ...]] = []
        newest = self._start - 400 * DAY_MS
        for place, definition in enumerate(self._definitions):
            chance = mixed(self._seed, 1, number, number_of(definition["name"]))
            made = self._versions_of(place, number, chance)
            values.append(made[0].value if made else None)
            if made:
                newest = max(newest, made[0].ms)
            if not has_history or not self._keeps_versions[place]:
                made = ()
            versions.append(made[: self.object_type.history_kept])
        return Template(values, versions, newest, has_history)

    def _versions_of(self, place: int, template: int, chance: int) -> tuple[Version, ...]:
        name = self.names[place]
        if name == "hs_merged_object_ids":  # only a merge sets it
            return ()
        wanted = name in self.object_type.default_properties or name in {"hubspot_owner_id", "pipeline", "dealstage"}
        if chance % 100 >= 45 and not wanted:
            return ()
        many = number_of(name) % 17 == 3 and template % 8 == 1
        how_many = 60 if many else (1, 1, 1, 1, 1, 1, 1, 2, 3, 5)[chance // 100 % 10]
        pool = self._pools[place]
        made = []
        ms = self._start - (1 + chance // 1000 % 200) * DAY_MS - chance // 7 % DAY_MS
        for n in range(how_many):
            pick = mixed(chance, n)
            cleared = how_many > 1 and (pick >> 20) % 12 == 0 and not wanted
            made.append(Version("" if cleared else pool[pick % len(pool)], ms, (pick >> 8) % len(SOURCES)))
            if (pick >> 12) % 5:  # else the next version has the same timestamp
                ms -= 1 + (pick >> 16) % (3 * DAY_MS)
        return tuple(made)

    # --- what lies over the template ------------------------------------------------------------------------------

    def overlay(self, number: int, *, history: bool = True) -> Overlay:
        """``history`` False leaves out the versions of what each record has of its own, to be quicker."""
        life, chance = self.life, mixed(self._seed, number)
        template = self.template(chance % TEMPLATES)
        created = life.created_ms(number)
        over = Overlay(life.id_of(number), chance % TEMPLATES, created, created, life.end(number))
        if number % LAYERS:
            self._lay_newborn(over, template)
        else:
            over.updated_ms = template.newest_ms + number // LAYERS % 1000
            if number == 0 and self._long is not None:
                self._lay(over, template, self._long, LONG_TEXT, created, 2)
        for ms, change in self._changes(number, chance >> 16):
            if ms > created and (over.end is None or ms < over.end.ms):
                self._lay_change(over, template, ms, change)
        for before, ms in life.merged(number):
            over.updated_ms = max(over.updated_ms, ms)
            if (place := self.place.get("hs_merged_object_ids")) is not None:
                others = [over.values.get(place), str(life.id_of(before))]
                self._lay(over, template, place, ";".join(filter(None, others)), ms, 0)
        over.created_at, over.updated_at = iso(created), iso(over.updated_ms)
        for place, value_of in self._own.items():
            self._lay_own(over, template, place, value_of(number, over), history)
        for place, count in self._counted.items():
            self._lay_own(over, template, place, str(count(number)), history)
        return over

    def _lay_newborn(self, over: Overlay, template: Template) -> None:
        """A record that was created after the first day has one version of each value, from its creation."""
        for place, versions in enumerate(template.versions):
            if versions:
                value = template.values[place] or ""
                over.versions[place] = (Version(value, over.created_ms, 3),)

    def _lay_change(self, over: Overlay, template: Template, ms: int, chance: int) -> None:
        calculated: list[int] = []
        if chance % 10 == 0 and self._calculated:
            # HubSpot does not reliably touch a record whose calculated properties change.
            places = calculated = [self._calculated[chance // 10 % len(self._calculated)]]
        else:
            over.updated_ms = max(over.updated_ms, ms)
            places = [self._others[mixed(chance, n) % len(self._others)] for n in range(1 + chance // 10 % 3)]
        for place in dict.fromkeys(places):
            pool, pick = self._pools[place], mixed(chance, place)
            cleared = (pick >> 20) % 12 == 0
            value = "" if cleared else pool[pick % len(pool)]
            before = over.values[place] if place in over.values else template.values[place]
            # What is calculated to be as it was, or from nothing to nothing, is no new version.
            if place not in calculated or value != (before or ""):
                self._lay(over, template, place, value, ms, pick % len(SOURCES))

    def _lay(self, over: Overlay, template: Template, place: int, value: str, ms: int, source: int) -> None:
        before = over.versions[place] if place in over.versions else template.versions[place]
        over.values[place] = value
        if template.has_history and self._keeps_versions[place]:
            after = (Version(value, ms, source), *before)
            # Sorting is stable: of versions with one timestamp, the one that came last stays first.
            over.versions[place] = tuple(sorted(after, key=lambda v: -v.ms))[: self.object_type.history_kept]

    def _lay_own(self, over: Overlay, template: Template, place: int, value: str | None, history: bool) -> None:
        if value is None:
            if place not in over.values:  # else a merge has laid it
                over.values[place] = None
                over.versions[place] = ()
            return
        over.values[place] = value
        if not history:
            return
        keeps = template.has_history and self._keeps_versions[place] and place not in self._modified
        over.versions[place] = (Version(value, over.created_ms, 3),) if keeps else ()

    def _changes(self, number: int, phase: int) -> Iterator[tuple[int, int]]:
        """When the record was changed, and the chance that decides how."""
        if self._period:
            for day in range(self._period - phase % self._period, self.life.days + 1, self._period):
                chance = mixed(self._seed, 3, number, day)
                yield self._start + day * DAY_MS + chance % DAY_MS, chance
        for ms in self.life.now.changed.get(number, ()):
            yield ms, mixed(self._seed, 4, number, ms) // 10 * 10 + 1

    def _changeable(self, place: int) -> bool:
        name = self.names[place]
        return (
            place not in self._own and place not in self._counted and self.readable[place] and name not in {"pipeline"}
        )

    def _own_properties(self) -> dict[int, Callable[[int, Overlay], str | None]]:
        """By place: the value that no other record has."""
        singular = self.object_type.singular
        own: dict[str, Callable[[int, Overlay], str | None]] = {
            "hs_object_id": lambda _, over: str(over.record_id),
            "createdate": lambda _, over: over.created_at,
            "hs_createdate": lambda _, over: over.created_at,
            "lastmodifieddate": lambda _, over: over.updated_at,
            "hs_lastmodifieddate": lambda _, over: over.updated_at,
            "hs_merged_object_ids": lambda _, __: None,
            "email": lambda n, _: f"person.{n}@example.com",
            "domain": lambda n, _: f"company{n}.example.com",
            "name": lambda n, _: f"{singular} {n}",
            "dealname": lambda n, _: f"{singular} {n}",
            "subject": lambda n, _: f"{singular} {n}",
        }
        texts = [d["name"] for d in self._definitions if (d["type"], d["fieldType"]) == ("string", "text")]
        for name in texts[5::EVERY_SO_MANY_IS_OWN]:
            own.setdefault(name, lambda _, over, name=name: f"{name} of {over.record_id}")  # type: ignore[misc]
        return {self.place[name]: value for name, value in own.items() if name in self.place}
