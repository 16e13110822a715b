"""The export's role in an AWS account: what is there, what is to be done, and doing it. Also as Terraform and
CloudFormation, for those who let only these two touch IAM.

Here: IAM through boto3, and the two texts. Not here: what the documents say (`policy`, `trust`).

The permissions are an inline policy of the role: they mean this role alone, go when it goes, and have no versions that
somebody must clear away. Applying twice changes nothing.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import botocore.exceptions as boto

from hubspot_assets.connection.policy import Document, to_json
from hubspot_assets.connection.trust import external_id_of
from hubspot_assets.errors import ExportError

ROLE_NAME = "hubspot-export"
POLICY_NAME = "hubspot-export-bucket"
TAG = {"Key": "made-by", "Value": "hubspot-assets"}
_DESCRIPTION = "Writes the daily export of a HubSpot portal into one folder of one bucket."


class RoleError(ExportError):
    """IAM did not do what was asked; the message is one sentence."""


@dataclass(frozen=True)
class WantedRole:
    """A role as it is to be."""

    name: str
    trust: Document
    permissions: Document


@dataclass(frozen=True)
class Step:
    """One change: what it is in words, and the call that makes it."""

    sentence: str
    apply: Callable[[], Any]


@dataclass(frozen=True)
class Plan:
    """The changes that lead from what is there to what is wanted. `role_arn` is None while there is no role."""

    role_arn: str | None
    steps: tuple[Step, ...]


def plan(iam: Any, wanted: WantedRole, *, adopt: bool = False) -> Plan:
    """What is to be done in the account of the boto3 client `iam`. Changes nothing.

    `adopt`: take over a role that was not made here. Raises RoleError, also for such a role without `adopt`: whoever
    works through it would be locked out, and whoever runs the export would get what it may do.
    """
    try:
        found = iam.get_role(RoleName=wanted.name)["Role"]
    except iam.exceptions.NoSuchEntityException:
        return Plan(None, (_create(iam, wanted), _put(iam, wanted, "write")))
    except (boto.ClientError, boto.BotoCoreError) as error:
        raise RoleError(_refused("look up the role", wanted.name, error)) from error
    steps = []
    if not is_ours(found):
        if not adopt:
            raise RoleError(
                f"The role {wanted.name} exists and was not created by this command, so it is left alone: choose "
                "another --name, or add --adopt to replace its trust policy."
            )
        tag = Step(
            f"mark the role {wanted.name} as the export's",
            lambda: iam.tag_role(RoleName=wanted.name, Tags=[TAG]),
        )
        steps.append(tag)
    if not same(_document(found["AssumeRolePolicyDocument"]), wanted.trust):
        steps.append(
            Step(
                f"change who may assume the role {wanted.name}",
                lambda: iam.update_assume_role_policy(RoleName=wanted.name, PolicyDocument=to_json(wanted.trust)),
            )
        )
    try:
        has = _document(iam.get_role_policy(RoleName=wanted.name, PolicyName=POLICY_NAME)["PolicyDocument"])
        if not same(has, wanted.permissions):
            steps.append(_put(iam, wanted, "change"))
    except iam.exceptions.NoSuchEntityException:
        steps.append(_put(iam, wanted, "write"))
    except (boto.ClientError, boto.BotoCoreError) as error:
        raise RoleError(_refused("read the policy of the role", wanted.name, error)) from error
    return Plan(found["Arn"], tuple(steps))


def is_ours(role: Mapping[str, Any]) -> bool:
    """Whether IAM's answer shows a role that was made here. Earlier versions set a description and no tag."""
    return TAG in role.get("Tags", ()) or role.get("Description") == _DESCRIPTION


def apply(plan: Plan) -> str:
    """Make the changes, in order; gives the role's ARN.

    Raises RoleError at the first that is refused; another run goes on from there.
    """
    role_arn = plan.role_arn
    for step in plan.steps:
        try:
            answer = step.apply()
        except (boto.ClientError, boto.BotoCoreError) as error:
            raise RoleError(_refused(step.sentence, "", error)) from error
        role_arn = role_arn or answer["Role"]["Arn"]
    return role_arn or ""


