"""Processes for real: of pid namespaces of their own, killed, stopped and continued, while another takes their day."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import polars as pl
import pytest

from hubspot_assets.demo.s3 import DemoS3
from hubspot_assets.lake import Lake, TableContent
from hubspot_assets_tests.lake import holding_process

DAY = "2026-11-22"
OF_ITS_OWN = ("unshare", "--pid", "--fork", "--mount-proc", "--kill-child")


class OtherProcess:
    """One that runs `holding_process`; `namespace`: what puts it into a pid namespace of its own."""

    def __init__(self, server: DemoS3, url: str, namespace: tuple[str, ...]) -> None:
        self.process = subprocess.Popen(
            [*namespace, sys.executable, "-m", holding_process.__name__, url, server.endpoint_url, DAY],
            env={**os.environ, **server.environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __call__(self, order: str) -> str:
        """Give an order, and return the answer."""
        assert self.process.stdin
        assert self.process.stdout
        print(order, file=self.process.stdin, flush=True)
        return self.process.stdout.readline().strip()


Begin = Callable[..., OtherProcess]


@pytest.fixture
def begin(s3_server: DemoS3, prefix: str) -> Iterator[Begin]:
    with ExitStack() as stack:

        @contextmanager
        def running(*namespace: str) -> Iterator[OtherProcess]:
            other = OtherProcess(s3_server, f"s3://lake/{prefix}", namespace)
            with other.process:
                yield other
                other.process.kill()

        yield lambda *namespace: stack.enter_context(running(*namespace))


@pytest.fixture
def namespace() -> tuple[str, ...]:
    """What begins a process in a pid namespace of its own."""
    try:
        subprocess.run([*OF_ITS_OWN, "true"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"no pid namespace may be made here: {error}")
    return OF_ITS_OWN


def test_of_two_processes_with_the_id_1_the_second_does_not_take_the_day_over(
    begin: Begin, namespace: tuple[str, ...], lake: Lake
):
    first, second = begin(*namespace), begin(*namespace)
    assert first("take 150") == "held by 1"
    assert second("take 150").startswith(f"DayBusy: {DAY} is already being exported by process 1 on")
    assert first("write A") == "written"
    first.process.kill()
    first.process.wait()
    # Whether it is dead cannot be seen from another namespace: its last sign of life tells.
    assert second("take 150").startswith("DayBusy")
    assert second("take -1") == "held by 1"
    assert second("write B") == "written"
    assert {name: manifest.lease for name, manifest in lake.manifests(DAY).items()} == {"A": 1, "B": 2}


def test_a_process_that_was_stopped_and_goes_on_after_its_day_was_taken_over_writes_nothing_more(
    begin: Begin, lake: Lake, folder: Path
):
    stopped = begin()
    assert stopped("take -1").startswith("held by")
    assert stopped("write A") == "written"
    os.kill(stopped.process.pid, signal.SIGSTOP)
    with lake.exporting(DAY, whole=True, dead_after=-1) as held:
        assert held.finished(DAY).keys() == {"A"}
        held.write("B", DAY, TableContent.of_frame(pl.DataFrame({"ID": ["taken over"]})))
        os.kill(stopped.process.pid, signal.SIGCONT)
        before = sorted(folder.rglob("*"))
        for table in ("A", "B", "NEW"):
            assert stopped(f"write {table}").startswith(f"LeaseLost: This run no longer holds {DAY}: process")
        assert sorted(folder.rglob("*")) == before
        held.close_day(DAY, ["A", "B"])
    assert {name: manifest.lease for name, manifest in lake.manifests(DAY).items()} == {"A": 1, "B": 2}
