"""The file format: what is written is read back the same by Polars, DuckDB, pandas and Python's csv."""

import csv
import gzip
import io
import itertools
import random
import sys
import zlib
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hubspot_assets.lake import LakeError, SchemaMismatch, csv_gzip
from hubspot_assets.lake.csv_gzip import GrowingFile, compress, header, parse, slices

Rows = list[tuple[str | None, ...]]


def file_of(frame: pl.DataFrame, slice_bytes: int = 1_000_000) -> bytes:
    file = GrowingFile(header(frame.columns))
    for rows in slices([frame], slice_bytes):
        file.add(compress(rows))
    return bytes(file.whole())


def by_polars(path: Path) -> Rows:
    return pl.read_csv(path, infer_schema=False).rows()


def by_duckdb(path: Path) -> Rows:
    # Left to guess, DuckDB takes a first cell that begins with # for a comment.
    form = "header=true, delim=',', quote='\"', escape='\"', comment='', all_varchar=true, allow_quoted_nulls=false"
    return duckdb.sql(f"from read_csv('{path}', {form})").fetchall()


def by_pandas(path: Path) -> Rows:
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    return [tuple(row) for row in frame.itertuples(index=False)]


def by_csv(path: Path) -> Rows:
    csv.field_size_limit(sys.maxsize)
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        return [tuple(row) for row in csv.reader(file)][1:]


def without_null(rows: Rows) -> Rows:
    """What a reader makes of the rows that has no word for NULL."""
    return [tuple("" if cell is None else cell for cell in row) for row in rows]


READERS: dict[str, tuple[Callable[[Path], Rows], bool]] = {
    "polars": (by_polars, True),
    "duckdb": (by_duckdb, True),
    "pandas": (by_pandas, False),
    "csv": (by_csv, False),
}

AWKWARD = [
    *("", " ", " x ", "\t", "\r", "\n", "\r\n", "a\rb", "a\nb", "a\r\nb", "\n\n", ",", "a,b", '"', '""', '"x"', ' "x"'),
    *("\\", "a\\", '\\"', "\\N", "NULL", "null", "None", "NA", "NaN", "true", "0012", "1e5", "=1+1", "#c", "'", "-"),
    *("😀", "é", "\u202eright to left", "\ufeffbom", "\x1a", "\x0b\x0c\x85\u2028", "\x1c\x1d\x1e\x1f", "中" * 100),
    *("a" * 65_536, "é" * 65_536, "a,\n" * 21_845),
    # Python 3.10's csv refuses NUL characters outright.
    *(("\0", "a\0b") if sys.version_info >= (3, 11) else ()),
]

# Without surrogates, which are no characters and cannot come out of JSON through Polars either.
texts = st.one_of(
    st.none(),
    st.sampled_from(AWKWARD),
    st.text(
        st.characters(exclude_categories=["Cs"], exclude_characters=() if sys.version_info >= (3, 11) else ("\0",)),
        max_size=20,
    ),
    st.text('",\r\n \\a', max_size=8),
)


@pytest.mark.parametrize("reader", READERS)
def test_awkward_texts_come_back_the_same(reader: str, tmp_path: Path):
    read, knows_null = READERS[reader]
    cells = [None, *AWKWARD]
    frame = pl.DataFrame({"FIRST": cells, "MIDDLE": cells[::-1], "LAST": cells[3:] + cells[:3]})
    path = tmp_path / "data_00000.csv.gz"
    path.write_bytes(file_of(frame, slice_bytes=1000))
    assert read(path) == (frame.rows() if knows_null else without_null(frame.rows()))


@pytest.mark.parametrize("reader", READERS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(texts, texts, texts), max_size=20), slice_bytes=st.sampled_from([1, 50, 1_000_000]))
def test_any_text_comes_back_the_same(reader: str, rows: Rows, slice_bytes: int, tmp_path: Path):
    read, knows_null = READERS[reader]
    frame = pl.DataFrame(rows, schema=dict.fromkeys("ABC", pl.String()), orient="row")
    path = tmp_path / "data_00000.csv.gz"
    path.write_bytes(file_of(frame, slice_bytes))
    assert read(path) == (rows if knows_null else without_null(rows))


def members(file: bytes) -> list[bytes]:
    """What each gzip member of a file holds, by the plainest of readers."""
    held = []
    while file:
        inflater = zlib.decompressobj(zlib.MAX_WBITS | 16)
        held.append(inflater.decompress(file))
        assert inflater.eof
        file = inflater.unused_data
    return held


def of_several_members(frame: pl.DataFrame) -> bytes:
    """A file as it was written once: a gzip member with the header, then one for each row."""
    whole = members(file_of(frame))[0]
    head = members(file_of(frame.clear()))[0]
    rows = [members(file_of(frame[n : n + 1]))[0].removeprefix(head) for n in range(frame.height)]
    assert head + b"".join(rows) == whole
    return b"".join(map(gzip.compress, [head, *rows]))


