"""A step in another process than its run's reads and writes what its run was started with, or nothing."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

import hubspot_assets_tests
from hubspot_assets.defs.build import build_defs
from hubspot_assets.defs.planned import decided_by, note_planned
from hubspot_assets.demo.s3 import DemoS3
from hubspot_assets.errors import SettingError
from hubspot_assets.settings import Settings
from hubspot_assets_tests.defs import other_process
from hubspot_assets_tests.exported import BUCKET, YESTERDAY
from hubspot_assets_tests.small_export import SmallExport, catalogue, small_export

DAY = str(YESTERDAY)


@pytest.fixture(scope="module")
def small(s3: DemoS3, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallExport]:
    with small_export(s3, tmp_path_factory.mktemp("planned"), catalogue("0-2")) as export:
        yield export


def failures_where(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, home: Path) -> list[str]:
    """What the steps of a run over teams say that fail, in processes that have this in their environment."""
    monkeypatch.syspath_prepend(str(Path(hubspot_assets_tests.__file__).parents[1]))
    monkeypatch.setenv("IN_OTHER_PROCESSES", json.dumps(environment))
    with dg.DagsterInstance.local_temp(str(home)) as instance:
        result = dg.execute_job(
            dg.build_reconstructable_job(other_process.__name__, other_process.daily_export.__name__),
            instance,
            tags={"dagster/partition": DAY},
            asset_selection=[dg.AssetKey("teams")],
        )
    failed = [event.step_failure_data.error for event in result.all_events if event.is_step_failure]
    assert result.success is not bool(failed)
    return [str(error and error.message).strip() for error in failed]


def test_steps_in_processes_that_are_set_up_alike_are_as_others(
    small: SmallExport, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert failures_where({}, monkeypatch, tmp_path) == []
    assert "TEAMS" in small.lake.manifests(DAY)


def test_a_step_in_a_process_whose_folder_is_another_fails_in_one_sentence_and_writes_nothing(
    small: SmallExport, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    elsewhere = f"s3://{BUCKET}/elsewhere"
    (failure,) = failures_where({"HUBSPOT_S3_URL": elsewhere}, monkeypatch, tmp_path)
    assert failure == (
        f"HUBSPOT_S3_URL is '{elsewhere}' and not 's3://{BUCKET}/{small.folder.name}' in the process of this step, "
        "unlike where its run was started: give every machine that runs steps the same settings, portals file and "
        "portal catalogue, and start the run again."
    )
    assert not (small.folder.parent / "elsewhere").exists()


def test_whose_token_it_is_and_what_the_portal_has_are_compared_and_not_told(
    small: SmallExport, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def resources() -> Mapping[str, Any]:
        return build_defs().resources or {}

    with dg.DagsterInstance.ephemeral() as instance:
        run = instance.create_run_for_job(dg.GraphDefinition("any").to_job())
        with dg.build_resources(resources(), instance) as planned:
            note_planned(instance, run.run_id, {**planned.hubspot.decided(), **planned.lake.decided()})
        with dg.build_resources(resources(), instance, dagster_run=run) as alike:
            assert alike.lake.lake().manifests(DAY) is not None
            assert alike.hubspot.reading()

        catalogue("0-1", "0-2").save(tmp_path / "other.json")
        monkeypatch.setenv("HUBSPOT_CATALOG", str(tmp_path / "other.json"))
        monkeypatch.setenv("HUBSPOT_ACCESS_TOKEN", "pat-eu1-of-another")
        with dg.build_resources(resources(), instance, dagster_run=run) as others:
            with pytest.raises(SettingError, match=r"^The portal catalogue is another one in the process of this step"):
                others.lake.lake()
            with pytest.raises(SettingError, match=r"^HUBSPOT_ACCESS_TOKEN is another one in the process"):
                others.hubspot.reading()
        noted = instance.get_run_by_id(run.run_id)
    assert noted
    assert small.portal.token not in str(noted.tags)


def test_of_several_portals_the_entry_is_named_that_differs() -> None:
    settings = Settings(portal="eu", s3_url="s3://bucket/eu")
    assert decided_by(settings, ["s3_url"]) == {"s3_url of eu": "s3://bucket/eu"}
