"""The order of the tests is that of files that are there, and what shares a day is handed out together."""

import re
from pathlib import Path

from hubspot_assets_tests.conftest import HEAVY, LOOK_AT_ONE_DAY

TESTS = Path(__file__).parent


def test_the_files_that_begin_first_are_there() -> None:
    assert [file for file in HEAVY if not (TESTS / file).is_file()] == []


def test_all_files_of_this_run_that_look_at_the_one_day_are_handed_out_together() -> None:
    # Those of `warehouse` are run on their own.
    files = [file for file in TESTS.rglob("test_*.py") if file.parent.name != "warehouse"]
    looking = [file for file in files if re.search(r"\bexported_day\b", file.read_text(encoding="utf-8"))]
    names = {file.relative_to(TESTS).as_posix() for file in looking if file != Path(__file__)}
    assert names == {*LOOK_AT_ONE_DAY}
