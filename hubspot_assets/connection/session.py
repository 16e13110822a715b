"""The one place that makes the export's AWS session and S3 client.

Here: credentials (as boto3 finds them, then the role of the settings), region, endpoint, what other S3s than AWS's
want otherwise, and what is added to every request (the expected owner of the bucket, the encryption). AWS's own
variables (AWS_REGION, AWS_ENDPOINT_URL_S3, ...) are no `Settings`: boto3 reads them, and what it does not make of them
is made of them here and nowhere else. Not here: what is read or written (`lake`).

Whoever needs S3 calls `s3_client(settings)`: the lake, the reader, `verify`, Dagster's compute logs, the check.
"""

import os
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import Any, Literal
from urllib.parse import urlsplit

import boto3
import botocore.exceptions as boto
from botocore.config import Config
from botocore.credentials import CredentialProvider, CredentialResolver, DeferredRefreshableCredentials
from botocore.session import get_session
from botocore.utils import parse_timestamp

from hubspot_assets.connection.credential_files import renewing
from hubspot_assets.errors import SettingError
from hubspot_assets.settings import Settings

_SESSION_NAME = "hubspot-assets"
#: Where STS is asked when no region is set: each partition has its own, and the role's ARN tells which.
_HOME_REGION = {"aws": "us-east-1", "aws-us-gov": "us-gov-west-1", "aws-cn": "cn-north-1"}
_ENCRYPTED = ("PutObject", "CreateMultipartUpload", "CopyObject")
#: The S3s of these domains refuse a bucket that is named in the path and not in the host's name.
_BUCKET_IN_HOST = (".aliyuncs.com", ".myqcloud.com", ".volces.com")

#: As HUBSPOT_S3_KMS_KEY: encrypt with S3's own keys (SSE-S3), whatever the bucket's default is.
SSE_S3 = "AES256"


class SessionError(SettingError):
    """No AWS session can be made of the settings; the message is one sentence: what is wrong, what to do."""


class RoleNotAssumed(boto.BotoCoreError):
    """STS did not give credentials for the role. A botocore error, since botocore meets it within any request."""

    fmt = "{sentence}"


def source_session(*, profile_name: str | None = None, region_name: str | None = None, **keys: Any) -> boto3.Session:
    """The session of the credentials that boto3 finds: keys, profile, SSO, web identity, container or instance.

    `keys`: `aws_access_key_id`, `aws_secret_access_key`, `aws_session_token`, instead of looking for them.
    Raises SessionError for a profile that does not exist.
    """
    # boto3 knows only AWS_DEFAULT_REGION, AWS's other tools AWS_REGION, which goes before it.
    region = region_name or os.environ.get("AWS_REGION") or None
    try:
        return renewing(boto3.Session(profile_name=profile_name, region_name=region, **keys))
    except boto.ProfileNotFound as error:
        raise SessionError(f"{error}: correct AWS_PROFILE, or add that profile to ~/.aws/config.") from error
    except boto.BotoCoreError as error:
        raise SessionError(f"AWS's configuration cannot be used: {str(error).rstrip('.')}. Correct it.") from error


def client_of(session: boto3.Session, service: Literal["s3", "sts", "iam"], **options: Any) -> Any:
    """A boto3 client. Raises SessionError where the environment, the profile or `endpoint_url` tells no endpoint."""
    try:
        return session.client(service, **options)
    except (ValueError, boto.BotoCoreError) as error:
        raise SessionError(
            f"No {service} client can be created ({str(error).rstrip('.')}): correct AWS_ENDPOINT_URL, "
            f"AWS_ENDPOINT_URL_{service.upper()}, AWS_REGION, or the profile that AWS_PROFILE names."
        ) from error


def s3_session(
    settings: Settings,
    *,
    profile_name: str | None = None,
    region_name: str | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(timezone.utc),
    **keys: Any,
) -> boto3.Session:
    """The session that an export writes with: the role of the settings, or without one the source session.

    The role's credentials are fetched on first use and again before they expire, in any thread, so that an export may
    take longer than they live. Nothing is asked of AWS here. Raises SessionError.
    """
    source = source_session(profile_name=profile_name, region_name=region_name, **keys)
    role = settings.s3_role_arn
    if role is None:
        return source
    if partition_of(role) is None:
        raise SessionError(
            f"HUBSPOT_S3_ROLE_ARN is {role!r}, which is not the ARN of a role: set it to one such as "
            "arn:aws:iam::111122223333:role/hubspot-export."
        )
    session = get_session()
    session.set_config_variable("region", source.region_name or _HOME_REGION[partition_of(role) or "aws"])
    session.register_component(
        "credential_provider", CredentialResolver([_RoleProvider(source, settings, role, clock)])
    )
    return boto3.Session(botocore_session=session)


