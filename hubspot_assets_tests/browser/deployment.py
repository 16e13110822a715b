"""A deployment for tests that look at it with a browser: portals, an S3, and `dagster dev` with a home of its own.

Here: starting and stopping it, and what a test asks of Dagster without the browser: to launch what the UI's dialogs
launch. What is asserted is what the page shows (`driving.py`).
"""

import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import requests
import yaml
from dagster._core.events import DagsterEvent, DagsterEventType, StepMaterializationData
from dagster._core.events.log import EventLogEntry

import hubspot_assets

ROOT = Path(hubspot_assets.__file__).parents[1]
SHIPPED = ROOT / "docs" / "deploy" / "dagster.yaml"
_STARTS_WITHIN = 180.0
_ENDS_WITHIN = 30.0
_REPOSITORY = {"repositoryName": "__repository__"}
_LAUNCH = """mutation($p: ExecutionParams!) { launchPipelineExecution(executionParams: $p) {
  __typename ... on LaunchRunSuccess { run { runId } } ... on PythonError { message } } }"""
_AGAIN = """mutation($p: ReexecutionParams!) { launchPipelineReexecution(reexecutionParams: $p) {
  __typename ... on LaunchRunSuccess { run { runId } } ... on PythonError { message } } }"""
_BACKFILL = """mutation($p: LaunchBackfillParams!) { launchPartitionBackfill(backfillParams: $p) {
  __typename ... on LaunchBackfillSuccess { backfillId } ... on PythonError { message } } }"""
_RUNS = "query($f: RunsFilter) { runsOrError(filter: $f) { ... on Runs { results { runId startTime endTime } } } }"
_LOADED = "{ repositoriesOrError { ... on RepositoryConnection { nodes { location { name } } } } }"


@dataclass(frozen=True)
class Deployment:
    """A running `dagster dev`, and where its UI is."""

    url: str
    location: str
    home: Path | None = None
    """Its DAGSTER_HOME."""

    def materialized(self, asset: str, ago: timedelta) -> None:
        """Have an asset's last materialization lie so long ago, as it does where no run has come since."""
        with dg.DagsterInstance.from_config(str(self.home)) as instance:
            event = StepMaterializationData(dg.AssetMaterialization(dg.AssetKey(asset.split("/"))))
            told = DagsterEvent(DagsterEventType.ASSET_MATERIALIZATION.value, "", event_specific_data=event)
            moment = time.time() - ago.total_seconds()
            instance.store_event(EventLogEntry(None, logging.INFO, "", "", moment, dagster_event=told))

    def launch(self, day: str, *assets: str, job: str = "__ASSET_JOB") -> str:
        """Launch a run of a day as the UI's dialog does: some assets, or all of a job. Gives the run's id."""
        selector: dict[str, Any] = {**_REPOSITORY, "repositoryLocationName": self.location, "pipelineName": job}
        if assets:
            selector |= {"assetSelection": [{"path": key.split("/")} for key in assets], "assetCheckSelection": []}
        tags = [{"key": "dagster/partition", "value": day}]
        given = {"selector": selector, "runConfigData": "{}", "mode": "default", "executionMetadata": {"tags": tags}}
        return str(self._mutation(_LAUNCH, given)["run"]["runId"])

    def again_from_failure(self, run_id: str) -> str:
        """Launch what the button "Re-execute from failure" does. Gives the new run's id."""
        given = {"parentRunId": run_id, "strategy": "FROM_FAILURE"}
        return str(self._mutation(_AGAIN, given)["run"]["runId"])

    def backfill(self, days: list[str], *assets: str) -> str:
        """Launch a backfill of these days. Gives its id."""
        keys = [{"path": key.split("/")} for key in assets]
        return str(self._mutation(_BACKFILL, {"assetSelection": keys, "partitionNames": days})["backfillId"])

    def runs_of(self, *tags: str) -> list[str]:
        """Return the ids of the runs that have these tags, each `key=value`."""
        pairs = [dict(zip(("key", "value"), tag.split("=", 1), strict=True)) for tag in tags]
        return [run["runId"] for run in self.ask(_RUNS, f={"tags": pairs})["runsOrError"]["results"]]

    def began_and_ended(self, run_id: str) -> tuple[float, float]:
        """Return when a run that is over began and ended, in seconds since 1970."""
        (run,) = self.ask(_RUNS, f={"runIds": [run_id]})["runsOrError"]["results"]
        return run["startTime"], run["endTime"]

    def wait_for_run(self, *tags: str) -> None:
        """Return when there is a run that has these tags."""
        until = time.monotonic() + _STARTS_WITHIN
        while not self.runs_of(*tags):
            assert time.monotonic() < until, f"there is no run with {tags}"
            time.sleep(0.5)

    def ask(self, query: str, **variables: Any) -> Any:
        """Return what Dagster answers to a GraphQL query."""
        body = {"query": query, "variables": variables}
        told = requests.post(f"{self.url}/graphql", json=body, timeout=60).json()
        assert "errors" not in told, told["errors"]
        return told["data"]

    def _mutation(self, query: str, given: Mapping[str, Any]) -> Any:
        (told,) = self.ask(query, p=given).values()
        assert told["__typename"].endswith("Success"), told
        return told


@contextmanager
def dagster_dev(directory: Path, variables: Mapping[str, str]) -> Iterator[Deployment]:
    """Serve the UI with the daemon while the block runs, with a home in `directory` and the limits that are shipped."""
    home = directory / "dagster_home"
    home.mkdir(parents=True)
    shipped = yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))
    del shipped["storage"]  # PostgreSQL; without it, it is SQLite
    (home / "dagster.yaml").write_text(yaml.safe_dump({**shipped, "nux": {"enabled": False}}))
    module = "hubspot_assets_tests.browser.deployed"
    command = [sys.executable, "-m", "dagster", "dev", "-m", module, "-h", "127.0.0.1"]
    with serving(command, directory, {**variables, "DAGSTER_HOME": str(home)}, module) as deployment:
        yield replace(deployment, home=home)


@contextmanager
def serving(command: list[str], directory: Path, variables: Mapping[str, str], location: str) -> Iterator[Deployment]:
    """Run what serves the UI on the port that it is given, while the block runs; Ctrl-C ends it."""
    port = _free_port()
    with (directory / "dagster.log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "--port", str(port)], cwd=directory, env=clean(variables), stdout=log, stderr=log
        )
        try:
            deployment = Deployment(f"http://127.0.0.1:{port}", location)
            _wait_until_loaded(deployment, process, Path(log.name))
            yield deployment
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(_ENDS_WITHIN)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def clean(variables: Mapping[str, str]) -> dict[str, str]:
    """Return the environment with these variables, and with none of the developer's own that say where things are."""
    others = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "HUBSPOT_", "DAGSTER"))}
    return {**others, "PYTHONPATH": str(ROOT), **variables}


def _wait_until_loaded(deployment: Deployment, process: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + _STARTS_WITHIN
    while time.monotonic() < until:
        assert process.poll() is None, log.read_text()
        try:
            if deployment.ask(_LOADED)["repositoriesOrError"]["nodes"]:
                return
        except requests.ConnectionError:
            pass
        time.sleep(0.5)
    raise AssertionError(f"`dagster dev` did not load: {log.read_text()[-3000:]}")


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
