"""The step behind every small table: one reading of HubSpot makes the rows of one or a few tables whole.

Here: the Dagster wiring that definitions, people and lists share. Not here: object types and associations, which are
too large to be whole in memory (`object_types.py`, `associations.py`).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol, TypeVar

import dagster as dg
import polars as pl

from hubspot_assets.catalog.table import Table
from hubspot_assets.defs.kinds import Kind
from hubspot_assets.defs.lake_resource import LakeResource
from hubspot_assets.defs.resources import HubSpotResource
from hubspot_assets.defs.specs import asset_key, asset_out, is_selected, output_name, waits_for
from hubspot_assets.defs.step import step
from hubspot_assets.hubspot import HubSpotError
from hubspot_assets.lake import TableContent
from hubspot_assets.reading.reading import Reading, now
from hubspot_assets.reading.refusals import unavailable
from hubspot_assets.reading.resuming import answers_of
from hubspot_assets.tables.frames import Row, frame

T = TypeVar("T")

Rows = Mapping[Table, Iterable[Row]]


class Read(Protocol):
    """Reads what the tables need. `inputs` are that day's upstream tables, in the order they were declared.

    A HubSpotError that says "not for this portal, plan or token" makes all the tables empty, with that reason.
    """

    def __call__(self, reading: Reading, *inputs: pl.LazyFrame) -> Rows: ...


def small_tables_asset(
    name: str,
    upstream: Mapping[Table, Sequence[Table]],
    read: Read,
    *,
    inputs: Sequence[Table] = (),
) -> dg.AssetsDefinition:
    """The step `name` that writes the tables of `upstream`, each made of the tables given for it.

    `inputs` are loaded from the lake and handed to `read`, and what they lack is told; others are only waited for.
    """
    own = set(upstream)
    ins = {output_name(table): dg.AssetIn(asset_key(table)) for table in inputs}
    waited_for = {t for tables in upstream.values() for t in tables if t not in own and t not in inputs}

    @step(
        Kind.SNAPSHOT,
        name=name,
        outs={output_name(table): asset_out(table) for table in upstream},
        ins={**ins, **waits_for(waited_for)},
        internal_asset_deps={
            output_name(table): {asset_key(t) for t in made_of} for table, made_of in upstream.items()
        },
        can_subset=True,
    )
    def _read(
        context: dg.AssetExecutionContext, hubspot: HubSpotResource, lake: LakeResource, **loaded: Any
    ) -> Iterator[dg.Output[TableContent]]:
        reading = hubspot.reading()
        refusal: HubSpotError | None = None
        rows: Rows = {}
        with answers_of(lake.lake(), next(iter(upstream)).name, context.partition_key) as answers:
            try:
                with answers.reading(reading) as reading.client:
                    rows = read(reading, *(loaded[input_name] for input_name in ins))
            except HubSpotError as error:
                refusal = error
            for table in inputs:
                reading.lacks(lake.lake().manifest(table.name, context.partition_key).parts_unavailable)
            reading.finished_at = now()
            for table in upstream:
                if is_selected(context, table):
                    missing = unavailable(refusal, table.scopes, is_everywhere=table.is_everywhere) if refusal else None
                    content = frame(rows.get(table, ()), table.columns, reading.finished_at)
                    yield dg.Output(reading.content(table.columns, content, missing), output_name=output_name(table))

    return _read
