"""The properties of a portal's marketing campaigns, and what belongs to each."""

from typing import NamedTuple

from .chance import mixed, number_of
from .pieces import Piece, text_of
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

ASSET_TYPES = (
    *("AD_CAMPAIGN", "AUTOMATION_PLATFORM_FLOW", "BLOG_POST", "CTA", "EXTERNAL_WEB_URL", "FEEDBACK_SURVEY", "FORM"),
    *("LANDING_PAGE", "MARKETING_EMAIL", "MARKETING_EVENT", "OBJECT_LIST", "SALES_DOCUMENT", "SEQUENCE", "SITE_PAGE"),
    *("SOCIAL_BROADCAST", "WEB_INTERACTIVE"),
)
MOST_ASSETS = 14
"""Of a kind in one campaign: more than a page has by default."""


class Asset(NamedTuple):
    """What belongs to a campaign; the same may belong to several."""

    id: str
    name: str
    clicks: int


def assets(campaign: Piece, kind: str) -> list[Asset]:
    """The assets of one kind of a campaign; the portal makes up those that no other API lists."""
    if kind not in {"AD_CAMPAIGN", "SALES_DOCUMENT"}:
        return []
    chance = mixed(campaign.chance, number_of(kind))
    numbers = range(campaign.number, campaign.number + chance % (MOST_ASSETS + 1))
    return [_asset(kind, number) for number in numbers]


def _asset(kind: str, number: int) -> Asset:
    chance = mixed(number_of(kind), number)
    # Ids of ad campaigns are those of the network that they run on: no number holds the larger ones.
    asset_id = f"2384{number:014d}" if kind == "AD_CAMPAIGN" else str(83_000 + number * 3)
    return Asset(asset_id, f"{kind.replace('_', ' ').capitalize()} {number}: {text_of(chance)}", chance % 900)


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
