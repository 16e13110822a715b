"""Amazon Redshift: COPY by the beginning of the files' names, which leaves the manifests beside them alone."""

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


class Redshift(Dialect):
    name = "redshift"
    title = "Amazon Redshift"
    costs = (
        'Not exact: COPY does not tell an empty text ("", a value that was cleared) from NULL; here both are NULL. To '
        "tell them apart, use OBJECT_PROPERTIES, where a row without a value means a cleared one.",
        "VARCHAR holds up to 65,535 bytes, and HubSpot's texts have up to 65,536 characters: a longer text stops the "
        "load instead of being cut silently. To have it cut, add TRUNCATECOLUMNS to that COPY.",
        "The character NUL also stops the load.",
        "Replace <ROLE_ARN> with the ARN of a role that may read the bucket, and <REGION> with the bucket's region.",
        "A column can only be added once: if ALTER TABLE says that a column already exists, carry on.",
    )
    most_columns = 1600
    naming = Naming(str.lower, longest=127)
    text = "VARCHAR(65535)"

    def setup(self, url: str) -> Sequence[str]:
        return [f"CREATE SCHEMA IF NOT EXISTS {RAW.lower()}", f"CREATE SCHEMA IF NOT EXISTS {LIVE.lower()}"]

    def add_column(self, table: LoadTable, column: LoadColumn) -> str:
        return f"ALTER TABLE {self.raw(table)} ADD COLUMN {self.quoted(column.name)} {self.text}"

    def load(self, table: LoadTable, day: str) -> Sequence[str]:
        columns = self.listed(table.columns)
        copies = [
            f"COPY {self.raw(table)} ({columns})\nFROM {self.literal(beginning)}\nIAM_ROLE '<ROLE_ARN>' "
            "REGION '<REGION>'\nFORMAT AS CSV QUOTE AS '\"' DELIMITER ',' GZIP IGNOREHEADER 1 EMPTYASNULL "
            "ENCODING UTF8 MAXERROR 0"
            for beginning in _beginnings(table)
        ]
        return ["BEGIN", f"DELETE FROM {self.raw(table)}", *copies, "COMMIT"]

    def view(self, table: LoadTable, day: str) -> Sequence[str]:
        # It replaces a view only by one that has the same columns.
        anew = [f"DROP VIEW IF EXISTS {self.live(table)}"] if table.is_reshaped else []
        return [*anew, *super().view(table, day)]

    def cast(self, cell: str, kind: Kind) -> str:
        return try_cast(cell, kind, _TYPES)


def _beginnings(table: LoadTable) -> list[str]:
    """`s3://.../data_` of each folder: a whole day holds no data files but those of its manifests."""
    folders = dict.fromkeys(file.url.rpartition("/")[0] for file in table.files)
    return [f"{folder}/data_" for folder in folders]
