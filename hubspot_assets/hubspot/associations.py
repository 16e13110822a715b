"""Associations between records, and the definitions (types and labels) they are made of.

https://developers.hubspot.com/docs/api-reference/latest/crm/associations/associations-details/guide
"""

import logging
from typing import Any

from . import errors, versions
from .client import HubSpotClient
from .decoding import rows_of

logger = logging.getLogger("hubspot_assets.hubspot")


def labels(client: HubSpotClient, from_type: str, to_type: str) -> list[dict[str, Any]]:
    """The association types from one object type to another: `category`, `typeId`, `label` (None: unlabelled).

    GET /crm/associations/{version}/{from}/{to}/labels, one call per ordered pair of object type ids, on the
    associations' own rate budget. Type ids repeat across categories: match on both.
    """
    path = versions.path("association_labels", from_type=from_type, to_type=to_type)
    found: list[dict[str, Any]] = client.get(path, check=rows_of("results"))["results"]
    return found


def types(client: HubSpotClient, from_type: str, to_type: str) -> dict[str, str]:
    """The internal names of association types: type id (text) to name, such as "3": "deal_to_contact".

    GET /crm/v3/associations/{from}/{to}/types, one call; empty where the portal does not tell.
    """
    path = versions.path("association_types", from_type=from_type, to_type=to_type)
    try:
        rows = client.get(path, check=rows_of("results"))["results"]
    except (errors.Forbidden, errors.NotFound, errors.BadRequest) as error:
        logger.info("no names of association types from %s to %s: %s", from_type, to_type, error)
        return {}
    return {str(row["id"]): str(row["name"]) for row in rows if row.get("id") is not None and row.get("name")}
