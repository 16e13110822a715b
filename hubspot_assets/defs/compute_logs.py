"""Dagster's compute logs in the export's bucket, written with the export's own session.

dagster-aws's S3ComputeLogManager takes credentials as boto3 finds them and knows no role. This one differs in that
alone; in `dagster.yaml`:

    compute_logs:
      module: hubspot_assets.defs.compute_logs
      class: RoleS3ComputeLogManager
      config:
        bucket: customer-bucket
        prefix: hubspot/export/_dagster    # below the prefix that the policy allows
        skip_empty_files: true
"""

from typing import Any

from dagster_aws.s3.compute_log_manager import S3ComputeLogManager

from hubspot_assets.connection.session import s3_client
from hubspot_assets.settings import Settings


class RoleS3ComputeLogManager(S3ComputeLogManager):
    """An S3ComputeLogManager that assumes HUBSPOT_S3_ROLE_ARN where it is set. Its configuration is the same."""

    def __init__(self, bucket: str, *args: Any, **config: Any) -> None:
        super().__init__(bucket, *args, **config)
        self._s3_session = s3_client(Settings(), endpoint_url=config.get("endpoint_url"))
