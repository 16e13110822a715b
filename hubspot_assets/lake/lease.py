"""One export of a day at a time, and what an export that died has left to be gone on with.

`_EXPORTING.json` in a day's folder says that an export of the day is under way, whose it is, and which manifests lay
there when it began. It is renewed while the export runs. One that is not renewed any more, or whose process is gone,
has died: the next export takes it over, and tables whose manifest is not one of those it began with are in already.
Manifests are told apart by their ETags, and ages are S3's own, so that no clock needs to be right.

Stores that ignore conditional puts let two exports that begin within the same moment both try; each then reads back
whose file it is, so that one goes on. Not here: what an export does (`hubspot_assets.export`).
"""

import os
import socket
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timezone

from hubspot_assets.lake.day_cache import caching, forget
from hubspot_assets.lake.errors import LakeError, ObjectMissing, PreconditionFailed
from hubspot_assets.lake.layout import Layout
from hubspot_assets.lake.manifest import Document, Moment, parse
from hubspot_assets.lake.store import Store

RENEWED_EVERY = 30.0
"""Seconds."""

DEAD_AFTER = 150.0
"""Seconds without a renewal: some of them may get lost."""

_JSON = "application/json"
_TRIES = 3

# Exports of this very process: its process id tells nothing about them.
_ours: set[str] = set()


class DayBusy(LakeError):
    """Another export of the day is running."""


class Exporting(Document):
    """`_EXPORTING.json`.

    `owner` None: the export ended without closing the day. `before`: table to ETag of its manifest when the export
    began; None where only single tables are exported, which is nothing to be gone on with.
    """

    day: str
    owner: str | None
    host: str
    pid: int
    since: Moment
    before: dict[str, str] | None


class DayLease:
    """The export of a day by this process: a context manager around it. `finished`: tables that are in already.

    `whole`: every table is exported, and an export that died is gone on with unless `again`. Entering raises `DayBusy`
    when another export of the day runs: one whose last sign of life is less than `dead_after` seconds ago. Leaving says
    how it ended: the day is closed, or can be gone on with.
    """

    def __init__(
        self,
        store: Store,
        layout: Layout,
        day: str,
        *,
        whole: bool,
        again: bool = False,
        dead_after: float = DEAD_AFTER,
    ) -> None:
        self.finished: frozenset[str] = frozenset()
        self.was_closed = False
        self._store, self._layout, self._day = store, layout, day
        self._key = layout.exporting(day)
        self._whole, self._again, self._dead_after = whole, again, dead_after
        self._ended = threading.Event()
        self._mine = Exporting(
            day=day,
            owner=uuid.uuid4().hex,
            host=socket.gethostname(),
            pid=os.getpid(),
            since=datetime.now(timezone.utc),
            before=None,
        )

    @contextmanager
    def held(self) -> Iterator["DayLease"]:
        """Hold it while the block runs."""
        owner = str(self._mine.owner)
        _ours.add(owner)
        try:
            there = self._begin()
            renewing = threading.Thread(target=self._renew, name="lake-lease", daemon=True)
            renewing.start()
            try:
                with caching(self._store, self._layout.day(self._day), there):
                    yield self
            finally:
                self._ended.set()
                renewing.join()
                # A file that stays is that of an export that died, which the next one knows how to take over.
                with suppress(LakeError):
                    self._leave()
        finally:
            _ours.discard(owner)

    def _begin(self) -> dict[str, str]:
        """Take it; gives key to ETag of what lies in the day's folder."""
        for _ in range(_TRIES):
            there = self._take()
            now, _etag = self._read()
            if now is not None and now.owner == self._mine.owner:
                return there
            if now is not None:
                raise self._busy(now)
            # Another export has ended between the put and the look.
        raise LakeError(
            f"{self._layout.url(self._key)} was written {_TRIES} times and is not there: something else deletes it, or "
            "this S3 shows what was written only later. Run `hubspot-assets connect check`."
        )

    def _take(self) -> dict[str, str]:
        found, etag = self._read()
        if found is not None and self._is_running(found):
            raise self._busy(found)
        there = dict(self._store.list(self._layout.day(self._day), subfolders=True))
        manifests = {name: there[key] for name, key in self._layout.manifests(self._day, there).items()}
        self.was_closed = self._layout.success(self._day) in there
        before = found.before if found is not None and not self.was_closed else None
        if self._whole and before is not None and not self._again:
            self.finished = frozenset(name for name, tag in manifests.items() if before.get(name) != tag)
        elif self._whole:
            before = manifests
        self._mine = self._mine.model_copy(update={"before": before})
        # Whether the put was refused or overwritten, what is there tells.
        with suppress(PreconditionFailed):
            self._store.put(self._key, self._mine.to_json(), _JSON, over=etag)
        return there

    def _renew(self) -> None:
        while not self._ended.wait(RENEWED_EVERY):
            with suppress(LakeError):
                found, etag = self._read()
                if found is None or found.owner != self._mine.owner:
                    forget(self._store, self._layout.day(self._day))
                    return
                self._store.put(self._key, self._mine.to_json(), _JSON, over=etag)

    def _leave(self) -> None:
        found, etag = self._read()
        if found is None or found.owner != self._mine.owner:
            return
        if self._store.has(self._layout.success(self._day)) or self._mine.before is None:
            self._store.delete([self._key])
        else:
            left = self._mine.model_copy(update={"owner": None})
            self._store.put(self._key, left.to_json(), _JSON, over=etag)

    def _read(self) -> tuple[Exporting | None, str | None]:
        try:
            data, etag = self._store.get(self._key)
        except ObjectMissing:
            return None, None
        return parse(Exporting, data, self._layout.url(self._key)), etag

    def _is_running(self, found: Exporting) -> bool:
        if found.owner is None or found.owner in _ours:
            return found.owner is not None
        if found.host == self._mine.host and (found.pid == self._mine.pid or not _is_alive(found.pid)):
            return False
        try:
            return self._store.age(self._key) < self._dead_after
        except ObjectMissing:
            return False

    def _busy(self, found: Exporting) -> DayBusy:
        since = f"{found.since:%H:%M:%S} UTC" if found.since else "some time"
        return DayBusy(
            f"{self._day} is being exported already, by process {found.pid} on {found.host} since {since}: "
            "wait for it, or stop it. If it died, the day is free "
            f"{self._dead_after:.0f} seconds after its last sign of life."
        )


def _is_alive(pid: int) -> bool:
    if os.name != "posix":
        # Elsewhere signal 0 is not harmless; there the age alone tells.
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
