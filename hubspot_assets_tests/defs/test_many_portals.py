"""Several portals in one code location: nothing of one is another's."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import dagster as dg
import pytest
from dagster._core.definitions.assets.job.asset_job import IMPLICIT_ASSET_JOB_NAME

from hubspot_assets.catalog.portal import Portal
from hubspot_assets.defs.build import build_defs
from hubspot_assets.defs.day_run import PARTITION
from hubspot_assets.defs.failures import sentence
from hubspot_assets.defs.internals import InMemoryJob, execute_run_iterator
from hubspot_assets.defs.run import export_day
from hubspot_assets.demo.portal import PortalSettings, RunningPortal, serve
from hubspot_assets.demo.s3 import DemoS3
from hubspot_assets.lake import Lake
from hubspot_assets.portals import every_portal, one_portal
from hubspot_assets.settings import Settings
from hubspot_assets_tests.exported import BUCKET, YESTERDAY, environment
from hubspot_assets_tests.few_types import of_few_types
from hubspot_assets_tests.small_export import FEW, catalogue, command

NAMES = ("eu", "us")
COMPANIES = {"eu": 6, "us": 40}
DAY = str(YESTERDAY)
PORTALS = """
{name}:
  token_variable: HUBSPOT_TOKEN_{upper}
  s3_url: s3://{bucket}/{name}
  api_url: {api_url}
  catalog: {catalog}
"""


@dataclass
class TwoPortals:
    """Two portals that one portals file names, and the bucket of both."""

    portals: dict[str, RunningPortal]
    settings: dict[str, Settings]
    s3: DemoS3

    def lake(self, name: str) -> Lake:
        return Lake.from_url(f"s3://{BUCKET}/{name}", boto3.Session().client("s3"))


@pytest.fixture(scope="module")
def two(s3: DemoS3, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TwoPortals]:
    directory = tmp_path_factory.mktemp("portals")
    catalogue_file = {name: directory / f"{name}.json" for name in NAMES}
    with ExitStack() as stack:
        stack.enter_context(of_few_types())
        served = {
            name: stack.enter_context(serve(PortalSettings(**{**FEW, "companies": COMPANIES[name]}))) for name in NAMES
        }
        text = ""
        for name, portal in served.items():
            catalogue("0-2").save(catalogue_file[name])
            where = {"api_url": portal.url, "catalog": catalogue_file[name], "bucket": BUCKET}
            text += PORTALS.format(name=name, upper=name.upper(), **where)
        (directory / "portals.yaml").write_text(text)
        variables = {
            **s3.environment,
            "AWS_EC2_METADATA_DISABLED": "true",
            "HUBSPOT_PORTALS": str(directory / "portals.yaml"),
            # Of a process that was set up for one portal: none of these may be used.
            "HUBSPOT_ACCESS_TOKEN": "pat-na1-of-another-portal",
            "HUBSPOT_S3_URL": f"s3://{BUCKET}/elsewhere",
            **{f"HUBSPOT_TOKEN_{name.upper()}": portal.token for name, portal in served.items()},
        }
        stack.enter_context(environment(variables))
        yield TwoPortals(served, {one.portal: one for one in every_portal(Settings())}, s3)


def names_in(defs: dg.Definitions) -> dict[str, set[str]]:
    """Everything in definitions that has a name, by what it is."""
    repository, graph = defs.get_repository_def(), defs.resolve_asset_graph()
    of_ours = [assets for assets in graph.assets_defs if assets.is_executable]
    return {
        "keys": {key.to_user_string() for key in graph.get_all_asset_keys()},
        "checks": {f"{key.asset_key.to_user_string()}:{key.name}" for key in graph.asset_check_keys},
        "steps": {assets.op.name for assets in of_ours},
        "groups": {group for assets in of_ours for group in assets.group_names_by_key.values()},
        "jobs": {job.name for job in repository.get_all_jobs() if not job.name.startswith("__")},
        "schedules": {schedule.name for schedule in repository.schedule_defs},
        "sensors": {sensor.name for sensor in repository.sensor_defs},
        "resources": set(defs.resources or {}),
    }


def test_every_name_of_several_portals_begins_with_that_of_its_own_and_one_alone_has_none(two: TwoPortals) -> None:
    both = names_in(build_defs())
    alone = names_in(build_defs(catalogue("0-2"), settings=Settings()))

    for what, names in alone.items():
        between = "/" if what in ("keys", "checks") else "__"
        assert both[what] == {f"{portal}{between}{name}" for portal in NAMES for name in names}, what


def test_alerts_are_of_all_portals_and_there_once(two: TwoPortals, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUBSPOT_ALERT_SLACK_WEBHOOK", "https://hooks.example.com/one")
    sensors = [sensor.name for sensor in build_defs().sensors or ()]
    assert sorted(sensors) == ["eu__portal_drift", "slack_on_failure", "us__portal_drift"]


def test_the_days_run_of_a_portal_has_its_own_assets_and_checks_alone(two: TwoPortals) -> None:
    graph = build_defs().resolve_job_def("us__daily_export").asset_layer.asset_graph
    assert {key.path[0] for key in graph.get_all_asset_keys()} == {"us"}
    assert dg.AssetCheckKey(dg.AssetKey(["us", "owners"]), "given") in graph.asset_check_keys
    assert {check.asset_key.path[0] for check in graph.asset_check_keys} == {"us"}


def test_two_portals_are_exported_side_by_side_and_share_nothing(two: TwoPortals) -> None:
    def export(name: str) -> bool:
        wanted = ("OBJECTS_COMPANIES", "OWNERS")
        return export_day(DAY, wanted, lake=two.lake(name), settings=two.settings[name]).is_complete

    with ThreadPoolExecutor() as side_by_side:
        assert list(side_by_side.map(export, NAMES)) == [True, True]

    rows = {name: two.lake(name).manifest("OBJECTS_COMPANIES", DAY).rows for name in NAMES}
    assert COMPANIES["eu"] <= rows["eu"] < COMPANIES["us"] <= rows["us"]
    folders = {path.name for path in (two.s3.directory / BUCKET).iterdir()}
    assert folders & {"elsewhere", *NAMES} == set(NAMES)


def failures_of(job: str, *assets: dg.AssetKey) -> str:
    """What a run of some assets by the code location's own executor says, if it fails."""
    resolved = build_defs().get_repository_def().get_job(job)
    with dg.DagsterInstance.ephemeral() as instance:
        run = instance.create_run_for_job(resolved, asset_selection={*assets}, tags={PARTITION: DAY})
        events = list(execute_run_iterator(InMemoryJob(resolved), run, instance))
    return " ".join(str(sentence(e.job_failure_data.error)) for e in events if e.is_failure and not e.is_step_event)


