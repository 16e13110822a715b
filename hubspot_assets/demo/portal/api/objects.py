"""CRM objects API: list, one, and batch read, of every type that it serves.

The cursor of a list is the id of the next record, so any id will do; a cursor whose record has gone goes on with
the next one.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

from hubspot_assets.demo.portal.errors import (
    not_found,
    not_in_the_plan,
    not_supported,
    unknown_object_type,
    validation_error,
)
from hubspot_assets.demo.portal.paging import next_page
from hubspot_assets.demo.portal.routing import Answer, Call, Endpoint, both
from hubspot_assets.demo.portal.world.object_types import ObjectType
from hubspot_assets.demo.portal.world.records import Records
from hubspot_assets.demo.portal.world.times import DAY_MS, iso, ms_of

INLINE_ASSOCIATIONS = 100
PATHS = {
    "list": both("/crm/v3/objects/{object_type}", "/crm/objects/{V}/{object_type}"),
    "one": both("/crm/v3/objects/{object_type}/{record_id}", "/crm/objects/{V}/{object_type}/{record_id}"),
    "batch": both("/crm/v3/objects/{object_type}/batch/read", "/crm/objects/{V}/{object_type}/batch/read"),
}


def object_type_of(call: Call, name: str | None = None) -> ObjectType:
    """The type a path names; refused if there is none, or the plan has not got it."""
    name = call.path["object_type"] if name is None else name
    object_type = call.world.object_types.find(name)
    if object_type is None:
        raise unknown_object_type(name)
    if not call.world.object_types.in_plan(object_type):
        raise not_in_the_plan(object_type.feature or "")
    return object_type


def served_type_of(call: Call) -> ObjectType:
    """The same, of the types whose records this API serves."""
    object_type = object_type_of(call)
    if not call.world.object_types.is_served(object_type):
        raise not_supported(object_type.upper_name)
    return object_type


def scopes_of(call: Call) -> tuple[str, ...]:
    return served_type_of(call).scopes


def records_of(call: Call) -> Records:
    return call.world.records_of(served_type_of(call).object_type_id)


def list_objects(call: Call) -> bytes:
    records = records_of(call)
    life, portal = records.life, call.portal
    history = tuple(call.texts("propertiesWithHistory"))
    limit = call.number("limit", default=10, maximum=50 if history else 100)
    renderer = portal.renderers.of(records, tuple(call.texts("properties")), history)
    associated = [object_type_of(call, name) for name in call.texts("associations")]
    number = _cursor(call, records)
    numbers = life.archived_from(number) if call.flag("archived") else life.alive_from(number)
    page = [number for number, _ in zip(numbers, range(limit + 1), strict=False)]
    rows = [renderer.row(n, _associations(call, records, n, associated)) for n in page[:limit]]
    paging = b""
    if len(page) > limit:
        after = str(life.id_of(page[limit]))
        portal.cursors.add(after)
        paging = b',"paging":' + msgspec.json.encode(next_page(call, after))
    if call.settings.changes_between_pages:
        call.world.disturbances.disturb(records.object_type.object_type_id, call.settings.changes_between_pages)
    if len(page) > limit:
        call.world.disturbances.merge(records.object_type.object_type_id, page[0], page[limit])
    return b"".join((b'{"results":[', b",".join(rows), b"]", paging, b"}"))


def _cursor(call: Call, records: Records) -> int:
    after = call.text("after")
    if not after:
        return 0
    if not after.isdecimal() or len(after) > 19:
        raise validation_error(f"Invalid paging cursor: {after}")
    if call.settings.after_must_be_handed_out and after not in call.portal.cursors:
        raise validation_error(f"The paging cursor {after} was not handed out by this API")
    return records.life.number_at(int(after))


def _associations(call: Call, records: Records, number: int, to_types: Iterable[ObjectType]) -> bytes:
    """The inline associations of one record: an entry per pair and type, at most 100 per type of object."""
    if not to_types:
        return b""
    from_type = records.object_type
    inline = {}
    for to_type in to_types:
        rows = list(association_rows(call, from_type, number, to_type))
        if rows:
            name = to_type.fully_qualified_name or to_type.name
            inline[name] = association_page(call, from_type, records.life.id_of(number), to_type, rows)
    return msgspec.json.encode(inline) if inline else b""


def association_rows(call: Call, from_type: ObjectType, number: int, to_type: ObjectType) -> Iterator[dict[str, str]]:
    """An entry per pair and association type, as the older APIs give them: an id and the name of the type."""
    to_life = call.world.life_of(to_type.object_type_id)
    for other, types in call.world.associations.of(from_type.object_type_id, number, to_type.object_type_id):
        for association_type in types:
            yield {"id": str(to_life.id_of(other)), "type": association_type.name}


def association_page(
    call: Call,
    from_type: ObjectType,
    record_id: int,
    to_type: ObjectType,
    rows: Sequence[dict[str, str]],
    start: int = 0,
    limit: int = INLINE_ASSOCIATIONS,
) -> dict[str, Any]:
    """A page of entries, and the link to the next one, which is on the v3 associations path."""
    page: dict[str, Any] = {"results": rows[start : start + limit]}
    if start + limit < len(rows):
        after = str(start + limit)
        path = f"/crm/v3/objects/{from_type.name}/{record_id}/associations/{to_type.name}"
        page["paging"] = {"next": {"after": after, "link": f"{call.base_url}{path}?after={after}"}}
    return page


def one_object(call: Call) -> bytes:
    records = records_of(call)
    number = _number(records, call.path["record_id"], call.text("idProperty"))
    number = None if number is None else records.life.survivor_of(number)
    end = None if number is None else records.life.end(number)
    if number is None or (end is not None) is not call.flag("archived"):
        raise not_found()
    history = tuple(call.texts("propertiesWithHistory"))
    renderer = call.portal.renderers.of(records, tuple(call.texts("properties")), history)
    associated = [object_type_of(call, name) for name in call.texts("associations")]
    return renderer.row(number, _associations(call, records, number, associated))


def _number(records: Records, record_id: str, id_property: str) -> int | None:
    if id_property in {"", "hs_object_id"}:
        return records.life.number_of(record_id)
    return next(
        (n for n in records.life.alive_from() if records.record(n).properties.get(id_property) == record_id), None
    )


def batch_read(call: Call) -> Answer:
    records = records_of(call)
    values, history = (tuple(map(str, call.body_list(name))) for name in ("properties", "propertiesWithHistory"))
    if call.dated and not {"properties", "propertiesWithHistory", "inputs"} <= call.body.keys():
        raise validation_error("Invalid input JSON: 'inputs', 'properties' and 'propertiesWithHistory' are required")
    inputs = (
        call.inputs(50, "inputs supported in a batch request for property histories") if history else call.inputs(100)
    )
    archived = call.flag("archived")
    renderer = call.portal.renderers.of(records, values, history)
    id_property = call.body.get("idProperty") or ""
    found, missing = [], []
    for given in dict.fromkeys(str(item.get("id", "")) for item in inputs):
        number = _number(records, given, id_property)
        # A record that was merged away is answered by the one that it is in now, under that one's id.
        number = None if number is None else records.life.survivor_of(number)
        if number is None or (records.life.end(number) is not None) is not archived:
            missing.append(given)
        else:
            found.append(number)
    rows = [renderer.row(number) for number in dict.fromkeys(found)]
    return batch_answer(call, b",".join(rows), _not_found_errors(missing), len(missing))


def _not_found_errors(missing: list[str]) -> list[dict[str, Any]]:
    if not missing:
        return []
    return [
        {
            "status": "error",
            "category": "OBJECT_NOT_FOUND",
            "message": "Could not get some objects, they may be deleted or not exist. Check that ids are valid.",
            "context": {"ids": missing},
        }
    ]


def batch_answer(call: Call, rows: bytes, errors: list[dict[str, Any]], count: int) -> Answer:
    """A batch answer: 200 if everything was read; else 207 on the v3/v4 path, and by a switch on the dated one."""
    moment = iso(ms_of(call.settings.day) + DAY_MS)
    tail: dict[str, Any] = {"startedAt": moment, "completedAt": moment}
    if errors:
        tail = {"numErrors": count, "errors": errors, **tail}
    body = b'{"status":"COMPLETE","results":[' + rows + b"]," + msgspec.json.encode(tail)[1:]
    status = (call.settings.batch_errors_status if call.dated else 207) if errors else 200
    return Answer(body, status)


ENDPOINTS = [
    Endpoint("GET", PATHS["list"], list_objects, scopes_of),
    Endpoint("GET", PATHS["one"], one_object, scopes_of),
    Endpoint("POST", PATHS["batch"], batch_read, scopes_of),
]
