"""The columns of a table as far as they are known before a day of it is exported.

For the graph and the dictionary. What a day's table really has is in its manifest and follows from that day's
definitions. Not here: the properties themselves (`catalog` has those that were discovered).
"""

from hubspot_assets.catalog.columns import Column
from hubspot_assets.catalog.object_types import ObjectType
from hubspot_assets.catalog.table import Table
from hubspot_assets.tables.email_event_fields import email_event_properties
from hubspot_assets.tables.events import event_columns
from hubspot_assets.tables.objects import wide_columns
from hubspot_assets.tables.properties import Property
from hubspot_assets.tables.source_fields import field_definitions


def known_columns(table: Table) -> list[Column]:
    """Return the fixed columns of a table, and those of properties that were discovered or that an API always has.

    Of properties that a portal gave its custom events, the types are not known: they come with the first day.
    """
    if not table.with_properties:
        return list(table.columns)
    if table.event_type:
        return event_columns(table, email_event_properties(table.event_type.name))
    return wide_columns(table, known_properties(table.object_type) if table.object_type else ())


def known_properties(object_type: ObjectType) -> list[Property]:
    """Return the properties of a type that are known without a day, by name."""
    declared = field_definitions(object_type.source)
    if declared:
        return sorted(Property(field["name"], field["type"], field["label"]) for field in declared)
    return [Property(known.name, known.type, known.label) for known in object_type.properties]
