from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hubspot_assets.connection.check import check_s3, region_finding
from hubspot_assets.connection.finding import Finding
from hubspot_assets.connection.identity import principal_of
from hubspot_assets.connection.policy import actions, bucket_policy, without_action
from hubspot_assets.connection.trust import trust_policy
from hubspot_assets.demo.s3 import DemoS3, serve_s3
from hubspot_assets.lake.errors import LakeError
from hubspot_assets.settings import Settings
from hubspot_assets_tests.connection.conftest import KMS_KEY
from hubspot_assets_tests.connection.enforcing_s3 import EXTERNAL_ID, EnforcingS3
from hubspot_assets_tests.connection.iam import allows
from hubspot_assets_tests.sampled import sampled

Setenv = Callable[[dict[str, str]], None]

EVERY_STEP = [
    "Identity",
    "AssumeRole",
    "ExternalId",
    "GetBucketLocation",
    "Region",
    "ListBucket",
    "PutObject",
    "GetObject",
    "SSE-KMS",
    "IfNoneMatch",
    "IfMatch",
    "Multipart",
    "GetObjectVersion",
    "DeleteObject",
    "DeleteObjectVersion",
    "DeleteObjects",
]


def failed(findings: Iterator[Finding]) -> dict[str, Finding]:
    return {one.name: one for one in findings if one.ok is False}


def test_under_the_printed_policy_every_step_succeeds_and_nothing_is_left(versioned_s3: EnforcingS3) -> None:
    findings = list(check_s3(versioned_s3.url, Settings()))
    assert [one.name for one in findings] == EVERY_STEP
    assert [one.name for one in findings if one.ok is not True] == ["Region"]
    assert versioned_s3.stored_keys() == []
    assert "Versions" not in versioned_s3.admin("s3").list_object_versions(Bucket=versioned_s3.layout.bucket)


def test_it_asks_for_nothing_that_the_policy_does_not_allow(versioned_s3: EnforcingS3) -> None:
    list(check_s3(versioned_s3.url, Settings()))
    allowed = bucket_policy(versioned_s3.layout, kms_key=KMS_KEY)
    inside = [one for one in versioned_s3.asked if one.action != "sts:AssumeRole"]
    assert {one.action for one in inside} == set(actions(allowed))
    assert all(allows([allowed], one) for one in inside)
    # The one thing that is refused is meant to be: the role without its external id.
    assert [(one.action, dict(one.context)) for one in versioned_s3.refused] == [("sts:AssumeRole", {})]


@pytest.mark.parametrize("action", sampled(actions(bucket_policy(EnforcingS3("").layout, kms_key=KMS_KEY)), 4))
def test_each_single_action_that_is_missing_is_named_with_the_statement_to_add(
    versioned_s3: EnforcingS3, action: str
) -> None:
    whole = bucket_policy(versioned_s3.layout, kms_key=KMS_KEY)
    lacking = without_action(whole, action)
    versioned_s3.allow(lacking)
    found = failed(check_s3(versioned_s3.url, Settings()))
    step = "SSE-KMS" if action.startswith("kms:") else action.partition(":")[2]
    assert found[step].sentence.startswith(f"{action} on arn:aws:")
    added = found[step].add
    assert added is not None
    assert added["Action"] == [action]
    # An upload in parts is a PutObject, and what may not be deleted stays.
    assert set(found) <= {step, "Multipart", "Clean-up"}
    versioned_s3.allow({**whole, "Statement": [*lacking["Statement"], added]})
    assert not failed(check_s3(versioned_s3.url, Settings()))


def test_what_could_not_be_deleted_is_named(enforcing_s3: EnforcingS3) -> None:
    enforcing_s3.allow(without_action(bucket_policy(enforcing_s3.layout), "s3:DeleteObject"))
    sentence = failed(check_s3(enforcing_s3.url, Settings()))["Clean-up"].sentence
    left = enforcing_s3.stored_keys()
    assert len(left) == 3
    assert all(f"s3://{enforcing_s3.layout.bucket}/{key}" in sentence for key in left)


def test_a_check_that_is_broken_off_cleans_up_too(enforcing_s3: EnforcingS3) -> None:
    findings = check_s3(enforcing_s3.url, Settings())
    while next(findings).name != "GetObject":
        pass
    assert len(enforcing_s3.stored_keys()) == 1
    findings.close()
    assert enforcing_s3.stored_keys() == []


def test_a_bucket_without_versions_needs_no_versions_actions(enforcing_s3: EnforcingS3) -> None:
    policy = bucket_policy(enforcing_s3.layout)
    for action in ("s3:GetObjectVersion", "s3:DeleteObjectVersion"):
        policy = without_action(policy, action)
    enforcing_s3.allow(policy)
    findings = {one.name: one for one in check_s3(enforcing_s3.url, Settings())}
    assert not failed(iter(findings.values()))
    assert findings["GetObjectVersion"].sentence == "Not needed: versioning is off."


def test_the_article_s_policy_as_printed_fails_at_the_location_alone(enforcing_s3: EnforcingS3) -> None:
    printed = bucket_policy(enforcing_s3.layout)
    listing = printed["Statement"][1]
    listing["Action"] = ["s3:ListBucket", "s3:GetBucketLocation"]
    printed["Statement"] = [printed["Statement"][0], listing]
    enforcing_s3.allow(printed)
    assert list(failed(check_s3(enforcing_s3.url, Settings()))) == ["GetBucketLocation"]


