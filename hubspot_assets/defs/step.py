"""How every step of the export is declared: what all of them do before and after their own work.

A step does not read again what an export of the day that died has written, is tried again where that may help, and
says in one sentence why it fails. Not here: what a step reads and writes (`assets`), what the run does around its
steps (`day_run.py`).
"""

from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from typing import Any

import dagster as dg

from hubspot_assets.days import check_snapshot
from hubspot_assets.defs.day_run import run_of
from hubspot_assets.defs.failures import sentences
from hubspot_assets.defs.kinds import KIND_TAG, Kind

# One policy for all, so that a job of any of them has one. What can not be made of a range is refused as a range.
_A_RANGE_IS_ONE_RUN = dg.BackfillPolicy.single_run()

Makes = Callable[..., Iterator[dg.Output[Any]]]


def step(kind: Kind, *, outs: Mapping[str, dg.AssetOut], **declared: Any) -> Callable[[Makes], dg.AssetsDefinition]:
    """`dg.multi_asset` for a step that writes tables; `declared` is what else it takes.

    The decorated function yields an `Output` for each selected table. It is not called for tables that are in already,
    nor for a snapshot of a day that is over.
    """
    names = {out.key: name for name, out in outs.items()}

    def declare(makes: Makes) -> dg.AssetsDefinition:
        @wraps(makes)
        def _step(context: dg.AssetExecutionContext, **given: Any) -> Iterator[dg.Output[Any]]:
            with sentences(context.op_execution_context.retry_number):
                if kind is Kind.SNAPSHOT:
                    check_snapshot(context.partition_key)
                found = run_of(context.run.run_id).in_already(sorted(context.selected_asset_keys))
                if not found:
                    yield from makes(context, **given)
                for key, table in found.items():
                    context.log.info("%s is in already: an export of the day wrote it that did not end.", key.path[-1])
                    yield dg.Output(table, output_name=names[key])

        return dg.multi_asset(outs=outs, **{**declared, **common(kind, declared.get("op_tags"))})(_step)

    return declare


def common(kind: Kind, op_tags: Mapping[str, str] | None = None) -> dict[str, Any]:
    """What all steps declare to Dagster."""
    return {
        "backfill_policy": _A_RANGE_IS_ONE_RUN,
        "op_tags": {**(op_tags or {}), KIND_TAG: kind.value},
    }
