"""Rows of EVENTS_<X>: one row for each occurrence, one column for each property.

Not here: the definitions of event types (`definitions.py`), the fields of email events (`email_event_fields.py`).
HubSpot defines the properties of custom events only, so those of the others are what the day's events carry.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import polars as pl

from hubspot_assets.catalog.columns import Column
from hubspot_assets.catalog.table import Table
from hubspot_assets.tables.frames import frame, text_of
from hubspot_assets.tables.properties import Property, property_columns
from hubspot_assets.tables.values import forms_of


def event_columns(table: Table, properties: Sequence[Property]) -> list[Column]:
    """EVENTTYPEID, ID, OBJECTTYPEID, OBJECTID, OCCURREDAT, PROPERTY_<name>..., INGESTEDAT."""
    return [*table.columns[:-1], *(p.column for p in property_columns(properties)), table.columns[-1]]


def event_frame(
    events: Sequence[Mapping[str, Any]],
    table: Table,
    event_type_id: str,
    properties: Sequence[Property],
    read_at: datetime,
    object_type_ids: Mapping[str, str],
) -> pl.DataFrame:
    """Rows of EVENTS_<X> with the columns of `event_columns`.

    HubSpot answers the object type of an event by its name: `object_type_ids` tells the id (`Portal.object_type_ids`).
    """
    own = frame((_own(event, event_type_id, object_type_ids) for event in events), table.columns, read_at)
    values = pl.DataFrame(
        [
            pl.Series(p.name, [text_of((event.get("properties") or {}).get(p.name)) for event in events], pl.String)
            for p in properties
        ]
    )
    forms = forms_of(values, {p.name: p.type for p in properties})
    cells = [
        (forms.unparsed if of.is_unparsed else forms.typed)[of.property.name].alias(of.column.name)
        for of in property_columns(properties)
    ]
    return pl.concat([own.drop("INGESTEDAT"), values.select(cells), own.select("INGESTEDAT")], how="horizontal")


def _own(event: Mapping[str, Any], event_type_id: str, object_type_ids: Mapping[str, str]) -> dict[str, Any]:
    object_type = str(event.get("objectType") or "")
    return {
        "EVENTTYPEID": event_type_id,
        "ID": event["id"],
        "OBJECTTYPEID": object_type_ids.get(object_type.upper(), object_type) or None,
        "OBJECTID": event.get("objectId"),
        "OCCURREDAT": event.get("occurredAt"),
    }
