"""The dbt project runs on an exported day, as docs/dbt.md says; its models have the form of the connector's tables."""

import os
import re
import shutil
import subprocess
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from typer.testing import CliRunner

from hubspot_assets.cli.app import app
from hubspot_assets_tests.exported import ExportedDay, environment
from hubspot_assets_tests.warehouse.local_s3 import S3OnDisk

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "dbt.md").read_text(encoding="utf-8")
OWN_DBT = Path(sysconfig.get_path("scripts")).parent / "dbt" / "bin" / "dbt"
DBT = str(OWN_DBT) if OWN_DBT.exists() else shutil.which("dbt")

needs_dbt = pytest.mark.skipif(DBT is None, reason="dbt is not installed: `make warehouses`")

KINDS = {
    "int": "BIGINT",
    "number": "DECIMAL(38,9)",
    "float": "FLOAT",
    "string": "VARCHAR",
    "timestamp": "TIMESTAMP",
    "boolean": "BOOLEAN",
}


def form() -> dict[str, dict[str, str]]:
    """Model -> column -> type, of the connector's tables that packages for HubSpot data read."""
    models: dict[str, dict[str, str]] = {}
    model = ""
    for line in Path(__file__).with_name("connector_form.txt").read_text().splitlines():
        kind, _, columns = line.strip().partition(": ")
        if line.startswith(" "):
            models[model] |= dict.fromkeys(columns.split(), KINDS[kind])
        else:
            model = line.strip()
            models[model] = {}
    return models


#: What HubSpot's API does not tell, or this portal does not have on its day.
WITHOUT_ROWS = {
    *("role", "merged_deal", "contact_merge_audit"),
    *(
        f"email_event_{kind}"
        for kind in ("bounce", "deferred", "dropped", "forward", "print", "spam_report", "status_change")
    ),
}


def commands() -> list[str]:
    """The commands of the page, in their order."""
    blocks = re.findall(r"(?ms)^```bash\n(.*?)^```", PAGE)
    return [line for block in blocks for line in block.splitlines()]


def typed(command: str) -> str:
    """What one of our own commands prints."""
    result = CliRunner().invoke(app, command.split()[1:])
    assert result.exit_code == 0, result.stderr
    return result.stdout


def test_the_page_says_what_is_tried_here() -> None:
    assert commands() == [
        "python3 -m venv .venv/dbt",
        ".venv/dbt/bin/pip install -r dbt/requirements.txt",
        "hubspot-assets sql --for duckdb > load.sql",
        "duckdb export.duckdb < load.sql",
        "hubspot-assets dictionary --format dbt > dbt/models/sources.yml",
        ".venv/dbt/bin/dbt run --project-dir dbt --profiles-dir dbt",
    ]
    # That is what `make warehouses` does of the first two.
    assert "-r dbt/requirements.txt" in (ROOT / "Makefile").read_text()


@pytest.fixture(scope="module")
def built(exported_day: ExportedDay, tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """The database that the page's commands make of the exported day."""
    directory = tmp_path_factory.mktemp("dbt")
    shutil.copytree(ROOT / "dbt", directory / "dbt", ignore=shutil.ignore_patterns("target", "logs", "sources.yml"))
    _, _, sql, _, sources, run = commands()
    with environment(exported_day.environment):
        load = typed(sql.partition(" > ")[0])
        (directory / "dbt/models/sources.yml").write_text(typed(sources.partition(" > ")[0]), encoding="utf-8")
    database = directory / "export.duckdb"
    with duckdb.connect(str(database)) as connection:
        connection.register_filesystem(S3OnDisk(exported_day.folder.parents[2]))
        connection.execute(load)
    for _ in range(2):  # the second run meets the tables of the first
        done = subprocess.run(
            [str(DBT), *run.split()[1:]],
            cwd=directory,
            env={**os.environ, "DBT_SEND_ANONYMOUS_USAGE_STATS": "false"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-3000:]
        assert f"PASS={len(form())} WARN=0 ERROR=0" in done.stdout
    with duckdb.connect(str(database), read_only=True) as connection:
        yield connection


def counts(connection: duckdb.DuckDBPyConnection, model: str, *columns: str) -> tuple[Any, ...]:
    listed = ", ".join(f'count("{column}")' for column in columns) or "count(*)"
    found = connection.execute(f'SELECT {listed} FROM hubspot."{model}"').fetchone()
    assert found is not None
    return tuple(found)


@needs_dbt
def test_every_column_is_there_with_its_type(built: duckdb.DuckDBPyConnection) -> None:
    found: dict[str, dict[str, str]] = {}
    columns = "SELECT table_name, lower(column_name), data_type FROM information_schema.columns "
    for model, column, kind in built.execute(f"{columns} WHERE table_schema = 'hubspot'").fetchall():
        found.setdefault(model, {})[column] = kind
    assert {
        (model, column): found.get(model, {}).get(column) for model, columns in form().items() for column in columns
    } == {(model, column): kind for model, columns in form().items() for column, kind in columns.items()}


@needs_dbt
def test_models_have_the_rows_of_the_day(built: duckdb.DuckDBPyConnection, exported_day: ExportedDay) -> None:
    empty = {model for model in form() if counts(built, model) == (0,)}
    assert empty <= WITHOUT_ROWS
    for model, table in (
        ("contact", "OBJECTS_CONTACTS"),
        ("company", "OBJECTS_COMPANIES"),
        ("deal", "OBJECTS_DEALS"),
        ("engagement", "OBJECTS_ENGAGEMENTS"),
        ("form", "OBJECTS_FORMS"),
        ("contact_form_submission", "OBJECTS_FORM_SUBMISSIONS"),
        ("contact_property_history", "OBJECT_PROPERTIES_HISTORY/CONTACTS"),
        ("property", "PROPERTY_DEFINITIONS"),
    ):
        assert counts(built, model) == (exported_day.lake.manifest(table, exported_day.day).rows,), model


@needs_dbt
@pytest.mark.parametrize(
    ("model", "key"),
    [
        ("contact", ["id"]),
        ("deal", ["deal_id"]),
        ("ticket", ["id"]),
        ("users", ["id"]),
        ("engagement", ["id", "type"]),
        ("form", ["guid", "name", "form_type"]),
        ("email_event", ["id", "type", "created", "recipient"]),
        ("deal_contact", ["deal_id", "contact_id", "type_id", "category"]),
        ("engagement_contact", ["engagement_id", "contact_id"]),
        ("contact_list_member", ["contact_list_id", "contact_id", "added_at"]),
        ("deal_property_history", ["deal_id", "name", "timestamp"]),
        ("deal_pipeline_stage", ["stage_id", "pipeline_id", "is_closed", "probability", "closed_won"]),
        ("property_option", ["property_id", "value", "label"]),
    ],
)
def test_what_identifies_a_row_is_never_null(built: duckdb.DuckDBPyConnection, model: str, key: list[str]) -> None:
    (rows,) = counts(built, model)
    assert rows > 0
    assert counts(built, model, *key) == (rows,) * len(key)


@needs_dbt
def test_events_of_a_day_that_is_loaded_again_are_not_doubled(built: duckdb.DuckDBPyConnection) -> None:
    found = built.execute("SELECT count(*), count(DISTINCT id) FROM hubspot.email_event").fetchone()
    assert found is not None
    assert found[0] == found[1] > 0
