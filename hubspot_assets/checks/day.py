"""One exported day as the rules look at it: manifests, what the files hold, the day before, the portal's own totals.

Everything is read when a rule first asks for it and kept, so that a run of one check reads only what that one needs.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta, timezone
from functools import cached_property

import polars as pl

from hubspot_assets.catalog.fixed_tables import ASSOCIATION_DEFINITIONS, PIPELINE_STAGES, PROPERTY_DEFINITIONS
from hubspot_assets.catalog.keys import key_of
from hubspot_assets.catalog.portal_tables import PortalTables
from hubspot_assets.catalog.table import Table
from hubspot_assets.checks.table_scan import TableScan, scan_table
from hubspot_assets.concurrency import results_by_item
from hubspot_assets.hubspot import HubSpotClient, limits
from hubspot_assets.lake import Lake, LakeError, Manifest

_MANIFESTS_AT_ONCE = 8
# Each holds a file or two of 15 MB and the hashes of half a million keys.
_TABLES_AT_ONCE = 4
# How many days without `_SUCCESS.json` are passed over in search of the last whole one.
_DAYS_BACK = 60


class Day:
    """A day of the export. Whatever it tells of a table is about the tables of `portal_tables`."""

    def __init__(
        self,
        portal_tables: PortalTables,
        lake: Lake,
        day: str,
        client: Callable[[], HubSpotClient],
        *,
        count_tolerance: float = 5.0,
        row_fall_limit: float = 20.0,
    ) -> None:
        self.portal_tables = portal_tables
        self.lake = lake
        self.day = day
        self.count_tolerance = count_tolerance
        self.row_fall_limit = row_fall_limit
        self._client = client

    @cached_property
    def manifests(self) -> dict[str, Manifest]:
        """The manifests of the day's tables by table name; those that are missing or broken are not among them."""
        return {name: found for name, found in self._found.items() if isinstance(found, Manifest)}

    @cached_property
    def without_manifest(self) -> dict[str, str]:
        """Table name -> one sentence, for every table of the contract that has no usable manifest."""
        return {name: str(found) for name, found in self._found.items() if isinstance(found, LakeError)}

    @cached_property
    def _found(self) -> dict[str, Manifest | LakeError]:
        return _manifests(self.lake, self.day, self.portal_tables)

    @cached_property
    def facts(self) -> dict[str, TableScan]:
        """What the files of each table with a manifest hold: the one reading of the whole day."""
        tables = [table for table in self.portal_tables if table.name in self.manifests]

        def read(table: Table) -> TableScan:
            return scan_table(self.lake, self.manifests[table.name], key_of(table))

        found = results_by_item(read, tables, at_once=_TABLES_AT_ONCE)
        return {table.name: scan for table, scan in found.items()}

    @cached_property
    def whole(self) -> dict[str, TableScan]:
        """The facts of the tables that could be read at HubSpot, and whose files could be read now."""
        return {
            name: facts
            for name, facts in self.facts.items()
            if facts.damage is None and facts.manifest.unavailable is None
        }

    @cached_property
    def day_before(self) -> str | None:
        """The last whole day before this one."""
        earlier = self.lake.days_before(self.day)
        return next((day for day in reversed(earlier[-_DAYS_BACK:]) if _is_whole(self.lake, day)), None)

    @cached_property
    def manifests_before(self) -> dict[str, Manifest]:
        """The manifests of the last whole day before, by table name; empty for the first day."""
        if self.day_before is None:
            return {}
        found = _manifests(self.lake, self.day_before, self.portal_tables)
        return {name: manifest for name, manifest in found.items() if isinstance(manifest, Manifest)}

    def columns_before(self, table: str) -> set[str]:
        """Return the columns of a table on the last exported day before, which stay when their properties are gone."""
        before = self.lake.last_manifest(table, self.day)
        return {column.name for column in before.columns} if before else set()

    @cached_property
    def property_definitions(self) -> pl.DataFrame:
        """What the checks need of that day's PROPERTY_DEFINITIONS."""
        columns = ("OBJECTTYPEID", "NAME", "TYPE", "LABEL", "DESCRIPTION", "CREATEDAT", "ARCHIVED", "EXPORTED")
        return self.lake.read(PROPERTY_DEFINITIONS.name, self.day).select(columns).collect()

    @cached_property
    def pipeline_stages(self) -> pl.DataFrame:
        """That day's OBJECTTYPEID, STAGEID, LABEL of PIPELINE_STAGES; no rows where the day has no such table."""
        columns = ("OBJECTTYPEID", "STAGEID", "LABEL")
        if PIPELINE_STAGES.name not in self.manifests:
            return pl.DataFrame(schema=dict.fromkeys(columns, pl.String))
        return self.lake.read(PIPELINE_STAGES.name, self.day).select(columns).collect()

    @cached_property
    def association_types(self) -> dict[tuple[str, str], set[str]]:
        """That day's (from, to) object type ids -> COMBINEDASSOCIATIONTYPEIDs that are defined."""
        columns = ("FROMOBJECTTYPEID", "TOOBJECTTYPEID", "COMBINEDASSOCIATIONTYPEID")
        types: dict[tuple[str, str], set[str]] = {}
        rows = self.lake.read(ASSOCIATION_DEFINITIONS.name, self.day).select(columns).collect()
        for from_type, to_type, combined in rows.iter_rows():
            types.setdefault((from_type, to_type), set()).add(combined)
        return types

    @cached_property
    def portal_totals(self) -> dict[str, int]:
        """Object type id -> how many records HubSpot says there are now. One call for all; raises HubSpotError."""
        counts = limits.records(self._client()).values()
        return {count.object_type_id: count.records for count in counts if count.records is not None}

    def was_read_lately(self, table: str) -> bool:
        """Whether the table was captured within the last day, so that the portal's totals of now tell about it."""
        captured = self.manifests[table].captured.to
        return captured is not None and datetime.now(timezone.utc) - captured < timedelta(days=1)


def _is_whole(lake: Lake, day: str) -> bool:
    """Whether an earlier day can be compared with: one whose `_SUCCESS.json` is damaged cannot."""
    try:
        return lake.success(day) is not None
    except LakeError:
        return False


def _manifests(lake: Lake, day: str, tables: Iterable[Table]) -> dict[str, Manifest | LakeError]:
    names = [table.name for table in tables]

    def read(name: str) -> Manifest | LakeError:
        try:
            return lake.manifest(name, day)
        except LakeError as error:
            return error

    return results_by_item(read, names, at_once=_MANIFESTS_AT_ONCE)
