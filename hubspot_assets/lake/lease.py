"""One holder of a day at a time, for whoever writes tables of it or closes it: commands, Dagster runs, single tables.

    with lake.exporting("2026-11-22", run=run_id, whole=True) as held:      # a Lake that holds the day
        held.finished("2026-11-22")                                         # tables that need not be written again
        held.write("OWNERS", "2026-11-22", content)
        held.close_day("2026-11-22", ["OWNERS"])

Entering raises `DayBusy` when another run holds the day. What is written by a lake that does not hold the day takes it
for that one table; so tables of one run are written by the lake that `exporting` gave, handed down to them.

**A run of several processes** holds its day together: each process enters with the same `run`, and `lasting=True` says
that leaving does not end it. Such a run ends when it closes the day, when a block of it without `lasting` is left, when
`has_ended` of another run says so (it is asked with the run's id: Dagster's instance knows), or when nobody renews it
any more. A run that executes another again has an id of its own, and takes over what that one has left.

**The lease** is `_EXPORTING.json` in the day's folder. It is renewed while a block runs. One that is not renewed for
`dead_after` seconds, or whose process is known to be dead (`holder`), is taken over. Its number grows by one with each
take-over and never falls: the manifests and `_SUCCESS.json` carry it, so that it is known even where the file was
deleted. Every commit (a manifest, `_SUCCESS.json`, a deletion) asks S3 first whether the lease is still this run's, and
every other put does so when that was not known for a while. A holder that lost it raises `LeaseLost` then, and writes
and deletes nothing more. What it had on the way at that moment is kept out by the conditions of the puts: a manifest is
put over the version that was there, and the present holder puts its own over one with a lower number.

Ages are S3's own, so that no clock needs to be right. One that jumps costs a run its day at worst, never a table.

On a store that ignores or refuses conditions (`store_limits`), two runs that begin within the same moment both try:
each then reads whose lease it is, and at each commit again, so that one goes on. What a holder had on its way when it
lost the day may replace a table there. The day then does not close: the closing finds a manifest that is not of this
lease, or files that are not those it names. After the closing only the check of the day tells.

Not here: what is asked for at which write (`lake`), what a whole day is (`closing`).
"""

import logging
import threading
import uuid
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import datetime, timezone

from hubspot_assets.lake.errors import LakeError, ObjectMissing, PreconditionFailed
from hubspot_assets.lake.exporting import Exporting, Foreign, LeaseLost, ToCloseAgain, busy, lost
from hubspot_assets.lake.holder import is_known_dead, seconds, this_process
from hubspot_assets.lake.layout import Layout
from hubspot_assets.lake.manifest import Success, number_in, parse
from hubspot_assets.lake.store import Store

logger = logging.getLogger("hubspot_assets.lake")

RENEWED_EVERY = 30.0
"""Seconds."""

DEAD_AFTER = 150.0
"""Seconds without a renewal: some of them may get lost."""

SURE_FOR = 60.0
"""Seconds for which nobody can have taken over since the lease was seen to be ours: less than `DEAD_AFTER`."""

_JSON = "application/json"
_TRIES = 3
_MANIFESTS_AT_ONCE = 8


_held_here: set[tuple[str, str]] = set()
"""(URL of a lease, run) of each block that runs in this process: no other of its runs goes on.

S3 may refuse to take it down that a run has ended.
"""


