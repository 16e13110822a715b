"""The exported day as a comparison reads it: manifests, rows as plain Python values, and which records to look at.

Files are read through the lake and nothing else. Not here: what rows must hold.
"""

import random
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone, tzinfo
from functools import cached_property, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import polars as pl

from hubspot_assets.catalog.columns import Column
from hubspot_assets.catalog.fixed_tables import PIPELINE_STAGES, PROPERTY_DEFINITIONS
from hubspot_assets.catalog.table import Table
from hubspot_assets.days import day_window
from hubspot_assets.lake import Lake, Manifest, TableMissing
from hubspot_assets.verify.cells import naive_utc
from hubspot_assets.verify.comparing import INGESTEDAT, Row
from hubspot_assets.verify.records import Property
from hubspot_assets.verify.report import COLUMNS, TableReport


@dataclass(frozen=True)
class Sampling:
    """Which records are compared cell by cell: all of them, or so many of each table, the same ones every time."""

    size: int | None
    seed: str = ""

    @property
    def is_full(self) -> bool:
        return self.size is None

    def choose(self, ids: Sequence[str]) -> list[str]:
        """Some of the ids in their order."""
        if self.size is None or len(ids) <= self.size:
            return list(ids)
        chosen = random.Random(f"{self.seed}{len(ids)}").sample(range(len(ids)), self.size)
        return [ids[place] for place in sorted(chosen)]


# Tables of up to so many cells are kept in memory, a few at a time: most tables are small, and looked at several times.
_SMALL = 1_000_000
_KEPT = 16
_ROW_GROUP = 50_000


