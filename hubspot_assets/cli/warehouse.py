"""`hubspot-assets sql`, `query`, `changes` and `dictionary`: what people type, and nothing else.

What is heavy is imported inside the commands, so that `--help` answers at once.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hubspot_assets.cli.errors import errors, needs_extra
from hubspot_assets.cli.given import given_settings
from hubspot_assets.cli.terminal import Terminal
from hubspot_assets.errors import UsageError

if TYPE_CHECKING:
    from hubspot_assets.settings import Settings
    from hubspot_assets.warehouse.query.session import Answer

# A pipe has no width: a table is as wide as it must be for people to read it there.
console = Terminal(width=None if sys.stdout.isatty() else 240)

AsCsv = Annotated[bool, typer.Option("--csv", help="Print CSV: NULL is an empty field, an empty string is quoted.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON: an array with an object for each row.")]
Day = Annotated[str | None, typer.Option(help="A complete day, YYYY-MM-DD. Default: the last one.")]
Select = Annotated[
    list[str] | None, typer.Option(help="A table, such as OBJECTS_CONTACTS or OBJECT_PROPERTIES; repeat for more.")
]


class Warehouse(str, Enum):
    """What `--for` takes."""

    DUCKDB = "duckdb"
    ATHENA = "athena"
    SNOWFLAKE = "snowflake"
    REDSHIFT = "redshift"
    BIGQUERY = "bigquery"
    POSTGRES = "postgres"
    CLICKHOUSE = "clickhouse"
    DATABRICKS = "databricks"


class DictionaryFormat(str, Enum):
    """What `--format` takes."""

    MARKDOWN = "markdown"
    CSV = "csv"
    DBT = "dbt"


@contextmanager
def _demo(directory: Path) -> "Iterator[Settings]":
    """Serve what the demo in a directory exported, while the block runs; gives the settings that lead there alone."""
    with needs_extra("demo"):
        from hubspot_assets.cli.demo import exported_demo  # noqa: PLC0415 - imports the demo portal
    from hubspot_assets.settings import Settings  # noqa: PLC0415 - pydantic takes its time

    with exported_demo(directory):
        yield Settings()


@contextmanager
def _given() -> "Iterator[Settings]":
    yield given_settings()


def query(
    statement: Annotated[
        str | None, typer.Argument(help="A statement; - reads it from standard input. Without one, a prompt opens.")
    ] = None,
    as_csv: AsCsv = False,
    as_json: AsJson = False,
    dialect: Annotated[
        str, typer.Option(help="The dialect of the statement, such as snowflake; it is translated for DuckDB.")
    ] = "duckdb",
    demo: Annotated[Path | None, typer.Option(help="Query what the demo in this directory exported.")] = None,
) -> None:
    """Query the days in the bucket with SQL: V2_LIVE.<TABLE> is the last complete day, V2_DAILY.<TABLE> all of them."""
    from hubspot_assets.warehouse.query.dialect import translated  # noqa: PLC0415
    from hubspot_assets.warehouse.query.session import open_session  # noqa: PLC0415

    show = _shown(as_csv=as_csv, as_json=as_json)

    def translate(text: str) -> str:
        return text if dialect == "duckdb" else translated(text, dialect)

    with _demo(demo) if demo else _given() as settings, open_session(settings) as session:
        if statement is None:
            from hubspot_assets.cli.query_prompt import Prompt  # noqa: PLC0415

            Prompt(session, console, show, translate=translate).run()
            return
        asked = translate(_typed_in() if statement == "-" else statement)
        answer = session.run(asked)
        for note in session.notes(asked):
            errors.print(f"{note}.", soft_wrap=True)
        if answer:
            show(answer)


def _typed_in() -> str:
    """What the standard input says. Raises UsageError where that is no text."""
    try:
        return sys.stdin.read()
    except UnicodeDecodeError as error:
        raise UsageError(
            f"Standard input is not {error.encoding} text: save the statement in that encoding."
        ) from error


def changes(
    first: Annotated[str, typer.Option("--from", help="The earlier day, YYYY-MM-DD.")],
    second: Annotated[str, typer.Option("--to", help="The later day, YYYY-MM-DD.")],
    table: Annotated[
        str | None, typer.Argument(help="A table, to see its rows. Default: counts of all tables.")
    ] = None,
    as_csv: AsCsv = False,
    as_json: AsJson = False,
) -> None:
    """Show which records were added, changed and removed between two complete days."""
    from hubspot_assets.warehouse.query.changed import COLUMNS, Changes  # noqa: PLC0415
    from hubspot_assets.warehouse.query.session import Answer, open_session  # noqa: PLC0415

    show = _shown(as_csv=as_csv, as_json=as_json)
    with open_session(given_settings()) as session:
        changed = Changes(session, first, second)
        if table:
            answer = changed.rows(table)
        else:
            with errors.status("comparing the tables of both days"):
                counts = list(changed.counts())
            shown = counts if as_csv or as_json else [c for c in counts if c.is_known and not c.is_unchanged]
            answer = Answer(COLUMNS, iter([[one.row for one in shown]]))
        show(answer)
        for note in changed.notes:
            errors.print(f"{note}.", soft_wrap=True)
        if not table and (unchanged := sum(one.is_unchanged for one in counts)):
            errors.print(f"Nothing changed in {unchanged:,} tables.")


def _shown(*, as_csv: bool, as_json: bool) -> "Callable[[Answer], None]":
    """How an answer is printed. Raises UsageError where both forms are asked for."""
    from hubspot_assets.cli import query_output  # noqa: PLC0415

    if as_csv and as_json:
        raise UsageError("Use either --csv or --json, not both.")
    if as_csv:
        return lambda answer: query_output.print_csv(answer, sys.stdout)
    if as_json:
        return lambda answer: query_output.print_json(answer, sys.stdout)
    return lambda answer: query_output.print_table(answer, console)


def dictionary(
    form: Annotated[
        DictionaryFormat, typer.Option("--format", help="For people, for programs, or dbt's sources.yml.")
    ] = (DictionaryFormat.MARKDOWN),
) -> None:
    """Describe every table and column: label, description, type, key, HubSpot property."""
    from hubspot_assets.reading.exported import exported_tables  # noqa: PLC0415
    from hubspot_assets.warehouse import dictionary as words  # noqa: PLC0415
    from hubspot_assets.warehouse.days import Bucket, WholeDays  # noqa: PLC0415
    from hubspot_assets.warehouse.dictionary_formats import lines_of  # noqa: PLC0415

    settings = given_settings()
    portal_tables = exported_tables(settings)
    days = WholeDays(Bucket.of_settings(settings)) if settings.s3_url else None
    day = days.last_or_none if days else None
    tables = words.dictionary(portal_tables, days, day)
    state = (
        f"As of {day}."
        if day
        else "From the portal catalogue alone: the columns of properties are known once the first day is complete."
    )
    for line in lines_of(form.value, tables, state):
        sys.stdout.write(f"{line}\n")


def sql(
    warehouse: Annotated[Warehouse, typer.Option("--for", help="The warehouse that will run the statements.")],
    day: Day = None,
    select: Select = None,
) -> None:
    """Print the statements that create a day's tables in a warehouse and load them."""
    from hubspot_assets.warehouse.days import Bucket, WholeDays  # noqa: PLC0415
    from hubspot_assets.warehouse.dialects import DIALECTS  # noqa: PLC0415
    from hubspot_assets.warehouse.loading import load_tables  # noqa: PLC0415
    from hubspot_assets.warehouse.relations import select_relations  # noqa: PLC0415
    from hubspot_assets.warehouse.script import check_formats, script  # noqa: PLC0415

    days = WholeDays(Bucket.of_settings(given_settings()))
    chosen = days.checked(day)
    relations = select_relations(days.relations(chosen), select or [], f"the day {chosen}")
    tables = list(load_tables(days, chosen, relations))
    check_formats(DIALECTS[warehouse.value], days.bucket.url, tables)
    for line in script(DIALECTS[warehouse.value], days.bucket.url, chosen, tables):
        sys.stdout.write(line)
