"""What a column of an exported table is: its name, its type and what it means.

Here: the vocabulary of column types and their Polars dtypes, which `tables` builds frames with and `lake` writes
and reads files by. Not here: which columns a table has (`portal_tables.py`).
"""

from dataclasses import dataclass
from typing import Literal

import polars as pl

ColumnType = Literal["string", "number", "boolean", "datetime", "date", "json"]

_DTYPES: dict[ColumnType, pl.DataType] = {
    "string": pl.String(),
    # HubSpot's own digits: ids exceed 2**53 and `00123` is not 123, so a number is never a float here.
    "number": pl.String(),
    "boolean": pl.Boolean(),
    "datetime": pl.Datetime("ms"),
    "date": pl.Date(),
    "json": pl.String(),
}


@dataclass(frozen=True)
class Column:
    """One column. `type` is the manifest's word; `dtype` is what its Polars frames hold (datetimes naive, UTC).

    `label`: HubSpot's, of a column that holds a property; its `description` is then the one that people wrote there.
    """

    name: str
    type: ColumnType = "string"
    description: str = ""
    label: str = ""

    @property
    def meaning(self) -> str:
        """What the column holds, in a few words: the property's label, and without one its description."""
        return self.label or self.description

    @property
    def dtype(self) -> pl.DataType:
        return _DTYPES[self.type]


def schema(columns: tuple[Column, ...] | list[Column]) -> pl.Schema:
    """Return the Polars schema of frames with these columns, in this order."""
    return pl.Schema({column.name: column.dtype for column in columns})
