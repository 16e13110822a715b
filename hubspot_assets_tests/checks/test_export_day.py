"""The checks of tables and of a day as Dagster runs them: by themselves, as by the UI, and in the run of a day."""

from collections.abc import Callable, Iterator

import dagster as dg
import pytest
from dagster_aws.s3 import S3Resource

from hubspot_assets.catalog.portal_tables import PortalTables
from hubspot_assets.defs.assets import all_assets
from hubspot_assets.defs.assets.export_day import EXPORT_DAY
from hubspot_assets.defs.checks import WITHOUT_DAY, asset_checks
from hubspot_assets.defs.checks.export_day import DAY_RULES
from hubspot_assets.defs.lake_resource import LakeResource
from hubspot_assets.defs.partitions import daily_partitions
from hubspot_assets.defs.resources import HubSpotResource
from hubspot_assets.defs.specs import asset_key, groups_of
from hubspot_assets.demo.s3 import DemoS3
from hubspot_assets.lake import Lake, Unavailable
from hubspot_assets.reading.reading import Reading
from hubspot_assets_tests.checks.small_portal import CONTACTS, CONTRACT, SmallDay, totals
from hubspot_assets_tests.hubspot.canned import canned

pytestmark = pytest.mark.filterwarnings("ignore:.*dagster_run on InitResourceContext.*:DeprecationWarning")

TOPICS = ("hashes", "keys", "types", "counts", "drift")
CONTACTS_KEY = asset_key(CONTRACT.objects[CONTACTS].wide)
LOOKED_AT = {CONTACTS_KEY, *(dg.AssetKey(name) for name in ("objects_companies", "property_definitions", "teams"))}
ASSETS = [each for each in all_assets(CONTRACT) if not LOOKED_AT.isdisjoint(each.keys)]
GROUPS = groups_of(ASSETS, CONTRACT)
REFUSED = Unavailable(
    status=403,
    message="HubSpot answered 403 to contacts; grant the token the scope crm.objects.contacts.read.",
    scopes=("crm.objects.contacts.read",),
    mendable=True,
)
NOT_THERE = Unavailable(status=400, message="HubSpot answered 400 to contacts; this portal has none of it.")

Run = Callable[..., dict[tuple[str, str], dg.AssetCheckEvaluation]]


class FakeHubSpot(HubSpotResource):
    """A HubSpot that counts what the small portal has."""

    def reading(self) -> Reading:
        return Reading(canned(totals()).client())


def stands_for(key: dg.AssetKey) -> dg.AssetsDefinition:
    """An asset that does nothing: the tests write the day themselves."""

    @dg.asset(key=key, partitions_def=daily_partitions())
    def nothing() -> None:
        """Stands for what writes a table, or closes the day."""

    return nothing


@pytest.fixture
def definitions(s3_server: DemoS3, prefix: str, monkeypatch: pytest.MonkeyPatch) -> dg.Definitions:
    for name, value in s3_server.environment.items():
        monkeypatch.setenv(name, value)
    return dg.Definitions(
        assets=[stands_for(asset_key(group[0])) for group in GROUPS] + [stands_for(EXPORT_DAY)],
        asset_checks=asset_checks(CONTRACT, ASSETS),
        jobs=[
            dg.define_asset_job("checks_alone", dg.AssetSelection.all_asset_checks() - WITHOUT_DAY),
            dg.define_asset_job("a_day", dg.AssetSelection.all() - WITHOUT_DAY),
        ],
        resources={"hubspot": FakeHubSpot(), "lake": LakeResource(url=f"s3://lake/{prefix}", s3=S3Resource())},
        executor=dg.in_process_executor,
    )


@pytest.fixture
def run(definitions: dg.Definitions) -> Iterator[Run]:
    """Runs a job; gives (asset, check) -> evaluation."""
    with dg.DagsterInstance.ephemeral() as instance:

        def run_job(job: str = "checks_alone", *, fails: bool = False, **how: str) -> dict[tuple[str, str], object]:
            result = definitions.resolve_job_def(job).execute_in_process(instance=instance, raise_on_error=False, **how)
            assert result.success is not fails
            evaluations = result.get_asset_check_evaluations()
            return {(one.asset_key.to_user_string(), one.check_name): one for one in evaluations}

        yield run_job  # type: ignore[misc]


def test_every_check_runs_by_itself_and_looks_at_the_last_exported_day(run: Run, lake: Lake, day: SmallDay) -> None:
    day.write(lake)

    found = run()

    on_tables = {(asset_key(group[0]).to_user_string(), name) for group in GROUPS for name in ("given", "sound")}
    assert set(found) == on_tables | {("export_day", rule.name) for rule in DAY_RULES}
    assert [key for key, one in found.items() if not one.passed] == []
    sound = found["objects_contacts", "sound"]
    assert sound.description == (
        "2026-11-22 (the last exported day): hashes, keys, types, counts and columns are right: 6 tables, 1,000 rows."
    )
    assert {
        name: sound.metadata[name].value for name in ("hashes", "keys", "types", "counts", "drift")
    } == dict.fromkeys(("hashes", "keys", "types", "counts", "drift"), "right")
    assert found["objects_contacts", "given"].description == "2026-11-22 (the last exported day): given, 100 rows."


