"""What became of every marketing email that the portal sent: delivered, opened, clicked, bounced, ...

Each day sends some messages; all events of a message are computed from its number, so that none is stored. Those of a
day that is asked for are kept for a while, because they are asked for page by page. What HubSpot's API makes of them
is in ``api/email_events.py``.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

from hubspot_assets.demo.portal.settings import PortalSettings

from .chance import mixed
from .life import LAYERS, Life
from .marketing_emails import campaign_group_id, campaign_ids
from .pieces import Piece, text_of
from .times import DAY_MS, ms_of

DAYS_BEFORE = 40
"""Emails were sent from so many days before the first day on."""
LATEST = 3
"""What happens to a message happens within so many days."""
EVENTS_OF_A_MESSAGE = 5
"""About so many."""
APP_ID, APP_NAME = 113, "Batch"
TYPES = (
    *("SENT", "PROCESSED", "DELIVERED", "DEFERRED", "BOUNCE", "DROPPED", "SUPPRESSED", "OPEN", "CLICK", "PRINT"),
    *("FORWARD", "STATUSCHANGE", "SPAMREPORT", "UNBOUNCE"),
)
AGENTS = (
    ("COMPUTER", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox"),
    (
        "MOBILE",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)",
        "Mail",
    ),
    ("UNKNOWN", "“Robot”, the; 1.0", ""),
)
PLACES = (
    {"country": "GERMANY", "state": "Berlin", "city": "Berlin", "latitude": 52.52, "longitude": 13.4},
    {"country": "FRANCE", "state": "Île-de-France", "city": "Saint-Denis, Plaine"},
    {"country": "UNITED STATES", "state": "massachusetts", "city": "cambridge"},
    {"country": "Unknown", "state": "Unknown", "city": "Unknown"},
)  # fmt: skip


@dataclass(frozen=True)
class EmailEvent:
    """One event as the email events API gives it; what does not apply is absent."""

    created_ms: int
    id: str
    as_json: dict[str, Any]

    @property
    def key(self) -> tuple[int, str]:
        return self.created_ms, self.id


class EmailEvents:
    """The email events of a portal up to the close of its day; every tenth day sends nothing."""

    def __init__(self, settings: PortalSettings, emails: Sequence[Piece], life_of: Callable[[str], Life]) -> None:
        self._portal_id = settings.portal_id
        self._seed = mixed(settings.seed, 53)
        self._emails = emails
        self._contacts = life_of("0-1")
        self._first_day = ms_of(settings.first_day) - DAYS_BEFORE * DAY_MS
        self._end = ms_of(settings.day) + DAY_MS
        sends = settings.email_events_per_day / EVENTS_OF_A_MESSAGE
        self._a_day = round(sends) or (1 if settings.email_events_per_day else 0)
        self._of_day = lru_cache(maxsize=16)(self._made_on)

    # --- the truth -----------------------------------------------------------------------------------------------

    def of_day(self, day: date, event_type: str | None = None) -> Iterator[EmailEvent]:
        """The events of a day (UTC) by time, of one type (``OPEN``) or of all."""
        found = self._of_day(ms_of(day))
        return (event for event in found if event_type in {None, event.as_json["type"]})

    def newest_first(self, since: int, until: int) -> Iterator[EmailEvent]:
        """Events from ``since`` up to and with ``until``, the newest first, as the API has them."""
        until = min(until, self._end - 1)
        since = max(since, self._first_day)
        for start in range(until // DAY_MS * DAY_MS, since // DAY_MS * DAY_MS - 1, -DAY_MS):
            yield from (event for event in reversed(self._of_day(start)) if since <= event.created_ms <= until)

    # --- how it is computed ----------------------------------------------------------------------------------------

    def _made_on(self, start: int) -> tuple[EmailEvent, ...]:
        """The events of the day that starts then, whenever their messages were sent."""
        sent = range(start - LATEST * DAY_MS, start + DAY_MS, DAY_MS)
        events = (event for day in sent for n in range(self._sends_of(day)) for event in self._of_message(day, n))
        found = [e for e in events if start <= e.created_ms < start + DAY_MS and e.created_ms < self._end]
        return tuple(sorted(found, key=lambda event: event.key))

    def _sends_of(self, start: int) -> int:
        number = (start - self._first_day) // DAY_MS
        sends = start < self._end and number >= 0 and number % 10 != 9 and self._emails and self._contacts.positions
        return self._a_day if sends else 0

    def _of_message(self, start: int, number: int) -> Iterator[EmailEvent]:
        chance = mixed(self._seed, start // DAY_MS, number)
        # The first of a day is at its first millisecond, the last at its last one.
        ms = start + (DAY_MS * number // (self._a_day - 1) - 1 if number else 0)
        email = self._emails[chance % len(self._emails)]
        ids = campaign_ids(email)
        common = {
            "portalId": self._portal_id,
            "appId": APP_ID,
            "appName": APP_NAME,
            "recipient": self._recipient(chance),
            "emailCampaignId": ids[chance // 3 % len(ids)],
            "emailCampaignGroupId": campaign_group_id(email),
            "hmid": f"{chance % 10**12:012d}",
            "sendId": str(UUID(int=mixed(chance, 2) << 64 | mixed(chance, 3), version=4)),
        }
        letter = {
            "subject": email.text(1),
            "from": "Ada “Countess” Lovelace <ada@example.com>",
            "replyTo": ["ada@example.com"],
            "cc": ["team, sales <team@example.com>"],
            "bcc": [],
        }
        sent = {"id": _event_id(chance, 0), "created": ms}
        for place, (event_type, later, more) in enumerate(_story(chance, letter)):
            row = {**common, "id": _event_id(chance, place), "created": ms + later, "type": event_type, **more}
            if place:
                row["sentBy"] = sent
            if event_type == "STATUSCHANGE":
                row["causedBy"] = {"id": _event_id(chance, place - 1), "created": ms + later - 1}
            if event_type == "DEFERRED":
                row["obsoletedBy"] = {"id": _event_id(chance, place + 1), "created": ms + later + 60_000}
            if event_type == "UNBOUNCE":  # the only type that is of no campaign
                row = {k: v for k, v in row.items() if not k.startswith(("app", "emailCampaign", "send"))}
            yield EmailEvent(row["created"], row["id"], row)

    def _recipient(self, chance: int) -> str:
        """A contact's address; one in fifteen is nobody's any more."""
        position = chance // 7 % self._contacts.positions
        return f"person.{position * LAYERS}@example.com" if chance % 15 else 'former."colleague"@example.com'


def _event_id(chance: int, place: int) -> str:
    return str(UUID(int=mixed(chance, 10, place) << 64 | mixed(chance, 11, place), version=4))


Event = tuple[str, int, dict[str, Any]]
"""Type, milliseconds after the sending, and what this type says besides."""


def _story(chance: int, letter: dict[str, Any]) -> Iterator[Event]:
    """What became of a message."""
    fate, minute = mixed(chance, 20) % 40, 60_000
    if fate == 0:
        yield "DROPPED", 0, {**letter, "dropReason": "PREVIOUSLY_BOUNCED", "dropMessage": "Bounced, “hard”,\nbefore"}
        return
    if fate == 1:
        yield "SUPPRESSED", 0, {**letter, "suppressedReason": "GRAYMAIL", "suppressedMessage": text_of(chance)}
        return
    yield "SENT", 0, letter
    yield "PROCESSED", 0, {}  # in the same millisecond, as it happens
    if fate in {2, 3, 4}:
        category = ("UNKNOWN_USER", "MAILBOX_FULL", "CONTENT")[fate - 2]
        response = '550 5.1.1 <nobody@example.com>: Recipient address rejected: "unknown"'
        yield "BOUNCE", 5_000, {"category": category, "response": response, "status": "5.1.1"}
        if fate == 2:
            yield "UNBOUNCE", 2 * DAY_MS, {}
        return
    delivered = 3_000 + chance % 20_000
    if fate == 5:
        yield "DEFERRED", delivered, {"attempt": 1, "response": "421 4.7.0 Try again later"}
        delivered += minute
    yield "DELIVERED", delivered, {"response": "250 2.0.0 OK", "smtpId": f"<{chance % 10**9}@mail.example.com>"}
    yield from _reactions(chance, fate, delivered)


def _reactions(chance: int, fate: int, delivered: int) -> Iterator[Event]:
    """What the recipient did with it, within three days."""
    minute, seen = 60_000, delivered + 1_000
    for n in range(mixed(chance, 21) % 4):
        opened = mixed(chance, 22, n)
        seen += 1 + opened % (20 * 3_600_000)
        filtered = opened % 9 == 0
        yield "OPEN", seen, {**_device(opened), "duration": opened % 60_000, "filteredEvent": filtered}
        if opened % 3 == 0:
            url = f'https://www.example.com/offer-{opened % 50}?utm_source=a,b&q="x"'
            clicked = {
                "url": url,
                "referer": "https://mail.example.com/",
                "linkId": opened % 7,
                "filteredEvent": filtered,
            }
            yield "CLICK", seen + minute, {**_device(opened), **clicked}
    if fate == 6:
        yield "PRINT", seen + 2 * minute, _device(chance)
    if fate == 7:
        yield "FORWARD", seen + 2 * minute, _device(chance)
    if fate in {8, 9}:
        yield "SPAMREPORT", seen + 2 * minute, {}
        change = {"id": 77 + fate, "status": "UNSUBSCRIBED", "legalBasisChange": {"optState": "OPT_OUT"}}
        more = {"source": "SOURCE_SPAM_REPORT", "requestedBy": "person@example.com", "bounced": False}
        status = {"portalSubscriptionStatus": "UNSUBSCRIBED", "subscriptions": [change]}
        yield "STATUSCHANGE", seen + 2 * minute + 1, {**more, **status}


def _device(chance: int) -> dict[str, Any]:
    kind, agent, browser = AGENTS[chance // 11 % len(AGENTS)]
    told: dict[str, Any] = {"deviceType": kind, "userAgent": agent, "location": PLACES[chance // 5 % len(PLACES)]}
    if browser:
        told["browser"] = {
            "name": browser,
            "family": browser,
            "producer": "",
            "producerUrl": "",
            "type": "Browser" if kind == "COMPUTER" else "Email Client",
            "url": "",
            "version": ["140.0"] if kind == "COMPUTER" else [],
        }
    return {**told, "ipAddress": f"192.0.2.{chance % 250}"} if chance % 4 else told
