"""Associations between records, and the definitions (types and labels) they are made of.

All but `types` are on the associations' own rate budget, so they run beside the reading of records.

https://developers.hubspot.com/docs/api-reference/latest/crm/associations/associations-details/guide
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from hubspot_assets.concurrency import batches, in_order
from hubspot_assets.hubspot import errors, versions
from hubspot_assets.hubspot.children import OnRefused, logged
from hubspot_assets.hubspot.http.client import Answer, HubSpotClient
from hubspot_assets.hubspot.http.cursors import Cursor, flaw_in_paging, next_after
from hubspot_assets.hubspot.http.decoding import as_id, flaw_in_rows, rows_of
from hubspot_assets.hubspot.http.parts import Part, Parts
from hubspot_assets.hubspot.http.retrying import Suspicion
from hubspot_assets.hubspot.record_pages.records import flaw_in_errors

INPUTS = 1000
"""How many records one batch read takes."""

_DOCUMENTED_ONCE = 100


class Association(NamedTuple):
    """One type of association of one pair of records; a labelled pair has several. All ids are text."""

    from_id: str
    to_id: str
    category: str
    type_id: str
    label: str | None


def labels(client: HubSpotClient, from_type: str, to_type: str) -> list[dict[str, Any]]:
    """Return the association types from one object type to another: `category`, `typeId`, `label` (None: unlabelled).

    GET /crm/associations/{version}/{from}/{to}/labels, one call per ordered pair of object type ids. Type ids
    repeat across categories: match on both.
    """
    path = versions.path("association_labels", from_type=from_type, to_type=to_type)
    found: list[dict[str, Any]] = client.get(path, check=rows_of("results", "category", "typeId"))["results"]
    return found


def types(
    client: HubSpotClient, from_type: str, to_type: str, refused: OnRefused = logged, parts: Parts | None = None
) -> dict[str, str]:
    """Return the internal names of association types: type id (text) to name, such as "3": "deal_to_contact".

    GET /crm/v3/associations/{from}/{to}/types, one call; empty where HubSpot refuses, which `refused` is told. It tells
    no category: an id that several categories use with different names is left out, since nobody can say whose
    name is whose.
    """
    path = versions.path("association_types", from_type=from_type, to_type=to_type)
    is_list, nameless = rows_of("results"), Suspicion()

    def check(answer: Answer) -> str | None:
        if flaw := is_list(answer):
            return flaw
        if not all(map(_is_named, answer["results"])) and nameless.not_yet_believed():
            return "an association type without id or name"
        return None

    try:
        rows = client.get(path, check=check)["results"]
    except errors.Refused as error:
        refused(f"{from_type} to {to_type}", error)
        return {}
    except errors.Temporary as error:
        if parts is None:
            raise
        refused(f"{from_type} to {to_type}", parts.given_up(error))
        return {}
    names: dict[str, set[str]] = {}
    for row in filter(_is_named, rows):
        names.setdefault(str(row["id"]), set()).add(str(row["name"]))
    return {type_id: named.pop() for type_id, named in names.items() if len(named) == 1}


def _is_named(row: dict[str, Any]) -> bool:
    return row.get("id") is not None and bool(row.get("name"))


def read(
    client: HubSpotClient, from_type: str, to_type: str, ids: Iterable[str], refused: OnRefused | None = None
) -> Iterator[Association]:
    """Every association from the records `ids` of one type to records of another, each once.

    POST /crm/associations/{version}/{from}/{to}/batch/read: 1 000 ids a call, calls side by side, records in
    the order of `ids`. A record with more associations than HubSpot puts into one answer is asked for again
    with its cursor until there are no more. Records without associations yield nothing, and neither do
    records that are gone: those of a record that was merged into another are the other's. `refused` is told each
    record that HubSpot cannot answer even alone, for two minutes, while it answers others; without it, that is raised.
    """
    path = versions.path("associations_batch_read", from_type=from_type, to_type=to_type)

    spelling, parts = _Spelling(), Parts(client)

    def read_batch(ids: list[str]) -> tuple[list[Association], dict[str, errors.NotAnswered]]:
        batch = _Batch(client if refused is None else parts.one(), path, ids, spelling)
        return batch.read(), batch.unanswered

    for found, unanswered in in_order(read_batch, batches(ids, INPUTS)):
        yield from found
        if refused is not None:
            for record_id, error in unanswered.items():
                refused(record_id, error)


class _Spelling:
    """Whether cursors go back another way than HubSpot's JSON has them: learned once for all batches."""

    otherwise = False


class _Input(NamedTuple):
    """A record to ask for, from its first association on or from a cursor; `again`: the cursor is spelled otherwise."""

    record_id: str
    after: Cursor | None = None
    again: bool = False

    @property
    def body(self) -> dict[str, str]:
        """As it stands in the body of a call."""
        return {"id": self.record_id} | ({"after": self.after.sent} if self.after is not None else {})


