"""Stores that are not Amazon's: what they refuse is done in another way, and everything else is an error."""

import time
from datetime import datetime, timedelta, tzinfo
from email.utils import formatdate

import polars as pl
import pytest

from hubspot_assets.lake import Lake, LakeError, TableContent, lease, store
from hubspot_assets.lake.exporting import DayBusy, LeaseLost
from hubspot_assets.lake.store import Store
from hubspot_assets_tests.lake.odd_s3 import (
    BUCKET,
    Answer,
    OddS3,
    Request,
    etag,
    keys_in,
    refusal,
    refusing,
    serve_odd_s3,
    xml,
)
from hubspot_assets_tests.sampled import sampled

DAY = "2026-11-22"
BOTH = ("If-Match", "If-None-Match")


def lake_of(s3: OddS3, prefix: str = "export", tries: int = 3) -> Lake:
    return Lake(s3.client(tries), BUCKET, prefix)


def write(lake: Lake, text: str, table: str = "OWNERS") -> None:
    lake.write(table, DAY, TableContent.of_frame(pl.DataFrame({"ID": ["1"], "TEXT": [text]})))


def export_twice(lake: Lake) -> None:
    """All that exports of a day do: take it, write, replace, put aside, close, open again, read."""
    for text in ("a", "b"):
        with lake.exporting(DAY, whole=True, again=True) as held:
            for table in ("OWNERS", "TEAMS"):
                write(held, text, table)
            aside = held.checkpoints("BIG", DAY, "abc")
            for number in range(3):
                aside.put(number, {"values": b"x"})
            aside.clear()
            assert held.close_day(DAY).tables.keys() == {"OWNERS", "TEAMS"}
        assert lake.read("OWNERS", DAY).collect()["TEXT"].to_list() == [text]


def whole(number: int) -> list[str]:
    """The keys of the day when `export_twice` is through, with data files of this number."""
    files = [
        f"{table}/{name}" for table in ("OWNERS", "TEAMS") for name in ("_manifest.json", f"data_0000{number}.csv.gz")
    ]
    return sorted(f"export/{DAY}/{name}" for name in ("_SUCCESS.json", *files))


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (501, "NotImplemented"),
        (405, "MethodNotAllowed"),
        (400, "InvalidArgument"),
        (400, "InvalidRequest"),
        (501, ""),
        (400, ""),
    ],
)
@pytest.mark.parametrize("headers", sampled([BOTH, BOTH[:1], BOTH[1:]], 1), ids="+".join)
def test_where_conditional_puts_are_refused_each_condition_is_tried_once_and_the_export_goes_without(
    odd_s3: OddS3, headers: tuple[str, ...], status: int, code: str
):
    odd_s3.oddities = [refusing("PUT", status, code, header=header) for header in headers]
    export_twice(lake_of(odd_s3))
    assert sorted(odd_s3.objects) == whole(1)
    for header in BOTH:
        conditional = [one for one in odd_s3.requests if header.lower() in one.conditions]
        assert (len(conditional) == 1) == (header in headers)


@pytest.mark.parametrize(
    ("status", "code"),
    [(403, "AccessDenied"), (400, "ExpiredToken"), (400, "EntityTooLarge"), (404, "NoSuchBucket"), (503, "SlowDown")],
)
def test_what_says_nothing_of_conditions_is_an_error_and_the_conditions_stay(odd_s3: OddS3, status: int, code: str):
    odd_s3.oddities = [refusing("PUT", status, code, header="If-None-Match", times=1)]
    with pytest.raises(LakeError, match=rf"S3 answered {code} \({status}\)"):
        write(lake_of(odd_s3, tries=1), "a")
    assert all(one.conditions for one in odd_s3.asked("PUT"))
    write(lake_of(odd_s3), "b")
    assert all(one.conditions for one in odd_s3.asked("PUT"))


def test_a_signature_that_is_wrong_only_with_a_condition_is_no_wrong_key(odd_s3: OddS3):
    odd_s3.oddities = [refusing("PUT", 403, "SignatureDoesNotMatch", header="If-None-Match")]
    with pytest.raises(LakeError, match=r"the secret key is right.* proxy.*Let it pass the headers") as refused:
        write(lake_of(odd_s3), "a")
    assert "header If-None-Match: " in str(refused.value)
    assert not odd_s3.objects

    odd_s3.oddities = [refusing("PUT", 403, "SignatureDoesNotMatch")]
    with pytest.raises(LakeError, match=r"correct AWS_SECRET_ACCESS_KEY\.$"):
        write(lake_of(odd_s3), "a")


def test_a_put_that_is_refused_without_its_condition_too_does_not_blame_the_condition(odd_s3: OddS3):
    odd_s3.oddities = [refusing("PUT", 400, "InvalidRequest", times=2)]
    with pytest.raises(LakeError, match=r"S3 answered InvalidRequest \(400\)"):
        write(lake_of(odd_s3), "a")
    write(lake_of(odd_s3), "b")
    assert odd_s3.asked("PUT")[-1].conditions