def sts_client(source: boto3.Session, settings: Settings) -> Any:
    """STS with the source credentials, at the endpoint of the session's region, or else of the role's partition."""
    partition = partition_of(settings.s3_role_arn or "") or "aws"
    return client_of(source, "sts", region_name=source.region_name or _HOME_REGION[partition], config=_config())


def is_without_sts() -> bool:
    """Return whether the environment names another S3 than AWS's, and no STS that knows its credentials."""
    of_s3, of_all, of_sts = (os.environ.get(f"AWS_ENDPOINT_URL{end}") for end in ("_S3", "", "_STS"))
    return bool(of_s3) and not of_all and not of_sts


def assume_role_arguments(role: str, external_id: str | None) -> dict[str, str]:
    """What STS is asked for `role`."""
    named = {"RoleArn": role, "RoleSessionName": _SESSION_NAME}
    return named | ({"ExternalId": external_id} if external_id else {})


def s3_client(
    settings: Settings,
    session: boto3.Session | None = None,
    *,
    endpoint_url: str | None = None,
    max_attempts: int = 5,
    verify: bool | str | None = None,
    encrypt: bool = True,
) -> Any:
    """A boto3 S3 client on `session` (default: `s3_session(settings)`), which threads may share.

    Every request carries the expected owner of the bucket (HUBSPOT_S3_BUCKET_OWNER), every write the encryption
    (HUBSPOT_S3_KMS_KEY; not with `encrypt=False`), so that no caller has to think of them. `endpoint_url` overrides
    AWS_ENDPOINT_URL_S3. Raises SessionError.
    """
    session = session or s3_session(settings)
    session._session.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=_moment)
    config = _config(max_attempts)
    client = client_of(session, "s3", endpoint_url=endpoint_url, verify=verify, config=config)
    if has_own_endpoint(client):
        # Only a client knows its endpoint: it may be told in the environment, in a profile, or here.
        config = config.merge(_of_another_s3(session, client.meta.endpoint_url))
        client = client_of(session, "s3", endpoint_url=endpoint_url, verify=verify, config=config)
    owner = settings.s3_bucket_owner
    encryption = encryption_arguments(settings.s3_kms_key) if encrypt else {}

    def add(params: dict[str, Any], model: Any, **_: Any) -> dict[str, Any]:
        known = model.input_shape.members if model.input_shape else {}
        added = {"ExpectedBucketOwner": owner} if owner and "ExpectedBucketOwner" in known else {}
        if model.name in _ENCRYPTED and "ServerSideEncryption" not in params:
            added |= encryption
        return {**added, **params}

    events: Any = client.meta.events
    events.register("provide-client-params.s3.*", add, unique_id="hubspot-assets")
    events.register("before-call.s3.HeadBucket", _do_not_redirect, unique_id="hubspot-assets-redirects")
    return client


def _moment(text: str) -> datetime:
    """Return a moment that S3 tells, as boto3 does, whose own parser takes any form and a sixth of a small request."""
    for parse in (datetime.fromisoformat, parsedate_to_datetime):
        with suppress(ValueError, TypeError):
            if (moment := parse(text.replace("Z", "+00:00"))).tzinfo:
                return moment
    return parse_timestamp(text)


def _do_not_redirect(params: dict[str, Any], **_: Any) -> None:
    """Take the answer to HeadBucket as it is.

    botocore asks it where it is redirected without being told a region. It would ask again for the answer to that, and
    so on for ever, where a proxy or another S3 redirects whatever it is asked.
    """
    params["context"].setdefault("s3_redirect", {})["redirected"] = True


def encryption_arguments(key: str | None) -> dict[str, str]:
    """What a write says of its encryption; nothing without a key (HUBSPOT_S3_KMS_KEY): the bucket's default holds."""
    if key is None:
        return {}
    if key == SSE_S3:
        return {"ServerSideEncryption": SSE_S3}
    return {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key}


