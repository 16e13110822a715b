"""Limits API: how many records of each type, and which pairs have labels of the account's own; one call each."""

from typing import Any

from hubspot_assets.demo.portal.routing import Call, Endpoint, both
from hubspot_assets.demo.portal.world.association_types import HUBSPOT
from hubspot_assets.demo.portal.world.object_types import ObjectType

from .associations import ANY_READ_SCOPE

RECORDS_ALLOWED = 15_000_000
CUSTOM_RECORDS_ALLOWED = 1_000_000
LABELS_ALLOWED = 50


def records(call: Call) -> dict[str, Any]:
    types = call.world.object_types.served()
    custom = [_usage(call, t, CUSTOM_RECORDS_ALLOWED) for t in types if t.custom]
    used = sum(row["usage"] for row in custom)
    return {
        "hubspotDefinedObjectTypes": [_usage(call, t, RECORDS_ALLOWED) for t in types if not t.custom],
        "customObjectTypes": {
            "byObjectType": [{k: v for k, v in row.items() if k not in {"limit", "percentage"}} for row in custom],
            "overallLimit": CUSTOM_RECORDS_ALLOWED,
            "overallUsage": used,
            "overallPercentage": used * 100 / CUSTOM_RECORDS_ALLOWED,
        },
    }


def _usage(call: Call, object_type: ObjectType, limit: int) -> dict[str, Any]:
    usage = max(0, call.world.count(object_type.object_type_id) - call.settings.record_counts_behind)
    row = {
        "objectTypeId": object_type.object_type_id,
        "singularLabel": object_type.singular,
        "pluralLabel": object_type.plural,
        "limit": limit,
        "usage": usage,
        "percentage": usage * 100 / limit,
    }
    return {key: value for key, value in row.items() if value is not None}


def association_labels(call: Call) -> dict[str, Any]:
    """Every ordered pair that has labels of the account's own."""
    wanted_from, wanted_to = call.text("fromObjectTypeId"), call.text("toObjectTypeId")
    pairs = dict.fromkeys(
        pair for link in call.world.associations.links for pair in ((link.many, link.one), (link.one, link.many))
    )
    rows = []
    for from_id, to_id in pairs:
        types = call.world.associations.types(from_id, to_id)
        labels = [t.label for t in types if t.category != HUBSPOT and t.label is not None]
        if labels and wanted_from in {"", from_id} and wanted_to in {"", to_id}:
            rows.append(
                {
                    "fromObjectType": _named(call, from_id),
                    "toObjectType": _named(call, to_id),
                    "allLabels": labels,
                    "usage": len(labels),
                    "limit": LABELS_ALLOWED,
                    "percentage": len(labels) * 100 / LABELS_ALLOWED,
                }
            )
    return {"results": rows}


def _named(call: Call, object_type_id: str) -> dict[str, Any]:
    object_type = call.world.object_types[object_type_id]
    row = {"objectTypeId": object_type_id, "singularLabel": object_type.singular, "pluralLabel": object_type.plural}
    return {key: value for key, value in row.items() if value is not None}


ENDPOINTS = [
    Endpoint("GET", both("/crm/v3/limits/records", "/crm/limits/{V}/records"), records, ANY_READ_SCOPE),
    Endpoint(
        "GET",
        both("/crm/v3/limits/associations/labels", "/crm/limits/{V}/associations/labels"),
        association_labels,
        ANY_READ_SCOPE,
    ),
]
