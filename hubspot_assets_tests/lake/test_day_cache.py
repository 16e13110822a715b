"""What an export that has a day to itself need not ask S3 for, and what it asks for all the same."""

from hashlib import sha256
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from hubspot_assets.lake import Lake, TableContent, csv_gzip
from hubspot_assets.lake.store import Store
from hubspot_assets_tests.lake.faulty import Faulty

DAY = "2026-11-22"


@pytest.fixture
def watched(s3: Any) -> Faulty:
    return Faulty(s3)


@pytest.fixture
def exporting(watched: Faulty, prefix: str) -> Lake:
    return Lake(watched, "lake", prefix)


def write(lake: Lake, *tables: str, text: str = "a") -> None:
    for table in tables:
        lake.write(table, DAY, TableContent.of_frame(pl.DataFrame({"ID": [text]})))


def texts(lake: Lake, table: str) -> list[str]:
    return lake.read(table, DAY).collect()["ID"].to_list()


def test_a_new_table_takes_two_requests_and_a_look_at_the_lease_in_an_export_that_has_the_day_to_itself(
    exporting: Lake, watched: Faulty
):
    with exporting.exporting(DAY, whole=True) as held:
        write(held, "FIRST")
        del watched.requests[:]
        write(held, "SECOND")
        assert [request.split("/")[-1] for request in watched.requests] == [
            *("data_00000.csv.gz", "_EXPORTING.json", "_manifest.json"),
        ]


def test_what_the_holder_of_a_day_wrote_is_not_asked_for(exporting: Lake, watched: Faulty):
    with exporting.exporting(DAY, whole=True) as held:
        write(held, "A")
        del watched.requests[:]
        assert held.manifest("A", DAY).rows == 1
        assert watched.requests == []
        assert exporting.manifest("A", DAY).rows == 1
        assert len(watched.requests) == 1, "a lake that does not hold the day asks"


def test_a_small_table_that_many_read_is_parsed_once_for_each_choice_of_columns(
    exporting: Lake, monkeypatch: pytest.MonkeyPatch
):
    parsed: list[Any] = []
    parse = csv_gzip.parse

    def watched(file: bytes, schema: pl.Schema, names: Any, url: str) -> Any:
        parsed.append(list(names))
        return parse(file, schema, names, url)

    monkeypatch.setattr(csv_gzip, "parse", watched)
    content = pl.DataFrame({"ID": ["1", "2"], "NAME": ["a", None]})
    with exporting.exporting(DAY, whole=True) as held:
        held.write("A", DAY, TableContent.of_frame(content))
        for _ in range(4):
            assert held.read("A", DAY).collect().equals(content)
            assert held.read("A", DAY).select("NAME").collect()["NAME"].to_list() == ["a", None]
        assert parsed == [["ID", "NAME"], ["NAME"], ["ID", "NAME"]], "the first read does not know that others follow"
        held.write("A", DAY, TableContent.of_frame(content.reverse()))
        assert held.read("A", DAY).collect().equals(content.reverse()), "what was written since is another file"


def test_a_table_can_be_taken_as_it_is_and_a_small_one_whole(exporting: Lake):
    content = pl.DataFrame({"ID": [str(n) for n in range(9)], "NAME": ["a", None, ""] * 3})
    noise = pl.DataFrame({"ID": [sha256(b"%d" % n).hexdigest() for n in range(20_000)]})
    with exporting.exporting(DAY, whole=True) as held:
        held.write("A", DAY, TableContent.of_frame(content))
        held.write("EMPTY", DAY, TableContent.of_frame(content.clear()))
        held.write("LARGE", DAY, TableContent.of_frame(noise))
        for lake in (held, exporting):
            assert pl.concat(lake.frames("A", DAY)).equals(content)
            assert pl.concat(lake.frames("A", DAY, ["NAME"])).equals(content.select("NAME"))
            assert list(lake.frames("EMPTY", DAY)) == []
            assert [lake.small(name, DAY) is None for name in ("A", "EMPTY", "LARGE")] == [False, False, True]
            small, empty = lake.small("A", DAY), lake.small("EMPTY", DAY)
            assert small is not None
            assert small.equals(content)
            assert empty is not None
            assert empty.equals(content.clear())


def test_a_small_table_that_many_read_is_fetched_once(exporting: Lake, watched: Faulty):
    with exporting.exporting(DAY, whole=True) as held:
        write(held, "A", text="x")
        del watched.requests[:]
        assert [texts(held, "A") for _ in range(3)] == [["x"]] * 3
        assert [request.split("/")[-1] for request in watched.requests] == ["data_00000.csv.gz"]
        write(held, "A", text="y")
        assert texts(held, "A") == ["y"]


