"""Every reader of pages, each with a HubSpot that holds `COUNT` rows for it and answers as many as it is asked for."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from hubspot_assets.hubspot import (
    HubSpotClient,
    associations,
    campaigns,
    cms,
    conversations,
    deal_splits,
    events,
    forms,
    instants,
    lists,
    marketing_emails,
    media_bridge,
    objects,
    owners,
    sequences,
    teams,
    users,
)
from hubspot_assets.hubspot.children import logged
from hubspot_assets.hubspot.versions import path

from .canned import Request, Table

COUNT = 620
HEAVY = 137
"""The row that is heavy, by its number."""

Answers = Callable[[Request], Any]
DAY = datetime(2026, 11, 20, tzinfo=timezone.utc)


def listed(row: Callable[[int], dict[str, Any]], first: str | None = None) -> Answers:
    """A list of `COUNT` rows whose cursor is an offset; only of the path that begins with `first`, if given."""

    def answer(request: Request) -> Any:
        if first is not None and not request.path.startswith(first):
            return {"results": []}
        start, limit = wanted(request)
        more = {"paging": {"next": {"after": str(start + limit)}}} if start + limit < COUNT else {}
        return {"results": [row(number) for number in range(start, min(start + limit, COUNT))], **more}

    return answer


def wanted(request: Request) -> tuple[int, int]:
    """The first row that is asked for, and how many: of a list, a search, a batch."""
    if request.method == "GET":
        return int(request.one("after") or 0), int(request.one("limit") or 20)
    if "inputs" in request.body:
        return -1, len(request.body["inputs"])
    return request.body["offset"], request.body["count"]


def by_id(number: int) -> dict[str, Any]:
    return {"id": str(number)}


IDS = [str(number) for number in range(COUNT)]


def table() -> Answers:
    history = {"email": [{"value": "v", "timestamp": "2026-01-01T00:00:00Z"}]}
    names = [f"a_property_with_a_long_name_{n}" for n in range(600)]
    values = {"email": "v", **dict.fromkeys(names, "x")}
    return Table([{"id": number, "properties": values, "history": history} for number in range(COUNT)])


def backwards(request: Request) -> Any:
    """A list that begins with its last page."""
    stop, limit = int(request.one("before") or COUNT), int(request.one("limit") or 100)
    start = max(0, stop - limit)
    more = {"paging": {"prev": {"before": str(start)}}} if start else {}
    return {"results": [{"recordId": number} for number in range(start, stop)], "total": COUNT, **more}


def searched(request: Request) -> Any:
    start, count = wanted(request)
    some = [{"listId": str(number)} for number in range(start, min(start + count, COUNT))]
    return {"lists": some, "hasMore": start + count < COUNT, "offset": start + len(some), "total": COUNT}


def linked(request: Request) -> Any:
    kind = [{"category": "HUBSPOT_DEFINED", "typeId": 1, "label": None}]
    rows = [
        {"from": {"id": one["id"]}, "to": [{"toObjectId": one["id"], "associationTypes": kind}]}
        for one in request.body["inputs"]
    ]
    return {"status": "COMPLETE", "results": rows}


def split(request: Request) -> Any:
    return {"results": [{"id": one["id"], "splits": [{"id": "s"}]} for one in request.body["inputs"]]}


def occurred(request: Request) -> Any:
    """Events, a second apart, of the window that is asked for."""
    after, before = (instants.parse(request.one(name) or "") for name in ("occurredAfter", "occurredBefore"))
    times = [(number, DAY + timedelta(seconds=number)) for number in range(COUNT)]
    found = [{"id": str(number), "occurredAt": instants.text(at)} for number, at in times if after <= at <= before]
    start, limit = wanted(request)
    more = {"paging": {"next": {"after": str(start + limit)}}} if start + limit < len(found) else {}
    return {"results": found[start : start + limit], **more}


def records(client: HubSpotClient, *, names: int = 0, with_history: bool = False) -> Iterable[Any]:
    asked = ["email", *(f"a_property_with_a_long_name_{n}" for n in range(names))]
    pages = objects.pages(client, "0-49", asked, with_history=with_history)
    return (record["id"] for page in pages for record in page.records if len(record["properties"]) == 1 + names)


def chosen(client: HubSpotClient, *, with_history: bool = False) -> Iterable[Any]:
    pages = objects.batch_read(client, "0-49", IDS, ["email"], with_history=with_history)
    return (record["id"] for page in pages for record in page.records)


def ids_of(rows: Iterable[dict[str, Any]]) -> Iterable[str]:
    return (str(row["id"]) for row in rows)


@dataclass(frozen=True)
class Reader:
    """What reads `COUNT` rows, and a HubSpot that has them; `largest` is the size it begins with."""

    read: Callable[[HubSpotClient], Iterable[Any]]
    answers: Callable[[], Answers]
    largest: int


def reader(read: Callable[[HubSpotClient], Iterable[Any]], answers: Answers, largest: int = 100) -> Reader:
    return Reader(read, lambda: answers, largest)


READERS = {
    "records": Reader(records, table, 100),
    "records with history": Reader(lambda client: records(client, with_history=True), table, 50),
    "records in two pieces": Reader(lambda client: records(client, names=500), table, 100),
    "chosen records": Reader(chosen, table, 100),
    "chosen records with history": Reader(lambda client: chosen(client, with_history=True), table, 50),
    "associations": reader(
        lambda client: (one.from_id for one in associations.read(client, "0-1", "0-2", IDS)), linked, COUNT
    ),
    "deal splits": reader(lambda client: (deal for deal, _ in deal_splits.read(client, IDS)), split),
    "lists": reader(lambda client: (one["listId"] for one in lists.read(client)), searched, 500),
    "memberships": reader(
        lambda client: (one.record_id for one in lists.memberships_of(client, ["7"], logged)),
        listed(lambda number: {"recordId": number}),
        250,
    ),
    "memberships from the end": reader(
        lambda client: (one.record_id for one in lists.memberships(client, "7")), backwards, 250
    ),
    "forms": reader(lambda client: ids_of(forms.read(client)), listed(by_id), 500),
    "submissions": reader(
        lambda client: (row["pageUrl"] for _, page in forms.submissions_of(client, ["f"], logged) for row in page),
        listed(lambda number: {"pageUrl": str(number)}),
        50,
    ),
    "submissions with ids": reader(
        lambda client: (row["conversionId"] for row in forms.submissions(client, "f")),
        listed(lambda number: {"conversionId": str(number)}),
        50,
    ),
    "owners": reader(
        lambda client: ids_of(owners.read(client)),
        lambda request: {"results": []} if request.one("archived") == "true" else listed(by_id)(request),
        500,
    ),
    "users": reader(lambda client: ids_of(users.read(client)), listed(by_id)),
    "events": reader(
        lambda client: ids_of(
            event for page in events.occurrences(client, "e", DAY, DAY + timedelta(days=1)) for event in page
        ),
        occurred,
        1000,
    ),
    "event definitions": reader(lambda client: ids_of(events.definitions(client)), listed(by_id)),
    "campaigns": reader(lambda client: ids_of(campaigns.read(client, ["hs_name"])), listed(by_id)),
    "landing pages": reader(lambda client: ids_of(cms.landing_pages(client)), listed(by_id)),
    "site pages": reader(lambda client: ids_of(cms.site_pages(client)), listed(by_id)),
    "blog posts": reader(lambda client: ids_of(cms.blog_posts(client)), listed(by_id)),
    "threads": reader(lambda client: ids_of(conversations.threads(client)), listed(by_id), 500),
    "marketing emails": reader(lambda client: ids_of(marketing_emails.read(client)), listed(by_id), 300),
    "media": reader(
        lambda client: ids_of(media_bridge.read(client)),
        listed(by_id, path("media_bridge_objects", kind="IMAGE")),
    ),
    "sequences": reader(lambda client: ids_of(sequences.read(client, ["1"], logged)), listed(by_id)),
    "parents of teams": reader(
        lambda client: (team["parentTeamId"] for team in teams.read(client)),
        lambda request: (
            {"results": [by_id(number) for number in range(COUNT)]}
            if request.path == path("settings_teams")
            else listed(lambda number: {**by_id(number), "parentTeamId": number})(request)
        ),
    ),
}
