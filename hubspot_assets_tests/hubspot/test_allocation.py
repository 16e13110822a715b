"""A library is a guest: a client leaves the process as it is, and a program of ours sets it up."""

import subprocess
import sys

import pytest

CLIENT = "from hubspot_assets.hubspot import HubSpotClient; HubSpotClient('pat-na1-x')"
COMMAND = "from hubspot_assets.cli.given import given_settings; given_settings()"
DEFINITIONS = "import hubspot_assets.definitions"


@pytest.mark.parametrize(
    ("does", "changes"), [(CLIENT, False), (COMMAND, True), (DEFINITIONS, True)], ids=["client", "command", "Dagster"]
)
def test_only_a_program_of_ours_changes_how_the_process_collects_garbage(does: str, *, changes: bool) -> None:
    program = f"import gc; before = gc.get_threshold(); {does}; print(gc.get_threshold() != before)"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert ended.stdout.split()[-1:] == [str(changes)], ended.stderr
