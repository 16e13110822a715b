"""The objects of the local S3 as a file system for DuckDB, under the addresses that a script has: `s3://...`."""

import io
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

from fsspec import AbstractFileSystem


class S3OnDisk(AbstractFileSystem):
    """DuckDB's own S3 is an extension that it would have to download."""

    protocol: ClassVar[str] = "s3"
    cachable = False

    def __init__(self, directory: Path) -> None:
        super().__init__()
        self._directory = directory

    def glob(self, path: str, **_: Any) -> list[str]:
        return [path]

    def info(self, path: str, **_: Any) -> dict[str, Any]:
        return {"name": path, "size": self._on_disk(path).stat().st_size, "type": "file"}

    def modified(self, path: str) -> datetime:
        return datetime.fromtimestamp(self._on_disk(path).stat().st_mtime)

    def _open(self, path: str, mode: str = "rb", **_: Any) -> io.BytesIO:
        # DuckDB closes none of them.
        return io.BytesIO(self._on_disk(path).read_bytes())

    def _on_disk(self, path: str) -> Path:
        return self._directory / path.removeprefix("s3://")
