"""Has the portal got types that the loaded catalogue does not know, or lost some? As a check of `export_day`.

Definitions load from the portal catalogue and ask HubSpot nothing, so a new custom object or event type has no tables
until `hubspot-assets discover` ran. Three calls tell; the sensor makes them once a day without a run (`sensors.py`).
Not here: discovery itself (`hubspot_assets.discovery`), which also asks for every pair of associated types.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

import dagster as dg

from hubspot_assets.assets.export_day import EXPORT_DAY
from hubspot_assets.catalog.event_types import unlisted
from hubspot_assets.catalog.object_types import ObjectType
from hubspot_assets.catalog.portal import EventType, Portal
from hubspot_assets.discovery import differences
from hubspot_assets.hubspot import HubSpotClient, HubSpotError, events, limits, schemas
from hubspot_assets.resources import HubSpotResource

CATALOGUE_IS_CURRENT = dg.AssetCheckKey(EXPORT_DAY, "portal_catalogue_is_current")

T = TypeVar("T")


def catalogue_check(portal: Portal) -> dg.AssetChecksDefinition:
    """`portal_catalogue_is_current`: the loaded portal has the types that HubSpot has now."""

    @dg.asset_check(
        asset=EXPORT_DAY,
        name=CATALOGUE_IS_CURRENT.name,
        description="The custom objects, further object types and event types of the portal are those of the loaded "
        "portal catalogue. If not, run `hubspot-assets discover`.",
    )
    def _check(hubspot: HubSpotResource) -> dg.AssetCheckResult:
        return catalogue_result(portal, hubspot.reading().client)

    return _check


def catalogue_result(portal: Portal, client: HubSpotClient) -> dg.AssetCheckResult:
    """Compares a loaded portal with what HubSpot has now.

    What this plan or token does not have is not compared, and `not_compared` says why. Raises HubSpotError.
    """
    now, not_compared = portal_now(portal, client)
    drift = differences(portal, now)
    description = "The portal has the types of the portal catalogue."
    if drift:
        description = f"{'; '.join(drift)}. To export what the portal has now, run `hubspot-assets discover`."
    metadata: dict[str, Any] = {"object_types": len(portal.object_types), "event_types": len(portal.event_types)}
    if drift:
        metadata["drift"] = dg.MetadataValue.md("\n".join(f"- {line}" for line in drift))
    if not_compared:
        metadata["not_compared"] = dg.MetadataValue.md("\n".join(f"- {line}" for line in not_compared))
    return dg.AssetCheckResult(
        asset_key=EXPORT_DAY,
        check_name=CATALOGUE_IS_CURRENT.name,
        passed=not drift,
        severity=dg.AssetCheckSeverity.WARN,
        description=description,
        metadata=metadata,
    )


def portal_now(portal: Portal, client: HubSpotClient) -> tuple[Portal, list[str]]:
    """The loaded portal with the types that HubSpot has now, and what could not be asked for and why."""
    not_compared: list[str] = []

    def told(what: str, ask: Callable[[], T], otherwise: T) -> T:
        try:
            return ask()
        except HubSpotError as error:
            if not error.unavailable:
                raise
            not_compared.append(f"{what}: {error}")
            return otherwise

    types = {t.object_type_id: t for t in portal.object_types}
    custom = told("custom objects", lambda: [_custom(s) for s in schemas.custom_objects(client)], None)
    if custom is not None:
        types = {key: t for key, t in types.items() if not t.is_custom} | {t.object_type_id: t for t in custom}
    counts: dict[str, limits.RecordCount] = told("further object types", lambda: limits.records(client), {})
    for count in counts.values():
        # Counts tell which types there are, not which have gone: HubSpot does not count every type.
        if not count.object_type_id.startswith("2-"):
            further = ObjectType(count.object_type_id, "", count.singular_label or "", count.plural_label or "")
            types.setdefault(count.object_type_id, further)
    known = {event.name: event for event in portal.event_types}
    names = told("event types", lambda: events.types(client), list(known))
    # Marketing emails have events that HubSpot does not list.
    names = [*names, *(event.name for event in unlisted(names) if event.name in known)]
    found_events = tuple(known.get(name, EventType(name, name)) for name in names)
    return replace(portal, object_types=tuple(types.values()), event_types=found_events), not_compared


def _custom(schema: dict[str, object]) -> ObjectType:
    labels = schema.get("labels")
    labels = labels if isinstance(labels, dict) else {}
    return ObjectType(
        str(schema["objectTypeId"]),
        str(schema.get("name") or ""),
        labels.get("singular") or "",
        labels.get("plural") or "",
    )
