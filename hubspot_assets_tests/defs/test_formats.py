"""HUBSPOT_FORMATS is what an export goes by: every table of a day in both formats, every cell the same."""

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from dagster_aws.s3 import S3Resource

from hubspot_assets.defs.lake_resource import LakeResource
from hubspot_assets.demo.s3 import DemoS3
from hubspot_assets.errors import SettingError
from hubspot_assets.lake import parquet
from hubspot_assets_tests.exported import YESTERDAY
from hubspot_assets_tests.small_export import catalogue, small_export

DAY = str(YESTERDAY)


def lake_resource() -> LakeResource:
    return LakeResource(s3=S3Resource(region_name="us-east-1"))


def test_every_cell_of_a_day_is_the_same_in_both_formats(s3: DemoS3, tmp_path: Path) -> None:
    variables = {"HUBSPOT_FORMATS": "csv,parquet"}
    with small_export(s3, tmp_path, catalogue("0-1", "0-3", pairs=[("0-1", "0-3")]), variables) as small:
        lake = lake_resource().lake()
        replace(small, lake=lake).export()
        manifests = lake.manifests(DAY)
        assert len(manifests) > 20
        decimals = 0
        for name, manifest in manifests.items():
            file = manifest.formats["parquet"]
            path = small.folder / file.name
            frames = list(parquet.parse(path, manifest.polars_schema, manifest.polars_schema.names(), str(path)))
            typed = pl.concat(frames) if frames else pl.DataFrame(schema=manifest.polars_schema)
            assert typed.equals(lake.read(name, DAY).collect()), name
            assert manifest.rows == typed.height
            decimals += len(file.decimals)
        assert decimals > 10
        assert lake.success(DAY)


def test_a_format_that_is_none_is_told_before_anything_is_read(s3: DemoS3, tmp_path: Path) -> None:
    with (
        small_export(s3, tmp_path, catalogue("0-1"), {"HUBSPOT_FORMATS": "csv,orc"}),
        pytest.raises(SettingError, match="HUBSPOT_FORMATS is 'csv,orc'"),
    ):
        lake_resource().lake()
