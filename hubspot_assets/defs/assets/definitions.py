"""The assets that say what a portal is made of: types, properties, association types, pipelines.

object_and_event_type_definitions -> property_definitions, association_definitions, pipelines -> pipeline_stages.
Wiring only. A part that HubSpot does not give to this token is told by its type, so that the rest is there and the
tables that are made of it can tell it, too.
"""

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

import dagster as dg
import polars as pl

from hubspot_assets.catalog.fixed_tables import (
    ASSOCIATION_DEFINITIONS,
    OBJECT_AND_EVENT_TYPE_DEFINITIONS,
    PIPELINE_STAGES,
    PIPELINES,
    PROPERTY_DEFINITIONS,
)
from hubspot_assets.catalog.object_types import ENGAGEMENTS, custom_object
from hubspot_assets.catalog.portal_tables import PortalTables
from hubspot_assets.catalog.scopes import NO_SCOPES
from hubspot_assets.concurrency import in_order
from hubspot_assets.defs.assets.small_tables import Read, Rows, small_tables_asset
from hubspot_assets.hubspot import associations, events, pipelines, properties, schemas
from hubspot_assets.hubspot.errors import BadRequest, NotAnswered, NotFound, Refused
from hubspot_assets.hubspot.http.parts import Parts
from hubspot_assets.lake import PartUnavailable
from hubspot_assets.reading.discovery import Asking, not_in_catalogue
from hubspot_assets.reading.reading import ABOUT_CUSTOM_EVENTS, Reading, answer_or_reason, kept
from hubspot_assets.reading.refusals import part_unavailable
from hubspot_assets.tables import definitions
from hubspot_assets.tables.email_event_fields import email_event_definitions
from hubspot_assets.tables.engagements import with_engagement_type
from hubspot_assets.tables.frames import Row
from hubspot_assets.tables.source_fields import definitions_without_hubspots, field_definitions

T = TypeVar("T")

"""What a refused part is about that touches every custom event type."""

#: Types that have pipelines in every portal: of any other, a 400 or a 404 says that it has none.
_HAVE_PIPELINES = frozenset({"0-3", "0-5"})


def definition_assets(portal_tables: PortalTables) -> list[dg.AssetsDefinition]:
    """The five definition tables of a portal."""
    types = OBJECT_AND_EVENT_TYPE_DEFINITIONS
    return [
        small_tables_asset("read_type_definitions", {types: ()}, _type_definitions(portal_tables)),
        small_tables_asset(
            "read_property_definitions",
            {PROPERTY_DEFINITIONS: (types,)},
            _property_definitions(portal_tables),
            inputs=[types],
        ),
        small_tables_asset(
            "read_association_definitions", {ASSOCIATION_DEFINITIONS: (types,)}, _association_definitions(portal_tables)
        ),
        small_tables_asset(
            "read_pipelines", {PIPELINES: (types,), PIPELINE_STAGES: (PIPELINES,)}, _pipelines(portal_tables)
        ),
    ]


def _type_definitions(portal_tables: PortalTables) -> Read:
    def read(reading: Reading, *_: pl.LazyFrame) -> Rows:
        parts = Parts(reading.client)
        answer = answer_or_reason(lambda: schemas.custom_objects(parts.client()), parts)
        found = kept(reading, "custom objects", answer, needs=OBJECT_AND_EVENT_TYPE_DEFINITIONS.scopes)
        custom = {schema["objectTypeId"]: schema for schema in found}
        reading.lacks(not_in_catalogue(portal_tables.portal, Asking(reading.client, parts), found))
        found_events = _custom_events(reading) if portal_tables.exports_events else []
        named = {definition["fullyQualifiedName"]: definition for definition in found_events}
        rows = [
            *(
                definitions.object_type_row(t, custom.pop(t.object_type_id, None))
                for t in portal_tables.portal.object_types
            ),
            # What is not in the catalogue yet is defined all the same; its tables come with the next discovery.
            *(definitions.object_type_row(custom_object(schema), schema) for schema in custom.values()),
            *(definitions.event_type_row(event, named.get(event.name)) for event in portal_tables.portal.event_types),
        ]
        return {OBJECT_AND_EVENT_TYPE_DEFINITIONS: rows}

    return read


