"""The asset that closes a day: what keeps the day open fails it, what does not is a warning."""

import logging
from collections.abc import Iterator

import dagster as dg
import pytest
from dagster_aws.s3 import S3Resource

from hubspot_assets.catalog.columns import Column
from hubspot_assets.catalog.portal import Portal
from hubspot_assets.catalog.portal_tables import PortalTables
from hubspot_assets.defs.assets.export_day import export_day_asset
from hubspot_assets.defs.lake_resource import LakeResource
from hubspot_assets.lake import Lake, TableContent
from hubspot_assets_tests.exported import YESTERDAY
from hubspot_assets_tests.lake.odd_s3 import BUCKET, OddS3, refusing, serve_odd_s3

pytestmark = pytest.mark.filterwarnings("ignore:.*dagster_run on InitResourceContext.*:DeprecationWarning")

DAY = str(YESTERDAY)


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[OddS3]:
    """An S3 with every table of a portal without objects, each without rows."""
    with serve_odd_s3() as server:
        for name, value in {**server.environment, "HUBSPOT_S3_URL": f"s3://{BUCKET}/export"}.items():
            monkeypatch.setenv(name, value)
        lake = Lake(server.client(), BUCKET, "export")
        for table in PortalTables(Portal.of([])):
            lake.write(table.name, DAY, TableContent(table.columns, iter(())))
        yield server


def close() -> tuple[dg.ExecuteInProcessResult, list[str]]:
    """Close the day; gives how it went, and the warnings."""
    asset = export_day_asset(PortalTables(Portal.of([])), set())
    with dg.DagsterInstance.ephemeral() as instance:
        result = dg.materialize(
            [asset],
            partition_key=DAY,
            resources={"lake": LakeResource(s3=S3Resource())},
            instance=instance,
            raise_on_error=False,
        )
        logs = instance.all_logs(result.run_id)
    return result, [entry.user_message for entry in logs if entry.level == logging.WARNING]


def test_files_of_others_in_the_days_folder_are_a_warning_and_the_day_is_closed(s3: OddS3) -> None:
    s3.objects[f"export/{DAY}/MY_TABLE/data_00000.csv.gz"] = b"mine"
    result, warnings = close()
    assert result.success
    assert f"export/{DAY}/_SUCCESS.json" in s3.objects
    (warning,) = warnings
    assert f"s3://{BUCKET}/export/{DAY}/ has data files in folders that no export wrote (MY_TABLE)" in warning


def test_a_file_that_a_lost_answer_left_beside_a_table_does_not_keep_the_day_open(s3: OddS3) -> None:
    folder = f"export/{DAY}/OWNERS/"
    Lake(s3.client(), BUCKET, "export").write("OWNERS", DAY, TableContent(_columns("OWNERS"), iter(())))
    s3.objects[f"{folder}data_00000.csv.gz"] = b"left"
    result, warnings = close()
    assert (result.success, warnings) == (True, [])
    assert [key for key in s3.objects if key.startswith(folder)] == [
        *(f"{folder}_manifest.json", f"{folder}data_00001.csv.gz"),
    ]


def test_a_refusal_of_s3_fails_the_asset_with_its_sentence(s3: OddS3) -> None:
    s3.oddities = [refusing("PUT", 403, "AccessDenied", end="_SUCCESS.json")]
    result, _ = close()
    assert not result.success
    (failure,) = [event for event in result.all_events if event.is_step_failure]
    assert (
        f"All tables of {DAY} are exported, but the day could not be closed. "
        f"Cannot write s3://{BUCKET}/export/{DAY}/_SUCCESS.json" in (str(failure.step_failure_data.error))
    )


def _columns(table: str) -> list[Column]:
    (found,) = [one for one in PortalTables(Portal.of([])) if one.name == table]
    return list(found.columns)
