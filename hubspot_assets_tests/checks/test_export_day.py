"""The day's checks as Dagster runs them, in the run of a day."""

from collections.abc import Iterator

import dagster as dg
import pytest
from dagster_aws.s3 import S3Resource

from hubspot_assets.checks.rules import RULES
from hubspot_assets.defs.assets.export_day import EXPORT_DAY
from hubspot_assets.defs.checks import asset_checks, without_day
from hubspot_assets.defs.lake_resource import LakeResource
from hubspot_assets.defs.partitions import daily_partitions
from hubspot_assets.defs.resources import HubSpotResource
from hubspot_assets.demo.s3 import DemoS3
from hubspot_assets.lake import Lake
from hubspot_assets.reading.reading import Reading
from hubspot_assets_tests.checks.small_portal import CONTRACT, DAY, SmallDay, totals
from hubspot_assets_tests.hubspot.canned import canned

pytestmark = pytest.mark.filterwarnings("ignore:.*dagster_run on InitResourceContext.*:DeprecationWarning")


class FakeHubSpot(HubSpotResource):
    """A HubSpot that counts what the small portal has."""

    def reading(self) -> Reading:
        return Reading(canned(totals()).client())


@dg.asset(key=EXPORT_DAY, partitions_def=daily_partitions())
def export_day() -> None:
    """Stands for the asset that closes a day; the tests write the day themselves."""


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as ephemeral:
        yield ephemeral


@pytest.fixture
def definitions(s3_server: DemoS3, prefix: str, monkeypatch: pytest.MonkeyPatch) -> dg.Definitions:
    for name, value in s3_server.environment.items():
        monkeypatch.setenv(name, value)
    return dg.Definitions(
        assets=[export_day],
        asset_checks=asset_checks(CONTRACT, []),
        jobs=[
            dg.define_asset_job("a_day", selection=dg.AssetSelection.all() - without_day()),
            dg.define_asset_job("checks_alone", selection=dg.AssetSelection.all_asset_checks() - without_day()),
        ],
        resources={
            "hubspot": FakeHubSpot(),
            "lake": LakeResource(url=f"s3://lake/{prefix}", s3=S3Resource()),
        },
        executor=dg.in_process_executor,
    )


def run(definitions: dg.Definitions, instance: dg.DagsterInstance) -> dg.ExecuteInProcessResult:
    job = definitions.resolve_job_def("a_day")
    return job.execute_in_process(partition_key=DAY, instance=instance, raise_on_error=False)


def alone(definitions: dg.Definitions, instance: dg.DagsterInstance) -> dict[str, dg.AssetCheckEvaluation]:
    """What the checks say when the UI starts them, which gives them no day."""
    job = definitions.resolve_job_def("checks_alone")
    result = job.execute_in_process(instance=instance, raise_on_error=False)
    return {one.check_name: one for one in result.get_asset_check_evaluations()}


def test_every_rule_is_a_check_of_the_days_run(
    definitions: dg.Definitions, instance: dg.DagsterInstance, lake: Lake, day: SmallDay
) -> None:
    day.write(lake)
    result = run(definitions, instance)
    evaluations = {one.check_name: one for one in result.get_asset_check_evaluations()}
    assert result.success
    assert list(evaluations) == [rule.name for rule in RULES]
    assert all(one.passed for one in evaluations.values())
    assert evaluations["keys_unique"].metadata["day"].value == DAY
    assert evaluations["schema_unchanged"].metadata["compared_with"].value == "nothing: no earlier day is complete"


def test_what_must_never_be_fails_the_run_and_names_the_tables(
    definitions: dg.Definitions, instance: dg.DagsterInstance, lake: Lake, day: SmallDay
) -> None:
    day.rows["OBJECTS/CONTACTS"].append(day.rows["OBJECTS/CONTACTS"][0])
    day.write(lake)
    result = run(definitions, instance)
    evaluations = {one.check_name: one for one in result.get_asset_check_evaluations()}
    failed = {name for name, one in evaluations.items() if not one.passed}
    assert not result.success
    assert failed == {"keys_unique", "combined_tables_agree"}
    assert evaluations["keys_unique"].severity == dg.AssetCheckSeverity.ERROR
    (record,) = evaluations["keys_unique"].metadata["findings"].records
    assert record.data == {
        "table": "OBJECTS/CONTACTS",
        "what": "1 keys occur too often, such as OBJECTID 1: 2 times",
    }


def test_what_a_person_should_look_at_does_not_fail_the_run(
    definitions: dg.Definitions, instance: dg.DagsterInstance, lake: Lake, day_before: SmallDay, day: SmallDay
) -> None:
    day_before.rows["TEAMS"] = [{"TEAMID": "1"}]
    day_before.write(lake)
    day.write(lake)
    result = run(definitions, instance)
    (failed,) = [one for one in result.get_asset_check_evaluations() if not one.passed]
    assert result.success
    assert failed.check_name == "row_counts_near_last_day"
    assert failed.severity == dg.AssetCheckSeverity.WARN
    assert failed.description == "2026-11-22: TEAMS. TEAMS: 0 rows, down from 1 on 2026-11-21"


def test_a_missing_definition_table_leaves_the_other_rules_their_say(
    definitions: dg.Definitions, instance: dg.DagsterInstance, lake: Lake, day: SmallDay
) -> None:
    day.write(lake, leave_out=["PROPERTY_DEFINITIONS"])
    result = run(definitions, instance)
    failed = {one.check_name for one in result.get_asset_check_evaluations() if not one.passed}
    assert failed == {"manifests_hold", "properties_defined"}


def test_started_without_a_day_they_look_at_the_last_exported_one_and_say_so(
    definitions: dg.Definitions, instance: dg.DagsterInstance, lake: Lake, day_before: SmallDay, day: SmallDay
) -> None:
    day_before.write(lake)
    day.write(lake, close=False)
    found = alone(definitions, instance)
    assert list(found) == [rule.name for rule in RULES]
    assert {one.description for one in found.values()} == {"2026-11-21 (the last exported day): no problems found."}


def test_started_without_a_day_they_open_none_again(
    definitions: dg.Definitions, instance: dg.DagsterInstance, lake: Lake, day: SmallDay
) -> None:
    day.rows["OBJECTS/CONTACTS"].append(day.rows["OBJECTS/CONTACTS"][0])
    day.write(lake)
    found = alone(definitions, instance)
    assert not found["keys_unique"].passed
    assert lake.success(DAY)


def test_before_the_first_day_they_say_that_there_is_nothing_to_look_at(
    definitions: dg.Definitions, instance: dg.DagsterInstance
) -> None:
    found = alone(definitions, instance)
    assert list(found) == [rule.name for rule in RULES]
    assert {(one.passed, one.severity, one.description) for one in found.values()} == {
        (
            False,
            dg.AssetCheckSeverity.WARN,
            "No day has been exported yet, so there is nothing to check: materialize a day first.",
        )
    }
