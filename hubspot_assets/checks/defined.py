"""Which properties and columns a day defines and has, and what it lacks. Not here: what must be so (`rules.py`)."""

from hubspot_assets.catalog.object_types import ENGAGEMENT_KINDS
from hubspot_assets.catalog.portal_tables import ObjectTables
from hubspot_assets.catalog.sources import Source
from hubspot_assets.checks.day import Day
from hubspot_assets.lake import Manifest
from hubspot_assets.tables.properties import exported_properties, property_columns
from hubspot_assets.tables.stage_properties import stage_properties

_PROPERTY = "PROPERTY_"


def is_engagements(tables: ObjectTables) -> bool:
    return tables.object_type.source is Source.ENGAGEMENT_KINDS


def exported_kinds(day: Day) -> list[str]:
    """Return the kinds of engagements that are exported and could be read."""
    exported = (day.portal_tables.objects[kind] for kind in ENGAGEMENT_KINDS if kind in day.portal_tables.objects)
    return [kind.object_type.object_type_id for kind in exported if kind.wide.name in day.whole]


def properties_of(day: Day, type_ids: list[str], *, with_stages: bool = False) -> tuple[set[str], set[str]]:
    """Return the names of the exported properties of some types, and the columns they become.

    `with_stages`: those included that records may have of their pipeline stages without a definition.
    """
    names: set[str] = set()
    columns: set[str] = set()
    for type_id in type_ids:
        definitions = day.property_definitions.lazy()
        properties = exported_properties(definitions, type_id)
        if with_stages:
            properties += stage_properties(day.pipeline_stages.lazy(), definitions, type_id)
        names.update(p.name for p in properties)
        columns.update(p.column.name for p in property_columns(properties))
    return names, columns


def property_columns_of(day: Day, table: str) -> set[str]:
    return {column.name for column in day.manifests[table].columns if column.name.startswith(_PROPERTY)}


def parts_lacking(manifest: Manifest | None) -> set[tuple[str, ...]]:
    """Return what the parts are about that a table lacks."""
    return {part.about for part in manifest.parts_unavailable} if manifest else set()
