"""The file format: CSV in gzip, written and read here and nowhere else.

A file is several gzip members in a row: one with the header, then one per slice of rows. RFC 1952 makes that one
gzip file, and Polars, DuckDB, pandas, Python and `zcat` read it as one. So the size of a file is known exactly while
it grows, nothing is compressed twice, and a reader needs no more memory than a slice takes.

Text is quoted when necessary only: it holds a comma, a quote, CR or LF, or is empty. NULL is an empty field without
quotes. Datetimes are `YYYY-MM-DD HH:MM:SS.fff` (UTC), dates `YYYY-MM-DD`, booleans `true` and `false`.

How others read every cell as it was written: Polars `read_csv(path, infer_schema=False)`; DuckDB `read_csv(path,
header=true, delim=',', quote='"', escape='"', comment='', all_varchar=true, allow_quoted_nulls=false)`, since what it
would guess depends on the data; pandas `read_csv(path, dtype=str, keep_default_na=False)` and Python's csv (opened with
`newline=""`, with a raised `field_size_limit`), which do not tell NULL from an empty string.
"""

import io
from collections.abc import Iterable, Iterator, Sequence

import polars as pl
import polars.selectors as cs
from isal import isal_zlib

from hubspot_assets.lake.errors import LakeError, SchemaMismatch

SLICE_BYTES = 1_000_000
"""Rows are compressed in slices of up to this many bytes of text; a row that is longer is a slice of its own."""

# Frames of a page of HubSpot's are small, and each costs 2 ms whatever its size: they are taken together first.
_TOGETHER_BYTES = 4_000_000

_DATETIME = "%Y-%m-%d %H:%M:%S%.3f"
_DATE = "%Y-%m-%d"
# ISA-L's level 1 is as small as zlib's level 2 at four times its speed, 500 MB/s a core; its level 3, a third of the
# speed, is 6 % smaller.
_LEVEL = 1
_INFLATE_STEP = 1 << 18
_GZIP = 31
# The longest form of a value that is not text: 2026-11-22 23:59:59.999
_WIDEST = 23


def slices(frames: Iterable[pl.DataFrame], slice_bytes: int = SLICE_BYTES) -> Iterator[pl.DataFrame]:
    """The same rows in the same order, in frames of up to `slice_bytes` of text, however they came.

    Where a slice ends follows from its rows alone, so the same rows give the same files byte for byte.
    """
    held: list[pl.DataFrame] = []
    held_bytes = 0
    for frame in _together(frames):
        ends = _row_bytes(frame).cum_sum()
        start, start_bytes = 0, 0
        while start < frame.height:
            fits = ends.search_sorted(start_bytes + slice_bytes - held_bytes, side="right")
            if fits == frame.height:
                break
            if not held and fits == start:
                fits += 1
            if fits > start:
                held.append(frame.slice(start, fits - start))
                start, start_bytes = fits, int(ends[fits - 1])
            yield pl.concat(held)
            held, held_bytes = [], 0
        if start < frame.height:
            held.append(frame.slice(start))
            held_bytes += int(ends[-1]) - start_bytes
    if held:
        yield pl.concat(held)


def header(names: Sequence[str]) -> bytes:
    """The gzip member that begins every file."""
    return _gzip(_header_frame(names), include_header=True)


def compress(rows: pl.DataFrame) -> bytes:
    """The gzip member of a slice; raises `SchemaMismatch` for a value that the format cannot hold."""
    if rows.width == 1 and rows.to_series().null_count():
        raise SchemaMismatch(
            f"{rows.columns[0]} is the only column of its table and is NULL in a row, which would be a blank line "
            "that readers skip: give the table a second column."
        )
    moments = cs.datetime() | cs.date()
    for years in (*rows.select(moments.min().dt.year()), *rows.select(moments.max().dt.year())):
        if years.is_between(1, 9999).all() is False:
            raise SchemaMismatch(
                f"Column {years.name} holds a moment outside of the years 1 to 9999, which other readers refuse: "
                "make it NULL."
            )
    return _gzip(_with_texts(rows), include_header=False)


