"""An answer of HubSpot as it is put aside, and what is known of a list by its answers.

Not here: which answers are put aside and when, and what they are good for (`resuming.py`).
"""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, TypeAlias, get_args

import msgspec
from isal import isal_zlib

from hubspot_assets.hubspot import errors
from hubspot_assets.hubspot.http.client import Answer
from hubspot_assets.hubspot.http.remembering import Question, announces_more, has_moved

_NOTES, _ANSWERS = "notes.json", "answers.zlib"

#: The refusals that are kept. What a person can mend is none of them: it may be mended when the next run asks.
_Kind: TypeAlias = Literal["BadRequest", "UnknownObjectType", "NotListable", "NotFound", "Forbidden"]


class Refusal(msgspec.Struct, omit_defaults=True):
    """A refusal as it is kept."""

    kind: _Kind
    message: str
    path: str
    method: str
    status: int | None = None
    category: str | None = None
    correlation_id: str | None = None

    @classmethod
    def of(cls, error: errors.Refused) -> "Refusal | None":
        """None for one that is not kept."""
        for kind in get_args(_Kind):
            if type(error) is getattr(errors, kind):
                where = error.path, error.method, error.status, error.category, error.correlation_id
                return cls(kind, error.message, *where)
        return None

    def error(self) -> errors.Refused:
        """Return the refusal as it was raised."""
        told = msgspec.structs.asdict(self)
        error: errors.Refused = getattr(errors, told.pop("kind"))(told.pop("message"), **told)
        return error


class Note(msgspec.Struct, omit_defaults=True):
    """A question, and what came of it: an answer of `size` bytes, a refusal, or neither: its list is read anew."""

    question: Question
    asked_at: datetime
    size: int = 0
    refusal: Refusal | None = None


def packed(answer: Answer) -> bytes:
    """Return an answer as `Known` has it in its file."""
    # What readers have made mappings of, such as a record's history, is told as HubSpot told it.
    return isal_zlib.compress(msgspec.json.encode(answer, enc_hook=dict))


def part_of(notes: Sequence[Note], answers: Sequence[bytes]) -> dict[str, bytes]:
    """Return what is put aside in one piece: notes, and the answers to them, packed, in the same order."""
    return {_NOTES: msgspec.json.encode(notes), _ANSWERS: b"".join(answers)}


@dataclass(frozen=True)
class Known:
    """An answer or a refusal of an earlier run."""

    note: Note
    file: Path
    offset: int

    def answer(self, shape: Any = Any) -> Answer:
        """Return the answer, in the shape that it came in. Raises the refusal."""
        if self.note.refusal is not None:
            raise self.note.refusal.error()
        with self.file.open("rb") as answers:
            answers.seek(self.offset)
            found: Answer = msgspec.json.decode(isal_zlib.decompress(answers.read(self.note.size)), type=shape)
        return found


def known_of(part: Mapping[str, bytes], file: Path) -> list[Known]:
    """Return what a part holds, its answers in this file. Raises KeyError or ValueError for what is no such part."""
    notes, answers = msgspec.json.decode(part[_NOTES], type=list[Note]), part[_ANSWERS]
    if sum(note.size for note in notes) != len(answers):
        raise ValueError(f"its answers are {len(answers)} bytes long")
    file.write_bytes(answers)
    return list(_placed(notes, file))


def _placed(notes: Sequence[Note], file: Path) -> Iterator[Known]:
    offset = 0
    for note in notes:
        yield Known(note, file, offset)
        offset += note.size


@dataclass
class Walk:
    """What is known of one list, or of one question that is about no list."""

    answers: dict[Question, deque[Known]] = field(default_factory=dict)
    """In the order they came: readers ask for a page again, to see what has changed."""
    last: Known | None = None
    """The last page."""

    def add(self, known: Known) -> None:
        """Take in what came next."""
        question = known.note.question
        self.answers.setdefault(question, deque()).append(known)
        if known.note.refusal is None and (self.last is None or question.has_cursor):
            self.last = known

    def has_moved(self, again: Callable[[Question], Answer]) -> bool:
        """Whether a list that was being read cannot be gone on with behind its last page; asks once for that page."""
        last, self.last = self.last, None
        if last is None:
            return False
        then, question = last.answer(), last.note.question
        if not announces_more(question, then):
            return False
        try:
            return has_moved(then, again(question))
        except errors.Refused:
            # The cursor, or the list, is not there any more.
            return True


def walks_of(known: Iterator[Known]) -> dict[Question, Walk]:
    """Return what is known, by list."""
    walks: dict[Question, Walk] = {}
    for one in known:
        walk = one.note.question.walk
        if one.note.size or one.note.refusal:
            walks.setdefault(walk, Walk()).add(one)
        else:
            walks.pop(walk, None)
    return walks
