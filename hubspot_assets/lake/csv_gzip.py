"""The file format: CSV in gzip, written and read here and nowhere else.

A file is one gzip member, because there are readers that take the first member for the whole file, in silence: Java's
GZIPInputStream over a network, perl's default. Inside it, the header and each slice of rows are deflate blocks that
end at a byte and refer to nothing before them (a full flush). So slices are compressed side by side, the size of a
file is known exactly while it grows, nothing is compressed twice, and a reader needs no more memory than a slice takes.
Files of several members, as they were written once, are read as well.

Text is quoted when necessary only: it holds a comma, a quote, CR or LF, or is empty. NULL is an empty field without
quotes. Datetimes are `YYYY-MM-DD HH:MM:SS.fff` (UTC), dates `YYYY-MM-DD`, booleans `true` and `false`.

How others read every cell as it was written (the README has the statements): Polars with `infer_schema=False`; DuckDB
told all that it would guess by the data, and `max_line_size`, since a record's texts together are longer than the 2 MB
that it takes for a row, with a `buffer_size` without which it sets aside 16 times as much for each file; pandas and
Python's csv, with a raised `field_size_limit`, which do not tell NULL from an empty string.
"""

import gzip
import io
import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO, cast

import polars as pl
import polars.selectors as cs
from isal import igzip, isal_zlib

from hubspot_assets.lake import csv_text
from hubspot_assets.lake.csv_text import WIDEST
from hubspot_assets.lake.errors import LakeError, SchemaMismatch

SLICE_BYTES = 1_000_000
"""Rows are compressed in slices of up to this many bytes of text; a row that is longer is a slice of its own."""

# Frames of a page of HubSpot's are small, and each costs 2 ms whatever its size: they are taken together first.
_TOGETHER_BYTES = 1_000_000

# ISA-L's level 1 is as small as zlib's level 2 at four times its speed, 500 MB/s a core; its level 3, a third of the
# speed, is 6 % smaller.
_LEVEL = 1
# RFC 1952: deflate, no name, no time (the same rows give the same bytes), of no system in particular.
_BEGIN = b"\x1f\x8b\x08\0\0\0\0\0\0\xff"
# RFC 1951: a last block, without anything in it.
_LAST_BLOCK = b"\x03\0"
_END = struct.Struct("<II")
_32_BITS = 0xFFFFFFFF
_DAMAGE = (gzip.BadGzipFile, cast("type[Exception]", isal_zlib.error))


