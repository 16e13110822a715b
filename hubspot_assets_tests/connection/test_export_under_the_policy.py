"""A day is exported with the role and under the printed policy alone; what that policy lacks is named."""

import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path

import dagster as dg
import polars as pl
import pytest
from dagster_aws.s3 import S3Resource
from typer.testing import CliRunner, Result

from hubspot_assets.catalog.columns import Column
from hubspot_assets.cli.app import app
from hubspot_assets.connection.policy import bucket_policy, without_action
from hubspot_assets.connection.session import s3_client, s3_session
from hubspot_assets.defs.build import build_defs
from hubspot_assets.defs.io_manager import LakeIOManager
from hubspot_assets.defs.lake_resource import LakeResource
from hubspot_assets.defs.specs import IO_MANAGER
from hubspot_assets.demo.portal import RunningPortal
from hubspot_assets.lake import Lake, TableContent, TableMissing
from hubspot_assets.settings import Settings
from hubspot_assets_tests.connection.conftest import KMS_KEY
from hubspot_assets_tests.connection.enforcing_s3 import EnforcingS3
from hubspot_assets_tests.connection.iam import allows
from hubspot_assets_tests.connection.small_portal import CATALOGUE, DAY, SETTINGS, TABLES
from hubspot_assets_tests.few_types import of_few_types
from hubspot_assets_tests.sampled import SWEEP, sampled

Setenv = Callable[[dict[str, str]], None]

NEEDED = ("s3:PutObject", "s3:GetObject", "s3:ListBucket", "s3:DeleteObject")


PORTAL = SETTINGS


@pytest.fixture
def unused_address() -> str:
    """Where nobody answers."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return f"http://127.0.0.1:{free.getsockname()[1]}"


@pytest.fixture(autouse=True)
def hubspot(portal: RunningPortal, setenv: Setenv, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The settings of HubSpot's side, in a directory without a `.env`."""
    monkeypatch.chdir(tmp_path)
    CATALOGUE.save(tmp_path / "hubspot_catalog.json")
    setenv({"HUBSPOT_ACCESS_TOKEN": portal.token, "HUBSPOT_API_URL": portal.url})
    with of_few_types():
        yield


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(app, arguments)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def sentence(result: Result) -> str:
    return " ".join(result.output.split())


def asks_only_what_is_allowed(s3: EnforcingS3) -> bool:
    """Whether everything S3 was asked lies in the folder of the export, and the printed policy allows it."""
    policy, (bucket, prefix) = bucket_policy(s3.layout), (s3.layout.bucket, f"{s3.layout.prefix}/")
    asked = [one for one in s3.asked if one.action != "sts:AssumeRole"]
    return not s3.refused and all(
        allows([policy], one)
        and (one.context["s3:prefix"] if one.action == "s3:ListBucket" else one.resource.partition("/")[2]).startswith(
            prefix
        )
        and one.resource.partition("/")[0] == f"arn:aws:s3:::{bucket}"
        for one in asked
    )


def test_a_whole_day_is_exported_listed_and_verified_under_the_printed_policy(enforcing_s3: EnforcingS3) -> None:
    exported = run("export")
    assert exported.exit_code == 0, exported.output
    assert set(Lake.from_url(enforcing_s3.url, s3_client(Settings())).manifests(DAY)) == set(TABLES)
    listed = run("tables")
    assert listed.exit_code == 0, listed.output
    assert f"state on {DAY}" in listed.output
    assert "not exported" not in listed.output
    verified = run("verify", "--select", "OBJECTS_CONTACTS", "--select", "OWNERS")
    assert verified.exit_code == 0, verified.output
    # Over what is there, which takes away what is replaced.
    assert run("export", "--select", "OWNERS").exit_code == 0
    assert asks_only_what_is_allowed(enforcing_s3)
    # GetBucketLocation and the two on versions are HubSpot's; of ours only `connect check` asks for them.
    assert {one.action for one in enforcing_s3.asked} == {*NEEDED, "sts:AssumeRole"}


@pytest.mark.parametrize("action", sampled(NEEDED, 2))
def test_each_single_action_that_is_missing_is_named_by_the_export(enforcing_s3: EnforcingS3, action: str) -> None:
    if action == "s3:DeleteObject":  # only an export over what is there has anything to delete
        assert run("export", "--select", "OBJECTS/CONTACTS").exit_code == 0
    enforcing_s3.allow(without_action(bucket_policy(enforcing_s3.layout), action))
    result = run("export", "--select", "OBJECTS/CONTACTS")
    assert result.exit_code == 1
    assert action in sentence(result)
    assert "not allowed: run `hubspot-assets connect check`" in sentence(result)
    assert "Traceback" not in result.output
    assert not [other for other in NEEDED if other != action and other in sentence(result)]


@pytest.mark.parametrize("action", ["kms:GenerateDataKey", "kms:Decrypt"])
def test_an_action_on_the_key_that_is_missing_is_named_by_the_export(versioned_s3: EnforcingS3, action: str) -> None:
    whole = bucket_policy(versioned_s3.layout, kms_key=KMS_KEY)
    versioned_s3.allow(without_action(whole, action))
    result = run("export", "--select", "OBJECTS/CONTACTS")
    assert result.exit_code == 1
    assert f"(or {action}, if a KMS key is used) is not allowed" in sentence(result)
    versioned_s3.allow(whole)
    assert run("export", "--select", "OBJECTS/CONTACTS").exit_code == 0


