"""`hubspot-assets sql`: the statements that make and load a day's tables in a warehouse, as one text to run.

Here: their order, and the comments that say what loading costs there. Not here: the statements (`dialects`), and
nothing secret: roles, integrations and connections are placeholders.
"""

from collections.abc import Iterable, Iterator, Sequence
from textwrap import wrap

from hubspot_assets.warehouse.dialects import Dialect
from hubspot_assets.warehouse.errors import WarehouseError
from hubspot_assets.warehouse.loading import LoadTable

_WIDTH = 116
_JSON = "OBJECT_WITH_OBJECT_PROPERTIES"


def script(dialect: Dialect, url: str, day: str, tables: Sequence[LoadTable]) -> Iterator[str]:
    """The lines of the script, each with its line break."""
    loaded = [table for table in tables if _fits(dialect, table)]
    rows = sum(table.rows for table in loaded)
    told = "1 table" if len(loaded) == 1 else f"{len(loaded)} tables"
    yield from _comment(f"{dialect.title}: {told} of {day} with {rows:,} rows, from {url}.")
    yield from _comment(
        "HUBSPOT_RAW.<TABLE> has the cells as text, exactly as in the files; V2_LIVE.<TABLE> is a typed view."
    )
    for sentence in (*dialect.costs, *_left_out(dialect, tables)):
        yield from _comment(sentence)
    yield "\n"
    yield from _ended(dialect.setup(url))
    for table in loaded:
        yield "\n"
        yield from _comment(f"{table.name}: rows {table.rows:,}, files {len(table.files) + len(table.typed):,}.")
        for note in table.notes:
            yield from _comment(note)
        if table.added:
            yield from _comment(f"New since the day before: {', '.join(column.name for column in table.added)}.")
        yield from _ended(dialect.create(table, day))
        yield from _ended(dialect.load(table, day))
        yield from _ended(dialect.view(table, day))
    if loaded:
        yield "\n"
        yield from _comment("Tables whose row counts differ from their manifests; no rows if all is well.")
        yield from _ended([dialect.check(loaded, day)])


def check_formats(dialect: Dialect, url: str, tables: Iterable[LoadTable]) -> None:
    """Raise WarehouseError where a table has no CSV, and the warehouse's statements load nothing else."""
    typed = [] if dialect.loads_typed else [table for table in tables if table.typed]
    if typed:
        form = next(iter(typed[0].typed[0][0].formats))
        more = f" and {len(typed) - 1} more tables have" if len(typed) > 1 else " has"
        raise WarehouseError(
            f"{typed[0].name}{more} no CSV files on that day, which are what these statements load: let "
            f"{dialect.title} read {url}/{form}/<TABLE>/ itself, partitioned by day, or export with "
            f"HUBSPOT_FORMATS=csv,{form}."
        )


def _fits(dialect: Dialect, table: LoadTable) -> bool:
    return dialect.most_columns is None or len(table.columns) <= dialect.most_columns


def _left_out(dialect: Dialect, tables: Iterable[LoadTable]) -> Iterator[str]:
    for table in tables:
        if not _fits(dialect, table):
            yield (
                f"Left out: {table.name} has {len(table.columns):,} columns, but a table of {dialect.title} can have "
                f"only {dialect.most_columns:,}. {_JSON} has the same values as one JSON text for each record, and "
                "OBJECT_PROPERTIES as one row each: create a view of the properties that you need."
            )


def _comment(sentence: str) -> Iterator[str]:
    for line in wrap(sentence, _WIDTH, break_long_words=False, break_on_hyphens=False):
        yield f"-- {line}\n"


def _ended(statements: Iterable[str]) -> Iterator[str]:
    for statement in statements:
        # What begins with a backslash is psql's own, and ends with its line.
        yield statement + ("\n" if statement.startswith("\\") else ";\n")
