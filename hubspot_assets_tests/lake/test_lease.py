"""One holder of a day at a time; what an export that died or failed has finished is known to the next."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from hubspot_assets.lake import Lake, LakeError, TableContent, lease
from hubspot_assets.lake.exporting import DayBusy, LeaseLost
from hubspot_assets.lake.holder import is_known_dead, this_process
from hubspot_assets.lake.manifest import OneReading

DAY = "2026-11-22"


def write(lake: Lake, *tables: str, text: str = "a") -> None:
    for table in tables:
        lake.write(table, DAY, TableContent.of_frame(pl.DataFrame({"ID": [text]})))


def begun_elsewhere(s3: Any, prefix: str, **change: Any) -> None:
    """The day's file as another process or host leaves it."""
    process = {"host": "other", "pid": 1, "boot": None, "namespace": None, "started": None, **change.pop("process", {})}
    told = {
        **{"day": DAY, "lease": 7, "run": "other-run", "process": process, "lasting": False, "since": None},
        **{"begun": 7, "closed": None, "ended": False},
        **change,
    }
    s3.put_object(Bucket="lake", Key=f"{prefix}/{DAY}/_EXPORTING.json", Body=json.dumps(told))


def test_a_day_is_held_by_one_run_at_a_time(lake: Lake):
    with lake.exporting(DAY, whole=True) as held:
        busy = f"{DAY} is already being exported by process {os.getpid()} on"
        with pytest.raises(DayBusy, match=busy), lake.exporting(DAY):
            pass
        with pytest.raises(DayBusy, match=busy):
            write(lake, "OWNERS")
        with pytest.raises(DayBusy, match=busy):
            lake.close_day(DAY)
        with held.exporting("2026-11-21") as both:
            write(both, "OWNERS")
            assert both.lease("2026-11-21")
        write(held, "OWNERS")
    write(lake, "OWNERS", text="b")


def test_tables_finished_by_an_export_that_failed_are_known_to_the_next(lake: Lake):
    write(lake, "OLD", "AGAIN")
    with suppress(KeyboardInterrupt), lake.exporting(DAY, whole=True) as first:
        assert first.finished(DAY) == {}
        write(first, "NEW", "AGAIN", text="b")
        raise KeyboardInterrupt

    with lake.exporting(DAY, whole=True) as second:
        assert second.finished(DAY).keys() == {"NEW", "AGAIN"}
        with pytest.raises(LakeError, match=f"{DAY} cannot be closed: OLD is from an export before the last one"):
            second.close_day(DAY, ["OLD", "NEW", "AGAIN"])
        write(second, "OLD", text="b")
        second.close_day(DAY, ["OLD", "NEW", "AGAIN"])
    with lake.exporting(DAY, whole=True) as third:
        assert third.finished(DAY) == {}, "a day that was closed is exported anew"


def test_a_day_whose_export_died_is_closed_by_nobody_else(lake: Lake):
    write(lake, "OLD", "NEW")
    lake.close_day(DAY, ["OLD", "NEW"])
    with suppress(KeyboardInterrupt), lake.exporting(DAY, whole=True, again=True) as first:
        write(first, "NEW", text="b")
        raise KeyboardInterrupt
    with pytest.raises(LakeError, match="OLD is from an export before the last one"):
        lake.close_day(DAY, ["OLD", "NEW"])
    assert lake.success(DAY) is None


def test_an_export_that_begins_again_takes_nothing_over(lake: Lake):
    with lake.exporting(DAY, whole=True) as held:
        write(held, "NEW")
    with lake.exporting(DAY, whole=True, again=True) as again:
        assert again.finished(DAY) == {}
    with lake.exporting(DAY, whole=True) as after:
        assert after.finished(DAY) == {}


def test_single_tables_between_two_tries_take_nothing_away(lake: Lake):
    with lake.exporting(DAY, whole=True) as held:
        write(held, "NEW")
    with lake.exporting(DAY) as single:
        assert single.finished(DAY) == {}
        write(single, "OTHER")
    with lake.exporting(DAY, whole=True) as again:
        assert again.finished(DAY).keys() == {"NEW", "OTHER"}


