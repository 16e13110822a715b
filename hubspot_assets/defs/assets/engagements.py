"""The assets of `engagements` (0-4): notes, meetings, calls, emails, tasks, ... of the day as one object type.

Made of the tables of its kinds, which other steps have read: HubSpot is not asked again. Wiring only.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence

import dagster as dg
import polars as pl

from hubspot_assets.catalog.columns import Column
from hubspot_assets.catalog.object_types import ENGAGEMENT_KINDS, ObjectType
from hubspot_assets.catalog.portal_tables import ObjectTables, PortalTables
from hubspot_assets.catalog.table import HISTORY, Table
from hubspot_assets.defs.assets.object_types import column_lineage, internal_dependencies
from hubspot_assets.defs.columns import keeps_columns
from hubspot_assets.defs.kinds import Kind
from hubspot_assets.defs.lake_resource import LakeResource
from hubspot_assets.defs.resources import HubSpotResource
from hubspot_assets.defs.specs import asset_key, asset_out, is_selected, output_name, step_name, waits_for
from hubspot_assets.defs.step import step
from hubspot_assets.lake import Lake, Manifest, PartUnavailable, TableContent
from hubspot_assets.lake.manifest import Carried
from hubspot_assets.reading.refusals import Refusals
from hubspot_assets.tables.engagements import TYPE_COLUMN, TYPE_ROWS_OF, type_rows, united, united_columns


def engagement_assets(object_type: ObjectType, portal_tables: PortalTables) -> dg.AssetsDefinition:
    """The step that unites the kinds of engagements. What a kind lacks, and a kind that could not be read, is told."""
    tables = portal_tables.objects[object_type.object_type_id]
    kinds = [portal_tables.objects[kind] for kind in ENGAGEMENT_KINDS if kind in portal_tables.objects]
    made_of = {output_name(table): [list(kind)[position] for kind in kinds] for position, table in enumerate(tables)}
    keys = {name: {asset_key(t) for t in sources} for name, sources in made_of.items()}
    dependencies = internal_dependencies(tables)

    @step(
        Kind.SNAPSHOT,
        name=step_name(tables.wide, "unite"),
        outs={output_name(table): asset_out(table, column_lineage(tables, table)) for table in tables},
        ins=waits_for(table for sources in made_of.values() for table in sources),
        internal_asset_deps={name: dependencies[name] | keys[name] for name in dependencies},
        can_subset=True,
    )
    def _unite(
        context: dg.AssetExecutionContext,
        hubspot: HubSpotResource,
        lake: LakeResource,
    ) -> Iterator[dg.Output[TableContent]]:
        day_folder, day = lake.lake(), context.partition_key
        for table in tables:
            if not is_selected(context, table):
                continue
            sources = {source: day_folder.manifest(source.name, day) for source in made_of[output_name(table)]}
            columns = united_columns(table, [manifest.columns for manifest in sources.values()])
            parts = zip(kinds, sources, strict=True)
            frames = (
                united(frame, columns, object_type.object_type_id, own)
                for kind, source in parts
                for own, frame in _rows(day_folder, kind, source, day)
            )
            content = _content(columns, frames, sources)
            content.keeps_columns = keeps_columns(table, lake.settings())
            yield dg.Output(content, output_name=output_name(table))

    return _unite


def _rows(lake: Lake, kind: ObjectTables, source: Table, day: str) -> Iterator[tuple[str | None, pl.DataFrame]]:
    """The rows of one of a kind's tables, and behind them those of hs_engagement_type.

    With the kind's id, or None where it has that property itself.
    """
    wide, type_id = lake.read(kind.wide.name, day), kind.object_type.object_type_id
    names = wide.collect_schema().names()
    adds_type = TYPE_COLUMN not in names
    for frame in lake.read(source.name, day).collect_batches(maintain_order=True):
        yield type_id if adds_type else None, frame
    if adds_type and source.family == HISTORY:
        of_versions = source is not kind.properties
        for records in wide.select(n for n in TYPE_ROWS_OF if n in names).collect_batches(maintain_order=True):
            yield None, type_rows(records, source.columns, type_id, of_versions=of_versions)


def _content(
    columns: Sequence[Column], frames: Iterator[pl.DataFrame], sources: Mapping[Table, Manifest]
) -> TableContent:
    content = TableContent(columns=columns, frames=frames, carried=_carried(sources.values()))
    refusals = Refusals(content.left_out)
    content.parts_unavailable = refusals.parts
    reasons = [manifest.unavailable for manifest in sources.values() if manifest.unavailable]
    if reasons and len(reasons) == len(sources):
        # With no kind at all, an empty table must not pass as "no engagements".
        content.unavailable = next((reason for reason in reasons if reason.mendable), reasons[0])
    for source, manifest in sources.items():
        kind = source.object_type
        if manifest.unavailable and kind:
            told = manifest.unavailable.model_dump()
            refusals.add(PartUnavailable(part=kind.told, about=(kind.object_type_id,), **told))
        for part in manifest.parts_unavailable:
            refusals.add(part, count=0)
        for reason, count in manifest.left_out.items():
            if count:
                content.left_out[reason] = content.left_out.get(reason, 0) + count
    captured = [manifest.captured for manifest in sources.values()]
    content.captured_from = min((c.from_ for c in captured if c.from_), default=None)
    content.captured_to = max((c.to for c in captured if c.to), default=None)
    return content


def _carried(kinds: Collection[Manifest]) -> Carried | None:
    """Whose history is not of this day: of kinds that carry it from different days, the oldest counts."""
    carried = [kind.carried for kind in kinds if kind.carried]
    if not carried:
        return None
    return Carried(
        day=min(one.day for one in carried),
        records=sum(one.records for one in carried),
        read_whole=min(one.read_whole for one in carried),
    )
