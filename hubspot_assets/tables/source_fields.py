"""Object types that an API of their own lists: their fields as properties, their answers as records.

So everything after reading treats all object types alike. Not here: which fields an API has (`catalog/sources.py`),
types whose properties HubSpot defines (CRM objects, deal splits).

A page's `password` and what HubSpot marks as sensitive is left out on purpose. A field that is not declared is told,
never silently dropped.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec

from hubspot_assets.catalog.sources import Source, typed_names
from hubspot_assets.tables.frames import text_of

_LEFT_OUT_ON_PURPOSE = frozenset({"password"})


def field_definitions(source: Source) -> list[dict[str, Any]]:
    """Return the fields of a source in the shape of HubSpot's property definitions; none where HubSpot has those."""
    return definitions_of(source.value.types)


def definitions_without_hubspots(source: Source) -> list[dict[str, Any]]:
    """Return what stands in for a source's property definitions where HubSpot refuses them; nothing for most."""
    return definitions_of(typed_names(source.value.fields_without_definitions))


def definitions_of(types: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return declared fields in the shape of HubSpot's property definitions."""
    return [
        {
            "name": name,
            "label": name,
            "type": type_,
            "hubspotDefined": True,
            "modificationMetadata": {"readOnlyDefinition": True},
            "dataSensitivity": "non_sensitive",
        }
        for name, type_ in types.items()
    ]


def record(source: Source, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a source's row as a record: `id`, `properties` (name to text or None), `updatedAt`."""
    values = _values(source, row)
    updated = next((row[name] for name in (*source.value.updated, "updatedAt", "createdAt") if row.get(name)), None)
    return {
        "id": _record_id(source, row),
        "properties": {name: _text(values, fields) for name, fields in source.value.fields_of.items()},
        "updatedAt": text_of(updated),
    }


def _text(values: Mapping[str, Any], fields: tuple[str, ...]) -> str | None:
    return text_of(next((values[field] for field in fields if values.get(field) is not None), None))


def _values(source: Source, row: Mapping[str, Any]) -> Mapping[str, Any]:
    if source.value.values is not None:
        return {"id": row["id"], **row[source.value.values]}
    if source.value.more is not None:
        return {**(row.get(source.value.more) or {}), **row}
    if source is Source.MARKETING_EVENTS and isinstance(row.get("customProperties"), list):
        return {**row, "customProperties": [p for p in row["customProperties"] if not _is_sensitive(p)]}
    return row


def _is_sensitive(custom_property: Any) -> bool:
    """Whether a property of a marketing event is marked as sensitive: such values are never written."""
    told = custom_property.get("dataSensitivity") if isinstance(custom_property, dict) else None
    return told not in (None, "none", "non_sensitive")


def undeclared(source: Source, row: Mapping[str, Any]) -> set[str]:
    """Return the fields of a row that are not declared and hold something."""
    if source.value.values is not None:
        return set()
    held = {name for name, value in _values(source, row).items() if value is not None}
    declared = {field for fields in source.value.fields_of.values() for field in fields}
    return held - declared - _LEFT_OUT_ON_PURPOSE - {source.value.more}


def _record_id(source: Source, row: Mapping[str, Any]) -> str:
    if source is Source.FORM_SUBMISSIONS:
        # HubSpot gives a submission no id of its own, and a conversion id only sometimes.
        known = row.get("conversionId")
        return str(known) if known else hashlib.sha256(msgspec.json.encode(row, order="deterministic")).hexdigest()[:32]
    return str(row[source.value.id])
