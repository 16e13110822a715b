"""Frames on local disk, for what is read again and does not fit into memory. Not here: what the frames are."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import polars as pl


class FrameFiles:
    """Frames on disk, one Arrow file each, read back in the order they were added. The directory is the caller's."""

    def __init__(self, directory: Path, name: str) -> None:
        self._directory = directory
        self._name = name
        self.count = 0

    def add(self, frame: pl.DataFrame) -> None:
        """Write a frame."""
        frame.write_ipc(self._path(self.count), compression="lz4")
        self.count += 1

    def __iter__(self) -> Iterator[pl.DataFrame]:
        return (read() for read in self.readers())

    def columns(self, names: Sequence[str]) -> Iterator[pl.DataFrame]:
        """Yield these columns of each frame, without reading the others."""
        return (pl.read_ipc(self._path(number), columns=list(names)) for number in range(self.count))

    def readers(self) -> Iterator[Callable[[], pl.DataFrame]]:
        """Return what reads each frame, for those who may not need them all."""
        return (partial(pl.read_ipc, self._path(number)) for number in range(self.count))

    def taken(self, number: int) -> pl.DataFrame:
        """Return a frame that nobody needs any more: its file goes."""
        frame = pl.read_ipc(self._path(number).read_bytes())
        self._path(number).unlink()
        return frame

    def bytes(self, number: int) -> int:
        """Return how long the file of a frame is."""
        return self._path(number).stat().st_size

    def _path(self, number: int) -> Path:
        return self._directory / f"{self._name}_{number:05d}.arrow"
