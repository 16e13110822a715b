"""Which record is associated with which, and by which types: computed from both sides, never stored."""

from collections.abc import Callable, Iterator

from .association_types import AssociationType, Link, LinkType, links_of
from .life import LAYERS, Life
from .object_types import ObjectTypes

LATE_DAYS = 60
"""Within so many days, those associations and labels come that were not there on the first day."""


class Partners:
    """Who belongs to whom, by position: each of ``many`` positions has none, one or two partners among ``one``.

    As days go by, some get their second partner; nothing of the records themselves tells.
    """

    def __init__(self, many: int, one: int, days: int, biggest: int = 0) -> None:
        self._many, self._one, self._days = many, one, days
        self._big = min(biggest, many * 9 // 10) if one > 1 else 0

    def of_many(self, item: int) -> Iterator[tuple[int, bool]]:
        """The partners of one of ``many``, and whether it is the first."""
        if item >= self._many or not self._one:
            return
        if item < self._big:
            yield 0, True
        elif item % 5 != 4:
            first = self._block_of(item)
            yield first, True
            if self._one > 1 and self._has_second(item):
                yield (first + 1) % self._one, False

    def of_one(self, item: int) -> Iterator[tuple[int, bool]]:
        """The partners of one of ``one``, and whether it is their first."""
        if item >= self._one or not self._many:
            return
        for other in self._block(item):
            if other < self._big or other % 5 != 4:
                yield other, True
        if self._one > 1:
            for other in self._block((item - 1) % self._one):
                if other >= self._big and other % 5 != 4 and self._has_second(other):
                    yield other, False

    def _has_second(self, item: int) -> bool:
        return item % 7 == 3 or (item % 35 == 6 and item // 35 % LATE_DAYS < self._days)

    def _block_of(self, item: int) -> int:
        if self._big:
            return 1 + (item - self._big) * (self._one - 1) // (self._many - self._big)
        return item * self._one // self._many

    def _block(self, item: int) -> range:
        if not self._big:
            return range(-(-item * self._many // self._one), -(-(item + 1) * self._many // self._one))
        if item == 0:
            return range(self._big)
        rest, blocks = self._many - self._big, self._one - 1
        return range(self._big - (-(item - 1) * rest // blocks), self._big - (-item * rest // blocks))


class Tree(Partners):
    """Partners within one type: of each ten, the first is the parent of six."""

    def of_many(self, item: int) -> Iterator[tuple[int, bool]]:
        if item < self._many and 1 <= item % 10 <= 6:
            yield item // 10 * 10, True

    def of_one(self, item: int) -> Iterator[tuple[int, bool]]:
        if item % 10 == 0:
            yield from ((other, True) for other in range(item + 1, min(item + 7, self._many)))


class Associations:
    """The associations of a portal."""

    def __init__(self, object_types: ObjectTypes, life_of: Callable[[str], Life], archived_too: bool) -> None:
        self.links = links_of(object_types)
        self._life_of = life_of
        self._archived_too = archived_too
        self._partners: dict[int, Partners] = {}

    def types(self, from_type: str, to_type: str) -> list[AssociationType]:
        """The association types of an ordered pair of object type ids."""
        found: dict[AssociationType, None] = {}
        for link in self.links:
            for link_type in link.types:
                if (link.many, link.one) == (from_type, to_type):
                    found[link_type.there] = None
                if (link.one, link.many) == (from_type, to_type):
                    found[link_type.back] = None
        return list(found)

    def of(self, from_type: str, number: int, to_type: str) -> list[tuple[int, list[AssociationType]]]:
        """The records (their numbers, ascending) that a record is associated with, and by which types."""
        if not self._told(self._life_of(from_type), number):
            return []
        position, layer = divmod(number, LAYERS)
        found: dict[int, dict[AssociationType, None]] = {}
        to_life = self._life_of(to_type)
        for link in self.links:
            if (link.many, link.one) == (from_type, to_type):
                for other, first in self._partners_of(link).of_many(position):
                    for link_type in self._types_of(link, position, first):
                        found.setdefault(other * LAYERS, {})[link_type.there] = None
            if (link.one, link.many) == (from_type, to_type) and layer == 0:
                for other, first in self._partners_of(link).of_one(position):
                    types = [link_type.back for link_type in self._types_of(link, other, first)]
                    for to_number in to_life.at_position(other):
                        found.setdefault(to_number, {}).update(dict.fromkeys(types))
        return [(other, list(found[other])) for other in sorted(found) if self._told(to_life, other)]

    def _told(self, life: Life, number: int) -> bool:
        """Whether associations of a record are told: always while it is there, never once it was merged."""
        end = life.end(number)
        return end is None or (self._archived_too and end.merged_into is None)

    def _partners_of(self, link: Link) -> Partners:
        # By link, because sizes of both types are fixed for a portal.
        known = self._partners.get(id(link))
        if known is None:
            many, one = self._life_of(link.many).positions, self._life_of(link.one).positions
            days = self._life_of(link.many).days
            made = Tree(many, one, days) if link.many == link.one else Partners(many, one, days, link.biggest)
            known = self._partners[id(link)] = made
        return known

    def _types_of(self, link: Link, position: int, first: bool) -> list[LinkType]:
        late = position % 50 == 8 and position // 50 % LATE_DAYS < self._life_of(link.many).days
        when = {"always": True, "first": first, "sometimes": position % 5 == 2 or late, "never": False}
        return [link_type for link_type in link.types if when[link_type.when]]
