"""What the S3 of these tests refuses. If it let everything pass, the other tests would prove nothing."""

from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from hubspot_assets.connection.policy import bucket_policy
from hubspot_assets.connection.session import s3_client, source_session, sts_client
from hubspot_assets.settings import Settings
from hubspot_assets_tests.connection.enforcing_s3 import EXTERNAL_ID, REGION, EnforcingS3


def code_of(call: Any, **arguments: Any) -> str:
    with pytest.raises(ClientError) as refusal:
        call(**arguments)
    return str(refusal.value.response["Error"]["Code"])


def test_a_wrong_signature_is_refused(enforcing_s3: EnforcingS3) -> None:
    forger = boto3.client(
        "s3",
        endpoint_url=enforcing_s3.endpoint_url,
        region_name=REGION,
        aws_access_key_id=enforcing_s3.admin_keys[0],
        aws_secret_access_key="guessed",
    )
    assert code_of(forger.list_objects_v2, Bucket=enforcing_s3.layout.bucket) == "SignatureDoesNotMatch"


def test_an_unknown_key_is_refused(enforcing_s3: EnforcingS3) -> None:
    stranger = boto3.client(
        "s3",
        endpoint_url=enforcing_s3.endpoint_url,
        region_name=REGION,
        aws_access_key_id="AKIASTRANGER",
        aws_secret_access_key="x",
    )
    assert code_of(stranger.list_objects_v2, Bucket=enforcing_s3.layout.bucket) == "InvalidAccessKeyId"


def test_the_exporter_may_do_nothing_without_the_role(enforcing_s3: EnforcingS3) -> None:
    client = s3_client(Settings(), source_session())
    assert code_of(client.list_objects_v2, Bucket=enforcing_s3.layout.bucket) == "AccessDenied"


def test_the_root_and_other_prefixes_are_neither_listed_nor_read_nor_written(enforcing_s3: EnforcingS3) -> None:
    bucket = enforcing_s3.layout.bucket
    enforcing_s3.admin("s3").put_object(Bucket=bucket, Key="hubspot/other/x", Body=b"x")
    client = s3_client(Settings())
    for prefix in ({}, {"Prefix": ""}, {"Prefix": "hubspot/"}, {"Prefix": "hubspot/other/"}):
        assert code_of(client.list_objects_v2, Bucket=bucket, **prefix) == "AccessDenied"
    assert code_of(client.get_object, Bucket=bucket, Key="hubspot/other/x") == "AccessDenied"
    assert code_of(client.put_object, Bucket=bucket, Key="hubspot/other/y") == "AccessDenied"
    assert code_of(client.head_bucket, Bucket=bucket) == "403"


def test_many_objects_are_deleted_below_the_prefix_and_nowhere_else(enforcing_s3: EnforcingS3) -> None:
    bucket, inside, outside = enforcing_s3.layout.bucket, "hubspot/export/x", "hubspot/other/x"
    for key in (inside, outside):
        enforcing_s3.admin("s3").put_object(Bucket=bucket, Key=key, Body=b"x")
    delete = s3_client(Settings()).delete_objects
    assert code_of(delete, Bucket=bucket, Delete={"Objects": [{"Key": inside}, {"Key": outside}]}) == "AccessDenied"
    delete(Bucket=bucket, Delete={"Objects": [{"Key": inside}]})
    assert enforcing_s3.stored_keys() == [outside]


@pytest.mark.parametrize("missing_is_refused", [True, False])
def test_a_missing_object_is_refused_or_missing_as_the_switch_says(
    enforcing_s3: EnforcingS3, missing_is_refused: bool
) -> None:
    enforcing_s3.missing_is_refused = missing_is_refused
    where = {"Bucket": enforcing_s3.layout.bucket, "Key": "hubspot/export/nothing"}
    assert code_of(s3_client(Settings()).get_object, **where) == ("AccessDenied" if missing_is_refused else "NoSuchKey")
    enforcing_s3.allow(bucket_policy(enforcing_s3.layout, any_prefix=True))
    assert code_of(s3_client(Settings()).get_object, **where) == ("AccessDenied" if missing_is_refused else "NoSuchKey")


def test_the_role_is_given_with_the_right_external_id_only(enforcing_s3: EnforcingS3) -> None:
    assume = sts_client(source_session(), Settings()).assume_role
    asked = {"RoleArn": enforcing_s3.role_arn, "RoleSessionName": "test"}
    assert code_of(assume, **asked) == "AccessDenied"
    assert code_of(assume, **asked, ExternalId="guessed") == "AccessDenied"
    assert assume(**asked, ExternalId=EXTERNAL_ID)["Credentials"]
