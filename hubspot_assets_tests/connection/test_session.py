from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from io import BytesIO
from pathlib import Path

import botocore.exceptions
import pytest
from botocore.awsrequest import AWSResponse
from urllib3 import HTTPResponse

from hubspot_assets.connection.session import (
    RoleNotAssumed,
    SessionError,
    encryption_arguments,
    partition_of,
    s3_client,
    s3_session,
    source_session,
    sts_client,
)
from hubspot_assets.settings import Settings
from hubspot_assets_tests.connection.enforcing_s3 import EnforcingS3

Setenv = Callable[[dict[str, str]], None]
KEYS = {"AWS_ACCESS_KEY_ID": "AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret"}
GOV_ROLE = "arn:aws-us-gov:iam::111122223333:role/hubspot-export"


class Clock:
    """A clock that stands until it is set."""

    def __init__(self) -> None:
        self.now = datetime.now(timezone.utc)

    def __call__(self) -> datetime:
        return self.now


def assumptions(s3: EnforcingS3) -> int:
    return sum(one.action == "sts:AssumeRole" for one in s3.asked)


def test_the_role_is_assumed_with_the_external_id_and_only_then_writes(enforcing_s3: EnforcingS3) -> None:
    key = {"Bucket": enforcing_s3.layout.bucket, "Key": f"{enforcing_s3.layout.prefix}/x"}
    s3_client(Settings()).put_object(**key, Body=b"x")
    assert enforcing_s3.stored_keys() == [key["Key"]]
    with pytest.raises(botocore.exceptions.ClientError, match="AccessDenied"):
        s3_client(Settings(), source_session()).put_object(**key, Body=b"y")


def test_nothing_is_asked_before_the_first_request(enforcing_s3: EnforcingS3) -> None:
    s3_client(Settings())
    assert assumptions(enforcing_s3) == 0


def test_credentials_that_expire_in_the_middle_are_renewed(enforcing_s3: EnforcingS3) -> None:
    clock = Clock()
    enforcing_s3.clock = clock
    client = s3_client(Settings(), s3_session(Settings(), clock=clock))
    for hour in range(5):
        client.put_object(Bucket=enforcing_s3.layout.bucket, Key=f"{enforcing_s3.layout.prefix}/{hour}", Body=b"x")
        clock.now += timedelta(minutes=40)
    assert len(enforcing_s3.stored_keys()) == 5
    assert assumptions(enforcing_s3) > 2


def test_credentials_that_are_not_renewed_do_expire(enforcing_s3: EnforcingS3) -> None:
    clock = Clock()
    client = s3_client(Settings(), s3_session(Settings(), clock=clock))
    where = {"Bucket": enforcing_s3.layout.bucket, "Prefix": f"{enforcing_s3.layout.prefix}/"}
    client.list_objects_v2(**where)
    enforcing_s3.clock = lambda: clock.now + timedelta(hours=2)
    with pytest.raises(botocore.exceptions.ClientError, match="ExpiredToken"):
        client.list_objects_v2(**where)


def test_sessions_that_live_for_seconds_are_enough(enforcing_s3: EnforcingS3) -> None:
    enforcing_s3.session_seconds = 5
    client = s3_client(Settings())
    for number in range(4):
        client.put_object(Bucket=enforcing_s3.layout.bucket, Key=f"{enforcing_s3.layout.prefix}/{number}", Body=b"x")
    assert assumptions(enforcing_s3) == 4


@pytest.mark.parametrize("external_id", [None, "another"])
def test_a_wrong_external_id_is_said_in_one_sentence(
    enforcing_s3: EnforcingS3, setenv: Setenv, external_id: str | None
) -> None:
    setenv({"HUBSPOT_S3_EXTERNAL_ID": external_id or ""})
    with pytest.raises(RoleNotAssumed, match="its trust policy must name these credentials' user"):
        s3_client(Settings()).get_bucket_location(Bucket=enforcing_s3.layout.bucket)


def test_a_role_without_any_credentials_is_said_in_one_sentence(setenv: Setenv) -> None:
    setenv({"HUBSPOT_S3_ROLE_ARN": GOV_ROLE, "AWS_ENDPOINT_URL": "http://127.0.0.1:1"})
    with pytest.raises(RoleNotAssumed, match=f"No AWS credentials were found to assume {GOV_ROLE}"):
        s3_client(Settings()).list_objects_v2(Bucket="customer-bucket")


def test_what_is_no_role_is_refused_in_a_sentence(setenv: Setenv) -> None:
    setenv({"HUBSPOT_S3_ROLE_ARN": "hubspot-export"})
    with pytest.raises(SessionError, match="HUBSPOT_S3_ROLE_ARN is 'hubspot-export', which is not the ARN of a role"):
        s3_session(Settings())


def test_a_profile_that_does_not_exist_is_refused_in_a_sentence(setenv: Setenv) -> None:
    setenv({"AWS_PROFILE": "nobody"})
    with pytest.raises(SessionError, match=r"\(nobody\).*correct AWS_PROFILE"):
        source_session()


