"""Records as HubSpot gives them -> the two frames of a chunk: their current values, and their versions.

A record is dictionaries of hundreds of values and thousands of versions, so Polars is handed dictionaries and not
values: this is the only place that would loop over cells in Python. Not here: where the frames are kept (`spool.py`).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import Any, TypeAlias

import polars as pl

from hubspot_assets.tables.values import datetime_of

OBJECTID = "OBJECTID"
UPDATEDAT = "UPDATEDAT"
INGESTEDAT = "INGESTEDAT"
POSITION = "POSITION"

Record: TypeAlias = Mapping[str, Any]


def values_frame(records: Sequence[Record], read_at: datetime, columns: Mapping[str, str]) -> pl.DataFrame:
    """OBJECTID, UPDATEDAT (text), INGESTEDAT, and `columns` (a property's name -> its column) as text."""
    values = pl.from_dicts([_current_values(record) for record in records], schema=dict.fromkeys(columns, pl.String()))
    return pl.DataFrame(
        [
            pl.Series(OBJECTID, [str(record["id"]) for record in records], pl.String),
            pl.Series(UPDATEDAT, [record.get("updatedAt") for record in records], pl.String),
            pl.Series(INGESTEDAT, [read_at] * len(records), pl.Datetime("ms")),
            *(values[name].alias(column) for name, column in columns.items()),
        ]
    )


def versions_frame(records: Sequence[Record], names: pl.Enum) -> pl.DataFrame:
    """POSITION, NAME, VALUE, UPDATEDAT: as the versions of a `Chunk`, of the properties `names`."""
    moment = pl.Datetime("ms")
    if not any(record.get("propertiesWithHistory") for record in records):
        return pl.DataFrame(schema={POSITION: pl.UInt32, "NAME": names, "VALUE": pl.String, UPDATEDAT: moment})
    # A list of versions for each property of each record, or nothing: its place in the grid tells whose it is.
    wanted = names.categories.to_list()
    grid: list[Sequence[Mapping[str, Any]] | None] = []
    for record in records:
        grid += map((record.get("propertiesWithHistory") or {}).get, wanted)
    lengths = pl.Series("length", [len(versions) if versions else 0 for versions in grid], pl.UInt32)
    filled = lengths.to_frame().with_row_index("place").filter(pl.col("length") > 0)
    places = filled.select(pl.col("place").repeat_by("length").explode()).to_series()
    versions = list(chain.from_iterable(filter(None, grid)))
    texts = pl.from_dicts(versions, schema={"value": pl.String(), "timestamp": pl.String()})
    return texts.select(
        (places // len(wanted)).alias(POSITION),
        names.categories.cast(names).gather(places % len(wanted)).alias("NAME"),
        pl.col("value").fill_null("").alias("VALUE"),
        datetime_of(texts["timestamp"]).alias(UPDATEDAT),
    ).sort(POSITION, "NAME", UPDATEDAT, "VALUE", descending=[False, False, True, True], nulls_last=True)


def _current_values(record: Record) -> Mapping[str, Any]:
    values: dict[str, Any] = record.get("properties") or {}
    history = record.get("propertiesWithHistory")
    if not history:
        return values
    # Where HubSpot answers null for a value that was cleared, only the newest version tells it from one never set.
    untold = [name for name, versions in history.items() if versions and values.get(name) is None]
    return {**values, **{name: _newest_value(history[name]) for name in untold}} if untold else values


def _newest_value(versions: Sequence[Mapping[str, Any]]) -> str:
    newest = max(version["timestamp"].rstrip("Z") for version in versions)
    values = [version["value"] or "" for version in versions if version["timestamp"].rstrip("Z") == newest]
    # Of a moment at which the value was set and cleared, null says which of the two came last.
    return "" if "" in values else max(values)