class _Batch:
    """The associations of some records, every page of each.

    `unanswered`: the records that HubSpot cannot answer, where it is asked for a part; a client alone raises that.
    """

    def __init__(self, asking: Part | HubSpotClient, path: str, ids: list[str], spelling: _Spelling) -> None:
        self.unanswered: dict[str, errors.NotAnswered] = {}
        self._part = asking if isinstance(asking, Part) else None
        self._client = asking.client if isinstance(asking, Part) else asking
        self._path, self._spelling = path, spelling
        self._size = self._client.page_size(path, INPUTS, _DOCUMENTED_ONCE)
        self._found: dict[str, dict[Association, None]] = {record_id: {} for record_id in ids}
        self._cursors_seen: set[tuple[str, str]] = set()

    def read(self) -> list[Association]:
        """All of them, each once, in the order of the records."""
        inputs = [_Input(record_id) for record_id in self._found]
        while inputs:
            parts = self._size.in_parts(
                inputs, self._ask, lambda one: f"record {one.record_id}", on_unanswered=self._give_up
            )
            inputs = [one for following in parts for one in following]
        return [association for associations in self._found.values() for association in associations]

    def _give_up(self, one: _Input, error: errors.Temporary) -> None:
        if self._part is None:
            raise error
        self.unanswered[one.record_id] = self._part.given_up(error)

    def _ask(self, inputs: Sequence[_Input], tries: int | None) -> list[_Input]:
        """Take in what some records have; what is to be asked next are those that have more."""
        asked, empty = {one.record_id for one in inputs}, Suspicion()

        def check(answer: Answer) -> str | None:
            flaw = _flaw(answer, asked, self._cursors_seen)
            lost = None if flaw else next(iter(_announced_in_vain(answer, inputs)), None)
            if lost is not None and empty.not_yet_believed():
                return f"for record {lost.record_id}, an empty page where associations were announced"
            return flaw

        try:
            answer = self._client.post(self._path, {"inputs": [one.body for one in inputs]}, check=check, tries=tries)
        except errors.BadRequest:
            # Perhaps these are no cursors to HubSpot, as its JSON spells them.
            if any(one.again or one.after is None or one.after.otherwise is None for one in inputs):
                raise
            # Another batch may have learned it while these were found, so that some are spelled otherwise already.
            as_told = [one for one in inputs if one.after is not None and one.after.sent == str(one.after)] or inputs
            return [self._otherwise(one) if one in as_told else one._replace(again=True) for one in inputs]
        following = {one.record_id: self._otherwise(one) for one in _announced_in_vain(answer, inputs)}
        if not following and inputs[0].again and (cursor := inputs[0].after) is not None:
            self._spelling.otherwise = cursor.sent != str(cursor)
        for result in answer["results"]:
            from_id = as_id(result["from"]["id"]) or ""
            after = next_after(result)
            # The survivor of a merge comes in place of the one that was asked for, and is read by its own id.
            if from_id in self._found:
                self._found[from_id].update(dict.fromkeys(_associations(from_id, result["to"])))
            if from_id in asked and after is not None:
                # Here HubSpot's JSON is what counts: there is no query, and the link is said to mean nothing.
                cursor = Cursor.of(after, str(after))
                following[from_id] = _Input(from_id, cursor.otherwise or cursor if self._spelling.otherwise else cursor)
                self._cursors_seen.add((from_id, str(after)))
        return list(following.values())

    def _otherwise(self, one: _Input) -> _Input:
        """Return the same page by the cursor's other spelling. Raises MalformedAnswer where there is none, or it was
        tried.
        """
        other = one.after.otherwise if one.after is not None and not one.again else None
        if other is None:
            told = f"for record {one.record_id}, an empty page where associations were announced"
            raise errors.MalformedAnswer(told, method="POST", path=self._path)
        return _Input(one.record_id, other, again=True)


def _announced_in_vain(answer: Answer, inputs: Sequence[_Input]) -> list[_Input]:
    """Return the records of which HubSpot announced more and gives nothing.

    None where it names a record that is gone.
    """
    if inputs[0].after is None:
        return []
    there = [as_id(result["from"]["id"]) for result in answer["results"] if result["to"] or next_after(result)]
    lost = [one for one in inputs if one.record_id not in there]
    if not lost:
        return []
    kinds = [f"{error.get('category')} {error.get('subCategory')}".upper() for error in answer.get("errors") or []]
    deleted = any("NOT_FOUND" in kind and "NO_ASSOCIATIONS" not in kind for kind in kinds)
    # Each survivor of a merge comes in place of one that was asked for, and once more if it was asked for as well.
    survivors = len(there) - len({one.record_id for one in inputs}.intersection(there))
    return [] if deleted or survivors >= len(lost) else lost


def _associations(from_id: str, ends: list[dict[str, Any]]) -> Iterator[Association]:
    for end in ends:
        to_id = as_id(end["toObjectId"]) or ""
        for kind in end["associationTypes"]:
            yield Association(from_id, to_id, kind["category"], as_id(kind["typeId"]) or "", kind.get("label"))


def _flaw(answer: Answer, asked: set[str], cursors_seen: set[tuple[str, str]]) -> str | None:
    flaw = flaw_in_rows(answer.get("results")) or flaw_in_errors(answer)
    if flaw:
        return flaw
    for result in answer["results"]:
        origin = result.get("from")
        from_id = as_id(origin.get("id")) if isinstance(origin, dict) else None
        if from_id is None:
            return "associations of a record without an id"
        flaw = flaw_in_paging(result) or flaw_in_rows(result.get("to"), "to")
        if flaw is None and from_id in asked and (from_id, next_after(result) or "") in cursors_seen:
            flaw = f"the cursor {str(next_after(result))!r} a second time"
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
