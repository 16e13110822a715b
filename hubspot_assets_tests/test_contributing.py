"""CONTRIBUTING.md names files and commands that there are."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
FILES = sorted(set(re.findall(r"`((?:hubspot_assets|hubspot_assets_tests|docs)[\w/.]*|\w+\.(?:md|cfg|txt))`", TEXT)))


@pytest.mark.parametrize("path", FILES)
def test_every_file_of_the_recipes_is_there(path: str) -> None:
    assert (ROOT / path).exists()


def test_every_command_is_one_of_the_makefile() -> None:
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
    named = set(re.findall(r"\bmake ([a-z]+)", TEXT))
    assert len(named) >= 4
    assert named <= set(targets)
