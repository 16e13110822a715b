import ast
import json
import re
from typing import Any
from urllib.parse import unquote

import boto3
import pytest

from hubspot_assets.connection import role as roles
from hubspot_assets.connection.policy import bucket_policy
from hubspot_assets.connection.trust import trust_policy
from hubspot_assets.lake.layout import Layout
from hubspot_assets_tests.connection.enforcing_s3 import REGION, EnforcingS3

EXPORTER = "arn:aws:iam::123456789012:user/exporter"


def wanted(name: str = "fresh-role", prefix: str = "hubspot/export", external_id: str = "our-id") -> roles.WantedRole:
    return roles.WantedRole(name, trust_policy(EXPORTER, external_id), bucket_policy(Layout("customer-bucket", prefix)))


def sentences(plan: roles.Plan) -> list[str]:
    return [step.sentence for step in plan.steps]


def test_a_plan_changes_nothing(enforcing_s3: EnforcingS3) -> None:
    iam = enforcing_s3.admin("iam")
    plan = roles.plan(iam, wanted())
    assert sentences(plan) == [
        "create the role fresh-role",
        "write the policy hubspot-export-bucket of the role fresh-role",
    ]
    assert plan.role_arn is None
    with pytest.raises(iam.exceptions.NoSuchEntityException):
        iam.get_role(RoleName="fresh-role")


def test_applied_twice_it_changes_nothing(enforcing_s3: EnforcingS3) -> None:
    iam = enforcing_s3.admin("iam")
    made = roles.apply(roles.plan(iam, wanted()))
    assert made == "arn:aws:iam::123456789012:role/fresh-role"
    again = roles.plan(iam, wanted())
    assert again == roles.Plan(made, ())
    assert roles.apply(again) == made


def test_only_what_differs_is_changed(enforcing_s3: EnforcingS3) -> None:
    iam = enforcing_s3.admin("iam")
    roles.apply(roles.plan(iam, wanted()))
    moved = wanted(prefix="another")
    assert sentences(roles.plan(iam, moved)) == ["change the policy hubspot-export-bucket of the role fresh-role"]
    retrusted = wanted(external_id="new-id")
    plan = roles.plan(iam, retrusted)
    assert sentences(plan) == ["change who may assume the role fresh-role"]
    roles.apply(plan)
    assert roles.external_id_in_account(iam, "fresh-role") == "new-id"


def of_somebody_else(enforcing_s3: EnforcingS3) -> dict[str, Any]:
    iam = enforcing_s3.admin("iam")
    statement = {"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "sts:AssumeRole"}
    trust = {"Version": "2012-10-17", "Statement": [statement]}
    made: dict[str, Any] = iam.create_role(RoleName="Admin", AssumeRolePolicyDocument=json.dumps(trust))["Role"]
    return made


def test_a_role_of_somebody_else_is_left_as_it_is(enforcing_s3: EnforcingS3) -> None:
    iam = enforcing_s3.admin("iam")
    before = of_somebody_else(enforcing_s3)
    with pytest.raises(roles.RoleError, match=r"The role Admin exists and was not created by this command.*--adopt"):
        roles.plan(iam, wanted("Admin"))
    assert iam.get_role(RoleName="Admin")["Role"]["AssumeRolePolicyDocument"] == before["AssumeRolePolicyDocument"]
    assert iam.list_role_policies(RoleName="Admin")["PolicyNames"] == []


def test_a_role_that_is_to_be_adopted_is_ours_from_then_on(enforcing_s3: EnforcingS3) -> None:
    iam = enforcing_s3.admin("iam")
    of_somebody_else(enforcing_s3)
    plan = roles.plan(iam, wanted("Admin"), adopt=True)
    assert sentences(plan)[:2] == ["mark the role Admin as the export's", "change who may assume the role Admin"]
    roles.apply(plan)
    assert not roles.plan(iam, wanted("Admin")).steps


def test_a_role_of_an_earlier_version_is_known_by_its_description(enforcing_s3: EnforcingS3) -> None:
    iam = enforcing_s3.admin("iam")
    roles.apply(roles.plan(iam, wanted()))
    iam.untag_role(RoleName="fresh-role", TagKeys=[roles.TAG["Key"]])
    assert not roles.plan(iam, wanted()).steps


def test_what_was_interrupted_goes_on(enforcing_s3: EnforcingS3) -> None:
    iam = enforcing_s3.admin("iam")
    create, _ = roles.plan(iam, wanted()).steps
    create.apply()
    plan = roles.plan(iam, wanted())
    assert sentences(plan) == ["write the policy hubspot-export-bucket of the role fresh-role"]
    roles.apply(plan)
    assert not roles.plan(iam, wanted()).steps


def test_a_role_that_is_not_there_has_no_external_id(enforcing_s3: EnforcingS3) -> None:
    assert roles.external_id_in_account(enforcing_s3.admin("iam"), "nobody") is None


def test_credentials_that_may_not_touch_iam_are_told_what_else_there_is(enforcing_s3: EnforcingS3) -> None:
    key, secret = enforcing_s3.exporter_keys
    iam = boto3.client(
        "iam",
        endpoint_url=enforcing_s3.endpoint_url,
        region_name=REGION,
        aws_access_key_id=key,
        aws_secret_access_key=secret,
    )
    with pytest.raises(roles.RoleError, match="may not change IAM"):
        roles.plan(iam, wanted())


def test_documents_are_the_same_whatever_the_order_and_lists_of_one() -> None:
    assert roles.same({"Action": ["a", "b"], "Resource": "r"}, {"Resource": ["r"], "Action": ["b", "a"]})
    assert not roles.same({"Action": ["a", "b"]}, {"Action": ["a"]})


def test_the_cloudformation_template_makes_the_same_role(enforcing_s3: EnforcingS3) -> None:
    stacks = enforcing_s3.admin("cloudformation")
    stacks.create_stack(
        StackName="export", TemplateBody=roles.cloudformation(wanted()), Capabilities=["CAPABILITY_NAMED_IAM"]
    )
    (stack,) = stacks.describe_stacks(StackName="export")["Stacks"]
    iam = enforcing_s3.admin("iam")
    role = iam.get_role(RoleName="fresh-role")["Role"]
    assert roles.same(role["AssumeRolePolicyDocument"], wanted().trust)
    assert stack["Outputs"][0]["OutputValue"] == role["Arn"]
    stored = iam.get_role_policy(RoleName="fresh-role", PolicyName=roles.POLICY_NAME)["PolicyDocument"]
    # moto keeps what came with a template in Python's notation instead of JSON's.
    assert roles.same(ast.literal_eval(unquote(stored)), wanted().permissions)


def test_the_terraform_text_holds_both_documents_and_no_template_of_its_own() -> None:
    role = wanted(prefix="with${a}%{b}*")
    documents = re.findall(r"jsonencode\((.*?)\n  }\)", roles.terraform(role), re.DOTALL)
    assert len(documents) == 2
    trust, permissions = (json.loads(text.replace("$${", "${").replace("%%{", "%{") + "}") for text in documents)
    assert (trust, permissions) == (role.trust, role.permissions)
    assert not re.search(r"(?<!\$)\$\{|(?<!%)%\{", roles.terraform(role))
