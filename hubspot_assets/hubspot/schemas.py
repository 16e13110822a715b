"""What object types a portal has made: custom object schemas.

https://developers.hubspot.com/docs/api-reference/latest/crm/custom-objects/guide
"""

from typing import Any

from hubspot_assets.hubspot import versions
from hubspot_assets.hubspot.http.client import HubSpotClient
from hubspot_assets.hubspot.http.decoding import rows_of


def custom_objects(client: HubSpotClient, *, archived: bool = False) -> list[dict[str, Any]]:
    """Return the schemas of the portal's custom objects.

    GET /crm-object-schemas/{version}/schemas, one call. Each has `objectTypeId`, `name`, `fullyQualifiedName`,
    `labels` (`singular`, `plural`), `description`, `primaryDisplayProperty`, `archived`, `createdAt`,
    `updatedAt`, `properties` and `associations` (`id`, `fromObjectTypeId`, `toObjectTypeId`, `name`).
    Raises MissingScopes without crm.schemas.custom.read.
    """
    params = {
        "archived": archived,
        "includePropertyDefinitions": True,
        "includeAssociationDefinitions": True,
        "includeAuditMetadata": True,
    }
    answer = client.get(versions.path("schemas"), params, check=rows_of("results", "objectTypeId"))
    schemas: list[dict[str, Any]] = answer["results"]
    return schemas
