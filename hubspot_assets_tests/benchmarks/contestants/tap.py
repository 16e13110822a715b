"""singer-io's tap-hubspot of the package index, in an environment of its own."""

import json
from dataclasses import dataclass

from hubspot_assets_tests.benchmarks.contestants.contestant import Job, NotInstalled, Output
from hubspot_assets_tests.demo import tap_hubspot

STREAM = "contacts"


@dataclass(frozen=True)
class TapHubSpot:
    """Its stream `contacts`, as JSON lines into a file."""

    name: str = "tap-hubspot"
    does: str = (
        "Singer tap, stream `contacts` as JSON lines into a file, not compressed; one table, no history, and no "
        "properties that are datetimes: it stops at a datetime that is none"
    )
    reads_history: bool = False
    is_peer: bool = True

    def prepare(self, job: Job) -> None:
        try:
            tap_hubspot.install(job.tools / self.name)
        except tap_hubspot.NotInstalled as reason:
            raise NotInstalled(str(reason)) from reason
        settings = tap_hubspot.settings(job.token)
        (job.directory / "config.json").write_text(json.dumps(settings))

    def command(self, job: Job) -> list[str]:
        python = tap_hubspot.python_in(job.tools / self.name)
        return tap_hubspot.command(python, job.portal_url, job.directory, [STREAM])

    def environment(self, job: Job) -> dict[str, str]:
        return job.clean_environment()

    def output(self, job: Job) -> Output:
        path = job.directory / "stdout"
        with path.open("rb") as lines:
            rows = sum(1 for line in lines if line.startswith(b'{"type": "RECORD"'))
        return Output(1, rows, path.stat().st_size, contacts=rows)
