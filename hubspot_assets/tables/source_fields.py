"""The fields of object types that an API of their own lists: they have no property definitions in HubSpot.

Their fields are declared here as properties, so that everything after reading treats all object types alike. Not here:
types of the CRM objects API, whose properties HubSpot defines.
"""

from typing import Any

from hubspot_assets.catalog.object_types import Source

#: Source -> field name -> HubSpot property type that describes its values.
FIELDS: dict[Source, dict[str, str]] = {}


def field_definitions(source: Source) -> list[dict[str, Any]]:
    """The fields of a source in the shape of HubSpot's property definitions; none for the CRM objects API."""
    return [
        {
            "name": name,
            "label": name,
            "type": type_,
            "hubspotDefined": True,
            "modificationMetadata": {"readOnlyDefinition": True},
            "dataSensitivity": "non_sensitive",
        }
        for name, type_ in FIELDS.get(source, {}).items()
    ]
