"""A whole day, exported through every kind of fault, is what the portal holds: row for row and cell for cell.

The truth is the portal's own, without HTTP (`truth.py`); what the export wrote is read back through the lake.
"""

import csv
import gzip
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pytest
from typer.testing import CliRunner

from hubspot_assets.catalog.event_types import unlisted
from hubspot_assets.catalog.table import Table
from hubspot_assets.cli.app import app
from hubspot_assets.demo.portal import PortalSettings
from hubspot_assets.hubspot import limits
from hubspot_assets.reading.first_export import PARENTS, calls_by_counts, with_parents
from hubspot_assets.reading.quota import calls_needed
from hubspot_assets.verify.comparing import INGESTEDAT, compare
from hubspot_assets.verify.day import verify_day
from hubspot_assets.verify.records import Property, json_pairs, property_cells, wide_row
from hubspot_assets.verify.report import TableReport
from hubspot_assets_tests.conftest import SMALL_PORTAL
from hubspot_assets_tests.exported import YESTERDAY, ExportedDay, environment, exported
from hubspot_assets_tests.sampled import SWEEP
from hubspot_assets_tests.truth import Truth, plain

RECORDING = Path(__file__).parents[2] / "shared" / "recordings" / "contacts_properties.json"


@pytest.fixture(scope="session")
def truth(exported_day: ExportedDay) -> Truth:
    definitions = exported_day.rows("PROPERTY_DEFINITIONS")

    def fields_of(type_id: str) -> list[Property]:
        return sorted(Property(row["NAME"], row["TYPE"]) for row in definitions if row["OBJECTTYPEID"] == type_id)

    return Truth(exported_day.world, exported_day.portal_tables, date.fromisoformat(exported_day.day), fields_of)


def key_of(table: Table) -> list[str]:
    """The columns by which rows are found; of tables without a key of their own, all that are not values."""
    names = [column.name for column in table.columns]
    if table.name.startswith("ASSOCIATIONS"):
        return [name for name in names if name.endswith("OBJECTID") or name == "COMBINEDASSOCIATIONTYPEID"]
    keys = {"OBJECTTYPEID", "OBJECTID", "NAME", "OWNERID", "TEAMID", "PIPELINEID", "STAGEID", "LISTID", "ID"}
    if table.name == "LISTS":
        return ["LISTID"]
    if table.name == "OBJECT_AND_EVENT_TYPE_DEFINITIONS":
        return ["OBJECTTYPEID"]
    if table.name == "ASSOCIATION_DEFINITIONS":
        return ["COMBINEDASSOCIATIONTYPEID", "FROMOBJECTTYPEID", "TOOBJECTTYPEID"]
    return [name for name in names if name in keys]


def test_every_table_of_the_contract_is_in_and_no_fault_is_seen_in_it(exported_day: ExportedDay) -> None:
    assert not exported_day.result.failed
    assert exported_day.result.tables.keys() == {table.name for table in exported_day.portal_tables}
    assert not exported_day.result.unavailable
    met = {request.fault for request in exported_day.portal.requests} - {None}
    assert met <= set(exported_day.portal.settings.faults)
    assert len(met) > 20, "the portal answered with nearly every kind of fault"


def test_the_calls_of_a_first_export_are_about_those_that_were_foretold(exported_day: ExportedDay) -> None:
    client, portal_tables = exported_day.client(), exported_day.portal_tables
    counts = {type_id: count.records or 0 for type_id, count in limits.records(client).items()}
    # Retries are the faults', which no forecast knows.
    took = calls_needed(exported_day.lake.manifests(exported_day.day), exported_day.day, full_history_days=7)
    for known in (counts, {type_id: counts[type_id] for type_id in counts if type_id not in PARENTS}):
        foretold = calls_by_counts(with_parents(client, known, portal_tables), portal_tables)
        assert 0.8 * took < foretold < 1.2 * took


def test_the_export_knows_every_type_and_pair_that_the_portal_has(exported_day: ExportedDay) -> None:
    world, portal_tables = exported_day.world, exported_day.portal_tables
    assert {t.object_type_id for t in world.object_types} <= portal_tables.objects.keys()
    listed = [e.name for e in world.event_types.listed()]
    assert {*listed, *(e.name for e in unlisted(listed))} == portal_tables.events.keys()
    counted = {t.object_type_id for t in world.object_types.served() if world.count(t.object_type_id)}
    links = [(link.many, link.one) for link in world.associations.links]
    assert {frozenset(pair) for pair in links if counted.issuperset(pair)} == set(
        map(frozenset, portal_tables.associations)
    )


