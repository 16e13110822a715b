"""The checks on the tables: what the Checks tab of `objects_contacts` says of contacts.

Two for each group of tables that one step makes, on its first table: `given` (does HubSpot give it, or which status,
sentence and scope; "none there" is not "not given") and `sound` (hashes, keys, types, counts, drift, a line each). Two
and not one for each rule and table, because each result costs Dagster 12 KB of its event log and 40 to 50 ms of a busy
processor (measured with 300 and 600 results on 100 assets).

What must never be holds up the closing of the day: a check is `blocking` where nothing but `export_day` waits for its
table. Tables that others are made of do not hold those up (a record that is not read today is lost), so that
`export_day` looks at them itself before it closes the day (`faults.py`). Each runs alone and without a partition, too.

Not here: the rules (`checks/rules.py`), the checks of the day as a whole (`export_day.py`).
"""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

import dagster as dg

from hubspot_assets.catalog.object_types import ENGAGEMENT_KINDS
from hubspot_assets.catalog.portal_tables import PortalTables
from hubspot_assets.catalog.sources import Source
from hubspot_assets.catalog.table import Table
from hubspot_assets.checks.day import Day
from hubspot_assets.checks.finding import Finding
from hubspot_assets.checks.rules import RULES
from hubspot_assets.defs.faults import SOUND_TOPICS, day_of, day_of_run, findings
from hubspot_assets.defs.lake_resource import LakeResource
from hubspot_assets.defs.resources import HubSpotResource
from hubspot_assets.defs.specs import asset_key, output_name
from hubspot_assets.lake import Unavailable

GIVEN, SOUND = "given", "sound"
_SHOWN = 50


def table_checks(
    portal_tables: PortalTables, groups: Sequence[Sequence[Table]], read_by_others: Collection[dg.AssetKey]
) -> list[dg.AssetChecksDefinition]:
    """`given` and `sound` on the first table of each group. `read_by_others`: what other steps than the day's read."""
    return [_checks(portal_tables, tables, asset_key(tables[0]) not in read_by_others) for tables in groups]


def _checks(portal_tables: PortalTables, tables: Sequence[Table], blocking: bool) -> dg.AssetChecksDefinition:
    key, also = asset_key(tables[0]), _compared_with(portal_tables, tables)
    several = f"the {len(tables)} tables that are read together with it" if len(tables) > 1 else "it"

    @dg.multi_asset_check(
        name=f"check_{output_name(tables[0])}",
        specs=[
            dg.AssetCheckSpec(GIVEN, asset=key, description=f"HubSpot gives {several}, or does not have it."),
            dg.AssetCheckSpec(
                SOUND, asset=key, description=f"Hashes, keys, types, counts, drift of {several}.", blocking=blocking
            ),
        ],
        can_subset=True,
        # Steps that wait for HubSpot go first.
        op_tags={"dagster/priority": "-1"},
    )
    def _look(
        context: dg.AssetCheckExecutionContext, hubspot: HubSpotResource, lake: LakeResource
    ) -> Iterator[dg.AssetCheckResult]:
        day, is_of_run = day_of(context, lake.lake())
        for name in sorted(check.name for check in context.selected_asset_check_keys):
            if day is None:
                yield _nothing_yet(key, name)
                continue
            every = day_of_run(context.run.run_id, portal_tables, lake.lake(), day, hubspot)
            result = (given if name == GIVEN else sound)(key, every.part(tables, also), is_of_run=is_of_run)
            if not result.passed:
                context.log.warning(result.description)
            yield result

    return _look


def _compared_with(portal_tables: PortalTables, tables: Sequence[Table]) -> list[Table]:
    """What tables are made of that lie in other groups: engagements are the sum of their kinds."""
    made = tables[0].object_type
    if made is None or made.source is not Source.ENGAGEMENT_KINDS:
        return []
    return [t for kind in ENGAGEMENT_KINDS if kind in portal_tables.objects for t in portal_tables.objects[kind]]