@pytest.mark.parametrize(
    ("status", "code"),
    [
        *((400, "MissingContentMD5"), (400, "InvalidRequest"), (400, "MalformedXML"), (400, "InvalidDigest")),
        *((501, "NotImplemented"), (405, "MethodNotAllowed"), (400, ""), (403, "SignatureDoesNotMatch")),
    ],
)
def test_where_objects_are_not_deleted_together_that_is_tried_once_and_they_go_one_by_one(
    odd_s3: OddS3, status: int, code: str
):
    odd_s3.oddities = [refusing("TOGETHER", status, code)]
    export_twice(lake_of(odd_s3))
    assert sorted(odd_s3.objects) == whole(1)
    assert len(odd_s3.asked("TOGETHER")) == 1
    assert len(odd_s3.asked("DELETE", ".zip")) == 6


@pytest.mark.parametrize(("status", "code"), [(405, "MethodNotAllowed"), (501, "NotImplemented")])
def test_where_head_is_not_known_objects_are_looked_at_all_the_same(odd_s3: OddS3, status: int, code: str):
    odd_s3.oddities = [refusing("HEAD", status, code)]
    export_twice(lake_of(odd_s3))
    assert sorted(odd_s3.objects) == whole(1)
    assert Store(odd_s3.client(), BUCKET).age(f"export/{DAY}/_SUCCESS.json") < 60
    assert not Store(odd_s3.client(), BUCKET).has("not there")


def test_where_each_of_several_deletions_is_refused_within_a_success_they_go_one_by_one(odd_s3: OddS3):
    def refused(_: OddS3, request: Request) -> Answer | None:
        if request.what != "TOGETHER":
            return None
        each = (f"<Error><Key>{key}</Key><Code>NotImplemented</Code></Error>" for key in keys_in(request))
        return xml("DeleteResult", "".join(each))

    odd_s3.oddities = [refused]
    export_twice(lake_of(odd_s3))
    assert sorted(odd_s3.objects) == whole(1)
    assert len(odd_s3.asked("TOGETHER")) == 1


@pytest.mark.parametrize(("status", "code"), [(403, "AccessDenied"), (404, "NoSuchBucket"), (500, "InternalError")])
def test_a_deletion_that_is_refused_for_another_reason_is_an_error(odd_s3: OddS3, status: int, code: str):
    lake = lake_of(odd_s3, tries=1)
    write(lake, "a")
    odd_s3.oddities = [refusing("TOGETHER", status, code)]
    with pytest.raises(LakeError, match=rf"Cannot delete s3://odd/.*data_00000.csv.gz: S3 answered {code}"):
        write(lake, "b")
    assert odd_s3.asked("DELETE") == []


def test_an_object_that_is_gone_already_counts_as_deleted_where_that_is_an_error(odd_s3: OddS3):
    odd_s3.objects = {"a": b"", "c": b""}

    def gone(s3: OddS3, request: Request) -> Answer | None:
        return refusal(404, "NoSuchKey") if request.what == "DELETE" and request.key not in s3.objects else None

    odd_s3.oddities = [refusing("TOGETHER", 501, "NotImplemented"), gone]
    Store(odd_s3.client(), BUCKET).delete(["a", "b", "c"])
    assert odd_s3.objects == {}


def test_single_objects_that_s3_failed_to_delete_are_deleted_again(odd_s3: OddS3):
    odd_s3.objects = dict.fromkeys("abc", b"")
    left = [("b", "InternalError"), ("c", "SlowDown")]

    def half(s3: OddS3, request: Request) -> Answer | None:
        if request.what != "TOGETHER" or not left:
            return None
        keep = dict([left.pop(0)])
        for key in keys_in(request):
            if key not in keep:
                s3.objects.pop(key, None)
        return xml("DeleteResult", "".join(f"<Error><Key>{k}</Key><Code>{c}</Code></Error>" for k, c in keep.items()))

    odd_s3.oddities = [half]
    Store(odd_s3.client(), BUCKET).delete("abc")
    assert odd_s3.objects == {}
    odd_s3.objects, left = {"a": b""}, [("a", "AccessDenied")]
    with pytest.raises(LakeError, match="s3:DeleteObject is not allowed"):
        Store(odd_s3.client(), BUCKET).delete("a")


def test_nothing_is_deleted_that_is_not_there(odd_s3: OddS3):
    gone: list[str] = []

    def watch(s3: OddS3, request: Request) -> None:
        if request.what in ("TOGETHER", "DELETE"):
            gone.extend(key for key in keys_in(request) or [request.key] if key not in s3.objects)

    odd_s3.oddities = [watch]
    lake = lake_of(odd_s3)
    export_twice(lake)
    write(lake, "c")

    def frames():
        yield pl.DataFrame({"ID": ["1"], "TEXT": ["d"]})
        raise ConnectionError

    with pytest.raises(ConnectionError):
        lake.write("OWNERS", DAY, TableContent(TableContent.of_frame(next(frames())).columns, frames()))
    assert gone == []


