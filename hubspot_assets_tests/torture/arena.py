"""Where exports are tortured: portals that can be made to lie, an S3, a wire to each, the commands as subprocesses.

Everything is in one temporary directory. The commands are those a user types, each a process of its own.
"""

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

import boto3

import hubspot_assets
from hubspot_assets.catalog.portal import EventType
from hubspot_assets.demo.portal import PortalSettings, RunningPortal, serve
from hubspot_assets.demo.portal.faults import Faults
from hubspot_assets.demo.s3 import serve_s3
from hubspot_assets.lake import Lake
from hubspot_assets_tests.exported import BUCKET, YESTERDAY
from hubspot_assets_tests.lake.odd_s3 import KEYS, OddS3, serve_odd_s3
from hubspot_assets_tests.small_export import catalogue
from hubspot_assets_tests.torture.cutting import Wire

DAY = str(YESTERDAY)
_LONGEST = 300.0
"""Seconds after which a command counts as hanging."""

SMALL = {
    "day": YESTERDAY,
    "first_day": YESTERDAY - timedelta(days=3),
    "contacts": 130,
    "companies": 12,
    "other_records": 3,
    "properties": 4,
    "lists": 5,
    "events_per_day": 60,
    "limits": False,
    "hang_seconds": 0.1,
    "requests_kept": 100,
}
"""A portal with more than one page of contacts and few records of everything else."""

FEW_TYPES = catalogue("0-1", "0-2", events=[EventType("e_visited_page", "4-96000")], pairs=[("0-1", "0-2")])


@dataclass
class Command:
    """A command that runs. `output`: what it printed, once it is over."""

    process: "subprocess.Popen[bytes]"
    log: Path
    began: float = field(default_factory=time.monotonic)

    def wait(self, seconds: float = _LONGEST) -> int | None:
        """Its exit code; None when it is still running after `seconds`."""
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def stop(self) -> None:
        """SIGSTOP: as a machine that sleeps. `go_on` wakes it."""
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        """SIGKILL: nothing of it goes on, nothing is tidied up."""
        self.process.kill()

    @property
    def output(self) -> str:
        return " ".join(self.log.read_text(errors="replace").split())


@dataclass
class Arena:
    """The servers, and the environment of the commands. `prefix` is the folder in the bucket that they export to."""

    directory: Path
    environment: dict[str, str]
    portals: list[RunningPortal]
    hubspot: Wire
    s3: Wire
    client: Any
    """A boto3 client that goes to S3 itself and not by the wire."""
    odd: OddS3 | None = None
    """The S3 that can be made to lie."""
    prefix: str = "export"
    commands: int = 0
    within: tuple[str, ...] = ()
    """What begins each command, such as `unshare` for a pid namespace of its own."""

    @property
    def folder(self) -> str:
        return f"{self.prefix}/{DAY}/"

    @property
    def lake(self) -> Lake:
        return Lake(self.client, BUCKET, self.prefix)

    def use(self, portal: int) -> None:
        """Which of the portals the wire leads to: they have the same types, and other records."""
        host, _, port = self.portals[portal].url.removeprefix("http://").partition(":")
        self.hubspot.upstream = (host, int(port))

    def lie(self, rates: Mapping[str, float], seed: int) -> None:
        """From now on the portals answer with these faults."""
        for portal in self.portals:
            portal.portal.faults = Faults(seed, rates.items())

    def start(self, *arguments: str) -> Command:
        """Begin a command: `hubspot-assets <arguments>`."""
        self.commands += 1
        log = self.directory / "logs" / f"{self.commands:05d}.log"
        environment = {**self.environment, "HUBSPOT_S3_URL": f"s3://{BUCKET}/{self.prefix}"}
        with log.open("wb") as output:
            process = subprocess.Popen(
                [*self.within, sys.executable, "-m", "hubspot_assets_tests.few_types", *arguments],
                env=environment,
                cwd=Path(hubspot_assets.__file__).parents[1],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        return Command(process, log)

    def export(self, *how: str) -> Command:
        return self.start("export", "--day", DAY, *how)


S3 = Literal["rclone", "moto", "odd"]


@contextmanager
def arena(directory: Path, s3_of: S3 = "rclone", *, known: Any = FEW_TYPES, **settings: Any) -> Iterator[Arena]:
    """Serve three portals, of which the last one changes while it is read, and an S3.

    That is rclone's over a folder, moto's, which honours conditional writes, or one that can be made to lie.
    """
    known.save(directory / "hubspot_catalog.json")
    for name in ("logs", "tmp"):
        (directory / name).mkdir(parents=True)
    with ExitStack() as stack:
        portals = [
            stack.enter_context(serve(PortalSettings(**{**SMALL, **settings, "seed": seed, **changing})))
            for seed, changing in ((1, {}), (2, {}), (3, {"changes_between_pages": 1}))
        ]
        odd: OddS3 | None = None
        if s3_of == "odd":
            odd = stack.enter_context(serve_odd_s3())
            keys = {**KEYS, "AWS_ENDPOINT_URL_S3": odd.endpoint_url}
        else:
            keys = stack.enter_context(_moto() if s3_of == "moto" else _rclone(directory / "s3"))
        hubspot = stack.enter_context(Wire(portals[0].url))
        s3 = stack.enter_context(Wire(keys["AWS_ENDPOINT_URL_S3"]))
        client = boto3.Session(keys["AWS_ACCESS_KEY_ID"], keys["AWS_SECRET_ACCESS_KEY"]).client(
            "s3", endpoint_url=keys["AWS_ENDPOINT_URL_S3"], region_name=keys["AWS_REGION"]
        )
        if s3_of == "moto":
            client.create_bucket(Bucket=BUCKET)
        inherited = {n: v for n, v in os.environ.items() if not n.startswith(("AWS_", "HUBSPOT_", "DAGSTER_HOME"))}
        environment = {
            **inherited,
            **keys,
            "AWS_ENDPOINT_URL_S3": s3.url,
            "AWS_EC2_METADATA_DISABLED": "true",
            "HUBSPOT_ACCESS_TOKEN": portals[0].token,
            "HUBSPOT_API_URL": hubspot.url,
            "HUBSPOT_CATALOG": str(directory / "hubspot_catalog.json"),
            "HUBSPOT_ALLOW_LATE_SNAPSHOT": "true",  # it may run past midnight
            "TMPDIR": str(directory / "tmp"),
        }
        yield Arena(directory, environment, portals, hubspot, s3, client, odd)


@contextmanager
def _rclone(directory: Path) -> Iterator[dict[str, str]]:
    with serve_s3(directory) as server:
        server.bucket(BUCKET)
        yield server.environment


@contextmanager
def _moto() -> Iterator[dict[str, str]]:
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        _, port = server.get_host_and_port()
        yield {
            "AWS_ENDPOINT_URL_S3": f"http://127.0.0.1:{port}",
            "AWS_ACCESS_KEY_ID": "key",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
        }
    finally:
        server.stop()
