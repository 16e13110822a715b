"""What object types a portal has made: custom object schemas.

https://developers.hubspot.com/docs/api-reference/latest/crm/custom-objects/guide
"""

from typing import Any

from hubspot_assets.hubspot import versions
from hubspot_assets.hubspot.http.client import HubSpotClient
from hubspot_assets.hubspot.http.decoding import is_type_id, rows_of
from hubspot_assets.hubspot.http.fields import Fields, flaw_in_each

_FIELDS: Fields = {
    "name": str,
    "fullyQualifiedName": str,
    "description": str,
    "labels": {"singular": str, "plural": str},
    "associations": [{}],
}


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
    schemas: list[dict[str, Any]] = client.get(versions.path("schemas"), params, check=_check)["results"]
    return schemas


def _check(answer: dict[str, Any]) -> str | None:
    flaw = rows_of("results", "objectTypeId")(answer)
    if flaw is None and any(not is_type_id(one["objectTypeId"]) for one in answer["results"]):
        return "a schema of a custom object whose 'objectTypeId' is no id of an object type"
    return flaw or flaw_in_each(answer["results"], _FIELDS, "a schema of a custom object")
