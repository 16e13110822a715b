"""`given` on the tables, as Dagster runs it: by itself, as by the UI, and in the run of a day."""

from collections.abc import Callable, Iterator

import dagster as dg
import pytest
from dagster_aws.s3 import S3Resource

from hubspot_assets.defs.assets import all_assets
from hubspot_assets.defs.checks.tables import GIVEN, table_checks
from hubspot_assets.defs.lake_resource import LakeResource
from hubspot_assets.defs.partitions import daily_partitions
from hubspot_assets.defs.specs import asset_key, groups_of
from hubspot_assets.demo.s3 import DemoS3
from hubspot_assets.lake import Lake, PartUnavailable, Unavailable
from hubspot_assets_tests.checks.small_portal import CONTACTS, CONTRACT, SmallDay

pytestmark = pytest.mark.filterwarnings("ignore:.*dagster_run on InitResourceContext.*:DeprecationWarning")

GROUPS = groups_of(all_assets(CONTRACT), CONTRACT)
REFUSED = Unavailable(
    status=403,
    message="HubSpot answered 403 to contacts; grant the token the scope crm.objects.contacts.read.",
    scopes=("crm.objects.contacts.read",),
    mendable=True,
)
NOT_THERE = Unavailable(status=400, message="HubSpot answered 400 to contacts; this portal has none of it.")

Run = Callable[..., dict[str, dg.AssetCheckEvaluation]]


def stands_for(key: dg.AssetKey) -> dg.AssetsDefinition:
    """An asset that does nothing: the tests write the day themselves."""

    @dg.asset(key=key, partitions_def=daily_partitions())
    def nothing() -> None:
        """Stands for what writes a table."""

    return nothing


@pytest.fixture(scope="module")
def jobs() -> dg.Definitions:
    return dg.Definitions(
        assets=[stands_for(asset_key(group[0])) for group in GROUPS],
        asset_checks=[table_checks(GROUPS)],
        jobs=[
            dg.define_asset_job("checks_alone", dg.AssetSelection.all_asset_checks()),
            dg.define_asset_job("a_day", dg.AssetSelection.assets("objects_contacts", "teams")),
        ],
        executor=dg.in_process_executor,
    )


@pytest.fixture
def run(jobs: dg.Definitions, s3_server: DemoS3, prefix: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Runs a job; gives the evaluations by table."""
    for name, value in s3_server.environment.items():
        monkeypatch.setenv(name, value)
    resources = {"lake": LakeResource(url=f"s3://lake/{prefix}", s3=S3Resource())}
    with dg.DagsterInstance.ephemeral() as instance:

        def run_job(job: str = "checks_alone", **how: str) -> dict[str, dg.AssetCheckEvaluation]:
            resolved = dg.Definitions.merge(jobs, dg.Definitions(resources=resources)).resolve_job_def(job)
            result = resolved.execute_in_process(instance=instance, **how)
            evaluations = result.get_asset_check_evaluations()
            assert {one.check_name for one in evaluations} == {GIVEN}
            return {one.asset_key.to_user_string(): one for one in evaluations}

        yield run_job  # type: ignore[misc]


def test_it_runs_by_itself_and_looks_at_the_last_exported_day(
    run: Run, lake: Lake, day_before: SmallDay, day: SmallDay
) -> None:
    day_before.write(lake)
    day.write(lake, close=False)

    found = run()

    assert set(found) == {asset_key(group[0]).to_user_string() for group in GROUPS}
    assert [key for key, one in found.items() if not one.passed] == []
    assert found["objects_contacts"].description == "2026-11-21 (the last exported day): 100 rows."


def test_in_a_run_it_looks_at_its_day_and_at_what_was_selected(run: Run, lake: Lake, day_before: SmallDay) -> None:
    day_before.write(lake, leave_out=["TEAMS"])

    found = run("a_day", partition_key=day_before.day)

    assert {key: (one.passed, one.description) for key, one in found.items()} == {
        "objects_contacts": (True, "2026-11-21: 100 rows."),
        "teams": (False, "2026-11-21: TEAMS was not exported."),
    }


def test_before_the_first_day_it_says_that_there_is_nothing_to_look_at(run: Run) -> None:
    found = run()

    assert {(one.passed, one.severity, one.description) for one in found.values()} == {
        (
            False,
            dg.AssetCheckSeverity.WARN,
            "No day has been exported yet, so there is nothing to check: materialize a day first.",
        )
    }


def test_a_refused_table_is_red_with_status_sentence_and_scope(run: Run, lake: Lake, day: SmallDay) -> None:
    for table in CONTRACT.objects[CONTACTS]:
        day.unavailable[table.name] = REFUSED
    day.parts["TEAMS"] = [PartUnavailable(part="the members", status=403, message="HubSpot failed.", mendable=True)]
    day.write(lake)

    found = run()

    contacts = found["objects_contacts"]
    assert not contacts.passed
    assert contacts.severity is dg.AssetCheckSeverity.ERROR
    assert {name: contacts.metadata[name].value for name in ("state", "status", "scopes")} == {
        "state": "refused",
        "status": "403",
        "scopes": "crm.objects.contacts.read",
    }
    assert contacts.description == (
        "2026-11-22 (the last exported day): refused. OBJECTS_CONTACTS is empty: status 403. HubSpot answered "
        "403 to contacts; grant the token the scope crm.objects.contacts.read. Scope: crm.objects.contacts.read."
    )
    assert "TEAMS lacks the members: status 403. HubSpot failed." in str(found["teams"].description)
    assert found["objects_companies"].passed


@pytest.mark.parametrize(
    ("part", "state", "status"),
    [
        (
            PartUnavailable(part="x", status=None, message="Cut off.", mendable=True, unanswered=True),
            "not answered",
            "none",
        ),
        (
            PartUnavailable(part="x", status=500, message="Failed.", mendable=True, unanswered=True),
            "not answered",
            "500",
        ),
        (PartUnavailable(part="x", status=200, message="Not in the catalogue.", mendable=True), "incomplete", "200"),
    ],
)
def test_what_hubspot_did_not_refuse_is_not_called_refused(
    run: Run, lake: Lake, day: SmallDay, part: PartUnavailable, state: str, status: str
) -> None:
    day.parts["TEAMS"] = [part]
    day.write(lake, close=not part.unanswered)

    teams = run()["teams"]

    assert not teams.passed
    assert (teams.metadata["state"].value, teams.metadata["status"].value) == (state, status)
    assert f": {state}. TEAMS lacks x: status {status}. {part.message}" in str(teams.description)


def test_what_is_not_given_never_looks_like_what_is_not_there(run: Run, lake: Lake, day: SmallDay) -> None:
    for table in CONTRACT.objects[CONTACTS]:
        day.unavailable[table.name] = NOT_THERE
    day.write(lake)

    found = run()

    not_there, none_there = found["objects_contacts"], found["teams"]
    assert (not_there.passed, none_there.passed) == (True, True)
    assert not_there.metadata["state"].value == "not in this portal"
    assert "this portal has none of it" in str(not_there.description)
    assert none_there.metadata["state"].value == "none there"
    assert "HubSpot was asked and has no rows" in str(none_there.description)