def external_id_in_account(iam: Any, name: str) -> str | None:
    """The external id that the role of this name asks for already; None without such a role of ours, or such an id."""
    try:
        found = iam.get_role(RoleName=name)["Role"]
        return external_id_of(_document(found["AssumeRolePolicyDocument"])) if is_ours(found) else None
    except iam.exceptions.NoSuchEntityException:
        return None
    except (boto.ClientError, boto.BotoCoreError) as error:
        raise RoleError(_refused("look up the role", name, error)) from error


def terraform(wanted: WantedRole) -> str:
    """The role as a Terraform configuration, for the AWS provider that is configured beside it."""
    return (
        'resource "aws_iam_role" "hubspot_export" {\n'
        f"  name               = {_hcl(wanted.name)}\n"
        f"  description        = {_hcl(_DESCRIPTION)}\n"
        f"  assume_role_policy = jsonencode({_hcl(wanted.trust, 2)})\n"
        f"  tags               = {{ {_hcl(TAG['Key'])} = {_hcl(TAG['Value'])} }}\n"
        "}\n\n"
        'resource "aws_iam_role_policy" "hubspot_export" {\n'
        f"  name   = {_hcl(POLICY_NAME)}\n"
        "  role   = aws_iam_role.hubspot_export.id\n"
        f"  policy = jsonencode({_hcl(wanted.permissions, 2)})\n"
        "}\n\n"
        'output "HUBSPOT_S3_ROLE_ARN" {\n'
        "  value = aws_iam_role.hubspot_export.arn\n"
        "}\n"
    )


def cloudformation(wanted: WantedRole) -> str:
    """The role as a CloudFormation template in JSON; deploying it needs CAPABILITY_NAMED_IAM."""
    role = {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "RoleName": wanted.name,
            "Description": _DESCRIPTION,
            "AssumeRolePolicyDocument": wanted.trust,
            "Tags": [TAG],
            "Policies": [{"PolicyName": POLICY_NAME, "PolicyDocument": wanted.permissions}],
        },
    }
    template = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": _DESCRIPTION,
        "Resources": {"Role": role},
        "Outputs": {"RoleArn": {"Description": "HUBSPOT_S3_ROLE_ARN", "Value": {"Fn::GetAtt": ["Role", "Arn"]}}},
    }
    return json.dumps(template, indent=2) + "\n"


def same(one: Any, other: Any) -> bool:
    """Whether two IAM documents mean the same: a list of one is its element, and the order of lists does not matter."""
    return bool(_canonical(one) == _canonical(other))


def _canonical(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _canonical(inner) for key, inner in value.items()}
    if isinstance(value, list):
        members = sorted((_canonical(inner) for inner in value), key=lambda inner: json.dumps(inner, sort_keys=True))
        return members[0] if len(members) == 1 else members
    return value


def _create(iam: Any, wanted: WantedRole) -> Step:
    return Step(
        f"create the role {wanted.name}",
        lambda: iam.create_role(
            RoleName=wanted.name,
            AssumeRolePolicyDocument=to_json(wanted.trust),
            Description=_DESCRIPTION,
            Tags=[TAG],
        ),
    )


def _put(iam: Any, wanted: WantedRole, verb: str) -> Step:
    return Step(
        f"{verb} the policy {POLICY_NAME} of the role {wanted.name}",
        lambda: iam.put_role_policy(
            RoleName=wanted.name, PolicyName=POLICY_NAME, PolicyDocument=to_json(wanted.permissions)
        ),
    )


def _document(text: Any) -> Document:
    # boto3 has it decoded already, other ways to IAM have not.
    document: Document = json.loads(unquote(text)) if isinstance(text, str) else text
    return document


def _hcl(value: Any, indent: int = 0) -> str:
    # HCL takes JSON's notation, but reads templates in its strings.
    text = json.dumps(value, indent=2).replace("${", "$${").replace("%{", "%%{")
    return text.replace("\n", "\n" + " " * indent)


def _refused(doing: str, name: str, error: Exception) -> str:
    code = error.response.get("Error", {}).get("Code") if isinstance(error, boto.ClientError) else None
    what = f"{doing} {name}".strip()
    if code in ("AccessDenied", "AccessDeniedException"):
        return (
            f"Cannot {what}: these credentials may not change IAM (AccessDenied). Use an administrator's "
            "credentials, or give an administrator the output of --format terraform or --format cloudformation."
        )
    return f"Cannot {what}: {code or error}."
