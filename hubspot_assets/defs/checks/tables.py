"""The check on the tables: `given`, which the Checks tab of `objects_contacts` shows of contacts.

Does HubSpot give it, or which status, sentence and scope; "none there" is not "not given". One result for each group
of tables that one step makes, on its first table, and all results of one step, which reads manifests and no file. It
runs alone and without a partition, too: then it looks at the last exported day, and says so.

It holds nothing up: a day of which a part was refused is closed, and `nothing_refused` makes its run fail. Not here:
what the files hold, of which the checks of `export_day` tell (`export_day.py`).
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import dagster as dg

from hubspot_assets.catalog.table import Table
from hubspot_assets.concurrency import results_by_item
from hubspot_assets.defs.checks.looked_at import day_to_look_at, nothing_yet
from hubspot_assets.defs.declaring import named, with_resources_of_portal
from hubspot_assets.defs.lake_resource import LakeResource
from hubspot_assets.defs.specs import asset_key
from hubspot_assets.lake import Lake, LakeError, Manifest, PartUnavailable, Unavailable

GIVEN = "given"
_SHOWN = 50
_MANIFESTS_AT_ONCE = 8
_REFUSALS = 400


class _Refused(NamedTuple):
    """What HubSpot did not give: all of a table, or a part of it."""

    table: str
    part: str
    why: Unavailable | PartUnavailable


def table_checks(groups: Sequence[Sequence[Table]]) -> dg.AssetChecksDefinition:
    """`given` on the first table of each group; any of them can be run alone."""
    group_of = {asset_key(tables[0]): tables for tables in groups}

    @dg.multi_asset_check(
        name=named("table_checks"),
        specs=[dg.AssetCheckSpec(GIVEN, asset=key, description=_about(tables)) for key, tables in group_of.items()],
        can_subset=True,
    )
    @with_resources_of_portal
    def _look(context: dg.AssetCheckExecutionContext, lake: LakeResource) -> Iterator[dg.AssetCheckResult]:
        selected = {check.asset_key for check in context.selected_asset_check_keys}
        looked_at = {key: tables for key, tables in group_of.items() if key in selected}
        day = day_to_look_at(context, lake.lake())
        if day is None:
            yield from (nothing_yet(key, GIVEN) for key in looked_at)
            return
        manifests = _manifests(lake.lake(), day.day, [table for tables in looked_at.values() for table in tables])
        for key, tables in looked_at.items():
            yield given(key, tables, manifests, day.said)

    return _look


def _about(tables: Sequence[Table]) -> str:
    several = f"the {len(tables)} tables that are read together with it" if len(tables) > 1 else "it"
    return (
        f"Nothing that you could get is missing from {several}. What the portal or its plan does not have does not "
        "count."
    )


def _manifests(lake: Lake, day: str, tables: Sequence[Table]) -> dict[str, Manifest]:
    """Return the usable manifests of the tables by their names; `export_day` tells why the others are not."""

    def read(table: Table) -> Manifest | None:
        try:
            return lake.manifest(table.name, day)
        except LakeError:
            return None

    found = results_by_item(read, tables, at_once=_MANIFESTS_AT_ONCE)
    return {table.name: manifest for table, manifest in found.items() if manifest}


def given(key: dg.AssetKey, tables: Sequence[Table], manifests: dict[str, Manifest], day: str) -> dg.AssetCheckResult:
    """Return whether HubSpot gives the tables: failed where a person can make it. What a portal lacks is no fault."""
    found = [manifests[table.name] for table in tables if table.name in manifests]
    refused = [_Refused(one.table, "", one.unavailable) for one in found if one.unavailable]
    refused += [_Refused(one.table, part.part, part) for one in found for part in one.parts_unavailable]
    has_api = tables[0].object_type is None or tables[0].object_type.has_public_api
    mendable = [one for one in refused if one.why.mendable and has_api]
    state, sentence = _state(tables[0].name, manifests.get(tables[0].name), mendable)
    metadata: dict[str, Any] = {"state": state, "day": day}
    if mendable:
        metadata["status"] = _status(mendable[0].why)
        metadata["scopes"] = " or ".join(mendable[0].why.scopes) or "none known"
    if refused:
        metadata["not given"] = dg.MetadataValue.table(
            [
                dg.TableRecord({"table": table, "part": part, "status": _status(why), "what": why.message})
                for table, part, why in refused[:_SHOWN]
            ]
        )
    return dg.AssetCheckResult(
        asset_key=key,
        check_name=GIVEN,
        passed=not mendable and tables[0].name in manifests,
        severity=dg.AssetCheckSeverity.ERROR if mendable else dg.AssetCheckSeverity.WARN,
        description=f"{day}: {sentence}",
        metadata=metadata,
    )


def _state(table: str, first: Manifest | None, mendable: Sequence[_Refused]) -> tuple[str, str]:
    """Return in a word and in a sentence how it stands with a table and those that are read together with it."""
    if mendable:
        name, part, why = mendable[0]
        lacking = f"{name} lacks {part}" if part else f"{name} is empty"
        scope = f" Scope: {' or '.join(why.scopes)}." if why.scopes else ""
        state = _state_without(why)
        return state, f"{state}. {lacking}: status {_status(why)}. {why.message}{scope}"
    if first is None:
        return "not exported", f"{table} was not exported."
    if first.unavailable:
        return "not in this portal", f"not in this portal or its plan. {first.unavailable.message}"
    if first.rows:
        return "given", f"{first.rows:,} rows."
    return "none there", "HubSpot was asked and has no rows."


def _state_without(why: Unavailable | PartUnavailable) -> str:
    if why.unanswered:
        return "not answered"
    # With a success, HubSpot has it all the same: the portal catalogue lacks it, or a notice came in its place.
    return "incomplete" if why.status is not None and why.status < _REFUSALS else "refused"


def _status(why: Unavailable | PartUnavailable) -> str:
    return "none" if why.status is None else str(why.status)
