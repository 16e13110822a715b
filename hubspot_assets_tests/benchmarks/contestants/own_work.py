"""The export's own work: from the bytes of HubSpot's answers to gzip files, with no network on either side.

Answers are made from records in memory, files are dropped as soon as they are whole; everything between is the code of
the export: client, ranges, checks, frames, CSV, gzip. As a program (``python own_work.py URL TABLE...``, the
token in OWN_WORK_TOKEN) it takes the records from a portal first, and prints what the rest of it cost.
"""

import io
import json
import os
import sys
import time
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import msgspec
import polars as pl
import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse

from hubspot_assets.allocation import POLARS_ALLOCATOR, prepare_for_pages
from hubspot_assets.catalog.columns import Column
from hubspot_assets.catalog.object_types import STANDARD_OBJECT_TYPES
from hubspot_assets.catalog.portal import Portal
from hubspot_assets.catalog.portal_tables import PortalTables
from hubspot_assets.defs.assets.object_types import columns_and_rows
from hubspot_assets.hubspot import HubSpotClient, objects
from hubspot_assets.hubspot.http.limiter import Limiter
from hubspot_assets.lake.manifest import DataFile
from hubspot_assets.lake.sharing import Sharing
from hubspot_assets.lake.store import Store
from hubspot_assets.lake.writer import Attempt
from hubspot_assets.tables.chunks import Chunk, Chunks
from hubspot_assets.tables.properties import Property
from hubspot_assets_tests.benchmarks.contestants.contestant import Job
from hubspot_assets_tests.benchmarks.contestants.export import HISTORY

_TOKEN = "OWN_WORK_TOKEN"


@dataclass(frozen=True)
class OwnWork:
    """Makes some tables of contacts."""

    name: str
    does: str
    tables: tuple[str, ...]

    def command(self, job: Job) -> list[str]:
        return [sys.executable, "-m", __spec__.name, job.portal_url, *self.tables]

    def environment(self, job: Job) -> dict[str, str]:
        # It imports the tests, which are not installed.
        environment = {**job.clean_environment(), **POLARS_ALLOCATOR}
        return {**environment, _TOKEN: job.token, "PYTHONPATH": str(Path(__file__).parents[3])}

    def report(self, job: Job) -> dict[str, Any]:
        """What the program printed: records, seconds, cpu_seconds, rows, bytes."""
        found: dict[str, Any] = json.loads((job.directory / "stdout").read_text())
        return found


class _ContactsInMemory(HTTPAdapter):
    """The list endpoint of contacts, from records as the portal wrote them, at any cursor."""

    def __init__(self, url: str, token: str, *, with_history: bool) -> None:
        super().__init__()
        session = requests.Session()
        session.headers["Authorization"] = f"Bearer {token}"

        def get(path: str, **params: Any) -> bytes:
            answer = session.get(url + path, params=params, timeout=60)
            answer.raise_for_status()
            return answer.content

        defined = json.loads(get("/crm/properties/2026-09/0-1"))["results"]
        self.properties = [Property(one["name"], one["type"], one["label"]) for one in defined]
        names = ",".join(p.name for p in self.properties)
        asked = {"propertiesWithHistory": names, "limit": 50} if with_history else {"properties": names, "limit": 100}
        self._records: list[bytes] = []
        after: dict[str, str] = {}
        while True:
            page = msgspec.json.decode(get("/crm/objects/2026-09/0-1", **asked, **after), type=dict[str, msgspec.Raw])
            self._records += map(bytes, msgspec.json.decode(page["results"], type=list[msgspec.Raw]))
            if "paging" not in page:
                break
            after = {"after": msgspec.json.decode(page["paging"])["next"]["after"]}
        self._ids = [int(msgspec.json.decode(one)["id"]) for one in self._records]

    def send(self, request: requests.PreparedRequest, **_: Any) -> requests.Response:
        asked = dict(parse_qsl(urlsplit(request.url or "").query))
        first = bisect_left(self._ids, int(asked.get("after", 0)))
        last = first + int(asked["limit"])
        end = b',"paging":{"next":{"after":"%d"}}}' % self._ids[last] if last < len(self._ids) else b"}"
        page = b"".join([b'{"results":[', b",".join(self._records[first:last]), b"]", end])
        return self.build_response(request, HTTPResponse(io.BytesIO(page), status=200, preload_content=False))


class _Unlimited(Limiter):
    """Lets every call go at once."""

    def acquire(self, budget: Any) -> float:
        return self._clock()


class _Nowhere(Store):
    """Takes every file and keeps none."""

    def __init__(self) -> None:
        super().__init__(client=None, bucket="nowhere")

    def put(self, key: str, body: Any, content_type: str, **conditions: Any) -> str:
        return key


def run(url: str, token: str, names: Sequence[str]) -> dict[str, Any]:
    """Make the tables `names` of all contacts of a portal; says what it cost."""
    with_history = bool({*names} & {*HISTORY})
    contacts = _ContactsInMemory(url, token, with_history=with_history)
    client = HubSpotClient(token, adapter=contacts, limiter=_Unlimited())
    portal_tables = PortalTables(Portal.of([t for t in STANDARD_OBJECT_TYPES if t.object_type_id == "0-1"], [], []))
    tables = portal_tables.objects["0-1"]
    began, cpu_began = time.perf_counter(), time.process_time()
    one_pass = _Pass([columns_and_rows(tables, table, contacts.properties) for table in tables if table.name in names])
    chunks = Chunks(contacts.properties, one_pass)
    asked = [p.name for p in contacts.properties]
    for page in objects.map_pages(
        lambda page: chunks.columns(page.records, page.read_at), client, "0-1", asked, with_history=with_history
    ):
        chunks.add_columns(page)
    chunks.flush()
    files = one_pass.end()
    return {
        "records": chunks.records,
        "seconds": time.perf_counter() - began,
        "cpu_seconds": time.process_time() - cpu_began,
        "rows": sum(file.rows for file in files),
        "bytes": sum(file.bytes for file in files),
    }


class _Pass:
    """Has tables made of chunks while they are read, as `reading.one_pass` does."""

    def __init__(self, tables: Sequence[tuple[Sequence[Column], Callable[[Chunk], pl.DataFrame]]]) -> None:
        self._writing = [(Sharing([partial(_write, columns)]), rows) for columns, rows in tables]

    def take(self, chunk: Chunk) -> None:
        for writing, rows in self._writing:
            writing.add(rows(chunk))

    def end(self) -> list[DataFile]:
        return [file for writing, _ in self._writing for (files,) in [writing.end()] for file in files]

    def clear(self) -> None:
        raise AssertionError("Nothing is forgotten here.")


def _write(columns: Sequence[Column], frames: Iterable[pl.DataFrame]) -> tuple[DataFile, ...]:
    return Attempt(_Nowhere(), "", 0).write([c.name for c in columns], frames)


if __name__ == "__main__":
    # As the export's own program does it; what Polars' allocator reads, which is loaded by now, is in the environment.
    prepare_for_pages()
    sys.stdout.write(json.dumps(run(sys.argv[1], os.environ[_TOKEN], sys.argv[2:])))
