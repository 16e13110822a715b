"""Frames are what their columns declare, or nothing is written."""

from datetime import datetime
from pathlib import Path

import polars as pl
import pytest

from hubspot_assets.catalog.columns import Column
from hubspot_assets.lake import Lake, SchemaMismatch, TableContent, TableMissing

COLUMNS = [Column("ID", "number"), Column("UPDATEDAT", "datetime"), Column("ARCHIVED", "boolean")]
GOOD = pl.DataFrame(
    {"ID": ["1"], "UPDATEDAT": [datetime(2026, 11, 22)], "ARCHIVED": [True]},
    schema_overrides={"UPDATEDAT": pl.Datetime("ms")},
)


@pytest.mark.parametrize(
    ("bad", "sentence"),
    [
        (GOOD.drop("ID"), "A frame lacks declared columns: ID."),
        (GOOD.with_columns(X=1, Y=2), "A frame has undeclared columns: X, Y."),
        (
            GOOD.select("UPDATEDAT", "ID", "ARCHIVED"),
            "The columns of a frame are not in the declared order: UPDATEDAT,",
        ),
        (GOOD.cast({"ID": pl.Int64}), "Column ID of a frame is Int64 but is declared as String: cast it."),
        (GOOD.cast({"UPDATEDAT": pl.Datetime("us")}), "Column UPDATEDAT of a frame is Datetime(time_unit='us'"),
        (
            GOOD.with_columns(pl.col("UPDATEDAT").dt.replace_time_zone("UTC")),
            "Column UPDATEDAT of a frame is Datetime(",
        ),
        (GOOD.with_columns(ARCHIVED=None), "Column ARCHIVED of a frame is Null but is declared as Boolean: cast it."),
    ],
)
def test_a_frame_that_is_not_as_declared_is_refused_before_anything_is_visible(
    lake: Lake, folder: Path, bad: pl.DataFrame, sentence: str
):
    with pytest.raises(SchemaMismatch) as refused:
        lake.write("OWNERS", "2026-11-22", TableContent(COLUMNS, iter([GOOD, bad])))
    assert str(refused.value).startswith(sentence)
    with pytest.raises(TableMissing):
        lake.read("OWNERS", "2026-11-22")
    assert not list(folder.rglob("data_*"))


def test_a_frame_brings_its_own_columns():
    content = TableContent.of_frame(GOOD.with_columns(D=pl.lit(None, pl.Date)))
    assert [(column.name, column.type) for column in content.columns] == [
        *(("ID", "string"), ("UPDATEDAT", "datetime"), ("ARCHIVED", "boolean"), ("D", "date")),
    ]


def test_a_frame_with_a_dtype_that_no_column_has_is_refused():
    with pytest.raises(SchemaMismatch, match="Column N has the dtype Int64, which no column type supports"):
        TableContent.of_frame(pl.LazyFrame({"N": [1]}))


def test_frames_a_lazy_frame_and_a_frame_are_written_alike(lake: Lake):
    frame = pl.DataFrame({"A": [str(n) for n in range(120_000)], "B": ["x"] * 120_000})
    for frames in (frame, frame.lazy(), frame.iter_slices(999)):
        lake.write("T", "2026-11-22", TableContent([Column("A"), Column("B")], frames))
        assert lake.read("T", "2026-11-22").collect().equals(frame)


def test_what_is_said_about_a_table_is_looked_at_when_its_frames_have_been_read(lake: Lake):
    left_out: dict[str, int] = {}
    calls: list[str] = []

    def frames():
        for page in range(3):
            calls.append(f"page {page}")
            yield GOOD
        left_out["vanished between two pages"] = 1

    content = TableContent(COLUMNS, frames(), left_out=left_out, api_calls=lambda: len(calls))
    manifest = lake.write("OWNERS", "2026-11-22", content)
    assert (manifest.rows, manifest.api_calls, manifest.left_out) == (3, 3, {"vanished between two pages": 1})


def test_frames_are_closed_when_the_table_cannot_be_written(lake: Lake):
    closed = []

    def frames():
        try:
            yield GOOD
            yield GOOD.drop("ID")
            yield GOOD
        finally:
            closed.append(True)

    with pytest.raises(SchemaMismatch):
        lake.write("OWNERS", "2026-11-22", TableContent(COLUMNS, frames()))
    assert closed
