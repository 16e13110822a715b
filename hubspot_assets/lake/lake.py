"""The lake: tables by name and day in an S3 bucket. Knows nothing of Dagster or HubSpot.

Here: what makes a table or a day visible, and in which order things happen so that no reader ever sees half of one.
Not here: what readers find (`exported`), the file format (`csv_gzip`), the upload (`writer`), the keys (`layout`), who
may write a day (`lease`), what a whole day is (`closing`).

How a table is replaced: the files of the new attempt are uploaded beside the old ones under numbers that no manifest
names; then one put replaces the manifest, which is the switch; then everything that lay there before is deleted.
Whatever dies when, a reader that goes by the manifest finds the old table or the new one. A reader that globs for
files goes by `_SUCCESS.json`: it is taken away before the first table of a day changes, and put back by `close_day`.

Whoever writes a day or closes it holds it. `exporting` gives a lake that does; one that does not takes the day for each
single write. While a day is held, what is known of its folder is not asked for again (`day_cache`).
"""

import logging
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from functools import partial
from types import MappingProxyType
from typing import Any

from hubspot_assets.lake.checkpoints import Checkpoints
from hubspot_assets.lake.closing import UnderLease, success_of, why_not_whole
from hubspot_assets.lake.content import TableContent
from hubspot_assets.lake.day_cache import DayCache
from hubspot_assets.lake.errors import LakeError, ObjectMissing, PreconditionFailed, TableMissing, TableReplaced
from hubspot_assets.lake.exported import ExportedDays, HeldDay
from hubspot_assets.lake.exporting import LeaseLost
from hubspot_assets.lake.formats import DEFAULT as DEFAULT_FORMATS
from hubspot_assets.lake.formats import TableAttempt
from hubspot_assets.lake.kept_columns import with_kept_columns
from hubspot_assets.lake.layout import Layout, data_file_number
from hubspot_assets.lake.lease import DayLease
from hubspot_assets.lake.manifest import Manifest, Success, number_in
from hubspot_assets.lake.store import Store
from hubspot_assets.lake.strays import strays_in
from hubspot_assets.lake.uploaded import UploadedTable
from hubspot_assets.lake.writer import FILE_BYTES, Attempt

logger = logging.getLogger("hubspot_assets.lake")

_JSON = "application/json"
_TRIES = 3


def _nobody(_: str) -> None:
    """Nobody is told."""


def _left_out(damage: LakeError) -> None:
    logger.warning("%s", damage)


