"""What was exported: days, their tables, and what each of them holds, as a reader finds it in S3.

Here: everything that asks and changes nothing. Not here: how a day comes to be (`lake`), the streaming read of one
table (`reader`), what a holder of a day knows of it without asking (`day_cache`).
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import polars as pl

from hubspot_assets.concurrency import results_by_item
from hubspot_assets.lake.day_cache import SMALL, DayCache
from hubspot_assets.lake.errors import LakeError, ObjectMissing, TableMissing
from hubspot_assets.lake.kept_columns import last_manifest
from hubspot_assets.lake.layout import Layout, is_day
from hubspot_assets.lake.lease import DayLease
from hubspot_assets.lake.manifest import Manifest, Success, parse, says
from hubspot_assets.lake.reader import Frames, frames, scan
from hubspot_assets.lake.store import Store

logger = logging.getLogger("hubspot_assets.lake")

_MANIFESTS_AT_ONCE = 8


def _raised(damage: LakeError) -> None:
    raise damage


@dataclass(frozen=True)
class HeldDay:
    """A day that a lake holds, and what is known of it."""

    lease: DayLease
    known: DayCache


class ExportedDays:
    """The tables under `s3://<bucket>/<prefix>/`, by name and day. `held`: the days that whoever asks holds."""

    def __init__(self, store: Store, layout: Layout, held: Mapping[str, HeldDay]) -> None:
        self.layout = layout
        self._store = store
        self._held = held

    def url(self, table: str, day: str) -> str:
        """Return the folder of a table on a day, as `s3://...`."""
        return self.layout.url(self.layout.table(table, day))

    def lease(self, day: str) -> DayLease | None:
        """Return the lease of a day that this one holds; None where it does not."""
        held = self._held.get(day)
        return held.lease if held else None

    def last_manifest(self, table: str, day: str) -> Manifest | None:
        """Return the manifest of a table on the last exported day before `day`; None where it is a new table."""

        def manifest(earlier: str) -> Manifest | None:
            try:
                return self._manifest_in_s3(table, earlier)
            except TableMissing:
                return None
            except LakeError as error:
                # An earlier day is help, and no need: the one before it may do.
                logger.warning("%s of %s has been damaged or changed since it was written: %s", table, earlier, error)
                return None

        return last_manifest(self.days_before(day), manifest)

    def read(self, table: str, day: str) -> pl.LazyFrame:
        """Return the table as a LazyFrame, typed by its manifest; raises `TableMissing` when it was never written
        whole.
        """
        manifest = self.manifest(table, day)
        return scan(manifest.polars_schema, self._frames_of(table, day, manifest))

    def frames(self, table: str, day: str, columns: Sequence[str] | None = None) -> Iterator[pl.DataFrame]:
        """Yield the rows of a table, or some of its columns, a piece at a time. Raises as collecting `read` does."""
        return self._frames_of(table, day, self.manifest(table, day))(columns)

    def small(self, table: str, day: str) -> pl.DataFrame | None:
        """Return a table that is small, typed by its manifest; None where it is not. Raises as collecting `read` does.

        Whoever holds the day reads it once for all that ask.
        """
        manifest = self.manifest(table, day)
        if manifest.bytes > SMALL:
            return None
        return pl.concat([manifest.polars_schema.to_frame(), *self._frames_of(table, day, manifest)(None)])

    def _frames_of(self, table: str, day: str, manifest: Manifest) -> Frames:
        held, folder = self._held.get(day), self.layout.table(table, day)
        small = held.known.small_files if held else None
        return partial(
            frames, self._store, self.layout, folder, manifest, lambda: self._manifest_in_s3(table, day), small
        )

    def manifest(self, table: str, day: str) -> Manifest:
        """Return what the table of that day holds; raises `TableMissing`."""
        held = self._held.get(day)
        written = held.known.written(self.layout.manifest(table, day)) if held else None
        return written or self._manifest_in_s3(table, day)

    def _manifest_in_s3(self, table: str, day: str) -> Manifest:
        key = self.layout.manifest(table, day)
        try:
            return parse(Manifest, self._store.document(key)[0], self.layout.url(key))
        except ObjectMissing as error:
            raise TableMissing(
                f"{table} of {day} is not in {self.layout.url(self.layout.day(day))}: export that table for that day."
            ) from error

    def manifests(self, day: str) -> dict[str, Manifest]:
        """Return the manifests of all tables of a day, by table name, in alphabetical order.

        What lies in a folder that no export wrote is left out, even where it has a `_manifest.json` of its own.
        """
        return self._manifests(day, self._keys(day))

    def days(self) -> list[str]:
        """Return the days that have a folder, oldest first."""
        folders = self._store.folders(self.layout.root)
        return sorted(name for name in folders if is_day(name))

    def days_before(self, day: str) -> list[str]:
        """Return the days before `day` that have a folder, oldest first. Whoever holds the day asks once."""
        held = self._held.get(day)
        return [one for one in (held.known.days(self.days) if held else self.days()) if one < day]

    def success(self, day: str) -> Success | None:
        """Return what `close_day` wrote, or None while the day is open."""
        key = self.layout.success(day)
        try:
            return parse(Success, self._store.document(key)[0], self.layout.url(key))
        except ObjectMissing:
            return None

    def _put_aside(self, day: str, *, and_earlier: bool = False) -> Iterator[str]:
        """The keys of what runs of a day, or of that and earlier days, put aside of reads that did not end."""
        folder = self.layout.checkpoints()
        within = folder if and_earlier else self.layout.checkpoints(self.layout.day(day))
        there = (key for key, _ in self._store.list(within, subfolders=True))
        return (key for key in there if key.removeprefix(folder).partition("/")[0] <= day)

    def _keys(self, day: str) -> dict[str, str]:
        """Everything in the folder of a day, key to ETag."""
        return dict(self._store.list(self.layout.day(day), subfolders=True))

    def _manifests(
        self, day: str, keys: Mapping[str, str], damaged: Callable[[LakeError], None] = _raised
    ) -> dict[str, Manifest]:
        there = self.layout.manifests(day, keys)
        names = sorted(there)
        held = self._held.get(day)

        def manifest(name: str) -> Manifest | None:
            key = there[name]
            try:
                # What lies there has the ETag of what was put, so it is what was put.
                return (held and held.known.written(key, keys[key])) or self._manifest_if_ours(name, day)
            except LakeError as error:
                damaged(error)
                return None

        found = results_by_item(manifest, names, at_once=_MANIFESTS_AT_ONCE)
        return {name: one for name, one in found.items() if one}

    def _manifest_if_ours(self, table: str, day: str) -> Manifest | None:
        """Return the manifest in a folder; None where it is not that of an export, but of whoever made the folder."""
        key = self.layout.manifest(table, day)
        try:
            text = self._store.document(key)[0]
        except ObjectMissing:  # since it was listed
            return None
        return parse(Manifest, text, self.layout.url(key)) if says(text, table=table, day=day) else None
