"""The IO manager: what assets return becomes tables of their partition's day, with metadata one can read."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import polars as pl
import pytest
from dagster_aws.s3 import S3Resource

from hubspot_assets.catalog.columns import Column
from hubspot_assets.defs.io_manager import LakeIOManager
from hubspot_assets.defs.lake_resource import LakeResource
from hubspot_assets.demo.s3 import DemoS3
from hubspot_assets.lake import Lake, TableContent, Unavailable

# Dagster's own warning about its own nested resources.
pytestmark = pytest.mark.filterwarnings("ignore:.*dagster_run on InitResourceContext.*:DeprecationWarning")

DAYS = dg.DailyPartitionsDefinition("2026-11-01")
COLUMNS = [Column("ID", "number", "The record's id."), Column("NAME")]


def frame(*names: str) -> pl.DataFrame:
    return pl.DataFrame(
        {"ID": [str(n) for n in range(len(names))], "NAME": names}, schema={"ID": pl.String, "NAME": pl.String}
    )


@dg.asset(key=["any_prefix", "objects.contacts"], partitions_def=DAYS)
def contacts(context: dg.AssetExecutionContext) -> TableContent:
    return TableContent(COLUMNS, iter([frame(context.partition_key, ""), frame("b")]), api_calls=3)


@dg.asset(partitions_def=DAYS, ins={"of": dg.AssetIn(["any_prefix", "objects.contacts"])})
def shouted(of: pl.LazyFrame) -> pl.LazyFrame:
    return of.with_columns(pl.col("NAME").str.to_uppercase())


@dg.asset(partitions_def=DAYS)
def per_day(context: dg.AssetExecutionContext) -> dict[str, pl.DataFrame]:
    return {day: frame(*([day] * int(day[-2:]))) for day in context.partition_keys}


@pytest.fixture
def io(s3_server: DemoS3, prefix: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    for name, value in s3_server.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("HUBSPOT_S3_URL", f"s3://lake/{prefix}")
    return {"io_manager": LakeIOManager(lake=LakeResource(s3=S3Resource()))}


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as instance:
        yield instance


def over(first: str, last: str) -> dict[str, str]:
    return {"dagster/asset_partition_range_start": first, "dagster/asset_partition_range_end": last}


def metadata_of(result: dg.ExecuteInProcessResult) -> dict[str | None, dict[str, Any]]:
    return {
        event.partition: {name: value.value for name, value in event.materialization.metadata.items()}
        for event in result.get_asset_materialization_events()
    }


def test_a_table_flows_from_one_asset_to_the_next_through_the_day_s_folder(
    io: dict[str, Any], lake: Lake, folder: Path
):
    dg.materialize([contacts, shouted], partition_key="2026-11-22", resources=io)
    assert lake.read("OBJECTS/CONTACTS", "2026-11-22").collect()["NAME"].to_list() == ["2026-11-22", "", "b"]
    assert lake.read("SHOUTED", "2026-11-22").collect()["NAME"].to_list() == ["2026-11-22", "", "B"]
    assert (folder / "2026-11-22" / "OBJECTS" / "CONTACTS" / "data_00000.csv.gz").is_file()


def test_a_materialization_says_how_much_lies_where(io: dict[str, Any], lake: Lake, prefix: str):
    metadata = metadata_of(dg.materialize([contacts], partition_key="2026-11-22", resources=io))["2026-11-22"]
    schema = metadata.pop("dagster/column_schema")
    assert [(column.name, column.type, column.description) for column in schema.columns] == [
        *(("ID", "number", "The record's id."), ("NAME", "string", None)),
    ]
    assert metadata == {
        "dagster/row_count": 3,
        "dagster/partition_row_count": 3,
        "dagster/table_name": "OBJECTS/CONTACTS",
        "dagster/uri": f"s3://lake/{prefix}/2026-11-22/OBJECTS/CONTACTS/",
        "files": 1,
        "bytes": lake.manifest("OBJECTS/CONTACTS", "2026-11-22").bytes,
        "api_calls": 3,
    }


def test_a_materialization_says_what_could_not_be_read_and_what_to_grant(io: dict[str, Any]):
    @dg.asset(partitions_def=DAYS)
    def refused() -> TableContent:
        return TableContent(
            COLUMNS,
            [],
            unavailable=Unavailable(status=403, message="Not allowed; grant a.read.", scopes=("a.read", "b.read")),
            left_out={"vanished while read": 1200},
            notes=["The field a has no column.", "The field b has no column."],
            captured_from=DAYS.time_window_for_partition_key("2026-11-22").end,
        )

    metadata = metadata_of(dg.materialize([refused], partition_key="2026-11-22", resources=io))["2026-11-22"]
    assert metadata["unavailable"] == "Not allowed; grant a.read."
    assert metadata["left_out"] == "- 1,200 × vanished while read"
    assert metadata["notes"] == "- The field a has no column.\n- The field b has no column."
    assert metadata["captured_from"] == 1795392000.0


def test_a_run_over_several_days_writes_each_and_tells_their_rows_apart(
    io: dict[str, Any], lake: Lake, instance: dg.DagsterInstance
):
    result = dg.materialize([per_day], tags=over("2026-11-02", "2026-11-04"), resources=io, instance=instance)
    rows = {day: said["dagster/row_count"] for day, said in metadata_of(result).items()}
    assert rows == {"2026-11-02": 2, "2026-11-03": 3, "2026-11-04": 4}
    assert lake.read("PER_DAY", "2026-11-04").collect()["NAME"].to_list() == ["2026-11-04"] * 4


def test_several_days_are_loaded_as_one_frame_with_null_where_a_day_lacks_a_column(io: dict[str, Any], lake: Lake):
    lake.write("PER_DAY", "2026-11-02", TableContent.of_frame(frame("a").with_columns(OLD=pl.lit("o"))))
    lake.write("PER_DAY", "2026-11-03", TableContent.of_frame(frame("b")))
    loaded: list[pl.DataFrame] = []

    @dg.asset(partitions_def=DAYS)
    def reader(per_day: pl.LazyFrame) -> None:
        loaded.append(per_day.collect())

    dg.materialize([per_day, reader], tags=over("2026-11-02", "2026-11-03"), resources=io, selection=[reader])
    assert loaded[0].rows() == [("0", "a", "o"), ("0", "b", None)]


def run_fails(error: type[Exception], sentence: str, assets: list[Any], **arguments: Any) -> None:
    with pytest.raises(error, match=sentence):
        dg.materialize(assets, **arguments)


def test_one_table_for_several_days_is_refused(io: dict[str, Any]):
    @dg.asset(partitions_def=DAYS)
    def forgetful() -> pl.DataFrame:
        return frame("x")

    run_fails(
        dg.Failure,
        "FORGETFUL was run for the 2 days 2026-11-02 to 2026-11-03: its asset must return a dict",
        [forgetful],
        tags=over("2026-11-02", "2026-11-03"),
        resources=io,
    )


def test_what_is_not_a_table_is_refused(io: dict[str, Any]):
    @dg.asset(partitions_def=DAYS)
    def numbers() -> list[int]:
        return [1]

    run_fails(dg.Failure, "NUMBERS returned a list", [numbers], partition_key="2026-11-02", resources=io)


def test_an_asset_without_days_is_refused(io: dict[str, Any]):
    @dg.asset
    def timeless() -> pl.DataFrame:
        return frame("x")

    run_fails(dg.Failure, "TIMELESS has no partitions", [timeless], resources=io)


def test_an_input_that_was_never_exported_is_named(io: dict[str, Any]):
    run_fails(
        dg.Failure,
        "OBJECTS/CONTACTS of 2026-11-05 is not in s3://",
        [contacts, shouted],
        partition_key="2026-11-05",
        resources=io,
        selection=[shouted],
    )


def test_without_a_url_definitions_load_and_the_run_says_what_is_missing(
    io: dict[str, Any], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("HUBSPOT_S3_URL")
    dg.Definitions.validate_loadable(dg.Definitions([contacts, shouted], resources=io))
    run_fails(dg.Failure, "^HUBSPOT_S3_URL is not set", [contacts], partition_key="2026-11-22", resources=io)


def test_all_steps_share_one_client_until_the_settings_change(io: dict[str, Any], monkeypatch: pytest.MonkeyPatch):
    def client() -> Any:
        return LakeResource(s3=S3Resource(max_attempts=2)).lake()._store._client

    first = client()
    assert client() is first
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "another")
    assert client() is not first


def test_no_secret_is_in_what_a_run_leaves_behind(io: dict[str, Any], instance: dg.DagsterInstance):
    secret = os.environ["AWS_SECRET_ACCESS_KEY"]
    result = dg.materialize([contacts], partition_key="2026-11-22", resources=io, instance=instance)
    records = instance.all_logs(result.run_id)
    assert records
    assert not [record for record in records if secret in repr(record)]
