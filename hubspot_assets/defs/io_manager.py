"""The IO manager: what an asset returns becomes a table of the partition's day, and comes back as a LazyFrame.

Here: asset keys to table names, partition keys to days, and the metadata of a materialization. Not here: anything about
files or S3 (`lake.lake`). No future import of annotations: Dagster reads these at run time.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import dagster as dg
import polars as pl

from hubspot_assets.defs.failures import sentences
from hubspot_assets.defs.holding import held_by_run
from hubspot_assets.defs.lake_resource import LakeResource
from hubspot_assets.defs.markdown import listed
from hubspot_assets.lake.content import TableContent
from hubspot_assets.lake.errors import LakeError
from hubspot_assets.lake.lake import Lake
from hubspot_assets.lake.manifest import Manifest, OneReading, Unavailable
from hubspot_assets.lake.uploaded import UploadedTable
from hubspot_assets.outside_text import one_line

WAS_IN = "was_in_already"
"""Metadata of a table that was not written by the run that materializes it."""


@dataclass(frozen=True)
class TableIsIn:
    """Instead of a table's content: it lies there already, and is not written again."""

    manifest: Manifest


class LakeIOManager(dg.ConfigurableIOManager):
    """Writes what an asset returns to `<prefix>/<partition key>/<ASSET/KEY>/`, and reads it back.

    An asset returns a `TableContent`, a DataFrame or a LazyFrame, or an `UploadedTable`, which is committed; in a run
    over several partitions, a dict of one of these per partition key. An input is the LazyFrame of its partition; of
    several partitions, their rows together, with NULL where a day does not have another day's column.
    """

    lake: dg.ResourceDependency[LakeResource]

    def handle_output(self, context: dg.OutputContext, obj: Any) -> None:
        """Write the table, or the tables of several days. Raises `dg.Failure` with one sentence."""
        # What HubSpot refuses comes up here, too: a table is read while it is written.
        with sentences(context.step_context.previous_attempt_count):
            self._handle_output(context, obj)

    def _handle_output(self, context: dg.OutputContext, obj: Any) -> None:
        table = table_of(context.asset_key)
        lake = self.lake.lake()
        days = _days(context)
        if isinstance(obj, TableIsIn):
            _tell(context, {**told_of(obj.manifest, lake.url(table, days[0])), WAS_IN: True}, days[0])
            return
        if len(days) == 1 and not isinstance(obj, Mapping):
            obj = {days[0]: obj}
        if not isinstance(obj, Mapping) or set(obj) != set(days):
            raise LakeError(
                f"{table} was run for the {len(days)} days {days[0]} to {days[-1]}: its asset must return a dict "
                "with a table for each of them, or run one day at a time."
            )
        for day in days:
            written = obj[day]
            content = written.content if isinstance(written, UploadedTable) else _content(table, written)
            content.reading = _reading_of(context)
            if isinstance(written, UploadedTable):
                manifest = lake.commit(written)
            else:
                with held_by_run(lake, day, context.run_id, context.step_context.instance) as held:
                    manifest = held.write(table, day, content)
            metadata = told_of(manifest, lake.url(table, day))
            if not _is_declared(context, content):
                # What the definition shows already is not repeated: hundreds of columns slow the event log down.
                metadata["dagster/column_schema"] = _schema(content)
            _warn(context, manifest)
            _tell(context, metadata, day)

    def load_input(self, context: dg.InputContext) -> pl.LazyFrame:
        """The table of the partition. Raises `dg.Failure` with one sentence."""
        with sentences():
            lake, table = self.lake.lake(), table_of(context.asset_key)
            frames = [_read(lake, table, day) for day in _days(context)]
        return frames[0] if len(frames) == 1 else pl.concat(frames, how="diagonal")


def _read(lake: Lake, table: str, day: str) -> pl.LazyFrame:
    # Steps ask several times for a few rows of what each of them is made of.
    small = lake.small(table, day)
    return lake.read(table, day) if small is None else small.lazy()


def _tell(context: dg.OutputContext, metadata: Mapping[str, Any], day: str) -> None:
    # Not as metadata of the output, which Dagster stores twice: with the materialization, and with the event before it.
    context.step_context.add_asset_metadata(metadata, context.asset_key, day)


def table_of(key: dg.AssetKey) -> str:
    """`object_properties.contacts` -> `OBJECT_PROPERTIES/CONTACTS`; what stands before it in the key says no table."""
    return key.path[-1].upper().replace(".", "/")


