"""What the table of faults in `test_hostile_answers.py` is read with: every kind of reader, and ways to bend an answer.

Each reader reads a whole table from a HubSpot that answers by the rules, and says what it holds. A `Bend` makes of a
good answer the one that arrives instead; bends that only fit some answers leave the others as they are.
"""

import gzip
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import msgspec

from hubspot_assets.hubspot import HubSpotClient, associations, objects, pipelines, users
from hubspot_assets.hubspot.http.limiter import Limiter

from .canned import Answer, CannedHubSpot, Request, Table

Bend: TypeAlias = Callable[[dict[str, Any], Request], Any]
"""A good answer and what was asked -> what arrives: JSON, or an `Answer`."""


MOST_CALLS = 1000
"""More than any reader needs, whatever happens to it."""


class EndlessLoop(AssertionError):
    """A reader asks without end."""


class NoWaiting(Limiter):
    """A limiter that lets every call go."""

    def acquire(self, budget: Any) -> float:
        return 0.0

    def refused(self, budget: Any, retry_after: float | None, sent: float) -> float:
        return 0.0

    def useful_threads(self, budget: Any) -> int:
        return 4


@dataclass(frozen=True)
class Reader:
    """Reads a whole table; `good` answers its calls by HubSpot's rules."""

    read: Callable[[HubSpotClient], list[Any]]
    good: Callable[[], Callable[[Request], Any]]

    def truth(self) -> list[Any]:
        return self.through(lambda number: False, lambda answer, request: answer)[0]

    def through(self, spoiled: Callable[[int], bool], bend: Bend) -> tuple[list[Any], CannedHubSpot]:
        """What is read when the calls whose number is `spoiled` are bent."""
        good, calls = self.good(), iter(range(1 << 30))

        def answer(request: Request) -> Any:
            number = next(calls)
            if number > MOST_CALLS:
                raise EndlessLoop
            by_the_rules = good(request)
            if isinstance(by_the_rules, Answer) or not spoiled(number):
                return by_the_rules
            return bend(msgspec.json.decode(msgspec.json.encode(by_the_rules)), request)

        hubspot = CannedHubSpot(answer)
        return self.read(hubspot.client(limiter=NoWaiting())), hubspot


def _contacts(count: int) -> list[dict[str, Any]]:
    rows = range(1001, 1001 + 3 * count, 3)
    return [
        {
            "id": number,
            "properties": {"email": f"{number}@example.com", "age": str(number % 90)},
            "history": {"email": [{"value": f"{number}@example.com", "timestamp": "2026-01-01T00:00:00Z"}]},
        }
        for number in rows
    ]


def _records(client: HubSpotClient, *, with_history: bool = False) -> list[Any]:
    pages = objects.pages(client, "0-1", ["age", "email"], with_history=with_history)
    return [(one["id"], one["properties"], one.get("propertiesWithHistory")) for page in pages for one in page.records]


def _chosen(client: HubSpotClient) -> list[Any]:
    ids = [str(one["id"]) for one in _contacts(250)]
    pages = objects.batch_read(client, "0-1", ids, ["age", "email"])
    return [(one["id"], one["properties"]) for page in pages for one in page.records]


def _users(request: Request) -> Any:
    start, limit = int(request.one("after") or 0), int(request.one("limit") or 100)
    rows = [{"id": str(number), "email": f"{number}@example.com"} for number in range(1, 301)]
    more = {"paging": {"next": {"after": str(start + limit)}}} if start + limit < len(rows) else {}
    return {"results": rows[start : start + limit], **more}


def _associations(request: Request) -> Any:
    """Twelve companies with 1 to 12 deals each, four of them in one answer."""
    results = []
    for one in request.body["inputs"]:
        deals, start = int(one["id"]), int(one.get("after", 0))
        kinds = [{"category": "HUBSPOT_DEFINED", "typeId": 342, "label": None}]
        ends = [{"toObjectId": 100 * deals + n, "associationTypes": kinds} for n in range(deals)]
        row: dict[str, Any] = {"from": {"id": one["id"]}, "to": ends[start : start + 4]}
        if start + 4 < deals:
            row["paging"] = {"next": {"after": str(start + 4)}}
        results.append(row)
    return {"status": "COMPLETE", "results": results}


def _pipelines(request: Request) -> Any:
    return {"results": [{"id": str(n), "label": f"P{n}", "stages": [{"id": "s"}]} for n in range(3)]}


READERS = {
    "records": Reader(_records, lambda: Table(_contacts(650))),
    "history": Reader(lambda client: _records(client, with_history=True), lambda: Table(_contacts(330))),
    "chosen records": Reader(_chosen, lambda: Table(_contacts(250))),
    "users": Reader(lambda client: list(users.read(client)), lambda: _users),
    "associations": Reader(
        lambda client: list(associations.read(client, "0-2", "0-3", map(str, range(1, 13)))), lambda: _associations
    ),
    "pipelines": Reader(
        lambda client: [row for type_id in ("0-3", "0-5", "0-123") for row in pipelines.read(client, type_id)],
        lambda: _pipelines,
    ),
}


def status(code: int, message: str = "no", headers: dict[str, str] | None = None, **more: Any) -> Bend:
    """HubSpot's own error."""
    body = {"status": "error", "message": message, "correlationId": "corr-1", **more}
    return lambda answer, request: Answer(body, code, headers or {})


def page(code: int, title: str) -> Bend:
    """A web page in place of JSON, as HubSpot's edge, a proxy or a firewall answers."""
    text = f"<html><head><title>{title}</title></head></html>".encode()
    return lambda answer, request: Answer(text, code, {"Content-Type": "text/html"})


def raw(change: Callable[[bytes], bytes], headers: dict[str, str] | None = None, code: int = 200) -> Bend:
    """The bytes of the answer, changed."""
    return lambda answer, request: Answer(change(msgspec.json.encode(answer)), code, headers or {})


def broken(failure: Exception) -> Bend:
    """No answer: the connection fails."""
    return lambda answer, request: Answer(broken=failure)


def gzipped(change: Callable[[bytes], bytes]) -> Bend:
    return raw(lambda body: change(gzip.compress(body)), {"Content-Encoding": "gzip"})


def with_(**parts: Any) -> Bend:
    """Parts of the answer replaced."""
    return lambda answer, request: {**answer, **parts}


def without(*names: str) -> Bend:
    return lambda answer, request: {name: value for name, value in answer.items() if name not in names}


def rows(change: Callable[[list[Any]], Any]) -> Bend:
    """The rows of `results`, changed."""
    return lambda answer, request: {**answer, "results": change(answer["results"])}


def row(change: Callable[[dict[str, Any]], Any]) -> Bend:
    """The last row of `results`, changed."""
    return rows(lambda found: [*found[:-1], *(change(one) for one in found[-1:])])


def cursor(after: Callable[[dict[str, Any], Request], Any]) -> Bend:
    """The cursor of the next page replaced, also where there is no next page."""
    return lambda answer, request: {**answer, "paging": {"next": {"after": after(answer, request)}}}


def each(*bends: Bend) -> Bend:
    """One bend after the other."""

    def bend(answer: dict[str, Any], request: Request) -> Any:
        for one in bends:
            answer = one(answer, request)
        return answer

    return bend


def ids_of(found: list[Any]) -> Iterator[int]:
    return (int(one["id"]) for one in found)