@pytest.mark.parametrize("prefix", ["a+b", "my folder", "Überblick/日本", "50% & more", "a=b;c,d", "x'y\"z<&>", "#1?"])
def test_any_prefix_will_do(odd_s3: OddS3, prefix: str):
    odd_s3.page = 2
    lake = lake_of(odd_s3, prefix)
    export_twice(lake)
    assert all(key.startswith(f"{prefix}/{DAY}/") for key in odd_s3.objects)
    assert len(odd_s3.objects) == 5
    assert lake.days() == [DAY]


def test_an_endpoint_may_have_a_path():
    with serve_odd_s3("storage/v1/s3") as s3:
        export_twice(lake_of(s3))
        assert sorted(s3.objects) == whole(1)


@pytest.mark.parametrize("page", [1, 2, 1000])
def test_lists_are_read_to_their_end_with_etags_in_quotes_or_without(odd_s3: OddS3, page: int):
    odd_s3.page, odd_s3.quoted = page, False
    export_twice(lake_of(odd_s3))
    assert sorted(odd_s3.objects) == whole(1)


def test_a_list_that_tells_no_etags_does_not_stop_an_export(odd_s3: OddS3):
    def without(s3: OddS3, request: Request) -> Answer | None:
        if request.what != "LIST":
            return None
        answer = s3.answer(request)
        head, *rest = answer.body.split(b"<ETag>")
        return Answer(200, head + b"".join(part.partition(b"</ETag>")[2] for part in rest), answer.headers)

    odd_s3.oddities = [without]
    export_twice(lake_of(odd_s3))
    assert sorted(odd_s3.objects) == whole(1)


def test_a_put_may_be_answered_without_an_etag(odd_s3: OddS3):
    def without(s3: OddS3, request: Request) -> Answer | None:
        return Answer(s3.answer(request).status) if request.what == "PUT" and not request.conditions else None

    odd_s3.oddities = [refusing("PUT", 501, "NotImplemented", header="If-None-Match"), without]
    export_twice(lake_of(odd_s3))


@pytest.mark.parametrize("token", ["", "<NextContinuationToken>x</NextContinuationToken>"])
def test_a_list_that_says_there_is_more_and_not_how_to_go_on_is_an_error_and_no_end(odd_s3: OddS3, token: str):
    truncated = xml("ListBucketResult", f"<IsTruncated>true</IsTruncated>{token}")
    odd_s3.oddities = [lambda _, request: truncated if request.what == "LIST" else None]
    with pytest.raises(LakeError, match=r"S3 says that there is more but not how to continue"):
        lake_of(odd_s3).days()
    assert len(odd_s3.requests) <= 2


def test_what_is_no_s3_is_not_taken_for_an_empty_bucket(odd_s3: OddS3):
    odd_s3.oddities = [lambda *_: Answer(200, b"<html><p>Log in</p></html>", {"Content-Type": "text/html"})]
    with pytest.raises(LakeError, match=r"the server that answered is not an S3\. Check AWS_ENDPOINT_URL_S3"):
        lake_of(odd_s3).days()


@pytest.mark.parametrize("code", ["SecondLevelDomainForbidden", "PathStyleDomainForbidden"])
def test_a_store_that_wants_the_bucket_in_the_hosts_name_is_told_with_what_to_set(odd_s3: OddS3, code: str):
    odd_s3.oddities = [lambda *_: refusal(403, code)]
    with pytest.raises(LakeError, match=r"set `addressing_style = virtual` under `s3 =` in the profile"):
        lake_of(odd_s3).days()


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_clock_of_s3_that_jumps_by_an_hour_costs_a_run_its_day_and_never_a_table(odd_s3: OddS3, hours: int):
    def jumped(s3: OddS3, request: Request) -> Answer | None:
        if request.what != "HEAD" or not request.key.endswith("_EXPORTING.json"):
            return None
        put = formatdate(time.time() + 3600 * hours, usegmt=True)
        return Answer(headers={"ETag": etag(s3.objects[request.key]), "Last-Modified": put})

    lake = lake_of(odd_s3)
    with lake.exporting(DAY, whole=True) as first:
        write(first, "first")
        with pytest.raises(DayBusy), lake.exporting(DAY, whole=True):
            pass
        odd_s3.oddities = [jumped]
        with lake.exporting(DAY, whole=True) as second:
            with pytest.raises(LeaseLost):
                write(first, "late")
            assert second.finished(DAY).keys() == {"OWNERS"}
            write(second, "second", "TEAMS")
            assert second.close_day(DAY, ["OWNERS", "TEAMS"]).lease == 2
    assert lake.read("OWNERS", DAY).collect()["TEXT"].to_list() == ["first"]


def test_the_clock_of_the_export_says_nothing_about_who_holds_a_day(odd_s3: OddS3, monkeypatch: pytest.MonkeyPatch):
    class Later(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> "Later":
            return super().now(tz) + timedelta(hours=1)

    lake = lake_of(odd_s3)
    with lake.exporting(DAY, whole=True) as held:
        for module in (lease, store):
            monkeypatch.setattr(module, "datetime", Later)
        with pytest.raises(DayBusy), lake.exporting(DAY):
            pass
        write(held, "a")
        held.close_day(DAY, ["OWNERS"])
