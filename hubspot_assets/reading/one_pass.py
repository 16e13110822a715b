"""One pass: the chunks of a type become the rows of its tables, and those are uploaded, while it is still read.

So an export takes as long as HubSpot's limit, and nothing but a chunk or two is kept of what was read. No reader sees
what is uploaded before the lake is told to commit it. A type of one chunk is not worth threads of its own: its chunk
waits until it is read. Not here: the reading (`carry_forward.py`), rows (`tables`), files and manifests (`lake`).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import TracebackType

import polars as pl

from hubspot_assets.catalog.columns import Column
from hubspot_assets.lake import Lake, TableContent
from hubspot_assets.lake.csv_text import TEXT, as_texts
from hubspot_assets.lake.sharing import Sharing
from hubspot_assets.lake.uploaded import UploadedTable
from hubspot_assets.tables.chunks import Chunk, filled
from hubspot_assets.tables.frame_files import FrameFiles
from hubspot_assets.tables.in_step import ID, with_ids
from hubspot_assets.tables.properties import Property


@dataclass(frozen=True)
class Rows:
    """A table of a type: its name, its columns, and what makes its rows of a chunk."""

    table: str
    columns: Sequence[Column]
    made: Callable[[Chunk], pl.DataFrame]
    keeps_columns: bool = False

    def of_chunk(self, chunk: Chunk) -> pl.DataFrame:
        """Return the rows of a chunk, those that are carried forward among them; as texts where those are."""
        if chunk.carried is None or self.table not in chunk.carried.rows:
            return self.made(chunk)
        carried, read = chunk.carried.rows[self.table], self.made(chunk.carried.again)
        read = as_texts(read) if TEXT in carried.columns else read
        return carried.merge_sorted(with_ids(read), ID).drop(ID)

    def content(self, frames: Iterable[pl.DataFrame]) -> TableContent:
        """Return what is written of some frames."""
        return TableContent(self.columns, frames, keeps_columns=self.keeps_columns)


class OnePass:
    """Takes the chunks of a type. A context manager around the step: what is not committed when it ends is deleted.

    `at_once`: the tables whose columns are known, by name. `of_values`: there is one whose columns depend on which of
    the properties `perhaps` any record has; the values of a big type wait for it on disk, in a directory that is the
    caller's to delete.
    """

    def __init__(
        self,
        lake: Lake,
        day: str,
        at_once: Mapping[str, Rows],
        directory: Path,
        perhaps: Sequence[Property] = (),
        *,
        of_values: bool = False,
    ) -> None:
        self.chunk_count = 0
        self.uploaded: dict[str, UploadedTable] = {}
        """What is not committed yet."""
        self._lake, self._day, self._at_once, self._directory = lake, day, at_once, directory
        self._perhaps, self._of_values = list(perhaps), of_values
        self._first: Chunk | None = None
        self._writing: dict[str, Sharing[pl.DataFrame, UploadedTable]] = {}
        self._values = FrameFiles(directory, "values")
        self._filled: set[Property] = set()

    def __enter__(self) -> "OnePass":
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        self.clear()

    @property
    def filled(self) -> list[Property]:
        """Those of `perhaps` that any record has."""
        return sorted(self._filled)

    def take(self, chunk: Chunk) -> None:
        """Make the rows of a chunk. Raises what writing any of the tables raises."""
        self.chunk_count += 1
        if self._perhaps:
            self._filled.update(filled(chunk.values, self._perhaps))
        if self.chunk_count == 1:
            self._first = chunk
            return
        if self._first is not None:
            first, self._first = self._first, None
            self._writing = {name: Sharing([partial(self._upload, name)]) for name in self._at_once}
            self._make_rows(first)
        self._make_rows(chunk)

    def end(self) -> None:
        """Make the last files of the tables. Raises what writing any of them raises."""
        while self._writing:
            self._writing.pop(next(iter(self._writing))).end()

    def clear(self) -> None:
        """Forget everything, and delete what was uploaded and not committed."""
        while self._writing:
            self._writing.popitem()[1].stop()
        for uploaded in self.uploaded.values():
            uploaded.attempt.discard()
        self.uploaded.clear()
        self.chunk_count, self._first, self._values.count = 0, None, 0
        self._filled.clear()

    def chunks(self) -> Iterator[Chunk]:
        """Yield the only chunk; of a big type, those that wait for the table of values, without versions."""
        if self._first is not None:
            yield self._first
        for values in self._values:
            yield Chunk(values, values.clear())

    def _make_rows(self, chunk: Chunk) -> None:
        if self._of_values:
            self._values.add(chunk.values)
        # One table after another, on one thread: side by side they would need the memory of each at a time. What is
        # side by side are their compression and uploads.
        for name, writing in self._writing.items():
            writing.add(self._at_once[name].of_chunk(chunk))

    def _upload(self, name: str, frames: Iterable[pl.DataFrame]) -> UploadedTable:
        uploaded = self._lake.upload(name, self._day, self._at_once[name].content(frames))
        self.uploaded[name] = uploaded
        return uploaded