def test_a_table_that_lay_there_is_replaced_and_so_is_one_that_is_written_twice(lake: Lake, folder: Path):
    write(lake, "OLD", text="before")
    with lake.exporting(DAY, whole=True) as held:
        write(held, "OLD", text="once")
        assert texts(held, "OLD") == ["once"]
        write(held, "OLD", text="twice")
        assert texts(held, "OLD") == ["twice"]
    assert len(list((folder / DAY / "OLD").glob("data_*"))) == 1


def test_a_day_is_closed_without_reading_what_its_export_wrote(lake: Lake, exporting: Lake, watched: Faulty):
    write(lake, "OLD")
    with exporting.exporting(DAY) as held:
        write(held, "NEW")
        del watched.requests[:]
        assert sorted(held.close_day(DAY, ["NEW", "OLD"]).tables) == ["NEW", "OLD"]
        read = [request for request in watched.requests if request.endswith("_manifest.json")]
        assert [request.split("/")[-2] for request in read] == ["OLD"]


def test_a_day_is_closed_with_the_table_that_lies_there_whoever_wrote_it(
    lake: Lake, s3: Any, prefix: str, folder: Path
):
    with lake.exporting(DAY, whole=True) as held:
        write(held, "A", "B")
        manifest = folder / DAY / "A" / "_manifest.json"
        s3.put_object(
            Bucket="lake",
            Key=f"{prefix}/{DAY}/A/_manifest.json",
            Body=manifest.read_bytes().replace(b'"rows": 1', b'"rows": 7'),
        )
        closed = held.close_day(DAY)
        assert {name: summary.rows for name, summary in closed.tables.items()} == {"A": 7, "B": 1}


def test_a_reader_goes_on_with_the_table_that_replaced_the_one_its_export_wrote(lake: Lake):
    with lake.exporting(DAY, whole=True) as held:
        write(held, "A", text="mine")
        frame = held.read("A", DAY)
        write(held, "A", text="mine again")
        assert frame.collect()["ID"].to_list() == ["mine again"]


def test_a_day_that_was_closed_is_open_again_when_a_table_is_written(lake: Lake):
    write(lake, "A")
    lake.close_day(DAY)
    with lake.exporting(DAY, whole=True) as held:
        assert held.success(DAY)
        write(held, "A")
        assert held.success(DAY) is None
        held.close_day(DAY)
        write(held, "A")
        assert held.success(DAY) is None


def test_a_process_that_joins_its_run_looks_at_every_table_anew(exporting: Lake, watched: Faulty):
    with exporting.exporting(DAY, run="run", lasting=True) as first:
        write(first, "A")
        with exporting.exporting(DAY, run="run", lasting=True) as second:
            del watched.requests[:]
            write(second, "A")
    assert [request.partition(" ")[0] for request in watched.requests][:3] == [
        *("head_object", "list_objects_v2", "put_object"),
    ]
    assert sum(request.startswith("delete_objects") for request in watched.requests) == 1


def test_what_was_put_aside_for_a_day_is_listed_once(lake: Lake, exporting: Lake, watched: Faulty):
    lake.checkpoints("BIG", DAY, "abc").put(0, {"values": b"x"})
    with exporting.exporting(DAY, whole=True) as held:
        del watched.requests[:]
        assert list(held.checkpoints("SMALL", DAY, "abc").take()) == []
        assert list(held.checkpoints("BIG", DAY, "other").take()) == []
        assert len(watched.requests) == 1
        big = held.checkpoints("BIG", DAY, "abc")
        assert list(big.take()) == [{"values": b"x"}]
        big.clear()
    assert list(lake.checkpoints("BIG", DAY, "abc").take()) == []


def test_the_days_before_are_listed_once_while_a_day_is_held(lake: Lake, exporting: Lake, watched: Faulty):
    earlier, later = "2026-11-20", "2026-11-23"
    for day in (earlier, later):
        lake.write("A", day, TableContent.of_frame(pl.DataFrame({"ID": ["a"]})))
    assert exporting.days_before(DAY) == exporting.days_before(DAY) == [earlier]
    assert len(watched.requests) == 2, "a lake that does not hold the day asks each time"
    with exporting.exporting(DAY, whole=True) as held:
        del watched.requests[:]
        assert held.days_before(DAY) == held.days_before(DAY) == [earlier]
        assert len(watched.requests) == 1
        assert held.days_before(later) == [earlier, DAY], "of another day, it holds nothing"


@pytest.mark.parametrize(("size", "asked"), [(1_000, None), (2_000_000, b"100-continue")])
def test_whether_s3_takes_a_file_is_asked_before_it_is_sent_only_where_it_is_large(
    s3: Any, prefix: str, size: int, asked: bytes | None
):
    sent: list[bytes | None] = []

    def note(request: Any, **_: Any) -> None:
        sent.append(request.headers.get("Expect"))

    s3.meta.events.register("before-send.s3.PutObject", note)
    Store(s3, "lake").put(f"{prefix}/file", bytes(size), "application/json")
    s3.meta.events.unregister("before-send.s3.PutObject", note)
    assert sent == [asked]
