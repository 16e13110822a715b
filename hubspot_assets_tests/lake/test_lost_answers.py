"""Answers that are lost or wrong: what was written is recognised as our own, and nothing is asked for ever."""

from collections.abc import Iterator
from typing import Any

import polars as pl
import pytest

from hubspot_assets.catalog.columns import Column
from hubspot_assets.lake import Lake, LakeError, TableContent, TableReplaced
from hubspot_assets.lake.store import Store
from hubspot_assets_tests.lake.odd_s3 import BUCKET, Answer, OddS3, Request, losing, refusal, refusing, xml
from hubspot_assets_tests.lake.test_odd_stores import DAY, export_twice, lake_of, whole, write
from hubspot_assets_tests.sampled import sampled

BROKEN = Answer(broken=True)
FAILED = refusal(500, "InternalError")
EMBEDDED = xml("Error", "<Code>InternalError</Code><Message>We encountered an internal error.</Message>")


@pytest.mark.parametrize("answer", [BROKEN, FAILED, EMBEDDED], ids=["broken", "500", "200 with an error"])
@pytest.mark.parametrize("times", sampled([1, 9], 1), ids=["once", "always"])
@pytest.mark.parametrize(
    "end", ["data_00000.csv.gz", "data_00001.csv.gz", "_manifest.json", "_SUCCESS.json", "_EXPORTING.json", ".zip"]
)
def test_a_put_whose_answer_is_lost_is_found_to_be_ours(odd_s3: OddS3, end: str, times: int, answer: Answer):
    odd_s3.oddities = [losing("PUT", end, answer, times)]
    export_twice(lake_of(odd_s3, tries=3 if times == 1 else 1))
    assert sorted(odd_s3.objects) == whole(1), "no file is left that no manifest names, and no number is skipped"


@pytest.mark.parametrize("what", ["TOGETHER", "LIST", "GET"])
@pytest.mark.parametrize("answer", [BROKEN, FAILED, refusal(503, "SlowDown")], ids=["broken", "500", "503"])
def test_an_answer_to_anything_else_that_is_lost_is_asked_for_again(odd_s3: OddS3, what: str, answer: Answer):
    odd_s3.oddities = [losing(what, "", answer, 2)]
    export_twice(lake_of(odd_s3))
    assert sorted(odd_s3.objects) == whole(1)


def test_a_put_that_failed_and_did_not_take_effect_is_an_error(odd_s3: OddS3):
    odd_s3.oddities = [refusing("PUT", 500, "InternalError", end="_manifest.json")]
    with pytest.raises(LakeError, match=r"_manifest.json: S3 answered InternalError \(500\)\. .* run this again later"):
        write(lake_of(odd_s3, tries=1), "a")


def test_a_store_that_always_says_that_something_is_there_is_asked_a_few_times(odd_s3: OddS3):
    odd_s3.oddities = [lambda _, request: refusal(412, "PreconditionFailed") if request.conditions else None]
    lake = lake_of(odd_s3)
    with pytest.raises(LakeError, match=r"S3 keeps refusing \(409 or 412\) .*connect check"):
        write(lake, "a")
    assert len(odd_s3.requests) < 15
    odd_s3.requests.clear()
    with (
        pytest.raises(LakeError, match=r"_EXPORTING.json: S3 keeps refusing"),
        lake.exporting(DAY, whole=True),
    ):
        pass
    assert len(odd_s3.requests) < 15


def test_a_store_where_every_name_is_taken_is_asked_for_a_few_names(odd_s3: OddS3):
    def taken(s3: OddS3, request: Request) -> None:
        if request.what == "PUT" and request.key.endswith(".csv.gz"):
            s3.objects[request.key] = b"another's"

    odd_s3.oddities = [taken]
    with pytest.raises(LakeError, match="10 new file names in a row were already taken"):
        write(lake_of(odd_s3), "a")
    assert len(odd_s3.asked("PUT", ".csv.gz")) == 10


def test_a_name_that_another_has_taken_meanwhile_is_left_to_it_and_so_are_all_before_it(odd_s3: OddS3):
    others = {f"export/{DAY}/OWNERS/data_0000{n}.csv.gz": b"another's" for n in range(5)}

    def meanwhile(s3: OddS3, request: Request) -> None:
        if request.what == "PUT" and others.keys().isdisjoint(s3.objects):
            s3.objects.update(others)

    odd_s3.oddities = [meanwhile]
    write(lake_of(odd_s3), "a")
    assert [one.key[-9:-7] for one in odd_s3.asked("PUT", ".csv.gz")] == ["00", "05"]
    assert others.items() <= odd_s3.objects.items()


@pytest.mark.parametrize("code", ["ConditionalRequestConflict", "OperationAborted", ""])
def test_a_put_that_met_another_put_is_tried_again(odd_s3: OddS3, code: str):
    ends = ("_EXPORTING.json", "data_00000.csv.gz", "_manifest.json", "_SUCCESS.json")
    odd_s3.oddities = [refusing("PUT", 409, code, end=end, times=2) for end in ends]
    export_twice(lake_of(odd_s3))
    assert sorted(odd_s3.objects) == whole(1)


