"""What S3 refuses is said in one sentence: what, where, what to do, and never a secret."""

import socket
from typing import Any

import boto3
import polars as pl
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, NoCredentialsError

from hubspot_assets.demo.s3 import DemoS3
from hubspot_assets.lake import Lake, LakeError, TableContent
from hubspot_assets.lake.errors import is_temporary, s3_errors

DAY = "2026-11-22"
TABLE = TableContent.of_frame(pl.DataFrame({"A": ["1"], "B": ["2"]}))


def client(server: DemoS3, **changes: Any) -> Any:
    settings = {
        "endpoint_url": server.endpoint_url,
        "aws_access_key_id": server.access_key,
        "aws_secret_access_key": server.secret_key,
        "region_name": server.region,
        "config": Config(retries={"total_max_attempts": 1}),
    }
    return boto3.client("s3", **(settings | changes))


def test_a_bucket_that_does_not_exist(s3: Any):
    for ask in (
        lambda lake: lake.write("T", DAY, TABLE),
        lambda lake: lake.read("T", DAY),
        lambda lake: lake.manifests(DAY),
    ):
        with pytest.raises(LakeError, match=r"s3://no-such-bucket/x/.*S3 answered NoSuchBucket \(404\)\. .*create it"):
            ask(Lake(s3, "no-such-bucket", "x"))


def test_a_wrong_secret_is_named_and_not_shown(s3_server: DemoS3):
    wrong = "wrongsecretwrongsecret"
    with pytest.raises(LakeError, match=r"SignatureDoesNotMatch .*correct AWS_SECRET_ACCESS_KEY\.$") as refused:
        Lake(client(s3_server, aws_secret_access_key=wrong), "lake").write("T", DAY, TABLE)
    assert wrong not in str(refused.value)


def test_an_access_key_that_is_not_known(s3_server: DemoS3):
    with pytest.raises(LakeError, match=r"InvalidAccessKeyId .*AWS_ENDPOINT_URL_S3 if you meant another S3"):
        Lake(client(s3_server, aws_access_key_id="unknown"), "lake").write("T", DAY, TABLE)


def test_an_endpoint_that_does_not_answer(s3_server: DemoS3):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    nobody = client(s3_server, endpoint_url=f"http://127.0.0.1:{port}")
    with pytest.raises(LakeError, match=r"S3 cannot be reached \(EndpointConnectionError\)\. Check the network"):
        Lake(nobody, "lake").write("T", DAY, TABLE)


def test_no_credentials():
    sentence = r"^Cannot write s3://b/k: no AWS credentials were found\. Set AWS_ACCESS_KEY_ID"
    with pytest.raises(LakeError, match=sentence), s3_errors("write", "s3://b/k"):
        raise NoCredentialsError


@pytest.mark.parametrize(
    ("code", "status", "advice"),
    [
        ("NoSuchUpload", 404, "Something aborted the multipart upload, such as a lifecycle rule"),
        ("AccessDenied", 403, r"s3:PutObject \(or kms:GenerateDataKey, if a KMS key is used\) is not allowed"),
        ("403", 403, "s3:PutObject .* run `hubspot-assets connect check`, which shows the statement"),
        ("ExpiredToken", 400, "log in again"),
        ("PermanentRedirect", 301, "set AWS_REGION"),
        ("SlowDown", 503, "S3 kept asking to slow down: run this again later"),
        ("503", 503, "S3 kept asking to slow down: run this again later"),
        ("InternalError", 500, "S3, or a proxy in front of it, kept failing: run this again later"),
        ("502", 502, "S3, or a proxy in front of it, kept failing: run this again later"),
        ("429", 429, r"S3 answered 429\. S3 kept asking to slow down"),
        ("TooManyRequests", 429, r"S3 answered TooManyRequests \(429\)\. S3 kept asking to slow down"),
        ("SlowDownWrite", 503, "S3 kept asking to slow down"),
        ("XMinioStorageFull", 507, "That S3 is full"),
        ("507", 507, "That S3 is full"),
        ("PaymentRequired", 402, "the account that pays"),
        ("KMS.NotFoundException", 400, "KMS key does not exist"),
        ("KMS.KMSInvalidStateException", 400, "KMS key cannot be used"),
        ("MissingContentMD5", 400, "AWS_REQUEST_CHECKSUM_CALCULATION=when_supported"),
        ("RequestTimeout", 400, "is not what was sent"),
        ("307", 307, "so new"),
        (
            "SomethingNew",
            418,
            r"S3 answered SomethingNew \(418\)\. Look up that code .* `hubspot-assets connect check`",
        ),
    ],
)
def test_what_s3_answers_becomes_advice(code: str, status: int, advice: str):
    answer = {"Error": {"Code": code, "Message": "secret-looking"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    with pytest.raises(LakeError, match=advice) as said, s3_errors("write", "s3://b/k"):
        raise ClientError(answer, "PutObject")
    assert "secret-looking" not in str(said.value)


@pytest.mark.parametrize(
    ("code", "status", "may_pass"),
    [
        *((code, status, True) for code, status in [("TooManyRequests", 429), ("SlowDownRead", 503), ("502", 502)]),
        *((code, 400, True) for code in ("RequestTimeout", "IncompleteBody")),
        *((code, status, False) for code, status in [("NotImplemented", 501), ("XMinioStorageFull", 507)]),
        ("EntityTooLarge", 400, False),
    ],
)
def test_what_the_next_try_may_mend_is_known_by_code_and_status(code: str, status: int, may_pass: bool):
    answer = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
    with pytest.raises(LakeError) as said, s3_errors("write", "s3://b/k"):
        raise ClientError(answer, "PutObject")
    assert is_temporary(said.value) is may_pass


@pytest.mark.parametrize(
    ("operation", "action"),
    [
        ("PutObject", "s3:PutObject"),
        ("GetObject", "s3:GetObject"),
        ("ListObjectsV2", "s3:ListBucket"),
        ("DeleteObjects", "s3:DeleteObject"),
        ("DeleteObject", "s3:DeleteObject"),
        ("HeadObject", "s3:GetObject"),
    ],
)
def test_a_refusal_names_the_action_that_the_policy_lacks(operation: str, action: str):
    refusal = {"Error": {"Code": "AccessDenied", "Message": "Access Denied"}}
    with pytest.raises(LakeError, match=rf"{action} .*not allowed"), s3_errors("reach", "s3://b/k"):
        raise ClientError(refusal, operation)


def test_the_action_that_aws_names_itself_is_repeated_and_the_rest_of_its_message_is_not():
    message = "User: arn:aws:iam::111122223333:user/secret-looking is not authorized to perform: kms:Decrypt on x"
    sentence = r"AccessDenied\. kms:Decrypt is not allowed"
    with pytest.raises(LakeError, match=sentence) as said, s3_errors("read", "s3://b/k"):
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": message}}, "GetObject")
    assert "secret-looking" not in str(said.value)
