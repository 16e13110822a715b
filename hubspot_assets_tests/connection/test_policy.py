import json

import pytest

from hubspot_assets.connection.policy import actions, bucket_policy, statement_for, to_json, without_action
from hubspot_assets.lake.layout import Layout
from hubspot_assets_tests.connection.iam import ReadRequest, allows

LAYOUT = Layout("customer-bucket", "hubspot/export")
BUCKET = "arn:aws:s3:::customer-bucket"
ARTICLE = [
    "s3:PutObject",
    "s3:GetObject",
    "s3:GetObjectVersion",
    "s3:DeleteObject",
    "s3:DeleteObjectVersion",
    "s3:ListBucket",
    "s3:GetBucketLocation",
]


def listing(prefix: str | None) -> ReadRequest:
    return ReadRequest("s3:ListBucket", BUCKET, {} if prefix is None else {"s3:prefix": prefix})


def test_it_has_the_actions_of_hubspots_article_and_no_other() -> None:
    assert actions(bucket_policy(LAYOUT)) == ARTICLE


def test_objects_are_allowed_below_the_prefix_only() -> None:
    policy = bucket_policy(LAYOUT)
    for action in ARTICLE[:5]:
        assert allows([policy], ReadRequest(action, f"{BUCKET}/hubspot/export/2026-11-22/OWNERS/data_00000.csv.gz"))
        for key in ("hubspot/export", "hubspot/other", "hubspot/exports/x", "x"):
            assert not allows([policy], ReadRequest(action, f"{BUCKET}/{key}"))
        assert not allows([policy], ReadRequest(action, "arn:aws:s3:::other-bucket/hubspot/export/x"))


def test_listing_is_allowed_below_the_prefix_and_not_at_the_root() -> None:
    policy = bucket_policy(LAYOUT)
    assert allows([policy], listing("hubspot/export/"))
    assert allows([policy], listing("hubspot/export/2026-11-22/"))
    for prefix in (None, "", "hubspot/", "hubspot/export", "hubspot/exports/"):
        assert not allows([policy], listing(prefix))


def test_any_prefix_opens_the_listing_and_no_object() -> None:
    policy = bucket_policy(LAYOUT, any_prefix=True)
    assert allows([policy], listing("elsewhere/"))
    assert allows([policy], listing(""))
    assert not allows([policy], ReadRequest("s3:GetObject", f"{BUCKET}/elsewhere/x"))


@pytest.mark.parametrize("prefixes", [["hubspot/export/*"], ["*"]])
def test_the_articles_own_statement_never_allows_the_location_and_ours_does(prefixes: list[str]) -> None:
    printed = {
        "Effect": "Allow",
        "Action": ["s3:ListBucket", "s3:GetBucketLocation"],
        "Resource": BUCKET,
        "Condition": {"StringLike": {"s3:prefix": prefixes}},
    }
    location = ReadRequest("s3:GetBucketLocation", BUCKET)
    assert not allows([{"Statement": [printed]}], location)
    assert allows([bucket_policy(LAYOUT)], location)


@pytest.mark.parametrize("partition", ["aws-us-gov", "aws-cn"])
def test_every_resource_is_in_the_partition(partition: str) -> None:
    resources = [statement["Resource"] for statement in bucket_policy(LAYOUT, partition=partition)["Statement"]]
    assert all(resource.startswith(f"arn:{partition}:s3:::customer-bucket") for resource in resources)


def test_a_kms_key_adds_its_two_actions_on_that_key_alone() -> None:
    policy = bucket_policy(LAYOUT, kms_key="arn:aws:kms:eu-central-1:1:key/k")
    assert actions(policy) == [*ARTICLE, "kms:GenerateDataKey", "kms:Decrypt"]
    assert allows([policy], ReadRequest("kms:Decrypt", "arn:aws:kms:eu-central-1:1:key/k"))
    assert not allows([policy], ReadRequest("kms:Decrypt", "arn:aws:kms:eu-central-1:1:key/other"))


def test_without_a_prefix_it_is_the_whole_bucket() -> None:
    policy = bucket_policy(Layout("customer-bucket", ""))
    assert allows([policy], ReadRequest("s3:PutObject", f"{BUCKET}/2026-11-22/x"))
    assert allows([policy], listing("2026-11-22/"))


def test_a_prefix_with_wildcards_means_itself() -> None:
    policy = bucket_policy(Layout("customer-bucket", "a*b?c$"))
    assert allows([policy], ReadRequest("s3:GetObject", f"{BUCKET}/a*b?c$/x"))
    assert not allows([policy], ReadRequest("s3:GetObject", f"{BUCKET}/axbxc$/x"))
    assert not allows([policy], listing("axxbyc$/"))


def test_the_statement_for_an_action_allows_that_action_and_no_other() -> None:
    policy = bucket_policy(LAYOUT)
    for action in ARTICLE:
        statement = statement_for(action, policy)
        assert statement["Action"] == [action]
        assert allows([without_action(policy, action), {"Statement": [statement]}], listing("hubspot/export/"))
    with pytest.raises(KeyError):
        statement_for("s3:PutBucketPolicy", policy)


def test_without_an_action_everything_else_stays() -> None:
    policy = bucket_policy(LAYOUT)
    for action in ARTICLE:
        assert actions(without_action(policy, action)) == [one for one in ARTICLE if one != action]


def test_the_text_is_json_of_the_document() -> None:
    assert json.loads(to_json(bucket_policy(LAYOUT))) == bucket_policy(LAYOUT)
