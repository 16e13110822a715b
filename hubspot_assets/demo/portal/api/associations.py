"""Associations APIs: definitions of a pair, batch read with paging per record, and the older single-record routes.

They have a bucket of their own among the rate limits.
"""

from typing import Any
from urllib.parse import unquote

import msgspec

from hubspot_assets.demo.portal.errors import not_found, validation_error
from hubspot_assets.demo.portal.paging import opaque, page_of, place_of
from hubspot_assets.demo.portal.routing import Answer, Call, Endpoint, both
from hubspot_assets.demo.portal.world.association_types import AssociationType
from hubspot_assets.demo.portal.world.object_types import STANDARD, ObjectType

from .objects import association_page, association_rows, batch_answer, object_type_of, scopes_of

NOT_ASSOCIATED = frozenset({"0-45"})
"""Types that the API refuses as an end of an association."""
ANY_READ_SCOPE = tuple(dict.fromkeys(("crm.objects.custom.read", *(s for t in STANDARD for s in t.scopes))))


def _ends(call: Call) -> tuple[ObjectType, ObjectType]:
    ends = object_type_of(call, call.path["from_type"]), object_type_of(call, call.path["to_type"])
    for end in ends:
        if end.object_type_id in NOT_ASSOCIATED:
            raise validation_error(f"{end.upper_name} is not a type that can be associated")
    return ends


def scopes_of_from(call: Call) -> tuple[str, ...]:
    """The token needs the scopes of both ends; what is told as missing is the end that lacks one."""
    from_type, to_type = _ends(call)
    call.need(to_type.scopes)
    return from_type.scopes


def labels(call: Call) -> dict[str, Any]:
    from_type, to_type = _ends(call)
    types = call.world.associations.types(from_type.object_type_id, to_type.object_type_id)
    return {"results": [{"category": t.category, "typeId": t.type_id, "label": t.label} for t in types]}


def names(call: Call) -> dict[str, Any]:
    """The v3 form: internal names, no labels."""
    from_type, to_type = _ends(call)
    types = call.world.associations.types(from_type.object_type_id, to_type.object_type_id)
    return {"results": [{"id": str(t.type_id), "name": t.name} for t in types]}


def limits_of_the_account(call: Call) -> dict[str, Any]:
    """Limits that the account has set on pairs; types are not told here."""
    return {"results": []}


def batch_read(call: Call) -> Answer:
    from_type, to_type = _ends(call)
    life, per_page = call.world.life_of(from_type.object_type_id), call.settings.associations_per_page
    rows, without = [], []
    for given in call.inputs(call.settings.association_inputs_maximum):
        record_id, start = str(given.get("id", "")), _offset(call, given.get("after"))
        number = life.number_of(record_id)
        found = [] if number is None else _targets(call, from_type, number, to_type)
        if not found:
            without.append(record_id)
            continue
        row: dict[str, Any] = {"from": {"id": record_id}, "to": found[start : start + per_page]}
        if start + per_page < len(found):
            after = opaque(str(start + per_page))
            path = f"/crm/v4/objects/{from_type.object_type_id}/{record_id}/associations/{to_type.object_type_id}"
            row["paging"] = {"next": {"after": after, "link": f"{call.base_url}{path}?after={after}"}}
        rows.append(msgspec.json.encode(row))
    told = call.settings.records_without_associations == "in_errors"
    return batch_answer(call, b",".join(rows), _none_found(from_type, to_type, without) if told else [], len(without))


def _targets(call: Call, from_type: ObjectType, number: int, to_type: ObjectType) -> list[dict[str, Any]]:
    to_life = call.world.life_of(to_type.object_type_id)
    found = call.world.associations.of(from_type.object_type_id, number, to_type.object_type_id)
    as_id = int if call.settings.association_ids_as_integers else str
    return [
        {"toObjectId": as_id(to_life.id_of(n)), "associationTypes": [_type(t, from_type, to_type) for t in types]}
        for n, types in found
    ]


def _type(association_type: AssociationType, from_type: ObjectType, to_type: ObjectType) -> dict[str, Any]:
    return {
        "category": association_type.category,
        "typeId": association_type.type_id,
        "label": association_type.label,
        "fromObjectTypeId": from_type.object_type_id,
        "toObjectTypeId": to_type.object_type_id,
    }