def _custom_events(reading: Reading) -> list[dict[str, Any]]:
    parts = Parts(reading.client)
    answer = answer_or_reason(lambda: list(events.definitions(parts.client())), parts)
    return kept(reading, "definitions of custom events", answer, ABOUT_CUSTOM_EVENTS, PROPERTY_DEFINITIONS.scopes)


def _property_definitions(portal_tables: PortalTables) -> Read:
    def read(reading: Reading, *inputs: pl.LazyFrame) -> Rows:
        (types,) = inputs
        type_ids = types.filter(pl.col("METATYPE") == "object").select("OBJECTTYPEID").collect().to_series().to_list()
        type_ids = [type_id for type_id in type_ids if portal_tables.exports_type(type_id)]
        by_api = {type_id: _fields(portal_tables, type_id) for type_id in type_ids}
        in_crm = [type_id for type_id, fields in by_api.items() if not fields]
        lists: list[tuple[str, str, Refused]] = []
        groups: dict[str, list[dict[str, Any]] | Refused] = {}
        parts = Parts(reading.client)

        def ask(type_id: str) -> list[dict[str, Any]] | Refused:
            client = parts.client()

            def refused(which: str, error: Refused) -> None:
                lists.append((which, type_id, error))

            answer = answer_or_reason(lambda: properties.definitions(client, type_id, refused, parts), parts)
            if not isinstance(answer, Refused):
                groups[type_id] = answer_or_reason(lambda: properties.groups(client, type_id), parts)
            return answer

        found = {}
        for type_id, answer in zip(in_crm, _any_is_there(in_order(ask, in_crm)), strict=True):
            if isinstance(answer, Refused):
                reading.lacks([_of_type("properties of", portal_tables, type_id, answer)])
                found[type_id] = _without_hubspots(portal_tables, type_id)
            else:
                found[type_id] = answer
        _tell_lists(reading, portal_tables, lists)
        ungrouped = [answer for answer in groups.values() if isinstance(answer, Refused)]
        if ungrouped:
            reading.refused(
                f"display order of the property groups of {len(ungrouped)} object types", _telling(ungrouped)
            )
        for event in _custom_events(reading) if portal_tables.exports_events else ():
            found[event.get("objectTypeId") or event["fullyQualifiedName"]] = event.get("properties") or []
        emails = {e.event_type_id: email_event_definitions(e.name) for e in portal_tables.portal.event_types}
        if ENGAGEMENTS in type_ids:
            found[ENGAGEMENTS] = with_engagement_type(found.get(ENGAGEMENTS, []))
        everything = {**{type_id: fields for type_id, fields in (by_api | emails).items() if fields}, **found}
        return {
            PROPERTY_DEFINITIONS: _flat(
                definitions.property_rows(type_id, answer, _given(groups.get(type_id)))
                for type_id, answer in everything.items()
            )
        }

    return read


def _given(answer: Sequence[Row] | Refused | None) -> Sequence[Row]:
    return () if answer is None or isinstance(answer, Refused) else answer


def _any_is_there(answers: Iterable[list[T] | Refused]) -> list[list[T] | Refused]:
    """The answers. Raises the 404 where HubSpot has no other: then not the types are missing, but the API."""
    every = list(answers)
    if every and all(isinstance(answer, NotFound) for answer in every):
        raise next(answer for answer in every if isinstance(answer, NotFound))
    return every


def _of_type(what: str, portal_tables: PortalTables, type_id: str, error: Refused) -> PartUnavailable:
    """A part that is refused of one object type."""
    known = portal_tables.portal.object_type(type_id)
    part = part_unavailable(
        f"{what} {known.told if known else type_id}",
        error,
        (type_id,),
        known.needs if known else NO_SCOPES,
        is_everywhere=known is not None and known.is_in_every_portal,
    )
    can_be_mended = part.mendable and (known is None or known.has_public_api)
    return part.model_copy(update={"mendable": can_be_mended})