class DayLease:
    """A day held by a run. `whole`: every table is exported, and an export that died is gone on with unless `again`.

    `there`: key to ETag of what lay in the day's folder when it was taken; None for a process that joined its run.
    `store`: through which the day is to be written.
    """

    def __init__(
        self,
        store: Store,
        layout: Layout,
        day: str,
        *,
        run: str | None = None,
        whole: bool = False,
        again: bool = False,
        lasting: bool = False,
        has_ended: Callable[[str], bool] = lambda _: False,
        tell: Callable[[str], None] = logger.warning,
        dead_after: float = DEAD_AFTER,
    ) -> None:
        self.there: dict[str, str] | None = None
        self.store = store.guarded(before_put=self.confirm_when_due, before_delete=self.confirm)
        self._store, self._layout, self._day = store, layout, day
        self._key = layout.exporting(day)
        self._run, self._whole, self.again, self._lasting = run or uuid.uuid4().hex, whole, again, lasting
        self._has_ended, self._tell, self._dead_after = has_ended, tell, dead_after
        self._here = this_process()
        self._mine: Exporting | None = None
        self._is_lost: str | None = None
        self._seen_at = 0.0
        self._left = threading.Event()
        self.when_renewed: Callable[[], None] = lambda: None
        """Called each time that the lease was renewed."""

    @property
    def number(self) -> int:
        return self._held.lease

    @property
    def closed(self) -> ToCloseAgain | None:
        """What the day is to be closed with again at the end of a run over single tables; None where it was open."""
        return self._held.closed

    @property
    def begun(self) -> int | None:
        """The lease with which the export of the whole day began; None where single tables are written."""
        return self._held.begun

    @property
    def goes_on(self) -> bool:
        """Whether tables of an earlier lease need not be written again."""
        return self._whole and self.begun is not None and (self.begun < self.number or self.there is None)

    @property
    def _held(self) -> Exporting:
        if self._mine is None:
            raise RuntimeError("The lease was not entered.")
        return self._mine

    @contextmanager
    def held(self) -> Iterator["DayLease"]:
        """Hold the day while the block runs."""
        block = self._block(self._run)
        _held_here.add(block)
        try:
            self._begin()
            renewing = threading.Thread(target=self._renew, name="lake-lease", daemon=True)
            renewing.start()
            try:
                yield self
            finally:
                self._left.set()
                renewing.join()
                # A file that stays is that of a run that died, which the next one knows how to take over.
                with suppress(LakeError):
                    self._leave()
        finally:
            _held_here.discard(block)

    def confirm(self) -> None:
        """Ask S3 whether the day is still this run's. Raises LeaseLost, and LakeError where S3 does not answer."""
        if self._is_lost is None:
            asked_at = seconds()
            found, _ = self._read()
            if found is not None and not found.ended and found.is_same(self._held):
                self._seen_at = asked_at
                return
            self._is_lost = lost(self._held, found, self._layout.url(self._key))
        raise LeaseLost(self._is_lost)

    def confirm_when_due(self) -> None:
        """Raise LeaseLost where the day is known to be another's; ask S3 where that was not known for a while."""
        if self._is_lost is not None or seconds() - self._seen_at > min(SURE_FOR, self._dead_after / 2):
            self.confirm()

    def give_up(self) -> None:
        """Let the next export of the whole day begin anew. Raises LeaseLost, and LakeError where S3 refuses."""
        self.confirm()
        self._mine = self._held.model_copy(update={"begun": None, "closed": None})
        _, etag = self._read()
        self._store.put(self._key, self._mine.to_json(), _JSON, over=etag)

    def _begin(self) -> None:
        for _ in range(_TRIES):
            self._take()
            now, _ = self._read()
            if now is not None and now.is_same(self._held):
                return
            if now is not None:
                raise busy(now, self._dead_after)
            # Another run has ended between the put and the look.
        raise LakeError(
            f"{self._layout.url(self._key)} was written {_TRIES} times and is not there: something else deletes it, "
            "or this S3 shows new objects only after a delay. Run `hubspot-assets connect check`."
        )

    def _take(self) -> None:
        self._seen_at = seconds()
        found, etag = self._read()
        if found is not None and found.run == self._run and not found.ended:
            self._mine = found
            return
        if found is not None and self._is_running(found):
            raise busy(found, self._dead_after)
        there = self.there = dict(self._store.list(self._layout.day(self._day), subfolders=True))
        is_closed = self._layout.success(self._day) in there
        number = 1 + (self._last_number(there) if found is None else found.lease)
        gone_on_with = found.begun if found is not None and not is_closed else None
        begun = number if self._whole and (self.again or gone_on_with is None) else gone_on_with
        self._mine = Exporting(
            day=self._day,
            lease=number,
            run=self._run,
            process=self._here,
            lasting=self._lasting,
            since=datetime.now(timezone.utc),
            begun=begun,
            closed=self._to_close_again(found, is_closed=is_closed),
            ended=False,
        )
        # Whether the put was refused or overwritten, what is there tells.
        with suppress(PreconditionFailed):
            self._store.put(self._key, self._mine.to_json(), _JSON, over=etag)

    def _to_close_again(self, found: Exporting | None, *, is_closed: bool) -> ToCloseAgain | None:
        # Processes of one run do not know whether it exports the whole day, and then it is its to close.
        if self._whole or self._lasting:
            return None
        if not is_closed:
            # The run before was killed after it had opened the day: only its lease still tells.
            return found.closed if found is not None and found.begun is None else None
        key = self._layout.success(self._day)
        text, _ = self._store.document(key)
        try:
            success = parse(Success, text, self._layout.url(key))
        except LakeError as damage:
            self._tell(f"{self._day} is treated as open until the whole day is exported: {damage}")
            return None
        return ToCloseAgain(tables=tuple(sorted(success.tables)), excluded=success.excluded)

    def _last_number(self, there: Iterable[str]) -> int:
        """Return the number of the lease before, where no file of it is there.

        Whatever was written under it tells it.
        """
        with suppress(ObjectMissing):
            if (number := number_in(self._store.document(self._layout.success(self._day))[0], "lease")) is not None:
                return number
        with ThreadPoolExecutor(_MANIFESTS_AT_ONCE, "lake-lease") as pool:
            return max(pool.map(self._number_of, self._layout.manifests(self._day, there).values()), default=0)

    def _number_of(self, key: str) -> int:
        with suppress(ObjectMissing):
            return number_in(self._store.document(key)[0], "lease") or 0
        return 0

    def _renew(self) -> None:
        while not self._left.wait(RENEWED_EVERY):
            with suppress(LakeError):
                asked_at = seconds()
                found, etag = self._read()
                if found is None or found.ended or not found.is_same(self._held):
                    self._is_lost = lost(self._held, found, self._layout.url(self._key))
                    return
                self._store.put(self._key, found.to_json(), _JSON, over=etag)
                self._seen_at = asked_at
                self.when_renewed()

    def _leave(self) -> None:
        found, etag = self._read()
        if found is None or not found.is_same(self._held):
            return
        is_closed = self._store.has(self._layout.success(self._day))
        if is_closed or (found.begun is None and found.closed is None and not self._lasting):
            self._store.delete([self._key])
        elif not self._lasting:
            self._store.put(self._key, found.model_copy(update={"ended": True}).to_json(), _JSON, over=etag)

    def _read(self) -> tuple[Exporting | None, str | None]:
        """Return the lease that is there and its ETag; no lease where the file is none."""
        try:
            data, etag = self._store.document(self._key)
        except ObjectMissing:
            return None, None
        try:
            return parse(Exporting, data, self._layout.url(self._key)), etag
        except LakeError as damage:
            if (foreign := Foreign.told(data, self._day)) is not None:
                return foreign, etag
            logger.warning("%s is damaged or from another version, and is replaced (%s).", self._key, damage)
            return None, etag

    def _block(self, run: str) -> tuple[str, str]:
        return self._layout.url(self._key), run

    def _is_running(self, found: Exporting) -> bool:
        if found.ended or (not found.is_foreign and self._has_ended(found.run)):
            return False
        if not found.lasting:
            if found.process == self._here and self._block(found.run) not in _held_here:
                return False
            if is_known_dead(found.process, self._here):
                return False
        try:
            # One that is of the future was written before S3's clock was set back.
            return abs(self._store.age(self._key)) < self._dead_after
        except ObjectMissing:
            return False
