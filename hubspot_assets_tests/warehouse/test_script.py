"""What the scripts for warehouses say: options that keep cells, files by manifest, no secret; each parses."""

import re

import pytest
import sqlglot

from hubspot_assets.demo.s3 import DemoS3
from hubspot_assets.warehouse.dialects import DIALECTS
from hubspot_assets.warehouse.dialects.naming import Naming
from hubspot_assets.warehouse.kinds import Kind
from hubspot_assets.warehouse.loading import LoadColumn, LoadFile, LoadTable
from hubspot_assets.warehouse.script import script
from hubspot_assets_tests.warehouse.awkward import BEFORE, DAY, LONG, Awkward, awkward_days

URL = "s3://bucket/prefix"


def text_of(name: str, tables: list[LoadTable], day: str = DAY) -> str:
    return "".join(script(DIALECTS[name], URL, day, tables))


def table(columns: int = 2, before: tuple[str, ...] | None = None, files: int = 1) -> LoadTable:
    names = ["OBJECTID", *(f"PROPERTY_{number}" for number in range(columns - 1))]
    folder = f"{URL}/{DAY}/OBJECTS_X/"
    data = [f"data_{number:05d}.csv.gz" for number in range(files)]
    return LoadTable(
        "OBJECTS_X",
        tuple(LoadColumn(name, Kind.TEXT) for name in names),
        folder,
        tuple(LoadFile(name, folder + name, "0") for name in data),
        rows=3,
        before=before,
    )


def code(text: str) -> str:
    """A script without its comments and psql's own commands, which no other parser knows."""
    lines = text.splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith(("--", "\\")))


@pytest.mark.parametrize("name", DIALECTS)
def test_every_statement_parses_in_its_dialect(awkward: Awkward, name: str) -> None:
    statements = [s for s in code(text_of(name, awkward.tables())).split(";\n") if s.strip()]
    parsed = [sqlglot.parse_one(statement, read=name) for statement in statements]
    assert len(parsed) > len(awkward.tables())
    # A parser that gives up keeps the text as it is: then nothing was shown.
    assert [p.sql() for p in parsed if isinstance(p, sqlglot.exp.Command)] == []


@pytest.mark.parametrize("name", DIALECTS)
def test_each_table_has_its_columns_its_view_and_its_files(awkward: Awkward, name: str) -> None:
    dialect = DIALECTS[name]
    for one in awkward.tables():
        text = text_of(name, [one])
        for column in one.columns:
            assert text.count(dialect.naming.name(column.name)) >= 2
        assert dialect.live(one) in text
        assert "_manifest.json" not in text


@pytest.mark.parametrize("name", sorted(DIALECTS.keys() - {"athena", "redshift"}))
def test_files_are_those_of_the_manifests_and_none_is_left_to_a_wildcard(name: str) -> None:
    text = text_of(name, [table(files=12)])
    assert {f"{number:05d}" for number in range(12)} <= set(re.findall(r"data_(\d{5})", text))
    assert "*.csv" not in text
    assert "/*.gz" not in text


def test_redshift_copies_by_a_beginning_that_only_data_files_have() -> None:
    assert f"FROM '{URL}/{DAY}/OBJECTS_X/data_'" in text_of("redshift", [table(files=12)])


@pytest.mark.parametrize("name", DIALECTS)
def test_a_new_column_comes_by_alter_table(name: str) -> None:
    text = text_of(name, [table(3, before=("OBJECTID", "PROPERTY_0"))])
    assert "-- New since the day before: PROPERTY_1." in text
    text = code(text)
    create, alter = text.index("TABLE IF NOT EXISTS"), text.index("ALTER TABLE")
    assert create < alter
    assert "PROPERTY_1" not in text[create:alter].upper().split("TBLPROPERTIES")[0]
    assert "ALTER TABLE" not in code(text_of(name, [table(3)]))


def test_athena_reads_by_place_so_a_column_in_the_middle_begins_a_new_table() -> None:
    text = text_of("athena", [table(3, before=("OBJECTID", "PROPERTY_1"))])
    assert "ALTER TABLE" not in text
    assert "DROP TABLE IF EXISTS `hubspot_raw`.`objects_x`" in text
    assert f"'{DAY},NOW'" in text


@pytest.mark.parametrize("name", ["postgres", "redshift"])
@pytest.mark.parametrize("before", [("OBJECTID",), ("OBJECTID", "PROPERTY_0", "GONE"), ("PROPERTY_0", "OBJECTID")])
def test_a_view_that_can_not_be_replaced_is_made_anew(name: str, before: tuple[str, ...]) -> None:
    drop = 'DROP VIEW IF EXISTS v2_live."objects_x"'
    assert drop in text_of(name, [table(2, before=before)])
    assert drop not in text_of(name, [table(2, before=("OBJECTID", "PROPERTY_0"))])
    assert drop not in text_of(name, [table(2)])


