"""Rows of OWNERS, OWNER_TEAM and TEAMS from HubSpot's answers. Not here: the CRM object type `users` (`objects.py`)."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from hubspot_assets.tables.frames import Row

Answer = Mapping[str, Any]


def owner_rows(owners: Iterable[Answer]) -> Iterator[Row]:
    """Rows of OWNERS. An archived owner has no user id any more; the last one known stands in."""
    for owner in owners:
        user_id = owner.get("userId")
        yield {
            "OWNERID": owner["id"],
            "EMAIL": owner.get("email"),
            "FIRSTNAME": owner.get("firstName"),
            "LASTNAME": owner.get("lastName"),
            "USERID": owner.get("userIdIncludingInactive") if user_id is None else user_id,
            "TYPE": owner.get("type"),
            "ARCHIVED": owner.get("archived") or False,
            "CREATEDAT": owner.get("createdAt"),
            "UPDATEDAT": owner.get("updatedAt"),
            "ARCHIVEDAT": owner.get("archivedAt"),
        }


def owner_team_rows(owners: Iterable[Answer]) -> Iterator[Row]:
    """Rows of OWNER_TEAM: HubSpot answers an owner's teams inside the owner; one that it tells twice is one row."""
    for owner in owners:
        is_primary: dict[str, Any] = {}
        for team in owner.get("teams") or []:
            if team.get("id") is None:
                continue
            if is_primary.get(str(team["id"])) is not True:
                is_primary[str(team["id"])] = team.get("primary") or False
        for team_id, primary in is_primary.items():
            yield {"OWNERID": owner["id"], "TEAMID": team_id, "ISTEAMPRIMARY": primary}


def team_rows(teams: Iterable[Answer]) -> Iterator[Row]:
    """Rows of TEAMS. PARENTTEAMID is NULL where the account's API does not tell it."""
    for team in teams:
        yield {"TEAMID": team["id"], "TEAMNAME": team.get("name"), "PARENTTEAMID": team.get("parentTeamId")}