class Lake(ExportedDays):
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
        held: Mapping[str, HeldDay] = MappingProxyType({}),
    ) -> None:
        super().__init__(Store(client, bucket), Layout(bucket, prefix.strip("/")), held)
        self._client = client
        self._file_bytes = file_bytes
        self._formats = formats

    @classmethod
    def from_url(cls, url: str, client: Any, formats: Sequence[str] = DEFAULT_FORMATS) -> "Lake":
        """Of `s3://<bucket>/<prefix>`; raises `LakeError` for anything else."""
        layout = Layout.of_url(url)
        return cls(client, layout.bucket, layout.prefix, formats=formats)

    @contextmanager
    def exporting(self, day: str, **how: Any) -> Iterator["Lake"]:
        """Give a lake that holds the day while the block runs, beside those that this one holds.

        `how` is that of `DayLease`. Raises `DayBusy` when another run holds the day.
        """
        with DayLease(self._store, self.layout, day, **how).held() as lease:
            held = {**self._held, day: HeldDay(lease, DayCache(lease.there))}
            holding = Lake(self._client, self.layout.bucket, self.layout.prefix, self._file_bytes, self._formats, held)
            lease.when_renewed = partial(holding._keep_open, day)
            yield holding

    def finished(self, day: str) -> dict[str, Manifest]:
        """Return the tables that the export of the whole day, which this lake goes on with, has in already, by name.

        Data files beside them that no manifest names are deleted. No tables where the day is begun anew; where that was
        asked for, what earlier runs put aside is deleted.
        """
        lease = self.lease(day)
        if lease and lease.again:
            lease.store.delete(self._put_aside(day))
        if lease is None or lease.begun is None or not lease.goes_on:
            return {}
        keys = self._keys(day)
        found = self._manifests(day, keys, damaged=_left_out)
        finished = {name: manifest for name, manifest in found.items() if manifest.lease >= lease.begun}
        strays = strays_in(self.layout.day(day), keys, finished)
        lease.store.delete([*strays.over, *strays.open])
        return finished

    def write(self, table: str, day: str, content: TableContent) -> Manifest:
        """Write or replace a table of a day; readers see it when this returns, and nothing of it when it raises.

        Raises `SchemaMismatch` for frames that are not as declared, `DayBusy` when another run holds the day,
        `LeaseLost` when it was taken over from this one, `TableReplaced` when another process of the same run wrote
        the table meanwhile, and whatever iterating the frames raises.
        """
        if day not in self._held:
            with self.exporting(day) as holding:
                return holding.write(table, day, content)
        return self.commit(self.upload(table, day, content))

    def upload(self, table: str, day: str, content: TableContent) -> UploadedTable:
        """Upload the rows of a table, for whoever holds the day; no reader sees them before `commit`.

        What is uploaded has to be committed or discarded. Raises as `write`.
        """
        held = self._held[day]
        folder = self.layout.table(table, day)
        self.reopen_day(day)
        if content.keeps_columns and (before := self.last_manifest(table, day)):
            content = with_kept_columns(content, before.columns)
        there = held.known.first_look(folder)
        if there is None:
            there = dict(self._store.list(folder, subfolders=False))
        replaced = {name: n for name in there if (n := data_file_number(name.removeprefix(folder))) is not None}
        csv = Attempt(held.lease.store, folder, 1 + max(replaced.values(), default=-1), self._file_bytes)
        attempt = TableAttempt(held.lease.store, self.layout, table, day, self._formats, csv)
        try:
            with closing(content.batches()) as batches:
                written = attempt.write(content.columns, batches)
        except BaseException:
            attempt.discard()
            raise
        over = there.get(self.layout.manifest(table, day))
        return UploadedTable(table, day, content, written, attempt, held, over, frozenset(replaced))

    def commit(self, uploaded: UploadedTable) -> Manifest:
        """Make the rows that were uploaded the table of the day: its manifest, then the end of what it replaces.

        What is told of them is told as it is now. Raises as `write`, and then nothing of them is left.
        """
        held, attempt, over = uploaded.held, uploaded.attempt, uploaded.over
        try:
            manifest = uploaded.manifest()
            attempt.publish(held.lease.confirm)
        except BaseException:
            attempt.discard()
            raise
        self._commit(manifest, held, over, attempt)
        held.lease.store.delete([*uploaded.replaced, *(attempt.left_over() if over is not None else ())])
        return manifest

    def _commit(self, manifest: Manifest, held: HeldDay, over: str | None, attempt: TableAttempt) -> None:
        """Put a manifest in the place of the one with the ETag `over`: from then on its files are the table.

        Any failure but a refusal leaves the files alone: the put may have taken effect, and then they are the table.
        """
        key, name = self.layout.manifest(manifest.table, manifest.day), f"{manifest.table} of {manifest.day}"
        for _ in range(_TRIES):
            held.lease.confirm()
            try:
                etag = held.lease.store.put(key, manifest.to_json(), _JSON, over=over)
            except PreconditionFailed:
                there, over = self._there(key)
                if there is None or (number_in(there, "lease") or 0) < held.lease.number:
                    # A holder that lost the day had it on its way, or the list of what was there lagged behind.
                    continue
                with suppress(LakeError):
                    attempt.discard(winner=self._manifest_in_s3(manifest.table, manifest.day))
                raise TableReplaced(
                    f"Another process of this run exported {name} at the same time and finished first: its table is "
                    "kept, and this one is discarded."
                ) from None
            held.known.wrote(key, etag, manifest)
            return
        with suppress(LakeError):
            attempt.discard()
        raise TableReplaced(
            f"{name} was not exported: something other than the run that holds the day replaced its manifest "
            f"{_TRIES} times meanwhile. Stop whatever that is, and export the table again."
        )

    def close_day(
        self,
        day: str,
        tables: Collection[str] = (),
        tell: Callable[[str], None] = _nobody,
        excluded: Collection[str] = (),
    ) -> Success:
        """Write `_SUCCESS.json`: from now on the day is whole, for readers that glob too. Gives what it says.

        It lists every table of the day. Data files that no manifest names are deleted. Raises `LakeError` when one of
        `tables` is missing or of an earlier export than the one under way, when tables that are read together are of
        two readings, or when S3 refuses; `DayBusy` and `LeaseLost` as `write` does. Folders that no export wrote do
        not matter; `tell` gets a sentence about those that hold data files. `excluded`: tables that are not exported on
        purpose, which it tells as that.
        """
        held = self._held.get(day)
        if held is None:
            with self.exporting(day) as holding:
                return holding.close_day(day, tables, tell, excluded)
        keys = self._keys(day)
        damaged: list[LakeError] = []
        manifests = self._manifests(day, keys, damaged.append)
        for name in sorted(set(tables) - manifests.keys()):
            with suppress(TableMissing):  # a list may lag behind
                manifests[name] = self.manifest(name, day)
        # What is none of `tables` cannot be exported again.
        for damage in damaged:
            tell(f"The day is closed without one table: {damage}")
        under = UnderLease(day, self.layout.url(self.layout.day(day)), held.lease.number, held.lease.begun)
        if why := why_not_whole(under, manifests, tables):
            raise why
        strays = strays_in(self.layout.day(day), keys, manifests)
        if foreign := sorted(set(strays.foreign.values())):
            tell(
                f"{self.layout.url(self.layout.day(day))} has data files in folders that no export wrote "
                f"({', '.join(foreign[:5])}). The day is closed without them, but a reader that takes every file of "
                "the day will read them too: delete or move them."
            )
        success = success_of(day, manifests, held.lease.number, excluded)
        held.known.may_be_closed = True
        # Before the day is closed, or who dies here leaves answers that another export of the day would take for its
        # own. All tables are in; what cannot be deleted now is deleted when a later day is closed.
        with suppress(LakeError):
            self._store.delete(self._put_aside(day, and_earlier=True))
        try:
            held.lease.store.delete([*strays.over, *strays.open])
            held.lease.confirm()
            held.lease.store.put(
                self.layout.success(day), success.to_json(), _JSON, over=self._there(self.layout.success(day))[1]
            )
        except LeaseLost:
            raise
        except LakeError as error:
            raise LakeError(f"All tables of {day} are exported, but the day could not be closed. {error}") from error
        return success

    def checkpoints(self, table: str, day: str, fingerprint: str) -> Checkpoints:
        """Return what reads of a table put aside while they go on. `fingerprint`: of everything the rows depend on."""
        folder = self.layout.checkpoints(self.layout.table(table, day))
        held = self._held.get(day)
        if held is None:
            return Checkpoints(self._store, folder, fingerprint)
        there = held.known.unfinished(folder, lambda: self._put_aside(day))
        if there and held.lease.again:
            held.lease.store.delete(there)
            there = ()
        return Checkpoints(held.lease.store, folder, fingerprint, there)

    def reopen_day(self, day: str) -> None:
        """Take `_SUCCESS.json` away, if it is there: some table of the day is about to change. Raises as `write`."""
        held = self._held.get(day)
        if held is None:
            with self.exporting(day) as holding:
                holding.reopen_day(day)
            return
        # A bucket that keeps versions would keep a trace of each deletion of what was not there.
        if held.known.may_be_closed and self._store.has(self.layout.success(day)):
            held.lease.store.delete([self.layout.success(day)])
        held.known.may_be_closed = False

    def give_up_day(self, day: str) -> None:
        """Open a day whose tables cannot be relied on: its next export begins anew. For whoever holds it.

        Raises as `write`.
        """
        held = self._held[day]
        held.lease.give_up()
        held.known.may_be_closed = True
        self.reopen_day(day)

    def _keep_open(self, day: str) -> None:
        """Take a `_SUCCESS.json` away that a holder before this one had on its way when it lost the day."""
        held = self._held[day]
        if not held.known.may_be_closed and self._store.has(self.layout.success(day)) and not held.known.may_be_closed:
            held.lease.store.delete([self.layout.success(day)])

    def _there(self, key: str) -> tuple[bytes | None, str | None]:
        try:
            return self._store.document(key)
        except ObjectMissing:
            return None, None
