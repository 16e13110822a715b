"""Campaigns API: ``GET /marketing/campaigns/{V}`` (``/marketing/v3/campaigns``) and batch read.

It gives no property that is not named, and of those named only the ones that may be read.
"""

from collections.abc import Sequence
from typing import Any

from hubspot_assets.demo.portal.errors import not_found, validation_error
from hubspot_assets.demo.portal.filters import filtered_and_sorted
from hubspot_assets.demo.portal.paging import page_of
from hubspot_assets.demo.portal.routing import Call, Endpoint, both
from hubspot_assets.demo.portal.world.campaigns import READABLE, properties
from hubspot_assets.demo.portal.world.pieces import Piece
from hubspot_assets.demo.portal.world.times import iso

SCOPES = ("marketing.campaigns.read",)


def list_campaigns(call: Call) -> dict[str, Any]:
    names = _names(call, call.texts("properties"))
    wanted = call.text("name").lower()
    found = filtered_and_sorted(call, (c for c in call.world.campaigns.listed() if wanted in c.name.lower()))
    page, paging = page_of(call, found, default=50, maximum=100)
    return {"total": len(found), "results": [_row(campaign, names) for campaign in page], **paging}


def one_campaign(call: Call) -> dict[str, Any]:
    names = _names(call, call.texts("properties"))
    for campaign in call.world.campaigns.listed():
        if campaign.guid == call.path["campaign_id"]:
            return {**_row(campaign, names), "assets": {}}
    raise not_found()


def read_batch(call: Call) -> dict[str, Any]:
    names, ids = _names(call, call.texts("properties")), [str(item.get("id")) for item in call.inputs(50)]
    by_id = {campaign.guid: campaign for campaign in call.world.campaigns.listed()}
    now = iso(call.world.life_of("0-1").now_ms)
    rows = [{**_row(by_id[i], names), "assets": {}} for i in ids if i in by_id]
    return {"status": "COMPLETE", "results": rows, "startedAt": now, "completedAt": now}


def _names(call: Call, asked: Sequence[str]) -> list[str]:
    unknown = [name for name in asked if name not in READABLE]
    if unknown and call.settings.campaign_properties_are_checked:
        raise validation_error(f"Unable to read properties: {', '.join(unknown)}")
    return [name for name in asked if name in READABLE]


def _row(campaign: Piece, names: Sequence[str]) -> dict[str, Any]:
    values = properties(campaign)
    return {
        "id": campaign.guid,
        "properties": {name: values[name] for name in names},
        "createdAt": iso(campaign.created_ms),
        "updatedAt": iso(campaign.updated_ms),
        "businessUnits": [{"id": 0}],
    }


_LIST = (*both("/marketing/v3/campaigns", "/marketing/campaigns/{V}"), "/marketing/v3/campaigns/")
_ONE = both("/marketing/v3/campaigns/{campaign_id}", "/marketing/campaigns/{V}/{campaign_id}")
_BATCH = both("/marketing/v3/campaigns/batch/read", "/marketing/campaigns/{V}/batch/read")
ENDPOINTS = [
    Endpoint("GET", _LIST, list_campaigns, SCOPES, feature="campaigns"),
    Endpoint("GET", _ONE, one_campaign, SCOPES, feature="campaigns"),
    Endpoint("POST", _BATCH, read_batch, SCOPES, feature="campaigns"),
]
