"""One type of the CRM objects API against its five tables: the records that are looked at, and how they differ.

Here: what HubSpot is asked, which records are looked at, what each table should say of them. Not here: which types and
tables can be compared, and which properties they have (`crm_objects.py`).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from hubspot_assets.catalog.portal_tables import ObjectTables
from hubspot_assets.catalog.table import Table
from hubspot_assets.hubspot import HubSpotClient, limits, objects, versions
from hubspot_assets.hubspot.errors import NotAvailable
from hubspot_assets.hubspot.http import paging
from hubspot_assets.verify.cells import is_true, moment
from hubspot_assets.verify.comparing import Key, Row, compare
from hubspot_assets.verify.exported import ExportedDay, Sampling, parts
from hubspot_assets.verify.records import (
    ENGAGEMENT_TYPE,
    PlainRecord,
    Property,
    PropertyCell,
    as_engagement,
    as_text_column,
    column_types,
    history_rows,
    id_row,
    json_pairs,
    json_row,
    property_cells,
    property_rows,
    source_rows,
    wide_row,
)
from hubspot_assets.verify.report import COUNT, WHOLE_ROW, TableReport

_RECORDS_AT_ONCE = 1_000
_HARMLESS = "non_sensitive"


@dataclass
class Defined:
    """The properties of a type in the portal now; `made` and `archived` tell when, as far as HubSpot does.

    `of_stages`: what records may have beside them.
    """

    properties: list[Property]
    made: dict[str, datetime | None] = field(default_factory=dict)
    archived: dict[str, datetime | None] = field(default_factory=dict)
    of_stages: list[Property] = field(default_factory=list)

    @classmethod
    def of(cls, definitions: Sequence[Mapping[str, Any]]) -> "Defined":
        """Of HubSpot's definitions: exported is what is neither archived nor sensitive in any of them."""
        sensitive = {d["name"] for d in definitions if (d.get("dataSensitivity") or _HARMLESS) != _HARMLESS}
        harmless = [d for d in definitions if d["name"] not in sensitive]
        current = {d["name"]: d for d in harmless if not is_true(d.get("archived"))}
        gone = {d["name"]: moment(d.get("archivedAt")) for d in harmless if is_true(d.get("archived"))}
        made = {name: moment(d.get("createdAt")) for name, d in current.items()}
        return cls(
            [Property(name, current[name].get("type") or "", made[name]) for name in sorted(current)], made, gone
        )

    def at(self, captured: datetime) -> list[Property]:
        """Those that were there when the tables were read."""
        return [p for p in self.properties if (self.made.get(p.name) or datetime.min) < captured]


class CrmRecords:
    """What HubSpot has of a type, as a comparison asks for it."""

    def __init__(self, client: HubSpotClient) -> None:
        self._client = client
        try:
            self._counts = limits.records(client)
        except NotAvailable:
            self._counts = {}

    def count(self, type_id: str) -> int | None:
        """How many records HubSpot counts."""
        counted = self._counts.get(type_id)
        return counted.records if counted else None

    def walk(self, type_id: str) -> Iterator[str]:
        """The ids of all records, by following the cursor of one plain list."""
        path = versions.path("objects", object_type=type_id)
        for row in paging.rows(self._client, path, {"properties": "hs_object_id"}, limit=objects.PAGE, key="id"):
            if row.get("archived") is not True:
                yield str(row["id"])

    def records(self, type_id: str, ids: Sequence[str], names: Sequence[str]) -> Iterator[Mapping[str, Any]]:
        """Records by their ids, with every version."""
        for page in objects.batch_read(self._client, type_id, ids, names, with_history=True):
            yield from page.records

    def ended(self, type_id: str, record_id: str) -> datetime | None:
        """When a record that is not there was archived, or merged into another; None where HubSpot knows no such."""
        body = {"inputs": [{"id": record_id}], "properties": [], "propertiesWithHistory": []}
        path = versions.path("objects_batch_read", object_type=type_id)
        found = self._client.post(path, body, {"archived": True}).get("results") or []
        if found:
            return moment(found[0].get("archivedAt"))
        try:
            survivor = self._client.get(versions.path("object", object_type=type_id, record=record_id))
        except NotAvailable:
            return None
        return moment(survivor.get("updatedAt"))


