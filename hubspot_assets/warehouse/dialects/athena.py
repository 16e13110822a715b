"""Amazon Athena: an external table over all days, partitioned by projection. Nothing is loaded."""

from collections.abc import Sequence

from hubspot_assets.warehouse.dialects.dialect import DECIMAL, LIVE, RAW, Dialect, try_cast
from hubspot_assets.warehouse.dialects.naming import Naming
from hubspot_assets.warehouse.kinds import Kind
from hubspot_assets.warehouse.loading import LoadColumn, LoadTable

_TYPES = {
    Kind.NUMBER: DECIMAL,
    Kind.BOOLEAN: "BOOLEAN",
    Kind.TIMESTAMP: "TIMESTAMP",
    Kind.DATE: "DATE",
}
_DAY = "day"
_FIRST = "2024-01-01"


class Athena(Dialect):
    name = "athena"
    title = "Amazon Athena"
    costs = (
        "Not exact: Athena's CSV reader takes a line break inside a text for the end of the row, so such rows are "
        'broken, and it reads NULL as "". If that matters, load the day into another warehouse.',
        "Columns are read by position: if the day before had other columns in between, the table begins on this day.",
        "Names are in lower case, as Athena stores them. Run the statements one by one: Athena accepts one at a time.",
        "Statements name the partition: WHERE day = 'YYYY-MM-DD'. The views in V2_LIVE use this day's.",
    )
    naming = Naming(str.lower, longest=255, plain_only=True)
    text = "string"

    def setup(self, url: str) -> Sequence[str]:
        return [f"CREATE DATABASE IF NOT EXISTS {RAW.lower()}", f"CREATE DATABASE IF NOT EXISTS {LIVE.lower()}"]

    def create(self, table: LoadTable, day: str) -> Sequence[str]:
        if not table.appends:
            return [f"DROP TABLE IF EXISTS {self._hive(table)}", self._external(table, table.columns, day)]
        added = [self._add_columns(table)] if table.added else []
        return [self._external(table, table.known, _FIRST), *added]

    def load(self, table: LoadTable, day: str) -> Sequence[str]:
        return []

    def view(self, table: LoadTable, day: str) -> Sequence[str]:
        return [
            f"CREATE OR REPLACE VIEW {self.live(table)} AS\n{self.select(table)}\nFROM {self.raw(table)}\n"
            f"WHERE {_DAY} = {self.literal(day)}"
        ]

    def counted(self, table: LoadTable, day: str) -> str:
        return f"{super().counted(table, day)} WHERE {_DAY} = {self.literal(day)}"

    def cast(self, cell: str, kind: Kind) -> str:
        return try_cast(cell, kind, _TYPES)

    def _hive(self, table: LoadTable) -> str:
        # Its definitions are Hive's, which quotes otherwise than its queries do.
        return f"`{RAW.lower()}`.`{self.naming.name(table.name)}`"

    def _hive_columns(self, columns: Sequence[LoadColumn]) -> str:
        return ",\n".join(f"  `{self.naming.name(column.name)}` {self.text}" for column in columns)

    def _add_columns(self, table: LoadTable) -> str:
        return f"ALTER TABLE {self._hive(table)} ADD COLUMNS (\n{self._hive_columns(table.added)}\n)"

    def _external(self, table: LoadTable, columns: Sequence[LoadColumn], first: str) -> str:
        days = table.folder.removesuffix(f"{table.name}/").rstrip("/").rpartition("/")[0]
        properties = {
            "skip.header.line.count": "1",
            "projection.enabled": "true",
            f"projection.{_DAY}.type": "date",
            f"projection.{_DAY}.format": "yyyy-MM-dd",
            f"projection.{_DAY}.range": f"{first},NOW",
            f"projection.{_DAY}.interval": "1",
            f"projection.{_DAY}.interval.unit": "DAYS",
            "storage.location.template": f"{days}/${{{_DAY}}}/{table.name}/",
        }
        told = ",\n".join(f"  {self.literal(key)} = {self.literal(value)}" for key, value in properties.items())
        # The character that escapes would be a backslash: it is one that no text has.
        return (
            f"CREATE EXTERNAL TABLE IF NOT EXISTS {self._hive(table)} (\n{self._hive_columns(columns)}\n)\n"
            f"PARTITIONED BY (`{_DAY}` string)\n"
            "ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde'\n"
            "WITH SERDEPROPERTIES ('separatorChar' = ',', 'quoteChar' = '\"', 'escapeChar' = '\\u0001')\n"
            f"STORED AS TEXTFILE\nLOCATION {self.literal(days + '/')}\nTBLPROPERTIES (\n{told}\n)"
        )
