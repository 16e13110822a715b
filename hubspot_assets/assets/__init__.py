"""The asset graph: one module per family of tables, made by factories from the contract. Wiring only, no logic."""

import dagster as dg

from hubspot_assets.assets.associations import association_assets
from hubspot_assets.assets.definitions import definition_assets
from hubspot_assets.assets.engagements import engagement_assets
from hubspot_assets.assets.events import event_assets
from hubspot_assets.assets.export_day import export_day_asset
from hubspot_assets.assets.lists import list_assets
from hubspot_assets.assets.marketing_events import participation_assets
from hubspot_assets.assets.object_types import object_type_assets
from hubspot_assets.assets.people import people_assets
from hubspot_assets.catalog.contract import Contract
from hubspot_assets.catalog.object_types import Source


def all_assets(contract: Contract) -> list[dg.AssetsDefinition]:
    """Every table of a portal as an asset, and the asset that closes the day."""
    object_type_ids = contract.portal.object_type_ids
    tables = [
        *definition_assets(contract),
        *people_assets(),
        *(
            (engagement_assets if object_type.source is Source.ENGAGEMENT_KINDS else object_type_assets)(
                object_type, contract
            )
            for object_type in contract.portal.object_types
        ),
        *(association_assets(pair, contract) for pair in contract.pairs),
        *list_assets(),
        *participation_assets(contract),
        *(
            event_assets(table.event_type, table, object_type_ids)
            for table in contract.events.values()
            if table.event_type
        ),
    ]
    return [*tables, export_day_asset(contract, _last(tables))]


def _last(assets: list[dg.AssetsDefinition]) -> set[dg.AssetKey]:
    """The assets that no other is made of: when they are in, all are."""
    upstream = {key for each in assets for keys in each.asset_deps.values() for key in keys}
    return {key for each in assets for key in each.keys} - upstream
