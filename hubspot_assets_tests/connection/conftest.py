"""Fixtures: an AWS account that enforces IAM, and an environment in which nothing of the developer's own is set."""

import os
from collections.abc import Callable, Iterator

import pytest

from hubspot_assets.connection.policy import bucket_policy
from hubspot_assets_tests.connection.enforcing_s3 import EnforcingS3, serve_enforcing_s3

KMS_KEY = "arn:aws:kms:eu-central-1:123456789012:key/5f0c7a0b-0000-4000-8000-000000000000"


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith(("AWS_", "HUBSPOT_")):
            monkeypatch.delenv(name)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, os.devnull)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture
def setenv(monkeypatch: pytest.MonkeyPatch) -> Callable[[dict[str, str]], None]:
    def set_all(environment: dict[str, str]) -> None:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)

    return set_all


@pytest.fixture
def enforcing_s3(setenv: Callable[[dict[str, str]], None]) -> Iterator[EnforcingS3]:
    """An account whose export role has the printed policy, and the environment of an export that assumes it."""
    with serve_enforcing_s3() as s3:
        s3.allow(bucket_policy(s3.layout))
        setenv(s3.environment)
        yield s3


@pytest.fixture
def versioned_s3(setenv: Callable[[dict[str, str]], None]) -> Iterator[EnforcingS3]:
    """As `enforcing_s3`, with a bucket that keeps versions, and a KMS key that the policy allows and writes use."""
    with serve_enforcing_s3(versioned=True) as s3:
        s3.allow(bucket_policy(s3.layout, kms_key=KMS_KEY))
        setenv({**s3.environment, "HUBSPOT_S3_KMS_KEY": KMS_KEY})
        yield s3
