"""Exports that fail in many ways, and a search through everything they leave behind for what must stay secret.

Searched: what was printed, Dagster's home (event log, runs with their config, compute logs), the bucket (manifests and
tables), exceptions with every local variable on their way, and the repr of everything that holds a secret.
"""

import base64
import gzip
import os
import socket
import subprocess
import sys
import traceback
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import dagster as dg
import pytest

import hubspot_assets
from hubspot_assets.connection.session import s3_client, s3_session
from hubspot_assets.defs.build import build_defs
from hubspot_assets.defs.io_manager import LakeIOManager
from hubspot_assets.defs.lake_resource import LakeResource
from hubspot_assets.defs.resources import HubSpotResource
from hubspot_assets.defs.s3_resource import RoleS3Resource
from hubspot_assets.demo.portal import PortalSettings, serve
from hubspot_assets.demo.s3 import DemoS3
from hubspot_assets.hubspot import HubSpotClient, errors
from hubspot_assets.lake import LakeError
from hubspot_assets.reading.reading import Reading
from hubspot_assets.settings import Settings
from hubspot_assets_tests.exported import BUCKET, environment
from hubspot_assets_tests.sampled import sampled
from hubspot_assets_tests.small_export import FEW, catalogue

TOKEN = "pat-na1-5ec2e7aa-7b0c-4b0e-9d5e-0123456789ab"
SECRET_KEY = "wJalr5ec2e7KEYwhichNobodyMaySee+/EXAMPLE"
SESSION_TOKEN = "FwoGZXIvYXdz5ec2e7TokenWhichNobodyMaySee=="
SECRETS = {"the HubSpot token": TOKEN, "the AWS secret key": SECRET_KEY, "the AWS session token": SESSION_TOKEN}
_KEYS = {"AWS_SECRET_ACCESS_KEY": SECRET_KEY, "AWS_SESSION_TOKEN": SESSION_TOKEN, "AWS_MAX_ATTEMPTS": "1"}
DAY = str(FEW["day"])


def found_in(where: str, data: bytes) -> list[str]:
    """Which secrets are in some bytes: as they are, quoted as in a URL, or in base64."""
    if data[:2] == b"\x1f\x8b":
        data += gzip.decompress(data)
    told = []
    for name, secret in SECRETS.items():
        # Of base64, the part that does not depend on what is around it.
        forms = [secret.encode(), quote(secret, safe="").encode(), base64.b64encode(secret.encode())[4:-6]]
        told += [f"{name} in {where}"] if any(form in data for form in forms) else []
    return told


def found_below(directory: Path) -> list[str]:
    files = sorted(path for path in directory.rglob("*") if path.is_file())
    assert files, f"nothing was left in {directory}"
    return [told for path in files for told in found_in(str(path.relative_to(directory)), path.read_bytes())]


def test_the_search_finds_a_secret_in_every_form() -> None:
    for secret in SECRETS.values():
        for data in (secret.encode(), gzip.compress(secret.encode()), base64.b64encode(b"x: " + secret.encode())):
            assert found_in("here", data) or data.startswith(b"eD")
        assert found_in("here", quote(f"a={secret}", safe="").encode())
    assert found_in("here", b"nothing") == []


@dataclass(frozen=True)
class Failure:
    """A way to fail: what is wrong with the portal and the environment, the exit code, and what is said."""

    name: str
    says: str
    portal: dict[str, Any] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    exit_code: int = 1


FAILURES = [
    Failure("a wrong token", "HubSpot answered 401", {"token": "another"}),
    Failure("a missing scope", "scope crm.objects.owners.read", {"without_scopes": {"crm.objects.owners.read"}}),
    Failure("the day's calls used up", "daily limit", {"faults": {"429_daily": 1.0}}),
    Failure("answers that make no sense", "1 table exported", {"faults": {"html_200": 0.6, "truncated_json": 0.4}}),
    Failure(
        "a bucket that refuses",
        "s3://",
        environment={"AWS_SECRET_ACCESS_KEY": SECRET_KEY, "AWS_SESSION_TOKEN": SESSION_TOKEN},
    ),
    Failure("no such bucket", "s3://", environment={"HUBSPOT_S3_URL": "s3://not-there/x"}),
    Failure("no url of a bucket", "s3://<bucket>", environment={"HUBSPOT_S3_URL": "https://somewhere"}, exit_code=2),
    Failure(
        "a token with a space", "access token", environment={"HUBSPOT_ACCESS_TOKEN": f"{TOKEN} {TOKEN}"}, exit_code=2
    ),
    Failure("an unknown time zone", "HUBSPOT_TIMEZONE", environment={"HUBSPOT_TIMEZONE": "Mars"}, exit_code=2),
]


