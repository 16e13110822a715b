"""Which of HubSpot's APIs reads an object type: the one place that ties a type's source to a reader.

A reader yields pages of records with an id, properties and times, whatever API they come from, so that everything
after it treats all types alike. Not here: the APIs (`hubspot`), how their answers become records (`tables`).
"""

from collections.abc import Iterator, Sequence
from typing import Protocol

from hubspot_assets.catalog.object_types import ObjectType, Source
from hubspot_assets.hubspot import objects
from hubspot_assets.resources import Reading
from hubspot_assets.tables.properties import Property


class Reader(Protocol):
    """Reads every record of a type. Raises HubSpotError; `.unavailable` tells a type that can not be read here."""

    def __call__(
        self, reading: Reading, object_type: ObjectType, properties: Sequence[Property], with_history: bool
    ) -> Iterator[objects.Page]: ...


def crm_objects(
    reading: Reading, object_type: ObjectType, properties: Sequence[Property], with_history: bool
) -> Iterator[objects.Page]:
    """The CRM objects API, by type id."""
    names = [p.name for p in properties]
    return objects.pages(reading.client, object_type.object_type_id, names, with_history=with_history)


_READERS: dict[Source, Reader] = {
    Source.CRM_OBJECTS: crm_objects,
    # No public API is known for these; asking once by type id records what HubSpot says.
    Source.NONE_KNOWN: crm_objects,
}


def reader(object_type: ObjectType) -> Reader:
    """The reader of a type."""
    return _READERS[object_type.source]
