"""What rows look like in a CSV file, and which rows a text of them is; the rules are in `csv_gzip`.

A frame of rows has the columns of its table; or it has the columns `TEXTS`, with the rows of a record, or some of them,
as one text: what is carried from one day's file into another's is not taken apart for it. Not here: how texts become
files (`csv_gzip`), what is carried (`reading/carried_history.py`).
"""

import io
from collections.abc import Iterator, Sequence
from functools import lru_cache

import polars as pl

TEXT = "rows as text"
"""Bytes: rows of one record as they are in the file, each with its line end."""

ROWS = "number of rows"
TEXTS = ("OBJECTID", TEXT, ROWS)
"""Columns of a frame of texts, whose tables have OBJECTTYPEID and OBJECTID first."""

DATETIME = "%Y-%m-%d %H:%M:%S%.3f"
DATE = "%Y-%m-%d"

# The longest form of a value that is not text: 2026-11-22 23:59:59.999
WIDEST = 23
# So far ahead the last row of a record is looked for at a time: records have some kilobytes.
_AHEAD = 16_384
_LONGEST_ID = 100


# Of a frame without rows it takes Polars a millisecond, and most tables of a portal have the columns of others.
@lru_cache(maxsize=256)
def header(names: tuple[str, ...]) -> bytes:
    """Return the first line of a file."""
    return _csv(pl.DataFrame(schema=dict.fromkeys(names, pl.String())), include_header=True).tobytes()


def are_texts(names: Sequence[str]) -> bool:
    """Whether these are the columns of a frame of texts."""
    return tuple(names) == TEXTS


def number_of_rows(frame: pl.DataFrame) -> int:
    """Return how many rows of a table a frame has."""
    return int(frame[ROWS].sum()) if are_texts(frame.columns) else frame.height


def text_of(frame: pl.DataFrame) -> memoryview:
    """Return the text of rows."""
    return memoryview(b"".join(frame[TEXT])) if are_texts(frame.columns) else _csv(_with_texts(frame))


def rows_of(text: bytes, schema: pl.Schema, names: Sequence[str]) -> pl.DataFrame:
    """Return the rows of a text of whole rows of a table: the columns `names`, or `TEXTS`."""
    if are_texts(names):
        return _by_record(text)
    every = schema.names()
    # Polars does not read a quote in a name of the header as it writes it. The places of the columns are names enough.
    places = tuple(map(str, range(len(every))))
    positions = sorted(every.index(name) for name in names)
    # With a header before it, since Polars drops a byte order mark from the very first cell that it reads.
    frame = pl.read_csv(header(places) + text, schema=dict.fromkeys(places, pl.String()), columns=positions)
    frame.columns = [every[position] for position in positions]
    return frame.select(_typed(name, schema[name]) for name in names)


def as_texts(frame: pl.DataFrame) -> pl.DataFrame:
    """Return rows as texts."""
    return frame if are_texts(frame.columns) else _by_record(bytes(text_of(frame)))


def as_columns(frame: pl.DataFrame, schema: pl.Schema) -> pl.DataFrame:
    """Return rows with the columns of their table."""
    return rows_of(bytes(text_of(frame)), schema, schema.names()) if are_texts(frame.columns) else frame


def rows_with(texts: pl.DataFrame, what: bytes) -> bytes:
    """Return the rows that have something in their text, as one text."""
    return b"".join(row for text in texts[TEXT] for row in _rows_with(text, what))


def _rows_with(text: bytes, what: bytes) -> Iterator[bytes]:
    place = text.find(what)
    while place >= 0:
        start = text.rfind(b"\n", 0, place) + 1
        while text.count(b'"', 0, start) % 2:
            start = text.rfind(b"\n", 0, start - 1) + 1
        end = _end_of_row(text, start)
        yield text[start:end]
        place = text.find(what, end)


def with_last_moment(texts: pl.DataFrame, moments: pl.Series, schema: pl.Schema) -> pl.DataFrame:
    """Return texts with other moments in the last column, one for each text; there is one in each row."""
    new = (moment.encode() for moment in _with_texts(moments.to_frame("")).to_series())
    replaced = [
        _with_other_end(text, rows, moment, schema)
        for text, rows, moment in zip(texts[TEXT], texts[ROWS], new, strict=True)
    ]
    return texts.with_columns(pl.Series(TEXT, replaced, pl.Binary))


