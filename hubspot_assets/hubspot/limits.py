"""What HubSpot counts of a portal: records per object type, and which pairs of types have custom labels.

https://developers.hubspot.com/docs/api-reference/latest/crm/limits-tracking/guide
"""

from typing import Any, NamedTuple

from . import versions
from .client import HubSpotClient
from .decoding import as_id, rows_of


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
            row.get("singularLabel"),
            row.get("pluralLabel"),
            _count(row.get("usage")),
            _count(row.get("limit")),
        )
        for row in rows
        if isinstance(row.get("objectTypeId"), str)
    ]
    return {count.object_type_id: count for count in counts}


def labelled_pairs(client: HubSpotClient) -> dict[tuple[str, str], list[str]]:
    """The pairs of object types that have custom association labels: (from, to) type id to the labels.

    GET /crm/limits/{version}/associations/labels, one call.
    """
    answer = client.get(versions.path("limits_association_labels"), check=rows_of("results"))
    pairs: dict[tuple[str, str], list[str]] = {}
    for row in answer["results"]:
        from_type, to_type = _type_id(row, "from"), _type_id(row, "to")
        if from_type and to_type:
            pairs[from_type, to_type] = [label for label in row.get("allLabels") or [] if isinstance(label, str)]
    return pairs


def _check(answer: dict[str, Any]) -> str | None:
    flaw = rows_of("hubspotDefinedObjectTypes")(answer)
    custom = answer.get("customObjectTypes") or {}
    if flaw is None and not isinstance(custom, dict):
        return "a 'customObjectTypes' that is not an object"
    if flaw is None and custom.get("byObjectType") is not None:
        flaw = rows_of("byObjectType")(custom)
    return flaw


def _type_id(row: dict[str, Any], end: str) -> str | None:
    """Documented as an object `fromObjectType` with the id inside; older answers have the id itself."""
    inside = row.get(f"{end}ObjectType")
    return as_id(inside.get("objectTypeId") if isinstance(inside, dict) else row.get(f"{end}ObjectTypeId"))


def _count(value: Any) -> int | None:
    return value if type(value) is int else None
