"""Property definitions of one object or event type, and the groups they are in.

https://developers.hubspot.com/docs/api-reference/latest/crm/properties/guide
"""

from typing import Any

from hubspot_assets.hubspot import errors, versions
from hubspot_assets.hubspot.children import OnRefused, logged
from hubspot_assets.hubspot.http.client import HubSpotClient, Params
from hubspot_assets.hubspot.http.decoding import rows_of
from hubspot_assets.hubspot.http.fields import Fields, flaw_in_each
from hubspot_assets.hubspot.http.parts import Parts

FIELDS: Fields = {"modificationMetadata": {}}
"""Of a definition, what is looked into."""

SENSITIVITIES = ("non_sensitive", "sensitive", "highly_sensitive")


def definitions(
    client: HubSpotClient, object_type_id: str, refused: OnRefused = logged, parts: Parts | None = None
) -> list[dict[str, Any]]:
    """All property definitions of a type, active before archived, of every data sensitivity.

    GET /crm/properties/{version}/{objectTypeId}, once for each sensitivity and for active and archived ones
    (HubSpot gives one kind per call and does not page; archived sensitive ones are asked for only where there are
    active ones, which spares two calls for nearly every type). Each has at least `name`, `archived` and
    `dataSensitivity`. `refused` is told each of these lists that HubSpot refuses ("sensitive", "archived", ...): a plan
    without sensitive data has none. `parts`: what `client` is of; such a list that HubSpot cannot answer is told, too.
    Raises the classes of `hubspot.errors` where the type itself cannot be read.
    """

    def ask(sensitivity: str, *, archived: bool) -> list[dict[str, Any]]:
        kinds = [*(["archived"] if archived else []), *([sensitivity] if sensitivity != SENSITIVITIES[0] else [])]
        try:
            return _of_kind(client, object_type_id, sensitivity, archived=archived)
        except errors.Refused as error:
            why = error
        except errors.Temporary as error:
            if parts is None or not kinds:
                raise
            why = parts.given_up(error)
        if not kinds:
            raise why
        refused(" ".join(kinds).replace("_", " "), why)
        return []

    # The first call alone: a type that cannot be read costs no more than it.
    active = {sensitivity: ask(sensitivity, archived=False) for sensitivity in SENSITIVITIES}
    used = [sensitivity for sensitivity in SENSITIVITIES if active[sensitivity] or sensitivity == SENSITIVITIES[0]]
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for rows in (*active.values(), *(ask(sensitivity, archived=True) for sensitivity in used)):
        for row in rows:
            found.setdefault((row["name"], str(row["archived"])), row)
    return list(found.values())


def exported(client: HubSpotClient, object_type_id: str) -> list[dict[str, Any]]:
    """Return the property definitions of a type that an export has columns of: neither archived nor sensitive.

    GET /crm/properties/{version}/{objectTypeId}, one call. Raises the classes of `hubspot.errors`.
    """
    found = _of_kind(client, object_type_id, SENSITIVITIES[0], archived=False)
    return [row for row in found if row["dataSensitivity"] == SENSITIVITIES[0] and not row["archived"]]


def _of_kind(client: HubSpotClient, object_type_id: str, sensitivity: str, *, archived: bool) -> list[dict[str, Any]]:
    params: Params = {"archived": archived, "dataSensitivity": sensitivity}
    answer = client.get(versions.path("properties", object_type=object_type_id), params, check=_check)
    return [_told(row, sensitivity, archived=archived) for row in answer["results"]]


def groups(client: HubSpotClient, object_type_id: str) -> list[dict[str, Any]]:
    """Return the property groups of a type: `name`, `label`, `displayOrder` (-1: after all others).

    GET /crm/properties/{version}/{objectTypeId}/groups, not paged. Raises the classes of `hubspot.errors`.
    """
    answer = client.get(versions.path("property_groups", object_type=object_type_id), check=_check_groups)
    rows: list[dict[str, Any]] = answer["results"]
    return rows


def _check_groups(answer: dict[str, Any]) -> str | None:
    flaw = rows_of("results")(answer)
    if flaw is None and not all(isinstance(row.get("name"), str) for row in answer["results"]):
        return "a property group without a name"
    return flaw


def _told(row: dict[str, Any], sensitivity: str, *, archived: bool) -> dict[str, Any]:
    """Return a definition that says what it was asked for as, where HubSpot does not say it."""
    told = row.get("dataSensitivity")
    return {
        **row,
        "archived": archived if row.get("archived") is None else row["archived"],
        "dataSensitivity": told if isinstance(told, str) and told else sensitivity,
    }


def _check(answer: dict[str, Any]) -> str | None:
    flaw = rows_of("results")(answer)
    if flaw is None and not all(isinstance(row.get("name"), str) for row in answer["results"]):
        return "a property definition without a name"
    return flaw or flaw_in_each(answer["results"], FIELDS, "a property definition")
