"""What the bench knows of a contestant, and what a contestant is told."""

import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import NamedTuple, Protocol

from hubspot_assets.demo.s3 import DemoS3


class Output(NamedTuple):
    """What a contestant wrote. `bytes` as they lie in the files; `contacts`: how many it got, None where many types."""

    tables: int
    rows: int
    bytes: int
    contacts: int | None


@dataclass(frozen=True)
class Job:
    """What to read, and where there is room. `directory` is the contestant's own and empty."""

    portal_url: str
    token: str
    day: date
    directory: Path
    s3: DemoS3
    prefix: str
    """The export's folder in the bucket; a later day of the same portal goes to the same one."""
    tools: Path
    """Where peers are installed, once for all runs."""

    @property
    def catalogue(self) -> Path:
        """The portal catalogue of all jobs with this prefix."""
        return self.s3.directory.parent / f"{self.prefix}_catalog.json"

    def clean_environment(self) -> dict[str, str]:
        """What every contestant starts from."""
        return clean_environment(self.directory)


def clean_environment(directory: Path) -> dict[str, str]:
    """The environment of this process without what would lead a contestant elsewhere; temporary files in a folder."""
    leading = ("AWS_", "HUBSPOT_", "DAGSTER_", "DLT_", "RUNTIME__")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(leading)}
    return {**kept, "TMPDIR": str(directory)}


class Contestant(Protocol):
    """One way to read a portal."""

    @property
    def name(self) -> str:
        """As the page calls it."""

    @property
    def does(self) -> str:
        """What it does and what it does not, for the page: half a sentence."""

    @property
    def reads_history(self) -> bool: ...

    @property
    def is_peer(self) -> bool:
        """Whether somebody else wrote it."""

    def prepare(self, job: Job) -> None:
        """Whatever is done once and not measured: installing. Raises NotInstalled."""

    def command(self, job: Job) -> list[str]: ...

    def environment(self, job: Job) -> dict[str, str]: ...

    def output(self, job: Job) -> Output:
        """What it wrote."""


class NotInstalled(Exception):
    """A peer could not be installed; the text says why."""
