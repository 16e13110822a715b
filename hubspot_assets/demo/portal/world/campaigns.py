"""The properties of a portal's marketing campaigns."""

from .pieces import Piece
from .times import DAY_MS, iso

READABLE = (
    "hs_name",
    "hs_start_date",
    "hs_end_date",
    "hs_notes",
    "hs_audience",
    "hs_currency_code",
    "hs_campaign_status",
    "hs_owner",
    "hs_color_hex",
    "hs_created_by_user_id",
    "hs_object_id",
    "hs_goal",
    "hs_utm",
    "hs_budget_items_sum_amount",
    "hs_spend_items_sum_amount",
)
"""The only properties that the campaigns API lets be read."""


def properties(campaign: Piece) -> dict[str, str | None]:
    """Every readable property; None for one that is not set."""
    chance, start = campaign.chance, campaign.created_ms + 5 * DAY_MS
    values = {
        "hs_name": campaign.name,
        "hs_start_date": iso(start)[:10],
        "hs_end_date": iso(start + 30 * DAY_MS)[:10] if chance % 3 else None,
        "hs_notes": campaign.text(1) if chance % 4 else "",
        "hs_audience": campaign.text(2) if chance % 5 else None,
        "hs_currency_code": "EUR" if chance % 2 else None,
        "hs_campaign_status": ("planned", "in_progress", "active", "paused", "completed")[campaign.edits % 5],
        "hs_owner": str(40_000_000 + chance % 30 * 13),
        "hs_color_hex": f"#{chance % 0xFFFFFF:06x}",
        "hs_created_by_user_id": campaign.created_by,
        "hs_object_id": str(200_000_000_000 + campaign.number * 31),
        "hs_goal": campaign.text(3),
        "hs_utm": f"utm-{campaign.number}",
        "hs_budget_items_sum_amount": f"{chance % 100_000}.50" if chance % 2 else None,
        "hs_spend_items_sum_amount": "0" if chance % 2 else None,
    }
    return {name: values[name] for name in READABLE}
