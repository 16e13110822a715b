"""The HubSpot check: is the token known, which portal is it, which scopes has it and which tables need them, what is
left of today's calls.

Here: one finding each. Not here: which table needs which scope (`catalog`), the API (`hubspot`).

HubSpot tells the scopes of a private app's token. Whether it does so for a service key is not documented; where it does
not, each API is asked for one record, which tells the same at the price of some twenty calls. A scope that is not
granted is tried out, too: where HubSpot says that the portal does not have what it opens, an export lacks nothing.
"""

from collections.abc import Iterator
from dataclasses import replace

from hubspot_assets.catalog.portal_tables import PortalTables
from hubspot_assets.catalog.scopes import Group
from hubspot_assets.catalog.table import Table
from hubspot_assets.connection.finding import Finding
from hubspot_assets.hubspot import HubSpotClient, HubSpotError, account, versions
from hubspot_assets.hubspot.errors import MissingScopes
from hubspot_assets.reading.refusals import unavailable

_NAMED = 3

# The small requests that show a scope; an API that is not here has none (or wants more than a GET).
_FAMILY_OF_SCOPE = {
    "crm.schemas.custom.read": "schemas",
    "crm.objects.owners.read": "owners",
    "settings.users.teams.read": "settings_teams",
    "settings.users.read": "settings_users",
    "behavioral_events.event_definitions.read_write": "event_definitions",
}


def check_hubspot(client: HubSpotClient, access_token: str, portal_tables: PortalTables) -> Iterator[Finding]:
    """Token, portal, region, scopes (one finding for each group of scopes that tables need), daily calls.

    Five calls and one for each scope that is missing, or some twenty where HubSpot does not tell scopes. A call that
    fails is a finding, not raised.
    """
    try:
        portal = account.details(client)
    except HubSpotError as error:
        yield Finding("Token", False, str(error))
        return
    yield Finding("Token", True, "HubSpot accepts the access token.")
    yield Finding("Portal", True, f"{portal['portalId']}, {portal.get('accountType', 'of unknown type')}.")
    yield Finding(
        "Region", True, f"{portal.get('dataHostingLocation', 'unknown')}; {portal.get('timeZone', 'no time zone')}."
    )
    granted = _granted(client, access_token)
    if granted is None:
        yield Finding(
            "Scopes", None, "HubSpot does not list this token's scopes, so each type is tried with one record."
        )
        yield from _probed(client, portal_tables)
    else:
        yield Finding("Scopes", True, f"{len(granted)} granted.")
        yield from _needed(client, portal_tables, granted)
    yield from _of_unknown_scopes(client, portal_tables)
    yield _daily_calls(client)


def tables_by_scopes(portal_tables: PortalTables) -> dict[Group, list[Table]]:
    """The scopes of which tables need one -> those tables, in the contract's order.

    Association tables are left out: they need nothing but what the tables of both their ends need.
    """
    needed: dict[Group, list[Table]] = {}
    for table in portal_tables:
        for group in table.scopes.groups if table.to_type is None else ():
            needed.setdefault(group, []).append(table)
    return needed


def _granted(client: HubSpotClient, access_token: str) -> set[str] | None:
    try:
        told = client.post(versions.path("access_token_info"), {"tokenKey": access_token}).get("scopes")
    except HubSpotError:
        return None
    return {scope for scope in told if isinstance(scope, str)} if isinstance(told, list) else None


def _needed(client: HubSpotClient, portal_tables: PortalTables, granted: set[str]) -> Iterator[Finding]:
    for group, tables in tables_by_scopes(portal_tables).items():
        there = granted.intersection(group.names)
        if there == set(group.names) or (there and group.one_is_enough):
            yield Finding(str(group), True, f"Granted; {_list(tables)} can be read.")
        else:
            yield _tried(client, group, tables, there)