def test_a_run_of_the_location_writes_where_its_portal_says(two: TwoPortals) -> None:
    assert failures_of("us__daily_export", dg.AssetKey(["us", "teams"])) == ""

    assert "TEAMS" in two.lake("us").manifests(DAY)
    assert "TEAMS" not in two.lake("eu").manifests(DAY)


def test_a_run_is_of_one_portal(two: TwoPortals) -> None:
    refused = failures_of(IMPLICIT_ASSET_JOB_NAME, *(dg.AssetKey([name, "owners"]) for name in NAMES))

    assert refused.startswith("These assets belong to several portals (eu, us)")


def test_a_portal_without_a_token_does_not_take_another_ones(two: TwoPortals, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUBSPOT_TOKEN_EU", "")
    resources: Any = build_defs().resources
    with dg.build_resources({"hubspot": resources["eu__hubspot"]}) as built:
        settings = built.hubspot.settings()

    assert settings.access_token is None
    with pytest.raises(Exception, match="HUBSPOT_TOKEN_EU is not set"):
        settings.needed_token()


def test_a_command_is_told_which_portal_it_is_about(two: TwoPortals, monkeypatch: pytest.MonkeyPatch) -> None:
    code, told = command("export", "--day", DAY)
    assert (code, "set it to one of them (eu, us)" in told) == (2, True)

    monkeypatch.setenv("HUBSPOT_PORTAL", "us")
    assert one_portal(Settings()).s3_url == f"s3://{BUCKET}/us"
    code, told = command("export", "--day", DAY, "--select", "OWNER_TEAM")
    assert code == 0, told
    assert "OWNER_TEAM" in two.lake("us").manifests(DAY)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "names no portal"),
        ("eu: [", "cannot be read"),
        ("Eu__1: {token_variable: A, s3_url: s3://b/x}", "cannot be a portal's name"),
        ("eu: {s3_url: s3://b/x}", "eu lacks token_variable"),
        ("eu: {token_variable: A, s3_url: s3://b/x, access_token: pat-secret}", "Never write a token there"),
        (
            "eu: {token_variable: A, s3_url: s3://b/x, alert_slack_webhook: pat-secret}",
            "alerts are for all portals: set HUBSPOT_ALERT_SLACK_WEBHOOK instead",
        ),
        ("eu: {token_variable: A, s3_url: s3://b/x, timezone: Mars}", "is not a time zone"),
        (
            "eu: {token_variable: A, s3_url: s3://b/x}\nus: {token_variable: B, s3_url: s3://b/x/}",
            "eu and us have the same s3_url",
        ),
    ],
)
def test_what_can_not_be_used_of_the_file_is_one_sentence(
    text: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "portals.yaml").write_text(text)
    with pytest.raises(Exception, match=says) as told:
        every_portal(Settings(portals=tmp_path / "portals.yaml"))
    assert "pat-secret" not in str(told.value)


def test_a_portal_that_was_not_discovered_yet_has_the_standard_types(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HUBSPOT_PORTALS", raising=False)
    (tmp_path / "hubspot_portals.yaml").write_text("eu: {token_variable: A, s3_url: s3://b/x}")
    keys = build_defs().resolve_asset_graph().get_all_asset_keys()
    assert len(keys) > len(Portal.standard().object_types)
    assert {key.path[0] for key in keys} == {"eu"}
