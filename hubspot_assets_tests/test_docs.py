"""Every command of README and `docs` does what the page says: typed in the order of the pages, on a small portal."""

import ast
import os
import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from unittest.mock import patch as mocked

import pytest

from hubspot_assets.days import EXPORTS_AT
from hubspot_assets.demo.portal import PortalSettings, serve
from hubspot_assets.demo.s3 import DemoS3
from hubspot_assets_tests.exported import BUCKET, YESTERDAY, environment
from hubspot_assets_tests.small_export import FEW, command

ROOT = Path(__file__).parents[1]
PAGES = [
    "README.md",
    *(f"docs/{name}.md" for name in ("start", "connect_hubspot", "days", "limits", "troubleshooting")),
]
#: What other tests run, or what only starts a program that stays.
ELSEWHERE = re.compile(
    r"make \w+|export PATH=.*|mkdir -p dagster_home|DAGSTER_HOME=.* dagster dev .*|.* query --demo .*"
)
SELECTED = "contacts,companies,deals,e_visited_page,OWNERS"
"""Of a whole portal nothing more would be seen, and it takes longer."""


def lines(page: str) -> list[str]:
    text = (ROOT / page).read_text(encoding="utf-8")
    blocks = re.findall(r"^```bash\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    return [line for block in blocks for line in block.splitlines() if line.strip()]


@pytest.fixture(scope="module")
def at_a_desk(s3: DemoS3, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A directory with the `.env` that the pages have made."""
    with serve(PortalSettings(**FEW)) as portal, pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("desk"))
        Path(".env").write_text(
            f"HUBSPOT_ACCESS_TOKEN={portal.token}\nHUBSPOT_API_URL={portal.url}\n"
            f"HUBSPOT_S3_URL=s3://{BUCKET}/docs\nHUBSPOT_SELECT={SELECTED}\n"
        )
        with mocked.dict(os.environ), environment({**s3.environment, "AWS_EC2_METADATA_DISABLED": "true"}):
            yield  # and what commands took from `.env` is gone with it


typed_once = cache(command)
"""What several pages type does the same on each."""


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.usefixtures("at_a_desk")
def test_every_command_of_a_page_works_as_it_is_typed(page: str) -> None:
    # Who reads another page has done what README says.
    typed = [line for one in ("README.md", page) for line in lines(one) if not ELSEWHERE.fullmatch(line)]
    assert lines(page)
    if not Path("hubspot_catalog.json").exists():
        assert typed_once("discover")[0] == 0
    for line in typed:
        program, *words = shlex.split(re.sub(r"\d{4}-\d\d-\d\d", str(YESTERDAY), line))
        assert program == "hubspot-assets", line
        code, output = typed_once(*words)
        assert code == 0, f"{line}\n{output}"


@pytest.mark.parametrize("page", ["README.md", "docs/start.md", "docs/days.md"])
def test_the_hour_of_the_schedule_is_the_one_that_is_told(page: str) -> None:
    assert f"{EXPORTS_AT:%H:%M}" in (ROOT / page).read_text(encoding="utf-8")


def test_measured_figures_are_those_of_the_benchmarks() -> None:
    measured = (ROOT / "docs/benchmarks.md").read_text(encoding="utf-8")
    text = (ROOT / "docs/limits.md").read_text(encoding="utf-8")
    for figure in ("102,101", "2,189", "1,138", "1,201", "1,021,000", "22,265", "66.1 s", "140 s", "97%", "1,782 s"):
        assert figure in measured
        assert figure in text
    for figure in ("398 MiB", "623 MiB", "2,797 MiB", "513.1 MB", "108.8 MB", "732", "88%"):
        assert figure in measured
        assert figure in text


def test_troubleshooting_quotes_what_the_program_says() -> None:
    page = (ROOT / "docs/troubleshooting.md").read_text(encoding="utf-8")
    quoted = re.findall(r'^\| [^|"]*"([^|"]+)"[^|"]* \|', page, re.MULTILINE)
    assert len(quoted) >= 5
    trees = [ast.parse(path.read_bytes()) for path in (ROOT / "hubspot_assets").rglob("*.py")]
    said = [node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    texts = [text for text in said if isinstance(text, str)]
    for part in (part.strip() for quote in quoted for part in quote.split("...") if part.strip()):
        assert any(part in text for text in texts), part


def test_every_page_is_in_the_contents_and_every_make_target_is_there() -> None:
    contents, overview = ((ROOT / name).read_text(encoding="utf-8") for name in ("mkdocs.yml", "docs/index.md"))
    for page in (ROOT / "docs").glob("*.md"):
        assert page.name in contents
        assert page.name == "index.md" or f"({page.name})" in overview
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for page in ("README.md", "docs/start.md", "docs/security.md", "docs/benchmarks.md"):
        for target in re.findall(r"^make (\w+)|`make (\w+)`", (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE):
            assert re.search(rf"^{''.join(target)}:", makefile, re.MULTILINE), target
