"""A dlt pipeline, as its documentation shows one: dlt's REST API source into csv.gz files.

As a program (``python dlt_pipeline.py URL``, the token in DLT_BENCH_TOKEN) it runs the pipeline in the working
directory.
"""

import gzip
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hubspot_assets_tests.benchmarks.contestants.contestant import Job, Output

_TOKEN = "DLT_BENCH_TOKEN"
_FILES = "files"
_DATASET = "hubspot"
_TABLE = "contacts"


@dataclass(frozen=True)
class DltPipeline:
    """Contacts with all properties into a folder."""

    name: str = "dlt"
    does: str = "REST API source, contacts as csv.gz into a local folder; one table, no history, its default settings"
    reads_history: bool = False
    is_peer: bool = True

    def prepare(self, job: "Job") -> None:
        """It is in the `test` extra."""

    def command(self, job: "Job") -> list[str]:
        return [sys.executable, __file__, job.portal_url]

    def environment(self, job: "Job") -> dict[str, str]:
        # What it keeps between runs goes to its own folder, and no word to anybody about a benchmark.
        own = {"DLT_DATA_DIR": str(job.directory / "dlt"), "RUNTIME__DLTHUB_TELEMETRY": "false"}
        return {**job.clean_environment(), **own, _TOKEN: job.token}

    def output(self, job: "Job") -> "Output":
        from hubspot_assets_tests.benchmarks.contestants.contestant import Output

        files = list((job.directory / _FILES / _DATASET / _TABLE).glob("*.csv.gz"))
        rows = sum(map(_rows, files))
        return Output(1, rows, sum(file.stat().st_size for file in files), contacts=rows)


def _rows(file: Path) -> int:
    import csv

    with gzip.open(file, "rt", encoding="utf-8", newline="") as text:
        return sum(1 for _ in csv.reader(text)) - 1


def run(url: str, token: str) -> None:
    """Read all contacts of a portal into csv.gz files in the working directory."""
    import dlt
    import requests
    from dlt.sources.rest_api import rest_api_source

    headers = {"Authorization": f"Bearer {token}"}
    definitions = requests.get(f"{url}/crm/v3/properties/contacts", headers=headers, timeout=60).json()["results"]
    names = ",".join(definition["name"] for definition in definitions)
    source = rest_api_source(
        {
            "client": {
                "base_url": url,
                "auth": {"type": "bearer", "token": token},
                "paginator": {"type": "cursor", "cursor_path": "paging.next.after", "cursor_param": "after"},
            },
            "resources": [
                {
                    "name": _TABLE,
                    "endpoint": {
                        "path": "/crm/v3/objects/contacts",
                        "params": {"limit": 100, "properties": names},
                        "data_selector": "results",
                    },
                }
            ],
        }
    )
    destination = dlt.destinations.filesystem(bucket_url=Path(_FILES).resolve().as_uri())
    pipeline = dlt.pipeline("bench", destination=destination, dataset_name=_DATASET)
    pipeline.run(source, loader_file_format="csv")


if __name__ == "__main__":
    run(sys.argv[1], os.environ[_TOKEN])
