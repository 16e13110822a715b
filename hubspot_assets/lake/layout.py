"""Where things lie in the bucket: `<prefix>/<YYYY-MM-DD>/<TABLE>/[<SUBTABLE>/]data_<n>.csv.gz`.

Files of other formats lie at `<prefix>/<format>/<TABLE>/day=<YYYY-MM-DD>/<TABLE or SUBTABLE>.<format>`: below the
prefix, so that the bucket's policy holds for them too; by table and then by day, as query engines want a partition; a
combined table as one, its parts side by side; and nothing but data, since not every reader skips `_manifest.json`. A
table of a day is one object there, which one put replaces: readers of a folder never see half of one, two, or a stray.

Here: the one place that spells and takes apart keys. Nothing here talks to S3. Table names come from HubSpot's
labels, so a name that could leave its folder is refused before it becomes a key.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from hubspot_assets.lake.errors import LakeError, LakeUrlError

MANIFEST = "_manifest.json"
SUCCESS = "_SUCCESS.json"
EXPORTING = "_EXPORTING.json"
_UNFINISHED = "_unfinished"

_TABLE = re.compile(r"[A-Z0-9_]+(/[A-Z0-9_]+)*")
# Of all stores: Google's names have underscores, older ones capitals and more than Amazon's 63 characters.
_URL = re.compile(r"s3://([A-Za-z0-9][A-Za-z0-9._-]{1,220}[A-Za-z0-9])(?:/(.*))?")
_DATA = re.compile(r"data_([0-9]{5,})\.csv\.gz")


@dataclass(frozen=True)
class Layout:
    """The keys of one lake: a bucket, and the prefix under which its day folders lie (may be empty)."""

    bucket: str
    prefix: str = ""

    @classmethod
    def of_url(cls, url: str) -> "Layout":
        """Of `s3://bucket` or `s3://bucket/prefix`; raises LakeUrlError with one sentence for anything else."""
        match = _URL.fullmatch(url.strip())
        if not match:
            raise LakeUrlError(
                f"{url!r} is not the URL of a folder in S3: set HUBSPOT_S3_URL to s3://<bucket>/<prefix>; a "
                "bucket's name has at least three letters, digits, dots, hyphens or underscores."
            )
        prefix = (match[2] or "").rstrip("/")
        if any(part in ("", ".", "..") for part in prefix.split("/")) and prefix:
            raise LakeUrlError(
                f"The prefix of {url!r} contains an empty part, '.' or '..': use plain folder names only."
            )
        return cls(match[1], prefix)

    def day(self, day: str) -> str:
        """Return the folder of a day, with its closing slash."""
        if not is_day(day):
            raise LakeError(f"{day!r} is not a day: write YYYY-MM-DD.")
        return f"{self.root}{day}/"

    @property
    def root(self) -> str:
        """The folder of the days, with its closing slash; empty for a lake that fills a bucket."""
        return f"{self.prefix}/" if self.prefix else ""

    def table(self, table: str, day: str) -> str:
        """Return the folder of a table on a day, with its closing slash."""
        if not _TABLE.fullmatch(table):
            raise LakeError(f"{table!r} is not a valid table name: use A-Z, 0-9 and _, with / between the parts.")
        return f"{self.day(day)}{table}/"

    def manifest(self, table: str, day: str) -> str:
        return self.table(table, day) + MANIFEST

    def manifests(self, day: str, keys: Iterable[str]) -> dict[str, str]:
        """Table to key of its manifest, of those among the keys of a day; other folders than tables have none."""
        folder, end = self.day(day), f"/{MANIFEST}"
        found = {key[len(folder) : -len(end)]: key for key in keys if key.endswith(end)}
        return {name: key for name, key in found.items() if _TABLE.fullmatch(name)}

    def partition(self, table: str, day: str, form: str) -> str:
        """Return the key of a table's file of a day in a format of one file a table, such as `parquet`."""
        folder = self.table(table, day)
        name, _, part = table.partition("/")
        return f"{folder.removesuffix(f'{day}/{table}/')}{form}/{name}/day={day}/{part or name}.{form}"

    def success(self, day: str) -> str:
        return self.day(day) + SUCCESS

    def exporting(self, day: str) -> str:
        return self.day(day) + EXPORTING

    def checkpoints(self, folder: str = "") -> str:
        """Where unfinished reads put aside what belongs to a day's or a table's folder; with its closing slash."""
        return f"{self.root}{_UNFINISHED}/{folder.removeprefix(self.root)}"

    def url(self, key: str) -> str:
        return f"s3://{self.bucket}/{key}"


def data_file(number: int) -> str:
    return f"data_{number:05d}.csv.gz"


def data_file_number(name: str) -> int | None:
    """Return the n of `data_<n>.csv.gz`; None for any other name."""
    match = _DATA.fullmatch(name)
    return int(match[1]) if match else None


def is_day(text: str) -> bool:
    """Whether a text is a day as the layout writes it, YYYY-MM-DD."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
