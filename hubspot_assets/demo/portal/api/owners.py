"""Owners API: ``GET /crm/owners/{V}``. Archived owners are a list of their own; teams come inside."""

from typing import Any

from hubspot_assets.demo.portal.errors import not_found
from hubspot_assets.demo.portal.paging import page_of
from hubspot_assets.demo.portal.routing import Call, Endpoint, both

SCOPES = ("crm.objects.owners.read",)


def list_owners(call: Call) -> dict[str, Any]:
    owners = call.world.owners.listed(call.flag("archived"))
    if email := call.text("email"):
        owners = [owner for owner in owners if owner.email == email]
    page, paging = page_of(call, owners, default=100, maximum=500)
    return {"results": [owner.as_json() for owner in page], **paging}


def one_owner(call: Call) -> dict[str, Any]:
    by_user = call.text("idProperty", "id") == "userId"
    for owner in call.world.owners.listed(call.flag("archived")):
        if call.path["owner_id"] == (str(owner.user_id) if by_user else owner.owner_id):
            return owner.as_json()
    raise not_found()


ENDPOINTS = [
    Endpoint("GET", (*both("/crm/v3/owners", "/crm/owners/{V}"), "/crm/v3/owners/"), list_owners, SCOPES),
    Endpoint("GET", both("/crm/v3/owners/{owner_id}", "/crm/owners/{V}/{owner_id}"), one_owner, SCOPES),
]
