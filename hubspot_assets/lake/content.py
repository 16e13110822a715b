"""What is handed to the lake to be written: a table's columns, its frames, and what is to be said about them.

Here: `TableContent` and the check that frames are what their columns declare. Not here: how frames become files.
"""

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

import polars as pl

from hubspot_assets.catalog.columns import Column, ColumnType, schema
from hubspot_assets.lake import csv_text
from hubspot_assets.lake.errors import SchemaMismatch
from hubspot_assets.lake.manifest import Captured, Carried, OneReading, PartUnavailable, Unavailable

Frames: TypeAlias = "pl.DataFrame | pl.LazyFrame | Iterable[pl.DataFrame]"
Moment: TypeAlias = "datetime | Callable[[], datetime | None] | None"

_LAZY_ROWS = 50_000


@dataclass
class TableContent:
    """One table of one day.

    `frames` are read once, in order, while the table is written; together they may be larger than memory. Each has
    exactly `columns`, in that order, with their dtypes; or all of them are rows that are texts (`csv_text`).
    `left_out`, `notes`, `parts_unavailable` and `unavailable` may be filled, and `api_calls`, `captured_from` and
    `captured_to` may be callables, because they are looked at only when the last frame has been consumed.
    `keeps_columns`: the table begins with the columns of the last exported day, in their order, and those that are not
    there any more stay, NULL (`kept_columns.py`).

    A plain object on purpose: Dagster would iterate a generator that an asset returns, and leaves this one alone.
    """

    columns: Sequence[Column]
    frames: Frames
    unavailable: Unavailable | None = None
    left_out: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    api_calls: int | Callable[[], int] = 0
    captured_from: Moment = None
    captured_to: Moment = None
    carried: Carried | None = None
    parts_unavailable: list[PartUnavailable] = field(default_factory=list)
    reading: OneReading | None = None
    keeps_columns: bool = False

    @classmethod
    def of_frame(cls, frame: pl.DataFrame | pl.LazyFrame) -> "TableContent":
        """Return a frame with the columns of its own schema; raises `SchemaMismatch` for a dtype that no column has."""
        dtypes = frame.collect_schema()
        return cls(
            [Column(name, _type_of(name, dtype)) for name, dtype in dtypes.items()],
            frame,
        )

    def batches(self) -> Generator[pl.DataFrame, None, None]:
        """Yield the frames one after another, checked; raises `SchemaMismatch` at the first that is not as declared."""
        declared = schema(list(self.columns))
        names, dtypes = declared.names(), declared.dtypes()
        for frame in _batches(self.frames):
            # Lists compare six times quicker than schemas, and there is a frame for every page of HubSpot's.
            if (frame.columns != names or frame.dtypes != dtypes) and not csv_text.are_texts(frame.columns):
                raise SchemaMismatch(_difference(declared, frame.schema))
            yield frame

    def calls(self) -> int:
        return self.api_calls() if callable(self.api_calls) else self.api_calls

    def captured(self) -> Captured:
        return Captured.model_validate({"from": _moment(self.captured_from), "to": _moment(self.captured_to)})


def _moment(moment: Moment) -> datetime | None:
    return moment() if callable(moment) else moment


def _batches(frames: Frames) -> Iterator[pl.DataFrame]:
    if isinstance(frames, pl.DataFrame):
        yield frames
    elif isinstance(frames, pl.LazyFrame):
        yield from frames.collect_batches(chunk_size=_LAZY_ROWS, maintain_order=True)
    else:
        yield from frames


def _type_of(name: str, dtype: pl.DataType) -> ColumnType:
    types: tuple[ColumnType, ...] = ("string", "boolean", "datetime", "date")
    for type_ in types:
        if Column(name, type_).dtype == dtype:
            return type_
    raise SchemaMismatch(
        f"Column {name} has the dtype {dtype}, which no column type supports: use String, Boolean, Datetime('ms') or "
        "Date."
    )


def _difference(declared: pl.Schema, found: pl.Schema) -> str:
    if missing := [name for name in declared if name not in found]:
        return f"A frame lacks declared columns: {_some(missing)}."
    if extra := [name for name in found if name not in declared]:
        return f"A frame has undeclared columns: {_some(extra)}."
    for name, dtype in declared.items():
        if found[name] != dtype:
            return f"Column {name} of a frame is {found[name]} but is declared as {dtype}: cast it."
    return f"The columns of a frame are not in the declared order: {_some(found.names())}."


def _some(names: list[str]) -> str:
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
