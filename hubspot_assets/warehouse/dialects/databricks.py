"""Databricks, and Spark SQL: INSERT from a temporary view over the files that the manifests name."""

from collections.abc import Sequence

from hubspot_assets.warehouse.dialects.dialect import DECIMAL, LIVE, RAW, Dialect, braces, try_cast
from hubspot_assets.warehouse.dialects.naming import Naming
from hubspot_assets.warehouse.kinds import Kind
from hubspot_assets.warehouse.loading import LoadColumn, LoadTable

_TYPES = {
    Kind.NUMBER: DECIMAL,
    Kind.BOOLEAN: "BOOLEAN",
    Kind.TIMESTAMP: "TIMESTAMP_NTZ",
    Kind.DATE: "DATE",
}
# An empty field is NULL whatever nullValue is; it is a character here that no text has, so that "" stays "".
_OPTIONS = {
    "header": "true",
    "multiLine": "true",
    "sep": ",",
    "quote": '"',
    "escape": '"',
    "lineSep": "\\n",
    "nullValue": "\\u0001",
    "emptyValue": "",
    "mode": "FAILFAST",
    "enforceSchema": "true",
    "encoding": "UTF-8",
    "maxCharsPerColumn": "-1",
    "maxColumns": "100000",
    "ignoreLeadingWhiteSpace": "false",
    "ignoreTrailingWhiteSpace": "false",
}
_FILES = "hubspot_files"


class Databricks(Dialect):
    name = "databricks"
    title = "Databricks (and Spark SQL)"
    costs = (
        "Exact, except that a text consisting only of the character U+0001 becomes NULL.",
        "multiLine reads each file on one worker; files have up to 15 MB.",
        "Make the bucket an external location that you may read, or give the cluster a role that may read it.",
        "A column can only be added once: if ALTER TABLE says that a column already exists, carry on.",
    )
    naming = Naming(longest=255, plain_only=True)
    mark = "`"
    text = "STRING"

    def setup(self, url: str) -> Sequence[str]:
        return [f"CREATE SCHEMA IF NOT EXISTS {RAW}", f"CREATE SCHEMA IF NOT EXISTS {LIVE}"]

    def add_column(self, table: LoadTable, column: LoadColumn) -> str:
        return f"ALTER TABLE {self.raw(table)} ADD COLUMNS ({self.quoted(column.name)} {self.text})"

    def load(self, table: LoadTable, day: str) -> Sequence[str]:
        columns = self.listed(table.columns)
        path = table.folder + braces([file.name for file in table.files])
        options = ",\n".join(f"  {name} {self.literal(value)}" for name, value in _OPTIONS.items())
        return [
            f"CREATE OR REPLACE TEMPORARY VIEW {_FILES} (\n{self.lines(table.columns, '{} ' + self.text)}\n)\n"
            f"USING csv OPTIONS (\n  path {self.literal(path)},\n{options}\n)",
            f"INSERT OVERWRITE TABLE {self.raw(table)} ({columns})\nSELECT {columns}\nFROM {_FILES}",
        ]

    def cast(self, cell: str, kind: Kind) -> str:
        return try_cast(cell, kind, _TYPES)

    def literal(self, text: str) -> str:
        return "'" + text.replace("'", "\\'") + "'"
