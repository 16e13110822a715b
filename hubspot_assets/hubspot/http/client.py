"""One call to HubSpot, made to succeed: authorization, timeouts, rate limit, retries, decoding, counting.

What is called and what the answers mean belongs in the modules beside this one; what a status means in
`refusals`, how fast to call in `limiter`, how long to go on in `retrying`, how a request is written in `transport`.
"""

import logging
import re
import threading
import time
from collections.abc import Callable, Mapping
from copy import copy
from typing import Any, NamedTuple, TypeAlias

import msgspec
import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError

from hubspot_assets.errors import SettingError
from hubspot_assets.hubspot import errors, versions
from hubspot_assets.hubspot.http import bounds, decoding, transport
from hubspot_assets.hubspot.http.limiter import Limiter
from hubspot_assets.hubspot.http.page_size import PageSize
from hubspot_assets.hubspot.http.refusals import error_of, is_doubtful
from hubspot_assets.hubspot.http.retrying import Retrying, Suspicion
from hubspot_assets.outside_text import keep_secret, one_line

logger = logging.getLogger("hubspot_assets.hubspot")

Answer: TypeAlias = dict[str, Any]
"""A decoded JSON object."""

Params: TypeAlias = transport.Params
"""Query parameters. A sequence repeats its key; None leaves the parameter out."""

Check: TypeAlias = Callable[[Answer], str | None]
"""Looks at an answer and says what is wrong with its shape, or None."""

RATE_LIMIT_WAIT = "rate_limit_wait"
"""Marks a warning that calls wait for HubSpot's rate limit; its value is for how many seconds."""

_BATCH_STATUSES = (200, 207)


