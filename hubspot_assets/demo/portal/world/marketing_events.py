"""The marketing events of a portal (webinars, fairs), and which contacts took part in them."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from .chance import mixed
from .life import LAYERS, Life
from .pieces import Piece, Pieces
from .times import DAY_MS, iso

STATES = ("REGISTERED", "ATTENDED", "CANCELLED", "NO_SHOW")
APP = {"id": "4711", "name": "Webinars & “more”"}


class Participation(NamedTuple):
    """One contact's part in an event; the state is the latest it had."""

    event: Piece
    number: int
    state: str
    contact_id: str
    email: str
    occurred_ms: int


class MarketingEvents:
    """The events of a portal; every third comes from an app, and none is archived but deleted."""

    def __init__(self, events: Pieces, life_of: Callable[[str], Life]) -> None:
        self._events = events
        self._contacts = life_of("0-1")

    def listed(self) -> list[Piece]:
        return self._events.listed()

    @staticmethod
    def object_id(event: Piece) -> str:
        return str(54_000_000_000 + event.number * 29)

    def find(self, object_id: str) -> Piece | None:
        return next((event for event in self.listed() if self.object_id(event) == object_id), None)

    def participations(self, event: Piece) -> list[Participation]:
        """Who took part, by contact; a few events have nobody, one has more than a page."""
        if not self._contacts.positions or event.number % 7 == 6:
            return []
        count = min(self._contacts.positions, 130 if event.number == 0 else event.chance % 12)
        first = mixed(event.chance, 5) % self._contacts.positions
        return [self._participation(event, n, (first + n) % self._contacts.positions) for n in range(count)]

    def _participation(self, event: Piece, number: int, position: int) -> Participation:
        chance = mixed(event.chance, 6, number)
        contact = position * LAYERS
        return Participation(
            event,
            number,
            STATES[chance % len(STATES)],
            str(self._contacts.id_of(contact)),
            f"person.{contact}@example.com",
            event.created_ms + chance % DAY_MS,
        )

    def as_json(self, event: Piece) -> dict[str, Any]:
        """As the marketing events API gives it; what is not set is absent."""
        start, from_an_app = event.created_ms + 30 * DAY_MS, event.number % 3 == 0
        row: dict[str, Any] = {
            "objectId": self.object_id(event),
            "eventName": event.name,
            "customProperties": [{"name": "hs_topic", "value": event.text(4)}] if event.chance % 3 == 0 else [],
            "createdAt": iso(event.created_ms),
            "updatedAt": iso(event.updated_ms),
            **self._counts(event),
        }
        optional = {
            "eventType": ("WEBINAR", "CONFERENCE", "FAIR, small")[event.chance % 3] if event.chance % 4 else None,
            "startDateTime": iso(start) if event.chance % 5 else None,
            "endDateTime": iso(start + 5_400_000) if event.chance % 5 else None,
            "eventOrganizer": event.text(1) if event.chance % 6 else None,
            "eventDescription": f"<p>{event.text(2)}</p>\r\n" if event.chance % 2 else None,
            "eventUrl": f"https://www.example.com/webinar/{event.number}?a=1,2" if event.chance % 7 else None,
            "eventCancelled": event.chance % 9 == 0 if event.chance % 8 else None,
            "eventCompleted": event.chance % 2 == 0 if event.chance % 8 else None,
            "eventStatus": ("PAST", "UPCOMING", "CANCELLED")[event.chance // 2 % 3] if event.chance % 8 else None,
            "externalEventId": f"ext-{event.number}/“a”" if from_an_app else None,
            "appInfo": APP if from_an_app else None,
        }
        return {**row, **{name: value for name, value in optional.items() if value is not None}}

    def _counts(self, event: Piece) -> dict[str, int]:
        states = [participation.state for participation in self.participations(event)]
        counts = {"attendees": "ATTENDED", "cancellations": "CANCELLED", "noShows": "NO_SHOW"}
        return {"registrants": len(states), **{name: states.count(state) for name, state in counts.items()}}

    def counters(self, event: Piece) -> dict[str, int]:
        """How many took part in which way."""
        counts = self._counts(event)
        return {
            "registered": counts["registrants"],
            "attended": counts["attendees"],
            "cancelled": counts["cancellations"],
            "noShows": counts["noShows"],
        }

    def participation_as_json(self, part: Participation) -> dict[str, Any]:
        """As the breakdown of an event's participations gives it."""
        event, chance = part.event, mixed(part.event.chance, 7, part.number)
        properties: dict[str, Any] = {"attendanceState": part.state, "occurredAt": part.occurred_ms}
        if part.state == "ATTENDED":
            properties |= {
                "attendanceDurationSeconds": chance % 5_400,
                "attendancePercentage": f"{chance % 1000 / 1000}",
            }
        contact = {"contactId": part.contact_id, "email": part.email}
        if chance % 3:
            contact |= {"firstname": "Zoë", "lastname": "O'Neill, “Jr.”"}
        about = {"marketingEventId": self.object_id(event), "name": event.name}
        if event.number % 3 == 0:
            about |= {"externalEventId": f"ext-{event.number}/“a”", "externalAccountId": "acc-1"}
        return {
            "id": f"{self.object_id(event)}-{part.number}",
            "createdAt": iso(part.occurred_ms + 1000),
            "properties": properties,
            "associations": {"contact": contact, "marketingEvent": about},
        }

    def of_contact(self, contact: str) -> Iterator[Participation]:
        """Every participation of one contact, by its id or address."""
        parts = (part for event in self.listed() for part in self.participations(event))
        return (part for part in parts if contact in {part.contact_id, part.email})
