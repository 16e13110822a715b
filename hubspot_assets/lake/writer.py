"""From frames to uploaded data files: slices are compressed, gathered into files, and uploaded, all side by side.

Here: one attempt to write the data files of a table. Not here: what makes them visible (the manifest, in `lake`).
"""

import hashlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

import polars as pl

from hubspot_assets.lake import csv_gzip
from hubspot_assets.lake.csv_gzip import GrowingFile, Piece
from hubspot_assets.lake.errors import LakeError, PreconditionFailed
from hubspot_assets.lake.layout import data_file, data_file_number
from hubspot_assets.lake.manifest import DataFile, Manifest
from hubspot_assets.lake.store import Store

FILE_BYTES = 15_000_000
"""The size up to which a file grows. Only a single row that is larger makes a larger file: rows are never split."""

# What is under way at one time bounds the memory: one frame, a few slices of 1 MB and two files of 15 MB, one that is
# uploaded and one that grows, whatever the table. The tables of a big type are written side by side, so it counts.
_SLICES_AHEAD = 2
_FILES_AHEAD = 1

_NAMES_TRIED = 10

_A = TypeVar("_A")
_B = TypeVar("_B")


class Attempt:
    """The data files of one attempt at a table, numbered from `first`, in `folder` (a key with its closing slash)."""

    def __init__(self, store: Store, folder: str, first: int, file_bytes: int = FILE_BYTES) -> None:
        self._store = store
        self._folder = folder
        self._next = first
        self._file_bytes = file_bytes
        self._begun: list[str] = []

    def write(self, names: Sequence[str], frames: Iterable[pl.DataFrame]) -> tuple[DataFile, ...]:
        """Upload the rows of all frames; without rows, one file with only its header. The files are not visible yet.

        Whatever `frames`, the format or S3 raise is passed on, when no upload is under way any more.
        """
        head = csv_gzip.header(names)
        with ThreadPoolExecutor(_SLICES_AHEAD + _FILES_AHEAD, "lake-writer") as pool:
            pieces = _side_by_side(pool, csv_gzip.compress, csv_gzip.slices(frames), _SLICES_AHEAD)
            return tuple(_side_by_side(pool, self._upload, _files(head, pieces, self._file_bytes), _FILES_AHEAD))

    def discard(self, winner: Manifest | None = None) -> None:
        """Delete what this attempt uploaded. What cannot be deleted is swept up by the table's next attempt.

        `winner`: a manifest that is in force. An empty table's file is the same whoever wrote it, so it may name ours.
        """
        named = {file.name for file in winner.files} if winner else set()
        with suppress(LakeError):
            there = [key for key, _ in self._store.list(self._folder, subfolders=False)]
            ours = {self._folder + name for name in self._begun if name not in named}
            self._store.delete(key for key in there if key in ours)

    def _upload(self, file: GrowingFile) -> DataFile:
        data = file.whole()
        name = self._put_as_new(data)
        return DataFile(name=name, rows=file.rows, bytes=len(data), sha256=hashlib.sha256(data).hexdigest())

    def _put_as_new(self, data: bytearray) -> str:
        """Upload a file under a name that no other has; gives the name."""
        for _ in range(_NAMES_TRIED):
            name = data_file(self._next)
            self._next += 1
            self._begun.append(name)
            try:
                # Never over a file that is there: it may be what another attempt's manifest is about to name.
                self._store.put(self._folder + name, data, "application/gzip", over=None)
            except PreconditionFailed:
                self._begun.remove(name)
                there = (key.removeprefix(self._folder) for key, _ in self._store.list(self._folder, subfolders=False))
                self._next = max(self._next, *(1 + (data_file_number(other) or 0) for other in there))
            else:
                return name
        raise LakeError(
            f"Cannot write to s3://{self._store.bucket}/{self._folder}: {_NAMES_TRIED} new file names in a row were "
            "already taken, as if several exports were writing that table. Run this again when no other export is "
            "running."
        )


def _files(head: Piece, pieces: Iterable[Piece], file_bytes: int) -> Iterator[GrowingFile]:
    file, made = GrowingFile(head), 0
    for piece in pieces:
        if file.rows and file.size_with(piece) > file_bytes:
            full, file = file, GrowingFile(head)
            made += 1
            yield full
            del full  # 15 MB
        file.add(piece)
    if file.rows or not made:
        yield file


def _side_by_side(
    pool: ThreadPoolExecutor, function: Callable[[_A], _B], items: Iterable[_A], ahead: int
) -> Iterator[_B]:
    """Like `map`, in order, with up to `ahead` items under way in the pool while the next one is made."""
    begun: deque[Future[_B]] = deque()
    for item in items:
        if len(begun) == ahead:
            yield begun.popleft().result()
        begun.append(pool.submit(function, item))
        del item  # it may be large
    while begun:
        yield begun.popleft().result()