def _tried(client: HubSpotClient, group: Group, tables: list[Table], there: set[str]) -> Finding:
    """What is so where not all scopes of a group are granted: as an export will find it, where that can be tried."""
    if path := _path_of(group, tables):
        found = _asked(client, group, tables, path)
        return _not_granted(group, tables) if found.ok is False else found
    if there:
        told = (
            f"{' and '.join(sorted(there))} is granted; HubSpot does not say whether {_list(tables)} need the others."
        )
        return Finding(str(group), None, told)
    return _not_granted(group, tables)


def _probed(client: HubSpotClient, portal_tables: PortalTables) -> Iterator[Finding]:
    for group, tables in tables_by_scopes(portal_tables).items():
        path = _path_of(group, tables)
        if path is None:
            needs = _list(tables)
            yield Finding(
                str(group), None, f"Unknown until {needs} are exported: HubSpot has no small request to try it with."
            )
            continue
        yield _asked(client, group, tables, path)


def _of_unknown_scopes(client: HubSpotClient, portal_tables: PortalTables) -> Iterator[Finding]:
    """Types of which nobody knows the scopes, which HubSpot names when it is asked."""
    for tables in portal_tables.objects.values():
        if not tables.object_type.needs and tables.object_type.in_crm_objects_api:
            path = versions.path("objects", object_type=tables.object_type.object_type_id)
            yield _asked(client, Group((), tables.object_type.told), list(tables), path)


def _asked(client: HubSpotClient, group: Group, tables: list[Table], path: str) -> Finding:
    """What an answer to one small request says of a group of scopes; without scopes, of a type by its name."""
    name, needs = str(group) if group.names else group.part, _list(tables)
    try:
        client.get(path, {"limit": 1})
    except HubSpotError as error:
        types = [table.object_type.object_type_id for table in tables if table.object_type]
        names_a_type = path in [versions.path("objects", object_type=type_id) for type_id in types]
        try:
            reason = unavailable(error, is_everywhere=tables[0].is_everywhere, names_a_type=names_a_type)
        except HubSpotError:
            return Finding(name, False, str(error))
        if isinstance(error, MissingScopes) and group.names:
            return _not_granted(group, tables)
        if reason.mendable:
            return Finding(name, False, reason.message)
        return Finding(name, None, f"This portal does not have it ({error.status}): {needs} will be empty.")
    return Finding(name, True, f"{needs} can be read.")


def _not_granted(group: Group, tables: list[Table]) -> Finding:
    wanted = str(replace(group, part=""))
    lack = f"{group.part} will be missing in {_list(tables)}" if group.part else f"{_list(tables)} will be empty"
    return Finding(str(group), False, f"Not granted: {lack}. Grant {wanted} to the token in HubSpot.")


def _path_of(group: Group, tables: list[Table]) -> str | None:
    """The small request that HubSpot answers to a token with one of these scopes only."""
    if families := [_FAMILY_OF_SCOPE[name] for name in group.names if name in _FAMILY_OF_SCOPE]:
        return versions.path(families[0])
    types = [table.object_type for table in tables if table.object_type is not None and not group.part]
    for object_type in types:
        if set(group.names) != set(object_type.scopes):
            continue
        if object_type.in_crm_objects_api:
            return versions.path("objects", object_type=object_type.object_type_id)
        if endpoint := object_type.source.value.endpoint:
            return versions.path(endpoint)
    return None


def _daily_calls(client: HubSpotClient) -> Finding:
    told = account.calls_left(client)
    if told is None:
        return Finding("Daily calls", None, "HubSpot names no daily limit for this token.")
    left, limit = told.left, told.limit
    reset = f"; it resets at {told.resets_at}" if told.resets_at else ""
    if left <= 0:
        return Finding("Daily calls", False, f"None left of {limit:,}{reset}: export after that.")
    return Finding("Daily calls", True, f"{left:,} left of {limit:,}{reset}.")


def _list(tables: list[Table]) -> str:
    names = [table.name for table in tables]
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")