class ExportedDay:
    """The tables of one day in the lake."""

    def __init__(self, lake: Lake, day: str, zone: tzinfo = timezone.utc) -> None:
        self.day = day
        self.window = day_window(day, zone)
        """The first moment of the day and of the next one, UTC."""
        self._lake = lake
        self.manifests = lake.manifests(day)
        self._small = lru_cache(_KEPT)(lambda table: lake.read(table.name, day).collect())

    def report(self, table: Table) -> TableReport:
        """An empty report of a table; it says if the table is missing, or unavailable."""
        manifest = self.manifests.get(table.name)
        if manifest is None:
            return TableReport(table.name, missing=f"not in {self._lake.url(table.name, self.day)}")
        unavailable = manifest.unavailable.message if manifest.unavailable else None
        return TableReport(table.name, rows=manifest.rows, unavailable=unavailable)

    def has(self, table: Table) -> bool:
        """Whether the table is in, with the columns of the contract, and not empty because HubSpot did not give it."""
        manifest = self.manifests.get(table.name)
        return manifest is not None and manifest.unavailable is None and not self.lacking(table)

    def lacking(self, table: Table) -> list[Column]:
        """The columns of the contract that a table does not have, or has with another type."""
        exported = self.columns(table)
        return [column for column in table.columns if exported.get(column.name) != column.type]

    def captured_from(self, table: Table) -> datetime:
        """When the reading of the table began, naive UTC: what changed later need not be in it."""
        first = self.manifests[table.name].captured.from_
        return naive_utc(first) if first else datetime.max

    def columns(self, table: Table) -> dict[str, str]:
        """Column name -> type, as the manifest tells them."""
        return {column.name: column.type for column in self.manifests[table.name].columns}

    def check_columns(
        self,
        report: TableReport,
        table: Table,
        properties: Mapping[str, str] = MappingProxyType({}),
        *,
        changed_since: Callable[[str], bool] = lambda _: False,
    ) -> None:
        """The columns of a table are those of the contract and of these properties (name -> type), and no others."""
        exported = self.columns(table)
        expected: dict[str, str] = {column.name: column.type for column in table.columns} | dict(properties)
        if table.with_properties:
            expected = self._check_old_columns(report, table, expected)
        for name in sorted(expected.keys() | exported.keys()):
            if exported.get(name) != expected.get(name):
                since = changed_since(name)
                report.differs("", f"{COLUMNS} {name}", exported.get(name), expected.get(name), since=since)

    def _check_old_columns(self, report: TableReport, table: Table, expected: dict[str, str]) -> dict[str, str]:
        """The columns of the day before are the first ones, in its order, and NULL where they are no more expected.

        Unless somebody chose to drop those. Returns what is expected with them.
        """
        exported, before = self.columns(table), self._columns_before(table)
        names = list(exported)
        if not set(before) <= exported.keys():
            before = [name for name in before if name in expected]
        elif names[: len(before)] != before:
            report.differs("", f"{COLUMNS} in another order", names[: len(before)], before)
        old = [name for name in before if name not in expected]
        if old:
            filled = self.scan(table).select(pl.col(old).count()).collect().row(0)
            for name, count in zip(old, filled, strict=True):
                if count:
                    report.differs("", f"{COLUMNS} {name}", f"{count} values", "NULL: its property is gone")
        return expected | {name: exported[name] for name in old}

    def _columns_before(self, table: Table) -> list[str]:
        """The columns of a table on the last exported day before that has it, of the last seven."""
        for day in [day for day in self._lake.days() if day < self.day][:-8:-1]:
            try:
                return [column.name for column in self._lake.manifest(table.name, day).columns]
            except TableMissing:
                continue
        return []

    def scan(self, table: Table) -> pl.LazyFrame:
        """The table as it is in the lake."""
        if self._is_small(table):
            return self._small(table).lazy()
        return self._lake.read(table.name, self.day)

    def _is_small(self, table: Table) -> bool:
        manifest = self.manifests[table.name]
        return manifest.rows * len(manifest.columns) <= _SMALL

    def rows(self, table: Table) -> list[Row]:
        """A small table as rows."""
        return list(self.scan(table).collect().rows(named=True))

    @cached_property
    def property_definitions(self) -> dict[str, list[Row]]:
        """The rows of PROPERTY_DEFINITIONS by type id; none where that table is not in the day."""
        found: dict[str, list[Row]] = {}
        for row in self.rows(PROPERTY_DEFINITIONS) if self.has(PROPERTY_DEFINITIONS) else ():
            found.setdefault(row["OBJECTTYPEID"], []).append(row)
        return found

    @cached_property
    def stages(self) -> dict[str, list[str]]:
        """The ids of PIPELINE_STAGES by type id; none where that table is not in the day."""
        found: dict[str, list[str]] = {}
        for row in self.rows(PIPELINE_STAGES) if self.has(PIPELINE_STAGES) else ():
            found.setdefault(row["OBJECTTYPEID"], []).append(row["STAGEID"])
        return found

    def ids(self, table: Table) -> list[str]:
        """The OBJECTIDs of a table, in its order."""
        return self.scan(table).select("OBJECTID").collect().to_series().to_list()

    def local(self, table: Table, directory: Path) -> "LocalTable":
        """A copy to look at part by part, on local disk if large. The directory is the caller's."""
        if self._is_small(table):
            return LocalTable(self.scan(table))
        path = directory / f"{'__'.join(table.key)}.parquet"
        # Records come by id, so that most row groups hold none of the ones that are asked for and are skipped.
        self.scan(table).sink_parquet(path, row_group_size=_ROW_GROUP)
        return LocalTable(pl.scan_parquet(path))

    def check_read_times(self, report: TableReport, table: Table, frame: pl.LazyFrame) -> None:
        """Every row was read within the time that the manifest tells as its capture."""
        at = pl.col(INGESTEDAT)
        found = frame.select(at.min().alias("min"), at.max().alias("max"), at.null_count().alias("nulls")).collect()
        first, last, nulls = found.row(0)
        window = _window(self.manifests[table.name])
        if nulls:
            report.differs("", INGESTEDAT, f"NULL in {nulls} rows", "when each row was read")
        for moment in dict.fromkeys((first, last)):
            if moment is not None and not window[0] <= moment <= window[1]:
                report.differs("", INGESTEDAT, moment, f"between {window[0]} and {window[1]}, as its manifest says")


def exported_properties(day: ExportedDay, type_id: str) -> list[Property]:
    """The properties of a type that the day's definitions say are exported, by name."""
    rows = day.property_definitions.get(type_id, ())
    held_back = {row["NAME"] for row in rows if not row["EXPORTED"]}
    kept = [row for row in rows if not row["ARCHIVED"] and row["NAME"] not in held_back]
    by_name = {row["NAME"]: Property(row["NAME"], row["TYPE"] or "", row["CREATEDAT"]) for row in reversed(kept)}
    return [by_name[name] for name in sorted(by_name)]


def _window(manifest: Manifest) -> tuple[datetime, datetime]:
    first, last = manifest.captured.from_, manifest.captured.to
    return (naive_utc(first) if first else datetime.min), (naive_utc(last) if last else datetime.max)


class LocalTable:
    """A table that is not read from S3 again."""

    def __init__(self, frame: pl.LazyFrame) -> None:
        self.frame = frame

    def rows(self, ids: Collection[str], column: str = "OBJECTID") -> list[dict[str, Any]]:
        """The rows of these records."""
        wanted = pl.Series(list(ids), dtype=pl.String)
        return self.frame.filter(pl.col(column).is_in(wanted.implode())).collect().rows(named=True)


def parts(ids: Iterable[str], size: int) -> Iterable[list[str]]:
    """Ids in lists of up to `size`."""
    everything = list(ids)
    return (everything[start : start + size] for start in range(0, len(everything), size))
