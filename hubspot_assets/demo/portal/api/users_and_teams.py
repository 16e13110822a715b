"""Settings APIs: users, their roles, and teams; only the beta of the teams API knows a team's parent."""

from typing import Any

from hubspot_assets.demo.portal.errors import not_found
from hubspot_assets.demo.portal.paging import page_of
from hubspot_assets.demo.portal.routing import Call, Endpoint, both
from hubspot_assets.demo.portal.world.owners import Owner, Team

TEAM_SCOPES = ("settings.users.teams.read",)
USER_SCOPES = ("settings.users.read", "crm.objects.users.read")
PROVISIONING = ("2026-03",)
"""The user provisioning API has no newer dated version."""


def _users(call: Call) -> list[Owner]:
    return [owner for owner in call.world.owners.all if owner.user_id is not None]


def _user(call: Call, owner: Owner) -> dict[str, Any]:
    first = [team.team_id for team, primary in owner.teams if primary]
    row: dict[str, Any] = {
        "id": str(owner.user_id),
        "email": owner.email,
        "firstName": owner.first_name,
        "lastName": owner.last_name,
        "roleId": "1001",
        "roleIds": ["1001"],
        "secondaryTeamIds": [team.team_id for team, primary in owner.teams if not primary],
        "superAdmin": owner.owner_id.endswith("0"),
        "sendWelcomeEmail": False,
    }
    return {**row, "primaryTeamId": first[0]} if first else row


def list_users(call: Call) -> dict[str, Any]:
    page, paging = page_of(call, _users(call), default=100, maximum=100)
    return {"results": [_user(call, owner) for owner in page], **paging}


def one_user(call: Call) -> dict[str, Any]:
    by_email = call.text("idProperty") == "EMAIL"
    for owner in _users(call):
        if call.path["user_id"] == (owner.email if by_email else str(owner.user_id)):
            return _user(call, owner)
    raise not_found()


def list_roles(call: Call) -> dict[str, Any]:
    return {"results": [{"id": "1001", "name": "Sales, “all”", "requiresBillingWrite": False}]}


def list_teams(call: Call) -> dict[str, Any]:
    return {"results": [_team(team) for team in call.world.owners.teams]}


def _team(team: Team) -> dict[str, Any]:
    return {
        "id": team.team_id,
        "name": team.name,
        "userIds": list(team.member_ids),
        "secondaryUserIds": list(team.extra_ids),
    }


def list_teams_with_parents(call: Call) -> dict[str, Any]:
    page, paging = page_of(call, call.world.owners.teams, default=100, maximum=100)
    rows = ({"id": t.team_id, "name": t.name, "parentTeamId": t.parent_team_id} for t in page)
    return {"results": [{k: v for k, v in row.items() if v is not None} for row in rows], **paging}


def team_members(call: Call) -> dict[str, Any]:
    team = next((t for t in call.world.owners.teams if t.team_id == call.path["team_id"]), None)
    if team is None:
        raise not_found()
    members = [{"userId": user, "type": "DEFAULT"} for user in team.member_ids]
    members += [{"userId": user, "type": "EXTRA"} for user in team.extra_ids]
    page, paging = page_of(call, members, default=100, maximum=100)
    return {"results": page, **paging}


_USERS = ("/settings/users/v3", "/settings/v3/users", "/settings/v3/users/")
ENDPOINTS = [
    Endpoint("GET", both(_USERS, "/settings/users/{V}", PROVISIONING), list_users, USER_SCOPES),
    Endpoint(
        "GET", both("/settings/v3/users/roles", "/settings/users/{V}/roles", PROVISIONING), list_roles, USER_SCOPES
    ),
    Endpoint(
        "GET", both("/settings/v3/users/teams", "/settings/users/{V}/teams", PROVISIONING), list_teams, TEAM_SCOPES
    ),
    Endpoint(
        "GET",
        both("/settings/v3/users/{user_id}", "/settings/users/{V}/{user_id}", PROVISIONING),
        one_user,
        USER_SCOPES,
    ),
    Endpoint("GET", ("/settings/teams/2026-09-beta",), list_teams_with_parents, TEAM_SCOPES),
    Endpoint("GET", ("/settings/teams/2026-09-beta/{team_id}/members",), team_members, TEAM_SCOPES),
]
