"""When a day is whole: what is left of exports that died is taken away, what is not ours is told and blocks nothing."""

import json
from collections.abc import Iterator
from contextlib import nullcontext

import polars as pl
import pytest

from hubspot_assets.catalog.columns import Column
from hubspot_assets.lake import Lake, LakeError, TableContent, TableMissing
from hubspot_assets.lake.exporting import DayBusy
from hubspot_assets_tests.lake.odd_s3 import Answer, OddS3, Request, losing, refusal, refusing, xml
from hubspot_assets_tests.lake.test_odd_stores import DAY, lake_of, write


@pytest.fixture
def lake(odd_s3: OddS3) -> Lake:
    return lake_of(odd_s3, tries=1)


def key(name: str) -> str:
    return f"export/{DAY}/{name}"


def stray(s3: OddS3, *names: str) -> None:
    s3.objects.update({key(name): b"half a file" for name in names})


def test_files_below_the_numbers_of_the_manifest_can_not_come_in_any_more_and_are_taken_away(odd_s3: OddS3, lake: Lake):
    stray(odd_s3, "OWNERS/data_00006.csv.gz")
    write(lake, "a")
    stray(odd_s3, "OWNERS/data_00001.csv.gz", "OWNERS/data_00005.csv.gz")
    assert lake.close_day(DAY, ["OWNERS"]).tables.keys() == {"OWNERS"}
    assert sorted(odd_s3.objects) == [
        *(key("OWNERS/_manifest.json"), key("OWNERS/data_00007.csv.gz"), key("_SUCCESS.json")),
    ]


def test_files_above_them_are_those_of_an_export_that_died_because_whoever_closes_holds_the_day(
    odd_s3: OddS3, lake: Lake
):
    write(lake, "a")
    stray(odd_s3, "OWNERS/data_00001.csv.gz")
    lake.close_day(DAY, ["OWNERS"])
    assert key("OWNERS/data_00001.csv.gz") not in odd_s3.objects


def test_a_day_is_not_closed_while_a_table_of_it_is_written(odd_s3: OddS3, lake: Lake):
    """As two runs of Dagster: one writes a table again, the other would close the day."""
    write(lake, "a")

    def frames() -> Iterator[pl.DataFrame]:
        for number in range(50):
            yield pl.DataFrame({"ID": [str(number)], "TEXT": ["x" * 3_000_000]})
            if key("OWNERS/data_00001.csv.gz") in odd_s3.objects:
                break
        with pytest.raises(DayBusy):
            lake_of(odd_s3).close_day(DAY, ["OWNERS"])
        yield pl.DataFrame({"ID": ["last"], "TEXT": ["z"]})

    small_files = Lake(odd_s3.client(), "odd", "export", file_bytes=1000)
    small_files.write("OWNERS", DAY, TableContent([Column("ID"), Column("TEXT")], frames()))
    assert lake.read("OWNERS", DAY).collect()["ID"].to_list()[-1] == "last"
    lake.close_day(DAY, ["OWNERS"])


@pytest.mark.parametrize("held", [True, False])
def test_folders_of_no_export_are_told_and_left_alone(odd_s3: OddS3, lake: Lake, held: bool):
    write(lake, "a")
    theirs = ["MY_TABLE/data_00000.csv.gz", "mine/data_00000.csv.gz", "OWNERS_BACKUP/data_00000.csv.gz"]
    stray(odd_s3, *theirs)
    odd_s3.objects[key("OWNERS_BACKUP/_manifest.json")] = odd_s3.objects[key("OWNERS/_manifest.json")]
    odd_s3.objects[key("MY_TABLE/_manifest.json")] = b'{"format": "iceberg"}'
    odd_s3.objects[key("mine/_manifest.json")] = b"\x00 no JSON"
    odd_s3.objects[key("NOTHING_OF_OURS/_manifest.json")] = b"[1]"
    odd_s3.objects[key("readme.txt")] = b"hello"
    before, told = dict(odd_s3.objects), []
    if held:
        with lake.exporting(DAY) as holding:
            assert holding.close_day(DAY, ["OWNERS"], told.append).tables.keys() == {"OWNERS"}
    else:
        assert lake.close_day(DAY, ["OWNERS"], told.append).tables.keys() == {"OWNERS"}
    assert told == [
        f"s3://odd/export/{DAY}/ has data files in folders that no export wrote (MY_TABLE, OWNERS_BACKUP, mine). The "
        "day is closed without them, but a reader that takes every file of the day will read them too: delete or move "
        "them."
    ]
    assert before.items() <= odd_s3.objects.items()
    assert lake.manifests(DAY).keys() == {"OWNERS"}


