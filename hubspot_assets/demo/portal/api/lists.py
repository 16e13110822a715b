"""Lists API: search, details with filters, folders, memberships, and the lists that a record is in.

``POST /crm/lists/{V}/search`` (``/crm/v3/lists/search``) is the only way to all lists.
"""

from typing import Any

from hubspot_assets.demo.portal.errors import invalid_type_for_list, not_found, unknown_object_type, validation_error
from hubspot_assets.demo.portal.paging import next_page
from hubspot_assets.demo.portal.routing import Call, Endpoint, both
from hubspot_assets.demo.portal.world.lists import FOLDERS, PROCESSING_TYPES, Segment
from hubspot_assets.demo.portal.world.times import iso

SCOPES = ("crm.lists.read",)
REQUIRED_IN_SEARCH = ("additionalProperties", "listIds", "offset", "processingTypes")
"""Required by the dated path only."""


def search(call: Call) -> dict[str, Any]:
    if call.dated and (missing := [name for name in REQUIRED_IN_SEARCH if name not in call.body]):
        raise validation_error(f"Invalid input JSON: missing required fields: {', '.join(missing)}")
    count, offset = _number(call, "count", 20, 1, 500), _number(call, "offset", 0, 0, 10**9)
    ids = {str(list_id) for list_id in call.body_list("listIds")}
    kinds = set(call.body_list("processingTypes"))
    if unknown := kinds - set(PROCESSING_TYPES):
        raise validation_error(f"Invalid processingTypes: {sorted(map(str, unknown))}")
    query, object_type_id = str(call.body.get("query") or "").lower(), call.body.get("objectTypeId")
    found = [
        segment
        for segment in call.world.lists.all
        if (not ids or segment.list_id in ids)
        and (not kinds or segment.processing_type in kinds)
        and (not object_type_id or segment.object_type_id == object_type_id)
        and query in segment.piece.name.lower()
    ]
    rows = [_row(call, segment) for segment in found[offset : offset + count]]
    asked = call.body_list("additionalProperties")
    for row, segment in zip(rows, found[offset:], strict=False):
        row["additionalProperties"] = _additional_properties(call, segment, asked)
    end = offset + len(rows)
    return {"offset": end, "hasMore": end < len(found), "lists": rows, "total": len(found)}


def by_ids(call: Call) -> dict[str, Any]:
    lists, filters = call.world.lists, call.flag("includeFilters")
    found = [segment for list_id in call.texts("listIds") if (segment := lists.find(list_id))]
    return {"lists": [_details(call, segment, filters) for segment in found]}


def by_id(call: Call) -> dict[str, Any]:
    return {"list": _details(call, _segment(call), call.flag("includeFilters"))}


def folders(call: Call) -> dict[str, Any]:
    folder_id = call.number("folderId", default=0, minimum=0, maximum=10**9)
    if folder_id and folder_id not in FOLDERS:
        raise not_found(f"No folder exists with ID {folder_id}.")
    return {"folder": _folder(call, folder_id)}


def memberships(call: Call) -> dict[str, Any]:
    return _memberships(call, by_joining=False)


def memberships_in_join_order(call: Call) -> dict[str, Any]:
    return _memberships(call, by_joining=True)


def lists_of_record(call: Call) -> dict[str, Any]:
    rows = _lists_of(call, call.path["object_type_id"], call.path["record_id"])
    return {"results": rows, "total": len(rows)}


def lists_of_records(call: Call) -> dict[str, Any]:
    inputs = call.inputs(call.settings.list_records_maximum)
    results = []
    for item in inputs:
        object_type_id, record_id = str(item.get("objectTypeId", "")), str(item.get("recordId", ""))
        rows = [{**row, "isPublicList": False} for row in _lists_of(call, object_type_id, record_id)]
        results.append({"objectTypeId": object_type_id, "recordId": record_id, "recordListMemberships": rows})
    now = iso(call.world.life_of("0-1").now_ms)
    return {"status": "COMPLETE", "results": results, "startedAt": now, "completedAt": now}


def _memberships(call: Call, *, by_joining: bool) -> dict[str, Any]:
    lists, segment = call.world.lists, _segment(call)
    if segment.refused:
        raise invalid_type_for_list(segment.object_type_id)
    limit, size = call.number("limit", default=100, maximum=250), lists.size(segment)
    after, before = call.text("after"), call.text("before")
    if not after and (before or call.settings.list_memberships_order == "descending"):
        stop = _place(before) if before else size
        start = max(0, stop - limit)
        page = lists.page(segment, start, stop, by_joining=by_joining)[::-1]
        paging = {"prev": {"before": f"m{start}", "link": "https://api.hubapi.com"}} if start else {}
    else:
        start = _place(after) if after else 0
        page = lists.page(segment, start, start + limit, by_joining=by_joining)
        paging = next_page(call, f"m{start + limit}") if start + limit < size else {}
    results = [{"recordId": record_id, "membershipTimestamp": iso(ms)} for record_id, ms in page]
    total = max(0, size - call.settings.list_totals_lag)
    return {"results": results, "total": total, **({"paging": paging} if paging else {})}


