import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from hubspot_assets.cli.connect import app
from hubspot_assets.connection.policy import bucket_policy, without_action
from hubspot_assets.demo.portal.server import serve
from hubspot_assets.demo.portal.settings import PortalSettings
from hubspot_assets_tests.connection.enforcing_s3 import EXTERNAL_ID, EnforcingS3

Setenv = Callable[[dict[str, str]], None]
EXPORTER = "arn:aws:iam::123456789012:user/exporter"
URL = "s3://customer-bucket/hubspot/export"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments, catch_exceptions=False)


@pytest.fixture(autouse=True)
def in_an_empty_directory(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path_factory.mktemp("empty"))


def test_policy_prints_the_document_and_nothing_else(setenv: Setenv) -> None:
    setenv({"HUBSPOT_S3_URL": URL})
    result = run("policy")
    assert (result.exit_code, result.stderr) == (0, "")
    assert json.loads(result.stdout) == bucket_policy(EnforcingS3("").layout)
    other = json.loads(run("policy", "--url", "s3://other/x", "--partition", "aws-cn", "--any-prefix").stdout)
    assert other["Statement"][1]["Resource"] == "arn:aws-cn:s3:::other"
    assert other["Statement"][1]["Condition"]["StringLike"]["s3:prefix"] == ["*"]


def test_policy_speaks_of_the_kms_key_of_the_settings(setenv: Setenv) -> None:
    setenv({"HUBSPOT_S3_URL": URL, "HUBSPOT_S3_KMS_KEY": "arn:aws:kms:eu-central-1:111122223333:key/k"})
    assert "kms:GenerateDataKey" in run("policy").stdout
    setenv({"HUBSPOT_S3_KMS_KEY": "AES256"})
    assert "kms:" not in run("policy").stdout
    result = run("policy", "--kms-key", "alias/export")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "is not the ARN of a KMS key" in result.stderr


@pytest.mark.parametrize("url", [None, "customer-bucket", "https://customer-bucket"])
def test_a_missing_or_wrong_url_is_wrong_usage(url: str | None) -> None:
    result = run("policy", *(["--url", url] if url else []))
    assert (result.exit_code, result.stdout) == (2, "")
    assert "HUBSPOT_S3_URL" in result.stderr


def test_trust_policy_without_an_id_makes_a_random_one_and_says_it() -> None:
    first, second = run("trust-policy", "--principal", EXPORTER), run("trust-policy", "--principal", EXPORTER)
    ids = [
        json.loads(result.stdout)["Statement"][0]["Condition"]["StringEquals"]["sts:ExternalId"]
        for result in (first, second)
    ]
    assert ids[0] != ids[1]
    assert f"HUBSPOT_S3_EXTERNAL_ID={ids[0]}" in first.stderr


def test_trust_policy_takes_the_id_that_is_given_or_set(setenv: Setenv) -> None:
    assert '"sts:ExternalId": "given"' in run("trust-policy", "--principal", EXPORTER, "--external-id", "given").stdout
    setenv({"HUBSPOT_S3_EXTERNAL_ID": "from-settings"})
    result = run("trust-policy", "--principal", EXPORTER)
    assert '"sts:ExternalId": "from-settings"' in result.stdout
    assert result.stderr == ""


def test_trust_policy_of_what_is_no_principal_is_wrong_usage() -> None:
    result = run("trust-policy", "--principal", "exporter")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "'exporter' is not a principal" in result.stderr


def test_role_shows_its_plan_does_it_when_told_and_then_nothing_more(enforcing_s3: EnforcingS3, setenv: Setenv) -> None:
    setenv({**enforcing_s3.admin_environment, "HUBSPOT_S3_EXTERNAL_ID": ""})
    arguments = ("role", "--name", "fresh", "--principal", EXPORTER)
    shown = run(*arguments)
    assert (shown.exit_code, shown.stdout) == (0, "")
    assert "would create the role fresh" in shown.stderr
    done = run(*arguments, "--apply")
    arn, external_id = done.stdout.splitlines()
    assert arn == "HUBSPOT_S3_ROLE_ARN=arn:aws:iam::123456789012:role/fresh"
    assert external_id.startswith("HUBSPOT_S3_EXTERNAL_ID=")
    again = run(*arguments, "--apply")
    assert again.stdout == done.stdout
    assert "as it should be: nothing to do" in again.stderr


def test_role_as_text_speaks_to_nobody(setenv: Setenv) -> None:
    setenv({"HUBSPOT_S3_URL": URL, "AWS_ENDPOINT_URL": "http://127.0.0.1:1"})
    terraform = run("role", "--principal", EXPORTER, "--format", "terraform")
    assert terraform.exit_code == 0
    assert terraform.stdout.startswith('resource "aws_iam_role"')
    assert "HUBSPOT_S3_EXTERNAL_ID=" in terraform.stderr
    template = run("role", "--principal", EXPORTER, "--format", "cloudformation")
    assert json.loads(template.stdout)["Resources"]["Role"]["Type"] == "AWS::IAM::Role"


def test_role_without_the_right_to_touch_iam_is_one_sentence(enforcing_s3: EnforcingS3) -> None:
    result = run("role", "--principal", EXPORTER, "--apply")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "may not change IAM (AccessDenied)" in result.stderr


def test_check_of_s3_is_0_when_all_is_well_and_1_with_what_to_add(enforcing_s3: EnforcingS3) -> None:
    well = run("check", "--no-hubspot")
    assert well.exit_code == 0
    assert well.stdout.endswith("All is well.\n")
    enforcing_s3.allow(without_action(bucket_policy(enforcing_s3.layout), "s3:ListBucket"))
    failed = run("check", "--no-hubspot")
    assert failed.exit_code == 1
    assert "FAIL ListBucket" in failed.stdout
    assert '"Sid": "ListBucket"' in failed.stdout
    assert failed.stdout.endswith("1 of these checks failed.\n")
    for secret in (enforcing_s3.environment["AWS_SECRET_ACCESS_KEY"], EXTERNAL_ID):
        assert secret not in well.stdout + failed.stdout


def test_check_of_hubspot_is_0_when_all_is_well_and_1_with_the_scope_to_grant(setenv: Setenv) -> None:
    for missing, exit_code in ((frozenset[str](), 0), (frozenset({"crm.objects.deals.read"}), 1)):
        with serve(PortalSettings(contacts=5, without_scopes=missing)) as portal:
            setenv({"HUBSPOT_ACCESS_TOKEN": portal.token, "HUBSPOT_API_URL": portal.url})
            result = run("check", "--no-s3")
        assert result.exit_code == exit_code
        assert ("Grant crm.objects.deals.read" in result.stdout) == bool(missing)
        assert portal.token not in result.stdout


def test_check_of_hubspot_works_before_there_is_a_catalogue(setenv: Setenv, tmp_path: Path) -> None:
    with serve(PortalSettings(contacts=5)) as portal:
        where = {"HUBSPOT_CATALOG": str(tmp_path / "not_yet.json")}
        setenv({"HUBSPOT_ACCESS_TOKEN": portal.token, "HUBSPOT_API_URL": portal.url, **where})
        result = run("check", "--no-s3")
    assert result.exit_code == 0
    assert "There is no portal catalogue yet" in result.stderr


def test_check_without_its_settings_is_wrong_usage(setenv: Setenv) -> None:
    assert run("check", "--no-hubspot").exit_code == 2
    result = run("check", "--no-s3")
    assert result.exit_code == 2
    assert "HUBSPOT_ACCESS_TOKEN is not set" in result.stderr
    assert run("check", "--no-s3", "--no-hubspot").exit_code == 2
