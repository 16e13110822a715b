"""What the six tables of an object type must hold of one record, from the table contract. Pure.

A record is given as plain values, so that HubSpot's answers and anything else that knows a record can be held against
the export alike. Not here: where records come from (`crm_objects.py`, `owned_objects.py`).
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import chain, count
from typing import Any, NamedTuple

from hubspot_assets.verify.cells import PARSED_TYPES, moment, raw, text_of, typed, unparsed
from hubspot_assets.verify.comparing import Row

_COLUMN_TYPES = {"number": "number", "date": "date", "datetime": "datetime"}


class Property(NamedTuple):
    """An exported property: HubSpot's internal name and type, and when it was created, where HubSpot tells it."""

    name: str
    type: str
    created: datetime | None = None


class PropertyVersion(NamedTuple):
    """One value that a property had, when it was set (HubSpot's texts), and what set it.

    `source`: kind, id, label and user.
    """

    value: str
    timestamp: str
    source: tuple[Any, Any, Any, Any] = (None, None, None, None)


@dataclass(frozen=True)
class PlainRecord:
    """A record as HubSpot tells it: `values` None where never set; `versions` in any order."""

    id: str
    values: Mapping[str, str | None]
    updated_at: str | None
    versions: Mapping[str, Sequence[PropertyVersion]] = field(default_factory=dict)

    @classmethod
    def of_answer(cls, answer: Mapping[str, Any]) -> "PlainRecord":
        """Of one record in an answer of the CRM objects API."""
        history = answer.get("propertiesWithHistory") or {}
        return cls(
            str(answer["id"]),
            answer.get("properties") or {},
            answer.get("updatedAt"),
            {
                name: [
                    PropertyVersion(
                        v.value or "",
                        v.timestamp,
                        (v.source_type, v.source_id, v.source_label, v.updated_by_user_id),
                    )
                    for v in versions or ()
                ]
                for name, versions in history.items()
            },
        )

    def value(self, name: str) -> str | None:
        """The value now: `""` where it was cleared, None where it never was set.

        Where HubSpot tells none, that of the latest version; of versions of one moment, cleared is what came last.
        """
        value, versions = self.values.get(name), self.versions.get(name)
        if value is not None or not versions:
            return value
        newest = max(moment(version.timestamp) or datetime.min for version in versions)
        latest = [version.value for version in versions if (moment(version.timestamp) or datetime.min) == newest]
        return "" if "" in latest else max(latest)

    def changed_at(self, name: str) -> datetime | None:
        """When the value of a property was last set, as far as its versions tell."""
        times = (moment(version.timestamp) for version in self.versions.get(name, ()))
        return max((at for at in times if at is not None), default=None)


#: The property that the tables of engagements have beside those of their kinds.
ENGAGEMENT_TYPE = Property("hs_engagement_type", "enumeration")
_ENGAGEMENT_TYPES = {
    "0-46": "NOTE",
    "0-47": "MEETING",
    "0-48": "CALL",
    "0-49": "EMAIL",
    "0-27": "TASK",
    "0-18": "COMMUNICATION",
    "0-116": "POSTAL_MAIL",
}


def as_engagement(kind: str, record: PlainRecord, properties: Iterable[Property]) -> PlainRecord:
    """A record of a kind of engagements as the tables of engagements have it: with its type, since it was created."""
    told = _ENGAGEMENT_TYPES[kind]
    direction = record.value("hs_email_direction")
    if told == "EMAIL" and direction in ("INCOMING_EMAIL", "FORWARDED_EMAIL"):
        told = direction
    is_told = any((p.name, p.type) == ("hs_createdate", "datetime") for p in properties)
    created = record.value("hs_createdate") if is_told else None
    versions = [PropertyVersion(told, created)] if created and moment(created) else []
    name = ENGAGEMENT_TYPE.name
    return replace(record, values={**record.values, name: told}, versions={**record.versions, name: versions})


class PropertyCell(NamedTuple):
    """A column that a property becomes."""

    column: str
    property: Property
    is_unparsed: bool


def property_cells(properties: Sequence[Property]) -> list[PropertyCell]:
    """PROPERTY_<NAME> of every property, then PROPERTY_UNPARSED_<NAME> of the parsed ones.

    Where two would have one name (in any case), the property that was created first has it, of equally old ones the
    first by name. The other has a number at its end: the first with which it is nobody's name.
    """
    plain = [PropertyCell(f"PROPERTY_{p.name.upper()}", p, is_unparsed=False) for p in properties]
    unparsed_ = [
        PropertyCell(f"PROPERTY_UNPARSED_{p.name.upper()}", p, is_unparsed=True)
        for p in properties
        if p.type in PARSED_TYPES
    ]
    wishes = {cell.column.casefold() for cell in (*plain, *unparsed_)}
    named: dict[str, PropertyCell] = {}
    for cell in (*sorted(plain, key=_age), *sorted(unparsed_, key=_age)):
        numbered = (f"{cell.column}_{number}" for number in count(2))
        free = chain([cell.column], (name for name in numbered if name.casefold() not in wishes))
        column = next(name for name in free if name.casefold() not in named)
        named[column.casefold()] = cell._replace(column=column)
    place = {p: number for number, p in enumerate(properties)}
    return sorted(named.values(), key=lambda cell: (cell.is_unparsed, place[cell.property]))