def told_of(manifest: Manifest, url: str) -> dict[str, Any]:
    """What the UI shows of a table: first what is missing and why, then counts, then where and when.

    A table that HubSpot did not give has no count of rows: how many there are is not known.
    """
    metadata: dict[str, Any] = {}
    if manifest.unavailable:
        metadata["unavailable"] = manifest.unavailable.message
    if manifest.parts_unavailable:
        metadata["parts_unavailable"] = listed(f"{part.part}: {part.message}" for part in manifest.parts_unavailable)
    if not manifest.unavailable:
        metadata |= {"dagster/row_count": manifest.rows, ROW_COUNT: manifest.rows}
    metadata |= {
        "dagster/table_name": manifest.table,
        "dagster/uri": url,
        "files": len(manifest.files) + len(manifest.formats),
        "bytes": manifest.bytes,
        "api_calls": manifest.api_calls,
    }
    captured = manifest.captured
    for name, moment in (("captured_from", captured.from_), ("captured_to", captured.to)):
        if moment is not None:
            metadata[name] = dg.MetadataValue.timestamp(moment)
    if manifest.left_out:
        metadata["left_out"] = listed(f"{count:,} × {reason}" for reason, count in sorted(manifest.left_out.items()))
    if manifest.notes:
        metadata["notes"] = listed(manifest.notes)
    if manifest.carried:
        metadata["history_carried_from"] = manifest.carried.day
        metadata["history_carried_records"] = manifest.carried.records
        metadata["history_read_whole"] = manifest.carried.read_whole
    return metadata


def _reading_of(context: dg.OutputContext) -> OneReading | None:
    """Which reading this is, of the tables that the step writes together; None for a step of one table."""
    step = context.step_context
    written_by_it = step.job_def.asset_layer.asset_graph.get(context.asset_key).assets_def.node_keys_by_output_name
    together = sorted(table_of(key) for key in written_by_it.values())
    if len(together) == 1:
        return None
    return OneReading(id=f"{context.run_id}/{step.step.key}/{step.previous_attempt_count}", tables=tuple(together))


def _schema(content: TableContent) -> dg.TableSchema:
    columns = content.columns
    return dg.TableSchema([dg.TableColumn(c.name, c.type, one_line(c.meaning) or None) for c in columns])


ROW_COUNT = "dagster/partition_row_count"
"""What tells how many rows a table of a day has; without it, HubSpot did not give the table."""

COUNTS = {"rows": ROW_COUNT, "bytes": "bytes", "files": "files", "api_calls": "api_calls"}
"""The metadata that tells the counts of a table that HubSpot gave."""

LACKING = frozenset({"unavailable", "parts_unavailable"})
"""The metadata of a table that lacks something, or everything: why, its manifest says."""

IN_MANIFEST = "told_by_the_manifest"
"""Marks a warning that whoever reads the manifests need not be told: the command tells each cause once."""


def _warn(context: dg.OutputContext, manifest: Manifest) -> None:
    """An event in the run for what HubSpot did not return: a warning if the user can fix it."""
    if manifest.unavailable:
        told = f"{manifest.table} of {manifest.day} is empty because HubSpot did not return it, which does not mean "
        told += f"that there are no rows: {manifest.unavailable.message}"
        context.log.log(_level(manifest.unavailable), told, extra={IN_MANIFEST: True})
    for part in manifest.parts_unavailable:
        told = f"{manifest.table} of {manifest.day} lacks {part.part}: {part.message}"
        context.log.log(_level(part), told, extra={IN_MANIFEST: True})


def _level(reason: Unavailable) -> int:
    return logging.WARNING if reason.mendable else logging.INFO


def _is_declared(context: dg.OutputContext, content: TableContent) -> bool:
    declared = (context.definition_metadata or {}).get("dagster/column_schema")
    schema = getattr(declared, "schema", declared)
    return isinstance(schema, dg.TableSchema) and [c.name for c in schema.columns] == [c.name for c in content.columns]


def _content(table: str, obj: Any) -> TableContent:
    if isinstance(obj, TableContent):
        return obj
    if isinstance(obj, pl.DataFrame | pl.LazyFrame):
        return TableContent.of_frame(obj)
    raise LakeError(
        f"The asset of {table} returned a {type(obj).__name__}: return a TableContent, a polars DataFrame or a "
        "LazyFrame."
    )


def _days(context: "dg.OutputContext | dg.InputContext") -> list[str]:
    if not context.has_asset_partitions:
        raise LakeError(
            f"{table_of(context.asset_key)} has no partitions: give its asset daily partitions, since each day has a "
            "folder of its own."
        )
    return list(context.asset_partition_keys)
