"""`hubspot-assets sql`, `query`, `changes` and `dictionary`: what people type, and nothing else.

Exit codes: 0, 1 where the export does not have what was asked for, 2 for wrong usage. What is heavy is imported inside
the commands, so that `--help` answers at once.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from typing import Annotated

import typer
from rich.markup import escape

from hubspot_assets.one_sentence import errors, one_sentence
from hubspot_assets.warehouse.errors import WarehouseError

Day = Annotated[str | None, typer.Option(help="A whole day, YYYY-MM-DD. Default: the last one.")]
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


def register(app: typer.Typer) -> None:
    """Add the commands of this room to the command line."""
    app.command()(sql)


@contextmanager
def _told() -> Iterator[None]:
    """Print what a person can mend as one sentence, and exit with 1 or 2. A reader that stops reading is no error."""
    with one_sentence():
        try:
            yield
        except WarehouseError as error:
            errors.print(f"[red]error:[/] {escape(str(error))}", markup=True, highlight=False, soft_wrap=True)
            raise typer.Exit(2 if error.is_usage else 1) from error


def sql(
    warehouse: Annotated[Warehouse, typer.Option("--for", help="The warehouse that is to run it.")],
    day: Day = None,
    select: Select = None,
) -> None:
    """Print the statements that make and load the tables of a day in a warehouse."""
    from hubspot_assets.warehouse.days import Bucket, WholeDays  # noqa: PLC0415
    from hubspot_assets.warehouse.dialects import DIALECTS  # noqa: PLC0415
    from hubspot_assets.warehouse.loading import load_tables  # noqa: PLC0415
    from hubspot_assets.warehouse.relations import select_relations  # noqa: PLC0415
    from hubspot_assets.warehouse.script import script  # noqa: PLC0415

    with _told():
        days = WholeDays(Bucket.of_settings())
        chosen = days.checked(day)
        relations = select_relations(days.relations(chosen), select or [], f"the day {chosen}")
        tables = list(load_tables(days, chosen, relations))
        for line in script(DIALECTS[warehouse.value], days.bucket.url, chosen, tables):
            sys.stdout.write(line)
