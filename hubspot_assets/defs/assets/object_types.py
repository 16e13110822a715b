"""The assets of one object type: one step reads it once and writes its six tables, all while it reads.

objects_<x> -> objects/<x>, object_with_object_properties/<x>, object_properties_history/<x> -> object_properties/<x>.
Properties are those of the day's definitions, and those of the day's pipeline stages that any record has.
Wiring only: reading is in `reading/carry_forward.py`, how tables are made meanwhile in `reading/one_pass.py`, frames
are in `tables`, files in `lake`. Not here: engagements (0-4), which unites what other steps have read
(`engagements.py`).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import dagster as dg
import polars as pl

from hubspot_assets.catalog.columns import Column
from hubspot_assets.catalog.fixed_tables import PIPELINE_STAGES, PROPERTY_DEFINITIONS
from hubspot_assets.catalog.names import type_name
from hubspot_assets.catalog.object_types import ObjectType
from hubspot_assets.catalog.portal_tables import ObjectTables, PortalTables
from hubspot_assets.catalog.table import Table
from hubspot_assets.defs.columns import keeps_columns
from hubspot_assets.defs.holding import held_by_run
from hubspot_assets.defs.kinds import Kind
from hubspot_assets.defs.lake_resource import LakeResource
from hubspot_assets.defs.resources import HubSpotResource
from hubspot_assets.defs.specs import Lineage, asset_key, asset_out, is_selected, output_name, same_columns, step_name
from hubspot_assets.defs.step import step
from hubspot_assets.lake import Lake, PartUnavailable, TableContent, Unavailable
from hubspot_assets.lake.uploaded import UploadedTable
from hubspot_assets.reading.carry_forward import Records
from hubspot_assets.reading.memory_slots import MemorySlot
from hubspot_assets.reading.one_pass import OnePass, Rows
from hubspot_assets.reading.readers import ReadRequest
from hubspot_assets.reading.refusals import lacking
from hubspot_assets.scratch import scratch_directory
from hubspot_assets.tables import history, objects
from hubspot_assets.tables.chunks import Chunk
from hubspot_assets.tables.properties import Property, exported_properties
from hubspot_assets.tables.stage_properties import stage_properties


def object_type_assets(object_type: ObjectType, portal_tables: PortalTables) -> dg.AssetsDefinition:
    """The step that reads one object type. Its property list is that day's PROPERTY_DEFINITIONS."""
    tables = portal_tables.objects[object_type.object_type_id]
    upstream = {"property_definitions": asset_key(PROPERTY_DEFINITIONS)}
    if object_type.in_crm_objects_api:
        upstream["pipeline_stages"] = asset_key(PIPELINE_STAGES)
    other = portal_tables.objects.get(object_type.source.value.read_by or "")
    if other:
        upstream["ids"] = asset_key(other.ids)

    @step(
        Kind.SNAPSHOT,
        name=step_name(tables.wide),
        outs={output_name(table): asset_out(table, column_lineage(tables, table)) for table in tables},
        ins={name: dg.AssetIn(key) for name, key in upstream.items()},
        internal_asset_deps=internal_dependencies(tables, *upstream.values()),
        can_subset=True,
    )
    def _read(
        context: dg.AssetExecutionContext, hubspot: HubSpotResource, lake: LakeResource, **loaded: Any
    ) -> Iterator[dg.Output[TableContent | UploadedTable]]:
        definitions, stages = loaded["property_definitions"], loaded.get("pipeline_stages")
        properties = exported_properties(definitions, object_type.object_type_id)
        of_stages = stage_properties(stages, definitions, object_type.object_type_id) if stages is not None else []
        selected = [table for table in tables if is_selected(context, table)]
        # Without properties there is no history of any, and none to be carried forward.
        of_history = (tables.history, tables.properties, tables.sources)
        with_history = bool(properties) and any(table in selected for table in of_history)
        reading = hubspot.reading()
        if renamed := portal_tables.renamed.get(object_type.object_type_id):
            usual = type_name(object_type)
            reading.note(f"Another type's tables are named {usual}, so these are named {renamed}.")
        asked = ReadRequest(reading, object_type, [*properties, *of_stages], with_history, loaded.get("ids"))

        settings = lake.settings()

        def rows_of(table: Table, properties: Sequence[Property]) -> Rows:
            return Rows(table.name, *columns_and_rows(tables, table, properties), keeps_columns(table, settings))

        # Which properties of stages there are is known when all was read, and only the wide table has them as columns.
        is_late = [tables.wide] if of_stages and tables.wide in selected else []
        at_once = {table.name: rows_of(table, sorted(asked.properties)) for table in selected if table not in is_late}
        day, run = context.partition_key, context.run.run_id
        with (
            scratch_directory() as directory,
            MemorySlot() as turn,
            held_by_run(lake.lake(), day, run, context.instance) as held,
            OnePass(held, day, at_once, directory, of_stages, of_values=bool(is_late)) as one_pass,
            Records(asked, tables, selected, held, day, directory, turn, one_pass) as records,
        ):
            missing = _without_ids(lake, other, day) or records.read(definitions, stages)
            one_pass.end()
            turn.give_back()
            if missing is None:
                reading.lacks(_lacks(held, day, object_type, has_stages=stages is not None))
            properties = sorted([*properties, *one_pass.filled])
            for table in selected:
                told = reading.content(table.columns, (), missing)
                told.carried = records.carried if table in of_history else None
                yield dg.Output(
                    _written(told, one_pass, table, rows_of(table, properties)), output_name=output_name(table)
                )

    return _read