class HubSpotClient:
    """HubSpot's HTTP API with one access token (a service key or private app token). Thread-safe.

    `api_url`: where the API is. `leave_free`: the share of the rate limit to leave to the portal's other
    integrations. `limiter`: what keeps to that rate, one for all clients of a process that read one portal.
    `timeout`: seconds to connect, and of silence while reading; `within`: seconds in which an answer has to be there to
    its end; `most_bytes`: how long one may be, decoded. `patience`: seconds after which a call that keeps failing is
    given up; `longest_wait`: the longest `Retry-After` that is waited out.

    Every method raises the classes of `hubspot.errors`.
    """

    def __init__(
        self,
        access_token: str,
        api_url: str = "https://api.hubapi.com",
        *,
        leave_free: float | None = None,
        timeout: tuple[float, float] = (10.0, 110.0),
        within: float = 300.0,
        most_bytes: int = bounds.MOST_BYTES,
        patience: float = 900.0,
        longest_wait: float = 300.0,
        adapter: HTTPAdapter | None = None,
        limiter: Limiter | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        token = access_token.strip()
        if not re.fullmatch(r"[!-~]+", token):
            raise SettingError(
                "HUBSPOT_ACCESS_TOKEN, the access token, is empty or contains a space or another character that no "
                "token has: copy it again from HubSpot."
            )
        keep_secret(token)
        transport.check_url(api_url)
        self.api_url = api_url.rstrip("/")
        self.limiter = limiter or Limiter()
        if leave_free is not None:
            self.limiter.leave_free(leave_free)
        self._session = transport.session(token, adapter)
        self._timeout = timeout
        self._within = within
        self._most_bytes = most_bytes
        self._retrying = Retrying(patience, longest_wait, sleep)
        self._counters = [_Counter()]
        self._page_sizes: dict[str, PageSize] = {}
        self.tell: Callable[[str], None] = logger.info
        """Told what whoever reads the tables must know of the answers, in a sentence."""

    def __repr__(self) -> str:
        return f"HubSpotClient({self.api_url!r}, calls={self.calls})"

    def __enter__(self) -> "HubSpotClient":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections. Views from `metered()` share them."""
        self._session.close()

    @property
    def calls(self) -> int:
        """HTTP calls made through this client (or this view of it), retries included."""
        return self._counters[-1].count

    def page_size(self, what: str, largest: int, documented: int | None = None, *, smallest: int = 1) -> PageSize:
        """How many rows of this to ask for at once: one for all that read it. Arguments as for `PageSize`."""
        # In one step, so that two threads get the same one.
        return self._page_sizes.setdefault(what, PageSize(largest, documented, smallest=smallest))

    def metered(self) -> "HubSpotClient":
        """Return a view of this client with its own `calls`, sharing connections and limiter.

        Its calls count here too.
        """
        view = copy(self)
        view._counters = [*self._counters, _Counter()]
        return view

    def telling(self, tell: Callable[[str], None]) -> "HubSpotClient":
        """Return a view of this client, with its `calls`, that tells what must be known of its answers to another."""
        view = copy(self)
        view.tell = tell
        return view

    def retrying(self, how: Callable[[Retrying], Retrying]) -> "HubSpotClient":
        """Return a view of this client, with its `calls`, that asks again in another way, made of its own."""
        view = copy(self)
        view._retrying = how(self._retrying)
        return view

    def get(
        self,
        path: str,
        params: Params | None = None,
        *,
        check: Check | None = None,
        shape: Any = Any,
        tries: int | None = None,
    ) -> Answer:
        """GET a path (from `versions.path`) and return the JSON object.

        `check` looks at the answer; what it objects to is asked for again, then `MalformedAnswer`. `shape`: a typed
        dictionary that the answer is decoded to; what does not fit is asked for again, too. `tries`: how often to try
        what fails as if too much were asked for (`Temporary.too_much`), where something smaller can be asked for.
        """
        return self._call(_Request("GET", path, params, None, check, shape), tries)

    def post(
        self,
        path: str,
        body: Mapping[str, Any],
        params: Params | None = None,
        *,
        check: Check | None = None,
        shape: Any = Any,
        tries: int | None = None,
    ) -> Answer:
        """POST a JSON body and return the JSON object. Only for reads (batch read, search): it is retried."""
        return self._call(_Request("POST", path, params, msgspec.json.encode(body), check, shape), tries)

    def _call(self, request: "_Request", tries: int | None) -> Answer:
        # In a list of ours: what is returned to tenacity it keeps in a cycle, megabytes until the next collection.
        answers: list[Answer] = []
        doubt = Suspicion()
        self._retrying.until_done(lambda: answers.append(self._attempt(request, doubt)), tries)
        return answers.pop()

    def _attempt(self, request: "_Request", doubt: Suspicion) -> Answer:
        budget = versions.budget(request.path)
        sent = self.limiter.acquire(budget)
        for counter in self._counters:
            counter.add()
        failed: Exception | None = None
        try:
            with (
                bounds.to_its_end_within(self._within),
                self._session.request(
                    request.method,
                    self.api_url + request.path + transport.query(request.params),
                    data=request.body,
                    timeout=self._timeout,
                    allow_redirects=False,
                    stream=True,
                ) as response,
            ):
                content = bounds.content(response, self._most_bytes)
        except bounds.TooLong as failure:
            failed = errors.MalformedAnswer(str(failure), too_much=True, method=request.method, path=request.path)
        except (requests.RequestException, HTTPError, OSError) as failure:
            failed = errors.Unreachable(
                transport.why(failure), too_much=transport.is_cut_off(failure), method=request.method, path=request.path
            )
        if failed is not None:
            # Raised here, so that it does not hold the original: that one holds the request, which holds the token.
            raise failed
        self.limiter.heard(budget, response.headers, sent)
        succeeded = response.status_code in _BATCH_STATUSES
        answer, flaw = decoding.decode(content, request.shape if succeeded else Any)
        del content  # as large as what was made of it
        if not succeeded:
            error = self._refusal(request, response, answer, budget, sent)
            raise errors.Doubtful(error) if is_doubtful(error, answer) and doubt.not_yet_believed() else error
        self.limiter.accepted(budget)
        return _sound(request, response, answer, flaw)

    def _refusal(
        self, request: "_Request", response: requests.Response, answer: Any, budget: versions.Budget, sent: float
    ) -> errors.HubSpotError:
        """Return what an answer that is no success means; the limiter knows it then, too."""
        error = error_of(
            response.status_code,
            answer,
            response.headers,
            method=request.method,
            path=request.path,
            url_length=len(response.url or ""),
            resets_at=self.limiter.resets_at,
        )
        if isinstance(error, errors.DailyLimitReached):
            self.limiter.day_is_used_up(error)
        elif response.status_code == 429 and isinstance(error, errors.Temporary):
            self._pause(budget, error, sent)
        return error

    def _pause(self, budget: versions.Budget, error: errors.Temporary, sent: float) -> None:
        if self._retrying.is_too_long_a_wait(error):
            return
        seconds = self.limiter.refused(budget, error.retry_after, sent)
        logger.warning(
            "HubSpot's %s rate limit was reached; all calls that count towards it wait %.1f s",
            budget,
            seconds,
            extra={RATE_LIMIT_WAIT: seconds},
        )


class _Request(NamedTuple):
    """What is asked for, and what a good answer has to be like."""

    method: str
    path: str
    params: Params | None
    body: bytes | None
    check: Check | None
    shape: Any


def _sound(request: _Request, response: requests.Response, answer: Any, flaw: str | None) -> Answer:
    """Return the answer of a success. Raises MalformedAnswer where it is none, or not what was asked for."""
    # Nothing that can be read: cut off on the way, as what is too big for a proxy is.
    cut_off = flaw is not None
    if flaw is None and not isinstance(answer, dict):
        flaw = f"a JSON {type(answer).__name__} instead of an object"
    elif flaw is None and answer.get("status") == "error":
        flaw = f"an error in an answer marked as a success: {one_line(str(answer.get('message')))[:200]}"
    elif flaw is None and request.check is not None:
        flaw = request.check(answer)
    if flaw is not None or not isinstance(answer, dict):
        raise errors.MalformedAnswer(
            flaw or "no object",
            too_much=cut_off,
            status=response.status_code,
            correlation_id=response.headers.get("X-HubSpot-Correlation-Id"),
            method=request.method,
            path=request.path,
        )
    return answer


class _Counter:
    """A number that many threads count up."""

    def __init__(self) -> None:
        self.count = 0
        self._lock = threading.Lock()

    def add(self) -> None:
        with self._lock:
            self.count += 1
