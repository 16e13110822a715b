"""The IAM policy that an export needs, for one folder of one bucket: the policy of HubSpot's own S3 data share.

Here: which actions, on what, under which condition, and why. Pure functions; nothing here talks to AWS. Not here: who
may take on the role that has this policy (`trust`), putting it into an account (`role`), trying it out (`check`).

It differs from the policy that HubSpot prints in one thing. There `s3:GetBucketLocation` stands in the statement that
has the `s3:prefix` condition. A request for a bucket's location has no prefix, and AWS takes a condition whose key is
not in the request for false (IAM User Guide, "Condition operators"), so that statement never allows it, not even with
the condition `["*"]`. Here it has a statement of its own.
"""

import json
import re
from typing import Any, TypeAlias

from hubspot_assets.lake.layout import Layout

Statement: TypeAlias = dict[str, Any]
Document: TypeAlias = dict[str, Any]

PARTITIONS = ("aws", "aws-us-gov", "aws-cn")

OBJECT_ACTIONS = (
    "s3:PutObject",
    "s3:GetObject",
    "s3:GetObjectVersion",
    "s3:DeleteObject",
    "s3:DeleteObjectVersion",
)
#: S3 asks KMS in the caller's name: for a key to encrypt an object with, and to read one or to join its parts.
KMS_ACTIONS = ("kms:GenerateDataKey", "kms:Decrypt")

_VERSION = "2012-10-17"


def bucket_policy(
    layout: Layout, *, partition: str = "aws", any_prefix: bool = False, kms_key: str | None = None
) -> Document:
    """The policy for `layout`'s bucket and prefix.

    `partition`: one of `PARTITIONS`. `any_prefix`: let the whole bucket be listed (it never lets other folders be
    read). `kms_key`: the ARN of the key that encrypts the bucket or what is written; adds the two KMS actions on it.
    """
    bucket = f"arn:{partition}:s3:::{layout.bucket}"
    folder = f"{_literally(layout.prefix)}/*" if layout.prefix else "*"
    statements: list[Statement] = [
        _allow("Objects", list(OBJECT_ACTIONS), f"{bucket}/{folder}"),
        _allow("List", ["s3:ListBucket"], bucket)
        | {"Condition": {"StringLike": {"s3:prefix": ["*" if any_prefix else folder]}}},
        _allow("Location", ["s3:GetBucketLocation"], bucket),
    ]
    if kms_key:
        statements.append(_allow("Encryption", list(KMS_ACTIONS), kms_key))
    return {"Version": _VERSION, "Statement": statements}


def statement_for(action: str, document: Document) -> Statement:
    """The statement of `document` that allows `action`, narrowed to that action: what is to be added for it alone.

    Raises KeyError for an action that the document does not speak of.
    """
    for statement in document["Statement"]:
        if action in statement["Action"]:
            name = action.partition(":")[2]
            return {**statement, "Sid": name, "Action": [action]}
    raise KeyError(action)


def without_action(document: Document, action: str) -> Document:
    """`document` without one action; a statement that has no action left is left out."""
    kept = [
        {**statement, "Action": [one for one in statement["Action"] if one != action]}
        for statement in document["Statement"]
    ]
    return {**document, "Statement": [statement for statement in kept if statement["Action"]]}


def actions(document: Document) -> list[str]:
    """Every action that `document` allows, in its order."""
    return [action for statement in document["Statement"] for action in statement["Action"]]


def to_json(document: Document | Statement) -> str:
    """The text that AWS's console, command line and APIs take."""
    return json.dumps(document, indent=2) + "\n"


def _allow(sid: str, actions: list[str], resource: str) -> Statement:
    return {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": resource}


def _literally(prefix: str) -> str:
    # In a policy these three mean something else; a folder may have them in its name.
    return re.sub(r"[*?$]", lambda found: f"${{{found[0]}}}", prefix)
