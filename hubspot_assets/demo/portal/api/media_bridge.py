"""Media bridge API: ``GET /media-bridge/{V}/objects/{mediaType}``, one type of media at a time."""

from typing import Any

from hubspot_assets.demo.portal.errors import validation_error
from hubspot_assets.demo.portal.paging import page_of
from hubspot_assets.demo.portal.routing import Call, Endpoint, both
from hubspot_assets.demo.portal.world.media import MEDIA_TYPES, as_json, media_type

SCOPES = ("media_bridge.read",)


def list_media(call: Call) -> dict[str, Any]:
    wanted = call.path["media_type"]
    if wanted not in MEDIA_TYPES:
        raise validation_error(f"Invalid mediaType: {wanted}")
    found = [media for media in call.world.pieces_of("0-57").listed() if media_type(media) == wanted]
    page, paging = page_of(call, found, default=20, maximum=100, encoded=True)
    return {"results": [as_json(media) for media in page], **paging}


_PATHS = both("/media-bridge/v1/objects/{media_type}", "/media-bridge/{V}/objects/{media_type}")
ENDPOINTS = [Endpoint("GET", _PATHS, list_media, SCOPES)]
