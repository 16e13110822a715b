"""What the bench says a command cost. Nothing here asserts on time."""

import os
import sys
from pathlib import Path

import pytest

from hubspot_assets_tests.benchmarks.measuring import CommandFailed, measured

STARTS_ANOTHER = """
import subprocess, sys
subprocess.run([sys.executable, "-c", "import time; held = bytearray(200 << 20); time.sleep(1.5)"], check=True)
"""


def test_memory_is_that_of_all_processes_that_a_command_starts(tmp_path: Path) -> None:
    cost = measured([sys.executable, "-c", STARTS_ANOTHER], tmp_path, os.environ)
    assert 200 < cost.peak_mib < 300
    assert max(mib for _, mib in cost.memory) > 200
    assert [moment for moment, _ in cost.memory] == sorted(moment for moment, _ in cost.memory)


def test_what_a_command_prints_is_kept_in_its_directory(tmp_path: Path) -> None:
    measured([sys.executable, "-c", "print('said')"], tmp_path, os.environ)
    assert (tmp_path / "stdout").read_text() == "said\n"


def test_a_command_that_fails_is_told_with_the_end_of_what_it_said(tmp_path: Path) -> None:
    with pytest.raises(CommandFailed, match=r"ended with 3(.|\n)*why it did"):
        measured([sys.executable, "-c", "import sys; print('why it did'); sys.exit(3)"], tmp_path, os.environ)


def test_a_command_that_does_not_end_is_ended(tmp_path: Path) -> None:
    with pytest.raises(CommandFailed, match="ended with -9"):
        measured([sys.executable, "-c", "import time; time.sleep(600)"], tmp_path, os.environ, at_most_seconds=0.5)