def test_a_profile_is_found_as_boto3_finds_it(setenv: Setenv, tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.write_text(
        "[profile export]\naws_access_key_id = AKIAPROFILE\naws_secret_access_key = s\nregion = eu-west-3\n"
    )
    setenv({"AWS_CONFIG_FILE": str(config), "AWS_PROFILE": "export"})
    credentials = source_session().get_credentials()
    assert credentials is not None
    assert credentials.access_key == "AKIAPROFILE"
    assert s3_client(Settings()).meta.region_name == "eu-west-3"


@pytest.mark.parametrize("variable", ["AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"])
def test_credentials_of_a_file_are_those_that_the_file_has_now(
    variable: str, setenv: Setenv, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A tool that logs in for a person writes the next session before the last one expires."""
    now = 0.0
    monkeypatch.setattr("hubspot_assets.connection.credential_files.time.monotonic", lambda: now)
    file = tmp_path / "file"
    section = "work" if variable == "AWS_SHARED_CREDENTIALS_FILE" else "profile work"

    def log_in(token: str, end: str = "\n") -> None:
        file.write_text(
            f"[{section}]\naws_access_key_id = {token}\naws_secret_access_key = s\naws_session_token = {token}{end}"
        )

    log_in("first")
    setenv({variable: str(file), "AWS_PROFILE": "work"})
    credentials = source_session().get_credentials()
    assert credentials is not None

    def token() -> str | None:
        return credentials.get_frozen_credentials().token

    assert token() == "first"
    log_in("second")
    now = 60.0
    assert token() == "second"
    for damaged in (f"[{section}]\naws_access_key_id = third\n", "[", ""):
        now += 60.0
        file.write_text(damaged)
        assert token() == "second"
    file.unlink()
    now += 60.0
    assert token() == "second"
    log_in("fourth")
    now += 60.0
    assert token() == "fourth"


def test_aws_region_is_the_region_as_in_awss_other_tools(setenv: Setenv) -> None:
    setenv({**KEYS, "AWS_REGION": "eu-central-1", "AWS_DEFAULT_REGION": "us-west-2"})
    assert s3_client(Settings()).meta.region_name == "eu-central-1"
    assert s3_client(Settings()).meta.endpoint_url == "https://s3.eu-central-1.amazonaws.com"


@pytest.mark.parametrize(
    ("told", "microsecond"),
    [
        ("Fri, 27 Nov 2026 06:44:49 GMT", 0),
        ("Fri, 27 Nov 2026 08:44:49 +0200", 0),
        ("2026-11-27T06:44:49.002Z", 2000),
        ("2026-11-27T06:44:49.123456789Z", 123_456),
        ("27 November 2026 06:44:49 UTC", 0),
        ("1795761889", 0),
    ],
)
def test_moments_are_understood_in_every_form_that_boto3_understands(
    setenv: Setenv, told: str, microsecond: int
) -> None:
    setenv(KEYS)
    client = s3_client(Settings())
    answer = AWSResponse("https://x", 200, {"Last-Modified": told}, HTTPResponse(BytesIO(), preload_content=False))
    client.meta.events.register("before-send.s3.HeadObject", lambda **_: answer)
    moment = client.head_object(Bucket="bucket", Key="x")["LastModified"]
    assert moment == datetime(2026, 11, 27, 6, 44, 49, microsecond, timezone.utc)


def test_in_a_gov_partition_s3_and_sts_are_those_of_the_partition(setenv: Setenv) -> None:
    setenv({**KEYS, "HUBSPOT_S3_ROLE_ARN": GOV_ROLE})
    assert sts_client(source_session(), Settings()).meta.endpoint_url == "https://sts.us-gov-west-1.amazonaws.com"
    assert s3_client(Settings()).meta.endpoint_url == "https://s3.us-gov-west-1.amazonaws.com"
    setenv({"AWS_REGION": "us-gov-east-1"})
    assert sts_client(source_session(), Settings()).meta.endpoint_url == "https://sts.us-gov-east-1.amazonaws.com"


def test_an_endpoint_of_its_own_is_asked_by_path(setenv: Setenv) -> None:
    setenv({**KEYS, "AWS_ENDPOINT_URL_S3": "https://s3.example.com"})
    url = s3_client(Settings()).generate_presigned_url("get_object", Params={"Bucket": "customer-bucket", "Key": "x"})
    assert url.startswith("https://s3.example.com/customer-bucket/x?")


def asked_at(endpoint_url: str | None = None) -> str:
    """Where an object is asked for."""
    client = s3_client(Settings(), endpoint_url=endpoint_url)
    url: str = client.generate_presigned_url("get_object", Params={"Bucket": "customer-bucket", "Key": "x"})
    return url.partition("?")[0]


def test_an_endpoint_of_a_profile_or_with_a_path_is_asked_by_path_too(setenv: Setenv, tmp_path: Path) -> None:
    setenv(KEYS)
    assert asked_at("https://s3.example.com/storage/v1/") == "https://s3.example.com/storage/v1/customer-bucket/x"
    config = tmp_path / "config"
    config.write_text("[profile other]\nregion = auto\nendpoint_url = https://s3.example.com\n")
    setenv({"AWS_CONFIG_FILE": str(config), "AWS_PROFILE": "other"})
    assert asked_at() == "https://s3.example.com/customer-bucket/x"


def test_a_store_that_refuses_paths_is_asked_by_host_and_so_is_one_whose_profile_says_so(
    setenv: Setenv, tmp_path: Path
) -> None:
    setenv({**KEYS, "AWS_REGION": "oss-eu-central-1"})
    assert (
        asked_at("https://oss-eu-central-1.aliyuncs.com") == "https://customer-bucket.oss-eu-central-1.aliyuncs.com/x"
    )
    config = tmp_path / "config"
    config.write_text("[profile other]\ns3 =\n    addressing_style = virtual\n")
    setenv({"AWS_CONFIG_FILE": str(config), "AWS_PROFILE": "other"})
    assert asked_at("https://s3.example.com") == "https://customer-bucket.s3.example.com/x"


def test_another_s3_gets_no_checksums_that_it_may_not_know_unless_they_are_asked_for(setenv: Setenv) -> None:
    other = {"AWS_ENDPOINT_URL_S3": "https://s3.example.com"}
    put = sent_with(setenv, other, "put_object", Key="x", Body=b"x")
    assert not [name for name in put if "checksum" in name or "trailer" in name]
    assert "content-encoding" not in put
    assert "x-amz-checksum-mode" not in sent_with(setenv, other, "get_object", Key="x")
    chosen = {**other, "AWS_REQUEST_CHECKSUM_CALCULATION": "when_supported"}
    assert "x-amz-trailer" in sent_with(setenv, chosen, "put_object", Key="x", Body=b"x")


def test_amazons_s3_gets_checksums(setenv: Setenv) -> None:
    assert sent_with(setenv, {}, "put_object", Key="x", Body=b"x")["content-encoding"] == "aws-chunked"


def sent_with(setenv: Setenv, settings: dict[str, str], operation: str, **arguments: object) -> dict[str, str]:
    """The headers of a request, which is stopped before it leaves."""
    setenv({**KEYS, "AWS_REGION": "eu-central-1", **settings})
    client = s3_client(Settings())
    seen: dict[str, str] = {}

    def stop(request: object, **_: object) -> None:
        seen.update({k.lower(): v.decode() if isinstance(v, bytes) else v for k, v in request.headers.items()})  # type: ignore[attr-defined]
        raise ConnectionError

    client.meta.events.register("before-send.s3.*", stop)
    with pytest.raises(ConnectionError):
        getattr(client, operation)(Bucket="customer-bucket", **arguments)
    return seen


def test_every_request_names_the_expected_owner_of_the_bucket(setenv: Setenv) -> None:
    owner = {"HUBSPOT_S3_BUCKET_OWNER": "111122223333"}
    for operation, arguments in (
        ("get_object", {"Key": "x"}),
        ("put_object", {"Key": "x"}),
        ("list_objects_v2", {"Prefix": "x/"}),
        ("delete_objects", {"Delete": {"Objects": [{"Key": "x"}]}}),
    ):
        assert sent_with(setenv, owner, operation, **arguments)["x-amz-expected-bucket-owner"] == "111122223333"


def test_writes_are_encrypted_with_the_key_of_the_settings_and_reads_do_not_speak_of_it(setenv: Setenv) -> None:
    key = {"HUBSPOT_S3_KMS_KEY": "arn:aws:kms:eu-central-1:111122223333:key/k"}
    for operation in ("put_object", "create_multipart_upload"):
        sent = sent_with(setenv, key, operation, Key="x")
        assert sent["x-amz-server-side-encryption"] == "aws:kms"
        assert sent["x-amz-server-side-encryption-aws-kms-key-id"] == key["HUBSPOT_S3_KMS_KEY"]
    assert "x-amz-server-side-encryption" not in sent_with(setenv, key, "get_object", Key="x")


def test_aes256_asks_for_s3s_own_keys_and_nothing_leaves_it_to_the_bucket(setenv: Setenv) -> None:
    assert "x-amz-server-side-encryption" not in sent_with(setenv, {}, "put_object", Key="x")
    sent = sent_with(setenv, {"HUBSPOT_S3_KMS_KEY": "AES256"}, "put_object", Key="x")
    assert sent["x-amz-server-side-encryption"] == "AES256"
    assert "x-amz-server-side-encryption-aws-kms-key-id" not in sent
    assert encryption_arguments("AES256") == {"ServerSideEncryption": "AES256"}


def test_the_partition_of_an_arn_is_its_own() -> None:
    assert partition_of(GOV_ROLE) == "aws-us-gov"
    assert partition_of("arn:aws:iam::111122223333:role/r") == "aws"
    assert partition_of("role/r") is None


def test_no_secret_is_in_a_repr(enforcing_s3: EnforcingS3) -> None:
    session, client = s3_session(Settings()), s3_client(Settings())
    client.list_objects_v2(Bucket=enforcing_s3.layout.bucket, Prefix=f"{enforcing_s3.layout.prefix}/")
    said = f"{session!r} {client!r} {enforcing_s3!r}"
    assert enforcing_s3.environment["AWS_SECRET_ACCESS_KEY"] not in said
