"""Campaigns API: ``GET /marketing/campaigns/{V}`` (``/marketing/v3/campaigns``) and batch read.

It gives no property that is not named, and of those named only the ones that may be read and are set. What belongs to a
campaign is listed one kind of asset at a time.
"""

from collections.abc import Sequence
from typing import Any

from hubspot_assets.demo.portal.errors import not_found, validation_error
from hubspot_assets.demo.portal.filters import filtered_and_sorted
from hubspot_assets.demo.portal.paging import page_of
from hubspot_assets.demo.portal.routing import Call, Endpoint, both
from hubspot_assets.demo.portal.world.campaigns import ASSET_TYPES, READABLE, assets, properties
from hubspot_assets.demo.portal.world.pieces import Piece
from hubspot_assets.demo.portal.world.times import iso

SCOPES = ("marketing.campaigns.read",)


def list_campaigns(call: Call) -> dict[str, Any]:
    names = _names(call, call.texts("properties"))
    wanted = call.text("name").lower()
    found = filtered_and_sorted(call, (c for c in call.world.campaigns.listed() if wanted in c.name.lower()))
    page, paging = page_of(call, found, default=50, maximum=100, encoded=True)
    return {"total": len(found), "results": [_row(campaign, names) for campaign in page], **paging}


def one_campaign(call: Call) -> dict[str, Any]:
    return {**_row(_one(call), _names(call, call.texts("properties"))), "assets": {}}


def _one(call: Call) -> Piece:
    for campaign in call.world.campaigns.listed():
        if campaign.guid == call.path["campaign_id"]:
            return campaign
    raise not_found()


def read_batch(call: Call) -> dict[str, Any]:
    names, ids = _names(call, call.texts("properties")), [str(item.get("id")) for item in call.inputs(50)]
    by_id = {campaign.guid: campaign for campaign in call.world.campaigns.listed()}
    now = iso(call.world.life_of("0-1").now_ms)
    rows = [{**_row(by_id[i], names), "assets": {}} for i in ids if i in by_id]
    return {"status": "COMPLETE", "results": rows, "startedAt": now, "completedAt": now}


def list_assets(call: Call) -> dict[str, Any]:
    """Id and name of each; figures only for a period that is named."""
    kind = call.path["asset_type"]
    if kind not in ASSET_TYPES:
        raise validation_error(f"Invalid assetType: {kind}")
    found = assets(_one(call), kind)
    page, paging = page_of(call, found, default=10, maximum=100, encoded=True)
    counted = bool(call.text("startDate") and call.text("endDate"))
    rows = [{"id": a.id, "name": a.name, "metrics": {"CLICKS": a.clicks} if counted else {}} for a in page]
    return {"results": rows, **paging}


def _names(call: Call, asked: Sequence[str]) -> list[str]:
    unknown = [name for name in asked if name not in READABLE]
    if unknown and call.settings.campaign_properties_are_checked:
        raise validation_error(f"Unable to read properties: {', '.join(unknown)}")
    return [name for name in asked if name in READABLE]


def _row(campaign: Piece, names: Sequence[str]) -> dict[str, Any]:
    values = properties(campaign)
    return {
        "id": campaign.guid,
        "properties": {name: values[name] for name in names if values[name] is not None},
        "createdAt": iso(campaign.created_ms),
        "updatedAt": iso(campaign.updated_ms),
        "businessUnits": [{"id": 0}],
    }


_LIST = (*both("/marketing/v3/campaigns", "/marketing/campaigns/{V}"), "/marketing/v3/campaigns/")
_ONE = both("/marketing/v3/campaigns/{campaign_id}", "/marketing/campaigns/{V}/{campaign_id}")
_BATCH = both("/marketing/v3/campaigns/batch/read", "/marketing/campaigns/{V}/batch/read")
_ASSETS = both(
    "/marketing/v3/campaigns/{campaign_id}/assets/{asset_type}",
    "/marketing/campaigns/{V}/{campaign_id}/assets/{asset_type}",
)
ENDPOINTS = [
    Endpoint("GET", _ASSETS, list_assets, SCOPES, feature="campaigns"),
    Endpoint("GET", _LIST, list_campaigns, SCOPES, feature="campaigns"),
    Endpoint("GET", _ONE, one_campaign, SCOPES, feature="campaigns"),
    Endpoint("POST", _BATCH, read_batch, SCOPES, feature="campaigns"),
]
