"""`make ui` opens on what `make demo` materialized."""

import subprocess
import sys
from pathlib import Path

from hubspot_assets.settings import DEFAULT_CATALOG
from hubspot_assets_tests.browser.deployment import clean, serving
from hubspot_assets_tests.browser.driving import Browser
from hubspot_assets_tests.exported import YESTERDAY
from hubspot_assets_tests.small_export import catalogue

ONE_TABLE = {"HUBSPOT_SELECT": "OWNERS"}


def test_the_ui_opens_on_the_run_of_the_demo_and_its_tables(browser: Browser, tmp_path: Path) -> None:
    catalogue("0-2").save(tmp_path / DEFAULT_CATALOG)  # without a file the demo asks for all types that there are
    demo = [sys.executable, "-m", "hubspot_assets_tests.few_types", "demo", "--directory", str(tmp_path)]
    subprocess.run([*demo, "--contacts", "3"], cwd=tmp_path, env=clean(ONE_TABLE), check=True, capture_output=True)
    with serving([*demo, "--contacts", "3", "--ui"], tmp_path, ONE_TABLE, "hubspot_assets.definitions") as ui:
        browser.open(f"{ui.url}/assets/owners?view=events")
        browser.sees(f"Partition {YESTERDAY} materialized in run")
        (run,) = ui.runs_of(f"dagster/partition={YESTERDAY}")
        browser.open(f"{ui.url}/runs/{run}")
        browser.sees("Success", "daily_export")