def _with_other_end(text: bytes, rows: int, moment: bytes, schema: pl.Schema) -> bytes:
    old, end = b",%b\n" % text[-1 - WIDEST : -1], b",%b\n" % moment
    if text.count(old) == rows:
        return text.replace(old, end)
    # Not all were read at one moment, or a value has such an end as well.
    columns, last = rows_of(text, schema, schema.names()), schema.names()[-1]
    return bytes(text_of(columns.with_columns(pl.lit(moment.decode()).alias(last))))


def _by_record(text: bytes) -> pl.DataFrame:
    """Cut a text of whole rows between records, and perhaps between rows of one."""
    cut = list(_cut_by_record(text))
    columns = [[one[place] for one in cut] for place in range(len(TEXTS))]
    dtypes = (pl.String, pl.Binary, pl.UInt32)
    return pl.DataFrame([pl.Series(*of) for of in zip(TEXTS, columns, dtypes, strict=True)])


def _cut_by_record(text: bytes) -> Iterator[tuple[str, bytes, int]]:
    start = 0
    while start < len(text):
        object_type, object_id, _ = text[start : start + 2 * _LONGEST_ID].split(b",", 2)
        end = _end_of_rows(text, start, b"\n%b,%b," % (object_type, object_id))
        rows = text[start:end]
        yield object_id.decode(), rows, rows.count(b"\n") - _line_ends_in_values(rows)
        start = end


def _end_of_rows(text: bytes, start: int, begin: bytes) -> int:
    """Where the rows end that begin so, from the one at `start` on; perhaps before the last of them."""
    last, ahead = start, start + _AHEAD
    while True:
        found = text.rfind(begin, last, ahead)
        # In a value, after a quote that is not closed yet, it is no row.
        if found >= 0 and text.count(b'"', last, found) % 2:
            ahead = found
            continue
        if found >= 0:
            last = found + 1
        end = _end_of_row(text, last)
        if found < 0 or end < ahead:
            return end
        ahead = last + _AHEAD


def _end_of_row(text: bytes, start: int) -> int:
    end = text.index(b"\n", start) + 1
    while text.count(b'"', start, end) % 2:
        end = text.index(b"\n", end) + 1
    return end


def _line_ends_in_values(rows: bytes) -> int:
    # Every other part stands within quotes.
    return b"".join(rows.split(b'"')[1::2]).count(b"\n")


def _csv(frame: pl.DataFrame, *, include_header: bool = False) -> memoryview:
    buffer = io.BytesIO()
    frame.write_csv(buffer, include_header=include_header, date_format=DATE, quote_style="necessary")
    return buffer.getbuffer()


def _with_texts(rows: pl.DataFrame) -> pl.DataFrame:
    """Datetimes as text, which costs half of what it does in `write_csv`; equal ones in a row are formatted once."""
    names = [name for name, dtype in zip(rows.columns, rows.dtypes, strict=True) if isinstance(dtype, pl.Datetime)]
    if not names:
        return rows
    # All columns as one: a wide table has dozens of them, and few rows in a slice.
    moments = pl.concat([rows[name].cast(pl.Datetime("ms")).alias("") for name in names])
    each = pl.col("")
    formatted = each.rle().struct.field("value").cast(pl.String).gather(each.rle_id())
    texts = moments.to_frame().select(formatted).to_series()
    return rows.with_columns(
        texts.slice(place * rows.height, rows.height).alias(name) for place, name in enumerate(names)
    )


def _typed(name: str, dtype: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    if dtype == pl.Boolean:
        return column.replace_strict({"true": True, "false": False}, return_dtype=pl.Boolean)
    if dtype == pl.Date:
        return column.str.to_date(DATE)
    if isinstance(dtype, pl.Datetime):
        return column.str.to_datetime(DATETIME, time_unit=dtype.time_unit)
    return column