def test_a_role_that_is_not_given_ends_the_check_with_the_trust_policy_to_write(
    enforcing_s3: EnforcingS3, setenv: Setenv
) -> None:
    setenv({"HUBSPOT_S3_EXTERNAL_ID": "another"})
    *_, last = check_s3(enforcing_s3.url, Settings())
    assert (last.name, last.ok) == ("AssumeRole", False)
    assert last.add == trust_policy(enforcing_s3.exporter_arn, "another")
    assert last.add is not None
    enforcing_s3.allow(bucket_policy(enforcing_s3.layout), dict(last.add))
    assert not failed(check_s3(enforcing_s3.url, Settings()))


def test_a_role_that_anybody_of_the_account_gets_without_the_external_id_is_not_well(enforcing_s3: EnforcingS3) -> None:
    open_to_all = trust_policy(enforcing_s3.exporter_arn, EXTERNAL_ID)
    del open_to_all["Statement"][0]["Condition"]
    enforcing_s3.allow(bucket_policy(enforcing_s3.layout), open_to_all)
    found = failed(check_s3(enforcing_s3.url, Settings()))
    assert list(found) == ["ExternalId"]
    assert found["ExternalId"].add == trust_policy(enforcing_s3.exporter_arn, EXTERNAL_ID)


def test_without_a_role_the_credentials_themselves_are_checked(enforcing_s3: EnforcingS3, setenv: Setenv) -> None:
    setenv({"HUBSPOT_S3_ROLE_ARN": ""})
    enforcing_s3.allow_exporter(bucket_policy(enforcing_s3.layout))
    findings = {one.name: one for one in check_s3(enforcing_s3.url, Settings())}
    assert not failed(iter(findings.values()))
    assert findings["AssumeRole"].ok is None
    assert "ExternalId" not in findings


def test_no_credentials_and_unknown_credentials_end_the_check(enforcing_s3: EnforcingS3, setenv: Setenv) -> None:
    setenv({"AWS_ACCESS_KEY_ID": "AKIASTRANGER"})
    assert [(one.name, one.ok) for one in check_s3(enforcing_s3.url, Settings())] == [("Identity", False)]
    setenv({"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""})
    (only,) = check_s3(enforcing_s3.url, Settings())
    assert only.sentence.startswith("No AWS credentials were found: set AWS_PROFILE")


def test_a_bucket_that_does_not_exist_ends_the_check(enforcing_s3: EnforcingS3, setenv: Setenv) -> None:
    setenv({"HUBSPOT_S3_ROLE_ARN": "", **enforcing_s3.admin_environment})
    *_, last = check_s3("s3://no-such-bucket/x", Settings())
    assert (last.name, last.ok) == ("GetBucketLocation", False)
    assert "The bucket does not exist" in last.sentence


def test_an_s3_that_does_not_answer_ends_the_check(enforcing_s3: EnforcingS3, setenv: Setenv) -> None:
    setenv({"AWS_ENDPOINT_URL_S3": "http://127.0.0.1:1"})
    *_, last = check_s3(enforcing_s3.url, Settings())
    assert (last.name, last.ok) == ("GetBucketLocation", False)
    assert last.sentence.startswith("Cannot ask the region of s3://customer-bucket/: ")


def test_another_owner_of_the_bucket_is_said(enforcing_s3: EnforcingS3, setenv: Setenv) -> None:
    setenv({"HUBSPOT_S3_BUCKET_OWNER": "999999999999"})
    enforcing_s3.allow(without_action(bucket_policy(enforcing_s3.layout), "s3:ListBucket"))
    assert "HUBSPOT_S3_BUCKET_OWNER names" in failed(check_s3(enforcing_s3.url, Settings()))["ListBucket"].sentence


def test_what_is_no_url_of_a_folder_is_refused() -> None:
    with pytest.raises(LakeError, match="HUBSPOT_S3_URL"):
        list(check_s3("customer-bucket", Settings()))


@pytest.fixture
def rclone(tmp_path: Path, setenv: Setenv) -> Iterator[DemoS3]:
    with serve_s3(tmp_path) as s3:
        s3.bucket("customer-bucket")
        setenv(s3.environment)
        yield s3


def test_another_s3_without_sts_is_checked_as_far_as_it_goes(rclone: DemoS3) -> None:
    findings = {one.name: one for one in check_s3("s3://customer-bucket/hubspot/export", Settings())}
    assert not failed(iter(findings.values()))
    assert findings["DeleteObject"].ok
    assert not [path for path in rclone.directory.rglob("*") if path.is_file()]


def test_the_region_is_the_buckets_in_s3s_old_words_too() -> None:
    assert region_finding("eu-central-1", "eu-central-1", False).ok
    assert region_finding("", "us-east-1", False).ok
    assert region_finding("EU", "eu-west-1", False).ok
    elsewhere = region_finding("eu-central-1", "us-east-1", False)
    assert elsewhere.ok is False
    assert elsewhere.sentence.endswith("set AWS_REGION=eu-central-1.")
    assert "set AWS_REGION=us-east-1" in region_finding("", "aws-global", False).sentence
    assert region_finding("eu-central-1", "us-east-1", True).ok is None


def test_the_principal_of_a_roles_session_is_the_role() -> None:
    assert (
        principal_of("arn:aws:sts::111122223333:assumed-role/dagster/run-1") == "arn:aws:iam::111122223333:role/dagster"
    )
    assert principal_of("arn:aws:iam::111122223333:user/exporter") == "arn:aws:iam::111122223333:user/exporter"
