"""Several code locations, as the page about many portals sets them up: each has the portals of its own file."""

import os
import re
import subprocess
import sys
from pathlib import Path

import hubspot_assets
from hubspot_assets_tests.small_export import catalogue

ROOT = Path(hubspot_assets.__file__).parents[1]
PAGE = (ROOT / "docs" / "many_portals.md").read_text(encoding="utf-8")
PORTALS = {"europe": "eu", "america": "us"}


def of_the_page(language: str, begins: str) -> str:
    """The block of the page that begins so."""
    (found,) = re.findall(rf"```{language}\n({begins}.*?)```", PAGE, re.DOTALL)
    return str(found)


def test_a_code_location_of_the_workspace_has_the_portals_of_its_file(tmp_path: Path) -> None:
    (tmp_path / "workspace.yaml").write_text(of_the_page("yaml", "load_from"))
    (tmp_path / "portals").mkdir()
    for name, portal in PORTALS.items():
        code = of_the_page("python", "import os").replace("europe", name)
        (tmp_path / "portals" / f"{name}.py").write_text(code)
        entry = f"{portal}: {{token_variable: TOKEN, s3_url: 's3://bucket/{portal}'}}\n"
        (tmp_path / "portals" / f"{name}.yaml").write_text(entry)
        catalogue("0-2").save(tmp_path / f"hubspot_catalog_{portal}.json")
    others = {name: value for name, value in os.environ.items() if not name.startswith(("HUBSPOT_", "DAGSTER"))}
    listed = subprocess.run(
        [sys.executable, "-m", "dagster", "job", "list", "-w", "workspace.yaml", "-l", "america"],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env={**others, "DAGSTER_HOME": str(tmp_path)},
    )
    assert set(re.findall(r"Job: (\w+)", listed.stdout)) == {"__ASSET_JOB", "us__daily_export", "us__deadline"}
