"""HubSpot's own SDK for Python, as a script would use it.

As a program (``python hubspot_sdk.py URL``, the token in HUBSPOT_SDK_TOKEN) it reads every contact into a list and
prints how many there are.
"""

import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hubspot_assets_tests.benchmarks.contestants.contestant import Job, Output

_TOKEN = "HUBSPOT_SDK_TOKEN"


@dataclass(frozen=True)
class HubSpotSdk:
    """Contacts with all properties into memory."""

    name: str = "hubspot-api-client"
    does: str = (
        "HubSpot's own SDK, `crm.contacts.get_all()` with all properties; no history, keeps everything in memory and "
        "writes nothing"
    )
    reads_history: bool = False
    is_peer: bool = True

    def prepare(self, job: "Job") -> None:
        """It is in the `test` extra."""

    def command(self, job: "Job") -> list[str]:
        return [sys.executable, __file__, job.portal_url]

    def environment(self, job: "Job") -> dict[str, str]:
        return {**job.clean_environment(), _TOKEN: job.token}

    def output(self, job: "Job") -> "Output":
        from hubspot_assets_tests.benchmarks.contestants.contestant import Output

        return Output(0, 0, 0, contacts=int((job.directory / "stdout").read_text()))


def read(url: str, token: str) -> int:
    """Read all contacts of a portal; gives how many there are."""
    from hubspot import HubSpot

    crm = HubSpot(access_token=token, host=url).crm
    names = [definition.name for definition in crm.properties.core_api.get_all("contacts").results]
    return len(crm.contacts.get_all(properties=names))


if __name__ == "__main__":
    sys.stdout.write(f"{read(sys.argv[1], os.environ[_TOKEN])}\n")