def test_a_manifest_of_ours_that_is_damaged_is_named(odd_s3: OddS3, lake: Lake):
    write(lake, "a")
    manifest = json.loads(odd_s3.objects[key("OWNERS/_manifest.json")])
    odd_s3.objects[key("OWNERS/_manifest.json")] = json.dumps({**manifest, "rows": "many"}).encode()
    with pytest.raises(LakeError, match=r"OWNERS/_manifest.json is not a valid manifest \(rows"):
        lake.close_day(DAY, ["OWNERS"])
    odd_s3.objects[key("OWNERS/_manifest.json")] = b"{"
    with pytest.raises(LakeError, match=r"OWNERS/_manifest.json is not a valid manifest"):
        lake.close_day(DAY, ["OWNERS"])
    odd_s3.objects.pop(key("OWNERS/_manifest.json"))
    with pytest.raises(TableMissing, match=f"{DAY} cannot be closed: OWNERS is missing from"):
        lake.close_day(DAY, ["OWNERS"])


def test_a_manifest_of_ours_that_is_damaged_keeps_no_day_open_whose_table_it_is_not(odd_s3: OddS3, lake: Lake):
    write(lake, "a")
    other = {"table": "OF_ANOTHER_VERSION", "day": DAY, "rows": "many"}
    odd_s3.objects[key("OF_ANOTHER_VERSION/_manifest.json")] = json.dumps(other).encode()
    told: list[str] = []
    assert lake.close_day(DAY, ["OWNERS"], told.append).tables.keys() == {"OWNERS"}
    (sentence,) = told
    assert "closed without one table: s3://odd" in sentence
    assert "OF_ANOTHER_VERSION/_manifest.json is not a valid manifest" in sentence


def test_what_is_too_large_to_be_a_document_is_refused_before_it_is_read(odd_s3: OddS3, lake: Lake):
    write(lake, "a")
    huge = Answer(headers={"ETag": '"x"'}, promised=100_000_000)
    odd_s3.oddities = [lambda _, request: huge if request.what == "GET" and request.key.endswith(".json") else None]
    for ask in (lambda: lake.manifest("OWNERS", DAY), lambda: lake.success(DAY), lambda: write(lake, "b")):
        with pytest.raises(LakeError, match=r"json has 100,000,000 bytes, so no export wrote it: delete it\."):
            ask()


@pytest.mark.parametrize("held", [True, False])
def test_lists_that_lag_behind_keep_no_day_open_and_none_closed(odd_s3: OddS3, lake: Lake, held: bool):
    def lagging(s3: OddS3, request: Request) -> Answer | None:
        return xml("ListBucketResult", "<IsTruncated>false</IsTruncated>") if request.what == "LIST" else None

    odd_s3.oddities = [lagging]
    with lake.exporting(DAY, whole=True) if held else nullcontext(lake) as writing:
        write(writing, "a", "TEAMS")
        write(writing, "a")
        assert list(writing.close_day(DAY, ["OWNERS", "TEAMS"]).tables) == ["OWNERS", "TEAMS"]
        writing.reopen_day(DAY)
        assert lake.success(DAY) is None


@pytest.mark.parametrize(
    ("status", "code", "why"),
    [
        (403, "AccessDenied", r"S3 answered AccessDenied \(403\)\. s3:PutObject .* is not allowed: run"),
        (503, "SlowDown", r"S3 answered SlowDown \(503\)\. S3 kept asking to slow down"),
        (507, "InsufficientStorage", r"S3 answered InsufficientStorage \(507\)"),
    ],
)
def test_what_keeps_a_day_from_being_closed_is_said(odd_s3: OddS3, lake: Lake, status: int, code: str, why: str):
    write(lake, "a")
    odd_s3.oddities = [refusing("PUT", status, code, end="_SUCCESS.json")]
    begin = (
        f"All tables of {DAY} are exported, but the day could not be closed. "
        f"Cannot write s3://odd/export/{DAY}/_SUCCESS.json: "
    )
    with pytest.raises(LakeError, match=begin + why):
        lake.close_day(DAY, ["OWNERS"])
    assert lake.success(DAY) is None


def test_a_stray_that_can_not_be_deleted_keeps_the_day_open(odd_s3: OddS3, lake: Lake):
    stray(odd_s3, "OWNERS/data_00000.csv.gz")
    write(lake, "a")
    stray(odd_s3, "OWNERS/data_00000.csv.gz")
    odd_s3.oddities = [refusing("TOGETHER", 403, "AccessDenied")]
    sentence = (
        f"{DAY} are exported, but the day could not be closed. .*data_00000.csv.gz: .*s3:DeleteObject is not allowed"
    )
    with pytest.raises(LakeError, match=sentence):
        lake.close_day(DAY, ["OWNERS"])
    assert lake.success(DAY) is None


def test_a_day_is_closed_also_where_what_was_put_aside_can_not_be_deleted(odd_s3: OddS3, lake: Lake):
    write(lake, "a")
    lake.checkpoints("BIG", DAY, "abc").put(0, {"values": b"x"})
    odd_s3.oddities = [refusing("TOGETHER", 403, "AccessDenied")]
    assert lake.close_day(DAY, ["OWNERS"]) == lake.success(DAY)


def test_a_day_whose_closing_took_effect_without_an_answer_is_closed(odd_s3: OddS3, lake: Lake):
    write(lake, "a")
    odd_s3.oddities = [losing("PUT", "_SUCCESS.json", refusal(503, "SlowDown"), times=9)]
    assert lake.close_day(DAY, ["OWNERS"]) == lake.success(DAY)
