"""What a run of a day does around its steps, started by Dagster's own API as the UI, a backfill or a schedule does."""

import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import dagster as dg
import pytest
import yaml
from botocore.exceptions import ClientError

from hubspot_assets.catalog.portal import EventType
from hubspot_assets.checks.outcome import ExportedTable
from hubspot_assets.defs import failures, run
from hubspot_assets.defs.dead_runs import _PROCESS
from hubspot_assets.demo.s3 import DemoS3
from hubspot_assets.lake import Lake, LakeError, store
from hubspot_assets.lake.holder import this_process
from hubspot_assets_tests.exported import YESTERDAY
from hubspot_assets_tests.lake.faulty import Faulty
from hubspot_assets_tests.lake.odd_s3 import BUCKET, refusing, serve_odd_s3
from hubspot_assets_tests.refusing import Refusal
from hubspot_assets_tests.refusing import refusing as hubspot_refusing
from hubspot_assets_tests.small_export import SmallExport, catalogue, small_export

DAY = str(YESTERDAY)
EARLIER = str(YESTERDAY - timedelta(days=1))
KNOWN = catalogue("0-2", events=[EventType("e_visited_page", "e_visited_page")])


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(failures, "FIRST_RETRY_AFTER", 0.0)


@pytest.fixture(scope="module")
def closed(s3: DemoS3, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallExport]:
    """A day that is exported and closed; tests leave it closed."""
    with small_export(s3, tmp_path_factory.mktemp("closed"), KNOWN) as export:
        assert export.export().is_complete
        yield export


@pytest.fixture
def small(s3: DemoS3, tmp_path: Path) -> Iterator[SmallExport]:
    with small_export(s3, tmp_path, KNOWN) as export:
        yield export


class Ran:
    """A run that has ended."""

    def __init__(self, tags: Mapping[str, str], *keys: str) -> None:
        with dg.DagsterInstance.ephemeral() as instance:
            result = dg.execute_job(
                dg.build_reconstructable_job(run.__name__, run._job_anew.__name__),
                instance,
                tags=tags,
                asset_selection=[dg.AssetKey(key) for key in keys],
            )
            self.success, self.events = result.success, list(result.all_events)
            logs = instance.all_logs(result.run_id)
            ended = instance.get_run_by_id(result.run_id)
        assert ended
        self.tags = ended.tags
        self.warnings = [entry.user_message for entry in logs if entry.level == logging.WARNING]

    @property
    def refusal(self) -> str:
        """What the run says of itself."""
        (event,) = [event for event in self.events if event.is_job_failure]
        assert event.job_failure_data.error
        assert event.job_failure_data.error.stack == [], "who reads it is not told what was called on the way"
        return str(event.job_failure_data.error.message)

    def failure(self, step: str) -> Any:
        (event,) = [event for event in self.events if event.is_step_failure and event.step_key == step]
        return event.step_failure_data

    def metadata(self, key: str) -> Mapping[str, Any]:
        (event,) = [event for event in self.events if event.is_step_materialization and event.asset_key]
        assert event.asset_key == dg.AssetKey(key)
        return event.step_materialization_data.materialization.metadata


def of_day(day: str = DAY) -> dict[str, str]:
    return {"dagster/partition": day}


def of_range(first: str, last: str) -> dict[str, str]:
    return {"dagster/asset_partition_range_start": first, "dagster/asset_partition_range_end": last}


def test_a_table_materialized_alone_ends_by_closing_the_day_that_was_closed(closed: SmallExport) -> None:
    before, folder = closed.lake.success(DAY), closed.manifest("OWNERS").captured
    ran = Ran(of_day(), "owners", "owner_team")
    assert ran.success
    assert closed.manifest("OWNERS").captured != folder
    after = closed.lake.success(DAY)
    assert before is not None
    assert after is not None
    assert after.tables.keys() == before.tables.keys()


def test_what_a_run_tells_of_a_table_is_not_asked_of_s3_again(closed: SmallExport) -> None:
    watched = Faulty(boto3.Session().client("s3"))
    lake = Lake.from_url(os.environ["HUBSPOT_S3_URL"], watched)
    exported = run.export_day(DAY, ["OWNERS"], lake=lake).tables["OWNERS"]
    assert f"get_object {closed.folder.name}/{DAY}/OWNERS/_manifest.json" not in watched.requests
    assert exported.rows
    assert exported == ExportedTable.of(exported.table, closed.manifest("OWNERS"), was_in=False)


def test_a_table_materialized_alone_does_not_close_a_day_that_was_open(small: SmallExport) -> None:
    assert Ran(of_day(), "teams").success
    assert small.lake.success(DAY) is None
    small.lake._store.put(small.lake.layout.success(DAY), b'{"of": "another version"}', "application/json")
    ran = Ran(of_day(), "teams")
    assert ran.success
    assert any(f"{DAY} is treated as open until the whole day is exported" in told for told in ran.warnings)
    assert small.lake.success(DAY) is None


