"""Forms of every type, and what was submitted through them.

https://developers.hubspot.com/docs/api-reference/latest/marketing/forms/guide
"""

import hashlib
import logging
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

import msgspec

from hubspot_assets.hubspot import versions
from hubspot_assets.hubspot.children import OnRefused, all_or_nothing, of_each
from hubspot_assets.hubspot.http.client import HubSpotClient, Params
from hubspot_assets.hubspot.http.decoding import as_id, flaw_in_rows
from hubspot_assets.hubspot.http.paging import pages, rows

TYPES = ("hubspot", "captured", "flow", "blog_comment")

logger = logging.getLogger("hubspot_assets.hubspot")

_SUBMISSIONS = 50
_SUBMISSIONS_OF_A_FORM = "submissions of a form"
_WALKS = 3


def read(client: HubSpotClient) -> Iterator[dict[str, Any]]:
    """All forms that are not archived, of every type (HubSpot gives only its own unless told), each id once.

    GET /marketing/v3/forms: 500 a call (100 where refused). Raises MissingScopes without `forms`.
    """
    params: Params = {"formTypes": TYPES, "archived": False}
    yield from rows(client, versions.path("forms"), params, limit=500, smaller_limit=100, key="id")


def submissions(client: HubSpotClient, form_id: str) -> Iterator[dict[str, Any]]:
    """Return what was submitted through one form, newest first, each submission once.

    GET /form-integrations/v1/submissions/forms/{formGuid}: 50 a call. Each has `submittedAt` (epoch
    milliseconds), `values` (`name`, `value`), `pageUrl`, and sometimes `conversionId`: HubSpot gives neither a
    record id nor the contact. Submissions that come or go meanwhile may shift the others from page to page: none is
    told twice then, and a form is read again where some of its newest are gone.
    """
    return chain.from_iterable(_submission_pages(client, form_id))


def submissions_of(
    client: HubSpotClient, form_ids: Iterable[str], refused: OnRefused = all_or_nothing
) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Pages of submissions of several forms, each with its form id, read side by side; forms in no order.

    Of one form, each submission comes once, as from `submissions`. `refused` is told each form whose submissions
    HubSpot does not give (those of blog comments, forms deleted a moment ago). Raises Forbidden where that is all of
    them.
    """

    def walk(client: HubSpotClient, form_id: str) -> Iterator[tuple[str, list[dict[str, Any]]]]:
        for page in _submission_pages(client, form_id):
            yield form_id, page

    return of_each(client, walk, form_ids, refused)


def _submission_pages(client: HubSpotClient, form_id: str) -> Iterator[list[dict[str, Any]]]:
    path = versions.path("form_submissions", form=form_id)
    seen = _SubmissionsSeen()

    def newest(count: int) -> list[str]:
        answer = client.get(path, {"limit": count}, check=lambda answer: flaw_in_rows(answer.get("results")))
        return [_key(row) for row in answer["results"]]

    for _ in range(_WALKS):
        first: list[str] = []
        previous: list[str] = []
        for page in pages(client, path, limit=_SUBMISSIONS, sizes_of=_SUBMISSIONS_OF_A_FORM):
            keys = [_key(row) for row in page]
            first = first or keys
            is_alike = previous[-1:] == keys[:1] and not page[0].get("conversionId") if previous and page else False
            # One that was shifted over the seam; or, where nothing new has come, two, one on either side of it.
            yield seen.new(page, keys, previous if is_alike and newest(1) == first[:1] else [])
            previous = keys
        if previous is first or _all_there(first, newest(len(first))):
            return
        logger.info("submissions of form %s were deleted while they were being read; they are read again", form_id)


class _SubmissionsSeen:
    """What a form gave already: each conversion id once, and as many without one as came on one page, if alike."""

    def __init__(self) -> None:
        self._times: Counter[str] = Counter()

    def new(self, page: list[dict[str, Any]], keys: list[str], before: list[str]) -> list[dict[str, Any]]:
        """Return the submissions of a page that are new. `before`: what the last page had, if this one follows it."""
        there = Counter(before)
        fresh = []
        for row, key in zip(page, keys, strict=True):
            there[key] = 1 if row.get("conversionId") else there[key] + 1
            if there[key] > self._times[key]:
                self._times[key] = there[key]
                fresh.append(row)
        return fresh


def _key(row: dict[str, Any]) -> str:
    known = as_id(row.get("conversionId"))
    return known or hashlib.sha256(msgspec.json.encode(row, order="deterministic")).hexdigest()


def _all_there(first: list[str], now: list[str]) -> bool:
    """Whether the newest page begins as it did, behind what is newer."""
    newer = next((n for n, key in enumerate(now) if key in first), len(now))
    return now[newer:] == first[: len(now) - newer]
