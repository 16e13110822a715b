"""Pipelines and their stages.

https://developers.hubspot.com/docs/api-reference/latest/crm/pipelines/guide
"""

from typing import Any

from hubspot_assets.hubspot import versions
from hubspot_assets.hubspot.http.client import HubSpotClient
from hubspot_assets.hubspot.http.decoding import flaw_in_rows, rows_of
from hubspot_assets.hubspot.http.retrying import Suspicion


def read(client: HubSpotClient, object_type_id: str) -> list[dict[str, Any]]:
    """Return the pipelines of one object type, each with its `stages` (null where it has none).

    GET /crm/pipelines/{version}/{objectTypeId}, one call. A pipeline has `id`, `label`, `displayOrder`,
    `createdAt`, `updatedAt`, `archived`, `stages`; a stage the same and `metadata` (name to text). Raises
    UnknownObjectType, NotFound or BadRequest for a type that has no pipelines.
    """
    none_told = Suspicion()

    def check(answer: dict[str, Any]) -> str | None:
        flaw = rows_of("results", "id")(answer)
        if flaw:
            return flaw
        stages = [row.get("stages") for row in answer["results"]]
        if None in stages and none_told.not_yet_believed():
            return "a pipeline without 'stages'"
        told = (of_one for of_one in stages if of_one is not None)
        return next(filter(None, (flaw_in_rows(of_one, "stages", "id") for of_one in told)), None)

    answer = client.get(versions.path("pipelines", object_type=object_type_id), check=check)
    pipelines: list[dict[str, Any]] = answer["results"]
    return pipelines
