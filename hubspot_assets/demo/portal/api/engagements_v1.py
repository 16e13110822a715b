"""Engagements API v1: ``GET /engagements/v1/engagements/paged``, all kinds in one list, with their associations.

Moments are milliseconds and ids are numbers, as everywhere in v1. ``offset`` is the id of the next one.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from hubspot_assets.demo.portal.routing import Call, Endpoint
from hubspot_assets.demo.portal.settings import REDACTED
from hubspot_assets.demo.portal.world import World
from hubspot_assets.demo.portal.world.life import Life
from hubspot_assets.demo.portal.world.records import Record

KINDS = {
    "0-18": "SMS",
    "0-27": "TASK",
    "0-46": "NOTE",
    "0-47": "MEETING",
    "0-48": "CALL",
    "0-49": "EMAIL",
    "0-116": "POSTAL_MAIL",
}
ASSOCIATED = {"contactIds": "0-1", "companyIds": "0-2", "dealIds": "0-3", "ticketIds": "0-5"}
ALWAYS_EMPTY = ("ownerIds", "workflowIds", "contentIds", "quoteIds", "marketingEventIds")


def paged(call: Call) -> dict[str, Any]:
    limit = call.number("limit", default=100, maximum=250)
    offset = call.number("offset", default=0, minimum=0, maximum=10**18)
    found = list(islice(_from(call.world, offset), limit + 1))
    rows = [_row(call, kind, life, number) for kind, life, number in found[:limit]]
    last = found[-1] if found else None
    return {
        "results": rows,
        "hasMore": len(found) > limit,
        "offset": last[1].id_of(last[2]) + (len(found) <= limit) if last else offset,
    }


def _from(world: World, first_id: int) -> Iterator[tuple[str, Life, int]]:
    """Type, life and number of every engagement whose id is not below ``first_id``, by id."""
    lives = sorted(((kind, world.life_of(kind)) for kind in KINDS), key=lambda one: one[1].object_type.first_id)
    for kind, life in lives:
        for number in life.alive_from(life.number_at(first_id)):
            yield kind, life, number


def _row(call: Call, kind: str, life: Life, number: int) -> dict[str, Any]:
    record = call.world.records_of(kind).record(number)
    owner = record.properties.get("hubspot_owner_id")
    engagement = {
        "id": int(record.id),
        "portalId": call.settings.portal_id,
        "active": True,
        "createdAt": record.created_ms,
        "lastUpdated": record.updated_ms,
        "timestamp": record.created_ms,
        "type": KINDS[kind],
    }
    if owner and owner.isdecimal():
        engagement["ownerId"] = int(owner)
    return {
        "engagement": engagement,
        "associations": _associations(call.world, kind, record),
        "attachments": [],
        "metadata": _metadata(call, kind, record),
    }


def _associations(world: World, kind: str, record: Record) -> dict[str, list[int]]:
    associated = {
        name: [int(other) for other, _ in world.associations_of(kind, record.id, to_type)]
        for name, to_type in ASSOCIATED.items()
    }
    return {**associated, **{name: [] for name in ALWAYS_EMPTY}}


def _metadata(call: Call, kind: str, record: Record) -> dict[str, Any]:
    if kind == "0-49" and not call.settings.grants(("sales-email-read",)):
        return {
            "cc": [],
            "to": [],
            "validationSkipped": [],
            "html": call.settings.redacted_email_body or REDACTED,
            "bcc": [],
        }
    body = record.properties.get("hs_body_preview")
    return {"text" if kind == "0-49" else "body": body} if body is not None else {}


ENDPOINTS = [Endpoint("GET", ("/engagements/v1/engagements/paged",), paged, ("crm.objects.contacts.read",))]
