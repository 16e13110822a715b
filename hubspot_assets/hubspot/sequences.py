"""Sales sequences, which HubSpot tells only user by user.

https://developers.hubspot.com/docs/api-reference/latest/automation/sequences/guide
"""

from collections.abc import Iterable, Iterator
from typing import Any

from hubspot_assets.hubspot import errors, versions
from hubspot_assets.hubspot.children import OnRefused, of_each
from hubspot_assets.hubspot.http.client import HubSpotClient
from hubspot_assets.hubspot.http.decoding import as_id
from hubspot_assets.hubspot.http.paging import rows


def read(client: HubSpotClient, user_ids: Iterable[str], refused: OnRefused) -> list[dict[str, Any]]:
    """All sequences that any of these users can see, each once, by id. User ids as `users.read` gives them.

    GET /automation/sequences/{version}?userId=...: 100 a call, users side by side. `refused` is told each user that
    HubSpot refuses (without a seat, deactivated, of a service account); where it refuses all of them, an error is
    raised instead. Raises MissingScopes without automation.sequences.read.
    """
    path = versions.path("sequences")
    refusals: list[tuple[str, errors.Refused]] = []
    found: dict[str, dict[str, Any]] = {}
    answered = False

    def of_user(client: HubSpotClient, user_id: str) -> Iterator[list[dict[str, Any]]]:
        yield list(rows(client, path, {"userId": user_id}, limit=100, smaller_limit=20, key="id"))

    for sequences in of_each(client, of_user, user_ids, lambda *refusal: refusals.append(refusal)):
        answered = True
        found.update({str(as_id(sequence["id"])): sequence for sequence in sequences})
    # Users are no parents of sequences, only the way to ask: with no answer at all, it is not known if there are any.
    if refusals and not answered:
        raise refusals[-1][1]
    for user_id, error in refusals:
        refused(user_id, error)
    return [found[one] for one in sorted(found, key=lambda one: (len(one), one))]
