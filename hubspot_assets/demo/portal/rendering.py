"""Records as JSON, quickly: every value of a template is encoded once, and an answer is joined from those parts.

Nothing but ``msgspec`` decides how a value is escaped; nothing here decides what a record holds.
"""

from collections.abc import Iterable
from functools import lru_cache
from itertools import compress

import msgspec

from .settings import PortalSettings
from .world.records import SOURCES, Records, Version
from .world.times import iso

EMAIL_BODIES = frozenset({"hs_email_text", "hs_email_html", "hs_body_preview", "hs_body_preview_html"})
"""The properties of sales emails that hold what was written."""


class Fragments:
    """``"name":value`` of every property of every template of a type, for values and for versions."""

    def __init__(self, settings: PortalSettings, records: Records) -> None:
        self._settings = settings
        self._records = records
        self._keys = [msgspec.json.encode(name) + b":" for name in records.names]
        self._templates: dict[int, tuple[list[bytes], list[bytes]]] = {}
        hidden = records.object_type.object_type_id == "0-49" and not settings.grants(("sales-email-read",))
        self._redacted = {records.place[name] for name in EMAIL_BODIES & records.place.keys()} if hidden else set()

    def of_template(self, number: int) -> tuple[list[bytes], list[bytes]]:
        known = self._templates.get(number)
        if known is None:
            template = self._records.template(number)
            known = self._templates[number] = (
                [self.value(place, value) for place, value in enumerate(template.values)],
                [self.versions(place, versions) for place, versions in enumerate(template.versions)],
            )
        return known

    def value(self, place: int, value: str | None) -> bytes:
        if value == "":
            value = self._settings.cleared_value
        if place in self._redacted and value:
            value = self._settings.redacted_email_body or value
        return self._keys[place] + msgspec.json.encode(value)

    def versions(self, place: int, versions: tuple[Version, ...]) -> bytes:
        """Empty where a property without versions is not mentioned at all."""
        if not versions and self._settings.history_of_unset_properties == "absent":
            return b""
        hidden = self._settings.redacted_email_body if place in self._redacted else None
        rows = [
            {"value": (v.value and hidden) or v.value, "timestamp": iso(v.ms), **SOURCES[v.source]} for v in versions
        ]
        if self._settings.history_order == "oldest_first":
            rows.reverse()
        elif self._settings.history_order == "shuffled":
            rows = rows[1::2] + rows[::-2]
        return self._keys[place] + msgspec.json.encode(rows)


class Renderer:
    """Renders records of one type with the properties of one request."""

    def __init__(
        self, records: Records, fragments: Fragments, values: Iterable[str], history: Iterable[str], portal_id: int
    ) -> None:
        self._records = records
        self._fragments = fragments
        self._values = self._places(values)
        self._history = self._places(history)
        self._value_at = {place: at for at, place in enumerate(self._values)}
        self._history_at = {place: at for at, place in enumerate(self._history)}
        self._url = (
            f"https://app.hubspot.com/contacts/{portal_id}/record/{records.object_type.object_type_id}/".encode()
        )
        self._parts: dict[int, tuple[list[bytes], list[bytes]]] = {}

    def _places(self, names: Iterable[str]) -> list[int]:
        """Unknown names are ignored, like those of archived properties and of ones that are not there yet."""
        place, readable = self._records.place, self._records.readable
        return [place[name] for name in dict.fromkeys(names) if name in place and readable[place[name]]]

    def row(self, number: int, associations: bytes = b"") -> bytes:
        """One record as the CRM objects API gives it; ``associations`` is rendered already."""
        records = self._records
        over = records.overlay(number, history=bool(self._history))
        parts = self._parts.get(over.template_number)
        if parts is None:
            values, versions = self._fragments.of_template(over.template_number)
            chosen = ([values[place] for place in self._values], [versions[place] for place in self._history])
            parts = self._parts[over.template_number] = chosen
        values = parts[0].copy()
        for place, value in over.values.items():
            if (at := self._value_at.get(place)) is not None:
                values[at] = self._fragments.value(place, value)
        record_id = str(over.record_id).encode()
        row = [b'{"id":"', record_id, b'","properties":{', b",".join(values), b"}"]
        if self._history:
            versions = parts[1].copy()
            for place, kept in over.versions.items():
                if (at := self._history_at.get(place)) is not None:
                    versions[at] = self._fragments.versions(place, kept)
            has_history = records.template(over.template_number).has_history
            row += [
                b',"propertiesWithHistory":{',
                b",".join(compress(versions, versions)) if has_history else b"",
                b"}",
            ]
        row += [b',"createdAt":"', over.created_at.encode(), b'","updatedAt":"', over.updated_at.encode()]
        if over.end is None:
            row.append(b'","archived":false')
        else:
            row += [b'","archived":true,"archivedAt":"', iso(over.end.ms).encode(), b'"']
        if associations:
            row += [b',"associations":', associations]
        row += [b',"url":"', self._url, record_id, b'"}']
        return b"".join(row)


class Renderers:
    """The renderers of the latest requests; walks ask for the same properties again and again."""

    def __init__(self, settings: PortalSettings) -> None:
        self._settings = settings
        self._fragments: dict[str, Fragments] = {}
        self.of = lru_cache(maxsize=64)(self._make)

    def _make(self, records: Records, values: tuple[str, ...], history: tuple[str, ...]) -> Renderer:
        type_id = records.object_type.object_type_id
        if type_id not in self._fragments:
            self._fragments[type_id] = Fragments(self._settings, records)
        object_type = records.object_type
        always = ("hs_object_id", "createdate", "hs_createdate", object_type.modified_property)
        wanted = values or (() if history else object_type.default_properties)
        from_history = history if self._settings.history_fills_properties else ()
        names = (*always, *wanted, *from_history)
        return Renderer(records, self._fragments[type_id], names, history, self._settings.portal_id)
