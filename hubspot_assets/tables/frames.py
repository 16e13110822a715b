"""From rows of plain values to a typed frame of a table's fixed columns. For small tables that are made whole.

Not here: records with properties (`objects.py`), which come by the million and are built column by column.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
import polars as pl

from hubspot_assets.catalog.columns import Column
from hubspot_assets.tables.values import datetime_of

Row = Mapping[str, Any]


def frame(rows: Iterable[Row], columns: Sequence[Column], read_at: datetime) -> pl.DataFrame:
    """Return a frame with exactly these columns. Rows are keyed by column name; INGESTEDAT is `read_at` (UTC).

    A missing key is NULL. Datetimes may be HubSpot's text, JSON columns any value, numbers int or text: digits stay.
    """
    moment = read_at.replace(tzinfo=None)
    rows = list(rows)
    built = [_series(column, [row.get(column.name) for row in rows]) for column in columns]
    return pl.DataFrame(built).with_columns(
        pl.lit(moment).cast(pl.Datetime("ms")).alias(column.name) for column in columns if column.name == "INGESTEDAT"
    )


def _series(column: Column, values: list[Any]) -> pl.Series:
    if column.type == "json":
        return pl.Series(
            column.name, [None if value is None else msgspec.json.encode(value).decode() for value in values], pl.String
        )
    if column.type == "boolean":
        return pl.Series(column.name, [_boolean(value) for value in values], pl.Boolean)
    texts = pl.Series(column.name, [text_of(value) for value in values], pl.String)
    if column.type == "datetime":
        return datetime_of(texts)
    return texts


def _boolean(value: Any) -> bool | None:
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value.lower())
    return None if value is None else bool(value)


def text_of(value: Any) -> str | None:
    """Return a JSON value as text: texts as they are, true and false, digits of numbers, objects and lists as JSON."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (dict, list)):
        return msgspec.json.encode(value).decode()
    return str(value)
