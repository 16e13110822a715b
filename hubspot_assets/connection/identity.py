"""The first steps of the S3 check: whose credentials these are, and whether they may take on the export's role.

Here: identity, the role, its external id. Not here: what is done in the bucket (`check`).
"""

from collections.abc import Iterator

import boto3
import botocore.exceptions as boto

from hubspot_assets.connection import session as sessions
from hubspot_assets.connection.finding import Finding
from hubspot_assets.connection.trust import new_external_id, trust_policy
from hubspot_assets.settings import Settings

IDENTITY = "Identity"
ASSUME_ROLE = "AssumeRole"
EXTERNAL_ID = "ExternalId"

_DENIED = ("AccessDenied", "AccessDeniedException")


def check_identity(source: boto3.Session, session: boto3.Session, settings: Settings) -> Iterator[Finding]:
    """Identity, AssumeRole and ExternalId. `session` is what `s3_session` makes of `source`.

    Another S3 than AWS's has no STS, unless AWS_ENDPOINT_URL or AWS_ENDPOINT_URL_STS says where: AWS is not asked then.
    """
    role = settings.s3_role_arn
    credentials = source.get_credentials()
    if credentials is None:
        yield Finding(
            IDENTITY,
            False,
            "No AWS credentials were found: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run "
            "this on a machine that has a role.",
        )
        return
    if sessions.is_without_sts() and role is None:
        yield Finding(
            IDENTITY, True, f"Credentials found by boto3's {credentials.method}; this S3 does not say whose they are."
        )
        yield Finding(ASSUME_ROLE, None, "HUBSPOT_S3_ROLE_ARN is not set: the export writes with these credentials.")
        return
    try:
        caller = sessions.sts_client(source, settings).get_caller_identity()["Arn"]
    except (boto.ClientError, boto.BotoCoreError) as error:
        yield Finding(IDENTITY, False, f"AWS does not know these credentials ({_code(error)}): {_who(credentials)}.")
        return
    yield Finding(IDENTITY, True, f"{caller}, found by boto3's {credentials.method}.")
    if role is None:
        yield Finding(ASSUME_ROLE, None, f"HUBSPOT_S3_ROLE_ARN is not set: the export writes as {caller}.")
        return
    yield from _check_role(role, caller, source, session, settings)


def _check_role(
    role: str, caller: str, source: boto3.Session, session: boto3.Session, settings: Settings
) -> Iterator[Finding]:
    try:
        found = session.get_credentials()
        if found is not None:
            found.get_frozen_credentials()
    except sessions.RoleNotAssumed as error:
        refused = isinstance(error.__cause__, boto.ClientError) and _code(error.__cause__) in _DENIED
        wanted = trust_policy(principal_of(caller), settings.s3_external_id or new_external_id())
        yield Finding(ASSUME_ROLE, False, str(error), wanted if refused else None)
        return
    except boto.BotoCoreError as error:
        yield Finding(ASSUME_ROLE, False, f"The role {role} cannot be assumed: {error}")
        return
    yield Finding(ASSUME_ROLE, True, f"{role}; its credentials are renewed while the export runs.")
    yield _check_external_id(role, caller, source, settings)


def _check_external_id(role: str, caller: str, source: boto3.Session, settings: Settings) -> Finding:
    external_id = settings.s3_external_id
    if external_id:
        try:
            sessions.sts_client(source, settings).assume_role(**sessions.assume_role_arguments(role, None))
        except boto.ClientError as error:
            if _code(error) in _DENIED:
                return Finding(EXTERNAL_ID, True, "The role can only be assumed with the external id.")
    wanted = trust_policy(principal_of(caller), external_id or new_external_id())
    return Finding(
        EXTERNAL_ID,
        False,
        f"{role} can be assumed without an external id: add the condition sts:ExternalId to its trust policy, and "
        "set HUBSPOT_S3_EXTERNAL_ID to the same id.",
        wanted,
    )


def principal_of(caller: str) -> str:
    """What a trust policy names for a caller: of a role's session the role, anything else as it is."""
    parts = caller.split(":")
    if parts[2] == "sts" and parts[5].startswith("assumed-role/"):
        role = parts[5].split("/")[1]
        return f"arn:{parts[1]}:iam::{parts[4]}:role/{role}"
    return caller


def _who(credentials: object) -> str:
    return f"correct what boto3's {getattr(credentials, 'method', 'search')} finds, or log in again"


def _code(error: BaseException | None) -> str:
    if isinstance(error, boto.ClientError):
        return str(error.response.get("Error", {}).get("Code"))
    return type(error).__name__