def _written(told: TableContent, one_pass: OnePass, table: Table, rows: Rows) -> TableContent | UploadedTable:
    """A table as it goes to the lake: uploaded already, or with the rows that are still to be made."""
    uploaded = one_pass.uploaded.pop(table.name, None)
    if uploaded is None:
        written = rows.content(map(rows.of_chunk, one_pass.chunks()))
        return replace(told, columns=written.columns, frames=written.frames, keeps_columns=rows.keeps_columns)
    return replace(uploaded, content=replace(told, columns=uploaded.content.columns))


def _lacks(lake: Lake, day: str, object_type: ObjectType, *, has_stages: bool) -> list[PartUnavailable]:
    """What the tables of a type lack because HubSpot refused what they are made by."""
    about, told = (object_type.object_type_id,), object_type.told
    parts = lacking(lake.manifest(PROPERTY_DEFINITIONS.name, day), about, f"properties of {told}")
    if has_stages:
        undefined = f"properties of the pipeline stages of {told} that HubSpot does not define (hs_v2_...)"
        of_stages = lacking(lake.manifest(PIPELINE_STAGES.name, day), about, undefined)
        parts += [part.model_copy(update={"part": undefined}) for part in of_stages]
    return parts


def column_lineage(tables: ObjectTables, table: Table) -> Lineage:
    """Which columns of one of the tables of a type are those of another."""
    if table is tables.wide:
        return {}
    of_history = table in (tables.properties, tables.sources)
    return same_columns(table, tables.history if of_history else tables.wide)


def internal_dependencies(tables: ObjectTables, *upstream: dg.AssetKey) -> dict[str, set[dg.AssetKey]]:
    """What each of the six tables is made of, by output name."""
    wide, history_key = asset_key(tables.wide), asset_key(tables.history)
    return {
        output_name(tables.wide): set(upstream),
        output_name(tables.ids): {wide},
        output_name(tables.with_object_properties): {wide},
        output_name(tables.history): {wide},
        output_name(tables.properties): {wide, history_key},
        output_name(tables.sources): {wide, history_key},
    }


def _without_ids(lake: LakeResource, other: ObjectTables | None, day: str) -> Unavailable | None:
    """Why a type that is read by another type's ids cannot be read: those ids could not, and are not "none"."""
    reason = lake.lake().manifest(other.ids.name, day).unavailable if other else None
    if other is None or reason is None:
        return None
    told = f"It is read with the ids from {other.ids.name}, which could not be read: {reason.message}"
    return reason.model_copy(update={"message": told})


def columns_and_rows(
    tables: ObjectTables, table: Table, properties: Sequence[Property]
) -> tuple[Sequence[Column], Callable[[Chunk], pl.DataFrame]]:
    """The columns of one of the six tables, and what makes its rows of a chunk."""
    object_type = tables.object_type
    type_id = object_type.object_type_id
    if table is tables.wide:
        return objects.wide_columns(table, properties), lambda chunk: objects.wide(chunk, type_id, properties)
    rows: dict[str, Callable[[Chunk], pl.DataFrame]] = {
        tables.ids.name: lambda chunk: objects.ids(chunk, type_id),
        tables.with_object_properties.name: lambda chunk: objects.with_object_properties(chunk, type_id, properties),
        tables.properties.name: lambda chunk: history.current(chunk, type_id, properties),
        tables.history.name: lambda chunk: history.history(chunk, type_id, properties, object_type.version_cap),
        tables.sources.name: lambda chunk: history.sources(chunk, type_id, properties, object_type.version_cap),
    }
    return table.columns, rows[table.name]
