"""The demo: a made-up portal, a local S3, and the export between them, or `dagster dev` on top.

Here: starting and stopping the servers, and the settings that point the export at them. Not here: the portal and the S3
themselves (`portal/`, `s3.py`), the export (`hubspot_assets.export`).
"""

import os
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

from hubspot_assets.cli.terminal import Terminal
from hubspot_assets.demo.portal import PortalSettings, awkward
from hubspot_assets.demo.portal_process import portal_process
from hubspot_assets.demo.s3 import serve_s3
from hubspot_assets.errors import SettingError
from hubspot_assets.settings import DEFAULT_CATALOG, Settings

BUCKET = "demo-bucket"
PREFIX = "hubspot"
_QUERY = "SELECT PROPERTY_LIFECYCLESTAGE, COUNT(*) AS CONTACTS FROM OBJECTS_CONTACTS GROUP BY ALL"


@contextmanager
def demo_servers(directory: Path, portal_settings: PortalSettings) -> Iterator[dict[str, str]]:
    """Serve a portal and an S3 below `directory` while the block runs; gives the environment that points to them."""
    directory = directory.resolve()
    with portal_process(portal_settings) as portal_url, _bucket(directory) as bucket:
        yield {**bucket, "HUBSPOT_ACCESS_TOKEN": portal_settings.token, "HUBSPOT_API_URL": portal_url}


@contextmanager
def _bucket(directory: Path) -> Iterator[dict[str, str]]:
    """Serve the S3 of a demo while the block runs; gives the environment that points to its export."""
    with serve_s3(directory / "s3") as s3:
        s3.bucket(BUCKET)
        yield {
            **s3.environment,
            "HUBSPOT_S3_URL": f"s3://{BUCKET}/{PREFIX}",
            "HUBSPOT_CATALOG": str(directory / DEFAULT_CATALOG),
            "HUBSPOT_TIMEZONE": "UTC",
        }


@contextmanager
def exported_demo(directory: Path) -> Iterator[None]:
    """Serve what a demo exported into `directory`, with the settings that lead there, while the block runs.

    Raises SettingError where no demo was, or none that came to its end.
    """
    from hubspot_assets.lake.layout import SUCCESS  # noqa: PLC0415 - imports Polars

    directory = directory.resolve()
    bucket = directory / "s3" / BUCKET
    if not bucket.is_dir():
        raise SettingError(
            f"There is no demo in {directory}: run `make demo`, or give the directory of another demo with --demo."
        )
    if not any(bucket.glob(f"{PREFIX}/*/{SUCCESS}")):
        raise SettingError(
            f"The demo in {directory} has no complete day yet: run `make demo` to its end, or give the directory of "
            "another demo with --demo."
        )
    with _bucket(directory) as environment:
        before = dict(os.environ)
        # A role or a profile of the user's own would lead elsewhere.
        for name in [name for name in before if name.startswith(("AWS_", "HUBSPOT_"))]:
            del os.environ[name]
        os.environ.update(environment)
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)


def run_day(console: Terminal, directory: Path, contacts: int) -> bool:
    """Export yesterday of the demo portal and say where to look. Gives whether everything is in."""
    from hubspot_assets.cli.export import export_with_progress  # noqa: PLC0415 - imports Dagster

    yesterday = (datetime.now(timezone.utc) - timedelta(days=1)).date()
    with demo_servers(directory, _portal(yesterday, contacts)) as environment:
        os.environ.update(environment | {"DAGSTER_HOME": str(_home(directory))})
        settings = Settings()
        _discover(console, settings)
        result = export_with_progress(console, settings, str(yesterday))
    say_where(console, directory, str(yesterday))
    return not result.failed


def say_where(console: Terminal, directory: Path, day: str) -> None:
    """Print where a day of the demo is, and the commands that look at it."""
    folder = directory / "s3" / BUCKET / PREFIX / day
    console.print(
        f"\nThe day is in {folder}. Look at it:\n"
        f"  ls {folder}\n"
        f"  zcat {folder}/OWNERS/data_00000.csv.gz | head\n"
        f"  {query_command(directory)}\n"
        "or open the asset graph with `make ui`.",
        soft_wrap=True,
    )


def query_command(directory: Path) -> str:
    """The command that asks what a demo exported into `directory`, as it is typed where the demo was."""
    here = Path(sys.argv[0])
    program = here.name if shutil.which(here.name) else str(here)
    return f'{shlex.quote(program)} query --demo {shlex.quote(str(directory))} "{_QUERY}"'


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


def _discover(console: Terminal, settings: Settings) -> None:
    """Write the demo portal's catalogue, once: every pair of types is asked for, at the limit for half a minute."""
    if not settings.catalog.exists():
        with console.status("asking the demo portal what it has (as `hubspot-assets discover` does)"):
            from hubspot_assets.reading.discovery import discover_to_file  # noqa: PLC0415

            discover_to_file(settings)


def _home(directory: Path) -> Path:
    """Return the DAGSTER_HOME of a demo, the same for its exports and its UI, which so opens on tables that are in."""
    home = directory.resolve() / "dagster_home"
    home.mkdir(parents=True, exist_ok=True)
    # No word to anybody about a demo, and no dialog in front of it.
    (home / "dagster.yaml").write_text("telemetry: {enabled: false}\nnux: {enabled: false}\n")
    return home


def run_ui(console: Terminal, directory: Path, contacts: int, port: int) -> bool:
    """Run `dagster dev` on the demo portal and the demo's S3 until it is interrupted."""
    yesterday = (datetime.now(timezone.utc) - timedelta(days=1)).date()
    home = _home(directory)
    with demo_servers(directory, _portal(yesterday, contacts)) as environment:
        os.environ.update(environment)
        _discover(console, Settings())
        console.print(f"The portal is at {environment['HUBSPOT_API_URL']}. Press Ctrl-C to stop.")
        # A shell starts what runs in the background with Ctrl-C ignored, and `dagster dev` would inherit that: it ends,
        # and all that it started, by nothing else.
        signal.signal(signal.SIGINT, signal.default_int_handler)
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