class TypeComparison:
    """One type: its tables on local disk, its properties, and the records that are looked at."""

    def __init__(
        self,
        asking: CrmRecords,
        day: ExportedDay,
        sampling: Sampling,
        tables: ObjectTables,
        also: ObjectTables | None,
        comparable: Sequence[Table],
        defined: Defined,
        directory: Path,
    ) -> None:
        self._asking, self._tables, self._also = asking, tables, also
        self._day, self._sampling = day, sampling
        self._type_id = tables.object_type.object_type_id
        self._captured = self._day.captured_from(tables.ids)
        self._defined = defined
        self._properties = _by_name([*defined.at(self._captured), *defined.of_stages])
        #: Whether the kinds of engagements do not have this property themselves.
        self._adds_type = all(p.name != ENGAGEMENT_TYPE.name for p in self._properties)
        self._cells = self._defined_cells = property_cells(defined.at(self._captured))
        exported = self._day.columns(tables.wide) if self._day.has(tables.wide) else {}
        possible = column_types(property_cells(self._properties)).items()
        #: The columns of stage properties that the export has, with their types.
        self._of_stages = {name: type_ for name, type_ in possible if name in exported}
        self._of_stages = {n: t for n, t in self._of_stages.items() if n not in column_types(self._defined_cells)}
        self._local = {table: self._day.local(table, directory) for table in comparable}
        self._records: dict[str, PlainRecord] = {}
        self._created: dict[str, datetime | None] = {}
        self._ended: dict[str, datetime | None] = {}

    def run(self, reports: Mapping[str, TableReport]) -> None:
        for table, local in self._local.items():
            if table in set(self._tables):
                self._day.check_read_times(reports[table.name], table, local.frame)
                self._check_columns(reports[table.name], table)
        ids = self._ids_to_compare(reports)
        for part in parts(ids, _RECORDS_AT_ONCE):
            self._read(part)
            for table, local in self._local.items():
                self._compare(reports[table.name], table, local.rows(part))

    def _check_columns(self, report: TableReport, table: Table) -> None:
        # Of the stage properties, a table has those that some record has: its cell shows if one lacks a column.
        expected = {**column_types(self._defined_cells), **self._of_stages} if table is self._tables.wide else {}
        new = {c.column for c in property_cells(self._defined.properties)} - expected.keys()
        gone = [Property(n, "") for n, at in self._defined.archived.items() if _is_from(at, self._captured)]
        since = new | {c.column for c in property_cells(gone)}
        self._day.check_columns(report, table, expected, changed_since=since.__contains__)

    def _ids_to_compare(self, reports: Mapping[str, TableReport]) -> list[str]:
        exported = self._day.ids(self._tables.ids)
        for table in (self._tables.wide, self._tables.with_object_properties):
            if table in self._local and reports[table.name].rows != len(exported):
                reports[table.name].differs("", COUNT, reports[table.name].rows, f"{len(exported)} records")
        chosen = dict.fromkeys(self._sampling.choose(exported))
        if self._sampling.is_full or self._asking.count(self._type_id) != len(exported):
            there, exported_ids = set(self._asking.walk(self._type_id)), set(exported)
            chosen.update(dict.fromkeys(sorted(there ^ exported_ids, key=int)))
        return list(chosen)

    def _read(self, ids: Sequence[str]) -> None:
        self._records, self._created, self._ended = {}, {}, {}
        for answer in self._asking.records(self._type_id, ids, [p.name for p in self._properties]):
            record = PlainRecord.of_answer(answer)
            self._records[record.id] = record
            self._created[record.id] = moment(answer.get("createdAt"))
        told = [p for p in self._defined.of_stages if any(r.value(p.name) is not None for r in self._records.values())]
        self._cells = property_cells(_by_name([*self._defined.at(self._captured), *told]))
        for record_id in set(ids) - self._records.keys():
            self._ended[record_id] = self._asking.ended(self._type_id, record_id)

    def _compare(self, report: TableReport, table: Table, rows: list[dict[str, Any]]) -> None:
        own = table in set(self._tables)
        tables = self._tables if own or self._also is None else self._also
        type_id = tables.object_type.object_type_id
        records: Iterable[PlainRecord] = self._records.values()
        properties = self._properties
        if not own and self._adds_type:
            records = [as_engagement(self._type_id, record, properties) for record in records]
            properties = [*properties, ENGAGEMENT_TYPE]
        if table is tables.with_object_properties:
            rows = [{**row, "PROPERTIES": json_pairs(row["PROPERTIES"])} for row in rows]
        key = ("OBJECTID", "NAME") if table in {tables.properties, tables.history, tables.sources} else ("OBJECTID",)
        expected = (row for one in records for row in self._expected(tables, table, type_id, one, properties))
        compare(report, key, expected, rows, changed_since=self._changed_since)

    def _expected(
        self, tables: ObjectTables, table: Table, type_id: str, record: PlainRecord, properties: Sequence[Property]
    ) -> Sequence[Row]:
        if table is tables.wide:
            return [self._wide(table, type_id, record)]
        if table is tables.ids:
            return [id_row(type_id, record)]
        if table is tables.with_object_properties:
            return [json_row(type_id, record, properties)]
        if table is tables.properties:
            return property_rows(type_id, record, properties)
        if table is tables.sources:
            return source_rows(type_id, record, properties, self._tables.object_type.version_cap)
        return history_rows(type_id, record, properties, self._tables.object_type.version_cap)

    def _wide(self, table: Table, type_id: str, record: PlainRecord) -> Row:
        row = {**dict.fromkeys(self._of_stages), **wide_row(type_id, record, self._cells)}
        if table is self._tables.wide:
            return row
        if self._adds_type:
            row |= wide_row(type_id, record, property_cells([ENGAGEMENT_TYPE]))
        # Columns that only other kinds of engagements have are NULL in this one's rows.
        columns = self._day.columns(table)
        row = {**dict.fromkeys((c for c in columns if c.startswith("PROPERTY_")), None), **row}
        return {name: as_text_column(value) if columns.get(name) == "string" else value for name, value in row.items()}

    def _changed_since(self, key: Key, column: str) -> bool:
        record_id, name = str(key[0]), key[1] if len(key) > 1 else None
        record = self._records.get(record_id)
        if record is None:
            ended = self._ended.get(record_id)
            return ended is not None and ended >= self._captured
        if column == WHOLE_ROW and name is None:
            return _is_from(self._created.get(record_id), self._captured)
        changed = [moment(record.updated_at)]
        names = [str(name)] if name is not None else _names_behind(column, self._cells, record)
        changed += [record.changed_at(one) for one in names]
        return any(_is_from(at, self._captured) for at in changed)


def _names_behind(column: str, cells: Sequence[PropertyCell], record: PlainRecord) -> list[str]:
    """The properties that a cell of a record is made of."""
    if column == "PROPERTIES":
        return list(record.versions)
    return [cell.property.name for cell in cells if cell.column == column]


def _by_name(properties: Sequence[Property]) -> list[Property]:
    return sorted(properties, key=lambda p: p.name)


def _is_from(at: datetime | None, captured: datetime) -> bool:
    return at is not None and at >= captured
