"""What a read that is still going on has put aside in S3, so that a run that dies need not begin again.

Parts lie under `<prefix>/_unfinished/<day>/<TABLE>/<fingerprint>/`, outside the folders of days: no reader of tables
meets them. Each part is one object, so it is there whole or not at all. They are deleted when the table is in; what
runs leave that never come back, when a later day is closed. Not here: what is in a part (`assets/crawl.py`).
"""

import io
import zipfile
from collections.abc import Iterator, Mapping

from hubspot_assets.lake.errors import ObjectMissing
from hubspot_assets.lake.store import Store

_ZIP = "application/zip"


class Unfinished:
    """The parts of one read, numbered from 0. `fingerprint` keeps reads apart that would not give the same rows."""

    def __init__(self, store: Store, folder: str, fingerprint: str) -> None:
        self._store = store
        self._table = folder
        self._folder = f"{folder}{fingerprint}/"
        self._is_empty = True

    def put(self, number: int, part: Mapping[str, bytes]) -> None:
        """Put a part aside: bytes by name, compressed already. Raises LakeError."""
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
            for name, data in part.items():
                archive.writestr(name, data)
        self._store.put(f"{self._folder}{number:05d}.zip", packed.getvalue(), _ZIP)
        self._is_empty = False

    def take(self) -> Iterator[dict[str, bytes]]:
        """The parts from number 0 on, up to the first that is missing or damaged. Raises LakeError."""
        there = {key for key, _ in self._store.list(self._folder, subfolders=False)}
        self._is_empty = not there
        for number in range(len(there)):
            key = f"{self._folder}{number:05d}.zip"
            if key not in there:
                return
            try:
                part = self._part(key)
            except (ObjectMissing, zipfile.BadZipFile):
                return
            yield part

    def _part(self, key: str) -> dict[str, bytes]:
        with zipfile.ZipFile(io.BytesIO(self._store.get(key)[0])) as archive:
            return {name: archive.read(name) for name in archive.namelist()}

    def clear(self) -> None:
        """Delete what was put aside for this table, of whatever read: it is in now. Raises LakeError."""
        if not self._is_empty:
            self._store.delete(key for key, _ in self._store.list(self._table, subfolders=True))
            self._is_empty = True
