"""The data files of the bucket as a file system that DuckDB reads from: fetched when a statement comes to them.

DuckDB's own access to S3 is an extension that it downloads, which closed networks refuse, and would know nothing of the
export's role. Here every file comes through the export's own client, is checked against the SHA-256 of its manifest,
and is named by day, so that a statement that asks for one day fetches none of another. Nothing can be written.
"""

import io
import threading
from collections import OrderedDict
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any, ClassVar

from fsspec import AbstractFileSystem  # type: ignore[import-untyped]

from hubspot_assets.lake.errors import LakeError, ObjectMissing
from hubspot_assets.lake.manifest import DataFile, TypedFile
from hubspot_assets.warehouse.content import checked_content, fetch_checked
from hubspot_assets.warehouse.days import Bucket

_KEPT_BYTES = 256_000_000
_LARGE_BYTES = 64_000_000


class LakeFiles(AbstractFileSystem):  # type: ignore[misc]
    """`hubspot://DAY=<day>/<TABLE>/<name>`, for those files that were named with `add`.

    What is too large to be kept in memory is fetched into the folder `scratch`.
    """

    protocol: ClassVar[str] = "hubspot"
    cachable = False

    def __init__(self, bucket: Bucket, scratch: Path) -> None:
        super().__init__()
        self.failure: LakeError | None = None
        """Why the last file could not be read: DuckDB hands on no more than the text of an exception."""
        self._bucket, self._scratch = bucket, scratch
        self._known: dict[str, tuple[str, DataFile]] = {}
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def add(self, day: str, table: str, file: DataFile) -> str:
        """Let a file of a table be read. Gives its url."""
        layout = self._bucket.layout
        # The name of a typed file is its whole key, which has a partition of its own.
        key = layout.root + file.name if isinstance(file, TypedFile) else layout.table(table, day) + file.name
        path = f"DAY={day}/{table}/{file.name.rpartition('/')[2]}"
        self._known[path] = key, file
        return f"{self.protocol}://{path}"

    def glob(self, path: str, **_: Any) -> list[str]:
        return [path]

    def info(self, path: str, **_: Any) -> dict[str, Any]:
        return {"name": path, "size": self._named(path)[1].bytes, "type": "file"}

    def modified(self, path: str) -> datetime:
        """Different for files that differ: one that has the place of another has its name, too."""
        return datetime(2000, 1, 1) + timedelta(microseconds=int(self._named(path)[1].sha256[:12], 16))

    def _open(self, path: str, mode: str = "rb", **_: Any) -> IO[bytes]:
        if mode != "rb":
            raise PermissionError(f"{path} is read-only.")
        key, file = self._named(path)
        try:
            return self._large(key, file) if file.bytes > _LARGE_BYTES else io.BytesIO(self._content(key, file))
        except LakeError as error:
            if not isinstance(self.failure, ObjectMissing):
                self.failure = error
            raise

    def _named(self, path: str) -> tuple[str, DataFile]:
        return self._known[path.removeprefix(f"{self.protocol}://")]

    def _large(self, key: str, file: DataFile) -> IO[bytes]:
        path = self._scratch / file.sha256
        with self._lock:
            if not path.exists():
                fetch_checked(self._bucket, key, file.sha256, path)
        return path.open("rb")

    def _content(self, key: str, file: DataFile) -> bytes:
        with self._lock:
            if kept := self._kept.get(file.sha256):
                self._kept.move_to_end(file.sha256)
                return kept
        data = checked_content(self._bucket, key, file.sha256)
        with self._lock:
            self._kept[file.sha256] = data
            while sum(map(len, self._kept.values())) > _KEPT_BYTES:
                self._kept.popitem(last=False)
        return data