def test_every_cell_of_every_table_is_what_the_portal_holds(exported_day: ExportedDay, truth: Truth) -> None:
    wrong: list[Any] = []
    cells = 0
    for table in exported_day.portal_tables:
        manifest = exported_day.lake.manifest(table.name, exported_day.day)
        types = {column.name: column.type for column in manifest.columns}
        expected = truth.rows_of(table, types)
        assert (expected is None) is (manifest.unavailable is not None), table.name
        report = TableReport(table.name)
        rows = exported_day.rows(table.name)
        if "PROPERTIES" in types:
            rows = [{**row, "PROPERTIES": json_pairs(row["PROPERTIES"])} for row in rows]
        # Of some rows the portal tells some columns; the others are as the catalogue or nobody has them.
        key = key_of(table)
        told = {tuple(row[name] for name in key): {*row, INGESTEDAT} for row in expected or []}
        rows = [
            {name: value for name, value in row.items() if name in told.get(tuple(row[one] for one in key), row)}
            for row in rows
        ]
        json_columns = frozenset(name for name in types if types[name] == "json" or name in {"VALUE"})
        compare(report, key_of(table), expected or [], rows, json_columns=json_columns)
        wrong += report.differences
        cells += report.cells
        assert manifest.rows == len(rows) == len(expected or [])
        if expected and table.with_properties:
            assert types.keys() - {INGESTEDAT} == expected[0].keys(), table.name
    assert not wrong, wrong[:20]
    assert cells > 200_000


@SWEEP
def test_verify_finds_no_difference_in_any_cell(exported_day: ExportedDay) -> None:
    with exported_day.client() as client:
        tables = list(exported_day.portal_tables)
        reports = list(verify_day(client, exported_day.lake, exported_day.portal_tables, exported_day.day, tables))
    assert [d for report in reports for d in report.differences] == []
    assert not any(report.changed or report.missing for report in reports)
    assert {report.table for report in reports} == {table.name for table in tables}
    assert [r.table for r in reports if r.rows_compared < r.rows] == []


#: Of each family and each way to read some, with all that they are made of: about a fifth of all tables.
SOME_TABLES = (
    *("OBJECT_PROPERTIES/CONTACTS", "OBJECT_WITH_OBJECT_PROPERTIES/CONTACTS", "OBJECT_PROPERTIES_HISTORY/CARS"),
    *("OBJECTS_DEAL_SPLITS", "OBJECTS_FORM_SUBMISSIONS", "OBJECTS_MARKETING_EMAILS", "OBJECTS_SEQUENCES"),
    *("OBJECTS_AD_ACCOUNTS", "OBJECTS_CONVERSATIONS", "OBJECTS_BLOG_POSTS", "OBJECTS_CAMPAIGNS"),
    *("ASSOCIATIONS_DEALS_TO_COMPANIES", "ASSOCIATIONS/COMPANIES_TO_COMPANIES", "ASSOCIATIONS/CONTACTS_TO_COMPANIES"),
    *("ASSOCIATIONS_COMPANIES_TO_DEALS", "LIST_MEMBERSHIPS", "EVENTS_VISITED_PAGE", "EVENTS_CLICKED_PRICING"),
    *("OWNERS", "OWNER_TEAM", "TEAMS", "PIPELINES", "PIPELINE_STAGES", "ASSOCIATION_DEFINITIONS"),
)


@SWEEP
def test_the_same_day_without_faults_gives_the_same_tables(
    exported_day: ExportedDay, tmp_path_factory: pytest.TempPathFactory
) -> None:
    settings = PortalSettings(**SMALL_PORTAL)  # type: ignore[arg-type]
    with exported(tmp_path_factory.mktemp("without_faults"), settings, *SOME_TABLES) as calm:
        assert not {request.fault for request in calm.portal.requests} - {None}
        tables = calm.lake.manifests(calm.day)
        assert tables.keys() >= set(SOME_TABLES)
        for name in tables:
            met, without = exported_day.frame(name), calm.frame(name)
            assert met.schema == without.schema, name
            order = [column for column in met.columns if column != INGESTEDAT]
            assert met.select(order).sort(order).equals(without.select(order).sort(order)), name


