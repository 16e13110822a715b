"""The HubSpot check: is the token known, which portal is it, which scopes has it and which tables need them, what is
left of today's calls.

Here: one finding each. Not here: which table needs which scope (`catalog`), the API (`hubspot`).

HubSpot tells the scopes of a private app's token. Whether it does so for a service key is not documented; where it does
not, each object type is asked for one record, which tells the same at the price of some twenty calls.
"""

from collections.abc import Iterator

from hubspot_assets.catalog.contract import Contract
from hubspot_assets.catalog.object_types import Source
from hubspot_assets.catalog.table import Table
from hubspot_assets.connection.finding import Finding
from hubspot_assets.hubspot import HubSpotClient, HubSpotError, account, versions
from hubspot_assets.hubspot.errors import Forbidden, MissingScopes, NotFound, UnknownObjectType

_NAMED = 3

# The small requests that show a scope; an API that is not here has none (or wants more than a GET).
_FAMILY_OF_TABLE = {
    "OBJECT_AND_EVENT_TYPE_DEFINITIONS": "schemas",
    "OWNERS": "owners",
    "TEAMS": "settings_teams",
}
_FAMILY_OF_SOURCE = {
    Source.CONVERSATIONS: "conversations_threads",
    Source.FORMS: "forms",
    Source.MARKETING_EMAILS: "marketing_emails",
    Source.CAMPAIGNS: "campaigns",
    Source.MARKETING_EVENTS: "marketing_events",
    Source.BLOG_POSTS: "blog_posts",
}


def check_hubspot(client: HubSpotClient, access_token: str, contract: Contract) -> Iterator[Finding]:
    """Token, portal, region, scopes (one finding for each set of alternatives that tables need), daily calls.

    Five calls, or some twenty more where HubSpot does not tell the scopes. A call that fails is a finding, not raised.
    """
    try:
        portal = account.details(client)
    except HubSpotError as error:
        yield Finding("Token", False, str(error))
        return
    yield Finding("Token", True, "HubSpot knows the access token.")
    yield Finding(
        "Portal", True, f"{portal['portalId']}, {portal.get('accountType', 'of a type HubSpot does not tell')}."
    )
    yield Finding(
        "Region", True, f"{portal.get('dataHostingLocation', 'not told')}; {portal.get('timeZone', 'no time zone')}."
    )
    granted = _granted(client, access_token)
    if granted is None:
        yield Finding("Scopes", None, "HubSpot tells no scopes of this token: each type is asked for one record.")
        yield from _probed(client, contract)
    else:
        yield Finding("Scopes", True, f"{len(granted)} granted.")
        yield from _needed(contract, granted)
    yield _daily_calls(client)


def tables_by_scopes(contract: Contract) -> dict[tuple[str, ...], list[Table]]:
    """The scopes that tables need (alternatives: any one is enough) -> those tables, in the contract's order.

    Association tables are left out: they need nothing but what the tables of both their ends need.
    """
    needed: dict[tuple[str, ...], list[Table]] = {}
    for table in contract:
        if table.scopes and table.to_type is None:
            needed.setdefault(table.scopes, []).append(table)
    return needed


def _granted(client: HubSpotClient, access_token: str) -> set[str] | None:
    try:
        told = client.post(versions.path("access_token_info"), {"tokenKey": access_token}).get("scopes")
    except HubSpotError:
        return None
    return {scope for scope in told if isinstance(scope, str)} if isinstance(told, list) else None


def _needed(contract: Contract, granted: set[str]) -> Iterator[Finding]:
    for scopes, tables in tables_by_scopes(contract).items():
        name, needs = " or ".join(scopes), _list(tables)
        if granted.intersection(scopes):
            yield Finding(name, True, f"Granted; {needs} can be read.")
        else:
            yield Finding(name, False, f"Not granted: {needs} will be empty. Grant {name} to the token in HubSpot.")


def _probed(client: HubSpotClient, contract: Contract) -> Iterator[Finding]:
    for scopes, tables in tables_by_scopes(contract).items():
        name, needs = " or ".join(scopes), _list(tables)
        path = next((found for found in map(_path_of, tables) if found), None)
        if path is None:
            yield Finding(name, None, f"Seen only when {needs} are exported: HubSpot has no small request for it.")
            continue
        try:
            client.get(path, {"limit": 1})
            yield Finding(name, True, f"{needs} can be read.")
        except MissingScopes as error:
            wanted = " or ".join(error.scopes) or name
            yield Finding(name, False, f"Not granted: {needs} will be empty. Grant {wanted} to the token in HubSpot.")
        except (UnknownObjectType, NotFound, Forbidden) as error:
            yield Finding(name, None, f"This portal does not have it ({error.status}): {needs} will be empty.")
        except HubSpotError as error:
            yield Finding(name, False, str(error))


def _path_of(table: Table) -> str | None:
    if table.object_type is not None and table.object_type.in_crm_objects_api:
        return versions.path("objects", object_type=table.object_type.object_type_id)
    if table.object_type is not None:
        source = table.object_type.source
        return versions.path(_FAMILY_OF_SOURCE[source]) if source in _FAMILY_OF_SOURCE else None
    return versions.path(_FAMILY_OF_TABLE[table.name]) if table.name in _FAMILY_OF_TABLE else None


def _daily_calls(client: HubSpotClient) -> Finding:
    told = account.calls_left(client)
    if told is None:
        return Finding("Daily calls", None, "HubSpot tells no daily limit of this token.")
    left, limit = told.left, told.limit
    reset = f"; it resets at {told.resets_at}" if told.resets_at else ""
    if left <= 0:
        return Finding("Daily calls", False, f"None is left of {limit:,}{reset}: export after that.")
    return Finding("Daily calls", True, f"{left:,} left of {limit:,}{reset}.")


def _list(tables: list[Table]) -> str:
    names = [table.name for table in tables]
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")
