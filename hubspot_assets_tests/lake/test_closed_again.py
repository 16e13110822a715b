"""A day that was closed when single tables of it began to be replaced is known as that until it is closed again."""

from contextlib import suppress
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from hubspot_assets.lake import Lake, LakeError, TableContent
from hubspot_assets.lake.exporting import ToCloseAgain
from hubspot_assets_tests.lake.faulty import Faulty
from hubspot_assets_tests.lake.odd_s3 import BUCKET, refusing, serve_odd_s3

DAY = "2026-11-22"
CLOSED = ToCloseAgain(tables=("A", "B"), excluded=("LEFT_OUT",))


def write(lake: Lake, *tables: str) -> None:
    for table in tables:
        lake.write(table, DAY, TableContent.of_frame(pl.DataFrame({"ID": ["a"]})))


@pytest.fixture
def closed(lake: Lake) -> Lake:
    with lake.exporting(DAY, whole=True) as held:
        write(held, "A", "B")
        held.close_day(DAY, ["A", "B"], excluded=["LEFT_OUT"])
    return lake


def to_close_again(lake: Lake, **how: Any) -> ToCloseAgain | None:
    """What the next run that takes the day finds that it is to be closed with."""
    with lake.exporting(DAY, dead_after=-1, **how) as held:
        lease = held.lease(DAY)
        assert lease
        return lease.closed


def killed(lake: Lake, s3: Any, after: int, **how: Any) -> None:
    """A run that replaces B, of which nothing comes through to S3 after so many requests."""
    lake = Lake(Faulty(s3, after, "dead"), "lake", lake.layout.prefix)
    with suppress(LakeError), lake.exporting(DAY, **how) as held:
        write(held, "B")
        raise LakeError("B is in, and the run is killed before it closes the day.")


def requests_of(lake: Lake, s3: Any) -> int:
    faulty = Faulty(s3)
    with suppress(KeyboardInterrupt), Lake(faulty, "lake", lake.layout.prefix).exporting(DAY) as held:
        write(held, "B")
        raise KeyboardInterrupt
    return len(faulty.requests)


def test_whenever_a_run_over_single_tables_is_killed_the_next_one_knows_that_the_day_was_closed(
    closed: Lake, s3: Any
) -> None:
    for after in range(requests_of(closed, s3)):
        killed(closed, s3, after)
        assert to_close_again(closed) == CLOSED, after
        # That one has closed nothing either.
        assert to_close_again(closed) == CLOSED, after


def test_a_run_that_closes_the_day_again_leaves_nothing_to_be_done(closed: Lake, s3: Any, folder: Path) -> None:
    killed(closed, s3, requests_of(closed, s3) - 1)
    assert closed.success(DAY) is None
    with closed.exporting(DAY, dead_after=-1) as held:
        held.close_day(DAY, CLOSED.tables, excluded=CLOSED.excluded)
    assert sorted(path.name for path in (folder / DAY).iterdir()) == ["A", "B", "_SUCCESS.json"]
    success = closed.success(DAY)
    assert success
    assert (tuple(success.tables), success.excluded) == (CLOSED.tables, CLOSED.excluded)


def test_an_export_of_the_whole_day_that_died_is_not_closed_by_a_run_over_single_tables(closed: Lake, s3: Any) -> None:
    killed(closed, s3, requests_of(closed, s3))
    killed(closed, s3, 12, whole=True, dead_after=-1)
    assert closed.success(DAY) is None
    assert to_close_again(closed) is None


def test_processes_that_hold_the_day_together_may_export_all_of_it_and_leave_nothing_to_be_closed(
    closed: Lake,
) -> None:
    with closed.exporting(DAY, run="the-run", lasting=True) as held:
        write(held, "B")
    assert to_close_again(closed) is None


def test_a_day_that_is_given_up_is_not_closed_again(closed: Lake) -> None:
    with closed.exporting(DAY) as held:
        held.give_up_day(DAY)
    assert closed.success(DAY) is None
    assert to_close_again(closed) is None


def test_a_damaged_closing_counts_as_none_and_one_that_can_not_be_read_does_not() -> None:
    told: list[str] = []
    with serve_odd_s3() as server:
        lake = Lake(server.client(1), BUCKET, "export")
        write(lake, "A")
        lake.close_day(DAY, ["A"])
        success = f"export/{DAY}/_SUCCESS.json"
        server.oddities = [refusing("GET", 403, "AccessDenied", end="_SUCCESS.json")]
        with pytest.raises(LakeError, match="AccessDenied"):
            to_close_again(lake, tell=told.append)
        server.oddities = []
        server.objects[success] = b'{"of": "another version"}'
        assert to_close_again(lake, tell=told.append) is None
    (sentence,) = told
    assert sentence.startswith(f"{DAY} is treated as open until the whole day is exported: s3://{BUCKET}/{success}")
