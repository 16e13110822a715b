"""From a manifest back to a LazyFrame: file by file, only the columns that are asked for, never a whole table at once.

Here: reading data files by the manifest that names them. Not here: finding the manifest (`lake`).
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeAlias

import polars as pl
from polars.io.plugins import register_io_source

from hubspot_assets.lake import csv_gzip, csv_text
from hubspot_assets.lake.day_cache import SmallFiles
from hubspot_assets.lake.errors import LakeError, ObjectMissing, TableReplaced
from hubspot_assets.lake.formats import rows_of
from hubspot_assets.lake.layout import Layout
from hubspot_assets.lake.manifest import DataFile, Manifest
from hubspot_assets.lake.store import Store

_TRIES = 2

Frames: TypeAlias = Callable[[Sequence[str] | None], Iterator[pl.DataFrame]]
"""Gives the rows of a table, these columns of it or all, a piece at a time."""


def scan(schema: pl.Schema, frames_of: Frames) -> pl.LazyFrame:
    """Return the table of that schema whose rows `frames_of` gives. Collecting raises what that raises."""

    def source(
        with_columns: list[str] | None, predicate: pl.Expr | None, n_rows: int | None, _batch_size: int | None
    ) -> Iterator[pl.DataFrame]:
        remaining = n_rows
        for frame in frames_of(with_columns):
            if remaining is not None:
                frame = frame.head(remaining)  # noqa: PLW2901
                remaining -= frame.height
            yield frame if predicate is None else frame.filter(predicate)
            if remaining == 0:
                return

    return register_io_source(source, schema=schema, is_pure=True)


def frames(
    store: Store,
    layout: Layout,
    folder: str,
    manifest: Manifest,
    refresh: Callable[[], Manifest],
    small: SmallFiles | None = None,
    columns: Sequence[str] | None = None,
) -> Iterator[pl.DataFrame]:
    """Yield the rows of the table that `manifest` describes, with these columns or all, or as texts (`csv_text`).

    `refresh` gives the manifest that is in force now; `small` keeps what was fetched for the next read of it. For
    whoever takes rows as they are: a query costs a small table more than it costs to read it.

    Files are checked against their SHA-256. Raises `LakeError` for a file that is damaged or gone, and `TableReplaced`
    when another export replaced the table after rows of the old one had been handed out.
    """
    names = manifest.polars_schema.names() if columns is None else columns
    handed_out = False
    while True:
        try:
            for frame in _read(store, layout, folder, manifest, names, small):
                handed_out = True
                yield frame
            return
        except ObjectMissing as missing:
            # A re-run deletes the old files once its manifest is in force: begin again with the new ones.
            current = refresh()
            if current == manifest:
                raise LakeError(
                    f"{manifest.table} of {manifest.day} is damaged: a file named in its manifest is gone. Export "
                    f"the table again. {missing}"
                ) from missing
            if handed_out or current.polars_schema != manifest.polars_schema:
                raise TableReplaced(
                    f"{manifest.table} of {manifest.day} was exported again while it was being read: read it again."
                ) from missing
            manifest = current


def _read(
    store: Store, layout: Layout, folder: str, manifest: Manifest, names: Sequence[str], small: SmallFiles | None
) -> Iterator[pl.DataFrame]:
    if typed := manifest.instead_of_csv:
        yield from rows_of(store, layout, manifest, *typed, names)
        return
    # One file ahead: the next is fetched while this one is parsed.
    with ThreadPoolExecutor(1, "lake-reader") as ahead:
        fetched = None
        for file, following in zip(manifest.files, (*manifest.files[1:], None), strict=True):
            data = _fetch(store, folder, file, small) if fetched is None else fetched.result()
            fetched = ahead.submit(_fetch, store, folder, following, small) if following else None
            url, rows = f"s3://{store.bucket}/{folder}{file.name}", 0
            parse = partial(csv_gzip.parse, data, manifest.polars_schema, names, url)
            for frame in small.parsed(file.sha256, names, parse) if small else parse():
                rows += csv_text.number_of_rows(frame)
                yield frame
            if rows != file.rows:
                raise LakeError(f"{url} has {rows} rows, but its manifest says {file.rows}: export the table again.")


def _fetch(store: Store, folder: str, file: DataFile, small: SmallFiles | None) -> bytes:
    if small and (kept := small.get(file.sha256)):
        return kept
    # What comes damaged may lie there whole: a proxy that cuts an answer off does not always say so.
    for _ in range(_TRIES):
        data, _ = store.get(folder + file.name)
        if hashlib.sha256(data).hexdigest() == file.sha256:
            if small:
                small.keep(file.sha256, data)
            return data
    raise LakeError(
        f"s3://{store.bucket}/{folder}{file.name} is damaged: its SHA-256 differs from the one in the manifest. "
        "Export the table again."
    )