def partition_of(arn: str) -> str | None:
    """`aws`, `aws-us-gov` or `aws-cn`; None for what is no ARN of these."""
    parts = arn.split(":")
    return parts[1] if len(parts) >= 6 and parts[0] == "arn" and parts[1] in _HOME_REGION else None


def has_own_endpoint(client: Any) -> bool:
    """Whether the client talks to something other than AWS."""
    return "amazonaws.com" not in client.meta.endpoint_url


class _RoleProvider(CredentialProvider):
    """Finds one thing only: the role's credentials, fetched with those of the source session."""

    METHOD = "assume-role"

    def __init__(self, source: boto3.Session, settings: Settings, role: str, clock: Callable[[], datetime]) -> None:
        super().__init__()
        self._source = source
        self._settings = settings
        self._role = role
        self._clock = clock

    def load(self) -> DeferredRefreshableCredentials:
        return DeferredRefreshableCredentials(self._fetch, self.METHOD, self._clock)

    def _fetch(self) -> dict[str, str]:
        try:
            asked = assume_role_arguments(self._role, self._settings.s3_external_id)
            answer = sts_client(self._source, self._settings).assume_role(**asked)
        except boto.ClientError as error:
            raise RoleNotAssumed(sentence=_why_not(error, self._role, self._settings.s3_external_id)) from error
        except boto.NoCredentialsError as error:
            raise RoleNotAssumed(
                sentence=f"No AWS credentials were found to assume {self._role} with: set AWS_PROFILE or the AWS "
                "keys, or run this on a machine that has a role."
            ) from error
        except (boto.ConnectionError, boto.HTTPClientError) as error:
            raise RoleNotAssumed(
                sentence=f"STS, which issues the credentials of {self._role}, cannot be reached "
                f"({type(error).__name__}): check the network, and AWS_ENDPOINT_URL_STS if it is set."
            ) from error
        credentials = answer["Credentials"]
        return {
            "access_key": credentials["AccessKeyId"],
            "secret_key": credentials["SecretAccessKey"],
            "token": credentials["SessionToken"],
            "expiry_time": credentials["Expiration"].isoformat(),
        }


def _why_not(error: boto.ClientError, role: str, external_id: str | None) -> str:
    code = str(error.response.get("Error", {}).get("Code"))
    if code in ("AccessDenied", "AccessDeniedException"):
        given = "with the external id of" if external_id else "without an external id, because there is no"
        return (
            f"The role {role} may not be assumed ({given} HUBSPOT_S3_EXTERNAL_ID): its trust policy must name "
            "these credentials' user or role and that external id, and their own policy must allow sts:AssumeRole on "
            "it. `hubspot-assets connect trust-policy` writes the trust policy."
        )
    if code in ("ExpiredToken", "ExpiredTokenException"):
        return f"The session used to assume {role} has expired: log in again (for example `aws sso login`)."
    if code in ("InvalidClientTokenId", "SignatureDoesNotMatch", "UnrecognizedClientException"):
        return f"AWS does not know the credentials used to assume {role} ({code}): correct AWS_PROFILE or the keys."
    return f"The role {role} cannot be assumed: STS answered {code}. Correct HUBSPOT_S3_ROLE_ARN."


def _config(max_attempts: int = 5) -> Config:
    return Config(
        retries={"mode": "standard", "total_max_attempts": max_attempts},
        max_pool_connections=32,
        # boto3 puts its own together twice for each request, which is a tenth of what a small one costs.
        user_agent="hubspot-assets",
    )


def _of_another_s3(session: boto3.Session, endpoint_url: str) -> Config:
    """What suits most S3s that are not AWS's, unless the environment or the profile says otherwise."""
    profile: dict[str, Any] = session._session.get_scoped_config()
    # boto3's own checksums come in headers and in a form of body (aws-chunked) that many of them do not know.
    options: dict[str, Any] = {
        name: "when_required"
        for name in ("request_checksum_calculation", "response_checksum_validation")
        if not os.environ.get(f"AWS_{name.upper()}") and name not in profile
    }
    # Behind its own endpoint, a bucket's name is rarely a host name.
    host = urlsplit(endpoint_url).hostname or ""
    told = profile.get("s3")
    if not isinstance(told, dict) or "addressing_style" not in told:
        options["s3"] = {"addressing_style": "virtual" if host.endswith(_BUCKET_IN_HOST) else "path"}
    return Config(**options)
