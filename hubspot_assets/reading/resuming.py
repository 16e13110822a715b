"""What HubSpot answered to a step that has not ended: put aside in S3, so that a run after one that died goes on.

For whatever is read list by list, window by window or batch by batch: members of lists, submissions, events,
associations, ... The step is run again from its beginning, and what was answered is answered from here
(`hubspot/remembering.py`): its tables are those of a run that was not interrupted, with what was left out and what was
refused. What is asked for only now is read now, what is no longer asked for is dropped. Steps of few calls leave no
trace in S3.

A list that was being read when the run died is gone on with where the next page's cursor leads. Cursors may be places
in the list, and what came or went meanwhile moves those. So the last page is asked for again first: if it no longer
has the row that it began with, the list is read anew.

A refusal is an answer, too, unless a person can mend it. Not here: the crawl of CRM object types, whose records are put
aside as chunks of their spool (`crawl.py`); how an answer is kept (`kept_answers.py`); what is read so (the assets).
"""

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime
from types import TracebackType
from typing import Any, TypeAlias

from hubspot_assets.hubspot import HubSpotClient, HubSpotError, errors
from hubspot_assets.hubspot.http.client import Answer
from hubspot_assets.hubspot.http.remembering import Question, RememberingClient
from hubspot_assets.lake import Lake, LakeError
from hubspot_assets.lake.checkpoints import Checkpoints
from hubspot_assets.reading.kept_answers import Known, Note, Refusal, Walk, known_of, packed, part_of, walks_of
from hubspot_assets.reading.reading import Reading, now
from hubspot_assets.scratch import scratch_directory

CALLS_A_PART = 50
_BYTES_A_PART = 8_000_000
_WORTH_KEEPING = 10
"""So many answers at least are put aside when a step dies; fewer are sooner asked for again."""
_PATIENCE = 10.0
"""Seconds that a step which dies waits for calls under way."""

_FORM = 1

Kept: TypeAlias = Callable[[Answer], Answer]
"""What of an answer may be put aside."""


def answers_of(lake: Lake, table: str, day: str, *told: Any) -> "Answers":
    """Return the answers to a step that writes this table of a day.

    `told`: what they depend on besides the questions.
    """
    fingerprint = hashlib.sha256(json.dumps([_FORM, *told]).encode()).hexdigest()[:16]
    return Answers(lake.checkpoints(table, day, fingerprint))


