r"""PostgreSQL, by psql: `\copy` from what `aws s3 cp` prints, which needs no extension and no right on the server.

Postgres is also what Amazon RDS, Aurora, AlloyDB and others speak.
"""

import shlex
from collections.abc import Sequence

from hubspot_assets.warehouse.dialects.dialect import LIVE, RAW, Dialect
from hubspot_assets.warehouse.dialects.naming import Naming
from hubspot_assets.warehouse.kinds import Kind
from hubspot_assets.warehouse.loading import LoadTable

_NUMBER = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?$"
_TYPES = {Kind.BOOLEAN: "boolean", Kind.TIMESTAMP: "timestamp", Kind.DATE: "date"}


class Postgres(Dialect):
    name = "postgres"
    title = "PostgreSQL"
    costs = (
        "Exact, except for the character NUL, which Postgres cannot store: a table that contains one is refused as "
        "a whole.",
        r"Before version 18, Postgres takes a line `\.` inside a text for the end of the file, and stops there with an "
        "error.",
        "Run it with psql, on a machine that has gzip and the AWS command line with the bucket's credentials: "
        "psql -f this_file.",
        "A name of more than 63 bytes is shortened and ends with eight characters of its hash.",
    )
    most_columns = 1600
    naming = Naming(str.lower, longest=63)
    text = "text"

    def setup(self, url: str) -> Sequence[str]:
        return [
            r"\set ON_ERROR_STOP on",
            f"CREATE SCHEMA IF NOT EXISTS {RAW.lower()}",
            f"CREATE SCHEMA IF NOT EXISTS {LIVE.lower()}",
        ]

    def load(self, table: LoadTable, day: str) -> Sequence[str]:
        columns = self.listed(table.columns)
        copies = [
            rf"\copy {self.raw(table)} ({columns}) FROM PROGRAM {self.literal(_fetch(file.url))} "
            "WITH (FORMAT csv, HEADER true, NULL '', ENCODING 'UTF8')"
            for file in table.files
        ]
        return ["BEGIN", f"TRUNCATE TABLE {self.raw(table)}", *copies, "COMMIT"]

    def view(self, table: LoadTable, day: str) -> Sequence[str]:
        # It replaces a view only by one that has the same columns, and further ones behind them.
        anew = [f"DROP VIEW IF EXISTS {self.live(table)}"] if table.is_reshaped else []
        return [*anew, *super().view(table, day)]

    def cast(self, cell: str, kind: Kind) -> str:
        if kind is Kind.NUMBER:
            return f"CASE WHEN {cell} ~ {self.literal(_NUMBER)} THEN {cell}::numeric END"
        return f"{cell}::{_TYPES[kind]}"


def _fetch(url: str) -> str:
    return f"aws s3 cp --quiet {shlex.quote(url)} - | gzip -dc"