@pytest.mark.parametrize("failure", sampled(FAILURES, 2), ids=lambda failure: failure.name)
def test_a_failing_export_leaves_no_secret_behind(failure: Failure, s3: DemoS3, tmp_path: Path) -> None:
    catalogue("0-2").save(tmp_path / "hubspot_catalog.json")
    home = tmp_path / "home"
    home.mkdir()
    (home / "dagster.yaml").write_text("telemetry:\n  enabled: false\n")
    with serve(PortalSettings(**{**FEW, "hang_seconds": 0.1, "token": TOKEN, **failure.portal})) as portal:
        variables = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "HUBSPOT_"))},
            **s3.environment,
            "AWS_EC2_METADATA_DISABLED": "true",
            "DAGSTER_HOME": str(home),
            "HUBSPOT_ACCESS_TOKEN": TOKEN,
            "HUBSPOT_API_URL": portal.url,
            "HUBSPOT_S3_URL": f"s3://{BUCKET}/{tmp_path.name}",
            "HUBSPOT_CATALOG": str(tmp_path / "hubspot_catalog.json"),
            **failure.environment,
        }
        ended = subprocess.run(
            [sys.executable, "-m", "hubspot_assets_tests.hurried", "export", "--day", DAY, "--select", "OWNERS"],
            env=variables,
            cwd=Path(hubspot_assets.__file__).parents[1],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
    printed = " ".join((ended.stdout + ended.stderr).decode().split())
    assert failure.says in printed, printed
    assert found_in("what was printed", ended.stdout + ended.stderr) == []
    assert found_below(tmp_path) == []
    if any(s3.directory.rglob("_manifest.json")):
        assert found_below(s3.directory) == []


class _Crashing(HubSpotResource):
    """A resource of which a step gets a client, and a bug, with the client and the environment among its locals."""

    def reading(self) -> Reading:
        reading = super().reading()
        client, held = reading.client, vars(reading.client)
        raise RuntimeError(f"a bug, with {client!r} and {held!r} and {reading!r}")


def test_a_bug_with_the_client_in_its_locals_leaves_no_secret_behind(s3: DemoS3, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "dagster.yaml").write_text("telemetry:\n  enabled: false\n")
    variables = {
        **s3.environment,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        "AWS_SESSION_TOKEN": SESSION_TOKEN,
        "HUBSPOT_ACCESS_TOKEN": TOKEN,
        "HUBSPOT_S3_URL": f"s3://{BUCKET}/crash",
    }
    with environment(variables), dg.DagsterInstance.from_config(str(home)) as instance:
        defs = build_defs(catalogue("0-2"), resources={"hubspot": _Crashing()}, asset_checks=[])
        job = defs.resolve_implicit_global_asset_job_def()
        result = job.execute_in_process(
            partition_key=DAY, instance=instance, raise_on_error=False, asset_selection=[dg.AssetKey("owners")]
        )
        assert not result.success
        (failed,) = result.get_step_failure_events()
        assert "a bug, with" in str(failed.step_failure_data.error)
        assert found_in("the events", repr(result.all_events).encode()) == []
        assert found_in("the run", repr(instance.get_run_by_id(result.run_id)).encode()) == []
    assert found_below(home) == []


def everything_of(error: BaseException) -> str:
    """An exception as the most talkative of tools shows it: its whole chain, with every local variable."""
    shown: list[str] = []
    waiting: list[BaseException | None] = [error]
    while waiting:
        one = waiting.pop()
        if one is not None:
            shown += traceback.TracebackException.from_exception(one, capture_locals=True).format()
            shown.append(repr(one) + repr(vars(one)))
            waiting += [one.__cause__, one.__context__]
    return "".join(shown)


def test_no_error_of_the_client_holds_the_token(s3: DemoS3) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        nobody = f"http://127.0.0.1:{server.getsockname()[1]}"
    with serve(PortalSettings(**FEW)) as portal:
        for url, kind in ((nobody, errors.Unreachable), (portal.url, errors.Unauthorized)):
            with HubSpotClient(TOKEN, url, patience=-1) as client, pytest.raises(kind) as raised:
                client.get("/crm/owners/2026-09")
            assert found_in(url, everything_of(raised.value).encode()) == []


@pytest.mark.parametrize("other", [{}, {"AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9"}], ids=["refused", "nobody there"])
def test_no_error_of_the_lake_holds_a_key(other: dict[str, str], s3: DemoS3) -> None:
    with environment({**s3.environment, **_KEYS, **other, "HUBSPOT_S3_URL": f"s3://{BUCKET}/refused"}):
        lake = LakeResource(s3=RoleS3Resource(max_attempts=1)).lake()
        with pytest.raises(LakeError) as raised:
            lake.manifests(DAY)
    assert found_in("a refusal", everything_of(raised.value).encode()) == []


def test_no_repr_shows_a_secret(s3: DemoS3) -> None:
    variables = {
        **s3.environment,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        "AWS_SESSION_TOKEN": SESSION_TOKEN,
        "HUBSPOT_ACCESS_TOKEN": TOKEN,
        "HUBSPOT_S3_URL": f"s3://{BUCKET}/shown",
    }
    with environment(variables):
        resource = LakeResource(s3=RoleS3Resource())
        reading = HubSpotResource().reading()
        session = s3_session(Settings())
        lake = resource.lake()
        shown = [
            *(
                Settings(),
                HubSpotResource(),
                HubSpotResource(access_token=TOKEN),
                reading,
                reading.client,
                reading.client.limiter,
                vars(reading.client),
            ),
            *(RoleS3Resource(), resource, LakeIOManager(lake=resource), session, s3_client(Settings(), session), lake),
            vars(lake),
            *(build_defs(catalogue("0-2")), DemoS3(Path(), "http://x", "key", SECRET_KEY)),
        ]
    for one in shown:
        assert found_in(type(one).__name__, f"{one!r} {one}".encode()) == []
