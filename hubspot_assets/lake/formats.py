"""The formats a table is written in, behind one interface: frames in, files of the manifest out.

Here: which formats there are, one attempt at a table in all that are asked for, fed from one read. CSV is HubSpot's own
layout, many files beside the manifest (`writer`). Every other format is one file of a table's day, which grows on the
local disk and is put over the one before it. Adding such a format is a module with a growing file and a `parse`, like
`parquet`, and its line in `FILE_FORMATS`. Not here: the order in which a table is replaced (`lake`).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import polars as pl

from hubspot_assets.catalog.columns import Column, schema
from hubspot_assets.errors import SettingError
from hubspot_assets.lake import csv_text, parquet
from hubspot_assets.lake.errors import LakeError, PreconditionFailed, TableReplaced
from hubspot_assets.lake.large_objects import sha256_of
from hubspot_assets.lake.layout import Layout
from hubspot_assets.lake.manifest import DataFile, Manifest, TypedFile
from hubspot_assets.lake.sharing import share
from hubspot_assets.lake.store import Store
from hubspot_assets.lake.writer import Attempt
from hubspot_assets.scratch import scratch_directory

CSV = "csv"
DEFAULT = (CSV,)


class GrowingFile(Protocol):
    """A file on the local disk that rows are added to. `decimals`: the columns of numbers that are decimals in it."""

    rows: int
    decimals: list[str]

    def add(self, frame: pl.DataFrame) -> None: ...

    def finish(self) -> None: ...

    def close(self) -> None: ...


@dataclass(frozen=True)
class FileFormat:
    """A format of one file for a table's day: how it grows at a path, and how its rows are read from one."""

    grow: Callable[[Path, Sequence[Column]], GrowingFile]
    parse: Callable[[Path, pl.Schema, Sequence[str], str], Iterator[pl.DataFrame]]
    content_type: str


FILE_FORMATS: Mapping[str, FileFormat] = {
    "parquet": FileFormat(parquet.ParquetFile, parquet.parse, "application/vnd.apache.parquet"),
}


def formats_in(text: str) -> tuple[str, ...]:
    """Return the formats that a text such as `csv,parquet` names. Raises SettingError for others, or for none."""
    names = tuple(dict.fromkeys(name.strip().lower() for name in text.split(",") if name.strip()))
    known = (CSV, *FILE_FORMATS)
    if not names or not set(names) <= set(known):
        raise SettingError(f"HUBSPOT_FORMATS is {text!r}: set it to {', '.join(known)} or both, such as csv,parquet.")
    return names


@dataclass(frozen=True)
class Written:
    """What an attempt wrote. `files`: of CSV; `formats`: of the others, by name."""

    rows: int
    files: tuple[DataFile, ...]
    formats: dict[str, TypedFile]


class TableAttempt:
    """One attempt at a table of a day in `formats`; `csv` is what writes it in CSV, where that is one of them.

    What lies on the local disk is gone after `publish` or `discard`, one of which must come.
    """

    def __init__(
        self, store: Store, layout: Layout, table: str, day: str, formats: Sequence[str], csv: Attempt
    ) -> None:
        self._csv = csv if CSV in formats else None
        self._store, self._table, self._day = store, table, day
        self._scratch = ExitStack()
        self._files = [
            _OneFile(store, layout, layout.partition(table, day, name), name)
            for name in formats
            if name in FILE_FORMATS
        ]
        self._not_asked_for = [layout.partition(table, day, name) for name in FILE_FORMATS if name not in formats]

    def write(self, columns: Sequence[Column], frames: Iterable[pl.DataFrame]) -> Written:
        """Write the rows of all frames. No reader sees them yet; whatever the frames or a format raise is passed on."""
        if self._files:
            directory = self._scratch.enter_context(scratch_directory())
            for one in self._files:
                one.path = directory / f"table.{one.name}"
        csv = self._csv
        names = [column.name for column in columns]
        writing: list[Callable[[Iterable[pl.DataFrame]], tuple[DataFile, ...] | TypedFile]] = [
            *([lambda rows: csv.write(names, rows)] if csv else []),
            *((lambda rows, file=file: file.write(columns, rows)) for file in self._files),
        ]
        written = share(frames, writing)
        files = [one for one in written if isinstance(one, tuple)]
        typed = [one for one in written if isinstance(one, TypedFile)]
        rows = typed[0].rows if typed else sum(file.rows for one in files for file in one)
        return Written(rows, files[0] if files else (), dict(zip((f.name for f in self._files), typed, strict=True)))

    def publish(self, before_each: Callable[[], None]) -> None:
        """Put the files of one object each over those of before, which is the last thing before the manifest.

        `before_each` raises where that must not be. Raises `TableReplaced` when another attempt was quicker.
        """
        with self._scratch:
            for file in self._files:
                before_each()
                try:
                    file.publish()
                except PreconditionFailed as error:
                    raise TableReplaced(
                        f"Another run exported {self._table} of {self._day} at the same time and finished first: its "
                        "table is kept, and this run's is discarded."
                    ) from error

    def discard(self, winner: Manifest | None = None) -> None:
        """Delete what this attempt uploaded of CSV; see `writer.Attempt`."""
        self._scratch.close()
        if self._csv:
            self._csv.discard(winner)

    def left_over(self) -> list[str]:
        """Return the keys of what an earlier export of this table and day wrote in formats not asked for now."""
        return [key for key in self._not_asked_for if self._store.has(key)]


class _OneFile:
    """An attempt in a format of one file."""

    path: Path

    def __init__(self, store: Store, layout: Layout, key: str, name: str) -> None:
        self.name = name
        self._store, self._key = store, key
        self._told_as = key.removeprefix(layout.root)
        self._format = FILE_FORMATS[name]
        self._over = store.etag(key)
        self._sha256 = ""

    def write(self, columns: Sequence[Column], frames: Iterable[pl.DataFrame]) -> TypedFile:
        """Write the file to the local disk."""
        try:
            with closing(self._format.grow(self.path, columns)) as file:
                dtypes = schema(list(columns))
                for frame in frames:
                    file.add(csv_text.as_columns(frame, dtypes))
                file.finish()
        except OSError as error:
            raise LakeError(
                f"Cannot write {self.path} on this machine ({error.strerror or error}): free some space there, or "
                "set TMPDIR to a folder with more."
            ) from error
        self._sha256 = sha256_of(self.path)
        size = self.path.stat().st_size
        return TypedFile(
            name=self._told_as, rows=file.rows, bytes=size, sha256=self._sha256, decimals=tuple(file.decimals)
        )

    def publish(self) -> None:
        self._store.put_file(self._key, self.path, self._sha256, self._format.content_type, over=self._over)


def rows_of(
    store: Store, layout: Layout, manifest: Manifest, name: str, file: TypedFile, names: Sequence[str]
) -> Iterator[pl.DataFrame]:
    """Give the rows of a table by its file in a format, with the columns `names`, or as texts (`csv_text`).

    Raises LakeError for damage.
    """
    key = layout.root + file.name
    with scratch_directory() as directory:
        path = directory / f"table.{name}"
        if store.fetch(key, path) != file.sha256:
            raise LakeError(
                f"{layout.url(key)} is damaged: its SHA-256 differs from the one in the manifest. Export the table "
                "again."
            )
        typed = manifest.polars_schema
        as_texts = csv_text.are_texts(names)
        parsed = FILE_FORMATS[name].parse(path, typed, typed.names() if as_texts else names, layout.url(key))
        yield from map(csv_text.as_texts, parsed) if as_texts else parsed
