"""Has the portal got types or pairs of types that the loaded catalogue does not know, or lost some?

Definitions load from the portal catalogue and ask HubSpot nothing, so a new custom object or event type has no tables
until `hubspot-assets discover` ran. Three calls tell, and one for each pair that would be news; the sensor makes them
once a day without a run (`sensors.py`). Not here: discovery itself (`reading/discovery.py`), which asks for every pair
of types: which of HubSpot's own types are associated does not change, so that only pairs of custom objects are compared
here.
"""

from dataclasses import replace
from typing import Any

import dagster as dg

from hubspot_assets.catalog.event_types import unlisted
from hubspot_assets.catalog.object_types import custom_object
from hubspot_assets.catalog.portal import EventType, Portal
from hubspot_assets.defs.assets.export_day import EXPORT_DAY
from hubspot_assets.defs.declaring import keyed, with_resources_of_portal
from hubspot_assets.defs.markdown import listed
from hubspot_assets.defs.resources import HubSpotResource
from hubspot_assets.hubspot import HubSpotClient
from hubspot_assets.reading.differences import differences
from hubspot_assets.reading.discovery import Asking, Pair, further_types, pairs_of_schemas
from hubspot_assets.reading.known_types import has_records

CATALOGUE_IS_CURRENT = dg.AssetCheckKey(EXPORT_DAY, "portal_catalogue_is_current")


def catalogue_check(portal: Portal) -> dg.AssetChecksDefinition:
    """`portal_catalogue_is_current`: the loaded portal has the types that HubSpot has now."""

    @dg.asset_check(
        asset=keyed(EXPORT_DAY),
        name=CATALOGUE_IS_CURRENT.name,
        description="The loaded portal catalogue has the portal's custom objects, further object types, event types "
        "and associated types. If it does not, run `hubspot-assets discover`.",
    )
    @with_resources_of_portal
    def _check(hubspot: HubSpotResource) -> dg.AssetCheckResult:
        return catalogue_result(portal, hubspot.reading().client)

    return _check


def catalogue_result(portal: Portal, client: HubSpotClient) -> dg.AssetCheckResult:
    """Compares a loaded portal with what HubSpot has now.

    What HubSpot refuses to tell is not compared, and `not_compared` says why. Raises HubSpotError.
    """
    now, not_compared = portal_now(portal, client)
    drift = differences(portal, now)
    description = "The portal catalogue is up to date."
    if drift:
        description = f"{'; '.join(drift)}. To export what the portal has now, run `hubspot-assets discover`."
    metadata: dict[str, Any] = {"object_types": len(portal.object_types), "event_types": len(portal.event_types)}
    if drift:
        metadata["drift"] = listed(drift)
    if not_compared:
        metadata["not_compared"] = listed(not_compared)
    return dg.AssetCheckResult(
        passed=not drift,
        severity=dg.AssetCheckSeverity.WARN,
        description=description,
        metadata=metadata,
    )


def portal_now(portal: Portal, client: HubSpotClient) -> tuple[Portal, list[str]]:
    """The loaded portal with what HubSpot has now, and what HubSpot refuses to tell and why, which stays as it was."""
    asking = Asking(client)
    types = {t.object_type_id: t for t in portal.object_types}
    custom, counts = asking.custom_objects(), asking.counts() or {}
    if custom is not None:
        types = {key: t for key, t in types.items() if not t.is_custom}
        types |= {t.object_type_id: t for t in map(custom_object, custom)}
    # Counts tell which types there are, not which have gone: HubSpot does not count every type.
    types |= {t.object_type_id: t for t in further_types(counts, types) if not t.is_custom}
    known = {event.name: event for event in portal.event_types}
    names = asking.event_names()
    if names is not None:
        # Marketing emails have events that HubSpot does not list.
        names = [*names, *(event.name for event in unlisted(names) if event.name in known)]
    found_events = tuple(known.get(name, EventType(name, name)) for name in (known if names is None else names))
    pairs = set(portal.association_pairs)
    if custom is not None:
        told = pairs_of_schemas(custom)
        there = {pair for pair in told if all(end in types and has_records(types[end], counts) for end in pair)}
        untold = {pair for pair in pairs - told if _is_of_custom_objects(pair) and set(pair) <= types.keys()}
        asked = asking.associated(sorted((there - pairs) | untold), types)
        pairs |= {pair for pair, is_there in asked.items() if is_there}
        pairs -= {pair for pair, is_there in asked.items() if is_there is False}
    now = replace(
        portal,
        object_types=tuple(types.values()),
        event_types=found_events,
        association_pairs=tuple(sorted(pairs)),
    )
    return now, [f"{part.part}: {part.message}" for part in asking.refused]


def _is_of_custom_objects(pair: Pair) -> bool:
    return any(type_id.startswith("2-") for type_id in pair)
