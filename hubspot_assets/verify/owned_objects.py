"""The six tables of each type that an API of its own lists, and of deal splits, always compared whole.

HubSpot has no property definitions for most of these: the fields are those that its answers have. What their types are
is the export's word (PROPERTY_DEFINITIONS), and every field that holds something must be there. They have no history.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from hubspot_assets.catalog.portal_tables import ObjectTables
from hubspot_assets.catalog.sources import Source
from hubspot_assets.catalog.table import Table
from hubspot_assets.hubspot import HubSpotClient, HubSpotError
from hubspot_assets.verify.cells import from_json, moment, text_of
from hubspot_assets.verify.comparing import Key, Row, compare
from hubspot_assets.verify.exported import ExportedDay, exported_properties
from hubspot_assets.verify.owned_answers import Answer, Refusals, archived_at, plain_records, read_answers
from hubspot_assets.verify.records import (
    PlainRecord,
    Property,
    column_types,
    id_row,
    json_pairs,
    json_row,
    property_cells,
    property_rows,
    wide_row,
)
from hubspot_assets.verify.refusals import answer_or_refusal, comparable, comparable_part, told_of
from hubspot_assets.verify.report import COLUMNS, WHOLE_ROW, TableReport

#: Of what is read by parents that HubSpot may refuse one by one: what a part is called, and the field with the parent.
_PARENTS = {
    Source.FORM_SUBMISSIONS: ("submissions of the form", "formId"),
    Source.CAMPAIGN_ASSETS: ("{} of the campaign", "campaignIds"),
}
# A page's password is held back on purpose.
_HELD_BACK = frozenset({"password"})
_UPDATED = ("updatedAt", "updated", "latestMessageTimestamp", "submittedAt", "createdAt", "created")
_CREATED = ("createdAt", "created", "submittedAt")


def check(
    client: HubSpotClient,
    day: ExportedDay,
    tables: ObjectTables,
    reports: Mapping[str, TableReport],
    walk: Callable[[str], Iterator[str]],
) -> None:
    """Compare the tables of one type. `walk` gives the ids of a type's records, for what is read by another's ids."""
    wanted = [t for t in tables if t.name in reports and reports[t.name].missing is None]
    if not wanted:
        return
    properties = exported_properties(day, tables.object_type.object_type_id)
    refused: Refusals = {}
    found = answer_or_refusal(lambda: list(read_answers(client, tables.object_type, properties, walk, refused)))
    answers = [comparable(reports[table.name], day, table, found) for table in wanted]
    there = {t: reports[t.name] for t, answer in zip(wanted, answers, strict=True) if answer is not None}
    if there and not isinstance(found, HubSpotError):
        _OwnedType(client, day, tables, found, properties, refused).compare(there)


def _add(children: dict[str, set[str]], parents: str | None, child: str) -> None:
    """Note a child of one parent, or of each in a JSON list of them."""
    told = from_json(parents)
    for parent in told if isinstance(told, list) else [parents]:
        children.setdefault(str(parent), set()).add(child)


class _OwnedType:
    """One type with all that its API says."""

    def __init__(
        self,
        client: HubSpotClient,
        day: ExportedDay,
        tables: ObjectTables,
        answers: list[Answer],
        properties: list[Property],
        refused: Refusals,
    ) -> None:
        self._client, self._day, self._tables, self._answers = client, day, tables, answers
        self._source, self._type_id = tables.object_type.source, tables.object_type.object_type_id
        self._properties = properties
        self._cells = property_cells(properties)
        self._refused = refused
        self._records = plain_records(self._source, answers)
        self._gone: dict[str, datetime | None] | None = None

    def compare(self, reports: Mapping[Table, TableReport]) -> None:
        for table, report in reports.items():
            self._day.check_columns(report, table, column_types(self._cells) if table is self._tables.wide else {})
            self._compare(table, report)
            self._day.check_read_times(report, table, self._day.scan(table))
        if self._tables.wide in reports:
            self._check_fields(reports[self._tables.wide])

    def _compare(self, table: Table, report: TableReport) -> None:
        aside = self._of_refused_parents(table, report)
        rows = [row for row in self._day.rows(table) if row["OBJECTID"] not in aside]
        records = [record for record in self._records if record.id not in aside]
        if table is self._tables.with_object_properties:
            rows = [{**row, "PROPERTIES": self._pairs(row["PROPERTIES"])} for row in rows]
        key = ("OBJECTID", "NAME") if table in {self._tables.properties, self._tables.history} else ("OBJECTID",)
        expected = [row for record in records for row in self._expected(table, record)]
        columns = [cell.column for cell in self._cells if cell.property.type == "json"]
        captured = self._day.captured_from(table)
        compare(
            report,
            key,
            expected,
            rows,
            changed_since=lambda of, column: self._changed_since(captured, of, column),
            json_columns=frozenset({*columns, "VALUE"}),
        )

    def _expected(self, table: Table, record: PlainRecord) -> list[Row]:
        if table is self._tables.wide:
            return [wide_row(self._type_id, record, self._cells)]
        if table is self._tables.ids:
            return [id_row(self._type_id, record)]
        if table is self._tables.with_object_properties:
            row = json_row(self._type_id, record, self._properties)
            return [{**row, "PROPERTIES": self._read_json(row["PROPERTIES"])}]
        return property_rows(self._type_id, record, self._properties) if table is self._tables.properties else []

    def _pairs(self, text: str | None) -> Any:
        pairs = json_pairs(text)
        return self._read_json(pairs) if isinstance(pairs, list) else pairs

    def _read_json(self, pairs: Iterable[tuple[str, Any]]) -> list[tuple[str, Any]]:
        """Pairs of PROPERTIES with what JSON values say, whatever their blanks and the digits of a fraction."""
        fields = {p.name for p in self._properties if p.type == "json"}
        return [(name, from_json(value) if name in fields else value) for name, value in pairs]

    def _of_refused_parents(self, table: Table, report: TableReport) -> set[str]:
        """The records, exported or HubSpot's, of forms or campaigns that cannot be compared."""
        if self._source not in _PARENTS:
            return set()
        told_as, field = _PARENTS[self._source]
        what = told_as.format(self._tables.object_type.records)
        exported: dict[str, set[str]] = {}
        if self._day.has(self._tables.wide):
            for row in self._day.rows(self._tables.wide):
                _add(exported, row[f"PROPERTY_{field.upper()}"], row["OBJECTID"])
        given: dict[str, set[str]] = {}
        for record in self._records:
            _add(given, record.values[field], record.id)
        aside: set[str] = set()
        for id_ in {*exported, *given, *self._refused}:
            ids = exported.get(id_, set())
            told = told_of(self._day, table, what, id_)
            answer = self._refused.get(id_) or given.get(id_, set())
            if comparable_part(report, told, f"{what} {id_}", answer, is_there=bool(ids)) is None:
                aside |= ids | given.get(id_, set())
        return aside

    def _check_fields(self, report: TableReport) -> None:
        """Every field that holds something is a property, or the manifest says that it was left out."""
        if self._source is Source.CAMPAIGNS:
            return  # what they tell beside the properties that were asked for is nobody's
        told = self._day.manifests[self._tables.wide.name].notes
        records = self._tables.object_type.records
        known = {p.name for p in self._properties} | _HELD_BACK
        values = (record.values for record in self._records)
        for name in sorted({n for row in values for n, value in row.items() if value is not None} - known):
            if f"The field {name} of {records} has values but no column." not in told:
                report.differs("", f"{COLUMNS} {name}", None, "a field that has values")

    def _changed_since(self, captured: datetime, key: Key, column: str) -> bool:
        record_id_ = str(key[0])
        found = [answer for answer, record in zip(self._answers, self._records, strict=True) if record.id == record_id_]
        names = _CREATED if column == WHOLE_ROW else _UPDATED
        times = [moment(text_of(answer.get(name))) for answer in found for name in names]
        if not found:
            times = [self._archived_at(record_id_)]
        return any(at is not None and at >= captured for at in times)

    def _archived_at(self, record_id_: str) -> datetime | None:
        if self._gone is None:
            self._gone = archived_at(self._client, self._source)
        return self._gone.get(record_id_)
