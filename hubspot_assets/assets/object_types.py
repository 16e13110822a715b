"""The assets of one object type: one step reads it once and writes its five tables.

objects_<x> -> objects/<x>, object_with_object_properties/<x>, object_properties_history/<x> -> object_properties/<x>.
Wiring only: reading is in `readers.py`, frames are in `tables`, files in `lake`. Not here: engagements (0-4), which
unites what other steps have read (`engagements.py`).
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timezone
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import dagster as dg
import polars as pl

from hubspot_assets.assets.readers import IDS_OF, reader
from hubspot_assets.assets.specs import asset_out, output_name
from hubspot_assets.catalog.columns import Column
from hubspot_assets.catalog.contract import Contract, ObjectTables
from hubspot_assets.catalog.fixed_tables import PROPERTY_DEFINITIONS
from hubspot_assets.catalog.object_types import ObjectType, Source
from hubspot_assets.catalog.table import Table
from hubspot_assets.hubspot import HubSpotError
from hubspot_assets.lake import TableContent, Unavailable
from hubspot_assets.lake.resource import LakeResource
from hubspot_assets.partitions import check_snapshot
from hubspot_assets.resources import HubSpotResource, Reading, unavailable
from hubspot_assets.tables import history, objects
from hubspot_assets.tables.properties import Property, exported_properties
from hubspot_assets.tables.spool import Chunk, Spool


def object_type_assets(object_type: ObjectType, contract: Contract) -> dg.AssetsDefinition:
    """The step that reads one object type. Its property list is that day's PROPERTY_DEFINITIONS."""
    tables = contract.objects[object_type.object_type_id]
    upstream = {"property_definitions": dg.AssetKey(PROPERTY_DEFINITIONS.key)}
    other = contract.objects.get(IDS_OF.get(object_type.source, ""))
    if other:
        upstream["ids"] = dg.AssetKey(other.ids.key)

    @dg.multi_asset(
        name=f"read_{tables.ids.key[-1]}",
        outs={output_name(table): asset_out(table) for table in tables},
        ins={name: dg.AssetIn(key) for name, key in upstream.items()},
        internal_asset_deps=internal_dependencies(tables, *upstream.values()),
        can_subset=True,
    )
    def _read(
        context: dg.AssetExecutionContext, hubspot: HubSpotResource, lake: LakeResource, **loaded: Any
    ) -> Iterator[dg.Output[TableContent]]:
        check_snapshot(context.partition_key)
        properties = exported_properties(loaded["property_definitions"], object_type.object_type_id)
        selected = [table for table in tables if dg.AssetKey(table.key) in context.selected_asset_keys]
        with_history = tables.history in selected or tables.properties in selected
        reading = hubspot.reading()
        if renamed := contract.renamed.get(object_type.object_type_id):
            # The manifest has one place for what a reader must know; nothing was left out for it.
            label = object_type.plural_label
            reading.leave_out(f"none: another type is called {label} too, so these tables are named {renamed}", 0)
        with TemporaryDirectory(prefix="hubspot-assets-") as directory:
            spool = Spool(Path(directory), properties)
            missing = _without_ids(lake, other, context.partition_key) or _crawl(
                reading, object_type, spool, with_history=with_history, ids=loaded.get("ids")
            )
            for table in selected:
                columns, rows = columns_and_rows(tables, table, properties)
                frames = (rows(chunk) for chunk in spool.chunks())
                yield dg.Output(reading.content(columns, frames, missing), output_name=output_name(table))

    return _read


def internal_dependencies(tables: ObjectTables, *upstream: dg.AssetKey) -> dict[str, set[dg.AssetKey]]:
    """What each of the five tables is made of, by output name."""
    wide, history_key = dg.AssetKey(tables.wide.key), dg.AssetKey(tables.history.key)
    return {
        output_name(tables.wide): set(upstream),
        output_name(tables.ids): {wide},
        output_name(tables.with_object_properties): {wide},
        output_name(tables.history): {wide},
        output_name(tables.properties): {wide, history_key},
    }


def _crawl(
    reading: Reading, object_type: ObjectType, spool: Spool, *, with_history: bool, ids: pl.LazyFrame | None
) -> Unavailable | None:
    """Read every record of a type into the spool; says why when HubSpot does not give them to this token or plan."""
    read = reader(object_type.source)
    try:
        for page in read(reading, object_type, spool.properties, with_history=with_history, ids=ids):
            spool.add(page.records, page.read_at)
            for reason, count in page.left_out.items():
                reading.leave_out(reason, count)
    except HubSpotError as error:
        # A type that could be read a moment ago is not unavailable: half of it must not pass as all of it.
        if spool.records:
            raise
        return _not_given(object_type, unavailable(error))
    finally:
        reading.finished_at = datetime.now(timezone.utc)
    return None


def _without_ids(lake: LakeResource, other: ObjectTables | None, day: str) -> Unavailable | None:
    """Why a type that is read by another type's ids can not be read: those ids could not, and are not "none"."""
    reason = lake.lake().manifest(other.ids.name, day).unavailable if other else None
    if other is None or reason is None:
        return None
    told = f"It is read by the ids of {other.ids.name}, which could not be read: {reason.message}"
    return Unavailable(status=reason.status, message=told, scopes=reason.scopes)


def _not_given(object_type: ObjectType, reason: Unavailable) -> Unavailable:
    if object_type.source is not Source.NONE_KNOWN:
        return reason
    tried = f"No public API of HubSpot is known to list this object type; it was asked for once by id. {reason.message}"
    return Unavailable(status=reason.status, message=tried, scopes=reason.scopes)


def columns_and_rows(
    tables: ObjectTables, table: Table, properties: Sequence[Property]
) -> tuple[Sequence[Column], Callable[[Chunk], pl.DataFrame]]:
    """The columns of one of the five tables, and what makes its rows of a chunk."""
    object_type = tables.object_type
    type_id = object_type.object_type_id
    if table is tables.wide:
        return objects.wide_columns(table, properties), lambda chunk: objects.wide(chunk, type_id, properties)
    rows: dict[str, Callable[[Chunk], pl.DataFrame]] = {
        tables.ids.name: lambda chunk: objects.ids(chunk, type_id),
        tables.with_object_properties.name: lambda chunk: objects.with_object_properties(chunk, type_id, properties),
        tables.properties.name: lambda chunk: history.current(chunk, type_id, properties),
        tables.history.name: lambda chunk: history.history(chunk, type_id, properties, object_type.version_cap),
    }
    return table.columns, rows[table.name]
