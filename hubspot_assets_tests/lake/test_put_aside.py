"""What a run finds of what earlier ones put aside: what they read, unless everything is to be read anew."""

from contextlib import suppress
from pathlib import Path

import pytest

from hubspot_assets.lake import Lake

DAY = "2026-11-22"
TABLES = ("BIG", "ALSO_BIG")


@pytest.fixture
def died(lake: Lake) -> Lake:
    """After an export of the whole day that put parts of two tables aside."""
    with suppress(KeyboardInterrupt), lake.exporting(DAY, whole=True) as held:
        for table in TABLES:
            for number in range(3):
                held.checkpoints(table, DAY, "abc").put(number, {"values": b"old"})
        raise KeyboardInterrupt
    return lake


def taken(lake: Lake, table: str) -> list[bytes]:
    return [part["values"] for part in lake.checkpoints(table, DAY, "abc").take()]


def test_an_export_that_goes_on_takes_what_was_put_aside(died: Lake) -> None:
    with died.exporting(DAY, whole=True) as held:
        held.finished(DAY)
        assert taken(held, "BIG") == [b"old"] * 3


def test_a_step_that_is_tried_again_takes_what_its_first_try_put_aside(lake: Lake) -> None:
    with lake.exporting(DAY, whole=True) as held:
        assert taken(held, "BIG") == []
        held.checkpoints("BIG", DAY, "abc").put(0, {"values": b"first try"})
        assert taken(held, "BIG") == [b"first try"]


def test_an_export_again_takes_nothing_over_and_neither_does_the_one_that_goes_on_with_it(died: Lake) -> None:
    with suppress(KeyboardInterrupt), died.exporting(DAY, whole=True, again=True) as held:
        assert held.finished(DAY) == {}
        assert taken(held, "BIG") == []
        held.checkpoints("BIG", DAY, "abc").put(0, {"values": b"new"})
        assert taken(held, "BIG") == [b"new"]
        raise KeyboardInterrupt
    with died.exporting(DAY, whole=True) as after:
        after.finished(DAY)
        assert taken(after, "BIG") == [b"new"]
        assert taken(after, "ALSO_BIG") == []


def test_one_table_again_takes_nothing_over_of_that_table_and_leaves_that_of_others(died: Lake, folder: Path) -> None:
    with died.exporting(DAY, again=True) as held:
        assert taken(held, "BIG") == []
        held.checkpoints("BIG", DAY, "abc").put(0, {"values": b"new"})
        assert taken(held, "BIG") == [b"new"]
    assert [path.parents[1].name for path in sorted((folder / "_unfinished").rglob("00001.zip"))] == ["ALSO_BIG"]
