"""The dictionary: every table and column, before the first day and after it, in its three formats."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from hubspot_assets.catalog.keys import key_of
from hubspot_assets.catalog.object_types import ObjectType
from hubspot_assets.catalog.portal import Portal
from hubspot_assets.catalog.portal_tables import PortalTables
from hubspot_assets.cli.app import app
from hubspot_assets.demo.s3 import DemoS3
from hubspot_assets.warehouse.dictionary_formats import yaml_text
from hubspot_assets.warehouse.relations import relation_of
from hubspot_assets_tests.exported import environment
from hubspot_assets_tests.small_export import SmallExport, catalogue, small_export
from hubspot_assets_tests.warehouse.awkward import TEXTS

CAR = ObjectType("2-111", "cars", "Car", "Cars | and <others>", ("crm.objects.custom.read",))
TYPES = ("0-1", "0-2", "0-4", "0-46", "0-28")


@pytest.fixture(scope="module")
def day(s3: DemoS3, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallExport]:
    known = catalogue(*TYPES, custom=[CAR], pairs=[("0-1", "0-2")])
    with small_export(s3, tmp_path_factory.mktemp("dictionary"), known, properties=8) as small:
        assert not small.export().failed
        yield small


def printed(form: str) -> str:
    result = CliRunner().invoke(app, ["dictionary", "--format", form])
    assert result.exit_code == 0, result.output
    return result.stdout


def rows() -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(printed("csv"), newline="")))


def test_every_column_of_the_day_is_told_with_the_type_of_its_manifest(day: SmallExport) -> None:
    told = {(row["table"], row["column"]): row["type"] for row in rows()}
    there = {
        (relation_of(name), column.name): column.type
        for name, manifest in day.lake.manifests(day.lake.days()[-1]).items()
        for column in manifest.columns
    }
    assert told == there


def test_a_column_of_a_property_has_hubspots_label_and_words(day: SmallExport) -> None:
    definitions = {
        row["NAME"]: row for row in day.frame("PROPERTY_DEFINITIONS").rows(named=True) if row["OBJECTTYPEID"] == "0-1"
    }
    told = {row["column"]: row for row in rows() if row["table"] == "OBJECTS_CONTACTS"}
    for name in ("email", "createdate"):
        row = told[f"PROPERTY_{name.upper()}"]
        assert row["hubspot_property"] == name
        assert row["label"] == definitions[name]["LABEL"]
        assert row["description"] == (definitions[name]["DESCRIPTION"] or "")
    assert told["PROPERTY_UNPARSED_CREATEDATE"]["hubspot_property"] == "createdate"
    assert told["OBJECTID"]["hubspot_property"] == ""
    assert told["OBJECTID"]["description"] == "The record's id."


def test_engagements_have_the_properties_of_their_kinds(day: SmallExport) -> None:
    labels = {row["column"]: row["label"] for row in rows() if row["table"] == "OBJECTS_ENGAGEMENTS"}
    notes = {row["column"]: row["label"] for row in rows() if row["table"] == "OBJECTS_NOTES"}
    assert notes.items() <= labels.items()
    assert day.portal_tables.objects["0-4"]


def test_the_key_is_that_of_the_checks_and_of_combined_tables_the_type_too(day: SmallExport) -> None:
    keys: dict[str, set[str]] = {}
    for row in rows():
        keys.setdefault(row["table"], set())
        if row["is_key"] == "true":
            keys[row["table"]].add(row["column"])
    for table in day.portal_tables:
        if table.name == relation_of(table.name):
            assert keys[table.name] == set(key_of(table).columns), table.name
    assert keys["OBJECT_PROPERTIES"] == {"OBJECTTYPEID", "OBJECTID", "NAME"}
    assert keys["ASSOCIATIONS"] >= {"FROMOBJECTTYPEID", "FROMOBJECTID", "TOOBJECTTYPEID", "TOOBJECTID"}
    assert keys["OBJECT_PROPERTIES_HISTORY"] == set(), "two versions may be alike"


@pytest.mark.usefixtures("day")
def test_each_type_id_has_the_name_of_its_table() -> None:
    named = {row["object_type_id"]: row["table"] for row in rows() if row["object_type_id"]}
    assert named == {
        "0-1": "OBJECTS_CONTACTS",
        "0-2": "OBJECTS_COMPANIES",
        "0-4": "OBJECTS_ENGAGEMENTS",
        "0-28": "OBJECTS_FORMS",
        "0-46": "OBJECTS_NOTES",
        "2-111": "OBJECTS_CARS___AND__OTHERS_",
    }
    assert "| Contacts | 0-1 | `OBJECTS_CONTACTS` |" in printed("markdown").splitlines()
    assert "| Cars \\| and &lt;others> | 2-111 | `OBJECTS_CARS___AND__OTHERS_` |" in printed("markdown").splitlines()


@pytest.mark.usefixtures("day")
def test_markdown_has_a_section_and_a_row_for_each() -> None:
    lines = printed("markdown").splitlines()
    told = rows()
    assert [line[3:] for line in lines if line.startswith("## ")][1:] == list(dict.fromkeys(r["table"] for r in told))
    assert sum(line.startswith("| `") for line in lines) == len(told)
    table = [line for line in lines if line.startswith("|")]
    assert {len(line.replace("\\|", "").split("|")) for line in table} == {5, 7}


@pytest.mark.usefixtures("day")
def test_dbt_reads_the_sources() -> None:
    project = yaml.safe_load(printed("dbt"))
    assert project["version"] == 2
    (source,) = project["sources"]
    assert (source["name"], source["schema"]) == ("hubspot", "V2_LIVE")
    told = rows()
    assert [table["name"] for table in source["tables"]] == list(dict.fromkeys(row["table"] for row in told))
    columns = {(table["name"], column["name"]): column for table in source["tables"] for column in table["columns"]}
    assert list(columns) == [(row["table"], row["column"]) for row in told]
    email = columns["OBJECTS_CONTACTS", "PROPERTY_EMAIL"]
    assert email["data_type"] == "varchar"
    assert email["config"]["meta"]["hubspot_property"] == "email"
    assert columns["OBJECTS_CONTACTS", "OBJECTID"]["data_tests"] == ["not_null", "unique"]
    assert columns["OWNER_TEAM", "TEAMID"]["data_tests"] == ["not_null"]
    assert columns["OBJECTS_CONTACTS", "PROPERTY_CREATEDATE"]["data_type"] == "timestamp"
    contacts = next(table for table in source["tables"] if table["name"] == "OBJECTS_CONTACTS")
    assert contacts["config"]["meta"] == {"hubspot_object_type_id": "0-1"}


@pytest.mark.parametrize("text", [text for text in TEXTS if text is not None])
def test_any_text_is_the_same_in_yaml(text: str) -> None:
    assert yaml.safe_load(yaml_text(text)) == text


@pytest.mark.parametrize("variables", [{}, {"HUBSPOT_S3_URL": "s3://demo-bucket/nothing-yet"}])
def test_before_the_first_day_the_catalogue_tells(variables: dict[str, Any], s3: DemoS3, tmp_path: Path) -> None:
    empty = tmp_path / "catalogue.json"
    Portal.standard().save(empty)
    with environment({**s3.environment, **variables, "HUBSPOT_CATALOG": str(empty)}):
        told = rows()
        markdown = printed("markdown")
    assert {row["table"] for row in told} == {relation_of(table.name) for table in PortalTables(Portal.standard())}
    assert [row["column"] for row in told if row["table"] == "OBJECTS_CONTACTS"] == [
        "OBJECTTYPEID",
        "OBJECTID",
        "UPDATEDAT",
        "INGESTEDAT",
    ]
    assert "the columns of properties are known once the first day is complete" in markdown
