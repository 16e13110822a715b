"""What a dialect must be able to say: one small class for each warehouse, and nothing about any one of them here.

Every dialect makes the same two things of a table. `HUBSPOT_RAW.<TABLE>` holds each cell as the files do, as text, so
that no load can fail on a value or change it. `V2_LIVE.<TABLE>`, named as in HubSpot's own share, is a view over it
with typed columns, so that statements compare, sum and truncate; a cell that does not fit its type is NULL there.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import ClassVar

from hubspot_assets.warehouse.dialects.naming import Naming
from hubspot_assets.warehouse.kinds import DIGITS, FRACTION, Kind
from hubspot_assets.warehouse.loading import LoadColumn, LoadTable

RAW, LIVE = "HUBSPOT_RAW", "V2_LIVE"
DECIMAL = f"DECIMAL({DIGITS}, {FRACTION})"


class Dialect(ABC):
    """One warehouse. Statements are without their closing semicolon."""

    name: ClassVar[str]
    """As `--for` takes it."""
    title: ClassVar[str]
    """As people call it."""
    costs: ClassVar[tuple[str, ...]]
    """What its reading of the files costs, in sentences; the first says whether it is exact."""
    most_columns: ClassVar[int | None] = None
    loads_typed: ClassVar[bool] = False
    """Whether its statements load the tables of days that have no CSV."""
    naming: ClassVar[Naming] = Naming()
    mark: ClassVar[str] = '"'
    text: ClassVar[str] = "VARCHAR"

    def quoted(self, name: str) -> str:
        """A name as this warehouse has it, always quoted: reserved words are names, too."""
        made = self.naming.name(name)
        return f"{self.mark}{made.replace(self.mark, self.mark * 2)}{self.mark}"

    def raw(self, table: LoadTable) -> str:
        """The table of texts."""
        return f"{self.naming.fold(RAW)}.{self.quoted(table.name)}"

    def live(self, table: LoadTable) -> str:
        """The typed view."""
        return f"{self.naming.fold(LIVE)}.{self.quoted(table.name)}"

    def listed(self, columns: Iterable[LoadColumn], form: str = "{}") -> str:
        """The quoted names of columns, each in a form, with commas."""
        return ", ".join(form.format(self.quoted(column.name)) for column in columns)

    def lines(self, columns: Iterable[LoadColumn], form: str) -> str:
        """The same, one on a line."""
        return ",\n".join(f"  {form.format(self.quoted(column.name))}" for column in columns)

    @abstractmethod
    def setup(self, url: str) -> Sequence[str]:
        """What is made once, for all tables; `url` is where the days lie."""

    def create(self, table: LoadTable, day: str) -> Sequence[str]:
        """The table of texts, with the columns of the day before, and then the new ones."""
        return [
            f"CREATE TABLE IF NOT EXISTS {self.raw(table)} (\n{self.lines(table.known, '{} ' + self.text)}\n)",
            *(self.add_column(table, column) for column in table.added),
        ]

    def add_column(self, table: LoadTable, column: LoadColumn) -> str:
        """A column that the day before did not have."""
        return f"ALTER TABLE {self.raw(table)} ADD COLUMN IF NOT EXISTS {self.quoted(column.name)} {self.text}"

    @abstractmethod
    def load(self, table: LoadTable, day: str) -> Sequence[str]:
        """Put the rows of the day in the place of all others."""

    def view(self, table: LoadTable, day: str) -> Sequence[str]:
        """The typed view."""
        return [f"CREATE OR REPLACE VIEW {self.live(table)} AS\n{self.select(table)}\nFROM {self.raw(table)}"]

    def select(self, table: LoadTable) -> str:
        """`SELECT` with every column typed under its own name."""
        typed = (self.typed(column) for column in table.columns)
        return "SELECT\n" + ",\n".join(f"  {cell}" for cell in typed)

    def typed(self, column: LoadColumn) -> str:
        """A column of the view."""
        name = self.quoted(column.name)
        return name if column.kind is Kind.TEXT else f"{self.cast(name, column.kind)} AS {name}"

    @abstractmethod
    def cast(self, cell: str, kind: Kind) -> str:
        """A text as its kind, NULL where it is none."""

    def counted(self, table: LoadTable, day: str) -> str:
        """How many rows of a day are in."""
        return f"SELECT COUNT(*) FROM {self.raw(table)}"

    def check(self, tables: Sequence[LoadTable], day: str) -> str:
        """A statement whose answer has a row for each table that has other rows than its manifest says."""
        counts = "\n  UNION ALL ".join(
            f"SELECT {self.literal(table.name)} AS table_name, {table.rows} AS rows_in_manifest, "
            f"({self.counted(table, day)}) AS rows_loaded"
            for table in tables
        )
        return f"SELECT * FROM (\n  {counts}\n) AS compared WHERE rows_in_manifest <> rows_loaded"

    def literal(self, text: str) -> str:
        """A text in SQL."""
        return "'" + text.replace("'", "''") + "'"


def try_cast(cell: str, kind: Kind, types: dict[Kind, str], function: str = "TRY_CAST") -> str:
    """`TRY_CAST(cell AS type)` by a list of types."""
    return f"{function}({cell} AS {types[kind]})"


def braces(names: Sequence[str]) -> str:
    """Names as a pattern that fits these names alone: `a`, or `{a,b}`."""
    return names[0] if len(names) == 1 else "{" + ",".join(names) + "}"
