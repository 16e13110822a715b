"""The checks of a day as Dagster runs and shows them: one step after `export_day`, one check for each rule.

They are on `export_day` and not on the tables, because what a person asks is whether the day is good: a few lines on
one page answer it, and a failed one names the tables. It is also what can be paid for every day. Measured on 508
tables, on two busy cores: a check for each table costs 250 s of Dagster's own time as a step apiece, and 73 s as 508
results of one step, before anything is looked at; these take 19 s with all their reading, because one step reads
every file once for all rules and asks HubSpot for its totals once.

What must never be fails the run (`blocking`), so that whoever watches runs learns of it; warnings do not. Where it is
about the files themselves, and not about what HubSpot says, the run that closed the day opens it again. Dagster's
partitioned checks are a preview: these are not, so the metadata says which day was looked at, and the UI shows the
last result. Started in the UI, where a check has no day, they look at the last exported one. Not here: the rules
themselves (`rules.py`), what HubSpot gives of single tables (`tables.py`).
"""

from collections.abc import Iterator
from contextlib import suppress
from itertools import groupby
from typing import Any

import dagster as dg

from hubspot_assets.catalog.portal_tables import PortalTables
from hubspot_assets.checks.day import Day
from hubspot_assets.checks.finding import Finding
from hubspot_assets.checks.rules import RULES, Rule
from hubspot_assets.defs.assets.export_day import EXPORT_DAY
from hubspot_assets.defs.checks.looked_at import day_to_look_at, nothing_yet
from hubspot_assets.defs.declaring import keyed, named, with_resources_of_portal
from hubspot_assets.defs.failures import sentences
from hubspot_assets.defs.holding import held_by_run
from hubspot_assets.defs.lake_resource import LakeResource
from hubspot_assets.defs.resources import HubSpotResource
from hubspot_assets.lake import LakeError
from hubspot_assets.lake.exporting import DayBusy

_SHOWN = 200


def day_checks(portal_tables: PortalTables) -> dg.AssetChecksDefinition:
    """Every rule as a check of `export_day`; any of them can be run alone."""

    export_day = keyed(EXPORT_DAY)

    @dg.multi_asset_check(
        name=named("day_checks"),
        specs=[
            dg.AssetCheckSpec(rule.name, asset=export_day, description=rule.description, blocking=rule.must_hold)
            for rule in RULES
        ],
        can_subset=True,
    )
    @with_resources_of_portal
    def _checks(
        context: dg.AssetCheckExecutionContext, hubspot: HubSpotResource, lake: LakeResource
    ) -> Iterator[dg.AssetCheckResult]:
        selected = {key.name for key in context.selected_asset_check_keys}
        looked_at = day_to_look_at(context, lake.lake())
        if looked_at is None:
            yield from (nothing_yet(export_day, rule.name) for rule in RULES if rule.name in selected)
            return
        settings = hubspot.settings()
        day = Day(
            portal_tables,
            lake.lake(),
            looked_at.day,
            lambda: hubspot.reading().client,
            count_tolerance=settings.count_tolerance,
            row_fall_limit=settings.row_fall_limit,
        )
        results = [
            (rule, check_result(rule, day, export_day, looked_at.said)) for rule in RULES if rule.name in selected
        ]
        if looked_at.is_of_run and any(rule.of_files and not result.passed for rule, result in results):
            with sentences(context.op_execution_context.retry_number):
                _open_again(context, day)
        yield from (result for _, result in results)

    return _checks


def _open_again(context: dg.AssetCheckExecutionContext, day: Day) -> None:
    """Open a day that this run has closed, and that is not whole. Of one that another closed, the check only tells."""
    run_id = context.run.run_id
    with suppress(DayBusy), held_by_run(day.lake, day.day, run_id, context.instance) as held:
        success, lease = held.success(day.day), held.lease(day.day)
        if success and lease and success.lease == lease.number:
            held.give_up_day(day.day)
            context.log.warning(
                f"{day.day} has been opened again, because its files failed a check: its next export starts from the "
                "beginning."
            )


def check_result(
    rule: Rule, day: Day, export_day: dg.AssetKey = EXPORT_DAY, said: str | None = None
) -> dg.AssetCheckResult:
    """What a rule finds in a day, as the UI shows it; `said` is how the day is called."""
    findings = _findings(rule, day)
    metadata: dict[str, Any] = {"day": day.day, "tables": len(day.manifests)}
    if rule.compares_days:
        metadata["compared_with"] = day.day_before or "nothing: no earlier day is complete"
    if findings:
        metadata["findings"] = dg.MetadataValue.table(
            [dg.TableRecord(dict(finding._asdict())) for finding in findings[:_SHOWN]]
        )
    if len(findings) > _SHOWN:
        metadata["findings_not_shown"] = len(findings) - _SHOWN
    return dg.AssetCheckResult(
        asset_key=export_day,
        check_name=rule.name,
        passed=not findings,
        severity=dg.AssetCheckSeverity.ERROR if rule.must_hold else dg.AssetCheckSeverity.WARN,
        description=_sentence(findings, said or day.day),
        metadata=metadata,
    )


def _findings(rule: Rule, day: Day) -> list[Finding]:
    try:
        return sorted(set(rule.find(day)))
    except LakeError as error:
        # A definition table that cannot be read: the other rules have their say all the same.
        return [Finding("(not checked)", str(error))]


def _sentence(findings: list[Finding], day: str) -> str:
    if not findings:
        return f"{day}: no problems found."
    tables = [table for table, _ in groupby(findings, key=lambda finding: finding.table)]
    more = f" and {len(tables) - 3} more tables" if len(tables) > 3 else ""
    return f"{day}: {', '.join(tables[:3])}{more}. {findings[0].table}: {findings[0].what}"