def _tell_lists(reading: Reading, portal_tables: PortalTables, lists: Iterable[tuple[str, str, Refused]]) -> None:
    """Tell which lists of property definitions are refused, beside the one of those that are exported."""
    sensitive: dict[str, list[Refused]] = {}
    for which, type_id, error in sorted(lists, key=lambda one: one[:2]):
        if "sensitive" in which:
            sensitive.setdefault(which, []).append(error)
        else:
            part = _of_type(f"{which} properties of", portal_tables, type_id, error)
            reading.lacks([part.model_copy(update={"about": (type_id, which)})])
    for which, errors in sensitive.items():
        error = _telling(errors)
        part = part_unavailable(f"definitions of {which} properties of {len(errors)} object types", error)
        # A scope for them would open values that no export may hold: nobody is told to grant it.
        message = error.told("values of such properties are never exported, so only their definitions are missing")
        told = {"message": message, "scopes": (), "mendable": False}
        reading.lacks([part if part.unanswered else part.model_copy(update=told)])


def _telling(errors: Sequence[Refused]) -> Refused:
    """Return what is told of several that are told as one: that HubSpot cannot answer keeps the day open."""
    return next((error for error in errors if isinstance(error, NotAnswered)), errors[0])


def _fields(portal_tables: PortalTables, object_type_id: str) -> list[dict[str, Any]]:
    object_type = portal_tables.portal.object_type(object_type_id)
    return field_definitions(object_type.source) if object_type else []


def _without_hubspots(portal_tables: PortalTables, object_type_id: str) -> list[dict[str, Any]]:
    """Definitions of what an API says by itself of a type, where HubSpot refuses its own."""
    object_type = portal_tables.portal.object_type(object_type_id)
    if object_type is None:
        return []
    return definitions_without_hubspots(object_type.source)


def _association_definitions(portal_tables: PortalTables) -> Read:
    pairs = list(portal_tables.associations)

    def read(reading: Reading, *_: pl.LazyFrame) -> Rows:
        unnamed: list[Refused] = []
        parts = Parts(reading.client)

        def ask(pair: tuple[str, str]) -> list[Row] | Refused:
            client = parts.client()

            def without_names(_: str, error: Refused) -> None:
                unnamed.append(error)

            return answer_or_reason(
                lambda: list(
                    definitions.association_rows(
                        *pair,
                        associations.labels(client, *pair),
                        associations.types(client, *pair, without_names, parts),
                    )
                ),
                parts,
            )

        answers = _any_is_there(in_order(ask, pairs))
        rows = _flat(
            kept(reading, f"association types of {_told(portal_tables, pair)}", answer, pair, tables.combined.scopes)
            for (pair, tables), answer in zip(portal_tables.associations.items(), answers, strict=True)
        )
        if unnamed:
            reading.refused(f"internal names of the association types of {len(unnamed)} pairs", _telling(unnamed))
        return {ASSOCIATION_DEFINITIONS: rows}

    return read


def _told(portal_tables: PortalTables, pair: tuple[str, str]) -> str:
    types = (portal_tables.portal.object_type(type_id) for type_id in pair)
    return " to ".join(known.told for known in types if known)


def _pipelines(portal_tables: PortalTables) -> Read:
    types = [t for t in portal_tables.portal.object_types if portal_tables.exports_type(t.object_type_id)]
    type_ids = [t.object_type_id for t in types if t.in_crm_objects_api]

    def read(reading: Reading, *_: pl.LazyFrame) -> Rows:
        parts = Parts(reading.client)

        def ask(type_id: str) -> list[dict[str, Any]] | Refused:
            answer = answer_or_reason(lambda: pipelines.read(parts.client(), type_id), parts)
            has_none = isinstance(answer, BadRequest | NotFound) and type_id not in _HAVE_PIPELINES
            return [] if has_none else answer

        found: dict[str, Sequence[dict[str, Any]]] = {}
        for type_id, answer in zip(type_ids, in_order(ask, type_ids), strict=True):
            if isinstance(answer, Refused):
                reading.lacks([_of_type("pipelines of", portal_tables, type_id, answer)])
            else:
                found[type_id] = answer
        return {
            PIPELINES: _flat(definitions.pipeline_rows(t, answer) for t, answer in found.items()),
            PIPELINE_STAGES: _flat(definitions.stage_rows(t, answer) for t, answer in found.items()),
        }

    return read


def _flat(groups: Iterable[Iterable[Row]]) -> list[Row]:
    return [row for group in groups for row in group]
