"""The checks of a day as a whole, on `export_day`: it is closed, and HubSpot refused nothing of it.

After `export_day`, so that a day of which a part was refused is closed and red: what HubSpot refuses never passes as
"none there", and does not keep back what it gave. What is about single tables stands on them (`tables.py`). They look
at the day of their run, or without one at the last exported day: Dagster's partitioned checks are a preview.
"""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

import dagster as dg

from hubspot_assets.catalog.portal_tables import PortalTables
from hubspot_assets.checks.day import Day
from hubspot_assets.checks.finding import Finding
from hubspot_assets.checks.rules import RULES, Rule, Topic
from hubspot_assets.defs.assets.export_day import EXPORT_DAY
from hubspot_assets.defs.faults import day_of, day_of_run, findings
from hubspot_assets.defs.lake_resource import LakeResource
from hubspot_assets.defs.resources import HubSpotResource

_SHOWN = 200
DAY_RULES = [rule for rule in RULES if rule.topic in (Topic.DAY, Topic.GIVEN)]


def day_checks(portal_tables: PortalTables) -> dg.AssetChecksDefinition:
    """The rules about a day as a whole as checks of `export_day`; any of them can be run alone."""

    @dg.multi_asset_check(
        name="day_checks",
        specs=[
            dg.AssetCheckSpec(rule.name, asset=EXPORT_DAY, description=rule.description, blocking=rule.must_hold)
            for rule in DAY_RULES
        ],
        can_subset=True,
    )
    def _checks(
        context: dg.AssetCheckExecutionContext, hubspot: HubSpotResource, lake: LakeResource
    ) -> Iterator[dg.AssetCheckResult]:
        found, is_of_run = day_of(context, lake.lake())
        selected = {key.name for key in context.selected_asset_check_keys}
        for rule in (rule for rule in DAY_RULES if rule.name in selected):
            if found is None:
                yield dg.AssetCheckResult(
                    asset_key=EXPORT_DAY,
                    check_name=rule.name,
                    passed=False,
                    severity=dg.AssetCheckSeverity.WARN,
                    description="No day was exported yet, so there is nothing to look at: materialize a day first.",
                )
                continue
            day = day_of_run(context.run.run_id, portal_tables, lake.lake(), found, hubspot)
            yield check_result(rule, day.part(day.tables), is_of_run=is_of_run)

    return _checks


def check_result(rule: Rule, day: Day, *, is_of_run: bool = True) -> dg.AssetCheckResult:
    """What a rule finds in a day, as the UI shows it."""
    found = findings(rule, day)
    metadata: dict[str, Any] = {
        "day": day.day if is_of_run else f"{day.day}, the last exported one",
        "tables": len(day.manifests),
    }
    if found:
        metadata["findings"] = dg.MetadataValue.table(
            [dg.TableRecord(dict(finding._asdict())) for finding in found[:_SHOWN]]
        )
    if len(found) > _SHOWN:
        metadata["findings_not_shown"] = len(found) - _SHOWN
    return dg.AssetCheckResult(
        asset_key=EXPORT_DAY,
        check_name=rule.name,
        passed=not found,
        severity=dg.AssetCheckSeverity.ERROR if rule.must_hold else dg.AssetCheckSeverity.WARN,
        description=_sentence(found, day.day if is_of_run else f"{day.day} (the last exported day)"),
        metadata=metadata,
    )


def _sentence(found: list[Finding], day: str) -> str:
    if not found:
        return f"{day}: nothing found."
    tables = [table for table, _ in groupby(found, key=lambda finding: finding.table)]
    more = f" and {len(tables) - 3} more tables" if len(tables) > 3 else ""
    return f"{day}: {', '.join(tables[:3])}{more}. {found[0].table}: {found[0].what}"
