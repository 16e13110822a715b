"""Who may take on the export's role: the trust policy, with the external id that keeps others out.

Here: the document and a fresh external id. Pure functions. Not here: what the role may do (`policy`).
"""

import re
import secrets

from hubspot_assets.connection.policy import Document
from hubspot_assets.errors import UsageError

_PRINCIPAL = re.compile(r"arn:(aws|aws-us-gov|aws-cn):(iam|sts)::[0-9]{12}:\S+|[0-9]{12}")
_EXTERNAL_ID = re.compile(r"[\w+=,.@:/-]{2,1224}", re.ASCII)


class TrustError(UsageError):
    """A principal or external id that AWS would refuse; the message is one sentence."""


def new_external_id() -> str:
    """A random external id: 32 letters and digits, 128 bits."""
    return secrets.token_hex(16)


def trust_policy(principal: str, external_id: str) -> Document:
    """The trust policy that lets `principal` assume the role, and only with `external_id`.

    `principal`: the ARN of the user or role whose credentials the export runs with, or the number of an AWS account
    for all of it. Raises TrustError.
    """
    if not _PRINCIPAL.fullmatch(principal):
        raise TrustError(
            f"{principal!r} is not a principal: use the ARN of the IAM user or role that runs the export, such as "
            "arn:aws:iam::111122223333:role/dagster, or a twelve-digit account number."
        )
    if not _EXTERNAL_ID.fullmatch(external_id):
        raise TrustError(
            "AWS does not accept the external id: use 2 to 1224 letters, digits and the characters _+=,.@:/-."
        )
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Export",
                "Effect": "Allow",
                "Principal": {"AWS": principal},
                "Action": ["sts:AssumeRole"],
                "Condition": {"StringEquals": {"sts:ExternalId": external_id}},
            }
        ],
    }


def external_id_of(document: Document) -> str | None:
    """The external id that a trust policy made here asks for; None where it asks for none."""
    for statement in _listed(document.get("Statement")):
        asked = statement.get("Condition", {}).get("StringEquals", {}).get("sts:ExternalId")
        if asked:
            return str(_listed(asked)[0])
    return None


def _listed(value: object) -> list:  # type: ignore[type-arg]
    return value if isinstance(value, list) else [] if value is None else [value]