def test_snapshots_of_a_range_of_days_are_refused_before_anything_is_asked(closed: SmallExport) -> None:
    closed.portal.requests.clear()
    ran = Ran(of_range(EARLIER, DAY), "owners", "events_visited_page")
    assert not ran.success
    assert f"{EARLIER} to {DAY} cannot be exported in one run" in ran.refusal
    assert "group `events`" in ran.refusal
    assert len(closed.portal.requests) == 0
    assert closed.lake.success(DAY) is not None


def test_a_snapshot_of_a_day_that_is_over_is_refused_before_anything_is_asked(closed: SmallExport) -> None:
    closed.portal.requests.clear()
    ran = Ran(of_day(EARLIER), "owners", "owner_team")
    assert ran.refusal.startswith(f"{EARLIER} is over")
    assert ran.tags["dagster/max_retries"] == "0", "a run that is started again by itself is refused again"
    assert "group `events`" in ran.refusal
    assert len(closed.portal.requests) == 0


def test_events_of_a_range_of_days_are_one_run(closed: SmallExport) -> None:
    assert Ran(of_range(EARLIER, DAY), "events_visited_page").success
    assert closed.manifest("EVENTS_VISITED_PAGE", EARLIER).rows > 0
    assert closed.lake.success(DAY) is not None, "a day of the range that was closed is closed again"
    assert closed.lake.success(EARLIER) is None


def test_a_second_run_of_a_day_is_refused_with_a_sentence(closed: SmallExport) -> None:
    closed.portal.requests.clear()
    with closed.lake.exporting(DAY, whole=False):
        ran = Ran(of_day(), "owners", "owner_team")
    assert f"{DAY} is already being exported by process {os.getpid()}" in ran.refusal
    assert len(closed.portal.requests) == 0


def test_a_refused_table_is_a_warning_with_its_reason_first_and_no_count_of_rows(s3: DemoS3, tmp_path: Path) -> None:
    refused = frozenset({"crm.objects.owners.read"})
    with small_export(s3, tmp_path, KNOWN, without_scopes=refused):
        ran = Ran(of_day(), "owners")
    (warning,) = [text for text in ran.warnings if "OWNERS" in text]
    assert "crm.objects.owners.read" in warning
    metadata = ran.metadata("owners")
    assert next(iter(metadata)) == "unavailable"
    assert "crm.objects.owners.read" in metadata["unavailable"].value
    assert "dagster/row_count" not in metadata


