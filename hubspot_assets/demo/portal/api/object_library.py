"""Object library API: which of the types that an account can switch on are on."""

from typing import Any

from hubspot_assets.demo.portal.errors import not_found
from hubspot_assets.demo.portal.routing import Call, Endpoint, both

from .associations import ANY_READ_SCOPE


def _enablement(call: Call) -> dict[str, bool]:
    types = call.world.object_types
    return {t.object_type_id: types.in_plan(t) for t in types if t.feature == "library_objects"}


def every_type(call: Call) -> dict[str, Any]:
    return {"enablementByObjectTypeId": _enablement(call)}


def one_type(call: Call) -> dict[str, Any]:
    enablement = _enablement(call)
    if call.path["object_type"] not in enablement:
        raise not_found()
    return {"enablement": enablement[call.path["object_type"]]}


ENDPOINTS = [
    Endpoint("GET", both((), "/crm/object-library/{V}/enablement"), every_type, ANY_READ_SCOPE),
    Endpoint("GET", both((), "/crm/object-library/{V}/enablement/{object_type}"), one_type, ANY_READ_SCOPE),
]
