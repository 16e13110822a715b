"""A library is a guest: it leaves the process as it is, and a program of ours sets it up."""

import os
import subprocess
import sys

import pytest

from hubspot_assets.allocation import POLARS_ALLOCATOR

CLIENT = "import polars; from hubspot_assets.hubspot import HubSpotClient; HubSpotClient('pat-na1-x')"
COMMAND = "from hubspot_assets.cli.app import app; app(['tables', '--scopes'], standalone_mode=False)"
DEFINITIONS = "import hubspot_assets.definitions"
PROGRAM = """
import gc, os, sys

before, of_polars = gc.get_threshold(), []

class Import:
    def find_spec(self, name, *_):
        if name == "polars":
            of_polars.append("_RJEM_MALLOC_CONF" in os.environ)

sys.meta_path.insert(0, Import())
DOES
print(gc.get_threshold() != before, of_polars)
"""


@pytest.mark.parametrize(
    ("does", "changes"), [(CLIENT, False), (COMMAND, True), (DEFINITIONS, True)], ids=["client", "command", "Dagster"]
)
def test_only_a_program_of_ours_changes_how_the_process_manages_memory(does: str, *, changes: bool) -> None:
    """And it does so before Polars is imported, whose allocator reads the environment then."""
    program = PROGRAM.replace("DOES", does)
    # Not with what another test's program of ours has put into this process's environment.
    variables = {name: value for name, value in os.environ.items() if name not in POLARS_ALLOCATOR}
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, env=variables)
    assert ended.stdout.split("\n")[-2:-1] == [f"{changes} [{changes}]"], ended.stderr


def test_an_export_looks_for_no_cycles_at_its_end() -> None:
    program = """
import atexit, gc
atexit.register(lambda: print(gc.get_freeze_count() > 0))  # after what is registered later
from hubspot_assets.cli.app import app
app(["export", "--day", "none"])
"""
    variables = {name: value for name, value in os.environ.items() if not name.startswith("HUBSPOT_")}
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, env=variables)
    assert ended.stdout.split("\n")[-2:-1] == ["True"], ended.stderr
