"""Forms of every type, and what was submitted through them.

https://developers.hubspot.com/docs/api-reference/latest/marketing/forms/guide
"""

from collections.abc import Iterable, Iterator
from typing import Any

from . import versions
from .children import OnRefused, all_or_nothing, of_each
from .client import HubSpotClient, Params
from .paging import pages, rows

TYPES = ("hubspot", "captured", "flow", "blog_comment")


def read(client: HubSpotClient) -> Iterator[dict[str, Any]]:
    """All forms that are not archived, of every type (HubSpot gives only its own unless told), each id once.

    GET /marketing/v3/forms: 500 a call (100 where refused). Raises MissingScopes without `forms`.
    """
    params: Params = {"formTypes": TYPES, "archived": False}
    yield from rows(client, versions.path("forms"), params, limit=500, smaller_limit=100, key="id")


def submissions(client: HubSpotClient, form_id: str) -> Iterator[dict[str, Any]]:
    """What was submitted through one form, newest first.

    GET /form-integrations/v1/submissions/forms/{formGuid}: 50 a call. Each has `submittedAt` (epoch
    milliseconds), `values` (`name`, `value`), `pageUrl`, and sometimes `conversionId`: HubSpot gives neither a
    record id nor the contact.
    """
    return rows(client, versions.path("form_submissions", form=form_id), limit=50)


def submissions_of(
    client: HubSpotClient, form_ids: Iterable[str], refused: OnRefused = all_or_nothing
) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Pages of submissions of several forms, each with its form id, read side by side; forms in no order.

    `refused` is told each form whose submissions HubSpot does not give (those of blog comments, forms deleted a moment
    ago). Raises Forbidden where that is all of them.
    """

    def walk(form_id: str) -> Iterator[tuple[str, list[dict[str, Any]]]]:
        for page in pages(client, versions.path("form_submissions", form=form_id), limit=50):
            yield form_id, page

    return of_each(walk, form_ids, refused)