@settings(max_examples=100, deadline=None)
@given(
    rows=st.lists(
        st.tuples(
            texts,
            st.one_of(st.none(), st.booleans()),
            st.one_of(st.none(), st.datetimes().map(lambda d: d.replace(microsecond=d.microsecond // 1000 * 1000))),
            st.one_of(st.none(), st.dates()),
        ),
        max_size=20,
    ),
    names=st.lists(st.sampled_from(["S", "B", "T", "D"]), min_size=1, unique=True),
    step=st.sampled_from([1, 2, 7, 1000, csv_gzip.SLICE_BYTES]),
    make=st.sampled_from([lambda frame: file_of(frame, 100), of_several_members]),
)
def test_what_is_parsed_is_what_was_written(
    rows: list[tuple[object, ...]], names: list[str], step: int, make: Callable[[pl.DataFrame], bytes]
):
    schema = pl.Schema({"S": pl.String(), "B": pl.Boolean(), "T": pl.Datetime("ms"), "D": pl.Date()})
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    # Steps of a single byte through the largest texts would take all day.
    small = step if sum(len(text or "") for text in frame["S"]) < 10_000 else csv_gzip.SLICE_BYTES
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_gzip, "SLICE_BYTES", small)
        parsed = pl.concat([frame.select(names).clear(), *parse(make(frame), schema, names, "s3://x")])
    assert parsed.equals(frame.select(names))
    assert parsed.columns == names


def test_a_file_is_one_gzip_member_however_many_slices_it_has():
    frame = pl.DataFrame({"A": [str(n) for n in range(5000)], "B": ["x" * (n % 100) for n in range(5000)]})
    file = file_of(frame, 10_000)
    (text,) = members(file)
    assert text.decode() == frame.write_csv()


def test_the_size_that_a_growing_file_will_have_is_known_before_a_slice_is_added():
    rng = random.Random(7)
    file = GrowingFile(header(["A", "B"]))
    told = 0
    for n in (1, 100, 0, 5000):
        piece = compress(pl.DataFrame({"A": [rng.randbytes(40).hex() for _ in range(n)], "B": ["x"] * n}))
        told = file.size_with(piece)
        file.add(piece)
    assert (len(file.whole()), file.rows) == (told, 5101)


def test_a_file_is_parsed_a_slice_at_a_time_however_small_gzip_makes_it():
    frame = pl.DataFrame({"A": ["x" * 1000] * 50_000, "B": ["y"] * 50_000})
    file = file_of(frame)
    assert len(file) < 1_000_000
    parsed = list(parse(file, frame.schema, ["A", "B"], "s3://x"))
    assert pl.concat(parsed).equals(frame)
    assert max(part.height for part in parsed) * 1000 <= 2 * csv_gzip.SLICE_BYTES


@pytest.mark.parametrize("text", ['"', "\n", '"\n', ',"\n', "a"])
def test_a_row_of_several_slices_is_parsed_whole(text: str):
    row = {f"P{n}": text * (65_536 // len(text)) for n in range(40)}
    frame = pl.DataFrame([dict.fromkeys(row, "s"), row, dict.fromkeys(row, "t")])
    assert pl.concat(parse(file_of(frame), frame.schema, frame.columns, "s3://x")).equals(frame)


def test_every_type_has_its_form():
    frame = pl.DataFrame(
        {
            "T": [datetime(2026, 11, 22, 23, 59, 59, 999_000), datetime(1, 1, 1), None],
            "D": [date(2026, 11, 22), date(9999, 12, 31), None],
            "B": [True, False, None],
            "S": ["00123", "", None],
        },
        schema={"T": pl.Datetime("ms"), "D": pl.Date(), "B": pl.Boolean(), "S": pl.String()},
    )
    assert gzip.decompress(file_of(frame)).decode() == (
        'T,D,B,S\n2026-11-22 23:59:59.999,2026-11-22,true,00123\n0001-01-01 00:00:00.000,9999-12-31,false,""\n,,,\n'
    )


def test_only_what_needs_quotes_has_quotes():
    frame = pl.DataFrame({"A": ["a b", "a;b", "a,b", 'a"b', "a\rb"], "B": ["", None, "x", "y", "z"]})
    assert gzip.decompress(file_of(frame)).decode() == (
        'A,B\na b,""\na;b,\n"a,b",x\n"a""b",y\n"a\rb",z\n'
    )  # fmt: skip


def test_columns_may_have_any_name_that_a_property_has():
    names = [
        'q"uote',
        '"',
        '""',
        "a,b",
        "line\nend",
        "\r",
        "",
        " blank ",
        "0",
        "1",
        "имя",
        "\ufeffmark",
        "'",
        "back\\slash",
    ]
    frame = pl.DataFrame({name: [f"{place}", None, '"'] for place, name in enumerate(names)})
    file = file_of(frame)

    assert pl.concat(parse(file, frame.schema, names, "s3://x")).equals(frame)
    chosen = ["line\nend", 'q"uote', "0"]
    assert pl.concat(parse(file, frame.schema, chosen, "s3://x")).equals(frame.select(chosen))
    assert next(csv.reader(io.StringIO(gzip.decompress(file).decode(), newline=""))) == names


def test_a_table_without_rows_is_only_its_header():
    frame = pl.DataFrame(schema={"A": pl.String(), "B,C": pl.String()})
    assert gzip.decompress(file_of(frame)).decode() == 'A,"B,C"\n'
    assert list(parse(file_of(frame), frame.schema, ["A"], "s3://x")) == []


def test_null_alone_in_its_row_is_refused_and_an_empty_string_is_not():
    with pytest.raises(SchemaMismatch, match="A is the only column of its table and is NULL"):
        compress(pl.DataFrame({"A": ["x", None]}))
    alone = pl.DataFrame({"A": ["x", "", "y"]})
    assert gzip.decompress(file_of(alone)).decode() == 'A\nx\n""\ny\n'


@pytest.mark.parametrize("milliseconds", [10**15, -(10**15)])
def test_a_moment_beyond_the_years_that_others_read_is_refused(milliseconds: int):
    frame = pl.DataFrame({"S": ["x"], "T": [milliseconds]}).cast({"T": pl.Datetime("ms")})
    with pytest.raises(SchemaMismatch, match="Column T holds a time outside the years 1 to 9999"):
        compress(frame)


@settings(max_examples=100, deadline=None)
@given(
    lengths=st.lists(st.integers(0, 400), max_size=60),
    cuts=st.lists(st.integers(0, 60), max_size=10),
    slice_bytes=st.integers(1, 1000),
)
def test_slices_follow_from_the_rows_and_not_from_the_frames_they_came_in(
    lengths: list[int], cuts: list[int], slice_bytes: int
):
    whole = pl.DataFrame(
        {"A": ["x" * n for n in lengths], "B": [None] * len(lengths)}, schema_overrides={"B": pl.String}
    )
    edges = sorted({0, len(lengths), *(min(cut, len(lengths)) for cut in cuts)})
    pieces = [whole[start:end] for start, end in itertools.pairwise(edges)]
    cut = list(slices(pieces, slice_bytes))
    assert [piece.rows() for piece in cut] == [piece.rows() for piece in slices([whole], slice_bytes)]
    assert [row for piece in cut for row in piece.rows()] == whole.rows()
    for piece in cut:
        assert piece.height == 1 or sum(len(row[0]) + 2 for row in piece.rows()) <= slice_bytes


def test_a_row_longer_than_a_slice_is_a_slice_of_its_own():
    rows = pl.DataFrame({"A": ["a", "b", "x" * 5000, "c", "d"], "B": ["1"] * 5})
    assert [piece["A"].to_list() for piece in slices([rows], 1000)] == [["a", "b"], ["x" * 5000], ["c", "d"]]


def test_the_same_rows_give_the_same_bytes():
    frame = pl.DataFrame({"A": [str(n) for n in range(5000)], "B": ["x" * (n % 100) for n in range(5000)]})
    assert file_of(frame, 10_000) == file_of(frame, 10_000)


@pytest.mark.parametrize("lost", [1, 9, 200])
def test_a_file_that_was_cut_off_is_refused(lost: int):
    frame = pl.DataFrame({"A": [f"{n * 7919 % 100_003}" for n in range(1000)], "B": ["y"] * 1000})
    with pytest.raises(LakeError, match="s3://lake/t is cut off in the middle of its gzip stream"):
        list(parse(file_of(frame)[:-lost], frame.schema, ["A"], "s3://lake/t"))


def test_a_file_that_ends_within_a_row_is_refused():
    with pytest.raises(LakeError, match="s3://lake/t is cut off in the middle of a row"):
        list(
            parse(
                gzip.compress(b'A,B\n1,2\n3,"4\n'),
                pl.Schema({"A": pl.String(), "B": pl.String()}),
                ["A"],
                "s3://lake/t",
            )
        )


def test_a_file_with_bytes_that_were_changed_is_refused():
    frame = pl.DataFrame({"A": [f"{n * 7919 % 100_003}" for n in range(1000)], "B": ["y"] * 1000})
    file = bytearray(file_of(frame))
    file[len(file) // 2] ^= 4
    with pytest.raises(LakeError, match=r"s3://lake/t is damaged \(.*\): export the table again"):
        list(parse(bytes(file), frame.schema, ["A"], "s3://lake/t"))


def test_a_file_with_other_columns_than_the_manifest_says_is_refused():
    frame = pl.DataFrame({"A": ["1"], "B": ["2"]})
    with pytest.raises(LakeError, match="The header of s3://lake/t does not match its manifest"):
        list(parse(file_of(frame), pl.Schema({"B": pl.String(), "A": pl.String()}), ["A"], "s3://lake/t"))
