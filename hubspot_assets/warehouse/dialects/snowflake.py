"""Snowflake: COPY INTO by column names, from a stage over the bucket, of the files that the manifests name."""

from collections.abc import Sequence

from hubspot_assets.warehouse.dialects.dialect import LIVE, RAW, Dialect
from hubspot_assets.warehouse.kinds import DIGITS, FRACTION, Kind
from hubspot_assets.warehouse.loading import LoadTable

_STAGE, _FORMAT = f"{RAW}.HUBSPOT_EXPORT", f"{RAW}.HUBSPOT_CSV"
_FORM = (
    "TYPE = CSV COMPRESSION = GZIP ENCODING = 'UTF8' PARSE_HEADER = TRUE RECORD_DELIMITER = '\\n' "
    "FIELD_DELIMITER = ',' FIELD_OPTIONALLY_ENCLOSED_BY = '\"' ESCAPE = NONE ESCAPE_UNENCLOSED_FIELD = NONE "
    "NULL_IF = () EMPTY_FIELD_AS_NULL = TRUE TRIM_SPACE = FALSE SKIP_BLANK_LINES = FALSE "
    "REPLACE_INVALID_CHARACTERS = FALSE ERROR_ON_COLUMN_COUNT_MISMATCH = FALSE"
)
_TRY = {Kind.BOOLEAN: "TRY_TO_BOOLEAN({})", Kind.TIMESTAMP: "TRY_TO_TIMESTAMP_NTZ({})", Kind.DATE: "TRY_TO_DATE({})"}


class Snowflake(Dialect):
    name = "snowflake"
    title = "Snowflake"
    costs = (
        "Exact: every cell is loaded as it was written, with the options of the file format below and no others.",
        "Replace YOUR_STORAGE_INTEGRATION with the name of a storage integration for the bucket.",
        "A text of more than 16 MB stops the load.",
    )

    def setup(self, url: str) -> Sequence[str]:
        return [
            f"CREATE SCHEMA IF NOT EXISTS {RAW}",
            f"CREATE SCHEMA IF NOT EXISTS {LIVE}",
            f"CREATE OR REPLACE FILE FORMAT {_FORMAT} {_FORM}",
            f"CREATE STAGE IF NOT EXISTS {_STAGE} URL = {self.literal(url + '/')} "
            "STORAGE_INTEGRATION = YOUR_STORAGE_INTEGRATION",
        ]

    def load(self, table: LoadTable, day: str) -> Sequence[str]:
        copy = (
            f"COPY INTO {self.raw(table)}\nFROM @{_STAGE}/{day}/{table.name}/\n"
            f"PATTERN = {self.literal(_pattern(table))}\nFILE_FORMAT = (FORMAT_NAME = {self.literal(_FORMAT)})\n"
            "MATCH_BY_COLUMN_NAME = CASE_INSENSITIVE ON_ERROR = ABORT_STATEMENT FORCE = TRUE"
        )
        return ["BEGIN", f"DELETE FROM {self.raw(table)}", copy, "COMMIT"]

    def cast(self, cell: str, kind: Kind) -> str:
        if kind is Kind.NUMBER:
            return f"TRY_TO_DECIMAL({cell}, {DIGITS}, {FRACTION})"
        return _TRY[kind].format(cell)


def _pattern(table: LoadTable) -> str:
    """A regular expression that fits the files of the manifests, and so neither manifests nor anything else."""
    names = sorted({file.name.removesuffix(".csv.gz") for file in table.files})
    return f".*/{table.name}/({'|'.join(names)})[.]csv[.]gz"