class Answers:
    """The answers to one step: those of the runs before it, and those it gets. For many threads.

    A context manager around the step. When it ends, all its tables are in, and nothing is kept; when it dies, what was
    read is kept for the next run, unless that may be what it died of.
    """

    def __init__(self, aside: Checkpoints) -> None:
        self._aside = aside
        self._stack = ExitStack()
        self._walks: dict[Question, Walk] | None = None
        self._reading: Reading | None = None
        self._kept: Kept = _all_of_it
        self._moment: datetime | None = None
        self._paths: set[str] = set()
        """What was answered from an earlier run."""
        self._failed: list[BaseException] = []
        """What calls raised that is no word of HubSpot's."""
        self._was_taken = self._has_died = False
        self._next = self._under_way = 0
        self._notes: list[Note] = []
        self._packed: list[bytes] = []
        self._lock, self._putting = threading.Lock(), threading.Lock()
        self._ended = threading.Condition(self._lock)

    def __enter__(self) -> "Answers":
        return self

    def __exit__(
        self, _type: type[BaseException] | None, error: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        with self._stack:
            if error is None:
                self._aside.clear()
            elif self._was_taken and not self._has_died:
                # All was read, and again no table came of it: that may be because of what was read.
                self._forget()

    @contextmanager
    def reading(self, reading: Reading, kept: Kept | None = None) -> Iterator[HubSpotClient]:
        """Give a client for a reading, which asks HubSpot for no more than is not known yet. One reading after another.

        `kept`: what of an answer may be put aside; all of it by default.
        """
        if self._walks is None:
            self._walks = walks_of(self._taken())
        self._reading, self._kept, self._moment, self._has_died = reading, kept or _all_of_it, None, False
        reading.read_at = self._read_at
        try:
            yield RememberingClient(reading.client, self)
            if self._next:
                self._put()
        except BaseException as error:
            self._die(error)
            raise
        finally:
            reading.read_at = now

    def answer(
        self, question: Question, ask: Callable[[], Answer], again: Callable[[Question], Answer], shape: Any = Any
    ) -> Answer:
        """Return the answer that is known, or else that of `ask`, which is known then. See `remembering.Memory`."""
        known = self._of_earlier(question, again)
        if known is not None:
            return known.answer(shape)
        with self._calling():
            asked_at = now()
            try:
                answer = ask()
            except errors.Refused as error:
                if refusal := Refusal.of(error):
                    self._note(Note(question, asked_at, refusal=refusal))
                raise
            self._moment = None
            kept = packed(self._kept(answer))
            self._note(Note(question, asked_at, len(kept)), kept)
            return answer

    @contextmanager
    def _calling(self) -> Iterator[None]:
        with self._lock:
            if self._has_died:
                raise RuntimeError("The read that this call belongs to has ended.")
            self._under_way += 1
        try:
            yield
        except BaseException as error:
            if not isinstance(error, HubSpotError):
                self._failed.append(error)
            raise
        finally:
            with self._lock:
                self._under_way -= 1
                self._ended.notify_all()

    def _read_at(self) -> datetime:
        """Return the moment of what comes now: as long as nothing is read, that of an earlier run."""
        return self._moment or now()

    def _of_earlier(self, question: Question, again: Callable[[Question], Answer]) -> Known | None:
        walk = (self._walks or {}).get(question.walk)
        if walk is None:
            return None
        with self._calling():
            has_moved = walk.has_moved(again)
        if has_moved:
            walk.answers.clear()
            self._note(Note(question.walk, now()))
        with self._lock:
            known = walk.answers.get(question)
            if not known or self._reading is None:
                return None
            if known[0].note.refusal is None:
                self._paths.add(question.path)
            self._moment = known[0].note.asked_at
            self._reading.started_at = min(self._reading.started_at, self._moment)
            self._reading.calls_before += 1
            return known.popleft()

    def _note(self, note: Note, kept: bytes = b"") -> None:
        with self._lock:
            self._notes.append(note)
            self._packed.append(kept)
            is_enough = len(self._notes) >= CALLS_A_PART or sum(map(len, self._packed)) >= _BYTES_A_PART
        if is_enough and not self._putting.locked():
            self._put()

    def _put(self, at_least: int = 1) -> None:
        """Put aside what was noted since the last time, if it is so much."""
        with self._putting:
            with self._lock:
                if len(self._notes) < at_least:
                    return
                part = part_of(self._notes, self._packed)
                self._notes, self._packed = [], []
            self._aside.put(self._next, part)
            self._next += 1

    def _die(self, error: BaseException) -> None:
        """Put the rest aside. Or forget everything, if the step may have died of what it took from an earlier run."""
        of_a_call = isinstance(error, HubSpotError | LakeError) or any(error is one for one in self._failed)
        # A place in a list, or in the associations of a record, that HubSpot may not know any more.
        of_a_cursor = isinstance(error, errors.BadRequest | errors.MalformedAnswer) and error.path in self._paths
        with self._lock:
            # No call more; those that are under way are paid for.
            self._has_died = True
            self._ended.wait_for(lambda: not self._under_way, _PATIENCE)
        if self._was_taken and isinstance(error, Exception) and (of_a_cursor or not of_a_call):
            self._forget()
        elif not isinstance(error, LakeError):
            with suppress(LakeError):
                self._put(1 if self._next else _WORTH_KEEPING)

    def _forget(self) -> None:
        with suppress(LakeError):
            self._aside.clear()
        self._next = 0

    def _taken(self) -> Iterator[Known]:
        """Yield what earlier runs have put aside, in the order it came."""
        for number, part in enumerate(self._aside.take()):
            if not number:
                directory = self._stack.enter_context(scratch_directory())
            try:
                known = known_of(part, directory / f"{number}")
            except (KeyError, ValueError) as damage:
                self._aside.discard(number, damage)
                return
            self._next, self._was_taken = number + 1, True
            yield from known


def _all_of_it(answer: Answer) -> Answer:
    return answer
