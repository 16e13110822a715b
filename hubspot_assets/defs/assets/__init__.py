"""The asset graph: one module per family of tables, made by factories from the contract. Wiring only, no logic."""

import dagster as dg

from hubspot_assets.catalog.portal_tables import PortalTables
from hubspot_assets.catalog.sources import Source
from hubspot_assets.defs.assets.associations import association_assets
from hubspot_assets.defs.assets.definitions import definition_assets
from hubspot_assets.defs.assets.engagements import engagement_assets
from hubspot_assets.defs.assets.events import event_assets
from hubspot_assets.defs.assets.export_day import export_day_asset
from hubspot_assets.defs.assets.lists import list_assets
from hubspot_assets.defs.assets.marketing_events import participation_assets
from hubspot_assets.defs.assets.object_types import object_type_assets
from hubspot_assets.defs.assets.people import people_assets
from hubspot_assets.defs.specs import asset_key


def all_assets(portal_tables: PortalTables) -> list[dg.AssetsDefinition]:
    """Every table of a portal as an asset, and the asset that closes the day."""
    object_type_ids = portal_tables.portal.object_type_ids
    exported = {asset_key(table) for table in portal_tables}
    every = [
        *definition_assets(portal_tables),
        *people_assets(),
        *(
            (engagement_assets if object_type.source is Source.ENGAGEMENT_KINDS else object_type_assets)(
                object_type, portal_tables
            )
            for object_type in (tables.object_type for tables in portal_tables.objects.values())
        ),
        *(association_assets(pair, portal_tables) for pair in portal_tables.pairs),
        *list_assets(),
        *participation_assets(portal_tables),
        *(
            event_assets(table.event_type, table, object_type_ids)
            for table in portal_tables.events.values()
            if table.event_type
        ),
    ]
    assets = [each for each in every if not exported.isdisjoint(each.keys)]
    return [*assets, export_day_asset(portal_tables, _last(assets))]


def _last(assets: list[dg.AssetsDefinition]) -> set[dg.AssetKey]:
    """The assets that no other is made of: when they are in, all are."""
    upstream = {key for each in assets for keys in each.asset_deps.values() for key in keys}
    return {key for each in assets for key in each.keys} - upstream
