"""The event occurrences of a portal, computed when they are asked for: a hundred thousand a day need no memory.

The events of a type are numbered by time. Each day has the same number of them, except every tenth, which has none;
the first of a day is at its first millisecond, the last at its last one, and several share a millisecond.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from heapq import merge
from uuid import UUID

from hubspot_assets.demo.portal.settings import PortalSettings

from .chance import Shuffle, mixed
from .event_types import EventType, EventTypes
from .life import LAYERS, Life
from .pieces import text_of
from .times import DAY_MS, ms_of
from .values import DATES, DATETIMES, NUMBERS

DAYS_BEFORE = 40
"""Events go back so many days before the first day."""
Key = tuple[int, int, int]
"""When, number of the type, number of the event: what events are ordered by."""


@dataclass(frozen=True)
class Event:
    """One occurrence."""

    id: str
    event_type: EventType
    object_id: str
    occurred_ms: int
    properties: dict[str, str]
    key: Key


class Events:
    """The occurrences of every type up to the close of the portal's day."""

    def __init__(self, settings: PortalSettings, types: EventTypes, life_of: Callable[[str], Life]) -> None:
        self._types = types
        self._by_number = {event_type.number: event_type for event_type in types.all}
        self._life_of = life_of
        self._seed = mixed(settings.seed, 31)
        self._first_day = ms_of(settings.first_day) - DAYS_BEFORE * DAY_MS
        self._per_day = settings.events_per_day
        days = (ms_of(settings.day) - self._first_day) // DAY_MS + 1
        self._days = days - days // 10
        self._shuffles: dict[int, Shuffle] = {}

    # --- the truth -----------------------------------------------------------------------------------------------

    def of_day(self, day: date, event_type: str | None = None) -> Iterator[Event]:
        """The events of a day (UTC), of one type or of all, by time."""
        types = self._types.listed() if event_type is None else [t for t in self._types.all if t.name == event_type]
        return self.between(types, ms_of(day), ms_of(day) + DAY_MS)

    def between(
        self,
        types: Sequence[EventType],
        since: int,
        until: int,
        *,
        object_id: str | None = None,
        newest_first: bool = False,
    ) -> Iterator[Event]:
        """Events from ``since`` up to and without ``until``, by time; of one record, if it is given."""
        ways = (self._keys(t, since, until, object_id, newest_first) for t in types)
        return (self._event(key) for key in merge(*ways, reverse=newest_first))

    def find(self, event_id: str) -> Event | None:
        """One event by its id."""
        digits = event_id.removeprefix("leviathan-").replace("-", "")
        if len(digits) != 32 or not all(c in "0123456789abcdef" for c in digits):
            return None
        type_number, number = int(digits[:4], 16), int(digits[4:12], 16)
        event_type = self._by_number.get(type_number)
        if event_type is None or number >= self._total(event_type):
            return None
        event = self._event((self._ms(event_type, number), type_number, number))
        return event if event.id == event_id else None

    # --- how it is computed ----------------------------------------------------------------------------------------

    def _a_day(self, event_type: EventType) -> int:
        return round(self._per_day * event_type.share / 100) or (1 if self._per_day and event_type.share else 0)

    def _total(self, event_type: EventType) -> int:
        life = self._life_of(event_type.object_type_id)
        return self._days * self._a_day(event_type) if life.positions else 0

    def _ms(self, event_type: EventType, number: int) -> int:
        """When an event occurred; never before the one with the number before."""
        a_day = self._a_day(event_type)
        day, place = divmod(number, a_day)
        start = self._first_day + (day + day // 9) * DAY_MS
        if place == 0:
            return start
        if place == a_day - 1:
            return start + DAY_MS - 1
        slot = place // 3 * 3
        return start + DAY_MS * slot // a_day + mixed(self._seed, event_type.number, day, slot) % (DAY_MS // a_day)

    def _keys(
        self, event_type: EventType, since: int, until: int, object_id: str | None, newest_first: bool
    ) -> Iterator[Key]:
        numbers: range = range(self._total(event_type))
        if object_id is not None:
            numbers = self._numbers_of(event_type, object_id)
        first = bisect_left(numbers, since, key=lambda n: self._ms(event_type, n))
        end = bisect_left(numbers, until, key=lambda n: self._ms(event_type, n))
        within = numbers[first:end]
        return ((self._ms(event_type, n), event_type.number, n) for n in (reversed(within) if newest_first else within))

    def _shuffle(self, event_type: EventType) -> Shuffle:
        shuffle = self._shuffles.get(event_type.number)
        if shuffle is None:
            positions = self._life_of(event_type.object_type_id).positions
            shuffle = self._shuffles[event_type.number] = Shuffle(positions, self._seed, event_type.number)
        return shuffle

    def _numbers_of(self, event_type: EventType, object_id: str) -> range:
        """The events of one record: every so many, because records take turns."""
        record = self._life_of(event_type.object_type_id).number_of(object_id)
        shuffle = self._shuffle(event_type)
        if record is None or record % LAYERS or not self._total(event_type):
            return range(0)
        return range(shuffle.item(record // LAYERS), self._total(event_type), shuffle.size)

    def _event(self, key: Key) -> Event:
        occurred_ms, type_number, number = key
        event_type = self._by_number[type_number]
        chance = mixed(self._seed, type_number, number)
        position = self._shuffle(event_type).place(number % self._shuffle(event_type).size)
        digits = type_number << 112 | number << 80 | mixed(chance, 1) << 16 | mixed(chance, 2) & 0xFFFF
        return Event(
            id=f"leviathan-{UUID(int=digits)}",
            event_type=event_type,
            object_id=str(self._life_of(event_type.object_type_id).id_of(position * LAYERS)),
            occurred_ms=occurred_ms,
            properties={
                name: value
                for place, name in enumerate(event_type.properties, 3)
                if (value := _value(name, mixed(chance, place))) is not None
            },
            key=key,
        )


_POOLS = {
    "amount": NUMBERS,
    "due_on": DATES,
    "clicked_at": DATETIMES,
    "hs_recipient": tuple(f"person.{n}@example.com" for n in range(50)),
    "hs_user_agent": ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",),
}


def _value(name: str, own: int) -> str | None:
    """The value of an event's property; one in eight events has none."""
    if own % 8 == 7:
        return None
    if name in _POOLS:
        return _POOLS[name][own // 8 % len(_POOLS[name])]
    if name.endswith("url"):
        return f'https://www.example.com/page-{own // 8 % 50}?q={own % 1000}&utm_source=a,b#"top"'
    if name.endswith("_id"):
        return str(own % 10**9)
    return text_of(own // 8)
