"""What one portal has, asked at HubSpot: custom objects, further object types, event types, pairs of associated types.

`hubspot-assets discover` writes the answer to the portal catalogue, from which definitions load; the drift sensor
compares with it. Not here: the file (`catalog/portal.py`). Nothing of this runs at import.
"""

from itertools import combinations_with_replacement
from pathlib import Path
from typing import Any

from hubspot_assets import settings
from hubspot_assets.catalog.event_types import unlisted
from hubspot_assets.catalog.object_types import STANDARD_OBJECT_TYPES, ObjectType, further_type
from hubspot_assets.catalog.portal import EventType, Portal
from hubspot_assets.hubspot import HubSpotClient, HubSpotError, associations, events, limits, schemas
from hubspot_assets.hubspot.errors import BadRequest
from hubspot_assets.hubspot.limits import RecordCount
from hubspot_assets.hubspot.side_by_side import in_order


def discover(client: HubSpotClient) -> Portal:
    """Everything that a token can see of its portal, the standard types always included.

    Pairs are asked for among types that have records, one labels call each, on the associations' own rate budget.
    Raises HubSpotError, but not for a part that this plan or token does not have: then the portal has none of it.
    """
    counts = _counts(client)
    types = [*STANDARD_OBJECT_TYPES, *custom_objects(client)]
    types += _further_types(counts, {t.object_type_id for t in types})
    return Portal.of(types, event_types(client), _pairs(client, types, counts))


def load_portal() -> Portal:
    """The portal of the catalogue at HUBSPOT_CATALOG; the standard one where that is not set and no file is there.

    Asks nobody. Raises PortalCatalogueError with one sentence.
    """
    path = Path(settings.CATALOG.require())
    if str(path) == settings.DEFAULT_CATALOG and not path.exists():
        return Portal.standard()
    return Portal.load(path)


def discover_to_file() -> list[str]:
    """Discover the portal of the settings and replace the catalogue file; gives what is new and what has gone.

    Raises SettingError, HubSpotError, and PortalCatalogueError when the file can not be written.
    """
    path = Path(settings.CATALOG.require())
    portal = discover(HubSpotClient(settings.ACCESS_TOKEN.require(), settings.API_URL.require()))
    before = Portal.load(path) if path.exists() else Portal.standard()
    portal.save(path)
    return [
        f"{path}: {len(portal.object_types)} object types, {len(portal.event_types)} event types, "
        f"{len(portal.association_pairs)} pairs of associated types.",
        *differences(before, portal),
    ]


def differences(before: Portal, after: Portal) -> list[str]:
    """One line for each object type and event type that is new or gone."""
    lines = []
    for kind, old, new in (
        ("object type", _named_types(before), _named_types(after)),
        ("event type", _named_events(before), _named_events(after)),
    ):
        lines += [f"new {kind}: {new[key]}" for key in new.keys() - old.keys()]
        lines += [f"gone {kind}: {old[key]}" for key in old.keys() - new.keys()]
    return sorted(lines)


def _named_types(portal: Portal) -> dict[str, str]:
    return {t.object_type_id: f"{t.plural_label or t.name} ({t.object_type_id})" for t in portal.object_types}


def _named_events(portal: Portal) -> dict[str, str]:
    return {e.name: e.name for e in portal.event_types}


def custom_objects(client: HubSpotClient) -> list[ObjectType]:
    """The portal's custom objects."""
    try:
        found = schemas.custom_objects(client)
    except HubSpotError as error:
        return _nothing(error)
    return [_custom_object(schema) for schema in found]


def event_types(client: HubSpotClient) -> list[EventType]:
    """The portal's event types, HubSpot's own and its custom ones; those of marketing emails in any case."""
    try:
        names = events.types(client)
    except HubSpotError as error:
        names = _nothing(error)
    try:
        definitions = {str(d["fullyQualifiedName"]): d for d in events.definitions(client)}
    except HubSpotError as error:
        definitions = dict(_nothing(error))
    return [*(_event_type(name, definitions.get(name, {})) for name in names), *unlisted(names)]


def _counts(client: HubSpotClient) -> dict[str, RecordCount]:
    try:
        return limits.records(client)
    except HubSpotError as error:
        return dict(_nothing(error))


def _custom_object(schema: dict[str, Any]) -> ObjectType:
    labels = schema.get("labels") or {}
    return ObjectType(
        schema["objectTypeId"],
        schema.get("name") or "",
        labels.get("singular") or "",
        labels.get("plural") or "",
        ("crm.objects.custom.read",),
        fully_qualified_name=schema.get("fullyQualifiedName"),
        description=schema.get("description") or "",
    )


def _further_types(counts: dict[str, RecordCount], known: set[str]) -> list[ObjectType]:
    """Types that HubSpot counts records of and that are neither standard nor custom here, such as forecasts."""
    return [
        further_type(count.object_type_id, count.singular_label, count.plural_label)
        for count in counts.values()
        if count.object_type_id not in known
    ]


def _event_type(name: str, definition: dict[str, Any]) -> EventType:
    labels = definition.get("labels") or {}
    return EventType(
        name,
        definition.get("objectTypeId") or name,
        labels.get("singular") or "",
        definition.get("description") or "",
        tuple(p["name"] for p in definition.get("properties") or () if p.get("name")),
    )


def _pairs(client: HubSpotClient, types: list[ObjectType], counts: dict[str, RecordCount]) -> list[tuple[str, str]]:
    def has_records(object_type: ObjectType) -> bool:
        count = counts.get(object_type.object_type_id)
        return object_type.in_crm_objects_api and (count is None or count.records is None or count.records > 0)

    ids = [t.object_type_id for t in types if has_records(t)]
    candidates = list(combinations_with_replacement(ids, 2))

    def is_defined(pair: tuple[str, str]) -> bool:
        try:
            return bool(associations.labels(client, *pair))
        except BadRequest:
            return False  # HubSpot's answer for types that cannot be associated
        except HubSpotError as error:
            return bool(_nothing(error))

    return [pair for pair, defined in zip(candidates, in_order(is_defined, candidates), strict=True) if defined]


def _nothing(error: HubSpotError) -> list[Any]:
    """An empty list for a part that this portal, plan or token does not have; any other error is raised."""
    if not error.unavailable:
        raise error
    return []
