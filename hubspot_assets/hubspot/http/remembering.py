"""A client that asks HubSpot only for what a memory does not hold: how a read that died is gone on with.

A reader that is begun again asks the same questions in the same order along each list. Those that were answered are
answered from memory, and HubSpot is asked from the first on that was not: in the middle of a list, too, since what
asks for the next page is the cursor of the answer before. Readers need not know of it. Here: questions, and what of an
answer matters to go on. Not here: where answers are kept, which are, and for how long (`reading/resuming.py`).
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import msgspec

from hubspot_assets.hubspot.http.client import Answer, HubSpotClient, Params

_CURSORS = frozenset({"after", "before", "offset"})
_WAYS = {"after": ("next",), "before": ("prev",)}
_SIZES = frozenset({"limit"})
_ROWS = ("results", "events")


class Question(NamedTuple):
    """One call, as HubSpot sees it. `body`: a hash of it."""

    method: str
    path: str
    params: tuple[tuple[str, str], ...] = ()
    body: str = ""

    @property
    def walk(self) -> "Question":
        """What all pages of one list have in common, whatever their sizes."""
        return self._replace(params=tuple(p for p in self.params if p[0] not in _CURSORS | _SIZES))

    @property
    def has_cursor(self) -> bool:
        """Whether it is about a page that is not the first."""
        return any(name in _CURSORS for name, _ in self.params)

    @property
    def sent_params(self) -> dict[str, list[str]]:
        """The query parameters, to be sent again."""
        params: dict[str, list[str]] = {}
        for name, value in self.params:
            params.setdefault(name, []).append(value)
        return params


class Memory(Protocol):
    """What was answered once. Threads share it."""

    def answer(
        self, question: Question, ask: Callable[[], Answer], again: Callable[[Question], Answer], shape: Any
    ) -> Answer:
        """Return the answer that is remembered, in this shape, or else that of `ask`, which is remembered then.

        Refusals are remembered as well, and raised again. `again` asks HubSpot a question that was answered before.
        """


class RememberingClient(HubSpotClient):
    """A view of a client that shares its connections, limiter and `calls`, with a memory before it.

    What is remembered was found sound when it came: a reader's `check` is not asked about it again.
    """

    def __init__(self, client: HubSpotClient, memory: Memory) -> None:
        self.__dict__.update(client.__dict__)
        self._memory = memory

    def get(self, path: str, params: Params | None = None, **how: Any) -> Answer:
        """GET a path; arguments and errors as for `HubSpotClient.get`."""
        ask = super().get
        return self._memory.answer(
            Question("GET", path, _as_sent(params)),
            lambda: ask(path, params, **how),
            lambda question: ask(question.path, question.sent_params),
            how.get("shape", Any),
        )

    def post(self, path: str, body: Mapping[str, Any], params: Params | None = None, **how: Any) -> Answer:
        """POST a JSON body; arguments and errors as for `HubSpotClient.post`."""
        ask = super().post
        return self._memory.answer(
            Question("POST", path, _as_sent(params), hashlib.sha256(msgspec.json.encode(body)).hexdigest()),
            lambda: ask(path, body, params, **how),
            lambda _: ask(path, body, params),
            how.get("shape", Any),
        )


def announces_more(question: Question, answer: Answer) -> bool:
    """Whether an answer is a page of a list, and says that another one follows that way."""
    if question.method != "GET":
        return False
    way = next((_WAYS[name] for name, _ in question.params if name in _WAYS), ("next", "prev"))
    paging = answer.get("paging")
    return bool(answer.get("hasMore")) or (isinstance(paging, dict) and any(paging.get(one) for one in way))


def has_moved(then: Answer, now: Answer) -> bool:
    """Whether the same page, asked for again, no longer has the row that it began with.

    Then rows before it are gone, and some that were to come may stand where nobody looks any more. Rows that came
    before it push others on, where they are told a second time, which readers can tell.
    """
    first = next(iter(_rows(then)), None)
    return first is not None and first not in _rows(now)


def _rows(answer: Answer) -> Sequence[Any]:
    return next((rows for name in _ROWS if isinstance(rows := answer.get(name), list)), ())


def _as_sent(params: Params | None) -> tuple[tuple[str, str], ...]:
    sent: list[tuple[str, str]] = []
    for name, value in (params or {}).items():
        if isinstance(value, bool):
            sent.append((name, str(value).lower()))
        elif isinstance(value, str | int):
            # A cursor may be sent otherwise than it reads.
            sent.append((name, str(getattr(value, "sent", value))))
        else:
            sent += [(name, one) for one in value or ()]
    return tuple(sent)
