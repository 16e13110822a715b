"""Properties API: the definitions of a type, unpaged; archived ones and each sensitivity are calls of their own."""

from typing import Any

import msgspec

from hubspot_assets.demo.portal.errors import not_found, validation_error
from hubspot_assets.demo.portal.routing import Answer, Call, Endpoint, both
from hubspot_assets.demo.portal.world.property_definitions import SENSITIVITIES, is_untold

from .objects import batch_answer, object_type_of


def schema_scopes_of(call: Call) -> tuple[str, ...]:
    return object_type_of(call).schema_scopes


def list_properties(call: Call) -> dict[str, Any]:
    sensitivity = call.text("dataSensitivity", "non_sensitive")
    if sensitivity not in {"non_sensitive", *SENSITIVITIES}:
        raise validation_error(f"Invalid value for dataSensitivity: {sensitivity}")
    definitions = call.world.property_definitions
    archived = call.flag("archived")
    return {"results": definitions.listed(object_type_of(call), archived=archived, sensitivity=sensitivity)}


def one_property(call: Call) -> dict[str, Any]:
    for definition in call.world.property_definitions.universe(object_type_of(call)):
        told = call.world.property_definitions.exists(definition) and not is_untold(definition)
        if told and definition["name"] == call.path["property_name"]:
            return definition
    raise not_found(f"Property {call.path['property_name']} does not exist")


def batch_read(call: Call) -> Answer:
    known = {
        d["name"]: d
        for d in call.world.property_definitions.listed(object_type_of(call), archived=bool(call.body.get("archived")))
    }
    names = [str(item.get("name")) for item in call.inputs(100)]
    missing = [name for name in names if name not in known]
    rows = b",".join(msgspec.json.encode(known[name]) for name in names if name in known)
    errors = [{"status": "error", "category": "OBJECT_NOT_FOUND", "message": "Unknown", "context": {"name": missing}}]
    return batch_answer(call, rows, errors if missing else [], len(missing))


def list_groups(call: Call) -> dict[str, Any]:
    return {"results": call.world.property_definitions.groups(object_type_of(call))}


def one_group(call: Call) -> dict[str, Any]:
    for group in list_groups(call)["results"]:
        if group["name"] == call.path["group_name"]:
            return dict(group)
    raise not_found(f"Property group {call.path['group_name']} does not exist")


ENDPOINTS = [
    Endpoint(
        "POST",
        both("/crm/v3/properties/{object_type}/batch/read", "/crm/properties/{V}/{object_type}/batch/read"),
        batch_read,
        schema_scopes_of,
    ),
    Endpoint(
        "GET",
        both(
            "/crm/v3/properties/{object_type}/groups/{group_name}",
            "/crm/properties/{V}/{object_type}/groups/{group_name}",
        ),
        one_group,
        schema_scopes_of,
    ),
    Endpoint(
        "GET",
        both("/crm/v3/properties/{object_type}", "/crm/properties/{V}/{object_type}"),
        list_properties,
        schema_scopes_of,
    ),
    Endpoint(
        "GET",
        both("/crm/v3/properties/{object_type}/groups", "/crm/properties/{V}/{object_type}/groups"),
        list_groups,
        schema_scopes_of,
    ),
    Endpoint(
        "GET",
        both("/crm/v3/properties/{object_type}/{property_name}", "/crm/properties/{V}/{object_type}/{property_name}"),
        one_property,
        schema_scopes_of,
    ),
]
