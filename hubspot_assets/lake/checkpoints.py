"""What a read that is still going on has put aside in S3, so that a run that dies need not begin again.

Parts lie under `<prefix>/_unfinished/<day>/<TABLE>/<fingerprint>/`, outside the folders of days: no reader of tables
meets them. Each part is one object, so it is there whole or not at all. They are deleted when the table is in; what
runs leave that never come back, when a later day is closed. Not here: what is in a part (`reading/crawl.py`,
`reading/resuming.py`).
"""

import io
import logging
import struct
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from itertools import count

from hubspot_assets.lake.errors import ObjectMissing
from hubspot_assets.lake.store import Store

logger = logging.getLogger("hubspot_assets.lake")

_ZIP = "application/zip"
#: What zipfile raises for what is no archive, or none that was written here.
_DAMAGE = (zipfile.BadZipFile, struct.error, EOFError, ValueError, RuntimeError)


class Checkpoints:
    """The parts of one read, numbered from 0. `fingerprint` keeps reads apart that would not give the same rows.

    `there`: the keys of what was put aside for the day, where they are known already.
    """

    def __init__(self, store: Store, folder: str, fingerprint: str, there: Iterable[str] | None = None) -> None:
        self._store = store
        self._table = folder
        self._folder = f"{folder}{fingerprint}/"
        self._there = None if there is None else {key for key in there if key.startswith(folder)}
        self._is_empty = True

    def put(self, number: int, part: Mapping[str, bytes]) -> None:
        """Put a part aside: bytes by name, compressed already. Raises LakeError."""
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
            for name, data in part.items():
                archive.writestr(name, data)
        self._store.put(self._key(number), packed.getvalue(), _ZIP)
        self._is_empty = False

    def take(self) -> Iterator[dict[str, bytes]]:
        """Yield the parts from number 0 on, up to the first that is missing or damaged. Raises LakeError."""
        if self._there is None:
            self._there = {key for key, _ in self._store.list(self._table, subfolders=True)}
        self._is_empty = not self._there
        for number in count():
            if self._key(number) not in self._there:
                return
            try:
                part = self._part(self._key(number))
            except ObjectMissing:
                return
            except _DAMAGE as damage:
                self.discard(number, damage)
                return
            yield part

    def discard(self, number: int, damage: Exception) -> None:
        """Delete a part that is damaged, and those behind it, which go on from there. Raises LakeError."""
        logger.warning("%s is damaged, so what it holds is read again (%s).", self._key(number), damage)
        there = self._there or ()
        self._store.delete([key for key in there if key.startswith(self._folder) and key >= self._key(number)])

    def _part(self, key: str) -> dict[str, bytes]:
        with zipfile.ZipFile(io.BytesIO(self._store.get(key)[0])) as archive:
            return {name: archive.read(name) for name in archive.namelist()}

    def _key(self, number: int) -> str:
        return f"{self._folder}{number:05d}.zip"

    def clear(self) -> None:
        """Delete what was put aside for this table, of whatever read: it is in now. Raises LakeError."""
        if not self._is_empty:
            self._store.delete(key for key, _ in self._store.list(self._table, subfolders=True))
            self._is_empty, self._there = True, set()