def _offset(call: Call, after: Any) -> int:
    """Where a record's associations go on. A body is not decoded on its way: both spellings of a cursor are good."""
    if after in {None, ""}:
        return 0
    start = place_of(call, unquote(str(after))) or ""
    if not start.isdecimal():
        raise validation_error(f"Invalid paging cursor: {after}")
    return int(start)


def _none_found(from_type: ObjectType, to_type: ObjectType, ids: list[str]) -> list[dict[str, Any]]:
    return [
        {
            "status": "error",
            "category": "OBJECT_NOT_FOUND",
            "subCategory": "crm.associations.NO_ASSOCIATIONS_FOUND",
            "message": f"No {to_type.object_type_id} is associated with {from_type.object_type_id} {record_id}.",
            "context": {"fromObjectId": [record_id]},
        }
        for record_id in ids
    ]


def of_one_record(call: Call) -> dict[str, Any]:
    """The v4 route of a single record: ``limit`` 500 by default."""
    from_type, to_type = object_type_of(call), object_type_of(call, call.path["to_type"])
    number = call.world.life_of(from_type.object_type_id).number_of(call.path["record_id"])
    if number is None:
        raise not_found()
    targets = _targets(call, from_type, number, to_type)
    page, paging = page_of(call, targets, default=500, maximum=500, encoded=True)
    return {"results": page, **paging}


def of_one_record_older(call: Call) -> dict[str, Any]:
    """The v3 route of a single record, which the links of inline associations lead to."""
    from_type, to_type = object_type_of(call), object_type_of(call, call.path["to_type"])
    number = call.world.life_of(from_type.object_type_id).number_of(call.path["record_id"])
    if number is None:
        raise not_found()
    rows = list(association_rows(call, from_type, number, to_type))
    start = call.number("after", default=0, minimum=0, maximum=10**9)
    limit = call.number("limit", default=500, maximum=500)
    return association_page(call, from_type, int(call.path["record_id"]), to_type, rows, start, limit)


def batch_read_older(call: Call) -> Answer:
    """The v3 form: an id and the name of the type, first page only."""
    from_type, to_type = _ends(call)
    life = call.world.life_of(from_type.object_type_id)
    rows, without = [], []
    for given in call.inputs(call.settings.association_inputs_maximum):
        number = life.number_of(str(given.get("id", "")))
        found = [] if number is None else list(association_rows(call, from_type, number, to_type))
        if found:
            page = found[: call.settings.associations_per_page]
            rows.append(msgspec.json.encode({"from": {"id": str(given["id"])}, "to": page}))
        else:
            without.append(str(given.get("id", "")))
    errors = _none_found(from_type, to_type, without) if without else []
    return batch_answer(call, b",".join(rows), errors, len(without))


def _pair(method: str, older: str, dated: str, handler: Any) -> Endpoint:
    return Endpoint(method, both(older, dated), handler, scopes_of_from, bucket="associations")


_V4, _V3, _DATED = (
    f"/crm/{root}/{{from_type}}/{{to_type}}" for root in ("v4/associations", "v3/associations", "associations/{V}")
)
ENDPOINTS = [
    _pair("GET", f"{_V4}/labels", f"{_DATED}/labels", labels),
    _pair("POST", f"{_V4}/batch/read", f"{_DATED}/batch/read", batch_read),
    Endpoint(
        "GET",
        both(
            "/crm/v4/associations/definitions/configurations/all",
            "/crm/associations/{V}/definitions/configurations/all",
        ),
        limits_of_the_account,
        ANY_READ_SCOPE,
        bucket="associations",
    ),
    Endpoint("GET", (f"{_V3}/types",), names, scopes_of_from, bucket="associations"),
    Endpoint("POST", (f"{_V3}/batch/read",), batch_read_older, scopes_of_from, bucket="associations"),
    Endpoint(
        "GET",
        ("/crm/v4/objects/{object_type}/{record_id}/associations/{to_type}",),
        of_one_record,
        scopes_of,
        bucket="associations",
    ),
    Endpoint(
        "GET",
        (
            "/crm/v3/objects/{object_type}/{record_id}/associations/{to_type}",
            "/crm/v3/objects/{object_type}/{record_id}/associations/{to_type}/",
        ),
        of_one_record_older,
        scopes_of,
    ),
]
