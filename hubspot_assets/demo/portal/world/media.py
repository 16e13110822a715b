"""The media that an app made known to the portal through the media bridge."""

from typing import Any

from .pieces import Piece
from .times import iso

MEDIA_TYPES = ("AUDIO", "DOCUMENT", "IMAGE", "OTHER", "VIDEO")


def media_type(media: Piece) -> str:
    """One of all but one; no media are of the type OTHER."""
    return ("AUDIO", "DOCUMENT", "IMAGE", "VIDEO")[media.chance % 4]


def as_json(media: Piece) -> dict[str, Any]:
    """As the media bridge API gives it, unlike a CRM record: everything side by side; what is not set is absent."""
    page, video = f"https://media.example.com/{media.number}", media_type(media) == "VIDEO"
    row: dict[str, Any] = {
        "id": str(57_000_000_000 + media.number * 19),
        "mediaType": media_type(media),
        "title": media.name,
        "createdAt": iso(media.created_ms),
        "updatedAt": iso(media.updated_ms),
        "externalId": media.guid,
        "detailsPageLink": f"{page}?a=1,2",
    }
    if media.chance % 5:
        row["fileUrl"] = f"{page}.bin"
    if media.chance % 3:
        row |= {"thumbnailUrl": f"{page}.png", "posterUrl": f"{page}.jpg"}
    if media_type(media) in {"AUDIO", "VIDEO"}:
        row |= {"duration": media.chance % 600_000, "oembedUrl": f"{page}/oembed"}
    if video:
        row["video"] = {"id": 9_000 + media.number, "fileId": media.chance % 10**11, "deeplinkUrl": f"{page}#player"}
    return row
