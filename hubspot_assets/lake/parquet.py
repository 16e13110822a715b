"""The file format Parquet: typed, compressed with zstd, with statistics; written and read here and nowhere else.

A table of a day is one file, which grows on the local disk, row group by row group, and is uploaded when it is whole.

Texts, ids and JSON are strings, datetimes are timestamps in milliseconds, UTC, dates are dates. A number is a decimal,
DECIMAL(38, 18), as long as each cell of its column can be had back from it as HubSpot wrote it: `1500` from itself,
`1500.00` with the help of its PROPERTY_UNPARSED column. A column in which one cell cannot (too many digits, or no
number) is of strings, all of it: no value is rounded, none is left out, and no column is half of each.

A row group has up to 64 MB of values in memory, about 10 MB in the file: Spark and Athena cut a file between them,
DuckDB reads them side by side, and an export with several tables at work stays small.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import polars as pl

from hubspot_assets.catalog.columns import Column
from hubspot_assets.catalog.names import raw_text_column
from hubspot_assets.lake.errors import LakeError

ROW_GROUP_BYTES = 64_000_000
ROW_GROUP_ROWS = 1_000_000

DIGITS, FRACTION = 38, 18

_NOT_INSTALLED = (
    "Parquet needs a package that is not installed: run `pip install 'hubspot-assets[parquet]'`, or set "
    "HUBSPOT_FORMATS to csv."
)
_NUMBER = "number"
# What a decimal is written as when it is read back: no zero that says nothing, and no `-0`.
_WHOLE = rf"[1-9]\d{{0,{DIGITS - FRACTION - 1}}}"
_PLAIN = rf"^(?:0|-?{_WHOLE}|-?(?:0|{_WHOLE})\.\d{{0,{FRACTION - 1}}}[1-9])$"
_READ_ROWS = 50_000


class ParquetFile:
    """A file on the local disk while frames with these columns are added to it. Raises LakeError without pyarrow.

    `decimals`: the columns of numbers that are decimals so far. `rows`: how many were added.
    """

    def __init__(self, path: Path, columns: Sequence[Column], row_group_bytes: int = ROW_GROUP_BYTES) -> None:
        _pyarrow()
        self.path = path
        self.rows = 0
        self.decimals = [column.name for column in columns if column.type == _NUMBER]
        self._columns = columns
        self._row_group_bytes = row_group_bytes
        self._held: list[pl.DataFrame] = []
        self._held_bytes = self._held_rows = 0
        self._writer = self._open(path)

    def add(self, frame: pl.DataFrame) -> None:
        """Add rows; they are written when there are enough of them for a row group."""
        self._held.append(frame)
        self._held_bytes += int(frame.estimated_size())
        self._held_rows += frame.height
        if self._held_bytes >= self._row_group_bytes or self._held_rows >= ROW_GROUP_ROWS:
            self._flush()

    def finish(self) -> None:
        """Write what is held, and the end of the file."""
        self._flush()
        self._writer.close()

    def close(self) -> None:
        """Give the file up, whatever it holds."""
        with suppress(Exception):
            self._writer.close()

    def _flush(self) -> None:
        if not self._held_rows:
            return
        rows, size = pl.concat(self._held, rechunk=True), self._held_bytes
        self._held, self._held_bytes, self._held_rows = [], 0, 0
        if texts := [name for name in self.decimals if not _is_decimal(rows, name)]:
            self._become_texts(texts)
        self.rows += rows.height
        # A frame that came alone may be larger than a row group.
        parts = max(1, -(-size // (2 * self._row_group_bytes)))
        self._write(rows, max(1, -(-rows.height // parts)))

    def _write(self, rows: pl.DataFrame, row_group_rows: int) -> None:
        self._writer.write_table(self._table(rows), row_group_size=min(row_group_rows, ROW_GROUP_ROWS))

    def _become_texts(self, names: Sequence[str]) -> None:
        """Write anew what was written so far, with these columns as texts."""
        self._writer.close()
        before = self.path.with_suffix(".before")
        self.path.rename(before)
        self.decimals = [name for name in self.decimals if name not in names]
        self._writer = self._open(self.path)
        _, pq = _pyarrow()
        with pq.ParquetFile(before) as file:
            for number in range(file.num_row_groups):
                rows = _restored(_frame(file.read_row_group(number)), [column.name for column in self._columns])
                self._write(rows, rows.height)
        before.unlink()

    def _open(self, path: Path) -> Any:
        _, pq = _pyarrow()
        return pq.ParquetWriter(
            path,
            self._schema(),
            compression="zstd",
            version="2.6",
            write_statistics=True,
            write_page_index=True,
            # What pyarrow would note of its own types is not the business of other readers.
            store_schema=False,
        )

    def _schema(self) -> Any:
        pa, _ = _pyarrow()
        types = {
            "boolean": pa.bool_(),
            "datetime": pa.timestamp("ms", tz="UTC"),
            "date": pa.date32(),
        }
        decimal, decimals = pa.decimal128(DIGITS, FRACTION), set(self.decimals)
        return pa.schema(
            [(c.name, decimal if c.name in decimals else types.get(c.type, pa.large_string())) for c in self._columns]
        )

    def _table(self, rows: pl.DataFrame) -> Any:
        pa, _ = _pyarrow()
        import pyarrow.compute as pc  # noqa: PLC0415 - of an extra

        schema = self._schema()
        return pa.Table.from_arrays(
            [pc.cast(rows[field.name].to_arrow(), field.type) for field in schema], schema=schema
        )


def parse(path: Path, schema: pl.Schema, names: Sequence[str], url: str) -> Iterator[pl.DataFrame]:
    """Give the rows of a file as frames with the columns `names`, typed as `schema`; numbers as HubSpot wrote them.

    Raises LakeError for what is no such file, or has other columns.
    """
    try:
        lazy = pl.scan_parquet(path)
        there = lazy.collect_schema()
        if there.names() != schema.names():
            raise LakeError(f"The columns of {url} do not match its manifest: export the table again.")
        helping = [raw_text_column(name) for name in names if there[name].is_decimal()]
        needed = dict.fromkeys([*names, *(name for name in helping if name in there)])
        frames = lazy.select(list(needed)).collect_batches(chunk_size=_READ_ROWS, maintain_order=True)
        for frame in frames:
            yield _restored(frame, names)
    except pl.exceptions.PolarsError as error:
        raise LakeError(f"{url} is damaged ({str(error).splitlines()[0]}): export the table again.") from error


def _restored(frame: pl.DataFrame, names: Iterable[str]) -> pl.DataFrame:
    """Return the columns `names` as they were before they were written."""
    return frame.select(_as_it_was(name, frame.schema) for name in names)


def _as_it_was(name: str, schema: pl.Schema) -> pl.Expr:
    dtype, column = schema[name], pl.col(name)
    if isinstance(dtype, pl.Datetime):
        return column.dt.replace_time_zone(None)
    if not dtype.is_decimal():
        return column
    plain = column.cast(pl.String).str.strip_chars_end("0").str.strip_chars_end(".")
    companion = raw_text_column(name)
    if companion not in schema:
        return plain
    return pl.when(column.is_not_null()).then(pl.coalesce(companion, plain)).alias(name)


def _is_decimal(rows: pl.DataFrame, name: str) -> bool:
    """Whether every cell of a column of numbers can be had back from a decimal."""
    text, companion = pl.col(name), raw_text_column(name)
    plain = text.str.contains(_PLAIN)
    if companion in rows.columns:
        told = pl.col(companion)
        plain = pl.when(told.is_null()).then(plain).otherwise(told == text)
    if not rows.select((text.is_null() | plain).all()).item():
        return False
    pa, _ = _pyarrow()
    import pyarrow.compute as pc  # noqa: PLC0415 - of an extra

    try:
        pc.cast(rows[name].to_arrow(), pa.decimal128(DIGITS, FRACTION))
    except pa.ArrowInvalid:
        return False
    return True


def _frame(table: Any) -> pl.DataFrame:
    frame = pl.from_arrow(table)
    assert isinstance(frame, pl.DataFrame)  # noqa: S101 - for the type checker
    return frame


def _pyarrow() -> tuple[Any, Any]:
    try:
        import pyarrow as pa  # noqa: PLC0415 - of an extra
        import pyarrow.parquet as pq  # noqa: PLC0415
    except ImportError as error:
        raise LakeError(_NOT_INSTALLED) from error
    return pa, pq
