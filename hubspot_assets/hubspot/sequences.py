"""Sales sequences, which HubSpot tells only user by user.

https://developers.hubspot.com/docs/api-reference/latest/automation/sequences/guide
"""

import logging
from collections.abc import Iterable
from typing import Any

from . import errors, versions
from .client import HubSpotClient
from .decoding import as_id
from .paging import rows
from .side_by_side import in_order

logger = logging.getLogger("hubspot_assets.hubspot")


def read(client: HubSpotClient, user_ids: Iterable[str]) -> list[dict[str, Any]]:
    """All sequences that any of these users can see, each once, by id. User ids as `users.read` gives them.

    GET /automation/sequences/{version}?userId=...: 100 a call, users side by side. Users that HubSpot refuses
    (without a seat, deactivated) are skipped, unless it refuses all of them: then that error is raised.
    Raises MissingScopes without automation.sequences.read.
    """
    path = versions.path("sequences")

    def of_user(user_id: str) -> list[dict[str, Any]] | errors.HubSpotError:
        try:
            return list(rows(client, path, {"userId": user_id}, limit=100, smaller_limit=20, key="id"))
        except errors.MissingScopes:
            raise
        except (errors.Forbidden, errors.NotFound, errors.BadRequest) as error:
            logger.info("no sequences of user %s: %s", user_id, error)
            return error

    found: dict[str, dict[str, Any]] = {}
    answered = False
    refusal: errors.HubSpotError | None = None
    for result in in_order(of_user, user_ids):
        if isinstance(result, errors.HubSpotError):
            refusal = result
        else:
            answered = True
            found.update({str(as_id(sequence["id"])): sequence for sequence in result})
    if refusal is not None and not answered:
        raise refusal
    return [found[one] for one in sorted(found, key=lambda one: (len(one), one))]
