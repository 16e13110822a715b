"""singer-io's tap-hubspot, run against a demo portal: how it is installed, and what it is told.

Its pins and ours do not go together, so it has a Python environment of its own, made by uv.
"""

import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path
from typing import Any

REQUIREMENT = "tap-hubspot>=4.5,<5"

# The address of HubSpot is a constant of the tap: there is no setting for it. Of its streams, those are chosen whose
# paths HubSpot still has in v3; what a stream reads and how is the tap's own. It cannot write a datetime that is
# none, which portals have: properties that are datetimes are not selected, nor the object that repeats them all.
_RUN = """
import json, sys
import tap_hubspot

url, config, catalog, streams = sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4].split(",")
tap_hubspot.BASE_URL = url
tap_hubspot.CONFIG.update(json.load(open(config)))
found = []
for stream in tap_hubspot.STREAMS:
    if stream.tap_stream_id in streams:
        schema, metadata = tap_hubspot.load_discovered_schema(stream)
        found.append({"stream": stream.tap_stream_id, "tap_stream_id": stream.tap_stream_id,
                      "schema": schema, "metadata": metadata})
for custom in tap_hubspot.generate_custom_streams(mode="DISCOVER"):
    name = custom["stream"].tap_stream_id
    if name in streams:
        found.append({"stream": name, "tap_stream_id": name, "table_name": custom["custom_object_name"],
                      "schema": custom["schema"],
                      "metadata": tap_hubspot.get_metadata(custom["stream"], custom["schema"])})
for stream in found:
    fields = stream["schema"]["properties"]
    for entry in stream["metadata"]:
        field = entry["breadcrumb"][-1] if entry["breadcrumb"] else ""
        moment = field.startswith("property_") and fields[field].get("format") == "date-time"
        entry["metadata"]["selected"] = not moment and field != "properties"
json.dump({"streams": found}, open(catalog, "w"))
sys.argv = ["tap-hubspot", "--config", config, "--properties", catalog]
tap_hubspot.main()
"""


class NotInstalled(Exception):
    """The tap could not be installed; the text says why."""


def python_in(directory: Path) -> Path:
    """The Python of the environment that `install` makes in a directory."""
    return directory / "bin" / "python"


def install(directory: Path) -> Path:
    """Install the tap from the package index, unless it is there already; gives its Python. Raises NotInstalled."""
    python, done = python_in(directory), directory / "installed"
    if done.exists():
        return python
    uv = shutil.which("uv", path=sysconfig.get_path("scripts")) or shutil.which("uv")
    if uv is None:
        raise NotInstalled("tap-hubspot is installed by uv, which `make test` brings and which is not here")
    make = [uv, "venv", "--quiet", "--clear", "--python", sys.executable, directory]
    subprocess.run(make, check=True, capture_output=True)
    command = [uv, "pip", "install", "--quiet", "--python", python, REQUIREMENT]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    except subprocess.TimeoutExpired:
        raise NotInstalled("tap-hubspot could not be installed: the package index did not answer in time") from None
    if answer.returncode:
        reason = (answer.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise NotInstalled(f"tap-hubspot could not be installed from the package index: {reason}")
    done.touch()
    return python


def version_in(directory: Path) -> str | None:
    """The version that `install` put into a directory, None where there is none."""
    found = next(directory.glob("lib/python*/site-packages/tap_hubspot-*.dist-info"), None)
    return found.name.removesuffix(".dist-info").split("-")[1] if found else None


def settings(token: str) -> dict[str, Any]:
    """What the tap's configuration file says to read everything with this token."""
    return {"api_key": token, "start_date": "2000-01-01T00:00:00Z"}


def command(python: Path, url: str, directory: Path, streams: Sequence[str]) -> list[str]:
    """Run the tap on a portal's streams: JSON lines on stdout. `directory` has its settings as `config.json`."""
    files = [str(directory / name) for name in ("config.json", "catalog.json")]
    return [str(python), "-c", _RUN, url, *files, ",".join(streams)]