def test_a_role_that_may_not_be_assumed_is_one_sentence(enforcing_s3: EnforcingS3, setenv: Setenv) -> None:
    setenv({"HUBSPOT_S3_EXTERNAL_ID": "another"})
    result = run("tables")
    assert result.exit_code == 1
    assert f"The role {enforcing_s3.role_arn} may not be assumed" in sentence(result)


def test_settings_that_make_no_session_are_wrong_usage(enforcing_s3: EnforcingS3, setenv: Setenv) -> None:
    setenv({"HUBSPOT_S3_ROLE_ARN": "hubspot-export"})
    for command in ("export", "tables", "verify"):
        result = run(command)
        assert result.exit_code == 2, result.output
        assert "HUBSPOT_S3_ROLE_ARN is 'hubspot-export', which is not the ARN of a role" in sentence(result)


def test_an_s3_that_does_not_answer_is_one_sentence(
    enforcing_s3: EnforcingS3, setenv: Setenv, unused_address: str
) -> None:
    setenv({"AWS_ENDPOINT_URL_S3": unused_address})
    result = run("export", "--select", "OWNERS")
    assert result.exit_code == 1
    assert "S3 cannot be reached (EndpointConnectionError). Check the network, and AWS_ENDPOINT_URL_S3" in sentence(
        result
    )


def test_an_sts_that_does_not_answer_is_one_sentence(
    enforcing_s3: EnforcingS3, setenv: Setenv, unused_address: str
) -> None:
    setenv({"AWS_ENDPOINT_URL_STS": unused_address})
    result = run("tables")
    assert result.exit_code == 1
    assert f"STS, which issues the credentials of {enforcing_s3.role_arn}, cannot be reached" in sentence(result)


@dataclass
class RunningClock:
    """A clock that goes on by `step` whenever somebody looks."""

    step: timedelta
    now: datetime = field(default_factory=lambda: datetime.now(timezone.utc))

    def __call__(self) -> datetime:
        self.now += self.step
        return self.now


def sessions_of(s3: EnforcingS3) -> int:
    return sum(one.action == "sts:AssumeRole" for one in s3.asked)


@SWEEP
def test_an_export_goes_on_when_its_credentials_expire_again_and_again(enforcing_s3: EnforcingS3) -> None:
    clock = enforcing_s3.clock = RunningClock(timedelta(seconds=10))
    began = clock.now

    class ClockedS3(S3Resource):
        def get_client(self) -> object:
            return s3_client(Settings(), s3_session(Settings(), clock=clock))

    lake = LakeResource(s3=ClockedS3())
    resources = {"lake": lake, IO_MANAGER: LakeIOManager(lake=lake)}
    job = build_defs(CATALOGUE, resources=resources).resolve_implicit_global_asset_job_def()
    with dg.DagsterInstance.ephemeral() as instance:
        assert job.execute_in_process(partition_key=DAY, instance=instance).success
    # A session lives for an hour.
    assert 1 < (clock.now - began) / timedelta(hours=1) <= sessions_of(enforcing_s3)


def test_a_table_goes_on_when_its_credentials_expire_between_its_files(enforcing_s3: EnforcingS3) -> None:
    clock = enforcing_s3.clock = RunningClock(timedelta(0))
    lake = Lake(
        s3_client(Settings(), s3_session(Settings(), clock=clock)),
        enforcing_s3.layout.bucket,
        enforcing_s3.layout.prefix,
        1,
    )
    sessions_at_a_frame: list[int] = []

    def slow_frames() -> Iterator[pl.DataFrame]:
        # Each becomes a file of its own. Few minutes each: six of them are under way while a request is.
        for number in range(50):
            sessions_at_a_frame.append(sessions_of(enforcing_s3))
            yield pl.DataFrame({"ID": [str(number)], "TEXT": ["x" * 1_100_000]})
            clock.now += timedelta(seconds=90)

    manifest = lake.write("OWNERS", DAY, TableContent([Column("ID"), Column("TEXT")], slow_frames()))
    assert len(manifest.files) == 50
    assert sessions_at_a_frame[-1] > sessions_at_a_frame[0]
    ids = lake.read("OWNERS", DAY).select("ID").collect()["ID"]
    assert ids.to_list() == [str(number) for number in range(50)]


@pytest.mark.parametrize("missing_is_refused", [True, False])
def test_what_is_not_there_is_missing_also_where_s3_refuses_to_say_so(
    enforcing_s3: EnforcingS3, missing_is_refused: bool
) -> None:
    enforcing_s3.missing_is_refused = missing_is_refused
    lake = Lake.from_url(enforcing_s3.url, s3_client(Settings()))
    with pytest.raises(TableMissing, match="export that table for that day"):
        lake.manifest("OWNERS", DAY)
    assert lake.success(DAY) is None
    lake.write("OWNERS", DAY, TableContent.of_frame(pl.DataFrame({"ID": ["1"]})))
    assert lake.read("OWNERS", DAY).collect().height == 1
    assert asks_only_what_is_allowed(enforcing_s3)
