"""The awkward days, written once for all tests of a module that only read them, and Spark where it is installed."""

import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from hubspot_assets.demo.s3 import DemoS3
from hubspot_assets_tests.warehouse.awkward import Awkward, awkward_days


@pytest.fixture(scope="module")
def awkward(s3: DemoS3) -> Iterator[Awkward]:
    with awkward_days(s3, "awkward") as days:
        yield days


@pytest.fixture
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A Spark session of this process, with nothing in its catalogue."""
    sql = pytest.importorskip("pyspark.sql", reason="no Spark here (the extra `warehouses`)")
    if shutil.which("java") is None:
        pytest.skip("no Java on this machine, which Spark needs")
    builder = sql.SparkSession.builder.master("local[1]").appName("round-trip")
    for key, value in {
        "spark.ui.enabled": "false",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.sql.shuffle.partitions": "1",
        "spark.sql.warehouse.dir": str(tmp_path_factory.mktemp("spark")),
        "spark.sql.session.timeZone": "UTC",
    }.items():
        builder = builder.config(key, value)
    session = builder.getOrCreate()
    yield session
    session.stop()
