"""The floor: every byte of the list endpoint on one connection, `json.loads`, nothing written.

No reader in Python that follows one cursor and decodes with `json` can be quicker. As a program (``python floor.py URL
[history]``, the token in FLOOR_TOKEN) it prints how many records it read; it uses the standard library alone, so that
starting costs next to nothing.
"""

import json
import os
import sys
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

if TYPE_CHECKING:
    from hubspot_assets_tests.benchmarks.contestants.contestant import Job, Output

_TOKEN = "FLOOR_TOKEN"


@dataclass(frozen=True)
class Floor:
    """Reads current values, or history."""

    reads_history: bool
    is_peer: bool = False

    @property
    def name(self) -> str:
        return "floor, with history" if self.reads_history else "floor"

    @property
    def does(self) -> str:
        size = "50 records a call, with property history" if self.reads_history else "100 records a call"
        return f"one connection, {size}, `json.loads`, writes nothing"

    def prepare(self, job: "Job") -> None:
        """Nothing to install."""

    def command(self, job: "Job") -> list[str]:
        return [sys.executable, __file__, job.portal_url, *(["history"] if self.reads_history else [])]

    def environment(self, job: "Job") -> dict[str, str]:
        return {**job.clean_environment(), _TOKEN: job.token}

    def output(self, job: "Job") -> "Output":
        from hubspot_assets_tests.benchmarks.contestants.contestant import Output

        return Output(0, 0, 0, contacts=int((job.directory / "stdout").read_text()))


def read(url: str, token: str, *, with_history: bool) -> int:
    """Read all contacts of a portal; gives how many there are."""
    connection = HTTPConnection(urlsplit(url).netloc)

    def get(path: str) -> Any:
        connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
        answer = connection.getresponse()
        content = answer.read()
        if answer.status != 200:
            raise SystemExit(f"{answer.status}: {content[:300]!r}")
        return json.loads(content)

    names = ",".join(definition["name"] for definition in get("/crm/properties/2026-09/0-1")["results"])
    query = {"propertiesWithHistory": names, "limit": 50} if with_history else {"properties": names, "limit": 100}
    records = 0
    after: dict[str, str] = {}
    while True:
        page = get(f"/crm/objects/2026-09/0-1?{urlencode({**query, **after})}")
        records += len(page["results"])
        if "paging" not in page:
            return records
        after = {"after": page["paging"]["next"]["after"]}


if __name__ == "__main__":
    sys.stdout.write(f"{read(sys.argv[1], os.environ[_TOKEN], with_history='history' in sys.argv)}\n")
