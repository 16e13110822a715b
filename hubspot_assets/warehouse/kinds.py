"""What a reader takes a column for: the manifest's types, as few as every warehouse has.

Numbers are decimals and never floats, so that ids beyond 2**53 stay what they are. `DECIMAL(38, 9)` has 29 digits
before the point and nine behind it, which holds ids and money exactly and leaves room to multiply. A value with more
digits behind the point is rounded to nine, one with more before it is NULL; PROPERTY_UNPARSED_<name> holds its text.
"""

from enum import Enum

from hubspot_assets.catalog.columns import ColumnType

DIGITS, FRACTION = 38, 9


class Kind(Enum):
    """What the cells of a column are."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    TIMESTAMP = "timestamp"
    DATE = "date"


_KINDS: dict[ColumnType, Kind] = {
    "string": Kind.TEXT,
    "json": Kind.TEXT,
    "number": Kind.NUMBER,
    "boolean": Kind.BOOLEAN,
    "datetime": Kind.TIMESTAMP,
    "date": Kind.DATE,
}


def kind_of(column_type: ColumnType) -> Kind:
    """The kind of a column of a type that a manifest or the catalogue gives it."""
    return _KINDS[column_type]