@pytest.mark.parametrize("whole", [True, False])
def test_a_day_that_is_closed_has_no_trace_of_its_export(lake: Lake, folder: Path, whole: bool):
    with lake.exporting(DAY, whole=whole) as held:
        write(held, "NEW")
        assert (folder / DAY / "_EXPORTING.json").exists()
        held.close_day(DAY)
    assert sorted(path.name for path in (folder / DAY).iterdir()) == ["NEW", "_SUCCESS.json"]


def number(lake: Lake) -> int:
    with lake.exporting(DAY) as held:
        lease = held.lease(DAY)
        assert lease
        return lease.number


def test_the_number_of_a_lease_grows_whatever_was_deleted(lake: Lake, s3: Any, prefix: str):
    begun_elsewhere(s3, prefix, ended=True)
    with lake.exporting(DAY) as held:
        write(held, "OWNERS")
    assert lake.manifest("OWNERS", DAY).lease == 8
    s3.delete_object(Bucket="lake", Key=f"{prefix}/{DAY}/_EXPORTING.json")
    assert number(lake) == 9
    assert lake.close_day(DAY).lease == 9
    assert number(lake) == 10
    s3.put_object(Bucket="lake", Key=f"{prefix}/{DAY}/_SUCCESS.json", Body=b"{")
    assert number(lake) == 9
    s3.delete_object(Bucket="lake", Key=f"{prefix}/{DAY}/OWNERS/_manifest.json")
    assert number(lake) == 1


def test_another_hosts_export_is_dead_when_it_is_not_renewed_any_more(lake: Lake, s3: Any, prefix: str):
    begun_elsewhere(s3, prefix)
    with pytest.raises(DayBusy, match=r"by process 1 on other \(run other-ru\)"), lake.exporting(DAY, whole=True):
        pass
    with lake.exporting(DAY, whole=True, dead_after=-1) as held:
        lease = held.lease(DAY)
        assert lease
        assert (lease.number, lease.begun) == (8, 7)


@pytest.mark.parametrize("knows", [True, False])
def test_a_run_that_is_known_to_have_ended_is_not_waited_for(lake: Lake, s3: Any, prefix: str, knows: bool):
    begun_elsewhere(s3, prefix)
    expected = nullcontext() if knows else pytest.raises(DayBusy)
    with expected, lake.exporting(DAY, has_ended=lambda run: knows and run == "other-run"):
        pass


@pytest.mark.parametrize("damaged", [b"", b"{", b"[]", b'{"day": "2026-11-22", "owner": "an older version"}'])
def test_a_lease_that_is_damaged_is_begun_anew(
    lake: Lake, s3: Any, prefix: str, damaged: bytes, caplog: pytest.LogCaptureFixture
):
    s3.put_object(Bucket="lake", Key=f"{prefix}/{DAY}/_EXPORTING.json", Body=damaged)
    with lake.exporting(DAY, whole=True) as held:
        write(held, "OWNERS")
        held.close_day(DAY)
    assert "_EXPORTING.json is damaged or from another version, and is replaced" in caplog.text


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2},
        {"process": "a host"},
        {"process": {"container": "c"}, "until": "2026-11-22T00:00:00Z"},
        {"run": None},
    ],
)
def test_a_lease_of_another_version_counts_for_as_long_as_it_is_renewed(
    lake: Lake, s3: Any, prefix: str, change: dict[str, Any]
):
    key = f"{prefix}/{DAY}/_EXPORTING.json"
    told = {"format": 9, "day": DAY, "lease": 7, "run": "r", "process": this_process().model_dump(), **change}
    s3.put_object(Bucket="lake", Key=key, Body=json.dumps(told))
    with pytest.raises(DayBusy, match=r"by another version of this program, .* 150 seconds"), lake.exporting(DAY):
        pass
    assert json.loads(s3.get_object(Bucket="lake", Key=key)["Body"].read()) == told
    with lake.exporting(DAY, dead_after=-1) as held:
        lease = held.lease(DAY)
        assert lease
        assert (lease.number, lease.begun) == (8, None)


