"""ClickHouse: INSERT from its table function s3, with every column declared and nothing trimmed."""

from collections.abc import Sequence

from hubspot_assets.warehouse.dialects.dialect import LIVE, RAW, Dialect, braces
from hubspot_assets.warehouse.kinds import FRACTION, Kind
from hubspot_assets.warehouse.loading import LoadTable

_CASTS = {
    Kind.NUMBER: f"toDecimal128OrNull({{}}, {FRACTION})",
    Kind.BOOLEAN: "CAST({}, 'Nullable(Bool)')",
    Kind.TIMESTAMP: "toDateTime64OrNull({}, 3, 'UTC')",
    Kind.DATE: "toDate32OrNull({})",
}
_SETTINGS = (
    "input_format_csv_trim_whitespaces = 0, format_csv_allow_single_quotes = 0, "
    "format_csv_allow_double_quotes = 1, input_format_csv_empty_as_default = 1, "
    "format_csv_null_representation = '', format_csv_delimiter = ',', input_format_with_names_use_header = 1, "
    "input_format_skip_unknown_fields = 0, input_format_allow_errors_num = 0, input_format_parallel_parsing = 0"
)


class ClickHouse(Dialect):
    name = "clickhouse"
    title = "ClickHouse"
    costs = (
        "Exact: every cell is loaded as it was written.",
        "Older servers only support times from 1900 to 2299: others are wrong in the views, but correct in "
        "HUBSPOT_RAW.",
        "Write names exactly as they are here: ClickHouse distinguishes capital and small letters.",
        "The server reads the bucket with its own credentials; to give it a role, add "
        "extra_credentials(role_arn = '<ROLE_ARN>') to s3(...).",
    )
    text = "Nullable(String)"

    def setup(self, url: str) -> Sequence[str]:
        return [f"CREATE DATABASE IF NOT EXISTS {RAW}", f"CREATE DATABASE IF NOT EXISTS {LIVE}"]

    def create(self, table: LoadTable, day: str) -> Sequence[str]:
        create, *added = super().create(table, day)
        return [f"{create}\nENGINE = MergeTree ORDER BY tuple()", *added]

    def load(self, table: LoadTable, day: str) -> Sequence[str]:
        columns = self.listed(table.columns)
        structure = self.listed(table.columns, "{} " + self.text)
        files = self.literal(table.folder + braces([file.name for file in table.files]))
        return [
            f"TRUNCATE TABLE {self.raw(table)}",
            f"INSERT INTO {self.raw(table)} ({columns})\nSELECT {columns}\n"
            f"FROM s3({files}, 'CSVWithNames', {self.literal(structure)}, 'gzip')\nSETTINGS {_SETTINGS}",
        ]

    def cast(self, cell: str, kind: Kind) -> str:
        return _CASTS[kind].format(cell)

    def literal(self, text: str) -> str:
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
