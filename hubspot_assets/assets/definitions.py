"""The assets that say what a portal is made of: types, properties, association types, pipelines.

object_and_event_type_definitions -> property_definitions, association_definitions, pipelines -> pipeline_stages.
Wiring only. A part that HubSpot does not give to this token is left out and counted, so that the rest is there.
"""

from collections.abc import Iterable
from typing import Any

import dagster as dg
import polars as pl

from hubspot_assets.assets.whole_tables import Read, Rows, answer_or_reason, kept, whole_tables
from hubspot_assets.catalog.contract import Contract
from hubspot_assets.catalog.fixed_tables import (
    ASSOCIATION_DEFINITIONS,
    OBJECT_AND_EVENT_TYPE_DEFINITIONS,
    PIPELINE_STAGES,
    PIPELINES,
    PROPERTY_DEFINITIONS,
)
from hubspot_assets.catalog.object_types import ObjectType
from hubspot_assets.hubspot import HubSpotError, associations, events, pipelines, properties, schemas
from hubspot_assets.hubspot.errors import BadRequest
from hubspot_assets.hubspot.side_by_side import in_order
from hubspot_assets.resources import Reading
from hubspot_assets.tables import definitions
from hubspot_assets.tables.email_event_fields import email_event_definitions
from hubspot_assets.tables.frames import Row
from hubspot_assets.tables.source_fields import definitions_without_hubspots, field_definitions


def definition_assets(contract: Contract) -> list[dg.AssetsDefinition]:
    """The five definition tables of a portal."""
    types = OBJECT_AND_EVENT_TYPE_DEFINITIONS
    return [
        whole_tables("read_type_definitions", {types: ()}, _type_definitions(contract), begins=True),
        whole_tables(
            "read_property_definitions",
            {PROPERTY_DEFINITIONS: (types,)},
            _property_definitions(contract),
            inputs=[types],
        ),
        whole_tables(
            "read_association_definitions", {ASSOCIATION_DEFINITIONS: (types,)}, _association_definitions(contract)
        ),
        whole_tables("read_pipelines", {PIPELINES: (types,), PIPELINE_STAGES: (PIPELINES,)}, _pipelines(contract)),
    ]


def _type_definitions(contract: Contract) -> Read:
    def read(reading: Reading, *_: pl.LazyFrame) -> Rows:
        found = kept(reading, "custom objects", answer_or_reason(lambda: schemas.custom_objects(reading.client)))
        custom = {schema["objectTypeId"]: schema for schema in found}
        named = {definition["fullyQualifiedName"]: definition for definition in _custom_events(reading)}
        rows = [
            *(definitions.object_type_row(t, custom.pop(t.object_type_id, None)) for t in contract.portal.object_types),
            # What is not in the catalogue yet is defined all the same; its tables come with the next discovery.
            *(definitions.object_type_row(_custom_object(schema), schema) for schema in custom.values()),
            *(definitions.event_type_row(event, named.get(event.name)) for event in contract.portal.event_types),
        ]
        return {OBJECT_AND_EVENT_TYPE_DEFINITIONS: rows}

    return read


def _custom_object(schema: dict[str, Any]) -> ObjectType:
    labels = schema.get("labels") or {}
    return ObjectType(
        schema["objectTypeId"], schema.get("name") or "", labels.get("singular") or "", labels.get("plural") or ""
    )


def _custom_events(reading: Reading) -> list[dict[str, Any]]:
    answer = answer_or_reason(lambda: list(events.definitions(reading.client)))
    return kept(reading, "custom event types", answer)


def _property_definitions(contract: Contract) -> Read:
    def read(reading: Reading, *inputs: pl.LazyFrame) -> Rows:
        (types,) = inputs
        type_ids = types.filter(pl.col("METATYPE") == "object").select("OBJECTTYPEID").collect().to_series().to_list()
        by_api = {type_id: _fields(contract, type_id) for type_id in type_ids}
        in_crm = [type_id for type_id, fields in by_api.items() if not fields]
        answers = in_order(lambda t: answer_or_reason(lambda: properties.definitions(reading.client, t)), in_crm)
        found: dict[str, list[dict[str, Any]]] = {
            type_id: kept(reading, f"properties of {type_id}", answer) or _without_hubspots(contract, type_id, answer)
            for type_id, answer in zip(in_crm, answers, strict=True)
        }
        for event in _custom_events(reading):
            found[event.get("objectTypeId") or event["fullyQualifiedName"]] = event.get("properties") or []
        emails = {e.event_type_id: email_event_definitions(e.name) for e in contract.portal.event_types}
        everything = {**{type_id: fields for type_id, fields in (by_api | emails).items() if fields}, **found}
        return {
            PROPERTY_DEFINITIONS: _flat(
                definitions.property_rows(type_id, answer) for type_id, answer in everything.items()
            )
        }

    return read


def _fields(contract: Contract, object_type_id: str) -> list[dict[str, Any]]:
    object_type = contract.portal.object_type(object_type_id)
    return field_definitions(object_type.source) if object_type else []


def _without_hubspots(contract: Contract, object_type_id: str, answer: Any) -> list[dict[str, Any]]:
    """Definitions of what an API says by itself of a type, where HubSpot refuses its own."""
    object_type = contract.portal.object_type(object_type_id)
    if object_type is None or not isinstance(answer, HubSpotError):
        return []
    return definitions_without_hubspots(object_type.source)


def _association_definitions(contract: Contract) -> Read:
    pairs = list(contract.associations)

    def read(reading: Reading, *_: pl.LazyFrame) -> Rows:
        def ask(pair: tuple[str, str]) -> list[Row] | HubSpotError:
            return answer_or_reason(
                lambda: list(
                    definitions.association_rows(
                        *pair, associations.labels(reading.client, *pair), associations.types(reading.client, *pair)
                    )
                )
            )

        answers = in_order(ask, pairs)
        return {
            ASSOCIATION_DEFINITIONS: _flat(
                kept(reading, f"association types of {from_type} to {to_type}", answer)
                for (from_type, to_type), answer in zip(pairs, answers, strict=True)
            )
        }

    return read


def _pipelines(contract: Contract) -> Read:
    type_ids = [t.object_type_id for t in contract.portal.object_types if t.in_crm_objects_api]

    def read(reading: Reading, *_: pl.LazyFrame) -> Rows:
        def ask(type_id: str) -> list[dict[str, Any]] | HubSpotError:
            try:
                return pipelines.read(reading.client, type_id)
            except BadRequest:
                return []  # HubSpot's answer for a type that has no pipelines
            except HubSpotError as error:
                if not error.unavailable:
                    raise
                return error

        found = {
            type_id: kept(reading, f"pipelines of {type_id}", answer)
            for type_id, answer in zip(type_ids, in_order(ask, type_ids), strict=True)
        }
        return {
            PIPELINES: _flat(definitions.pipeline_rows(t, answer) for t, answer in found.items()),
            PIPELINE_STAGES: _flat(definitions.stage_rows(t, answer) for t, answer in found.items()),
        }

    return read


def _flat(groups: Iterable[Iterable[Row]]) -> list[Row]:
    return [row for group in groups for row in group]
