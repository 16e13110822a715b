"""What must never be in a day, one function for each check, and the list of all checks: `RULES`.

A rule yields a `Finding` for each table that is not as it should be. Pure: what a rule knows it knows from the `Day`.
Not here: what compares a day with others (`comparisons.py`), how the checks run (`export_day.py`), whether days are
there at all (`deadline.py`).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from hubspot_assets.catalog.fixed_tables import ASSOCIATION_DEFINITIONS
from hubspot_assets.checks.comparisons import row_counts_near_last_day, row_counts_near_portal, schema_unchanged
from hubspot_assets.checks.day import Day
from hubspot_assets.checks.defined import (
    exported_kinds,
    is_engagements,
    parts_lacking,
    properties_of,
    property_columns_of,
)
from hubspot_assets.checks.finding import Finding, some
from hubspot_assets.checks.outcome import DayExport, ExportedTable
from hubspot_assets.lake.closing import several_readings
from hubspot_assets.tables.engagements import ENGAGEMENT_TYPE, TYPE_COLUMN


@dataclass(frozen=True)
class Rule:
    """One check. `must_hold` tells what must never be (an error) from what a person should look at (a warning).

    `of_files`: it is about the files and not about what HubSpot says, so that a day which breaks it is not whole.
    """

    name: str
    must_hold: bool
    description: str
    find: Callable[[Day], Iterator[Finding]]
    compares_days: bool = False
    of_files: bool = False


def manifests_hold(day: Day) -> Iterator[Finding]:
    yield from (Finding(name, why) for name, why in day.without_manifest.items())
    yield from (Finding(name, facts.damage) for name, facts in day.facts.items() if facts.damage)
    success = day.lake.success(day.day)
    if success is None:
        yield Finding(
            "_SUCCESS.json", "is missing: the day is open, because a table is missing or is being exported again"
        )
        return
    for name, manifest in day.manifests.items():
        told = success.tables.get(name)
        if told is None or told.rows != manifest.rows:
            says = "does not list it" if told is None else f"says {told.rows:,} rows"
            yield Finding(name, f"has {manifest.rows:,} rows, but _SUCCESS.json {says}")


def one_reading(day: Day) -> Iterator[Finding]:
    for name, other in several_readings(day.manifests):
        yield Finding(name, f"comes from a different read of HubSpot than {other}, which belongs to it")
    success = day.lake.success(day.day)
    if success is None:
        return
    for name, manifest in day.manifests.items():
        if manifest.lease > success.lease:
            yield Finding(name, "was written by a run that took over the day from the one that closed it")


def nothing_refused(day: Day) -> Iterator[Finding]:
    there = {table.name: table for table in day.portal_tables if table.name in day.manifests}
    exported = {name: ExportedTable.of(table, day.manifests[name], was_in=False) for name, table in there.items()}
    for cause in DayExport(day.day, exported).causes:
        if cause.is_mendable:
            first, *others = sorted(cause.tables)
            lacking = f" Also affected: {some(others)}." if others else ""
            part = next(iter(cause.parts), None)
            what = f"without {part}: " if part and not cause.empty else ""
            yield Finding(first, f"{what}{cause.sentence}{lacking}")


def keys_unique(day: Day) -> Iterator[Finding]:
    for name, facts in day.facts.items():
        if facts.repeated:
            yield Finding(name, f"{facts.repeated:,} keys occur too often, such as {'; '.join(facts.examples)}")
        if facts.nulls:
            yield Finding(name, f"{facts.nulls:,} rows have NULL in their key")


def values_fit(day: Day) -> Iterator[Finding]:
    for name, facts in day.facts.items():
        yield from (Finding(name, misfit) for misfit in facts.misfits)


def association_types_defined(day: Day) -> Iterator[Finding]:
    untold = parts_lacking(day.manifests.get(ASSOCIATION_DEFINITIONS.name))
    for ends, tables in day.portal_tables.associations.items():
        for table in tables:
            # Where HubSpot refuses the definitions of a pair, its types are known from the associations alone.
            if table.name in day.whole and ends not in untold:
                used = day.whole[table.name].vocabulary
                if undefined := used - day.association_types.get(ends, set()):
                    yield Finding(table.name, f"undefined association types: {some(undefined)}")


def properties_defined(day: Day) -> Iterator[Finding]:
    for type_id, tables in day.portal_tables.objects.items():
        type_ids = exported_kinds(day) if is_engagements(tables) else [type_id]
        _, columns = properties_of(day, type_ids)
        if is_engagements(tables):
            columns |= {TYPE_COLUMN}
        # HubSpot does not define all properties that it keeps of pipeline stages: any of them may be there.
        possible_names, possible_columns = properties_of(day, type_ids, with_stages=True)
        if is_engagements(tables):
            possible_names, possible_columns = possible_names | {ENGAGEMENT_TYPE}, possible_columns | columns
        if tables.wide.name in day.whole:
            there = property_columns_of(day, tables.wide.name)
            undefined = there - possible_columns
            if undefined and (undefined := undefined - day.columns_before(tables.wide.name)):
                yield Finding(tables.wide.name, f"undefined columns: {some(undefined)}")
            if missing := columns - there:
                yield Finding(tables.wide.name, f"defined properties without a column: {some(missing)}")
        for table in (tables.properties, tables.history, tables.sources):
            if table.name in day.whole and (unknown := day.whole[table.name].vocabulary - possible_names):
                yield Finding(table.name, f"undefined properties: {some(unknown)}")
    for table in day.portal_tables.events.values():
        # HubSpot defines the properties of custom events only; the others have whatever their events carry.
        if table.event_type and table.name in day.whole:
            names, columns = properties_of(day, [table.event_type.event_type_id])
            if names and (missing := columns - property_columns_of(day, table.name)):
                yield Finding(table.name, f"defined properties without a column: {some(missing)}")


def combined_tables_agree(day: Day) -> Iterator[Finding]:
    for table in day.portal_tables:
        if table.name in day.manifests and not table.with_properties:
            declared = [(column.name, column.type) for column in table.columns]
            if [(column.name, column.type) for column in day.manifests[table.name].columns] != declared:
                yield Finding(table.name, "has other columns than its combined table")
    for tables in day.portal_tables.objects.values():
        for part in (tables.ids, tables.with_object_properties):
            yield from _differs(day, part.name, [tables.wide.name], "records")
        yield from _differs(day, tables.sources.name, [tables.history.name], "versions")
    for both in day.portal_tables.associations.values():
        yield from _differs(day, both.combined.name, [both.named.name], "associations")
    for type_id, tables in day.portal_tables.objects.items():
        if is_engagements(tables):
            for position, table in enumerate(tables):
                parts = [list(day.portal_tables.objects[kind])[position].name for kind in exported_kinds(day)]
                yield from _differs(day, table.name, parts, f"rows of type {type_id}")


def _differs(day: Day, table: str, made_of: list[str], what: str) -> Iterator[Finding]:
    if table not in day.whole or any(part in day.facts and day.facts[part].damage for part in made_of):
        return
    parts = [day.whole[part] for part in made_of if part in day.whole]
    rows, parts_rows = day.whole[table].rows, sum(part.rows for part in parts)
    if rows != parts_rows:
        yield Finding(table, f"{rows:,} {what}, but {parts_rows:,} in {some(made_of)}: export them again together")
    elif day.whole[table].fingerprint != sum(part.fingerprint for part in parts):
        yield Finding(table, f"has other {what} than {some(made_of)}: export them again together")


RULES: tuple[Rule, ...] = (
    Rule(
        "manifests_hold",
        must_hold=True,
        description="Every table of the day is exported, its files match the SHA-256 and the row counts in its "
        "manifest, and `_SUCCESS.json` agrees.",
        find=manifests_hold,
        of_files=True,
    ),
    Rule(
        "one_reading",
        must_hold=True,
        description="Tables that are read together come from the same read of HubSpot, and none was written by a "
        "run after the one that closed the day.",
        find=one_reading,
        of_files=True,
    ),
    Rule(
        "nothing_refused",
        must_hold=True,
        description="Nothing is missing that you could get: with another scope or another user's token, with "
        "`hubspot-assets discover`, or by exporting again what HubSpot did not answer. What this portal "
        "or its plan does not have is ignored.",
        find=nothing_refused,
    ),
    Rule(
        "keys_unique",
        must_hold=True,
        description="No two rows of a table have the same key, and no key contains NULL; no property has more "
        "versions than HubSpot keeps.",
        find=keys_unique,
    ),
    Rule(
        "values_fit",
        must_hold=True,
        description="Every value has the type that the manifest declares for its column: no text in a number "
        "column, no truncated JSON.",
        find=values_fit,
    ),
    Rule(
        "association_types_defined",
        must_hold=True,
        description="Every association has a type that ASSOCIATION_DEFINITIONS lists for its pair of object types.",
        find=association_types_defined,
    ),
    Rule(
        "properties_defined",
        must_hold=True,
        description="Every PROPERTY_ column and every NAME of an object type is defined and exported in "
        "PROPERTY_DEFINITIONS, belongs to a stage in PIPELINE_STAGES, or is from the last exported day; "
        "and no defined property is missing.",
        find=properties_defined,
    ),
    Rule(
        "combined_tables_agree",
        must_hold=True,
        description="Combined tables have the same records, associations and columns as the tables they combine; "
        "engagements are the sum of their kinds.",
        find=combined_tables_agree,
    ),
    Rule(
        "row_counts_near_portal",
        must_hold=False,
        description="The number of records matches HubSpot's own count within HUBSPOT_COUNT_TOLERANCE percent: "
        "HubSpot's counts lag, and portals change.",
        find=row_counts_near_portal,
    ),
    Rule(
        "row_counts_near_last_day",
        must_hold=False,
        description="Since the last complete day, no table has shrunk by more than HUBSPOT_ROW_FALL_LIMIT percent, "
        "become empty, or become unreadable for the token.",
        find=row_counts_near_last_day,
        compares_days=True,
    ),
    Rule(
        "schema_unchanged",
        must_hold=False,
        description="Since the last complete day, no column has been added, removed or given another type.",
        find=schema_unchanged,
        compares_days=True,
    ),
)
