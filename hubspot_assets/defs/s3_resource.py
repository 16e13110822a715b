"""Dagster's S3 resource with the export's own session: the role of the settings, renewed while the export runs.

Here: the one class. Not here: how the client is made (`session`). No future import of annotations: Dagster reads
these at run time.
"""

from typing import Any

from dagster_aws.s3 import S3Resource
from pydantic import Field

from hubspot_assets.connection.session import s3_client, s3_session
from hubspot_assets.defs.resources import settings_of

_OWN = ("role_arn", "external_id", "kms_key", "bucket_owner")


class RoleS3Resource(S3Resource):
    """An S3Resource that assumes a role where one is set; without it, an S3Resource as dagster-aws has it.

    Profile, region, endpoint, keys and attempts are those of S3Resource. What is left empty of the others is as the
    environment has it.
    """

    role_arn: str = Field(default="", description="As HUBSPOT_S3_ROLE_ARN.")
    external_id: str = Field(default="", description="As HUBSPOT_S3_EXTERNAL_ID.")
    kms_key: str = Field(default="", description="As HUBSPOT_S3_KMS_KEY.")
    bucket_owner: str = Field(default="", description="As HUBSPOT_S3_BUCKET_OWNER.")

    def get_client(self) -> Any:
        """A new client; hold it, since each has connections of its own. Raises SessionError."""
        settings = settings_of({f"s3_{field}": getattr(self, field) for field in _OWN})
        session = s3_session(
            settings,
            profile_name=self.profile_name,
            region_name=self.region_name,
            aws_access_key_id=self.aws_access_key_id,
            aws_secret_access_key=self.aws_secret_access_key,
            aws_session_token=self.aws_session_token,
        )
        return s3_client(
            settings, session, endpoint_url=self.endpoint_url, max_attempts=self.max_attempts, verify=self.verify
        )
