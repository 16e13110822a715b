"""Whatever is wrong in an exported day, verify finds it and says where; what the portal changed since is told apart."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import polars as pl
import pytest
from typer.testing import CliRunner

from hubspot_assets.catalog.columns import Column
from hubspot_assets.cli.app import app
from hubspot_assets.demo.portal import PortalSettings
from hubspot_assets.lake import TableContent, Unavailable
from hubspot_assets.verify.day import verify_day
from hubspot_assets.verify.report import COUNT, WHOLE_ROW, WHOLE_TABLE, TableReport
from hubspot_assets_tests.exported import YESTERDAY, ExportedDay, environment, exported

# The portal's day is still to come, so that what happens to it next happens after the export.
TO_COME = YESTERDAY + timedelta(days=3)
SETTINGS = PortalSettings(
    day=TO_COME, first_day=TO_COME, contacts=130, companies=12, deals=0, tickets=0, other_records=0, properties=20,
    custom_objects=0, lists=6, events_per_day=60, limits=False,
)  # fmt: skip
TABLES = (
    *("OBJECTS_CONTACTS", "OBJECTS/CONTACTS", "OBJECT_WITH_OBJECT_PROPERTIES/CONTACTS", "OBJECT_PROPERTIES/CONTACTS"),
    *("OBJECT_PROPERTIES_HISTORY/CONTACTS", "ASSOCIATIONS_CONTACTS_TO_COMPANIES", "ASSOCIATIONS/CONTACTS_TO_COMPANIES"),
    *("LISTS", "LIST_MEMBERSHIPS", "OWNERS", "EVENTS_VISITED_PAGE"),
)
Change = Callable[[pl.DataFrame], pl.DataFrame]


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ExportedDay]:
    with exported(tmp_path_factory.mktemp("tampered"), SETTINGS, *TABLES) as exported_day:
        assert not exported_day.result.failed
        yield exported_day


def verified(day: ExportedDay, *names: str, sample: int | None = None) -> dict[str, TableReport]:
    tables = [table for table in day.portal_tables if table.name in names]
    assert len(tables) == len(names)
    with day.client() as client:
        reports = verify_day(client, day.lake, day.portal_tables, day.day, tables, sample=sample)
        return {report.table: report for report in reports}


def rewrite(day: ExportedDay, table: str, frame: pl.DataFrame, unavailable: Unavailable | None = None) -> None:
    manifest = day.lake.manifest(table, day.day)
    columns = [Column(column.name, column.type) for column in manifest.columns]
    captured = {"captured_from": manifest.captured.from_, "captured_to": manifest.captured.to}
    day.lake.write(table, day.day, TableContent(columns, frame, unavailable, **captured))  # type: ignore[arg-type]


def with_cell(column: str, row: int, value: str | None) -> Change:
    at = pl.int_range(pl.len()) == row
    return lambda frame: frame.with_columns(pl.when(at).then(pl.lit(value)).otherwise(pl.col(column)).alias(column))


def without_row(row: int) -> Change:
    return lambda frame: frame.filter(pl.int_range(pl.len()) != row)


def test_a_day_as_it_was_exported_has_no_difference(day: ExportedDay) -> None:
    for sample in (None, 5):
        reports = verified(day, *TABLES, sample=sample)
        assert [d for report in reports.values() for d in (*report.differences, *report.changed_since)] == []
        assert all(report.rows and report.cells for report in reports.values())


@pytest.mark.parametrize(
    ("table", "change", "columns"),
    [
        ("OBJECTS_CONTACTS", with_cell("PROPERTY_EMAIL", 3, "other@example.com"), {"PROPERTY_EMAIL"}),
        ("OBJECTS_CONTACTS", with_cell("PROPERTY_EMAIL", 3, None), {"PROPERTY_EMAIL"}),
        ("OBJECTS_CONTACTS", without_row(5), {COUNT, WHOLE_ROW}),
        ("OBJECTS/CONTACTS", without_row(0), {WHOLE_ROW}),
        ("OBJECTS/CONTACTS", with_cell("OBJECTID", 0, "9999999"), {WHOLE_ROW}),
        ("OBJECT_WITH_OBJECT_PROPERTIES/CONTACTS", with_cell("PROPERTIES", 7, "{}"), {"PROPERTIES"}),
        ("OBJECT_PROPERTIES/CONTACTS", with_cell("VALUE", 11, "1.0"), {"VALUE"}),
        ("OBJECT_PROPERTIES/CONTACTS", without_row(11), {WHOLE_ROW}),
        ("OBJECT_PROPERTIES_HISTORY/CONTACTS", without_row(2), {WHOLE_ROW}),
        ("OBJECT_PROPERTIES_HISTORY/CONTACTS", lambda frame: pl.concat([frame, frame.head(1)]), {WHOLE_ROW}),
        ("ASSOCIATIONS_CONTACTS_TO_COMPANIES", with_cell("LABEL", 4, "no label"), {"LABEL"}),
        ("ASSOCIATIONS/CONTACTS_TO_COMPANIES", without_row(4), {COUNT, WHOLE_ROW}),
        ("LISTS", with_cell("NAME", 0, ""), {"NAME"}),
        ("LIST_MEMBERSHIPS", without_row(0), {WHOLE_ROW}),
        ("OWNERS", with_cell("OWNERID", 0, "040000000"), {WHOLE_ROW}),
        ("EVENTS_VISITED_PAGE", lambda frame: pl.concat([frame, frame.tail(1)]), {WHOLE_ROW}),
        ("EVENTS_VISITED_PAGE", with_cell("PROPERTY_HS_CITY", 0, "Nowhere"), {"PROPERTY_HS_CITY"}),
    ],
)
def test_what_was_tampered_with_is_found(day: ExportedDay, table: str, change: Change, columns: set[str]) -> None:
    before = day.frame(table)
    rewrite(day, table, change(before))
    try:
        report = verified(day, table)[table]
    finally:
        rewrite(day, table, before)
    assert {difference.column for difference in report.differences} == columns
    assert not report.is_proven
    assert not report.changed


def test_a_sample_finds_every_lost_and_every_invented_record_by_the_counts(day: ExportedDay) -> None:
    for table in ("OBJECTS/CONTACTS", "LIST_MEMBERSHIPS"):
        before = day.frame(table)
        for frame in (before.slice(1), pl.concat([before, before.head(1).with_columns(OBJECTID=pl.lit("9999999"))])):
            rewrite(day, table, frame)
            try:
                report = verified(day, table, sample=1)[table]
            finally:
                rewrite(day, table, before)
            assert [difference.column for difference in report.differences] == [WHOLE_ROW]


def test_a_table_that_is_said_to_be_unavailable_and_is_not_is_a_difference(day: ExportedDay) -> None:
    before = day.frame("OWNERS")
    rewrite(day, "OWNERS", before.clear(), Unavailable(status=403, message="no scope"))
    try:
        report = verified(day, "OWNERS")["OWNERS"]
    finally:
        rewrite(day, "OWNERS", before)
    assert [(d.column, d.exported) for d in report.differences] == [(WHOLE_TABLE, "no scope")]


def test_a_table_that_is_not_in_the_day_is_missing(day: ExportedDay) -> None:
    report = verified(day, "TEAMS")["TEAMS"]
    assert "TEAMS" in (report.missing or "")
    assert not report.is_proven


def test_the_command_prints_each_difference_and_exits_with_1(day: ExportedDay) -> None:
    before = day.frame("OWNERS")
    rewrite(day, "OWNERS", with_cell("EMAIL", 1, "mallory@example.com")(before))
    try:
        with environment({**day.environment, "COLUMNS": "200"}):
            answer = CliRunner().invoke(app, ["verify", "--day", day.day, "--full", "--select", "OWNERS"])
    finally:
        rewrite(day, "OWNERS", before)
    assert answer.exit_code == 1
    difference = next(line for line in answer.output.splitlines() if "mallory@example.com" in line)
    owner = day.world.owners.all[1]
    assert difference.split() == ["OWNERS", owner.owner_id, "EMAIL", "mallory@example.com", owner.email]
    assert "1 difference." in answer.output


@pytest.mark.parametrize("options", [["--day", "22.11.2026"], ["--sample", "0"], ["--select", "OWNER"]])
def test_wrong_usage_exits_with_2(day: ExportedDay, options: list[str]) -> None:
    with environment(day.environment):
        answer = CliRunner().invoke(app, ["verify", *options])
    assert answer.exit_code == 2


def test_what_the_portal_changed_since_is_no_difference(tmp_path_factory: pytest.TempPathFactory) -> None:
    names = TABLES[:7]
    with exported(tmp_path_factory.mktemp("changed"), SETTINGS, *names) as day:
        day.world.disturbances.disturb("0-1", 3)
        happened = {what.record_id for what in day.world.disturbances.happened}
        for sample in (None, 1):
            reports = verified(day, *names, sample=sample)
            assert [d for report in reports.values() for d in report.differences] == []
        told = {d.id.split()[0] for d in verified(day, "OBJECTS/CONTACTS")["OBJECTS/CONTACTS"].changed_since}
        assert told == happened
