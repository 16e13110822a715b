"""Values that were cleared, of records whose history is not read: HubSpot's list shows them as null.

A table tells a value that was cleared (an empty text) from one that was never set (no value). Of a record that is as it
was on an earlier day, that day's rows tell: its current values, or else its versions. Not here: which records those
are (`carried_history.py`).
"""

import polars as pl

from hubspot_assets.lake.csv_text import rows_of, rows_with
from hubspot_assets.tables.chunks import OBJECTID, POSITION, UPDATEDAT
from hubspot_assets.tables.in_step import ID, with_ids
from hubspot_assets.tables.record_frames import column_of

_PERHAPS_EMPTY = b',"",'


def cleared_by_current_values(values: pl.DataFrame, rows: pl.DataFrame, schema: pl.Schema) -> pl.DataFrame:
    """Return `values` with what is an empty text among the rows of OBJECT_PROPERTIES/<X> of the same records.

    `values`: ID and one column for each property. `rows`: as texts.
    """
    perhaps = rows_of(rows_with(rows, _PERHAPS_EMPTY), schema, (OBJECTID, "NAME", "VALUE"))
    return _filled(values, with_ids(perhaps.filter(pl.col("VALUE") == "")))


def cleared_by_versions(values: pl.DataFrame, versions: pl.DataFrame, names: pl.Enum) -> pl.DataFrame:
    """Return `values` with what their newest version says where they are null.

    `versions`: ID, NAME, VALUE and UPDATEDAT of OBJECT_PROPERTIES_HISTORY/<X> of the same records. `names`: of the
    properties.
    """
    untold = _untold(values, versions.with_columns(pl.col("NAME").cast(names)), names)
    newest = untold.filter(pl.col(UPDATEDAT) == pl.col(UPDATEDAT).max().over(ID, "NAME"))
    # Of a moment at which a value was set and cleared, empty tells that it was cleared last.
    value = pl.when((pl.col("VALUE") == "").any()).then(pl.lit("")).otherwise(pl.col("VALUE").max())
    return _filled(values, newest.group_by(ID, "NAME").agg(value.alias("VALUE")))


def _filled(values: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """Put what was found, ID, NAME and VALUE, in its place."""
    columns = {column_of(name): rows for (name,), rows in found.partition_by("NAME", as_dict=True).items()}
    return values.with_columns(
        values[name].scatter(values[ID].search_sorted(rows[ID]), rows["VALUE"]) for name, rows in columns.items()
    )


def _untold(values: pl.DataFrame, versions: pl.DataFrame, names: pl.Enum) -> pl.DataFrame:
    """Of the versions of these records, those of properties whose value is null."""
    if versions.is_empty():
        return versions
    # Found by arithmetic: there are hundreds of versions for each value that is untold.
    positions = values[ID].search_sorted(versions[ID]).alias(POSITION)
    is_null = pl.concat([values[column_of(name)].is_null().alias("") for name in names.categories])
    places = versions["NAME"].to_physical().cast(pl.UInt64) * values.height + positions
    return versions.filter(is_null.gather(places))
