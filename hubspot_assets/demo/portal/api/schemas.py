"""Object schemas API: the account's custom objects, with properties and associations inside.

Whether its batch read takes HubSpot's own types too is not known; a switch decides.
"""

from collections.abc import Iterator
from typing import Any

import msgspec

from hubspot_assets.demo.portal.errors import not_found
from hubspot_assets.demo.portal.routing import Answer, Call, Endpoint, both
from hubspot_assets.demo.portal.world.object_types import ObjectType
from hubspot_assets.demo.portal.world.times import DAY_MS, iso, ms_of

from .objects import batch_answer

SCOPES = ("crm.schemas.custom.read", "crm.objects.custom.read")


def list_schemas(call: Call) -> dict[str, Any]:
    if call.flag("archived"):
        return {"results": []}
    return {"results": [_schema(call, t, _wanted_by_query(call)) for t in call.world.object_types.custom]}


def one_schema(call: Call) -> dict[str, Any]:
    object_type = call.world.object_types.find(call.path["object_type"])
    if object_type is None or not (object_type.custom or call.settings.schemas_batch_read_has_standard_types):
        raise not_found()
    return _schema(call, object_type, {"properties", "associations"})


def batch_read(call: Call) -> Answer:
    wanted = {
        part
        for part, switch in (
            ("properties", "includePropertyDefinitions"),
            ("associations", "includeAssociationDefinitions"),
        )
        if call.body.get(switch, False)
    }
    found, missing = [], []
    for name in call.body_list("inputs", required=True):
        object_type = call.world.object_types.find(str(name))
        if object_type is None or not (object_type.custom or call.settings.schemas_batch_read_has_standard_types):
            missing.append(str(name))
        else:
            found.append(msgspec.json.encode(_schema(call, object_type, wanted)))
    errors = [{"status": "error", "category": "OBJECT_NOT_FOUND", "message": "Unknown", "context": {"ids": missing}}]
    return batch_answer(call, b",".join(found), errors if missing else [], len(missing))


def _wanted_by_query(call: Call) -> set[str]:
    """The v3 path always has everything; the dated one has what is asked for (all by default)."""
    if not call.dated:
        return {"properties", "associations"}
    return {
        part
        for part, switch in (
            ("properties", "includePropertyDefinitions"),
            ("associations", "includeAssociationDefinitions"),
        )
        if call.flag(switch, True)
    }


def _schema(call: Call, object_type: ObjectType, wanted: set[str]) -> dict[str, Any]:
    made = ms_of(call.settings.first_day) - 300 * DAY_MS
    labels = {"singular": object_type.singular, "plural": object_type.plural}
    schema: dict[str, Any] = {
        "id": object_type.object_type_id.partition("-")[2],
        "name": object_type.name,
        "fullyQualifiedName": object_type.fully_qualified_name or object_type.upper_name,
        "objectTypeId": object_type.object_type_id,
        "labels": {key: label for key, label in labels.items() if label is not None},
        "description": f'A {object_type.singular.lower()}, "as we know it"',
        "primaryDisplayProperty": "name",
        "secondaryDisplayProperties": [],
        "requiredProperties": ["name"],
        "searchableProperties": ["name"],
        "allowsSensitiveProperties": False,
        "archived": False,
        "createdAt": iso(made),
        "updatedAt": iso(made + 5 * DAY_MS + 1),
        "createdByUserId": 9_000_000,
        "updatedByUserId": 9_000_037,
        "properties": [],
        "associations": [],
    }
    if "properties" in wanted:
        schema["properties"] = call.world.property_definitions.listed(object_type)
    if "associations" in wanted:
        schema["associations"] = list(_associations(call, object_type, iso(made)))
    return schema


def _associations(call: Call, object_type: ObjectType, made: str) -> Iterator[dict[str, Any]]:
    mine = object_type.object_type_id
    for link in call.world.associations.links:
        for other in {link.many, link.one} - {mine} if mine in {link.many, link.one} else ():
            for association_type in call.world.associations.types(mine, other):
                yield {
                    "id": str(association_type.type_id),
                    "fromObjectTypeId": mine,
                    "toObjectTypeId": other,
                    "name": association_type.name,
                    "createdAt": made,
                    "updatedAt": made,
                }


_LIST = ("/crm-object-schemas/v3/schemas", "/crm/v3/schemas")
_ONE = ("/crm-object-schemas/v3/schemas/{object_type}", "/crm/v3/schemas/{object_type}")
ENDPOINTS = [
    Endpoint("GET", both(_LIST, "/crm-object-schemas/{V}/schemas"), list_schemas, SCOPES, feature="custom_objects"),
    Endpoint("GET", both(_ONE, "/crm-object-schemas/{V}/schemas/{object_type}"), one_schema, SCOPES),
    Endpoint("POST", both((), "/crm-object-schemas/{V}/schemas/batch/read"), batch_read, SCOPES),
]
