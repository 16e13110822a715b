"""The media that an app made known to the portal through the media bridge."""

from typing import Any

from .pieces import Piece
from .times import iso

MEDIA_TYPES = ("AUDIO", "DOCUMENT", "IMAGE", "OTHER", "VIDEO")


def media_type(media: Piece) -> str:
    """One of all but one; no media are of the type OTHER."""
    return ("AUDIO", "DOCUMENT", "IMAGE", "VIDEO")[media.chance % 4]


def as_json(media: Piece) -> dict[str, Any]:
    """As the media bridge API gives it: like a CRM record, every value a text or null."""
    return {
        "id": str(57_000_000_000 + media.number * 19),
        "properties": {
            "hs_title": media.name,
            "hs_details_page_link": f"https://media.example.com/{media.number}?a=1,2",
            "hs_file_url": None if media.chance % 5 == 0 else f"https://media.example.com/{media.number}.bin",
            "hs_duration": str(media.chance % 600_000) if media_type(media) in {"AUDIO", "VIDEO"} else None,
            "hs_external_id": media.guid,
            "hs_createdate": iso(media.created_ms),
            "hs_lastmodifieddate": iso(media.updated_ms),
        },
        "createdAt": iso(media.created_ms),
        "updatedAt": iso(media.updated_ms),
        "archived": False,
    }