# --- the recording ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def recorded_contacts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ExportedDay]:
    if not RECORDING.exists():
        pytest.skip(f"the recording {RECORDING.name} is not next to the repository (in shared/recordings)")
    settings = PortalSettings(
        day=YESTERDAY, contacts=1000, companies=0, deals=0, tickets=0, other_records=0, custom_objects=0, lists=0,
        events_per_day=0, contact_properties_file=RECORDING, limits=False,
    )  # fmt: skip
    names = [f"{name}CONTACTS" for name in ("OBJECTS_", "OBJECTS/", "OBJECT_PROPERTIES/", "OBJECT_PROPERTIES_HISTORY/")]
    with exported(tmp_path_factory.mktemp("recorded"), settings, *names) as day:
        assert not day.result.failed
        yield day


@pytest.fixture(scope="module")
def expected_contacts(recorded_contacts: ExportedDay) -> list[dict[str, Any]]:
    definitions = json.loads(RECORDING.read_text())["results"]
    assert len(definitions) == 367
    cells = property_cells(sorted(Property(d["name"], d["type"]) for d in definitions))
    return [wide_row("0-1", plain(record), cells) for record in recorded_contacts.world.records("0-1")]


def text_of_cells(rows: list[dict[str, Any]]) -> list[dict[str, str | None]]:
    """The rows as the texts that their file has."""
    return [
        {
            k: v.isoformat(" ", "milliseconds") if hasattr(v, "hour") else v if v is None else str(v)
            for k, v in r.items()
        }
        for r in rows
    ]


def test_a_thousand_contacts_with_367_recorded_properties_are_what_the_portal_holds(
    recorded_contacts: ExportedDay, expected_contacts: list[dict[str, Any]]
) -> None:
    assert len(expected_contacts) == recorded_contacts.world.count("0-1") >= 1000
    report = TableReport("OBJECTS_CONTACTS")
    compare(report, ["OBJECTID"], expected_contacts, recorded_contacts.rows("OBJECTS_CONTACTS"))
    assert report.differences == []
    assert report.cells >= 1000 * 367
    columns = set(recorded_contacts.frame("OBJECTS_CONTACTS").columns)
    assert {f"PROPERTY_{d['name'].upper()}" for d in json.loads(RECORDING.read_text())["results"]} <= columns


@pytest.mark.parametrize("reader", ["duckdb", "pandas", "polars", "csv"])
def test_other_readers_see_every_recorded_cell(
    recorded_contacts: ExportedDay, expected_contacts: list[dict[str, Any]], reader: str
) -> None:
    files = str(recorded_contacts.folder / "OBJECTS_CONTACTS" / "*.csv.gz")
    expected = {row["OBJECTID"]: row for row in text_of_cells(expected_contacts)}
    rows = READERS[reader](files)
    assert len(rows) == len(expected)
    # A reader that cannot tell an empty text from NULL is not asked to.
    empty = None if reader in {"duckdb", "polars"} else ""
    wrong = [
        (row["OBJECTID"], name, row[name], value)
        for row in rows
        for name, value in expected[str(row["OBJECTID"])].items()
        if row[name] != (empty if value is None else value)
    ]
    assert wrong == []


def by_duckdb(files: str) -> list[dict[str, Any]]:
    # Left to guess, DuckDB takes rows that begin with # for comments.
    form = "header=true, delim=',', quote='\"', escape='\"', comment='', all_varchar=true, allow_quoted_nulls=false"
    with duckdb.connect() as connection:
        found = connection.execute(f"from read_csv('{files}', {form})")
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def by_pandas(files: str) -> list[dict[str, Any]]:
    paths = sorted(Path(files).parent.glob("*.csv.gz"))
    frame = pd.concat(pd.read_csv(path, dtype=str, keep_default_na=False) for path in paths)
    return [dict(zip(frame.columns, row, strict=True)) for row in frame.itertuples(index=False)]


def by_polars(files: str) -> list[dict[str, Any]]:
    return pl.scan_csv(files, infer_schema=False).collect().rows(named=True)


def by_csv(files: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for path in sorted(Path(files).parent.glob("*.csv.gz")):
        with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
            found += csv.DictReader(lines)
    return found


READERS = {"duckdb": by_duckdb, "pandas": by_pandas, "polars": by_polars, "csv": by_csv}


# --- the command -----------------------------------------------------------------------------------------------------


def test_the_command_says_that_there_is_no_difference(exported_day: ExportedDay) -> None:
    with environment(exported_day.environment):
        options = ["--day", exported_day.day, "--sample", "5", "--select", "owners", "--select", "OBJECTS_DEALS"]
        answer = CliRunner().invoke(app, ["verify", *options])
    assert answer.exit_code == 0, answer.output
    assert "OBJECTS_DEALS" in answer.output
    assert "no differences" in answer.output
