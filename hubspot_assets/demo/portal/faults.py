"""What can go wrong between a client and HubSpot, each kind by name.

``KINDS`` is the table: to add a kind, add a line. Pages that are good JSON and wrong are in ``page_faults.py``. A kind
that a client survives by asking again is in ``SURVIVABLE`` ("every kind"); the others have to be asked for by name.
One is not drawn, but always at the same places: ``heavy.py``.
"""

import gzip
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Literal

import msgspec

from .heavy import HEAVY_PAGE
from .page_faults import PAGE_FAULTS
from .world.chance import share_of

MOST_IN_A_ROW = 3
"""A client that asks five times gets through."""

Way = Literal["answer", "reset", "hang", "cut"]


@dataclass(frozen=True)
class Fault:
    """One kind. ``status`` None lets the request be answered, and ``spoil`` change the answer's body."""

    kind: str
    says: str
    status: int | None = None
    body: bytes = b""
    content_type: str = "application/json;charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)
    spoil: Callable[[bytes], bytes] | None = None
    way: Way = "answer"
    """``reset`` breaks the connection, ``hang`` does so after a while, ``cut`` in the middle of the body."""
    survivable: bool = True


def _json(message: str, **more: str) -> bytes:
    return msgspec.json.encode({"status": "error", "message": message, **more})


def _page(title: str) -> bytes:
    return f"<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>".encode()


def _broken(kind: str, status: int, title: str, *, survivable: bool = True) -> Fault:
    page = _page(f"{status} {title}")
    return Fault(kind, f"{title}, as a web page", status, page, "text/html", survivable=survivable)


_LIMIT = _json(
    "You have reached your ten_secondly_rolling limit.", errorType="RATE_LIMIT", policyName="TEN_SECONDLY_ROLLING"
)
_DAILY = _json("You have reached your daily limit.", errorType="RATE_LIMIT", policyName="DAILY")

KINDS: dict[str, Fault] = {
    fault.kind: fault
    for fault in (
        Fault("408", "request timed out", 408, _json("Request timeout", category="TIMEOUT")),
        Fault("423", "a lock is held for 2 s", 423, _json("Locked", category="LOCKED")),
        Fault("429", "ten-second limit without Retry-After", 429, _LIMIT),
        Fault("429_retry_after", "ten-second limit with Retry-After", 429, _LIMIT, headers={"Retry-After": "1"}),
        Fault(
            "477",
            "account is being moved, with Retry-After",
            477,
            _json("Migration in progress"),
            headers={"Retry-After": "1"},
        ),
        Fault("500", "internal error", 500, _json("internal error", category="INTERNAL_ERROR")),
        Fault("500_empty", "internal error without a body", 500),
        _broken("502_html", 502, "Bad Gateway"),
        Fault("503", "temporarily unavailable", 503, _json("Service unavailable")),
        Fault(
            "503_retry_after",
            "temporarily unavailable, with Retry-After",
            503,
            _json("Service unavailable"),
            headers={"Retry-After": "1"},
        ),
        _broken("504_html", 504, "Gateway Timeout"),
        _broken("521_html", 521, "Web server is down"),
        _broken("522_html", 522, "Connection timed out"),
        _broken("523_html", 523, "Origin is unreachable"),
        _broken("524_html", 524, "A timeout occurred"),
        _broken("525_html", 525, "SSL handshake failed"),
        Fault(
            "truncated_json",
            "a body of right length whose JSON breaks off",
            spoil=lambda body: body[: len(body) * 2 // 3],
        ),
        Fault("doubled_json", "the body twice, one after the other", spoil=lambda body: body + body),
        Fault("empty_200", "status 200 without a body", 200),
        _broken("html_200", 200, "Checking your browser"),
        Fault("null_200", "status 200 with null", 200, b"null"),
        Fault(
            "error_200", "status 200 with an error in the body", 200, _json("internal error", category="INTERNAL_ERROR")
        ),
        Fault(
            "broken_gzip",
            "a gzip body that breaks off",
            headers={"Content-Encoding": "gzip"},
            spoil=lambda body: gzip.compress(body, 1)[:-40],
        ),
        Fault(
            "not_gzip",
            "a body said to be gzip that is not",
            headers={"Content-Encoding": "gzip"},
            spoil=lambda body: body,
        ),
        Fault("short_body", "the connection breaks in the middle of the body", way="cut"),
        Fault("connection_reset", "the connection breaks before an answer", way="reset"),
        Fault("hang", "no answer for a while, then the connection breaks", way="hang"),
        Fault(
            "wrong_content_type", "good JSON said to be text/html", content_type="text/html", spoil=lambda body: body
        ),
        Fault("429_daily", "the day's calls are used up", 429, _DAILY, survivable=False),
        Fault(
            "429_retry_after_an_hour",
            "Retry-After of an hour",
            429,
            _LIMIT,
            headers={"Retry-After": "3600"},
            survivable=False,
        ),
        _broken("530_html", 530, "Origin DNS error", survivable=False),
        *(Fault(kind, says, spoil=spoil, survivable=good) for kind, says, spoil, good in PAGE_FAULTS),
    )
}

SURVIVABLE = tuple(kind for kind, fault in KINDS.items() if fault.survivable)


def rates_of(texts: Iterable[str], every: float = 0.0) -> dict[str, float]:
    """Rates by kind, from texts like ``500=0.05`` and the share of answers that every survivable kind has together.

    Raises ``ValueError`` for a kind that does not exist or a rate that is none.
    """
    rates = dict.fromkeys(SURVIVABLE, every / len(SURVIVABLE)) if every else {}
    for text in texts:
        kind, _, rate = text.partition("=")
        try:
            rates[kind] = float(rate)
        except ValueError:
            raise ValueError(f"'{text}' is not a kind of fault and its rate; write it as 500=0.05.") from None
    _refuse_unknown(rates)
    return rates


def _refuse_unknown(kinds: Iterable[str]) -> None:
    for kind in kinds:
        if kind not in KINDS and kind != HEAVY_PAGE:
            raise ValueError(f"There is no fault '{kind}'. There are: {', '.join((*KINDS, HEAVY_PAGE))}.")


class Faults:
    """Decides, from the seed and how often a request was asked, which fault it meets."""

    def __init__(self, seed: int, rates: Iterable[tuple[str, float]]) -> None:
        self._seed = seed
        rates = list(rates)
        _refuse_unknown(kind for kind, _ in rates)
        rates = [(kind, rate) for kind, rate in rates if kind in KINDS]
        most = max(1.0, sum(rate for _, rate in rates))
        self._rates = [(kind, rate / most) for kind, rate in rates]
        self._asked: dict[int, int] = {}
        self._in_a_row: dict[int, int] = {}

    def draw(self, request: int) -> Fault | None:
        """The fault of the next answer to a request, known by a hash of what it asks."""
        if not self._rates:
            return None
        times = self._asked[request] = self._asked.get(request, -1) + 1
        if self._in_a_row.get(request, 0) < MOST_IN_A_ROW:
            left = share_of(self._seed, request, times)
            for kind, rate in self._rates:
                if left < rate:
                    self._in_a_row[request] = self._in_a_row.get(request, 0) + 1
                    return KINDS[kind]
                left -= rate
        self._in_a_row.pop(request, None)
        return None
