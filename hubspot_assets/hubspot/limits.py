"""What HubSpot counts of a portal: records per object type.

https://developers.hubspot.com/docs/api-reference/latest/crm/limits-tracking/guide
"""

from typing import Any, NamedTuple

from hubspot_assets.hubspot import versions
from hubspot_assets.hubspot.http.client import HubSpotClient
from hubspot_assets.hubspot.http.decoding import is_type_id, rows_of


class RecordCount(NamedTuple):
    """How many records of a type there are. `records` and `limit` are None where HubSpot does not tell."""

    object_type_id: str
    singular_label: str | None
    plural_label: str | None
    records: int | None
    limit: int | None


def records(client: HubSpotClient) -> dict[str, RecordCount]:
    """Record counts and labels of every type that HubSpot counts, by object type id.

    GET /crm/limits/{version}/records, one call. HubSpot refreshes its counts now and then: a count may differ
    a little from what a read finds.
    """
    answer = client.get(versions.path("limits_records"), check=_check)
    custom = answer.get("customObjectTypes") or {}
    rows = answer["hubspotDefinedObjectTypes"] + (custom.get("byObjectType") or [])
    counts = [
        RecordCount(
            row["objectTypeId"],
            _label(row.get("singularLabel")),
            _label(row.get("pluralLabel")),
            _count(row.get("usage")),
            _count(row.get("limit")),
        )
        for row in rows
        if is_type_id(row.get("objectTypeId"))
    ]
    return {count.object_type_id: count for count in counts}


def _check(answer: dict[str, Any]) -> str | None:
    flaw = rows_of("hubspotDefinedObjectTypes")(answer)
    custom = answer.get("customObjectTypes") or {}
    if flaw is None and not isinstance(custom, dict):
        return "a 'customObjectTypes' that is not an object"
    if flaw is None and custom.get("byObjectType") is not None:
        flaw = rows_of("byObjectType")(custom)
    return flaw


def _count(value: Any) -> int | None:
    return value if type(value) is int else None


def _label(value: Any) -> str | None:
    return value if isinstance(value, str) else None