def test_checks_in_the_run_of_a_day_look_at_that_day(run: Run, lake: Lake, day: SmallDay, day_before: SmallDay) -> None:
    day_before.write(lake)
    day.write(lake)

    found = run("a_day", partition_key=day_before.day)

    assert {one.metadata["day"].value for one in found.values()} == {day_before.day}


def test_before_the_first_day_checks_say_that_there_is_nothing_to_look_at(run: Run) -> None:
    found = run()

    assert {one.description for one in found.values()} == {
        "No day was exported yet, so there is nothing to look at: materialize a day first."
    }
    assert not any(one.passed for one in found.values())


def test_a_refused_table_is_red_with_status_sentence_and_scope(run: Run, lake: Lake, day: SmallDay) -> None:
    for table in CONTRACT.objects[CONTACTS]:
        day.unavailable[table.name] = REFUSED
    day.write(lake)

    found = run(fails=True)

    given = found["objects_contacts", "given"]
    assert not given.passed
    assert given.severity is dg.AssetCheckSeverity.ERROR
    assert given.metadata["state"].value == "refused"
    assert given.metadata["status"].value == "403"
    assert given.metadata["scopes"].value == "crm.objects.contacts.read"
    assert given.description == (
        "2026-11-22 (the last exported day): refused. OBJECTS_CONTACTS is empty for it: status 403. HubSpot answered "
        "403 to contacts; grant the token the scope crm.objects.contacts.read. Scope: crm.objects.contacts.read."
    )
    assert not found["export_day", "nothing_refused"].passed
    assert found["objects_companies", "given"].passed


def test_what_is_not_given_never_looks_like_what_is_not_there(run: Run, lake: Lake, day: SmallDay) -> None:
    for table in CONTRACT.objects[CONTACTS]:
        day.unavailable[table.name] = NOT_THERE
    day.write(lake)

    found = run()

    not_there, none_there = found["objects_contacts", "given"], found["teams", "given"]
    assert (not_there.passed, none_there.passed) == (True, True)
    assert not_there.metadata["state"].value == "not in this portal"
    assert "this portal has none of it" in str(not_there.description)
    assert none_there.metadata["state"].value == "none there"
    assert "HubSpot was asked and has no row" in str(none_there.description)


def test_what_must_never_be_is_told_on_its_table_and_comes_before_the_closing(
    run: Run, lake: Lake, day: SmallDay
) -> None:
    day.rows["OBJECTS/CONTACTS"].append(day.rows["OBJECTS/CONTACTS"][0])
    day.write(lake)

    found = run(fails=True)

    failed = {key for key, one in found.items() if not one.passed}
    sound = found["objects_contacts", "sound"]
    assert failed == {("objects_contacts", "sound")}
    assert sound.severity is dg.AssetCheckSeverity.ERROR
    assert sound.metadata["keys"].value == "OBJECTS/CONTACTS: 1 keys occur too often, such as OBJECTID 1: 2 times"
    assert sound.metadata["hashes"].value == "right"


def test_what_a_person_should_look_at_does_not_fail_the_run(
    run: Run, lake: Lake, day_before: SmallDay, day: SmallDay
) -> None:
    day_before.rows["TEAMS"] = [{"TEAMID": "1"}]
    day_before.write(lake)
    day.write(lake)

    found = run()

    (failed,) = [one for one in found.values() if not one.passed]
    assert failed.asset_key == dg.AssetKey("teams")
    assert failed.severity is dg.AssetCheckSeverity.WARN
    assert failed.metadata["counts"].value == "TEAMS: 0 rows, 1 on 2026-11-21"


def test_a_missing_definition_table_leaves_the_other_tables_their_say(run: Run, lake: Lake, day: SmallDay) -> None:
    day.write(lake, leave_out=["PROPERTY_DEFINITIONS"])

    found = run(fails=True)

    assert "PROPERTY_DEFINITIONS" in found["objects_contacts", "sound"].metadata["types"].value
    assert found["objects_contacts", "sound"].metadata["keys"].value == "right"
    assert found["teams", "sound"].passed
    assert found["property_definitions", "given"].metadata["state"].value == "not exported"


def test_checks_hold_up_the_day_and_never_the_reading_of_another_table() -> None:
    portal_tables = PortalTables(CONTRACT.portal)
    assets = all_assets(portal_tables)
    specs = [spec for checks in asset_checks(portal_tables, assets) for spec in checks.check_specs]
    blocking = {spec.asset_key for spec in specs if spec.blocking} - {EXPORT_DAY}
    closing = assets[-1]
    read = {key for each in assets[:-1] for key in {*each.keys_by_input_name.values()} - each.keys}
    assert CONTACTS_KEY in blocking
    assert blocking <= set(closing.keys_by_input_name.values())
    assert not blocking & read
