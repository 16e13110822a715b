"""The demo: a made-up portal, a local S3, and the export between them, or `dagster dev` on top.

Here: starting and stopping the servers, and the settings that point the export at them. Not here: the portal and the S3
themselves (`portal/`, `s3.py`), the export (`hubspot_assets.export`).
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

from rich.console import Console

from hubspot_assets import settings
from hubspot_assets.demo.portal import PortalSettings, awkward
from hubspot_assets.demo.portal_process import portal_process
from hubspot_assets.demo.s3 import serve_s3

BUCKET = "demo-bucket"
PREFIX = "hubspot"


@contextmanager
def demo_servers(directory: Path, portal_settings: PortalSettings) -> Iterator[dict[str, str]]:
    """Serve a portal and an S3 below `directory` while the block runs; gives the environment that points to them."""
    directory = directory.resolve()
    with portal_process(portal_settings) as portal_url, serve_s3(directory / "s3") as s3:
        s3.bucket(BUCKET)
        yield {
            **s3.environment,
            settings.ACCESS_TOKEN.name: portal_settings.token,
            settings.API_URL.name: portal_url,
            settings.S3_URL.name: f"s3://{BUCKET}/{PREFIX}",
            settings.CATALOG.name: str(directory / settings.DEFAULT_CATALOG),
            settings.TIMEZONE.name: "UTC",
        }


def run_day(console: Console, directory: Path, contacts: int) -> bool:
    """Export yesterday of the demo portal and say where to look. Gives whether everything is in."""
    from hubspot_assets.cli.export import export_with_progress  # noqa: PLC0415 - imports Dagster

    yesterday = (datetime.now(timezone.utc) - timedelta(days=1)).date()
    with demo_servers(directory, _portal(yesterday, contacts)) as environment:
        os.environ.update(environment)
        _discover(console, Path(environment[settings.CATALOG.name]))
        result = export_with_progress(console, str(yesterday), [])
    folder = directory / "s3" / BUCKET / PREFIX / str(yesterday)
    console.print(
        f"\nThe day is in [bold]{folder}[/]. Look at it:\n"
        f"  ls {folder}\n"
        f"  zcat {folder}/OWNERS/data_00000.csv.gz | head\n"
        f"  duckdb -c \"from '{folder}/OBJECTS_CONTACTS/*.csv.gz'\"\n"
        "or open the asset graph with `make ui`.",
        highlight=False,
        soft_wrap=True,
    )
    return not result.failed


def _portal(day: date, contacts: int) -> PortalSettings:
    """A portal with some of everything and all that is awkward in real ones, small enough to look through."""
    return awkward(
        PortalSettings(
            day=day,
            contacts=contacts,
            companies=contacts // 10,
            deals=contacts // 2,
            tickets=contacts // 10,
            other_records=20,
            properties=30,
            lists=20,
            standard_properties=True,
        )
    )


def _discover(console: Console, catalogue: Path) -> None:
    """Write the demo portal's catalogue, once: every pair of types is asked for, at the limit for half a minute."""
    if not catalogue.exists():
        with console.status("asking the demo portal what it has (as `hubspot-assets discover` does)"):
            from hubspot_assets.reading.discovery import discover_to_file  # noqa: PLC0415

            discover_to_file()


def run_ui(console: Console, directory: Path, contacts: int, port: int) -> bool:
    """Run `dagster dev` on the demo portal and the demo's S3 until it is interrupted."""
    yesterday = (datetime.now(timezone.utc) - timedelta(days=1)).date()
    home = directory.resolve() / "dagster_home"
    home.mkdir(parents=True, exist_ok=True)
    # No word to anybody about a demo, and no dialog in front of it.
    (home / "dagster.yaml").write_text("telemetry: {enabled: false}\nnux: {enabled: false}\n")
    with demo_servers(directory, _portal(yesterday, contacts)) as environment:
        os.environ.update(environment)
        _discover(console, Path(environment[settings.CATALOG.name]))
        console.print(f"The portal answers on {environment[settings.API_URL.name]}. Interrupt with Ctrl-C to stop.")
        command = [sys.executable, "-m", "dagster", "dev", "-m", "hubspot_assets.definitions"]
        address = ["-h", "127.0.0.1", "-p", str(port)]
        process = subprocess.Popen(  # noqa: S603 - our own interpreter
            [*command, *address], env={**os.environ, "DAGSTER_HOME": str(home)}
        )
        try:
            return process.wait() == 0
        except KeyboardInterrupt:
            return True
        finally:
            # Dagster stops its own processes; a second interrupt, where the terminal sent it one too, does no harm.
            process.send_signal(signal.SIGINT)
            process.wait()
