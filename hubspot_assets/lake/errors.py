"""What can go wrong in the lake, each in one sentence: what, where, what to do.

Here: the exceptions, and the translation of S3's own errors into them. No sentence ever contains a secret: S3's
messages name at most principals and access key ids, and only S3's error code and the action are repeated from them.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import botocore.exceptions as boto

from hubspot_assets.errors import ExportError, SettingError
from hubspot_assets.outside_text import one_line


class LakeError(ExportError):
    """The lake could not do what was asked; the text is one sentence for the person who runs the export."""

    def __init__(self, sentence: str) -> None:
        # It may repeat what a store answered, or names that people gave to objects.
        super().__init__(one_line(sentence))


class LakeUrlError(LakeError, SettingError):
    """The URL of the lake is missing, or is not one of a folder in S3."""


class TableMissing(LakeError):
    """A table has no manifest for a day: it was never exported, or its export did not finish."""


class SchemaMismatch(LakeError):
    """A frame does not have the columns or the dtypes its table declares, or a value the format cannot hold."""


class TableReplaced(LakeError):
    """Another export replaced the table while it was being read or written."""


class ObjectMissing(LakeError):
    """A requested object is not in the bucket."""


class PreconditionFailed(LakeError):
    """A conditional put found that the object had changed."""


_CREDENTIALS = (
    "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or run this on a machine that has a role."
)

_ADVICE = {
    "NoSuchBucket": "The bucket does not exist: create it, or correct HUBSPOT_S3_URL.",
    "InvalidAccessKeyId": "S3 does not know the access key: correct AWS_ACCESS_KEY_ID or AWS_PROFILE, or "
    "AWS_ENDPOINT_URL_S3 if you meant another S3.",
    "SignatureDoesNotMatch": "The secret key does not match the access key: correct AWS_SECRET_ACCESS_KEY.",
    "ExpiredToken": "The session has expired: log in again (for example `aws sso login`).",
    "PermanentRedirect": "The bucket is in another region: set AWS_REGION to the bucket's region.",
    "AuthorizationHeaderMalformed": "The bucket is in another region: set AWS_REGION to the bucket's region.",
    "IllegalLocationConstraintException": "The bucket is in another region: set AWS_REGION to the bucket's region.",
    "RequestTimeTooSkewed": "This machine's clock is wrong: set it.",
    "NoSuchUpload": "Something aborted the multipart upload, such as a lifecycle rule for incomplete uploads: let "
    "the rule wait for a day, then run this again.",
    "KMS.DisabledException": "The bucket's KMS key is disabled: enable it.",
    "KMS.NotFoundException": "The bucket's KMS key does not exist, or is in another region: give it another key.",
    "KMS.KMSInvalidStateException": "The bucket's KMS key cannot be used, for example because it is about to be "
    "deleted: restore it.",
    "MissingContentMD5": "This S3 requires a checksum with every put: set "
    "AWS_REQUEST_CHECKSUM_CALCULATION=when_supported.",
    "QuotaExceeded": "That S3 is full: free some space, or raise its quota.",
    "AccountProblem": "There is a problem with the account that pays for the bucket: ask whoever runs it.",
    "BadDigest": "The data that reached S3 is not what was sent: check any proxy in between, and run this again later.",
    "TemporaryRedirect": "The bucket is so new that S3 does not know it everywhere yet: run this again later.",
    "SlowDown": "S3 kept asking to slow down: run this again later.",
    "InternalError": "S3, or a proxy in front of it, kept failing: run this again later.",
    "PathStyleDomainForbidden": "This S3 expects the bucket in the host name: set `addressing_style = virtual` "
    "under `s3 =` in the profile that AWS_PROFILE names.",
}
_OTHERWISE = (
    "Look up that code in this S3's documentation, and run `hubspot-assets connect check`, which tries everything "
    "that an export does."
)
_TOLD_ACTION = re.compile(r"not authorized to perform: ([a-z0-9]+:\w+)")
#: What S3 asks the policy for, by the name that botocore gives to the request.
_ACTIONS = {
    "PutObject": "s3:PutObject",
    "GetObject": "s3:GetObject",
    "ListObjectsV2": "s3:ListBucket",
    "DeleteObjects": "s3:DeleteObject",
    "HeadObject": "s3:GetObject",
    **dict.fromkeys(("CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload"), "s3:PutObject"),
}
#: What S3 then asks KMS for in the caller's name, where a key encrypts; it may not say which of both was refused.
_KMS_ACTIONS = {"s3:PutObject": "kms:GenerateDataKey", "s3:GetObject": "kms:Decrypt"}
_SAME_AS = {
    "403": "AccessDenied",
    "AllAccessDisabled": "AccessDenied",
    "KMS.AccessDeniedException": "AccessDenied",
    "InvalidToken": "ExpiredToken",
    "ExpiredTokenException": "ExpiredToken",
    "TokenRefreshRequired": "ExpiredToken",
    "KMS.InvalidStateException": "KMS.KMSInvalidStateException",
    **dict.fromkeys(("KMS.ThrottlingException", "RequestLimitExceeded", "ServiceUnavailable"), "SlowDown"),
    **dict.fromkeys(("InsufficientStorage", "XMinioStorageFull", "StorageQuotaExceeded"), "QuotaExceeded"),
    **dict.fromkeys(("PaymentRequired", "InvalidPayer", "UserSuspended"), "AccountProblem"),
    **dict.fromkeys(("IncompleteBody", "RequestTimeout", "XAmzContentSHA256Mismatch"), "BadDigest"),
    "SecondLevelDomainForbidden": "PathStyleDomainForbidden",
}
#: What a code means that is not known, or is nothing but the status itself: its status tells.
_BY_STATUS = {
    **{301: "PermanentRedirect", 307: "TemporaryRedirect", 402: "AccountProblem", 507: "QuotaExceeded"},
    **dict.fromkeys((429, 503), "SlowDown"),
    **dict.fromkeys((500, 502, 504), "InternalError"),
}
_TEMPORARY = frozenset({"SlowDown", "InternalError", "BadDigest", "TemporaryRedirect"})
_FOR_GOOD = frozenset({501, 507})
_CONFLICTS = frozenset({"PreconditionFailed", "ConditionalRequestConflict", "OperationAborted", "409", "412"})


@contextmanager
def s3_errors(doing: str, url: str) -> Iterator[None]:
    """Turn what boto raises in the block into a `LakeError` that says what was being done, and where."""
    try:
        try:
            yield
        except (boto.ClientError, boto.BotoCoreError) as error:
            _forget_frames(error)
            raise
    except boto.ClientError as error:
        raise _of_answer(error, doing, url) from error
    except (boto.NoCredentialsError, boto.PartialCredentialsError, boto.CredentialRetrievalError) as error:
        raise LakeError(f"Cannot {doing} {url}: no AWS credentials were found. {_CREDENTIALS}") from error
    except (boto.SSOError, boto.UnauthorizedSSOTokenError) as error:
        raise LakeError(f"Cannot {doing} {url}: the AWS SSO session has expired. Run `aws sso login`.") from error
    except (boto.NoRegionError, boto.InvalidRegionError) as error:
        raise LakeError(
            f"Cannot {doing} {url}: no usable AWS region is set. Set AWS_REGION to the bucket's region."
        ) from error
    except (boto.ConnectionError, boto.HTTPClientError) as error:
        raise LakeError(
            f"Cannot {doing} {url}: S3 cannot be reached ({type(error).__name__}). Check the network, "
            "and AWS_ENDPOINT_URL_S3 if it is set."
        ) from error
    except boto.BotoCoreError as error:
        raise LakeError(f"Cannot {doing} {url}: {error}") from error


def _forget_frames(error: BaseException) -> None:
    """Take the frames of boto's code off an error: they hold the request, and with it the session's token."""
    one: BaseException | None = error
    while one is not None:
        one.__traceback__ = None
        one = one.__cause__ or one.__context__


def may_have_taken_effect(error: LakeError) -> bool:
    """Whether S3 may have done what it was asked, and only its answer was lost or says otherwise."""
    cause = error.__cause__
    if isinstance(cause, boto.ClientError):
        return (code_and_status(error)[1] or 0) >= 500
    return isinstance(cause, boto.HTTPClientError)


def is_temporary(error: LakeError) -> bool:
    """Whether the same may succeed a little later: S3 failed, asked to slow down, or could not be reached."""
    cause = error.__cause__
    if isinstance(cause, boto.ClientError):
        status = code_and_status(error)[1] or 0
        return (status >= 500 and status not in _FOR_GOOD) or _code(cause) in _TEMPORARY
    return isinstance(cause, boto.ConnectionError | boto.HTTPClientError)


def code_and_status(error: LakeError) -> tuple[str, int | None]:
    """Return what S3 answered, as a code of its own and as a status of HTTP; nothing where it did not answer."""
    cause = error.__cause__
    if not isinstance(cause, boto.ClientError):
        return "", None
    return _own_code(cause), cause.response.get("ResponseMetadata", {}).get("HTTPStatusCode")


def is_access_denied(error: LakeError) -> bool:
    """Whether S3 refused for lack of a permission."""
    return isinstance(error.__cause__, boto.ClientError) and _is_refusal(error.__cause__)


def refused_action(message: str) -> str | None:
    """Return the action that a refusal of AWS names, such as `s3:PutObject`; older answers name none."""
    told = _TOLD_ACTION.search(message)
    return told[1] if told else None


def _is_refusal(answered: boto.ClientError) -> bool:
    return _code(answered) == "AccessDenied"


def _missing_permission(answered: boto.ClientError) -> str:
    # Newer answers of AWS name the action, whoever was asked for it. Nothing else of the message is repeated.
    told = refused_action(str(answered.response.get("Error", {}).get("Message", "")))
    action = told or _ACTIONS.get(answered.operation_name, f"s3:{answered.operation_name}")
    of_kms = "" if told or action not in _KMS_ACTIONS else f" (or {_KMS_ACTIONS[action]}, if a KMS key is used)"
    return (
        f"{action}{of_kms} is not allowed: run `hubspot-assets connect check`, which shows the statement that the "
        "policy lacks."
    )


def _own_code(error: boto.ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code") or "unknown error")


def _code(error: boto.ClientError) -> str:
    code = _own_code(error)
    known = _SAME_AS.get(code, code)
    if known in _ADVICE or known == "AccessDenied":
        return known
    return _BY_STATUS.get(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode") or 0, known)


def _of_answer(error: boto.ClientError, doing: str, url: str) -> LakeError:
    code = _own_code(error)
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    if code in ("NoSuchKey", "404"):
        return ObjectMissing(f"Cannot {doing} {url}: there is no such object.")
    # 409: S3's answer when two conditional puts of one key are under way at the same time.
    if code in _CONFLICTS:
        return PreconditionFailed(f"Cannot {doing} {url}: something else changed the object meanwhile. Run this again.")
    advice = _missing_permission(error) if _is_refusal(error) else _ADVICE.get(_code(error), _OTHERWISE)
    answered = f"S3 answered {code}" + (f" ({status})" if status and str(status) != code else "")
    return LakeError(f"Cannot {doing} {url}: {answered}. {advice}")