def given(key: dg.AssetKey, day: Day, *, is_of_run: bool = True) -> dg.AssetCheckResult:
    """Whether HubSpot gives the tables. Fails where a person can make it; what the portal does not have is no fault."""
    refused = [(name, "", told) for name, found in day.manifests.items() if (told := found.unavailable)]
    refused += [(name, part.part, part) for name, found in day.manifests.items() for part in found.parts_unavailable]
    if day.tables[0].object_type and not day.tables[0].object_type.has_public_api:
        mendable = []
    else:
        mendable = [one for one in refused if one[2].mendable]
    first = day.manifests.get(day.tables[0].name)
    rows = first.rows if first else 0
    if mendable:
        state, sentence = "refused", f"refused. {_sentence(*mendable[0])}"
    elif first is None:
        state, sentence = "not exported", f"{day.tables[0].name} was not exported."
    elif first.unavailable:
        state, sentence = "not in this portal", f"not in this portal or its plan. {first.unavailable.message}"
    elif rows:
        state, sentence = "given", f"given, {rows:,} rows."
    else:
        state, sentence = "none there", "given, and there are none: HubSpot was asked and has no row."
    metadata: dict[str, Any] = {"state": state, **_day(day, is_of_run)}
    if mendable:
        metadata["status"] = str(mendable[0][2].status)
        metadata["scopes"] = " or ".join(mendable[0][2].scopes) or "none that is known"
    if refused:
        metadata["not given"] = dg.MetadataValue.table(
            [
                dg.TableRecord({"table": table, "part": part, "status": str(why.status), "what": why.message})
                for table, part, why in refused[:_SHOWN]
            ]
        )
    return dg.AssetCheckResult(
        asset_key=key,
        check_name=GIVEN,
        passed=not mendable and first is not None,
        severity=dg.AssetCheckSeverity.ERROR if mendable else dg.AssetCheckSeverity.WARN,
        description=_said(day, sentence, is_of_run),
        metadata=metadata,
    )


def _sentence(table: str, part: str, why: Unavailable) -> str:
    lacking = f"{table} lacks {part}" if part else f"{table} is empty for it"
    scope = f" Scope: {' or '.join(why.scopes)}." if why.scopes else ""
    return f"{lacking}: status {why.status}. {why.message}{scope}"


def sound(key: dg.AssetKey, day: Day, *, is_of_run: bool = True) -> dg.AssetCheckResult:
    """What the rules find: an error where it must never be, a warning where a person should look."""
    metadata: dict[str, Any] = _day(day, is_of_run)
    found: list[tuple[bool, Finding]] = []
    for topic in SOUND_TOPICS:
        of_topic = [(rule.must_hold, one) for rule in RULES if rule.topic is topic for one in findings(rule, day)]
        metadata[topic.value] = "; ".join(f"{one.table}: {one.what}" for _, one in of_topic[:_SHOWN]) or "right"
        found += of_topic
    rows = sum(manifest.rows for manifest in day.manifests.values())
    sentence = f"hashes, keys, types, counts and columns are right: {len(day.tables)} tables, {rows:,} rows."
    if found:
        worst = min(found, key=lambda one: (not one[0], one[1]))[1]
        more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        sentence = f"{worst.table}: {worst.what}{more}"
    is_error = any(must_hold for must_hold, _ in found)
    return dg.AssetCheckResult(
        asset_key=key,
        check_name=SOUND,
        passed=not found,
        severity=dg.AssetCheckSeverity.ERROR if is_error else dg.AssetCheckSeverity.WARN,
        description=_said(day, sentence, is_of_run),
        metadata=metadata,
    )


def _day(day: Day, is_of_run: bool) -> dict[str, Any]:
    return {"day": day.day if is_of_run else f"{day.day}, the last exported one"}


def _said(day: Day, sentence: str, is_of_run: bool) -> str:
    return f"{day.day}{'' if is_of_run else ' (the last exported day)'}: {sentence}"


def _nothing_yet(key: dg.AssetKey, name: str) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        asset_key=key,
        check_name=name,
        passed=False,
        severity=dg.AssetCheckSeverity.WARN,
        description="No day was exported yet, so there is nothing to look at: materialize a day first.",
    )
