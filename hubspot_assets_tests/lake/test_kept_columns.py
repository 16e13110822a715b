"""A table begins with the columns of the last exported day: none of them ever shifts."""

from collections.abc import Mapping
from datetime import date

import polars as pl

from hubspot_assets.catalog.columns import Column, ColumnType, schema
from hubspot_assets.lake import Lake, TableContent

DAYS = ("2026-11-19", "2026-11-20", "2026-11-22")


def content(row: Mapping[str, object], **types: ColumnType) -> TableContent:
    columns = [Column(name, types.get(name, "string")) for name in row]
    return TableContent(columns, pl.DataFrame([row], schema=schema(columns)), keeps_columns=True)


def write(lake: Lake, day: str, row: Mapping[str, object], **types: ColumnType) -> list[str]:
    return [column.name for column in lake.write("OBJECTS_X", day, content(row, **types)).columns]


def test_new_columns_are_behind_all_others_and_old_ones_stay_empty(lake: Lake) -> None:
    assert write(lake, DAYS[0], {"ID": "1", "B": date(2026, 1, 1), "AT": "t"}, B="date") == ["ID", "B", "AT"]
    assert write(lake, DAYS[1], {"ID": "1", "A": "a", "C": "c", "AT": "t"}) == ["ID", "B", "AT", "A", "C"]
    assert write(lake, DAYS[2], {"ID": "1", "A": "a", "B": "b", "D": "d", "AT": "t"}) == [
        "ID",
        "B",
        "AT",
        "A",
        "C",
        "D",
    ]

    assert lake.read("OBJECTS_X", DAYS[1]).collect().rows() == [("1", None, "t", "a", "c")]
    assert lake.read("OBJECTS_X", DAYS[1]).collect().schema["B"] == pl.Date
    # A column that is there again is of the type that it has now.
    assert lake.read("OBJECTS_X", DAYS[2]).collect().rows() == [("1", "b", "t", "a", None, "d")]


def test_a_day_that_is_exported_again_goes_by_the_day_before_it_and_not_by_a_later_one(lake: Lake) -> None:
    write(lake, DAYS[0], {"ID": "1", "B": "b"})
    write(lake, DAYS[1], {"ID": "1", "A": "a", "B": "b"})
    write(lake, DAYS[2], {"ID": "1", "A": "a", "B": "b", "AA": "a"})

    assert write(lake, DAYS[1], {"ID": "1", "B": "b", "NEW": "n"}) == ["ID", "B", "NEW"]
    assert write(lake, DAYS[0], {"ID": "1", "A": "a", "B": "b"}) == ["ID", "A", "B"]


def test_a_day_without_the_table_is_passed_over(lake: Lake) -> None:
    write(lake, DAYS[0], {"ID": "1", "B": "b"})
    lake.write("OWNERS", DAYS[1], content({"ID": "1"}))

    assert write(lake, DAYS[2], {"A": "a", "ID": "1", "B": "b"}) == ["ID", "B", "A"]


def test_a_table_that_does_not_keep_them_has_its_own_columns_only(lake: Lake) -> None:
    write(lake, DAYS[0], {"ID": "1", "B": "b"})
    again = content({"A": "a", "ID": "1"})
    again.keeps_columns = False

    assert [column.name for column in lake.write("OBJECTS_X", DAYS[1], again).columns] == ["A", "ID"]


def test_what_is_told_while_the_rows_are_written_is_in_the_manifest(lake: Lake) -> None:
    write(lake, DAYS[0], {"ID": "1", "B": "b"})
    later = content({"A": "a", "ID": "1"})
    frame = later.frames

    def frames():
        later.left_out["late"] = 3
        yield frame

    later.frames = frames()

    assert lake.write("OBJECTS_X", DAYS[1], later).left_out == {"late": 3}
