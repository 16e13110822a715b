"""The data files of the bucket as a file system that DuckDB reads from: fetched when a statement comes to them.

DuckDB's own access to S3 is an extension that it downloads, which closed networks refuse, and would know nothing of the
export's role. Here every file comes through the export's own client, is checked against the SHA-256 of its manifest,
and is named by day, so that a statement that asks for one day fetches none of another. Nothing can be written.
"""

import io
import threading
from collections import OrderedDict
from datetime import datetime
from typing import Any, ClassVar

from fsspec import AbstractFileSystem  # type: ignore[import-untyped]

from hubspot_assets.lake.errors import LakeError, ObjectMissing
from hubspot_assets.lake.manifest import DataFile
from hubspot_assets.warehouse.content import checked_content
from hubspot_assets.warehouse.days import Bucket

_KEPT_BYTES = 256_000_000


class LakeFiles(AbstractFileSystem):  # type: ignore[misc]
    """`hubspot://DAY=<day>/<TABLE>/data_<n>.csv.gz`, for those files that were named with `add`."""

    protocol: ClassVar[str] = "hubspot"
    cachable = False

    def __init__(self, bucket: Bucket) -> None:
        super().__init__()
        self.failure: LakeError | None = None
        """Why the last file could not be read: DuckDB hands on no more than the text of an exception."""
        self._bucket = bucket
        self._known: dict[str, DataFile] = {}
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def add(self, day: str, table: str, file: DataFile) -> str:
        """Let a file of a table be read. Gives its url."""
        path = f"DAY={day}/{table}/{file.name}"
        self._known[path] = file
        return f"{self.protocol}://{path}"

    def glob(self, path: str, **_: Any) -> list[str]:
        return [path]

    def info(self, path: str, **_: Any) -> dict[str, Any]:
        return {"name": path, "size": self._file(path).bytes, "type": "file"}

    def modified(self, path: str) -> datetime:
        """Always the same: a table that is exported again has files of other names."""
        return datetime(2000, 1, 1)

    def _open(self, path: str, mode: str = "rb", **_: Any) -> io.BytesIO:
        if mode != "rb":
            raise PermissionError(f"{path} is only read, never written.")
        return io.BytesIO(self._content(path))

    def _file(self, path: str) -> DataFile:
        return self._known[path.removeprefix(f"{self.protocol}://")]

    def _content(self, path: str) -> bytes:
        path = path.removeprefix(f"{self.protocol}://")
        sha256 = self._file(path).sha256
        with self._lock:
            if kept := self._kept.get(sha256):
                self._kept.move_to_end(sha256)
                return kept
        data = self._fetch(path, sha256)
        with self._lock:
            self._kept[sha256] = data
            while sum(map(len, self._kept.values())) > _KEPT_BYTES:
                self._kept.popitem(last=False)
        return data

    def _fetch(self, path: str, sha256: str) -> bytes:
        day, _, name = path.removeprefix("DAY=").partition("/")
        try:
            return checked_content(self._bucket, day, name, sha256)
        except LakeError as error:
            if not isinstance(self.failure, ObjectMissing):
                self.failure = error
            raise