def parse(file: bytes, schema: pl.Schema, names: Sequence[str], url: str) -> Iterator[pl.DataFrame]:
    """The rows of a file as typed frames with the columns `names`, one frame per gzip member.

    Raises `LakeError` when the header is not that of `schema` or the gzip stream is cut off.
    """
    members, head = _inflate(file, url), _header_frame(schema.names()).write_csv().encode()
    if next(members, b"") != head:
        raise LakeError(f"The header of {url} is not the one its manifest describes: export the table again.")
    text = dict.fromkeys(schema, pl.String())
    positions = sorted(schema.names().index(name) for name in names)
    typed = [_typed(name, schema[name]) for name in names]
    for member in members:
        # With the header before it, since Polars drops a byte order mark from the very first cell that it reads.
        yield pl.read_csv(head + member, schema=text, columns=positions).select(typed)


def _together(frames: Iterable[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    held: list[pl.DataFrame] = []
    size = 0
    for frame in frames:
        held.append(frame)
        size += int(frame.estimated_size())
        if size >= _TOGETHER_BYTES:
            yield pl.concat(held, rechunk=True)
            held, size = [], 0
    if held:
        yield pl.concat(held, rechunk=True)


def _row_bytes(frame: pl.DataFrame) -> pl.Series:
    """About how long each row is as text. Quotes are not counted: at worst they double a slice."""
    texts = frame.select(cs.string().str.len_bytes())
    other = (frame.width - texts.width) * _WIDEST + frame.width
    if not texts.width:
        return pl.Series([other], dtype=pl.UInt64).new_from_index(0, frame.height)
    return texts.select(pl.sum_horizontal(pl.all()).cast(pl.UInt64) + other).to_series()


def _header_frame(names: Sequence[str]) -> pl.DataFrame:
    return pl.DataFrame(schema=dict.fromkeys(names, pl.String()))


def _gzip(frame: pl.DataFrame, *, include_header: bool) -> bytes:
    buffer = io.BytesIO()
    frame.write_csv(buffer, include_header=include_header, date_format=_DATE, quote_style="necessary")
    return isal_zlib.compress(buffer.getbuffer(), _LEVEL, wbits=_GZIP)


def _with_texts(rows: pl.DataFrame) -> pl.DataFrame:
    """Datetimes as text, which costs half of what it does in `write_csv`; equal ones in a row are formatted once."""
    names = rows.select(cs.datetime()).columns
    if not names:
        return rows
    # All columns as one: a wide table has dozens of them, and few rows in a slice.
    moments = pl.concat([rows[name].cast(pl.Datetime("ms")).alias("") for name in names])
    texts = moments.rle().struct.field("value").cast(pl.String).gather(moments.rle_id())
    return rows.with_columns(
        texts.slice(place * rows.height, rows.height).alias(name) for place, name in enumerate(names)
    )


def _inflate(file: bytes, url: str) -> Iterator[bytes]:
    view, position = memoryview(file), 0
    while position < len(view):
        inflater, text = isal_zlib.decompressobj(_GZIP), []
        while not inflater.eof:
            step = view[position : position + _INFLATE_STEP]
            if not step:
                raise LakeError(f"{url} ends in the middle of its gzip stream: export the table again.")
            text.append(inflater.decompress(step))
            position += len(step) - len(inflater.unused_data)
        yield b"".join(text)


def _typed(name: str, dtype: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    if dtype == pl.Boolean:
        return column.replace_strict({"true": True, "false": False}, return_dtype=pl.Boolean)
    if dtype == pl.Date:
        return column.str.to_date(_DATE)
    if isinstance(dtype, pl.Datetime):
        return column.str.to_datetime(_DATETIME, time_unit=dtype.time_unit)
    return column