def _place(cursor: str) -> int:
    if not cursor.startswith("m") or not cursor[1:].isdecimal():
        raise validation_error(f"Invalid paging offset: {cursor}")
    return int(cursor[1:])


def _segment(call: Call) -> Segment:
    segment = call.world.lists.find(call.path["list_id"])
    if segment is None:
        raise not_found(f"List does not exist with ID {call.path['list_id']}.")
    return segment


def _number(call: Call, name: str, default: int, minimum: int, maximum: int) -> int:
    value = call.body.get(name, default)
    if not isinstance(value, int) or not minimum <= value <= maximum:
        raise validation_error(f"{name} must be between {minimum} and {maximum}, but was {value}")
    return value


def _row(call: Call, segment: Segment) -> dict[str, Any]:
    piece = segment.piece
    row: dict[str, Any] = {
        "listId": segment.list_id,
        "listVersion": segment.version,
        "name": piece.name,
        "objectTypeId": segment.object_type_id,
        "processingType": segment.processing_type,
        "processingStatus": segment.processing_status,
        "createdAt": iso(piece.created_ms),
        "createdById": piece.created_by,
        "updatedAt": iso(piece.updated_ms),
        "updatedById": piece.updated_by,
    }
    if segment.filters_updated_ms is not None:
        row["filtersUpdatedAt"] = iso(segment.filters_updated_ms)
    return row


def _details(call: Call, segment: Segment, filters: bool) -> dict[str, Any]:
    row = {**_row(call, segment), "size": call.world.lists.told_size(segment)}
    row["listPermissions"] = {"teamsWithEditAccess": [], "usersWithEditAccess": [int(segment.piece.created_by)]}
    row["membershipSettings"] = {"includeUnassigned": None, "membershipTeamId": None}
    if filters and segment.filter_branch:
        row["filterBranch"] = segment.filter_branch
    return row


def _additional_properties(call: Call, segment: Segment, asked: list[Any]) -> dict[str, str]:
    """Those that are always told, and those asked for by name; every value is text, and unset ones are absent."""
    lists = call.world.lists
    joined, left = lists.last_joined_ms(segment), lists.last_left_ms(segment)
    own = {
        "hs_list_size": str(lists.told_size(segment)),
        "hs_last_record_added_at": None if joined is None else str(joined),
        "hs_last_record_removed_at": None if left is None else str(left),
        "hs_folder_name": FOLDERS[segment.folder_id][0] if segment.folder_id else None,
        "hs_list_reference_count": str(segment.piece.chance % 4),
    }
    more = {
        "hs_folder_id": str(segment.folder_id),
        "hs_createdate": str(segment.piece.created_ms),
        **segment.told_when_asked,
    }
    return {k: v for k, v in {**own, **{k: v for k, v in more.items() if k in asked}}.items() if v is not None}


def _folder(call: Call, folder_id: int) -> dict[str, Any]:
    """Its own id and its parent's are texts, those of its user and of the lists in it are numbers."""
    name, parent = FOLDERS.get(folder_id, ("root", 0))
    made = iso(call.world.lists.folders_made_ms)
    return {
        "id": str(folder_id),
        "name": name,
        "parentFolderId": str(parent),
        "userId": 0,
        "createdAt": made,
        "updatedAt": made,
        "updatedContentsAt": made,
        "childNodes": [_folder(call, child) for child, (_, above) in FOLDERS.items() if above == folder_id],
        "childLists": [int(s.list_id) for s in call.world.lists.all if s.folder_id == folder_id],
    }


def _lists_of(call: Call, object_type_id: str, record_id: str) -> list[dict[str, Any]]:
    object_type = call.world.object_types.find(object_type_id)
    if object_type is None:
        raise unknown_object_type(object_type_id)
    found = call.world.lists.of_record(object_type.object_type_id, record_id)
    return [
        {
            "listId": segment.list_id,
            "listVersion": segment.version,
            "firstAddedTimestamp": iso(joined),
            "lastAddedTimestamp": iso(joined),
        }
        for segment, joined in found
    ]


def _endpoint(method: str, path: str, handler: Any) -> Endpoint:
    paths = both(f"/crm/v3/lists{path}", "/crm/lists/{V}" + path)
    return Endpoint(method, (*paths, "/crm/v3/lists/") if not path else paths, handler, SCOPES, feature="lists")


ENDPOINTS = [
    _endpoint("POST", "/search", search),
    _endpoint("GET", "", by_ids),
    _endpoint("GET", "/folders", folders),
    _endpoint("GET", "/{list_id}", by_id),
    _endpoint("GET", "/{list_id}/memberships", memberships),
    _endpoint("GET", "/{list_id}/memberships/join-order", memberships_in_join_order),
    _endpoint("GET", "/records/{object_type_id}/{record_id}/memberships", lists_of_record),
    _endpoint("POST", "/records/memberships/batch/read", lists_of_records),
]
