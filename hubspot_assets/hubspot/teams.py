"""The portal's teams. Only a beta endpoint tells which team is inside which."""

from typing import Any

from hubspot_assets.hubspot import errors, versions
from hubspot_assets.hubspot.children import OnRefused, logged
from hubspot_assets.hubspot.http.client import HubSpotClient
from hubspot_assets.hubspot.http.decoding import as_id, rows_of
from hubspot_assets.hubspot.http.paging import rows
from hubspot_assets.hubspot.http.parts import Parts


def read(client: HubSpotClient, refused: OnRefused = logged) -> list[dict[str, Any]]:
    """All teams: `id`, `name`, `userIds`, `secondaryUserIds`, and `parentTeamId` (None: no parent, or unknown).

    GET /settings/users/{version}/teams, one call, and GET /settings/teams/{beta version} for the parents,
    where the portal has that; `refused` is told "parents" where it has not, or is not answered. Raises MissingScopes
    without settings.users.teams.read.
    """
    answer = client.get(versions.path("settings_teams"), check=rows_of("results", "id"))
    parents = _parents(client, refused)
    return [{**team, "parentTeamId": parents.get(str(team.get("id")))} for team in answer["results"]]


def _parents(client: HubSpotClient, refused: OnRefused) -> dict[str, str | None]:
    parts = Parts(client)
    try:
        teams = list(rows(parts.client(), versions.path("settings_teams_with_parents"), limit=100))
    except errors.Refused as error:
        refused("parents", error)
        return {}
    except errors.Temporary as error:
        refused("parents", parts.given_up(error))
        return {}
    return {str(team.get("id")): as_id(team.get("parentTeamId")) for team in teams}
