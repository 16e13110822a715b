"""Which of very many 64-bit hashes occur too often, in a bounded amount of memory. Knows nothing of tables."""

from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path

import polars as pl

_IN_MEMORY = 500_000
_HASH = "hash"


class RepeatedKeys:
    """Counts hashes; those of a table that does not fit are kept in a directory, in buckets that each do.

    `directory` gives that one, where it is needed. `expected` is how many will come, `most` how often each of them may.
    """

    def __init__(self, directory: Callable[[], Path], expected: int, most: int, in_memory: int = _IN_MEMORY) -> None:
        self._make_directory = directory
        self._buckets = 1 + expected // in_memory
        self._most = most
        self._in_memory = in_memory
        self._held: list[pl.Series] = []
        self._held_rows = 0
        self._spills = 0

    @cached_property
    def _directory(self) -> Path:
        return self._make_directory()

    def add(self, hashes: pl.Series) -> None:
        """`hashes` is UInt64."""
        self._held.append(hashes.alias(_HASH))
        self._held_rows += len(hashes)
        if self._buckets > 1 and self._held_rows >= self._in_memory:
            self._spill()

    def too_often(self) -> pl.Series:
        """Return the hashes that occur more than `most` times, each once."""
        found = [
            # What is told in a tenth of the time, and nearly always.
            bucket.clear()
            if bucket.n_unique() == len(bucket)
            else bucket.to_frame().group_by(_HASH).len().filter(pl.col("len") > self._most).select(_HASH).to_series()
            for bucket in self._each_bucket()
        ]
        return pl.concat(found) if found else pl.Series(_HASH, dtype=pl.UInt64)

    def _each_bucket(self) -> Iterator[pl.Series]:
        if not self._spills:
            if self._held:
                yield pl.concat(self._held)
            return
        self._spill()
        for bucket in range(self._buckets):
            files = sorted(self._directory.glob(f"{bucket}_*.arrow"))
            if files:
                yield pl.concat([pl.read_ipc(file) for file in files]).to_series()

    def _spill(self) -> None:
        if not self._held:
            return
        rows = pl.concat(self._held).to_frame().with_columns((pl.col(_HASH) % self._buckets).alias("bucket"))
        for (bucket,), part in rows.partition_by("bucket", as_dict=True, include_key=False).items():
            part.write_ipc(self._directory / f"{bucket}_{self._spills}.arrow")
        self._spills += 1
        self._held, self._held_rows = [], 0