def slices(frames: Iterable[pl.DataFrame], slice_bytes: int = SLICE_BYTES) -> Iterator[pl.DataFrame]:
    """Yield the same rows in the same order, in frames of up to `slice_bytes` of text, however they came.

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


@dataclass(frozen=True)
class Piece:
    """A header or a slice of rows: its text, and that text as deflate blocks that may stand anywhere in a file."""

    text: memoryview
    blocks: bytes
    rows: int


class GrowingFile:
    """A file while pieces are added to it, the header first. `rows`: how many are in it so far."""

    def __init__(self, head: Piece) -> None:
        self.rows = 0
        self._data = bytearray(_BEGIN)
        self._crc = 0
        self._length = 0
        self.add(head)

    def size_with(self, piece: Piece) -> int:
        """Return the bytes of the whole file if this piece were its last."""
        return len(self._data) + len(piece.blocks) + len(_LAST_BLOCK) + _END.size

    def add(self, piece: Piece) -> None:
        self.rows += piece.rows
        self._data += piece.blocks
        # In order and not side by side: it is fifty times quicker than the compression.
        self._crc = isal_zlib.crc32(piece.text, self._crc)
        self._length += len(piece.text)

    def whole(self) -> bytearray:
        """Return the file; nothing can be added to it any more."""
        self._data += _LAST_BLOCK + _END.pack(self._crc, self._length & _32_BITS)
        return self._data


def header(names: Sequence[str]) -> Piece:
    """Return what begins every file."""
    return _deflated(memoryview(csv_text.header(tuple(names))), 0)


def compress(rows: pl.DataFrame) -> Piece:
    """Return a slice; raises `SchemaMismatch` for a value that the format cannot hold."""
    if rows.width == 1 and rows.to_series().null_count():
        raise SchemaMismatch(
            f"{rows.columns[0]} is the only column of its table and is NULL in a row, which would become a blank "
            "line that readers skip: give the table a second column."
        )
    moments = cs.datetime() | cs.date()
    for years in (*rows.select(moments.min().dt.year()), *rows.select(moments.max().dt.year())):
        if (year := years.item()) is not None and not 1 <= year <= 9999:
            raise SchemaMismatch(
                f"Column {years.name} holds a time outside the years 1 to 9999, which other readers reject: make it "
                "NULL."
            )
    return _deflated(csv_text.text_of(rows), csv_text.number_of_rows(rows))


def parse(file: bytes, schema: pl.Schema, names: Sequence[str], url: str) -> Iterator[pl.DataFrame]:
    """Yield the rows of a file, each frame of about a slice: typed, with the columns `names`, or as texts (`csv_text`).

    Raises `LakeError` when the header is not that of `schema`, or the file is cut off or damaged.
    """
    head = csv_text.header(tuple(schema.names()))
    for rows in _whole_rows(file, head, url):
        yield csv_text.rows_of(rows, schema, names)


def _together(frames: Iterable[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    held: list[pl.DataFrame] = []
    size = 0
    for frame in frames:
        held.append(frame)
        size += int(frame.estimated_size())
        del frame  # it is copied, or handed on
        if size >= _TOGETHER_BYTES:
            together, held, size = _as_one(held), [], 0
            yield together
    if held:
        yield _as_one(held)


def _as_one(frames: list[pl.DataFrame]) -> pl.DataFrame:
    return frames[0] if len(frames) == 1 else pl.concat(frames, rechunk=True)


def _row_bytes(frame: pl.DataFrame) -> pl.Series:
    """About how long each row is as text. Quotes are not counted: at worst they double a slice."""
    if csv_text.are_texts(frame.columns):
        return frame[csv_text.TEXT].bin.size()
    texts = frame.select(cs.string().str.len_bytes())
    other = (frame.width - texts.width) * WIDEST + frame.width
    if not texts.width:
        return pl.Series([other], dtype=pl.UInt64).new_from_index(0, frame.height)
    return texts.select(pl.sum_horizontal(pl.all()).cast(pl.UInt64) + other).to_series()


def _deflated(text: memoryview, rows: int) -> Piece:
    deflater = isal_zlib.compressobj(_LEVEL, isal_zlib.DEFLATED, -isal_zlib.MAX_WBITS)
    return Piece(text, deflater.compress(text) + deflater.flush(isal_zlib.Z_FULL_FLUSH), rows)


def _whole_rows(file: bytes, head: bytes, url: str) -> Iterator[bytes]:
    """Yield the text behind the header, cut between rows: about a slice at a time, or a row that is longer."""
    text: IO[bytes] = igzip.open(io.BytesIO(file))  # type: ignore[no-untyped-call]
    held, in_quotes = b"", False
    try:
        if text.read(len(head)) != head:
            raise LakeError(f"The header of {url} does not match its manifest: export the table again.")
        while step := text.read(SLICE_BYTES):
            # A quote within quotes is written twice: at each quote, inside and outside change places.
            in_quotes ^= step.count(b'"') % 2 == 1
            searched, held = len(held), held + step
            if end := _end_of_rows(held, searched, in_quotes):
                yield held[:end]
                held = held[end:]
    except EOFError as error:
        raise LakeError(f"{url} is cut off in the middle of its gzip stream: export the table again.") from error
    except _DAMAGE as error:
        raise LakeError(f"{url} is damaged ({error}): export the table again.") from error
    if held:
        raise LakeError(f"{url} is cut off in the middle of a row: export the table again.")


def _end_of_rows(text: bytes, start: int, in_quotes: bool) -> int:
    """Where the last row ends that ends behind `start`; 0 for none. `in_quotes`: whether the text ends within them."""
    end = newline = len(text)
    while newline >= 0:
        quote = text.rfind(b'"', start, end)
        if not in_quotes:
            if newline >= end:
                newline = text.rfind(b"\n", start, end)
            if newline > quote:
                return newline + 1
        if quote < 0:
            break
        end, in_quotes = quote, not in_quotes
    return 0