@pytest.mark.parametrize(("name", "options"), [
    ("snowflake", ["ESCAPE_UNENCLOSED_FIELD = NONE", "EMPTY_FIELD_AS_NULL = TRUE", "NULL_IF = ()",
                   "FIELD_OPTIONALLY_ENCLOSED_BY = '\"'", "MATCH_BY_COLUMN_NAME", "PARSE_HEADER = TRUE",
                   "PATTERN = '.*/OBJECTS_X/(data_00000)[.]csv[.]gz'"]),
    ("duckdb", ["allow_quoted_nulls = false", "max_line_size", "auto_detect = false", "comment = ''"]),
    ("athena", ["'projection.enabled' = 'true'", "storage.location.template", "OpenCSVSerde", "skip.header"]),
    ("redshift", ["FORMAT AS CSV", "IGNOREHEADER 1", "IAM_ROLE '<ROLE_ARN>'", "MAXERROR 0"]),
    ("bigquery", ["allow_quoted_newlines = TRUE", "preserve_ascii_control_characters = TRUE", "skip_leading_rows = 1"]),
    ("postgres", ["FORMAT csv", "HEADER true", "NULL ''"]),
    ("clickhouse", ["input_format_csv_trim_whitespaces = 0", "Nullable(String)", "format_csv_null_representation"]),
    ("databricks", ["multiLine 'true'", "escape '\"'", "emptyValue ''", "FAILFAST"]),
])  # fmt: skip
def test_the_options_that_keep_cells_as_they_are_are_given(name: str, options: list[str]) -> None:
    text = text_of(name, [table()])
    assert [option for option in options if option not in text] == []


@pytest.mark.parametrize("name", ["bigquery", "athena", "redshift"])
def test_a_warehouse_that_can_not_read_csv_exactly_says_so_at_the_top(name: str) -> None:
    head = text_of(name, [table()]).split("\n\n")[0]
    assert all(line.startswith("-- ") for line in head.splitlines())
    assert "Not exact:" in head


@pytest.mark.parametrize("name", ["redshift", "postgres"])
def test_a_table_with_too_many_columns_is_left_out_with_what_to_do(name: str) -> None:
    text = text_of(name, [table(1601), table(1600)])
    head, *_ = text.split("\n\n")
    told = " ".join(line.removeprefix("-- ") for line in head.splitlines())
    assert "Left out: OBJECTS_X has 1,601 columns" in told
    assert "only 1,600. OBJECT_WITH_OBJECT_PROPERTIES has the same values" in told
    assert text.count("CREATE TABLE") == 1
    assert "Left out" not in text_of("snowflake", [table(1601)])


@pytest.mark.parametrize("name", DIALECTS)
def test_no_two_columns_become_one_where_names_are_cut(name: str) -> None:
    naming = DIALECTS[name].naming
    long = [f"PROPERTY_{'X' * 300}{end}" for end in "AB"]
    for names in ([f"{LONG}_1", f"{LONG}_2"], long, ["PROPERTY_A-B", "PROPERTY_A.B", "PROPERTY_A_B"]):
        made = naming.names(names)
        assert len(set(made.values())) == len(names)
        assert all(naming.longest is None or len(n.encode()) <= naming.longest for n in made.values())


def test_a_name_that_fits_stays_as_it_is() -> None:
    assert Naming(str.lower, longest=63).name("PROPERTY_EMAIL") == "property_email"
    assert Naming(plain_only=True).name("PROPERTY_EMAIL") == "PROPERTY_EMAIL"


@pytest.mark.parametrize("name", DIALECTS)
def test_what_hubspot_did_not_give_is_a_comment_of_one_line(awkward: Awkward, name: str) -> None:
    text = text_of(name, awkward.tables("OBJECTS_ADS"))
    assert "-- OBJECTS_ADS is empty because HubSpot did not return it: HubSpot answered 403. Grant ads.read.\n" in text


@pytest.mark.parametrize("name", DIALECTS)
def test_nothing_secret_is_in_a_script(awkward: Awkward, name: str) -> None:
    text = text_of(name, awkward.tables())
    assert awkward.s3.secret_key not in text
    assert awkward.s3.access_key not in text


def test_the_day_before_is_the_last_whole_one(s3: DemoS3) -> None:
    with awkward_days(s3, "gaps") as days:
        days.lake.reopen_day(BEFORE)
        assert days.days.before(DAY) is None
        assert days.days.all == [DAY]
        assert days.tables("OBJECTS_CONTACTS")[0].added == ()
        days.lake.close_day(BEFORE)
        days.days.forget()
        assert days.days.before(DAY) == BEFORE
        assert [c.name for c in days.tables("OBJECTS_CONTACTS")[0].added] == ["PROPERTY_FRESH"]


def test_a_prefix_with_signs_of_the_shell_stays_one_word() -> None:
    odd = LoadTable(
        "OWNERS",
        (LoadColumn("OWNERID", Kind.TEXT),),
        "s3://b/it's $HOME/2026-11-22/OWNERS/",
        (LoadFile("data_00000.csv.gz", "s3://b/it's $HOME/2026-11-22/OWNERS/data_00000.csv.gz", "0"),),
        0,
    )
    (copy,) = [line for line in text_of("postgres", [odd]).splitlines() if line.startswith("\\copy")]
    program = re.search(r"PROGRAM '((?:[^']|'')*)'", copy)
    assert program is not None
    shell = program[1].replace("''", "'")
    assert shell == """aws s3 cp --quiet 's3://b/it'"'"'s $HOME/2026-11-22/OWNERS/data_00000.csv.gz' - | gzip -dc"""