def test_puts_that_always_meet_others_end_in_a_sentence(odd_s3: OddS3):
    odd_s3.oddities = [refusing("PUT", 409, "ConditionalRequestConflict")]
    with pytest.raises(LakeError, match="S3 keeps refusing"):
        write(lake_of(odd_s3), "a")
    assert len(odd_s3.asked("PUT")) == 4


def test_a_manifest_that_is_gone_while_its_table_is_written_again_is_put_anew(odd_s3: OddS3):
    lake = lake_of(odd_s3)
    write(lake, "a")

    def frames() -> Iterator[pl.DataFrame]:
        odd_s3.objects.pop(f"export/{DAY}/OWNERS/_manifest.json")
        yield pl.DataFrame({"ID": ["1"], "TEXT": ["b"]})

    lake.write("OWNERS", DAY, TableContent([Column("ID"), Column("TEXT")], frames()))
    assert lake.read("OWNERS", DAY).collect()["TEXT"].to_list() == ["b"]


def test_the_file_of_an_empty_table_that_two_processes_share_stays_when_one_of_them_is_refused(odd_s3: OddS3):
    lake = lake_of(odd_s3)
    how: dict[str, Any] = {"run": "run", "lasting": True}

    def empty(moment: int, meanwhile: Iterator[pl.DataFrame]) -> TableContent:
        return TableContent([Column("ID"), Column("TEXT")], meanwhile, api_calls=moment)

    with lake.exporting(DAY, **how) as one, lake.exporting(DAY, **how) as another:

        def frames() -> Iterator[pl.DataFrame]:
            another.write("OWNERS", DAY, empty(2, iter(())))
            yield from ()

        with pytest.raises(TableReplaced):
            one.write("OWNERS", DAY, empty(1, frames()))
    assert lake.manifest("OWNERS", DAY).api_calls == 2
    assert lake.read("OWNERS", DAY).collect().height == 0


@pytest.mark.parametrize("told", [True, False], ids=["with the true length", "with its own length"])
def test_an_object_that_comes_cut_off_is_fetched_again(odd_s3: OddS3, told: bool):
    lake = lake_of(odd_s3)
    write(lake, "a")
    left = [1]

    def cut(s3: OddS3, request: Request) -> Answer | None:
        if request.what != "GET" or not request.key.endswith(".csv.gz") or not left:
            return None
        left.pop()
        body = s3.objects[request.key]
        return Answer(200, body[:-5], {"ETag": '"x"'}, promised=len(body) if told else None)

    odd_s3.oddities = [cut]
    assert lake.read("OWNERS", DAY).collect()["TEXT"].to_list() == ["a"]


def test_a_day_whose_file_is_never_there_after_it_was_put_is_not_waited_for(odd_s3: OddS3):
    odd_s3.oddities = [refusing("GET", 404, "NoSuchKey", end="_EXPORTING.json")]
    lake: Lake = lake_of(odd_s3)
    with pytest.raises(LakeError, match=r"_EXPORTING.json"), lake.exporting(DAY, whole=True):
        pass
    assert len(odd_s3.requests) < 30


def test_a_part_put_aside_that_is_damaged_is_read_anew(odd_s3: OddS3):
    lake = lake_of(odd_s3)
    aside = lake.checkpoints("BIG", DAY, "abc")
    for number in range(3):
        aside.put(number, {"values": bytes([number])})
    damaged = next(key for key in odd_s3.objects if key.endswith("00001.zip"))
    odd_s3.objects[damaged] = odd_s3.objects[damaged][:-9]
    assert [part["values"] for part in lake.checkpoints("BIG", DAY, "abc").take()] == [b"\0"]


def test_a_store_that_slows_down_is_given_time(odd_s3: OddS3):
    odd_s3.oddities = [refusing("PUT", 503, "SlowDown", times=2)]
    Store(odd_s3.client(), BUCKET).put("a", b"x", "text/plain")
    assert odd_s3.objects == {"a": b"x"}


@pytest.mark.parametrize("times", [1, 9], ids=["once", "always"])
def test_a_failure_that_comes_with_a_checksum_is_a_failure_like_any_other(odd_s3: OddS3, times: int):
    lake, left = lake_of(odd_s3, tries=1), [times]
    write(lake, "a")

    def fail(_: OddS3, request: Request) -> Answer | None:
        if request.what != "GET" or not request.key.endswith("_manifest.json"):
            return None
        left[0] -= 1
        return Answer(500, b"file changed", {"x-amz-checksum-crc32": "AAAAAA=="}) if left[0] >= 0 else None

    odd_s3.oddities = [fail]
    if times == 1:
        assert lake.manifest("OWNERS", DAY).rows == 1
    else:
        with pytest.raises(LakeError, match=r"_manifest\.json: S3 answered with an error that boto3 cannot read"):
            lake.manifest("OWNERS", DAY)
