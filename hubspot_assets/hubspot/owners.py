"""Owners and the teams they are in. (Users are another thing with other ids: `users`.)

https://developers.hubspot.com/docs/api-reference/latest/crm/owners/guide
"""

from collections.abc import Iterator
from typing import Any

from hubspot_assets.hubspot import errors, versions
from hubspot_assets.hubspot.children import OnRefused, all_or_nothing
from hubspot_assets.hubspot.http.client import HubSpotClient
from hubspot_assets.hubspot.http.paging import rows
from hubspot_assets.hubspot.http.parts import Parts


def read(client: HubSpotClient, refused: OnRefused = all_or_nothing) -> Iterator[dict[str, Any]]:
    """All owners, active ones first, then archived ones, each owner id once.

    GET /crm/owners/{version}: 500 a call (100 where refused), a walk of its own for archived ones. Each has
    `id`, `email`, `type` (PERSON or QUEUE), `firstName`, `lastName`, `userId` (null when archived),
    `userIdIncludingInactive`, `createdAt`, `updatedAt`, `archived`, and `teams` (`id`, `name`, `primary`)
    when the owner is in any. `refused` is told "archived" where HubSpot gives, or answers, the active ones only.
    Raises MissingScopes without crm.objects.owners.read.
    """
    path = versions.path("owners")
    seen: set[str] = set()
    parts = Parts(client)
    for archived in (False, True):
        asking = parts.client() if archived else client
        try:
            for owner in rows(asking, path, {"archived": archived}, limit=500, smaller_limit=100, key="id"):
                if str(owner["id"]) not in seen:
                    seen.add(str(owner["id"]))
                    yield owner
        except errors.Refused as error:
            if not archived:
                raise
            refused("archived", error)
        except errors.Temporary as error:
            if not archived:
                raise
            refused("archived", parts.given_up(error))
