"""Lists (HubSpot also says segments) of every object type, and who is on them.

https://developers.hubspot.com/docs/api-reference/latest/crm/lists/guide
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any, NamedTuple

from hubspot_assets.hubspot import versions
from hubspot_assets.hubspot.children import OnRefused, all_or_nothing, of_each
from hubspot_assets.hubspot.http.client import Answer, HubSpotClient
from hubspot_assets.hubspot.http.decoding import as_id, flaw_in_rows
from hubspot_assets.hubspot.http.fields import flaw_in_each
from hubspot_assets.hubspot.http.paging import pages
from hubspot_assets.hubspot.http.retrying import Suspicion

logger = logging.getLogger("hubspot_assets.hubspot")

COUNTED_ONLY = "members that HubSpot counts but does not list"
"""The reason for members that are missing by HubSpot's count, which lags."""

_PAGE = 500
_WALKS = 5
_MEMBERSHIPS = "members of a list"
_ADDITIONAL = (
    "hs_list_size",
    "hs_last_record_added_at",
    "hs_last_record_removed_at",
    "hs_folder_name",
    "hs_list_reference_count",
    "hs_is_public",
    "hs_is_read_only",
    "hs_classic_list_id",
    "hs_description",
    "hs_list_access_level",
    "hs_num_references_blocking_delete",
    "hs_unique_list_reference_types",
    "hs_list_size_week_delta",
    "hs_total_size_calculated_at",
    "hs_is_limit_exempt",
    "hs_is_lookalike_list",
    "hs_generated_by_ai",
    "hs_click_through_rate",
    "hs_email_open_rate",
)


class Membership(NamedTuple):
    """One record on one list; `joined_at` is HubSpot's text, None where it does not tell."""

    list_id: str
    record_id: str
    joined_at: str | None


def read(client: HubSpotClient) -> list[dict[str, Any]]:
    """All lists of every object type and processing type, each once, by list id.

    POST /crm/lists/{version}/search without any filter: 500 a call, by offset. A list that is deleted or made
    during the walk moves the others, so each page begins with the last list of the page before; where it does
    not, the walk begins anew. A list has `listId`, `name`, `objectTypeId`, `processingType` (MANUAL, DYNAMIC,
    SNAPSHOT), `createdAt`, `createdById`, `updatedAt`, `updatedById`, `filtersUpdatedAt`, `deletedAt`, and
    `additionalProperties` with `hs_list_size` and others. Raises MissingScopes without crm.lists.read.
    """
    found: dict[str, dict[str, Any]] = {}
    for _ in range(_WALKS):
        walked, steady = _walk(client)
        if steady:
            found = walked
            break
        found.update(walked)
    else:
        logger.warning("lists were created and deleted during each of %d reads; some may be missing", _WALKS)
    return [found[list_id] for list_id in sorted(found, key=lambda one: (len(one), one))]


def _walk(client: HubSpotClient) -> tuple[dict[str, dict[str, Any]], bool]:
    """Return the lists by id, and whether nothing moved while they were read."""
    path = versions.path("lists_search")
    # Each page begins with the last list of the page before: one alone would not come any further.
    size = client.page_size(path, _PAGE, smallest=2)
    found: dict[str, dict[str, Any]] = {}
    offset = 0
    while True:
        answer, _ = size.ask(partial(_search, client, path, offset), f"list number {offset + 1}")
        page = {str(as_id(one["listId"])): one for one in answer["lists"]}
        if found and next(iter(page), None) != next(reversed(found)):
            return found | page, False
        known = len(found)
        found.update(page)
        # The count lags: it is a reason to ask for what may follow, and no more.
        ended = not answer.get("hasMore") and (len(found) == known or not _counts_more(answer, len(found)))
        if ended or not page:
            return found, True
        offset += len(answer["lists"]) - 1


def _search(client: HubSpotClient, path: str, offset: int, count: int, tries: int | None) -> Answer:
    empty = Suspicion()

    def check(answer: Answer) -> str | None:
        flaw = _flaw(answer)
        if flaw is None and not answer["lists"] and _counts_more(answer, 0) and empty.not_yet_believed():
            return f"no list, although there are {answer['total']}"
        return flaw

    body = {
        "query": "",
        "count": count,
        "offset": offset,
        "listIds": [],
        "processingTypes": [],
        "additionalProperties": _ADDITIONAL,
    }
    return client.post(path, body, check=check, tries=tries)


def _counts_more(answer: Answer, found: int) -> bool:
    total = answer.get("total")
    return type(total) is int and total > found


def _flaw(answer: Answer) -> str | None:
    flaw = flaw_in_rows(answer.get("lists"), "lists")
    if flaw:
        return flaw
    if any(as_id(one.get("listId")) is None for one in answer["lists"]):
        return "a list without an id"
    if answer.get("hasMore") and len(answer["lists"]) < 2:
        return "an empty page that says there is more"
    return flaw_in_each(answer["lists"], {"additionalProperties": {}}, "a list")


def memberships(client: HubSpotClient, list_id: str) -> Iterator[Membership]:
    """Who is on one list, each record once, in HubSpot's order.

    GET /crm/lists/{version}/{listId}/memberships: 250 a call (100 where refused), whatever size a list is said to
    have: that lags. Whether HubSpot begins with the first or the last page has differed; both are followed.
    """
    for page in _membership_pages(client, list_id):
        if not isinstance(page, int):
            yield from page


def memberships_of(
    client: HubSpotClient,
    list_ids: Iterable[str],
    refused: OnRefused = all_or_nothing,
    *,
    left_out: Callable[[str, int], None] | None = None,
) -> Iterator[Membership]:
    """Who is on each of several lists, read side by side; in no order between the lists.

    `refused` is told each list whose members HubSpot does not give (of a type that has none, deleted a moment ago).
    `left_out` is told how many members HubSpot counts and does not list, asked twice, by a reason. Raises Forbidden
    where HubSpot refuses all of them.
    """
    for page in of_each(client, _membership_pages, list_ids, refused):
        if not isinstance(page, int):
            yield from page
        elif left_out is not None:
            left_out(COUNTED_ONLY, page)


def _membership_pages(client: HubSpotClient, list_id: str) -> Iterator[list[Membership] | int]:
    """Pages of members; at last, how many HubSpot counts beyond those, if it counts more."""
    not_listed: list[int] = []
    path = versions.path("list_memberships", list=list_id)
    found = pages(
        client,
        path,
        limit=250,
        smaller_limit=100,
        sizes_of=_MEMBERSHIPS,
        key="recordId",
        either_way=True,
        missing=not_listed.append,
    )
    for page in found:
        yield [Membership(list_id, str(as_id(row["recordId"])), row.get("membershipTimestamp")) for row in page]
    yield from not_listed
