"""Google BigQuery: LOAD DATA of the files that the manifests name, from S3 through a connection."""

from collections.abc import Sequence

from hubspot_assets.warehouse.dialects.dialect import LIVE, RAW, Dialect, try_cast
from hubspot_assets.warehouse.dialects.naming import Naming
from hubspot_assets.warehouse.kinds import Kind
from hubspot_assets.warehouse.loading import LoadTable

_TYPES = {Kind.NUMBER: "BIGNUMERIC", Kind.BOOLEAN: "BOOL", Kind.TIMESTAMP: "DATETIME", Kind.DATE: "DATE"}
_FORM = (
    "format = 'CSV', compression = 'GZIP', encoding = 'UTF-8', skip_leading_rows = 1, field_delimiter = ',', "
    "quote = '\"', allow_quoted_newlines = TRUE, allow_jagged_rows = FALSE, preserve_ascii_control_characters = TRUE, "
    "max_bad_records = 0"
)


class BigQuery(Dialect):
    name = "bigquery"
    title = "Google BigQuery"
    costs = (
        'Not exact: a CSV load does not reliably tell an empty text ("", a value that was cleared) from NULL. To tell '
        "them apart, use OBJECT_PROPERTIES, where a row without a value means a cleared one.",
        "Files are read from S3 through a connection: replace every /* CONNECTION */ with WITH CONNECTION "
        "`<REGION>.<NAME>`. Or copy the day to Cloud Storage, and replace s3:// with gs://.",
        "BigQuery accepts rows of up to 100 MB and gzip files of up to 4 GB; the files of an export have up to 15 MB.",
    )
    most_columns = 10_000
    naming = Naming(longest=300, plain_only=True)
    mark = "`"
    text = "STRING"

    def setup(self, url: str) -> Sequence[str]:
        return [f"CREATE SCHEMA IF NOT EXISTS {RAW}", f"CREATE SCHEMA IF NOT EXISTS {LIVE}"]

    def load(self, table: LoadTable, day: str) -> Sequence[str]:
        columns = self.lines(table.columns, "{} " + self.text)
        urls = ", ".join(self.literal(file.url) for file in table.files)
        return [
            f"LOAD DATA OVERWRITE {self.raw(table)} (\n{columns}\n)\n"
            f"FROM FILES ({_FORM}, uris = [{urls}])\n/* CONNECTION */"
        ]

    def cast(self, cell: str, kind: Kind) -> str:
        return try_cast(cell, kind, _TYPES, "SAFE_CAST")

    def literal(self, text: str) -> str:
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
