"""Associations between records, and the definitions (types and labels) they are made of.

All but `types` are on the associations' own rate budget, so they run beside the reading of records.

https://developers.hubspot.com/docs/api-reference/latest/crm/associations/associations-details/guide
"""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from . import errors, versions
from .children import OnRefused, logged
from .client import Answer, HubSpotClient
from .decoding import as_id, flaw_in_rows, rows_of
from .paging import flaw_in_paging, next_after
from .records import flaw_in_errors
from .side_by_side import batches, in_order

INPUTS = 1000
"""How many records one batch read takes."""


class Association(NamedTuple):
    """One type of association of one pair of records; a labelled pair has several. All ids are text."""

    from_id: str
    to_id: str
    category: str
    type_id: str
    label: str | None


def labels(client: HubSpotClient, from_type: str, to_type: str) -> list[dict[str, Any]]:
    """The association types from one object type to another: `category`, `typeId`, `label` (None: unlabelled).

    GET /crm/associations/{version}/{from}/{to}/labels, one call per ordered pair of object type ids. Type ids
    repeat across categories: match on both.
    """
    path = versions.path("association_labels", from_type=from_type, to_type=to_type)
    found: list[dict[str, Any]] = client.get(path, check=rows_of("results", "category", "typeId"))["results"]
    return found


def types(client: HubSpotClient, from_type: str, to_type: str, refused: OnRefused = logged) -> dict[str, str]:
    """The internal names of association types: type id (text) to name, such as "3": "deal_to_contact".

    GET /crm/v3/associations/{from}/{to}/types, one call; empty where HubSpot refuses, which `refused` is told. It tells
    no category: an id that several categories use with different names is left out, since nobody can say whose
    name is whose.
    """
    path = versions.path("association_types", from_type=from_type, to_type=to_type)
    try:
        rows = client.get(path, check=rows_of("results"))["results"]
    except errors.Refused as error:
        refused(f"{from_type} to {to_type}", error)
        return {}
    names: dict[str, set[str]] = {}
    for row in rows:
        if row.get("id") is not None and row.get("name"):
            names.setdefault(str(row["id"]), set()).add(str(row["name"]))
    return {type_id: named.pop() for type_id, named in names.items() if len(named) == 1}


def read(client: HubSpotClient, from_type: str, to_type: str, ids: Iterable[str]) -> Iterator[Association]:
    """Every association from the records `ids` of one type to records of another, each once.

    POST /crm/associations/{version}/{from}/{to}/batch/read: 1 000 ids a call, calls side by side, records in
    the order of `ids`. A record with more associations than HubSpot puts into one answer is asked for again
    with its cursor until there are no more. Records without associations yield nothing, and neither do
    records that are gone.
    """
    path = versions.path("associations_batch_read", from_type=from_type, to_type=to_type)

    def read_batch(batch: list[str]) -> list[Association]:
        return _every_page(client, path, batch)

    for found in in_order(read_batch, batches(ids, INPUTS)):
        yield from found


def _every_page(client: HubSpotClient, path: str, batch: list[str]) -> list[Association]:
    found: dict[str, dict[Association, None]] = {record_id: {} for record_id in batch}
    inputs: list[dict[str, str]] = [{"id": record_id} for record_id in found]
    cursors_seen: set[tuple[str, str]] = set()
    while inputs:
        asked = frozenset(one["id"] for one in inputs)

        def check(answer: Answer, asked: frozenset[str] = asked) -> str | None:
            return _flaw(answer, asked, cursors_seen)

        answer = client.post(path, {"inputs": inputs}, check=check)
        cursors: dict[str, str] = {}
        for result in answer["results"]:
            from_id = as_id(result["from"]["id"]) or ""
            found[from_id].update(dict.fromkeys(_associations(from_id, result["to"])))
            after = next_after(result)
            if after is not None:
                cursors[from_id] = after
        cursors_seen.update(cursors.items())
        inputs = [{"id": from_id, "after": after} for from_id, after in cursors.items()]
    return [association for associations in found.values() for association in associations]


def _associations(from_id: str, ends: list[dict[str, Any]]) -> Iterator[Association]:
    for end in ends:
        to_id = as_id(end["toObjectId"]) or ""
        for kind in end["associationTypes"]:
            yield Association(from_id, to_id, kind["category"], as_id(kind["typeId"]) or "", kind.get("label"))


def _flaw(answer: Answer, asked: frozenset[str], cursors_seen: set[tuple[str, str]]) -> str | None:
    flaw = flaw_in_rows(answer.get("results")) or flaw_in_errors(answer)
    if flaw:
        return flaw
    for result in answer["results"]:
        origin = result.get("from")
        from_id = as_id(origin.get("id")) if isinstance(origin, dict) else None
        if from_id is None or from_id not in asked:
            return f"associations of a record that was not asked for: {from_id}"
        flaw = flaw_in_paging(result) or flaw_in_rows(result.get("to"), "to")
        if flaw is None and (from_id, next_after(result) or "") in cursors_seen:
            flaw = f"the cursor {next_after(result)!r} a second time"
        for end in [] if flaw else result["to"]:
            flaw = flaw or _flaw_in_end(end)
        if flaw:
            return f"for record {from_id}, {flaw}"
    return None


def _flaw_in_end(end: dict[str, Any]) -> str | None:
    kinds = end.get("associationTypes")
    if as_id(end.get("toObjectId")) is None:
        return "an association without a record at its other end"
    if not kinds or flaw_in_rows(kinds, "associationTypes"):
        return "an association without a type"
    if any(as_id(kind.get("typeId")) is None or not isinstance(kind.get("category"), str) for kind in kinds):
        return "an association type without category or id"
    return None