def _age(cell: PropertyCell) -> tuple[datetime, str]:
    return cell.property.created or datetime.min, cell.property.name


def column_types(cells: Iterable[PropertyCell]) -> dict[str, str]:
    """Column -> type of the columns that properties become."""
    return {c.column: "string" if c.is_unparsed else _COLUMN_TYPES.get(c.property.type, "string") for c in cells}


def id_row(type_id: str, record: PlainRecord) -> dict[str, Any]:
    """The row of OBJECTS/<X>."""
    return {"OBJECTTYPEID": type_id, "OBJECTID": record.id, "UPDATEDAT": moment(record.updated_at)}


def wide_row(type_id: str, record: PlainRecord, cells: Sequence[PropertyCell]) -> dict[str, Any]:
    """The row of OBJECTS_<X>."""
    row = id_row(type_id, record)
    for column, property_, is_unparsed in cells:
        row[column] = (unparsed if is_unparsed else typed)(record.value(property_.name), property_.type)
    return row


def json_row(type_id: str, record: PlainRecord, properties: Sequence[Property]) -> dict[str, Any]:
    """The row of OBJECT_WITH_OBJECT_PROPERTIES/<X>; PROPERTIES as pairs in the order they must have (`json_pairs`)."""
    pairs = sorted(
        (p.name, raw(value, p.type)) for p in properties if (value := record.value(p.name)) not in (None, "")
    )
    return {**id_row(type_id, record), "PROPERTIES": pairs}


def json_pairs(text: str | None) -> Any:
    """A cell of PROPERTIES as the pairs of its one flat object, in its order; the text itself where it is none."""
    try:
        pairs = json.loads(text or "", object_pairs_hook=list)
    except (ValueError, RecursionError):
        return text
    return [tuple(pair) for pair in pairs] if isinstance(pairs, list) else text


def property_rows(type_id: str, record: PlainRecord, properties: Sequence[Property]) -> list[Row]:
    """The rows of OBJECT_PROPERTIES/<X>: one for each property that is set or was cleared."""
    return [
        {
            "OBJECTTYPEID": type_id,
            "OBJECTID": record.id,
            "NAME": p.name,
            "VALUE": raw(value, p.type),
            "UPDATEDAT": record.changed_at(p.name) or moment(record.updated_at),
        }
        for p in properties
        if (value := record.value(p.name)) is not None
    ]


def history_rows(type_id: str, record: PlainRecord, properties: Sequence[Property], version_cap: int) -> list[Row]:
    """The rows of OBJECT_PROPERTIES_HISTORY/<X>: the latest versions of each property, up to the cap."""
    rows: list[Row] = []
    for p in properties:
        versions = [(version.value, moment(version.timestamp)) for version in record.versions.get(p.name, ())]
        versions.sort(key=lambda version: (version[1] or datetime.min, version[0]), reverse=True)
        rows += [
            {
                "OBJECTTYPEID": type_id,
                "OBJECTID": record.id,
                "NAME": p.name,
                "VALUE": raw(value, p.type),
                "UPDATEDAT": at,
            }
            for value, at in versions[:version_cap]
        ]
    return rows


def source_rows(type_id: str, record: PlainRecord, properties: Sequence[Property], version_cap: int) -> list[Row]:
    """The rows of OBJECT_PROPERTIES_HISTORY_SOURCES/<X>: what set each version that the history has."""
    rows: list[Row] = []
    for p in properties:
        versions = record.versions.get(p.name, ())
        latest = sorted(versions, key=lambda v: (moment(v.timestamp) or datetime.min, v.value), reverse=True)
        for version in latest[:version_cap]:
            kind, source_id, label, user = map(text_of, version.source)
            row = {"OBJECTTYPEID": type_id, "OBJECTID": record.id, "NAME": p.name}
            told = {"SOURCE": kind, "SOURCEID": source_id, "SOURCELABEL": label, "UPDATEDBYUSERID": user}
            rows.append({**row, "UPDATEDAT": moment(version.timestamp), **told})
    return rows


def as_text_column(value: Any) -> Any:
    """A moment or a day in a column of texts: how engagements show a property whose type its kinds do not share."""
    if isinstance(value, datetime):
        return value.isoformat(" ", "milliseconds")
    return value.isoformat() if isinstance(value, date) else value
