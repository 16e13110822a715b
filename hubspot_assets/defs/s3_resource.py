"""Dagster's S3 resource with the export's own session: the role of the settings, renewed while the export runs.

Here: the one class. Not here: how the client is made (`session`). No future import of annotations: Dagster reads
these at run time.
"""

from typing import Any

from dagster_aws.s3 import S3Resource

from hubspot_assets.connection.session import s3_client, s3_session


class RoleS3Resource(S3Resource):
    """An S3Resource that assumes HUBSPOT_S3_ROLE_ARN where it is set; without it, an S3Resource as dagster-aws has it.

    Profile, region, endpoint, keys and attempts are those of S3Resource. Expected bucket owner and encryption are
    those of the settings.
    """

    def get_client(self) -> Any:
        """A new client; hold it, since each has connections of its own. Raises SessionError."""
        session = s3_session(
            profile_name=self.profile_name,
            region_name=self.region_name,
            aws_access_key_id=self.aws_access_key_id,
            aws_secret_access_key=self.aws_secret_access_key,
            aws_session_token=self.aws_session_token,
        )
        return s3_client(session, endpoint_url=self.endpoint_url, max_attempts=self.max_attempts, verify=self.verify)
