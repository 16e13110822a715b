"""The asset graph: one module per family of tables, made by factories from the contract. Wiring only, no logic."""

import dagster as dg

from hubspot_assets.assets.definitions import definition_assets
from hubspot_assets.assets.export_day import export_day_asset
from hubspot_assets.assets.object_types import object_type_assets
from hubspot_assets.assets.people import people_assets
from hubspot_assets.catalog.contract import Contract


def all_assets(contract: Contract) -> list[dg.AssetsDefinition]:
    """Every table of a portal as an asset, and the asset that closes the day."""
    return [
        *definition_assets(contract),
        *people_assets(),
        *(
            object_type_assets(object_type, contract.objects[object_type.object_type_id])
            for object_type in contract.portal.object_types
        ),
        export_day_asset(contract),
    ]
