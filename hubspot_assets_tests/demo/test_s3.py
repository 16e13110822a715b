"""The local S3 server: it answers signed requests over a plain folder, and goes away when its block ends."""

import socket
import time
from pathlib import Path

import boto3
import botocore.exceptions
import pytest

from hubspot_assets.demo.s3 import DemoS3, DemoS3Error, serve_s3


def client(server: DemoS3, secret_key: str | None = None):
    return boto3.client(
        "s3",
        endpoint_url=server.endpoint_url,
        aws_access_key_id=server.access_key,
        aws_secret_access_key=secret_key or server.secret_key,
        region_name=server.region,
    )


def test_an_object_put_over_s3_is_a_file_in_the_folder_and_comes_back(tmp_path: Path):
    with serve_s3(tmp_path / "s3") as server:
        folder = server.bucket("exports")
        s3 = client(server)
        s3.put_object(Bucket="exports", Key="a/b.txt", Body=b"hello")
        assert (folder / "a" / "b.txt").read_bytes() == b"hello"
        assert s3.get_object(Bucket="exports", Key="a/b.txt")["Body"].read() == b"hello"


def test_clients_see_what_is_done_to_the_folder_by_hand(tmp_path: Path):
    with serve_s3(tmp_path) as server:
        folder = server.bucket("exports")
        s3 = client(server)
        for key in ("a/1", "a/2"):
            s3.put_object(Bucket="exports", Key=key, Body=b"x")
        (folder / "a" / "1").unlink()
        (folder / "a" / "3").write_bytes(b"y")
        keys: list[str] = []
        while keys != ["a/2", "a/3"]:
            time.sleep(0.1)
            keys = [entry["Key"] for entry in s3.list_objects_v2(Bucket="exports", Prefix="a/")["Contents"]]


def test_a_wrong_secret_is_refused(tmp_path: Path):
    with serve_s3(tmp_path) as server:
        server.bucket("exports")
        with pytest.raises(botocore.exceptions.ClientError, match="SignatureDoesNotMatch"):
            client(server, secret_key="wrong").list_objects_v2(Bucket="exports")


def test_the_environment_is_all_that_boto3_needs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    with serve_s3(tmp_path) as server:
        server.bucket("exports")
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        assert [b["Name"] for b in boto3.Session().client("s3").list_buckets()["Buckets"]] == ["exports"]


def test_two_servers_run_side_by_side_and_each_ends_with_its_block(tmp_path: Path):
    with serve_s3(tmp_path / "one") as one:
        with serve_s3(tmp_path / "two") as two:
            assert one.endpoint_url != two.endpoint_url
        with pytest.raises(OSError, match=r"refused"):
            socket.create_connection(("127.0.0.1", int(two.endpoint_url.rsplit(":", 1)[1])), timeout=5)
        one.bucket("exports")
        assert client(one).list_buckets()["Buckets"]


def test_a_port_that_is_taken_is_said_in_one_sentence(tmp_path: Path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = pytest.raises(DemoS3Error, match=r"could not start: .*address already in use")
        with refused, serve_s3(tmp_path, port=port):
            pass


def test_the_secret_is_not_in_the_repr(tmp_path: Path):
    with serve_s3(tmp_path) as server:
        assert server.secret_key not in repr(server)
