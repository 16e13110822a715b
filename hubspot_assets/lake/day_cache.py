"""What the holder of a day knows of it: S3 need not be asked again for each of its hundreds of tables.

Known is what lay in the day's folder when the day was taken, and what this process has put there since. That is the
truth while nobody else writes the day, so it goes with the day's lease (`lease`). Where several processes of one run
hold it, each of them knows what it wrote itself. Not here: what is made of it (`lake`).
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import polars as pl

from hubspot_assets.lake.etags import unquoted
from hubspot_assets.lake.manifest import Manifest

_FILES_KEPT = 64
SMALL = 500_000
"""Up to how many bytes a file, or a table, is small."""

_PARSED_KEPT = 8
_SMALL_PARSED = 4_000_000


class SmallFiles:
    """The small files that were read last, by their SHA-256: what has that hash is what was read. For many threads.

    What every step is made of, such as a day's property definitions, is fetched once, and parsed once for each choice
    of columns.
    """

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}
        self._asked_again: set[str] = set()
        self._parsed: dict[tuple[str, ...], Sequence[pl.DataFrame]] = {}
        self._lock = threading.Lock()

    def get(self, sha256: str) -> bytes | None:
        """Return a file that was kept; None where it was not, or not for long enough."""
        kept = self._kept.get(sha256)
        if kept is not None:
            self._asked_again.add(sha256)
        return kept

    def keep(self, sha256: str, data: bytes) -> None:
        """Keep a file for the next reader, if it is small."""
        if len(data) > SMALL:
            return
        with self._lock:
            self._kept[sha256] = data
            while len(self._kept) > _FILES_KEPT:
                del self._kept[next(iter(self._kept))]

    def parsed(
        self, sha256: str, columns: Sequence[str], parse: Callable[[], Iterator[pl.DataFrame]]
    ) -> Iterable[pl.DataFrame]:
        """Return the frames that a file is parsed into; those of a small one that is read again and again are kept."""
        key = (sha256, *columns)
        if (frames := self._parsed.get(key)) is not None:
            return frames
        if sha256 not in self._asked_again:
            return parse()
        frames = tuple(parse())
        if sum(frame.estimated_size() for frame in frames) <= _SMALL_PARSED:
            with self._lock:
                self._parsed[key] = frames
                while len(self._parsed) > _PARSED_KEPT:
                    del self._parsed[next(iter(self._parsed))]
        return frames


class DayCache:
    """A day's folder, by keys. For many threads. `there`: key to ETag of what lay in it; None where that is unknown."""

    def __init__(self, there: Mapping[str, str] | None) -> None:
        self.may_be_closed = True
        """Whether `_SUCCESS.json` may be there."""
        self.small_files = SmallFiles()
        self._is_known = there is not None
        self._folders: dict[str, dict[str, str]] = {}
        for key, etag in (there or {}).items():
            self._folders.setdefault(key[: key.rindex("/") + 1], {})[key] = etag
        self._looked_at: set[str] = set()
        self._written: dict[str, tuple[str | None, Manifest]] = {}
        self._unfinished: Sequence[str] | None = None
        self._asked_for: set[str] = set()
        self._days: Sequence[str] | None = None
        self._lock = threading.Lock()

    def first_look(self, folder: str) -> dict[str, str] | None:
        """Key to ETag of what lies directly in a folder; None where it was looked at before, and may have changed."""
        with self._lock:
            if folder in self._looked_at or not self._is_known:
                return None
            self._looked_at.add(folder)
            return self._folders.get(folder, {})

    def unfinished(self, folder: str, listed: Callable[[], Iterable[str]]) -> Sequence[str] | None:
        """Return the keys of what earlier runs of the day put aside in a folder, listed once for all folders.

        None where the folder was asked for before: this run, too, may have put something there since.
        """
        with self._lock:
            if folder in self._asked_for:
                return None
            self._asked_for.add(folder)
            if self._unfinished is None:
                self._unfinished = tuple(listed())
            return [key for key in self._unfinished if key.startswith(folder)]

    def days(self, listed: Callable[[], Iterable[str]]) -> Sequence[str]:
        """Return the days that had a folder when they were first asked for."""
        with self._lock:
            if self._days is None:
                self._days = tuple(listed())
            return self._days

    def wrote(self, key: str, etag: str, manifest: Manifest) -> None:
        """Note a manifest that was put."""
        self._written[key] = unquoted(etag), manifest

    def written(self, key: str, etag: str | None = None) -> Manifest | None:
        """Return the manifest that this process put under the key.

        With an ETag, only if it is the one with that ETag.
        """
        put, manifest = self._written.get(key, (None, None))
        return manifest if etag is None or unquoted(etag) == put else None