def test_a_lease_of_another_version_that_is_over_or_of_a_dead_process_is_not_waited_for(
    lake: Lake, s3: Any, prefix: str
):
    begun_elsewhere(s3, prefix, version=2, ended=True)
    assert number(lake) == 8
    dead = this_process().model_copy(update={"started": 1}).model_dump()
    begun_elsewhere(s3, prefix, version=2, lease=11, process=dead)
    assert number(lake) == 12


def test_a_run_whose_day_another_version_took_writes_nothing_more(lake: Lake, s3: Any, prefix: str):
    with lake.exporting(DAY, whole=True) as held:
        begun_elsewhere(s3, prefix, version=2, lease=99)
        with pytest.raises(LeaseLost, match=r"another version of this program, .* took over"):
            write(held, "OWNERS")


@pytest.mark.parametrize("since", [5, [], "0001-01-01T00:00:00+14:00"])
def test_a_lease_since_a_moment_that_is_none_is_damaged(lake: Lake, s3: Any, prefix: str, since: Any):
    begun_elsewhere(s3, prefix, since=since)
    assert number(lake) == 1


def test_a_process_that_is_gone_is_dead_and_one_of_another_pid_namespace_is_not(lake: Lake, s3: Any, prefix: str):
    here = this_process()
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as running:
        started = int(Path(f"/proc/{running.pid}/stat").read_text().rpartition(")")[2].split()[19])
        its = here.model_copy(update={"pid": running.pid, "started": started})
        assert not is_known_dead(its, here)
        running.communicate()
    assert is_known_dead(its, here)
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as killed:
        started = int(Path(f"/proc/{killed.pid}/stat").read_text().rpartition(")")[2].split()[19])
        killed.kill()
        os.waitid(os.P_PID, killed.pid, os.WEXITED | os.WNOWAIT)
        # Nobody has asked how it ended, so it still has its id.
        assert is_known_dead(here.model_copy(update={"pid": killed.pid, "started": started}), here)
    assert is_known_dead(here.model_copy(update={"started": 1}), here), "its id was given to another"
    for known in ({"namespace": "pid:[1]"}, {"boot": "another"}, {"boot": None}):
        assert not is_known_dead(its.model_copy(update=known), here)

    begun_elsewhere(s3, prefix, process=its.model_dump())
    with lake.exporting(DAY, whole=True):
        pass


def test_a_block_of_this_process_that_could_not_give_the_day_back_is_not_waited_for(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
):
    def refused(_: object) -> None:
        raise LakeError("S3 refuses it.")

    with monkeypatch.context() as s3_refuses:
        s3_refuses.setattr(lease.DayLease, "_leave", refused)
        with lake.exporting(DAY, whole=True) as held:
            write(held, "A")
    with lake.exporting(DAY, whole=True) as next_one:
        assert next_one.finished(DAY).keys() == {"A"}


@pytest.fixture
def taken_over(lake: Lake) -> Iterator[tuple[Lake, Lake]]:
    """The lake of a run that was stopped for long, and that of one that took the day over meanwhile."""
    with lake.exporting(DAY, whole=True) as stopped:
        write(stopped, "A", "B", text="stopped")
        with lake.exporting(DAY, whole=True, dead_after=-1) as other:
            yield stopped, other


def test_a_run_that_lost_its_day_writes_and_closes_nothing_more(
    taken_over: tuple[Lake, Lake], folder: Path, monkeypatch: pytest.MonkeyPatch
):
    stopped, other = taken_over
    monkeypatch.setattr(lease, "SURE_FOR", -1.0)
    before = sorted(folder.rglob("*"))
    lost = f"This run no longer holds {DAY}: process {os.getpid()} on .* run this again to continue"
    aside = stopped.checkpoints("BIG", DAY, "abc")
    for act in (
        lambda: write(stopped, "A"),
        lambda: write(stopped, "NEW"),
        lambda: stopped.close_day(DAY),
        lambda: stopped.reopen_day(DAY) or write(stopped, "B"),
        lambda: aside.put(0, {"values": b"x"}),
    ):
        with pytest.raises(LeaseLost, match=lost):
            act()
    assert sorted(folder.rglob("*")) == before
    assert other.finished(DAY).keys() == {"A", "B"}
    write(other, "B", text="other")
    other.close_day(DAY, ["A", "B"])
    assert [lake_lease(other, name) for name in ("A", "B")] == [1, 2]


