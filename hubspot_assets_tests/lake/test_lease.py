"""One export of a day at a time; what an export that died or failed has finished is known to the next."""

import json
import os
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from hubspot_assets.lake import Lake, TableContent
from hubspot_assets.lake.lease import DayBusy

DAY = "2026-11-22"


def write(lake: Lake, *tables: str, text: str = "a") -> None:
    for table in tables:
        lake.write(table, DAY, TableContent.of_frame(pl.DataFrame({"ID": [text]})))


def test_a_day_is_exported_by_one_at_a_time(lake: Lake):
    with lake.exporting(DAY, whole=True).held():
        refused = pytest.raises(DayBusy, match=f"{DAY} is being exported already, by process {os.getpid()} on")
        with refused, lake.exporting(DAY, whole=False).held():
            pass
        with lake.exporting("2026-11-21", whole=True).held():
            pass
    with lake.exporting(DAY, whole=True).held():
        pass


def test_tables_finished_by_an_export_that_failed_are_known_to_the_next(lake: Lake):
    write(lake, "OLD", "AGAIN")
    with suppress(KeyboardInterrupt), lake.exporting(DAY, whole=True).held() as first:
        assert first.finished == frozenset()
        write(lake, "NEW", "AGAIN", text="b")
        raise KeyboardInterrupt

    with lake.exporting(DAY, whole=True).held() as second:
        assert second.finished == {"NEW", "AGAIN"}
        write(lake, "OLD", text="b")
        lake.close_day(DAY)
    with lake.exporting(DAY, whole=True).held() as third:
        assert third.finished == frozenset(), "a day that was closed is exported anew"


def test_an_export_that_begins_again_takes_nothing_over(lake: Lake):
    with lake.exporting(DAY, whole=True).held():
        write(lake, "NEW")
    with lake.exporting(DAY, whole=True, again=True).held() as again:
        assert again.finished == frozenset()
    with lake.exporting(DAY, whole=True).held() as after:
        assert after.finished == frozenset()


def test_single_tables_between_two_tries_take_nothing_away(lake: Lake):
    with lake.exporting(DAY, whole=True).held():
        write(lake, "NEW")
    with lake.exporting(DAY, whole=False).held() as single:
        assert single.finished == frozenset()
    with lake.exporting(DAY, whole=True).held() as again:
        assert again.finished == {"NEW"}


@pytest.mark.parametrize("whole", [True, False])
def test_a_day_that_is_closed_has_no_trace_of_its_export(lake: Lake, folder: Path, whole: bool):
    with lake.exporting(DAY, whole=whole).held():
        write(lake, "NEW")
        assert (folder / DAY / "_EXPORTING.json").exists()
        lake.close_day(DAY)
    assert sorted(path.name for path in (folder / DAY).iterdir()) == ["NEW", "_SUCCESS.json"]


def held_elsewhere(s3: Any, prefix: str, **change: Any) -> None:
    """The day's file as another process or host leaves it."""
    told = {"day": DAY, "owner": "other", "host": "other", "pid": 1, "since": None, "before": {}, **change}
    s3.put_object(Bucket="lake", Key=f"{prefix}/{DAY}/_EXPORTING.json", Body=json.dumps(told))


def test_another_hosts_export_is_dead_when_it_is_not_renewed_any_more(lake: Lake, s3: Any, prefix: str):
    held_elsewhere(s3, prefix)
    with pytest.raises(DayBusy, match="by process 1 on other since some time"), lake.exporting(DAY, whole=True).held():
        pass
    write(lake, "NEW")
    with lake.exporting(DAY, whole=True, dead_after=-1).held() as lease:
        assert lease.finished == {"NEW"}


def test_an_export_of_this_host_is_dead_when_its_process_is(lake: Lake, s3: Any, prefix: str):
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as running:
        held_elsewhere(s3, prefix, host=socket.gethostname(), pid=running.pid)
        with pytest.raises(DayBusy), lake.exporting(DAY, whole=True).held():
            pass
        running.communicate()
    with lake.exporting(DAY, whole=True).held():
        pass


def test_files_that_a_dead_export_left_beside_a_finished_table_are_swept(
    lake: Lake, s3: Any, prefix: str, folder: Path
):
    write(lake, "NEW", "OTHER")
    for table in ("NEW", "OTHER"):
        s3.put_object(Bucket="lake", Key=f"{prefix}/{DAY}/{table}/data_00007.csv.gz", Body=b"stray, or under way")

    lake.sweep(DAY, {"NEW": lake.manifest("NEW", DAY)})

    assert not (folder / DAY / "NEW" / "data_00007.csv.gz").exists()
    assert (folder / DAY / "OTHER" / "data_00007.csv.gz").exists()
    assert lake.read("NEW", DAY).collect().rows() == [("a",)]


def test_parts_of_an_unfinished_read_come_back_in_order_up_to_the_first_that_is_missing(lake: Lake, folder: Path):
    aside = lake.checkpoints("BIG", DAY, "abc")
    for number in (0, 1, 3):
        aside.put(number, {"values": bytes([number])})

    assert [part["values"] for part in lake.checkpoints("BIG", DAY, "abc").take()] == [b"\0", b"\1"]
    assert list(lake.checkpoints("BIG", DAY, "other").take()) == []
    assert lake.days() == []
    aside.clear()
    assert not list((folder / "_unfinished").rglob("*.zip"))


@pytest.mark.parametrize("damaged", [b"", b"PK", b"no archive at all"])
def test_a_part_that_is_damaged_is_deleted_with_those_behind_it(
    lake: Lake, folder: Path, damaged: bytes, caplog: pytest.LogCaptureFixture
):
    aside = lake.checkpoints("BIG", DAY, "abc")
    for number in range(4):
        aside.put(number, {"values": bytes([number])})
    lake.checkpoints("BIG", DAY, "other").put(3, {"values": b"of another read"})
    parts = sorted((folder / "_unfinished").rglob("abc/*.zip"))
    parts[1].write_bytes(damaged)

    assert [part["values"] for part in lake.checkpoints("BIG", DAY, "abc").take()] == [b"\0"]

    assert "00001.zip holds is read anew: it is damaged" in caplog.text
    left = sorted((folder / "_unfinished").rglob("*.zip"))
    assert [path.parent.name for path in left] == ["abc", "other"]


def test_closing_a_day_forgets_what_runs_of_it_and_of_earlier_days_never_came_back_for(lake: Lake):
    days = ["2026-11-21", DAY, "2026-11-23"]
    for day in days:
        lake.checkpoints("BIG", day, "abc").put(0, {"values": b"x"})
    write(lake, "NEW")

    lake.close_day(DAY)

    left = [day for day in days if list(lake.checkpoints("BIG", day, "abc").take())]
    assert left == ["2026-11-23"]
