"""Which records of a type exist on the portal's day, and their ids: computed, never listed.

A record is known by its number. Numbers ascend with ids. Records that were there before the first day have a
position each; records that a later day creates get numbers between them and behind them, so that ids do not grow
with creation time. Every day creates some records, archives some and merges a few; ``now`` adds what happens while
the portal is being read.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from hubspot_assets.demo.portal.settings import PortalSettings

from .chance import Shuffle, mixed
from .object_types import ObjectType
from .times import DAY_MS, ms_of

LAYERS = 32
"""Numbers per position: 0 is the record that was there first, the others are created later."""
IDS_PER_POSITION = 64


@dataclass
class Now:
    """What happened to a type since the portal was started, by number of the record."""

    created: int = 0
    gone: dict[int, "End"] = field(default_factory=dict)
    """How it ended."""
    merged: dict[int, list[int]] = field(default_factory=dict)
    """Which others were merged into it."""
    changed: dict[int, list[int]] = field(default_factory=dict)
    """When it was changed, in milliseconds, ascending."""


@dataclass(frozen=True)
class End:
    """How a record ended: archived, or merged into another."""

    ms: int
    merged_into: int | None = None


class Life:
    """The records of one type on one day."""

    def __init__(self, settings: PortalSettings, object_type: ObjectType, count: int) -> None:
        self.object_type = object_type
        self.now = Now()
        self._seed = mixed(settings.seed, object_type.number)
        self._start = ms_of(settings.first_day)
        self._count = count
        self.days = max(0, (settings.day - settings.first_day).days)
        self.now_ms = ms_of(settings.day) + DAY_MS
        """The first moment after the portal's day: what happens while it is read happens from here on."""
        self._gone_at_first = max(2, count // 50) if count else 0
        self.positions = count + self._gone_at_first
        self._first_to_go = Shuffle(self.positions, self._seed, 1)
        self._order_of_going = Shuffle(self.positions, self._seed, 2)
        self._going_takes = max(250, min(1000, self.positions))
        self._births_per_1000_days = max(2 * count, 200) if count else 0
        self._range = self.positions + self.positions // 4 + 8
        self._birth_places = Shuffle(self._range, self._seed, 3)
        self._per_block: list[int] | None = None

    # --- ids ---------------------------------------------------------------------------------------------------

    def id_of(self, number: int) -> int:
        position, layer = divmod(number, LAYERS)
        offset = position * 7 % 19 if layer == 0 else 19 + layer
        return self.object_type.first_id + position * IDS_PER_POSITION + offset

    def number_at(self, record_id: int) -> int:
        """The smallest number whose id is not below ``record_id``."""
        position = max(0, (record_id - self.object_type.first_id) // IDS_PER_POSITION)
        for layer in range(LAYERS):
            if self.id_of(position * LAYERS + layer) >= record_id:
                return position * LAYERS + layer
        return (position + 1) * LAYERS

    def number_of(self, record_id: str) -> int | None:
        """The number of the record that has or had this id."""
        if not record_id.isdecimal() or len(record_id) > 19:
            return None
        number = self.number_at(int(record_id))
        return number if self.id_of(number) == int(record_id) and self.ever(number) else None

    # --- existence ---------------------------------------------------------------------------------------------

    @property
    def _births(self) -> int:
        return -(-self.days * self._births_per_1000_days // 1000)

    def _birth(self, number: int) -> int:
        """How many were created before this one; only for numbers with a layer."""
        position, layer = divmod(number, LAYERS)
        return self._birth_places.place(position) + (layer - 1) * self._range

    def _number_of_birth(self, birth: int) -> int:
        layer, place = divmod(birth, self._range)
        return self._birth_places.item(place) * LAYERS + layer + 1

    def ever(self, number: int) -> bool:
        """Whether the record exists or existed on the day."""
        position, layer = divmod(number, LAYERS)
        if layer == 0:
            return position < self.positions
        return position < self._range and self._birth(number) < self._births + self.now.created

    def created_ms(self, number: int) -> int:
        position, layer = divmod(number, LAYERS)
        if layer == 0:
            if position % 1000 in range(100, 300):  # an import, all within one millisecond
                return self._start - 900 * DAY_MS - position // 1000 * 1000
            return self._start - 1000 * DAY_MS - mixed(self._seed, 4, position) % (700 * DAY_MS)
        birth = self._birth(number)
        if birth >= self._births:
            return self.now_ms + (birth - self._births) * 1000
        day = 1 + birth * 1000 // self._births_per_1000_days
        return self._start + day * DAY_MS + mixed(self._seed, 5, number) % DAY_MS

    def _day_of_going(self, position: int) -> int:
        """The day on which a position's first record ends; 0 if before the first day."""
        if self._first_to_go.place(position) < self._gone_at_first:
            return 0
        return 1 + self._order_of_going.place(position) * self._going_takes // self.positions

    def end(self, number: int) -> End | None:
        """How the record ended, None if it is there."""
        if number in self.now.gone:
            return self.now.gone[number]
        position, layer = divmod(number, LAYERS)
        if layer:
            return None
        day = self._day_of_going(position)
        if day > self.days:
            return None
        chance = mixed(self._seed, 6, position)
        ms = self._start + day * DAY_MS + chance % DAY_MS if day else self._start - chance % (80 * DAY_MS)
        stays = position + 1 < self.positions and self._day_of_going(position + 1) > day
        into = number + LAYERS if self.object_type.merges and chance % 3 == 0 and stays else None
        return End(ms, into)

    def merged(self, number: int) -> list[tuple[int, int]]:
        """The records that were merged into this one, and when, the first one first."""
        others = self.now.merged.get(number, [])
        before = number - LAYERS
        if number % LAYERS == 0 and before >= 0 and before not in others:
            others = [before, *others]
        ends = ((other, self.end(other)) for other in others)
        return [(other, end.ms) for other, end in ends if end and end.merged_into == number]

    def survivor_of(self, number: int) -> int:
        """The record that this one is in now; itself where it was not merged."""
        while (end := self.end(number)) and end.merged_into is not None:
            number = end.merged_into
        return number

    def _there(self, number: int) -> bool:
        """``end(number) is None``, in a hurry."""
        if number % LAYERS:
            return number not in self.now.gone
        return self._day_of_going(number // LAYERS) > self.days and number not in self.now.gone

    # --- in order ----------------------------------------------------------------------------------------------

    def _ever_from(self, number: int) -> Iterator[int]:
        births = self._births + self.now.created
        layers = -(-births // self._range) if births else 0
        for position in range(number // LAYERS, self._range if births else self.positions):
            first = position * LAYERS
            if position < self.positions and first >= number:
                yield first
            for layer in range(1, layers + 1):
                if first + layer >= number and self._birth(first + layer) < births:
                    yield first + layer

    def alive_from(self, number: int = 0) -> Iterator[int]:
        """Numbers of the records that are there, ascending."""
        return (n for n in self._ever_from(number) if self._there(n))

    def archived_from(self, number: int = 0) -> Iterator[int]:
        """Numbers of the records in the recycle bin, ascending; merged ones are not there either."""
        for n in self._ever_from(number):
            if not self._there(n) and (end := self.end(n)) and end.merged_into is None:
                yield n

    def at_position(self, position: int) -> Iterator[int]:
        """Every record of a position, there or not."""
        for number in self._ever_from(position * LAYERS):
            if number // LAYERS != position:
                return
            yield number

    def count_from(self, number: int = 0) -> int:
        """How many records are there from a number on. Counts once per block of positions, then remembers."""
        block = 4096 * LAYERS
        if self._per_block is None:
            self._per_block = self._counted_blocks(block // LAYERS)
        start = number // block + 1
        inside = sum(1 for _ in self._until(number, start * block)) if number else self._per_block[0]
        return inside + sum(self._per_block[start:])

    def _counted_blocks(self, size: int) -> list[int]:
        first, order, gone = self._first_to_go.place, self._order_of_going.place, self._gone_at_first
        still = -(-self.days * self.positions // self._going_takes)
        blocks = [
            sum(1 for p in range(start, min(start + size, self.positions)) if first(p) >= gone and order(p) >= still)
            for start in range(0, self._range + 1, size)
        ]
        for birth in range(self._births + self.now.created):
            number = self._number_of_birth(birth)
            blocks[number // LAYERS // size] += number not in self.now.gone
        for number in self.now.gone:
            if number % LAYERS == 0 and self._day_of_going(number // LAYERS) > self.days:
                blocks[number // LAYERS // size] -= 1
        return blocks

    def _until(self, number: int, end: int) -> Iterator[int]:
        for n in self.alive_from(number):
            if n >= end:
                return
            yield n

    # --- while it is read ----------------------------------------------------------------------------------------

    def create_one(self) -> int:
        """A new record, now; its number."""
        self._per_block = None
        birth = self._births + self.now.created
        self.now.created += 1
        return self._number_of_birth(birth)

    def archive(self, number: int, ms: int) -> None:
        self._per_block = None
        self.now.gone[number] = End(ms)

    def merge(self, number: int, into: int, ms: int) -> None:
        """A record is merged into another, which is there."""
        self._per_block = None
        self.now.gone[number] = End(ms, into)
        self.now.merged.setdefault(into, []).append(number)

    def change(self, number: int, ms: int) -> None:
        self.now.changed.setdefault(number, []).append(ms)
