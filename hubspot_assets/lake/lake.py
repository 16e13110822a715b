"""The lake: tables by name and day in an S3 bucket. Knows nothing of Dagster or HubSpot.

Here: what makes a table or a day visible, and in which order things happen so that no reader ever sees half of one.
Not here: the file format (`csv_gzip`), the upload (`writer`), the streaming read (`reader`), the keys (`layout`).

How a table is replaced: the files of the new attempt are uploaded beside the old ones under numbers that no manifest
names; then one put replaces the manifest, which is the switch; then everything that lay there before is deleted.
Whatever dies when, a reader that goes by the manifest finds the old table or the new one. A reader that globs for
files goes by `_SUCCESS.json`: it is taken away before the first table of a day changes, and put back by `close_day`.

While one export has a day to itself (`lease`), what it knows of the day's folder is not asked for again (`day_cache`).

Two exports of one table and day at the same time: the first to finish wins, the other is refused. That rests on the
conditional writes of S3 (`If-None-Match`, `If-Match`). A store that ignores them, as `rclone serve s3` does, or refuses
them does not tell the two apart: there, only the hashes in the manifest show that a table was damaged. All else holds
there too; `connect check` says which kind a store is.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from typing import Any

import polars as pl

from hubspot_assets.concurrency import results_by_item
from hubspot_assets.lake.checkpoints import Checkpoints
from hubspot_assets.lake.content import TableContent
from hubspot_assets.lake.day_cache import day_cache
from hubspot_assets.lake.errors import LakeError, ObjectMissing, PreconditionFailed, TableMissing, TableReplaced
from hubspot_assets.lake.formats import DEFAULT as DEFAULT_FORMATS
from hubspot_assets.lake.formats import TableAttempt, Written
from hubspot_assets.lake.kept_columns import last_manifest, with_kept_columns
from hubspot_assets.lake.layout import Layout, data_file_number, is_day
from hubspot_assets.lake.lease import DayLease
from hubspot_assets.lake.manifest import Manifest, ManifestColumn, Success, TableSummary, parse, says
from hubspot_assets.lake.reader import scan
from hubspot_assets.lake.store import Store
from hubspot_assets.lake.strays import strays_in
from hubspot_assets.lake.writer import FILE_BYTES, Attempt

_JSON = "application/json"
_MANIFESTS_AT_ONCE = 8


def _nobody(_: str) -> None:
    """Nobody is told."""


class Lake:
    """Tables under `s3://<bucket>/<prefix>/`, through a boto3 S3 client, which threads may share.

    A table is named by its path (`OBJECTS_CONTACTS`, `OBJECT_PROPERTIES/CONTACTS`), a day by `YYYY-MM-DD`. A data
    file of CSV grows up to `file_bytes`; tables are written in `formats`, of those of `formats.py`. Everything raises
    `LakeError` with one sentence when S3 refuses or cannot be reached.
    """

    def __init__(
        self,
        client: Any,
        bucket: str,
        prefix: str = "",
        file_bytes: int = FILE_BYTES,
        formats: Sequence[str] = DEFAULT_FORMATS,
    ) -> None:
        self.layout = Layout(bucket, prefix.strip("/"))
        self._store = Store(client, bucket)
        self._file_bytes = file_bytes
        self._formats = formats

    @classmethod
    def from_url(cls, url: str, client: Any, formats: Sequence[str] = DEFAULT_FORMATS) -> "Lake":
        """Of `s3://<bucket>/<prefix>`; raises `LakeError` for anything else."""
        layout = Layout.of_url(url)
        return cls(client, layout.bucket, layout.prefix, formats=formats)

    def url(self, table: str, day: str) -> str:
        """The folder of a table on a day, as `s3://...`."""
        return self.layout.url(self.layout.table(table, day))

    def write(self, table: str, day: str, content: TableContent) -> Manifest:
        """Write or replace a table of a day; readers see it when this returns, and nothing of it when it raises.

        Raises `SchemaMismatch` for frames that are not as declared, `TableReplaced` when another export of the same
        table and day finished first, and whatever iterating the frames raises.
        """
        folder, key = self.layout.table(table, day), self.layout.manifest(table, day)
        self.reopen_day(day)
        if content.keeps_columns and (before := self.last_manifest(table, day)):
            content = with_kept_columns(content, before.columns)
        known = day_cache(self._store, self.layout.day(day))
        there = known.first_look(folder) if known else None
        if there is None:
            there = dict(self._store.list(folder, subfolders=False))
        replaced = {name: n for name in there if (n := data_file_number(name.removeprefix(folder))) is not None}
        csv = Attempt(self._store, folder, 1 + max(replaced.values(), default=-1), self._file_bytes)
        attempt = TableAttempt(self._store, self.layout, table, day, self._formats, csv)
        try:
            with closing(content.batches()) as batches:
                written = attempt.write(content.columns, batches)
            manifest = _manifest(table, day, content, written)
            attempt.publish()
        except BaseException:
            attempt.discard()
            raise
        try:
            etag = self._store.put(key, manifest.to_json(), _JSON, over=there.get(key))
        except PreconditionFailed as error:
            with suppress(LakeError):
                attempt.discard(winner=self._manifest_in_s3(table, day))
            raise TableReplaced(
                f"{table} of {day} was exported by another run at the same time, and that one finished first: "
                "its table stands, this one was dropped."
            ) from error
        # Any other failure of that put leaves the files alone: it may have taken effect, and then they are the table.
        if known:
            known.wrote(key, etag, manifest)
        self._store.delete([*replaced, *(attempt.left_over() if key in there else ())])
        return manifest

    def last_manifest(self, table: str, day: str) -> Manifest | None:
        """The manifest of a table on the last exported day before `day`; None where it is a new table."""

        def manifest(earlier: str) -> Manifest | None:
            try:
                return self._manifest_in_s3(table, earlier)
            except TableMissing:
                return None

        known = day_cache(self._store, self.layout.day(day))
        return last_manifest(known.days(self.days) if known else self.days(), day, manifest)

    def read(self, table: str, day: str) -> pl.LazyFrame:
        """The table as a LazyFrame, typed by its manifest; raises `TableMissing` when it was never written whole."""
        manifest = self.manifest(table, day)
        known = day_cache(self._store, self.layout.day(day))
        small = known.small_files if known else None
        folder = self.layout.table(table, day)
        return scan(self._store, self.layout, folder, manifest, lambda: self._manifest_in_s3(table, day), small)

    def manifest(self, table: str, day: str) -> Manifest:
        """What the table of that day holds; raises `TableMissing`."""
        known = day_cache(self._store, self.layout.day(day))
        written = known.written(self.layout.manifest(table, day)) if known else None
        return written or self._manifest_in_s3(table, day)

    def _manifest_in_s3(self, table: str, day: str) -> Manifest:
        key = self.layout.manifest(table, day)
        try:
            return parse(Manifest, self._store.get(key)[0], self.layout.url(key))
        except ObjectMissing as error:
            raise TableMissing(
                f"{table} of {day} is not in {self.layout.url(self.layout.day(day))}: export that table of that day."
            ) from error

    def manifests(self, day: str) -> dict[str, Manifest]:
        """The manifests of all tables of a day, by table name, in alphabetical order.

        What lies in a folder that no export wrote is left out, even where it has a `_manifest.json` of its own.
        """
        return self._manifests(day, self._keys(day))

    def days(self) -> list[str]:
        """The days that have a folder, oldest first."""
        folders = self._store.folders(self.layout.root)
        return sorted(name for name in folders if is_day(name))

    def success(self, day: str) -> Success | None:
        """What `close_day` wrote, or None while the day is open."""
        key = self.layout.success(day)
        try:
            return parse(Success, self._store.get(key)[0], self.layout.url(key))
        except ObjectMissing:
            return None

    def close_day(self, day: str, tables: Iterable[str] = (), tell: Callable[[str], None] = _nobody) -> Success:
        """Write `_SUCCESS.json`: from now on the day is whole, for readers that glob too. Gives what it says.

        It lists every table of the day. Raises `LakeError` when one of `tables` is missing, when the folder of a table
        holds data files that its manifest does not name and that may be those of an export under way, or when S3
        refuses. Folders that no export wrote do not matter; `tell` gets a sentence about those that hold data files.
        """
        folder = self.layout.day(day)
        keys = self._keys(day)
        manifests = self._manifests(day, keys)
        for name in sorted(set(tables) - manifests.keys()):
            with suppress(TableMissing):  # a list may lag behind
                manifests[name] = self.manifest(name, day)
        if missing := sorted(set(tables) - manifests.keys()):
            raise TableMissing(
                f"{day} cannot be closed, {_some(missing)} not in {self.layout.url(folder)}: export what is missing."
            )
        strays, known = strays_in(folder, keys, manifests), day_cache(self._store, folder)
        if foreign := sorted(set(strays.foreign.values())):
            tell(
                f"{self.layout.url(folder)} has data files in folders of no export ({', '.join(foreign[:5])}): the day "
                "is closed without them, and whoever reads all files of the day reads them too."
            )
        # Nobody else exports a day that this process holds.
        if strays.open and not known:
            raise LakeError(
                f"{day} cannot be closed, {_some(sorted(set(strays.open.values())))} not whole: another "
                "export is writing there, or one died there. Wait for it, or export the table again."
            )
        success = _success(day, manifests)
        if known:
            known.may_be_closed = True
        try:
            self._store.delete([*strays.over, *strays.open])
            self._store.put(self.layout.success(day), success.to_json(), _JSON)
        except LakeError as error:
            raise LakeError(f"{day} is not closed, though all its tables are in. {error}") from error
        # The day is whole: what cannot be deleted now is deleted when a later day is closed.
        with suppress(LakeError):
            self._forget_unfinished(day)
        return success

    def exporting(self, day: str, **how: Any) -> DayLease:
        """What keeps other exports off the day while its `held()` runs; `how` is that of `DayLease`."""
        return DayLease(self._store, self.layout, day, **how)

    def sweep(self, day: str, tables: Mapping[str, Manifest]) -> None:
        """Delete data files that no manifest names, of tables that are in and whose export died right after.

        Only for who holds the day: of an export under way, it would delete what is about to be named.
        """
        strays = strays_in(self.layout.day(day), self._keys(day), tables)
        self._store.delete([*strays.over, *strays.open])

    def checkpoints(self, table: str, day: str, fingerprint: str) -> Checkpoints:
        """What reads of a table put aside while they go on. `fingerprint`: of everything the rows depend on."""
        folder = self.layout.checkpoints(self.layout.table(table, day))
        known = day_cache(self._store, self.layout.day(day))
        there = known.unfinished(lambda: self._unfinished(day)) if known else None
        return Checkpoints(self._store, folder, fingerprint, there)

    def _unfinished(self, day: str) -> Iterator[str]:
        """The keys of what was put aside for a day."""
        return (key for key, _ in self._store.list(self.layout.checkpoints(self.layout.day(day)), subfolders=True))

    def _forget_unfinished(self, day: str) -> None:
        """Delete what runs of this day and of earlier ones put aside and never came back for."""
        folder = self.layout.checkpoints()
        kept = (key for key, _ in self._store.list(folder, subfolders=True))
        self._store.delete(key for key in kept if key.removeprefix(folder).partition("/")[0] <= day)

    def reopen_day(self, day: str) -> None:
        """Take `_SUCCESS.json` away, if it is there: some table of the day is about to change."""
        known, key = day_cache(self._store, self.layout.day(day)), self.layout.success(day)
        # A bucket that keeps versions would keep a trace of each deletion of what was not there.
        if (known is None or known.may_be_closed) and self._store.has(key):
            self._store.delete([key])
        if known:
            known.may_be_closed = False

    def _keys(self, day: str) -> dict[str, str]:
        """Everything in the folder of a day, key to ETag."""
        return dict(self._store.list(self.layout.day(day), subfolders=True))

    def _manifests(self, day: str, keys: Mapping[str, str]) -> dict[str, Manifest]:
        there = self.layout.manifests(day, keys)
        names = sorted(there)
        known = day_cache(self._store, self.layout.day(day))

        def manifest(name: str) -> Manifest | None:
            key = there[name]
            # What lies there has the ETag of what was put, so it is what was put.
            return (known and known.written(key, keys[key])) or self._manifest_if_ours(name, day)

        found = results_by_item(manifest, names, at_once=_MANIFESTS_AT_ONCE)
        return {name: one for name, one in found.items() if one}

    def _manifest_if_ours(self, table: str, day: str) -> Manifest | None:
        """The manifest in a folder; None where it is not that of an export, but of whoever made the folder."""
        key = self.layout.manifest(table, day)
        try:
            text = self._store.get(key)[0]
        except ObjectMissing:  # since it was listed
            return None
        return parse(Manifest, text, self.layout.url(key)) if says(text, table=table, day=day) else None


def _manifest(table: str, day: str, content: TableContent, written: Written) -> Manifest:
    return Manifest(
        table=table,
        day=day,
        columns=tuple(ManifestColumn(name=column.name, type=column.type) for column in content.columns),
        rows=written.rows,
        files=written.files,
        formats=written.formats,
        captured=content.captured(),
        api_calls=content.calls(),
        left_out=dict(content.left_out),
        notes=tuple(content.notes),
        unavailable=content.unavailable,
        carried=content.carried,
        parts_unavailable=tuple(content.parts_unavailable),
    )


def _success(day: str, manifests: Mapping[str, Manifest]) -> Success:
    return Success(
        day=day,
        tables={
            name: TableSummary(rows=found.rows, bytes=found.bytes, unavailable=found.unavailable)
            for name, found in sorted(manifests.items())
        },
    )


def _some(names: list[str]) -> str:
    verb = "is" if len(names) == 1 else "are"
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "") + f" {verb}"
