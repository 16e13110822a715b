"""The conversations of a portal's inboxes: threads and their messages."""

from collections.abc import Callable
from typing import Any

from .chance import mixed
from .life import LAYERS, Life
from .pieces import Piece, Pieces
from .times import DAY_MS, iso


class Conversations:
    """The threads of a portal; each has a few messages, the last when the thread was last edited."""

    def __init__(self, threads: Pieces, life_of: Callable[[str], Life]) -> None:
        self._threads = threads
        self._life_of = life_of

    def listed(self, archived: bool = False) -> list[Piece]:
        return self._threads.listed(archived)

    @staticmethod
    def thread_id(thread: Piece) -> str:
        return str(6_000_000_000 + thread.number * 11)

    def contact_id(self, thread: Piece) -> str | None:
        """Whom it is with; None for a visitor nobody knows."""
        return self._associated("0-1", thread, 1) if thread.chance % 6 else None

    def ticket_id(self, thread: Piece) -> str | None:
        return self._associated("0-5", thread, 2) if thread.chance % 3 == 0 else None

    def as_json(self, thread: Piece, *, with_ticket: bool = False) -> dict[str, Any]:
        """As the conversations API gives a thread; what is not set is absent."""
        closed = thread.chance % 2 == 0
        optional = {
            "associatedContactId": self.contact_id(thread),
            "assignedTo": f"A-{thread.updated_by}" if thread.chance % 4 else None,
            "closedAt": iso(thread.updated_ms) if closed else None,
            "latestMessageSentTimestamp": iso(thread.updated_ms) if thread.chance % 5 else None,
            "latestMessageReceivedTimestamp": iso(thread.created_ms),
        }
        row: dict[str, Any] = {
            "id": self.thread_id(thread),
            "createdAt": iso(thread.created_ms),
            "status": "CLOSED" if closed else "OPEN",
            "originalChannelId": str(1000 + thread.chance % 3),
            "originalChannelAccountId": str(77_000 + thread.chance % 5),
            "inboxId": str(500 + thread.chance % 2),
            "latestMessageTimestamp": iso(thread.updated_ms),
            "spam": thread.chance % 17 == 0,
            "archived": thread.archived_ms is not None,
            **{name: value for name, value in optional.items() if value is not None},
        }
        ticket_id = self.ticket_id(thread)
        return {**row, "threadAssociations": {"associatedTicketId": ticket_id}} if with_ticket and ticket_id else row

    def messages(self, thread: Piece) -> list[dict[str, Any]]:
        """Newest first."""
        count = 1 + thread.chance % 4
        return [self._message(thread, place, count) for place in reversed(range(count))]

    def _message(self, thread: Piece, place: int, count: int) -> dict[str, Any]:
        ms = thread.created_ms + (thread.updated_ms - thread.created_ms) * (place + 1) // count
        return {
            "id": f"{thread.guid.replace('-', '')}{place:02d}",
            "type": "MESSAGE",
            "conversationsThreadId": self.thread_id(thread),
            "createdAt": iso(ms),
            "createdBy": f"A-{thread.created_by}" if place % 2 else f"V-{thread.number}",
            "direction": "OUTGOING" if place % 2 else "INCOMING",
            "text": thread.text(20 + place),
            "richText": f"<p>{thread.text(20 + place)}</p>",
            "channelId": str(1000 + thread.chance % 3),
            "channelAccountId": str(77_000 + thread.chance % 5),
            "senders": [],
            "recipients": [],
            "attachments": [],
            "truncationStatus": "NOT_TRUNCATED",
            "archived": thread.archived_ms is not None,
        }

    def _associated(self, object_type_id: str, thread: Piece, number: int) -> str | None:
        life = self._life_of(object_type_id)
        if not life.positions or thread.created_ms > life.now_ms - DAY_MS:
            return None
        return str(life.id_of(mixed(thread.chance, number) % life.positions * LAYERS))
