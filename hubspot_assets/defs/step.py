"""How every step of the export is declared: what all of them do before and after their own work.

A step does not read again what an export of the day that died has written, is tried again where that may help, and
says in one sentence why it fails. Not here: what a step reads and writes (`assets`), what the run does around its
steps (`day_run.py`).
"""

import warnings
from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from typing import Any

import dagster as dg

from hubspot_assets.defs.declaring import PORTAL, named, pool, portal_name, with_resources_of_portal
from hubspot_assets.defs.failures import sentences
from hubspot_assets.defs.holding import run_of
from hubspot_assets.defs.io_manager import TableIsIn, table_of
from hubspot_assets.defs.kinds import KIND_TAG, Kind
from hubspot_assets.defs.late import check_in_time

# One policy for all, so that a job of any of them has one. What cannot be made of a range is refused as a range.
A_RANGE_IS_ONE_RUN = dg.BackfillPolicy.single_run()

# Dagster says of each asset with such a policy that it is new. It is used on purpose, and there are hundreds.
warnings.filterwarnings("ignore", r"Parameter `backfill_policy` of function", dg.BetaWarning)

Makes = Callable[..., Iterator[dg.Output[Any]]]


def step(
    kind: Kind, *, name: str, outs: Mapping[str, dg.AssetOut], **declared: Any
) -> Callable[[Makes], dg.AssetsDefinition]:
    """Return `dg.multi_asset` for a step that writes tables; `declared` is what else it takes.

    The decorated function yields an `Output` for each selected table. It is not called for tables that are in already,
    nor for a snapshot of a day that is over: one takes `hubspot`, which tells that, even where it asks HubSpot nothing.
    """
    tables = {output: table_of(out.key) for output, out in outs.items() if out.key}

    def declare(makes: Makes) -> dg.AssetsDefinition:
        @wraps(makes)
        def _step(context: dg.AssetExecutionContext, **given: Any) -> Iterator[dg.Output[Any]]:
            with sentences(context.op_execution_context.retry_number):
                if kind is Kind.SNAPSHOT:
                    check_in_time(context, given["hubspot"].settings())
                selected = context.op_execution_context.selected_output_names
                wanted = {output: table for output, table in tables.items() if output in selected}
                found = run_of(context.run.run_id).in_already(wanted.values())
                if not found:
                    yield from makes(context, **given)
                for output, table in wanted.items() if found else ():
                    context.log.info(f"{table} is already there, from an export of the day that did not finish.")
                    yield dg.Output(TableIsIn(found[table]), output_name=output)

        op_tags = {**declared.pop("op_tags", {}), **tags_of(kind)}
        return dg.multi_asset(
            name=named(name),
            outs=outs,
            backfill_policy=A_RANGE_IS_ONE_RUN,
            op_tags=op_tags,
            pool=pool(),
            **declared,
        )(with_resources_of_portal(_step))

    return declare


def tags_of(kind: Kind) -> dict[str, str]:
    """Return the tags by which a run knows of a step what it makes, and whose."""
    return {KIND_TAG: kind.value, PORTAL: portal_name()}
