"""The assets of `engagements` (0-4): notes, meetings, calls, emails, tasks, ... of the day as one object type.

Made of the tables of its kinds, which other steps have read: HubSpot is not asked again. Wiring only.
"""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from hubspot_assets.assets.object_types import internal_dependencies
from hubspot_assets.assets.specs import asset_out, output_name, step_name, waits_for
from hubspot_assets.catalog.contract import Contract
from hubspot_assets.catalog.object_types import ENGAGEMENT_KINDS, ObjectType
from hubspot_assets.lake import TableContent
from hubspot_assets.lake.resource import LakeResource
from hubspot_assets.tables.engagements import united, united_columns


def engagement_assets(object_type: ObjectType, contract: Contract) -> dg.AssetsDefinition:
    """The step that unites the kinds of engagements. A kind that could not be read is told as left out."""
    tables = contract.objects[object_type.object_type_id]
    kinds = [contract.objects[kind] for kind in ENGAGEMENT_KINDS if kind in contract.objects]
    made_of = {output_name(table): [list(kind)[position] for kind in kinds] for position, table in enumerate(tables)}
    keys = {name: {dg.AssetKey(t.key) for t in sources} for name, sources in made_of.items()}
    dependencies = internal_dependencies(tables)

    @dg.multi_asset(
        name=step_name(tables.wide, "unite"),
        outs={output_name(table): asset_out(table) for table in tables},
        ins=waits_for(table for sources in made_of.values() for table in sources),
        internal_asset_deps={name: dependencies[name] | keys[name] for name in dependencies},
        can_subset=True,
    )
    def _unite(context: dg.AssetExecutionContext, lake: LakeResource) -> Iterator[dg.Output[TableContent]]:
        day_folder, day = lake.lake(), context.partition_key
        for table in tables:
            if dg.AssetKey(table.key) not in context.selected_asset_keys:
                continue
            sources = {source.name: day_folder.manifest(source.name, day) for source in made_of[output_name(table)]}
            columns = united_columns(table, [manifest.columns for manifest in sources.values()])
            reasons = {name: manifest.unavailable for name, manifest in sources.items() if manifest.unavailable}
            left_out: dict[str, int] = {f"{name}: {reason.message}": 1 for name, reason in reasons.items()}
            frames = (
                united(frame, columns, object_type.object_type_id)
                for name in sources
                for frame in day_folder.read(name, day).collect_batches(maintain_order=True)
            )
            captured: Any = [manifest.captured for manifest in sources.values()]
            content = TableContent(
                columns=columns,
                frames=frames,
                # With no kind at all, an empty table must not pass as "no engagements".
                unavailable=next(iter(reasons.values())) if len(reasons) == len(sources) and reasons else None,
                left_out=left_out,
                captured_from=min((c.from_ for c in captured if c.from_), default=None),
                captured_to=max((c.to for c in captured if c.to), default=None),
            )
            yield dg.Output(content, output_name=output_name(table))

    return _unite
