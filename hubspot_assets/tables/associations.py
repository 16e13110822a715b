"""Rows of ASSOCIATIONS_<X>_TO_<Y> and ASSOCIATIONS/<X>_TO_<Y>, in both directions of a pair.

A frame of links is what reading one direction gives: FROMOBJECTID, TOOBJECTID, ASSOCIATIONCATEGORY,
ASSOCIATIONTYPEID (all String), INGESTEDAT. Not here: the definitions table (`definitions.py`), reading (`hubspot`).
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Protocol

import polars as pl

from hubspot_assets.catalog.table import Table
from hubspot_assets.tables.definitions import CATEGORY_NUMBERS

TypeKey = tuple[str, str]
"""Association category and type id: type ids repeat across categories."""

_TYPE = ("ASSOCIATIONCATEGORY", "ASSOCIATIONTYPEID")


class Association(Protocol):
    """One association type between two records, as HubSpot answers it."""

    @property
    def from_id(self) -> str: ...
    @property
    def to_id(self) -> str: ...
    @property
    def category(self) -> str: ...
    @property
    def type_id(self) -> str: ...


def links(associations: Iterable[Association], read_at: datetime) -> pl.DataFrame:
    """Return a frame of links, read at a moment (UTC)."""
    rows = [(a.from_id, a.to_id, a.category, a.type_id) for a in associations]
    schema = dict.fromkeys(("FROMOBJECTID", "TOOBJECTID", *_TYPE), pl.String)
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(
        pl.lit(read_at.replace(tzinfo=None)).cast(pl.Datetime("ms")).alias("INGESTEDAT")
    )


def between(frame: pl.DataFrame, from_ids: pl.Series | None, to_ids: pl.Series | None) -> pl.DataFrame:
    """Return the links whose ends are among these records; None for a side that could not be read, which keeps all of
    it.
    """
    for column, ids in (("FROMOBJECTID", from_ids), ("TOOBJECTID", to_ids)):
        if ids is not None:
            frame = frame.join(ids.to_frame(column), on=column, how="semi", maintain_order="left")
    return frame


def inverse_types(definitions: pl.DataFrame, from_type_id: str, to_type_id: str) -> dict[TypeKey, TypeKey] | None:
    """Which type of `to -> from` is the same association as a type of `from -> to`, or None where that is not certain.

    Certain only where every type of the pair is HubSpot's own and each label (or none) names exactly one type in each
    direction. HubSpot tells no inverse ids, and two custom paired labels can read alike and be different. Of a type
    with itself both directions have the same types: which of them is the other's inverse nobody says.
    """
    if from_type_id == to_type_id:
        return None
    there = _types_by_label(definitions, from_type_id, to_type_id)
    back = _types_by_label(definitions, to_type_id, from_type_id)
    if there is None or back is None or not there or there.keys() != back.keys():
        return None
    return {there[label]: back[label] for label in there}


def _types_by_label(definitions: pl.DataFrame, from_type_id: str, to_type_id: str) -> dict[str | None, TypeKey] | None:
    rows = definitions.filter(
        (pl.col("FROMOBJECTTYPEID") == from_type_id) & (pl.col("TOOBJECTTYPEID") == to_type_id)
    ).select("LABEL", *_TYPE)
    by_label: dict[str | None, TypeKey] = {}
    for label, category, type_id in rows.iter_rows():
        if category != "HUBSPOT_DEFINED" or label in by_label:
            return None
        by_label[label] = (category, type_id)
    return by_label


def turned(frame: pl.DataFrame, inverse: Mapping[TypeKey, TypeKey]) -> pl.DataFrame:
    """Return the links of the other direction. Raises KeyError for a link of a type that `inverse` does not know."""
    turned_types = {key: inverse[key] for key in frame.select(_TYPE).unique().iter_rows()}
    mapping = pl.DataFrame(
        [(*there, *back) for there, back in turned_types.items()],
        schema=dict.fromkeys((*_TYPE, "category", "type_id"), pl.String),
        orient="row",
    )
    return frame.join(mapping, on=list(_TYPE), how="left", maintain_order="left").select(
        pl.col("TOOBJECTID").alias("FROMOBJECTID"),
        pl.col("FROMOBJECTID").alias("TOOBJECTID"),
        pl.col("category").alias("ASSOCIATIONCATEGORY"),
        pl.col("type_id").alias("ASSOCIATIONTYPEID"),
        "INGESTEDAT",
    )


def named(frame: pl.DataFrame, table: Table, definitions: pl.DataFrame) -> pl.DataFrame:
    """Rows of ASSOCIATIONS_<X>_TO_<Y>: <X>_OBJECTID, <Y>_OBJECTID, the type, its NAME, LABEL and whether it is main."""
    from_type, to_type = table.object_type, table.to_type
    assert from_type is not None and to_type is not None, "an association table has two object types"  # noqa: S101, PT018
    known = definitions.filter(
        (pl.col("FROMOBJECTTYPEID") == from_type.object_type_id) & (pl.col("TOOBJECTTYPEID") == to_type.object_type_id)
    ).select(*_TYPE, "NAME", "LABEL", "ISMAINASSOCIATIONDEFINITION")
    return frame.join(
        known.unique(list(_TYPE), keep="first", maintain_order=True), on=list(_TYPE), how="left", maintain_order="left"
    ).select(
        pl.col("FROMOBJECTID").alias(table.columns[0].name),
        pl.col("TOOBJECTID").alias(table.columns[1].name),
        _combined_type().alias("COMBINEDASSOCIATIONTYPEID"),
        *_TYPE,
        "NAME",
        "LABEL",
        "ISMAINASSOCIATIONDEFINITION",
        "INGESTEDAT",
    )


def combined(frame: pl.DataFrame, from_type_id: str, to_type_id: str) -> pl.DataFrame:
    """Rows of ASSOCIATIONS/<X>_TO_<Y>: the type and both ends."""
    return frame.select(
        _combined_type().alias("COMBINEDASSOCIATIONTYPEID"),
        *_TYPE,
        pl.lit(from_type_id).alias("FROMOBJECTTYPEID"),
        "FROMOBJECTID",
        pl.lit(to_type_id).alias("TOOBJECTTYPEID"),
        "TOOBJECTID",
        "INGESTEDAT",
    )


def _combined_type() -> pl.Expr:
    numbers = {category: str(number) for category, number in CATEGORY_NUMBERS.items()}
    return pl.concat_str(pl.col("ASSOCIATIONCATEGORY").replace(numbers), pl.lit("-"), pl.col("ASSOCIATIONTYPEID"))
