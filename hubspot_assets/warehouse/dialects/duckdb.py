"""DuckDB: reads every cell exactly. What `hubspot-assets query` reads with is here, too: `read_csv`."""

from collections.abc import Iterable, Sequence

from hubspot_assets.catalog.names import raw_text_column
from hubspot_assets.lake.manifest import Manifest, ManifestColumn, TypedFile
from hubspot_assets.warehouse.dialects.dialect import DECIMAL, LIVE, RAW, Dialect, try_cast
from hubspot_assets.warehouse.kinds import Kind
from hubspot_assets.warehouse.loading import LoadColumn, LoadTable

# What it would guess depends on the data: a first cell that begins with # becomes a comment, "" becomes NULL.
_FORM = (
    "header = true, auto_detect = false, compression = 'gzip', delim = ',', quote = '\"', escape = '\"', comment = '', "
    "new_line = '\\n', nullstr = '', allow_quoted_nulls = false, strict_mode = true"
)
# A row of many long texts. Unless told otherwise, DuckDB sets aside sixteen times as much for each file it reads.
_LONGEST_ROW = 100_000_000
_TYPES = {
    Kind.NUMBER: DECIMAL,
    Kind.BOOLEAN: "BOOLEAN",
    Kind.TIMESTAMP: "TIMESTAMP",
    Kind.DATE: "DATE",
}


class DuckDB(Dialect):
    name = "duckdb"
    title = "DuckDB"
    loads_typed = True
    costs = (
        "Exact: every cell is loaded as it was written.",
        "DuckDB fetches s3:// with its extension httpfs. Give it the bucket's credentials first: "
        "CREATE SECRET (TYPE s3, PROVIDER credential_chain).",
        "To look at a day without loading anything, `hubspot-assets query` has these views.",
    )

    def setup(self, url: str) -> Sequence[str]:
        return [f"CREATE SCHEMA IF NOT EXISTS {RAW}", f"CREATE SCHEMA IF NOT EXISTS {LIVE}"]

    def load(self, table: LoadTable, day: str) -> Sequence[str]:
        names = self.listed(table.columns)
        sources = [self.read_texts(manifest, [url]) for manifest, url in table.typed]
        if table.files:
            sources.append(self.read_csv(table.columns, [file.url for file in table.files]))
        insert = f"INSERT INTO {self.raw(table)} ({names})\nSELECT {names}\nFROM "
        return ["BEGIN", f"DELETE FROM {self.raw(table)}", *(insert + source for source in sources), "COMMIT"]

    def read_csv(self, columns: Iterable[LoadColumn], urls: Iterable[str], further: str = "") -> str:
        """The rows of files as texts, file by file; nothing is guessed, and nothing read before it is asked for."""
        listed = ", ".join(f"{self.literal(column.name)}: 'VARCHAR'" for column in columns)
        files = ", ".join(self.literal(url) for url in urls)
        return (
            f"read_csv([{files}], columns = {{{listed}}}, {_FORM}, max_line_size = {_LONGEST_ROW}, "
            f"buffer_size = {_LONGEST_ROW}{', ' + further if further else ''})"
        )

    def read_texts(self, manifest: Manifest, urls: Sequence[str], *, with_day: bool = False) -> str:
        """The rows of tables that are like this one, as texts: those of CSV, or the same made of a typed file.

        `with_day`: their addresses tell the day, which becomes the column DAY.
        """
        hive = "hive_partitioning = true, hive_types = {'DAY': DATE}" if with_day else "hive_partitioning = false"
        typed = manifest.instead_of_csv
        if typed is None:
            return self.read_csv((LoadColumn(column.name, Kind.TEXT) for column in manifest.columns), urls, hive)
        form, file = typed
        texts = [self._text(column, manifest, file) for column in manifest.columns]
        listed = ", ".join([*texts, "DAY"] if with_day else texts)
        return f"(SELECT {listed} FROM read_{form}([{', '.join(map(self.literal, urls))}], {hive}))"

    def _text(self, column: ManifestColumn, manifest: Manifest, file: TypedFile) -> str:
        """A typed column as the text that CSV has."""
        name = self.quoted(column.name)
        if column.type == "datetime":
            return f"strftime({name} AT TIME ZONE 'UTC', '%Y-%m-%d %H:%M:%S.%g') AS {name}"
        if column.name not in file.decimals:
            return f"CAST({name} AS VARCHAR) AS {name}"
        text = f"rtrim(rtrim(CAST({name} AS VARCHAR), '0'), '.')"
        companion = raw_text_column(column.name)
        if any(other.name == companion for other in manifest.columns):
            text = f"CASE WHEN {name} IS NOT NULL THEN coalesce({self.quoted(companion)}, {text}) END"
        return f"{text} AS {name}"

    def cast(self, cell: str, kind: Kind) -> str:
        return try_cast(cell, kind, _TYPES)
