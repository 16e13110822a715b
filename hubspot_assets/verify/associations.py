"""Both tables of each direction of a pair of types, against the associations API.

The export reads a pair from its smaller side and may derive the other direction. Here each direction is asked for from
its own records and nothing is derived. What is compared is every association of the chosen records: of some of them,
or of all. Of the rest, counts: both tables of a direction have the same rows; where the way back has not as many pairs
of records, all are compared.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import polars as pl

from hubspot_assets.catalog.fixed_tables import ASSOCIATION_DEFINITIONS
from hubspot_assets.catalog.portal_tables import AssociationTables, PortalTables
from hubspot_assets.catalog.table import Table
from hubspot_assets.hubspot import HubSpotClient, HubSpotError, associations, objects
from hubspot_assets.hubspot.children import all_or_nothing
from hubspot_assets.scratch import scratch_directory
from hubspot_assets.verify.cells import moment
from hubspot_assets.verify.comparing import Key, Row, compare
from hubspot_assets.verify.definitions import combined_association_row, named_association_row
from hubspot_assets.verify.exported import ExportedDay, LocalTable, Sampling, parts
from hubspot_assets.verify.refusals import answer_or_refusal, comparable
from hubspot_assets.verify.report import COUNT, TableReport

_RECORDS_AT_ONCE = 10_000
_TYPE = "COMBINEDASSOCIATIONTYPEID"


class Associations:
    """Compares the directions of pairs, one after another."""

    def __init__(
        self, client: HubSpotClient, portal_tables: PortalTables, day: ExportedDay, sampling: Sampling
    ) -> None:
        self._client, self._contract, self._day, self._sampling = client, portal_tables, day, sampling
        self._ids: dict[str, list[str] | None] = {}
        self._definitions: dict[tuple[str, str], dict[tuple[str, str], Row]] = {}
        if day.has(ASSOCIATION_DEFINITIONS):
            for row in day.rows(ASSOCIATION_DEFINITIONS):
                pair, kind = (
                    (row["FROMOBJECTTYPEID"], row["TOOBJECTTYPEID"]),
                    (
                        row["ASSOCIATIONCATEGORY"],
                        row["ASSOCIATIONTYPEID"],
                    ),
                )
                self._definitions.setdefault(pair, {}).setdefault(kind, row)

    def ids(self, type_id: str) -> list[str] | None:
        """The ids of a type's records of the day; None where the day does not have them."""
        if type_id not in self._ids:
            table = self._contract.objects[type_id].ids
            self._ids[type_id] = self._day.ids(table) if self._day.has(table) else None
        return self._ids[type_id]

    def check(self, pair: tuple[str, str], reports: Mapping[str, TableReport]) -> None:
        """Compare both tables of one direction."""
        both = self._contract.associations[pair]
        wanted = [t for t in both if t.name in reports and reports[t.name].missing is None]
        near = self.ids(pair[0])
        if not wanted:
            return
        if not near:
            self._without_records(pair, [reports[table.name] for table in wanted], near)
            return
        with scratch_directory() as directory:
            local = {t: self._day.local(t, directory) for t in wanted if self._day.has(t)}
            agrees = True
            for table, copy in local.items():
                self._day.check_columns(reports[table.name], table)
                self._day.check_read_times(reports[table.name], table, copy.frame)
                agrees &= self._counts_agree(pair, table, reports[table.name], copy)
            # Where the way back has other pairs, what HubSpot says of each record decides.
            chosen = self._sampling.choose(near) if agrees else near
            answer: list[associations.Association] | HubSpotError = []
            for part in parts(chosen, _RECORDS_AT_ONCE):
                answer = answer_or_refusal(lambda part=part: self._read(pair, part))  # type: ignore[misc]
                if isinstance(answer, HubSpotError):
                    break
                for table, copy in local.items():
                    self._compare(pair, table, reports[table.name], answer, copy, part)
            for table in wanted:
                comparable(reports[table.name], self._day, table, answer)

    def _without_records(self, pair: tuple[str, str], reports: Sequence[TableReport], ids: list[str] | None) -> None:
        """Of a type without records there are no associations; one whose records are unknown cannot be asked about."""
        for report in reports:
            if ids is None:
                report.not_compared = f"the day has no {self._contract.objects[pair[0]].ids.name} to look them up with"
            elif report.rows:
                report.differs("", COUNT, report.rows, "no records that they could belong to")

    def _read(self, pair: tuple[str, str], ids: Sequence[str]) -> list[associations.Association]:
        """Every association of these records whose other end is in the day, or of a type that is not in it at all."""
        far = self.ids(pair[1])
        there = None if far is None else set(far)
        found = associations.read(self._client, *pair, ids, all_or_nothing)
        return [one for one in found if there is None or one.to_id in there]

    def _compare(
        self,
        pair: tuple[str, str],
        table: Table,
        report: TableReport,
        found: Sequence[associations.Association],
        local: LocalTable,
        ids: list[str],
    ) -> None:
        names = _end_columns(self._contract.associations[pair], table)
        expected = [self._row(pair, table, one) for one in found]
        changed = _ChangedSince(self._client, pair, self._day.captured_from(table))
        compare(report, (*names, _TYPE), expected, local.rows(ids, names[0]), changed_since=changed)

    def _row(self, pair: tuple[str, str], table: Table, one: associations.Association) -> Row:
        both = self._contract.associations[pair]
        ends, kind = (one.from_id, one.to_id), (one.category, one.type_id)
        if table is both.combined:
            return combined_association_row(pair, ends, kind)
        definition = self._definitions.get(pair, {}).get(kind, {})
        return named_association_row(_end_columns(both, table), ends, kind, definition)

    def _counts_agree(self, pair: tuple[str, str], table: Table, report: TableReport, local: LocalTable) -> bool:
        """Whether the way back has as many pairs of records. Both tables of a direction must have the same rows."""
        both, back = self._contract.associations[pair], self._contract.associations[pair[::-1]]
        other = both.combined if table is both.named else both.named
        if self._day.has(other) and self._day.manifests[other.name].rows != report.rows:
            report.differs("", COUNT, report.rows, f"{self._day.manifests[other.name].rows} in {other.name}")
        way_back = back.named if table is both.named else back.combined
        if self.ids(pair[1]) is None or not self._day.has(way_back):
            return True
        here = _pairs(local.frame, _end_columns(both, table))
        return here == _pairs(self._day.scan(way_back), _end_columns(back, way_back))


def _end_columns(both: AssociationTables, table: Table) -> tuple[str, str]:
    if table is both.combined:
        return "FROMOBJECTID", "TOOBJECTID"
    return table.columns[0].name, table.columns[1].name


def _pairs(frame: pl.LazyFrame, ends: tuple[str, str]) -> int:
    return int(frame.select(pl.struct(*ends).n_unique()).collect().item())


class _ChangedSince:
    """Associations have no time of their own: one has changed since if either of its records has."""

    def __init__(self, client: HubSpotClient, pair: tuple[str, str], captured: datetime) -> None:
        self._client, self._pair, self._captured = client, pair, captured
        self._known: dict[tuple[str, str], bool] = {}

    def __call__(self, key: Key, _column: str) -> bool:
        return any(self._has_changed(type_id, str(id_)) for type_id, id_ in zip(self._pair, key[:2], strict=True))

    def _has_changed(self, type_id: str, record_id: str) -> bool:
        known = self._known.get((type_id, record_id))
        if known is None:
            times: list[Any] = []
            for page in objects.batch_read(self._client, type_id, [record_id], []):
                times += [moment(record.get("updatedAt")) for record in page.records]
            known = self._known[type_id, record_id] = any(at is not None and at >= self._captured for at in times)
        return known
