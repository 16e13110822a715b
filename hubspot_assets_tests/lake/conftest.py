"""A real S3 server for the whole session, and a lake of its own for each test."""

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import botocore.retries.standard
import pytest
from botocore.config import Config
from moto.server import ThreadedMotoServer

from hubspot_assets.demo.s3 import DemoS3, serve_s3
from hubspot_assets.lake import Lake, store
from hubspot_assets_tests.exported import client_of
from hubspot_assets_tests.lake.odd_s3 import OddS3, serve_odd_s3

_numbers = itertools.count()


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoS3]:
    with serve_s3(tmp_path_factory.mktemp("s3")) as server:
        server.bucket("lake")
        yield server


@pytest.fixture(scope="session")
def s3(s3_server: DemoS3) -> Any:
    """A boto3 client of the server; one try per request, so that a fault is seen and not repeated away."""
    return client_of(s3_server, config=Config(retries={"total_max_attempts": 1}))


@pytest.fixture(scope="session")
def conditional_s3() -> Iterator[Any]:
    """A client of a store that honours conditional writes and keeps versions, as Amazon's does; rclone's does not."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        _, port = server.get_host_and_port()
        client = boto3.client(
            "s3",
            endpoint_url=f"http://127.0.0.1:{port}",
            aws_access_key_id="key",
            aws_secret_access_key="secret",
            region_name="us-east-1",
        )
        client.create_bucket(Bucket="conditional")
        yield client
    finally:
        server.stop()


@pytest.fixture
def prefix() -> str:
    return f"export/{next(_numbers)}"


@pytest.fixture
def lake(s3: Any, prefix: str) -> Lake:
    return Lake(s3, "lake", prefix)


@pytest.fixture
def folder(s3_server: DemoS3, prefix: str) -> Path:
    """Where the objects of this test's lake lie on disk."""
    return s3_server.directory / "lake" / prefix


@pytest.fixture
def odd_s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[OddS3]:
    """An S3 that a test makes odd; where S3 is asked again after a pause, by boto3 too, it is asked at once."""
    monkeypatch.setattr(store, "_PAUSES", (0.0, 0.0, 0.0))
    monkeypatch.setattr(botocore.retries.standard.ExponentialBackoff, "delay_amount", lambda *_: 0.0)
    with serve_odd_s3() as server:
        yield server
