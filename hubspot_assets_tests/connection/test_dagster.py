"""The role in what Dagster makes of its own accord: the S3 resource and the compute logs."""

import dagster as dg
import pytest
from botocore.exceptions import ClientError
from dagster._core.instance.config import dagster_instance_config
from dagster_aws.s3 import S3Resource

from hubspot_assets.defs.s3_resource import RoleS3Resource
from hubspot_assets_tests.connection.enforcing_s3 import EnforcingS3


def test_the_resource_writes_with_the_role_and_dagsters_own_does_not(enforcing_s3: EnforcingS3) -> None:
    where = {"Bucket": enforcing_s3.layout.bucket, "Key": f"{enforcing_s3.layout.prefix}/x", "Body": b"x"}
    with pytest.raises(ClientError, match="AccessDenied"):
        S3Resource().get_client().put_object(**where)
    RoleS3Resource().get_client().put_object(**where)
    assert enforcing_s3.stored_keys() == [where["Key"]]


def test_the_resource_takes_dagsters_own_settings(enforcing_s3: EnforcingS3) -> None:
    key, secret = enforcing_s3.exporter_keys
    resource = RoleS3Resource(
        endpoint_url=enforcing_s3.endpoint_url,
        region_name="eu-west-3",
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        max_attempts=2,
    )
    client = resource.get_client()
    assert client.meta.region_name == "eu-west-3"
    assert client.meta.config.retries["total_max_attempts"] == 2
    client.get_bucket_location(Bucket=enforcing_s3.layout.bucket)


def test_compute_logs_are_written_below_the_prefix_with_the_role(
    enforcing_s3: EnforcingS3, tmp_path_factory: pytest.TempPathFactory
) -> None:
    home = tmp_path_factory.mktemp("dagster-home")
    (home / "dagster.yaml").write_text(
        "compute_logs:\n"
        "  module: hubspot_assets.defs.compute_logs\n"
        "  class: RoleS3ComputeLogManager\n"
        "  config:\n"
        f"    bucket: {enforcing_s3.layout.bucket}\n"
        f"    prefix: {enforcing_s3.layout.prefix}/_dagster\n"
        "    skip_empty_files: true\n"
    )
    assert dagster_instance_config(str(home))[0]["compute_logs"]["class"] == "RoleS3ComputeLogManager"

    @dg.asset
    def talks() -> None:
        print("from inside the asset")

    with dg.DagsterInstance.from_config(str(home)) as instance:
        assert dg.materialize([talks], instance=instance).success
        (key,) = (key for key in enforcing_s3.stored_keys() if key.endswith(".out"))
    assert key.startswith("hubspot/export/_dagster/storage/")
    body = enforcing_s3.admin("s3").get_object(Bucket=enforcing_s3.layout.bucket, Key=key)["Body"].read()
    assert b"from inside the asset" in body