def test_a_wrong_token_refuses_a_run_of_any_tables_in_one_sentence(
    small: SmallExport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUBSPOT_ACCESS_TOKEN", "wrong")
    ran = Ran(of_day(), "teams")
    assert ran.refusal.startswith("HubSpot answered 401")
    assert not [event for event in ran.events if event.is_step_start]


def test_a_token_that_is_taken_away_meanwhile_is_one_sentence_and_is_not_tried_again(small: SmallExport) -> None:
    with hubspot_refusing({"/settings/": Refusal(401, {"status": "error", "category": "INVALID_AUTHENTICATION"})}):
        failed = Ran(of_day(), "teams").failure("read_teams")
    assert failed.user_failure_data.description.startswith("HubSpot answered 401")
    assert (failed.error.stack, failed.error.cause) == ([], None)


def test_a_run_without_settings_says_which_one_is_missing(small: SmallExport, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HUBSPOT_S3_URL")
    assert "HUBSPOT_S3_URL is not set" in Ran(of_day(), "teams").refusal


def test_a_failure_of_s3_is_tried_again(small: SmallExport, monkeypatch: pytest.MonkeyPatch) -> None:
    write, tries = Lake.write, []

    def fail_once(*arguments: Any, **more: Any) -> Any:
        tries.append(1)
        if len(tries) == 1:
            answer = {"Error": {"Code": "InternalError"}, "ResponseMetadata": {"HTTPStatusCode": 500}}
            raise LakeError("S3 answered InternalError (500).") from ClientError(answer, "PutObject")
        return write(*arguments, **more)

    monkeypatch.setattr(Lake, "write", fail_once)
    ran = Ran(of_day(), "teams")
    assert ran.success
    assert [event.event_type_value for event in ran.events if event.is_step_up_for_retry] == ["STEP_UP_FOR_RETRY"]


def test_what_stays_broken_says_why_after_the_last_try(small: SmallExport, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> Any:
        answer = {"Error": {"Code": "InternalError"}, "ResponseMetadata": {"HTTPStatusCode": 500}}
        raise LakeError("S3 answered InternalError (500).") from ClientError(answer, "PutObject")

    monkeypatch.setattr(Lake, "write", fail)
    ran = Ran(of_day(), "teams")
    assert sum(event.is_step_up_for_retry for event in ran.events) == failures.TRIES - 1
    assert ran.failure("read_teams").user_failure_data.description == "S3 answered InternalError (500)."


@pytest.mark.parametrize(
    ("what_is_put", "puts"), [("_EXPORTING.json", 4), ("data_00000.csv.gz", 4), ("_manifest.json", 4)]
)
def test_a_store_that_always_answers_412_is_asked_a_few_times_and_told_in_a_sentence(
    small: SmallExport, monkeypatch: pytest.MonkeyPatch, what_is_put: str, puts: int
) -> None:
    monkeypatch.setattr(store, "_PAUSES", (0.0, 0.0, 0.0))
    with serve_odd_s3() as odd:
        odd.oddities = [refusing("PUT", 412, "PreconditionFailed", end=what_is_put)]
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", odd.endpoint_url)
        monkeypatch.setenv("HUBSPOT_S3_URL", f"s3://{BUCKET}/export")
        ran = Ran(of_day(), "teams")
    told = ran.refusal if what_is_put == "_EXPORTING.json" else ran.failure("read_teams").user_failure_data.description
    assert f"{what_is_put}: S3 keeps refusing (409 or 412) as if another object were there" in told
    assert sum(one.what == "PUT" and one.key.endswith(what_is_put) for one in odd.requests) == puts


def test_a_run_whose_process_was_killed_does_not_stay_started(small: SmallExport) -> None:
    killed = subprocess.Popen([sys.executable, "-c", "pass"])
    killed.wait()
    here = this_process()
    dead = here.model_copy(update={"pid": killed.pid})
    noted = {
        "alive": here,
        "of another pid namespace": dead.model_copy(update={"namespace": "pid:[1]"}),
        **dict.fromkeys(("NOT_STARTED", "STARTING", "STARTED", "CANCELING"), dead),
    }
    with dg.DagsterInstance.ephemeral() as instance:
        job = run._job_anew()

        def begun(status: str = "STARTED") -> str:
            return instance.create_run_for_job(job, status=dg.DagsterRunStatus(status)).run_id

        runs = {name: begun(name if name.isupper() else "STARTED") for name in noted}
        for name, process in noted.items():
            instance.add_run_tags(runs[name], {_PROCESS: json.dumps({**process.model_dump(), "run": runs[name]})})
        # It has the tags of the dead run that it executes again, until it notes its own process.
        copied = instance.get_run_by_id(runs["STARTED"])
        assert copied
        for name, tags in (("re-executed", copied.tags), ("of another version", {_PROCESS: "4:7"})):
            runs[name] = begun()
            instance.add_run_tags(runs[name], tags)
        again = dg.build_reconstructable_job(run.__name__, run._job_anew.__name__)
        assert dg.execute_job(again, instance, tags=of_day(), asset_selection=[dg.AssetKey("teams")]).success
        states = {one.run_id: one.status for one in instance.get_runs()}
    ended = {name for name, run_id in runs.items() if states[run_id] is dg.DagsterRunStatus.FAILURE}
    assert ended == {"NOT_STARTED", "STARTING", "STARTED", "CANCELING"}


def test_where_dagster_has_changed_inside_exports_run_by_its_public_api_alone(
    small: SmallExport, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("threads", "forgetful"):
        monkeypatch.delitem(sys.modules, f"hubspot_assets.defs.{name}", raising=False)
    monkeypatch.setitem(sys.modules, "hubspot_assets.defs.internals", None)
    result = small.export()
    assert result.failed == {}
    assert small.lake.success(DAY) is not None


def test_definitions_load_without_a_warning(tmp_path: Path) -> None:
    KNOWN.save(tmp_path / "catalogue.json")
    load = "import hubspot_assets.definitions as d; d.defs.get_repository_def().get_all_jobs()"
    environment = {**os.environ, "HUBSPOT_CATALOG": str(tmp_path / "catalogue.json")}
    done = subprocess.run([sys.executable, "-c", load], capture_output=True, text=True, env=environment, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_instance_for_production_is_one_that_dagster_takes(tmp_path: Path) -> None:
    shipped = Path(__file__).parents[2] / "docs" / "deploy" / "dagster.yaml"
    settings = yaml.safe_load(shipped.read_text())
    del settings["storage"]  # needs a server
    (tmp_path / "dagster.yaml").write_text(yaml.safe_dump(settings))
    with dg.DagsterInstance.from_config(str(tmp_path)) as instance:
        assert instance.run_retries_enabled
        assert instance.run_monitoring_enabled
