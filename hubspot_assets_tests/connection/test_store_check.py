"""The check at S3s that are not Amazon's: what they lack is told with what it costs, and is no failure."""

import re
from collections.abc import Iterator

import pytest

from hubspot_assets.connection.check import check_s3
from hubspot_assets.connection.finding import Finding
from hubspot_assets.settings import Settings
from hubspot_assets_tests.connection.test_check import Setenv, failed
from hubspot_assets_tests.lake.odd_s3 import (
    Answer,
    Oddity,
    OddS3,
    Request,
    etag,
    refusal,
    refusing,
    serve_odd_s3,
    xml,
)


@pytest.fixture
def odd_s3(setenv: Setenv) -> Iterator[OddS3]:
    with serve_odd_s3() as s3:
        setenv(s3.environment)
        yield s3


def found_at(s3: OddS3) -> dict[str, Finding]:
    """What is found at an S3 that is not AWS's, where nothing may be left."""
    findings = {one.name: one for one in check_s3("s3://odd/hubspot export", Settings())}
    assert s3.objects == {}
    return findings


def without_conditions(s3: OddS3, request: Request) -> Answer | None:
    if request.what != "PUT":
        return None
    s3.objects[request.key] = request.body
    return Answer(headers={"ETag": etag(request.body)})


def test_an_s3_that_can_all_that_amazons_can_is_well(odd_s3: OddS3) -> None:
    found = found_at(odd_s3)
    assert not failed(iter(found.values()))
    assert [name for name in ("IfNoneMatch", "IfMatch", "DeleteObjects") if found[name].ok] == [
        *("IfNoneMatch", "IfMatch", "DeleteObjects"),
    ]


@pytest.mark.parametrize(
    ("oddity", "says"),
    [
        (without_conditions, "This S3 ignores it: if two runs write the same table"),
        (
            refusing("PUT", 501, "NotImplemented", header="If-None-Match"),
            r"refuses it \(501 NotImplemented\), so exports do",
        ),
        (
            refusing("PUT", 400, "", header="If-None-Match"),
            r"This S3 refuses it \(400\), so exports do without it: if two",
        ),
    ],
)
def test_conditional_puts_that_a_store_lacks_are_no_failure_and_what_they_cost_is_said(
    odd_s3: OddS3, oddity: Oddity, says: str
) -> None:
    odd_s3.oddities = [oddity]
    found = found_at(odd_s3)
    assert not failed(iter(found.values()))
    assert found["IfNoneMatch"].ok is None
    assert re.search(says, found["IfNoneMatch"].sentence)
    assert "only the hashes in the manifest reveal it" in found["IfNoneMatch"].sentence


@pytest.mark.parametrize("header", ["If-None-Match", "If-Match"])
def test_a_condition_that_is_changed_on_the_way_is_no_wrong_key(odd_s3: OddS3, header: str) -> None:
    odd_s3.oddities = [refusing("PUT", 403, "SignatureDoesNotMatch", header=header)]
    [(name, found)] = failed(iter(found_at(odd_s3).values())).items()
    assert name == header.replace("-", "")
    assert f"the header {header}: the secret key is right" in found.sentence
    assert "AWS_ENDPOINT_URL_S3" in found.sentence


def test_each_condition_is_tried_for_itself(odd_s3: OddS3) -> None:
    odd_s3.oddities = [refusing("PUT", 501, "NotImplemented", header="If-Match")]
    found = found_at(odd_s3)
    assert (found["IfNoneMatch"].ok, found["IfMatch"].ok) == (True, None)
    assert "the last to finish wins instead of the first" in found["IfMatch"].sentence


def test_a_store_where_no_condition_ever_holds_is_none_to_export_into(odd_s3: OddS3) -> None:
    odd_s3.oddities = [lambda _, request: refusal(412, "PreconditionFailed") if request.conditions else None]
    found = failed(iter(found_at(odd_s3).values()))
    assert list(found) == ["IfNoneMatch", "IfMatch"]
    assert "no export can write there" in found["IfMatch"].sentence


@pytest.mark.parametrize(
    ("status", "code"), [(400, "MissingContentMD5"), (501, "NotImplemented"), (405, "MethodNotAllowed")]
)
def test_a_store_that_deletes_one_by_one_is_no_failure_and_what_it_costs_is_said(
    odd_s3: OddS3, status: int, code: str
) -> None:
    odd_s3.oddities = [refusing("TOGETHER", status, code)]
    found = found_at(odd_s3)
    assert not failed(iter(found.values()))
    assert found["DeleteObjects"].sentence == (
        f"This S3 does not delete several objects with one request ({status} {code}), so exports delete them one by "
        "one, with a request for each file."
    )


def test_nothing_is_deleted_that_was_not_written(odd_s3: OddS3) -> None:
    gone: list[str] = []

    def watch(s3: OddS3, request: Request) -> None:
        if request.what == "DELETE" and request.key not in s3.objects:
            gone.append(request.key)

    odd_s3.oddities = [watch]
    assert not failed(iter(found_at(odd_s3).values()))
    assert gone == []
    odd_s3.oddities, odd_s3.requests = [refusing("PUT", 403, "AccessDenied")], []
    found = found_at(odd_s3)
    assert found["DeleteObject"].sentence == "Not tried: nothing could be written."
    assert not odd_s3.asked("DELETE")
    assert not odd_s3.asked("TOGETHER")


def test_a_store_that_cuts_lists_off_is_not_well(odd_s3: OddS3) -> None:
    cut = xml("ListBucketResult", "<IsTruncated>true</IsTruncated><Contents><Key>x</Key></Contents>")
    odd_s3.oddities = [lambda _, request: cut if "prefix" in request.query else None]
    assert "does not support ListObjectsV2" in failed(iter(found_at(odd_s3).values()))["ListBucket"].sentence


def test_a_store_that_answers_a_multipart_upload_with_something_else_does_not_support_it(odd_s3: OddS3) -> None:
    odd_s3.oddities = [lambda _, request: xml("ListBucketResult") if request.method == "POST" and request.key else None]
    found = found_at(odd_s3)
    assert not failed(iter(found.values()))
    assert (found["Multipart"].ok, found["Multipart"].sentence) == (None, "This S3 does not support Multipart.")
