"""Connecting to the user's bucket: what it must allow, the credentials an export writes with, and what is wrong.

    from hubspot_assets.connection.session import s3_client
    from hubspot_assets.settings import Settings

    client = s3_client(Settings())  # credentials of the environment, then HUBSPOT_S3_ROLE_ARN where it is set

`policy` and `trust` write IAM documents, `role` puts them into an account, `session` builds the one S3 client of the
export, `compute_logs` gives it to Dagster's logs, `check` and `hubspot_check` try everything out, `command` is the
command line. Nothing is imported here: the command line starts faster without boto3.
"""
