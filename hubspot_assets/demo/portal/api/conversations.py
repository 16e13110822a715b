"""Conversations API: ``GET /conversations/conversations/{V}/threads`` (``/conversations/v3/conversations/threads``).

Archived threads come apart; the messages of a thread take a call of their own.
"""

from typing import Any

from hubspot_assets.demo.portal.errors import not_found, validation_error
from hubspot_assets.demo.portal.filters import moment
from hubspot_assets.demo.portal.paging import page_of
from hubspot_assets.demo.portal.routing import Call, Endpoint, both
from hubspot_assets.demo.portal.world.pieces import Piece

SCOPES = ("conversations.read",)


def list_threads(call: Call) -> dict[str, Any]:
    conversations = call.world.conversations
    found = conversations.listed(call.flag("archived"))
    sort, since = call.text("sort", "id"), moment(call, "latestMessageTimestampAfter")
    if sort == "latestMessageTimestamp":
        if since is None or call.text("after"):
            raise validation_error("sort=latestMessageTimestamp needs latestMessageTimestampAfter and no after")
        found = sorted((t for t in found if t.updated_ms > since), key=lambda t: t.updated_ms)
    elif sort != "id" or since is not None:
        raise validation_error("latestMessageTimestampAfter needs sort=latestMessageTimestamp; sort may be id, too")
    if contact := call.text("associatedContactId"):
        found = [t for t in found if conversations.contact_id(t) == contact]
    page, paging = page_of(call, found, default=100, maximum=500, encoded=True)
    with_ticket = "TICKET" in call.texts("association")
    return {"results": [conversations.as_json(thread, with_ticket=with_ticket) for thread in page], **paging}


def one_thread(call: Call) -> dict[str, Any]:
    thread = _thread(call, call.flag("archived"))
    return call.world.conversations.as_json(thread, with_ticket="TICKET" in call.texts("association"))


def messages(call: Call) -> dict[str, Any]:
    rows = call.world.conversations.messages(_thread(call, call.flag("archived")))
    page, paging = page_of(call, rows, default=100, maximum=100, encoded=True)
    return {"results": page, **paging}


def _thread(call: Call, archived: bool) -> Piece:
    for thread in call.world.conversations.listed(archived):
        if call.world.conversations.thread_id(thread) == call.path["thread_id"]:
            return thread
    raise not_found()


def _paths(path: str) -> tuple[str, ...]:
    return both(f"/conversations/v3/conversations/threads{path}", f"/conversations/conversations/{{V}}/threads{path}")


ENDPOINTS = [
    Endpoint("GET", _paths(""), list_threads, SCOPES),
    Endpoint("GET", _paths("/{thread_id}"), one_thread, SCOPES),
    Endpoint("GET", _paths("/{thread_id}/messages"), messages, SCOPES),
]
