"""What the APIs of their own answer of the object types that they list, and those answers as records.

Here: which rows there are and what a field is worth, by a route of its own. Not here: how they are held against the
tables (`owned_objects.py`).
"""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeAlias

from hubspot_assets.catalog.object_types import ObjectType
from hubspot_assets.catalog.sources import Source
from hubspot_assets.hubspot import (
    HubSpotClient,
    HubSpotError,
    campaigns,
    deal_splits,
    forms,
    sequences,
    users,
    versions,
)
from hubspot_assets.hubspot.children import logged
from hubspot_assets.hubspot.http import paging
from hubspot_assets.reading.readers import rows_of
from hubspot_assets.verify.cells import moment, text_of
from hubspot_assets.verify.records import PlainRecord, Property
from hubspot_assets.verify.refusals import answer_or_refusal

Answer = Mapping[str, Any]
Refusals: TypeAlias = dict[str, HubSpotError]
"""Parent (such as a form) whose records HubSpot does not give -> what it says."""

_UPDATED = ("updatedAt", "updated", "latestMessageTimestamp", "submittedAt", "createdAt", "created")


def read_answers(
    client: HubSpotClient,
    object_type: ObjectType,
    properties: list[Property],
    walk: Callable[[str], Iterator[str]],
    refused: Refusals,
) -> Iterable[Answer]:
    """Yield every row of a type; `refused` has the parents whose rows HubSpot does not give. Raises HubSpotError.

    `walk` gives the ids of a type's records, for what is read by another's ids.
    """
    source = object_type.source
    if source is Source.FORM_SUBMISSIONS:
        return _submissions(client, refused)
    if source is Source.CAMPAIGN_ASSETS:
        return _campaign_assets(client, object_type.name, refused)
    if source is Source.DEAL_SPLITS:
        return (split for _, splits in deal_splits.read(client, walk("0-3")) for split in splits)
    if source is Source.CAMPAIGNS:
        return campaigns.read(client, [p.name for p in properties if p.name != "hs_origin_asset_id"])
    if source is Source.SEQUENCES:
        return sequences.read(client, [str(user["id"]) for user in users.read(client)], logged)
    return rows_of(source, client)


def _of_parents(
    parents: Iterable[str], read: Callable[[str], Iterable[Answer]], refused: Refusals
) -> Iterator[tuple[str, Answer]]:
    """What is read of each parent; `refused` has those that HubSpot refuses. Raises that where it refuses them all."""
    is_any_given = False
    for parent in parents:
        found = answer_or_refusal(lambda parent=parent: list(read(parent)))  # type: ignore[misc]
        if isinstance(found, HubSpotError):
            refused[parent] = found
        else:
            is_any_given = True
            yield from ((parent, child) for child in found)
    if refused and not is_any_given:
        raise next(iter(refused.values()))


def _submissions(client: HubSpotClient, refused: Refusals) -> Iterator[Answer]:
    ids = [str(form["id"]) for form in forms.read(client)]
    for form_id, submission in _of_parents(ids, lambda form_id: forms.submissions(client, form_id), refused):
        yield {"formId": form_id, **submission}


def _campaign_assets(client: HubSpotClient, kind: str, refused: Refusals) -> Iterator[Answer]:
    """Campaign by campaign, each asset once with all its campaigns."""

    def assets_of(campaign: str) -> Iterator[Answer]:
        path = versions.path("campaign_assets", campaign=campaign, kind=kind)
        return paging.rows(client, path, limit=50, smaller_limit=10, key="id")

    found: dict[str, dict[str, Any]] = {}
    ids = [str(campaign["id"]) for campaign in campaigns.read(client, ["hs_name"])]
    for campaign, asset in _of_parents(ids, assets_of, refused):
        known = found.setdefault(str(asset["id"]), {**asset, "campaignIds": []})
        known["campaignIds"] = sorted({*known["campaignIds"], campaign})
    return iter(found.values())


def archived_at(client: HubSpotClient, source: Source) -> dict[str, datetime | None]:
    """Return when each archived record of a source was archived, as far as its API lists those. Raises HubSpotError."""
    gone: dict[str, datetime | None] = {}
    if source.value.endpoint is not None and source.value.id == "id":
        path = versions.path(source.value.endpoint)
        for row in paging.rows(client, path, {"archived": True}, limit=100, key="id"):
            told = row.get("archivedAt") or row.get("deletedAt") or row.get("updatedAt")
            gone[str(row["id"])] = moment(text_of(told))
    return gone


#: What HubSpot calls the properties that its APIs tell by other names.
_CALLED: Mapping[Source, Mapping[str, str]] = {
    Source.LISTS: {
        "listId": "hs_list_id",
        "name": "hs_list_name",
        "size": "hs_list_size",
        "listVersion": "hs_list_version",
        "objectTypeId": "hs_object_type_id",
        "processingType": "hs_processing_type",
        "processingStatus": "hs_processing_status",
        "classicListId": "hs_classic_list_id",
        "createdAt": "hs_created_at",
        "createdById": "hs_created_by_user_id",
        "updatedAt": "hs_updated_at",
        "updatedById": "hs_updated_by_user_id",
    },
    Source.MARKETING_EMAILS: {
        "id": "hs_origin_asset_id",
        "name": "hs_name",
        "campaign": "hs_campaign_name",
        "createdById": "hs_created_by_user_id",
        "updatedById": "hs_updated_by_user_id",
    },
    Source.FORMS: {"id": "hs_origin_asset_id", "name": "hs_name", "createdAt": "hs_created_at"},
}


def plain_record(source: Source, answer: Answer) -> PlainRecord:
    """Return a row of an API as a record; every field is a value."""
    values = answer[source.value.values] if source.value.values else answer
    if source is Source.CAMPAIGNS:
        values = {**values, "hs_origin_asset_id": answer["id"]}
    if source is Source.LISTS:
        own = {name: value for name, value in values.items() if value is not None and name != "additionalProperties"}
        values = {**(values.get("additionalProperties") or {}), **_called(source, own)}
    else:
        values = _called(source, values)
    if source is Source.MARKETING_EVENTS and values.get("customProperties"):
        custom = [p for p in values["customProperties"] if (p.get("dataSensitivity") or "none") == "none"]
        values = {**values, "customProperties": custom}
    updated = next((answer[name] for name in _UPDATED if answer.get(name)), None)
    return PlainRecord(record_id(source, answer), {n: text_of(v) for n, v in values.items()}, text_of(updated))


def _called(source: Source, values: Answer) -> Answer:
    names = _CALLED.get(source, {})
    return {names.get(name, name): value for name, value in values.items()}


def plain_records(source: Source, answers: Iterable[Answer]) -> list[PlainRecord]:
    """Return the rows of an API as records. Submissions that are alike to the letter are told apart by a number."""
    times: Counter[str] = Counter()
    records = []
    for record in (plain_record(source, answer) for answer in answers):
        times[record.id] += 1
        again = times[record.id]
        records.append(record if again == 1 else replace(record, id=f"{record.id}_{again}"))
    return records


def record_id(source: Source, answer: Answer) -> str:
    """Return the id. A submission without a conversion id has none: a digest of what was submitted stands in."""
    if source is not Source.FORM_SUBMISSIONS:
        return str(answer[source.value.id])
    if answer.get("conversionId"):
        return str(answer["conversionId"])
    text = json.dumps(answer, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:32]
