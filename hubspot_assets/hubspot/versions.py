"""Where each of HubSpot's APIs lives: the one table of versions and paths. No other module spells a path.

The dated version 2026-09 wherever HubSpot has one (a dated version is supported for 18 months), an older one
only where nothing newer exists. v4 ends on 30 March 2027, v1 to v3 in September 2027: the families still on
them are the ones to look at then.
"""

from typing import Literal, NamedTuple
from urllib.parse import quote

CURRENT = "2026-09"

Budget = Literal["general", "associations", "search"]


class Family(NamedTuple):
    """One endpoint family: the version in use and the path, with `{version}` and its own `{parts}`."""

    version: str
    template: str


FAMILIES: dict[str, Family] = {
    # What HubSpot knows of an access token. No dated form of it is known.
    "access_token_info": Family("v2", "/oauth/{version}/private-apps/get/access-token-info"),
    "account_details": Family(CURRENT, "/account-info/{version}/details"),
    "account_daily_usage": Family(CURRENT, "/account-info/{version}/api-usage/daily/private-apps"),
    "association_labels": Family(CURRENT, "/crm/associations/{version}/{from_type}/{to_type}/labels"),
    "associations_batch_read": Family(CURRENT, "/crm/associations/{version}/{from_type}/{to_type}/batch/read"),
    # The dated associations API tells no internal names: only the v3 one does.
    "association_types": Family("v3", "/crm/{version}/associations/{from_type}/{to_type}/types"),
    "blog_posts": Family(CURRENT, "/cms/blogs/{version}/posts"),
    "campaign_assets": Family(CURRENT, "/marketing/campaigns/{version}/{campaign}/assets/{kind}"),
    "campaigns": Family(CURRENT, "/marketing/campaigns/{version}"),
    "conversations_threads": Family(CURRENT, "/conversations/conversations/{version}/threads"),
    "deal_splits_batch_read": Family(CURRENT, "/deal-splits/{version}/batch/read"),
    # Nothing but v1.
    "email_events": Family("v1", "/email/public/{version}/events"),
    "event_definitions": Family(CURRENT, "/events/custom/{version}/event-definitions"),
    "event_occurrences": Family(CURRENT, "/events/event-occurrences/{version}"),
    "event_types": Family(CURRENT, "/events/event-occurrences/{version}/event-types"),
    # Forms have a dated beta only, and submissions nothing but v1.
    "forms": Family("v3", "/marketing/{version}/forms"),
    "form_submissions": Family("v1", "/form-integrations/{version}/submissions/forms/{form}"),
    "landing_pages": Family("2026-03", "/cms/pages/{version}/landing-pages"),
    "limits_records": Family(CURRENT, "/crm/limits/{version}/records"),
    "lists": Family(CURRENT, "/crm/lists/{version}"),
    "lists_search": Family(CURRENT, "/crm/lists/{version}/search"),
    "list_memberships": Family(CURRENT, "/crm/lists/{version}/{list}/memberships"),
    "marketing_emails": Family(CURRENT, "/marketing/emails/{version}"),
    "marketing_events": Family(CURRENT, "/marketing/marketing-events/{version}"),
    "marketing_event_participations": Family(
        CURRENT, "/marketing/marketing-events/{version}/participations/{event}/breakdown"
    ),
    "media_bridge_objects": Family(CURRENT, "/media-bridge/{version}/objects/{kind}"),
    "object": Family(CURRENT, "/crm/objects/{version}/{object_type}/{record}"),
    "objects": Family(CURRENT, "/crm/objects/{version}/{object_type}"),
    "objects_batch_read": Family(CURRENT, "/crm/objects/{version}/{object_type}/batch/read"),
    "owners": Family(CURRENT, "/crm/owners/{version}"),
    "pipelines": Family(CURRENT, "/crm/pipelines/{version}/{object_type}"),
    "properties": Family(CURRENT, "/crm/properties/{version}/{object_type}"),
    "property_groups": Family(CURRENT, "/crm/properties/{version}/{object_type}/groups"),
    "schemas": Family(CURRENT, "/crm-object-schemas/{version}/schemas"),
    "sequences": Family(CURRENT, "/automation/sequences/{version}"),
    "settings_teams": Family("2026-03", "/settings/users/{version}/teams"),
    # The only one that tells a team's parent.
    "settings_teams_with_parents": Family("2026-09-beta", "/settings/teams/{version}"),
    "settings_users": Family("2026-03", "/settings/users/{version}"),
    "site_pages": Family("2026-03", "/cms/pages/{version}/site-pages"),
}


def path(family: str, **parts: str) -> str:
    """Return the path of a family with its parts filled in: `path("objects", object_type="0-1")`.

    Parts are quoted, so that an id from HubSpot cannot lead to another path. Raises ValueError for an empty one and for
    `.` and `..`, which no quoting keeps from being taken for a step in the path.
    """
    version, template = FAMILIES[family]
    for name, part in parts.items():
        if part in {"", ".", ".."}:
            raise ValueError(f"{part!r} cannot be the id of a {name.replace('_', ' ')}")
    return template.format(version=version, **{name: quote(part, safe="") for name, part in parts.items()})


def budget(path: str) -> Budget:
    """Which of HubSpot's rate budgets a call to this path is counted against besides the day's.

    HubSpot exempts searches and the associations' batch and label calls from the general 10-second budget and
    gives each their own (https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines).
    """
    if path.endswith("/search"):
        return "search"
    if "/associations/" in path and not path.startswith("/crm/limits/"):
        return "associations"
    return "general"