def lake_lease(lake: Lake, table: str) -> int:
    return lake.manifest(table, DAY).lease


def test_a_manifest_that_was_on_its_way_when_the_day_was_lost_is_replaced(
    lake: Lake, s3: Any, prefix: str, folder: Path, monkeypatch: pytest.MonkeyPatch
):
    with lake.exporting(DAY, whole=True) as stopped, lake.exporting(DAY, whole=True, dead_after=-1) as other:
        write(other, "FIRST")  # what it knows of the folder is older than what comes now
        with monkeypatch.context() as late:
            late.setattr(lease.DayLease, "confirm", lambda _: None)
            write(stopped, "A", text="stopped")
        write(other, "A", text="other")
        assert other.read("A", DAY).collect()["ID"].to_list() == ["other"]
        other.close_day(DAY)
    assert lake_lease(lake, "A") == 2
    assert len(list((folder / DAY / "A").iterdir())) == 2


def test_a_closing_that_was_on_its_way_when_the_day_was_lost_is_taken_back(
    lake: Lake, folder: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(lease, "RENEWED_EVERY", 0.05)
    with lake.exporting(DAY, whole=True, dead_after=-1) as held:
        write(held, "A")
        closed = folder / DAY / "_SUCCESS.json"
        closed.write_bytes(b"{}")
        for _ in range(200):
            if not closed.exists():
                break
            time.sleep(0.05)
        assert not closed.exists()
        held.close_day(DAY)
        time.sleep(0.3)
        assert closed.exists()


def test_processes_of_one_run_hold_the_day_together(lake: Lake):
    how: dict[str, Any] = {"run": "the-run", "lasting": True}
    with lake.exporting(DAY, whole=True, **how) as first, lake.exporting(DAY, **how) as second:
        write(first, "A")
        write(second, "B")
        assert second.manifest("A", DAY).lease == first.manifest("B", DAY).lease == 1
    with pytest.raises(DayBusy), lake.exporting(DAY):
        pass
    with lake.exporting(DAY, **how) as third:
        assert sorted(third.close_day(DAY, ["A", "B"]).tables) == ["A", "B"]
    with lake.exporting(DAY):
        pass


def test_a_run_of_several_processes_ends_with_a_block_that_ends_it(lake: Lake):
    with lake.exporting(DAY, run="the-run", lasting=True) as held:
        write(held, "A")
    with lake.exporting(DAY, run="the-run"):
        pass
    write(lake, "A")
    assert lake_lease(lake, "A") == 2


def test_tables_that_are_read_together_are_closed_only_of_one_reading(lake: Lake):
    def reading(number: int) -> OneReading:
        return OneReading(id=f"run/{number}", tables=("A", "B"))

    def write_read(table: str, read: OneReading | None) -> None:
        content = TableContent.of_frame(pl.DataFrame({"ID": ["x"]}))
        content.reading = read
        lake.write(table, DAY, content)

    write_read("A", reading(1))
    lake.close_day(DAY, ["A"])
    for other in (reading(2), None):
        write_read("B", other)
        with pytest.raises(LakeError, match=f"{DAY} cannot be closed: A comes from a different read of HubSpot than B"):
            lake.close_day(DAY, ["A", "B"])
    write_read("B", reading(1))
    lake.close_day(DAY, ["A", "B"])


def test_files_that_a_dead_export_left_beside_a_finished_table_are_swept(
    lake: Lake, s3: Any, prefix: str, folder: Path
):
    with lake.exporting(DAY, whole=True) as held:
        write(held, "NEW")
    for table in ("NEW", "OTHER"):
        s3.put_object(Bucket="lake", Key=f"{prefix}/{DAY}/{table}/data_00007.csv.gz", Body=b"stray, or foreign")

    with lake.exporting(DAY, whole=True) as held:
        assert held.finished(DAY).keys() == {"NEW"}

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

    assert "00001.zip is damaged, so what it holds is read again" in caplog.text
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
