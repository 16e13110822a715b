"""The lists (HubSpot's "segments") of a portal, and who is in them.

A list holds every so many positions of its type (``life.py``); its members join when they are created or some time
later, and some leave again. Members are computed once, when they are first asked for: HubSpot's lists lag behind
the records, too.
"""

from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from hubspot_assets.demo.portal.settings import PortalSettings

from .chance import mixed
from .life import LAYERS, Life
from .object_types import ObjectTypes
from .pieces import Piece, Pieces
from .times import DAY_MS, ms_of

MOST_MEMBERS = 1000
"""About as many as a list has that does not hold every record of its type."""
PROCESSING_TYPES = ("DYNAMIC", "DYNAMIC", "MANUAL", "SNAPSHOT")
FIRST_REFUSED = 5
REFUSED_TYPE = "0-53"
# Contacts most; the others each now and then. The custom object is there if the portal has one.
_TYPES = ("0-1", "0-1", "0-1", "0-2", "0-1", "0-3", "0-1", "2-111", "0-5", "0-136")
FOLDERS = {1: ("Campaigns, EMEA", 0), 2: ('Old "stuff"', 0), 3: ("2025", 2)}
"""Folders by id: name and parent; 0 is the root."""


class Membership(NamedTuple):
    """One record in a list."""

    record_id: str
    joined_ms: int


@dataclass(frozen=True)
class Segment:
    """A list. Its members are at every so many positions of the type, from ``first`` on; ``every`` 0 is empty."""

    piece: Piece
    list_id: str
    object_type_id: str
    processing_type: str
    folder_id: int
    first: int
    every: int
    keeps_archived: bool
    """Whether members stay that were archived: HubSpot's lists let go of them late."""
    refused: bool = False
    """Whether HubSpot refuses its members: those of a type that the portal does not take for lists any more."""

    def takes(self, number: int) -> bool:
        """Whether a record meets the list's filter."""
        return self.every > 0 and number // LAYERS % self.every == self.first

    @property
    def processing_status(self) -> str:
        return "COMPLETE" if self.piece.chance % 10 and self.piece.number != 1 else "PROCESSING"

    @property
    def version(self) -> int:
        return 1 + self.piece.edits

    @property
    def filters_updated_ms(self) -> int | None:
        return self.piece.updated_ms if self.processing_type != "MANUAL" else None

    @property
    def told_when_asked(self) -> dict[str, str]:
        """Properties that the API tells to who names them."""
        told = {
            "hs_is_public": "false" if self.piece.chance % 6 == 0 else "true",
            "hs_is_read_only": "true" if self.piece.chance % 7 == 0 else "false",
        }
        if self.object_type_id == "0-1":
            told["hs_classic_list_id"] = str(self.piece.number + 1)
        return told | ({"hs_description": self.piece.text(3)} if self.piece.chance % 4 == 0 else {})

    @property
    def filter_branch(self) -> dict[str, Any] | None:
        """What a record must be like; None for lists that people fill."""
        if self.processing_type == "MANUAL":
            return None
        operation = {
            "operationType": "MULTISTRING",
            "operator": "IS_EQUAL_TO",
            "includeObjectsWithNoValueSet": False,
            "values": [self.piece.text(1), self.piece.text(2)],
        }
        one = {"filterType": "PROPERTY", "property": "hs_object_source", "operation": operation}
        both = {"filterBranchType": "AND", "filterBranchOperator": "AND", "filterBranches": [], "filters": [one]}
        return {"filterBranchType": "OR", "filterBranchOperator": "OR", "filterBranches": [both], "filters": []}


@dataclass(frozen=True)
class _Members:
    numbers: "array[int]"
    """Ascending, and so are their ids."""
    joined: "array[int]"
    last_left_ms: int | None


class Lists:
    """The lists of a portal; deleted ones are not there any more."""

    def __init__(self, settings: PortalSettings, object_types: ObjectTypes, life_of: Callable[[str], Life]) -> None:
        self._life_of = life_of
        self._settings = settings
        self.folders_made_ms = ms_of(settings.first_day) - 400 * DAY_MS
        self._pieces = Pieces(settings, "list", settings.lists if "lists" in settings.features else 0)
        known = {t.object_type_id for t in object_types.served()}
        self._types = [t if t in known else "0-1" for t in _TYPES]
        self.all = [self._list(piece) for piece in self._pieces.listed()]
        self._by_id = {segment.list_id: segment for segment in self.all}
        self._members: dict[str, _Members] = {}

    def find(self, list_id: str) -> Segment | None:
        return self._by_id.get(list_id)

    def members(self, segment: Segment) -> list[Membership]:
        """The members by record id ascending."""
        id_of, members = self._life_of(segment.object_type_id).id_of, self._members_of(segment)
        return [Membership(str(id_of(n)), ms) for n, ms in zip(members.numbers, members.joined, strict=True)]

    def page(self, segment: Segment, start: int, stop: int, *, by_joining: bool = False) -> list[Membership]:
        """Some of the members, by record id or by when they joined."""
        id_of, members = self._life_of(segment.object_type_id).id_of, self._members_of(segment)
        places: Any = range(len(members.numbers))
        if by_joining:
            places = sorted(places, key=members.joined.__getitem__)
        return [Membership(str(id_of(members.numbers[p])), members.joined[p]) for p in places[start:stop]]

    def size(self, segment: Segment) -> int:
        return len(self._members_of(segment).numbers)

    def told_size(self, segment: Segment) -> int:
        """What HubSpot says of the size: it lags, and says nothing of what is still processed or refused."""
        if segment.refused:
            return 1 + segment.piece.chance % 400
        if self._settings.processing_lists_say_0 and segment.processing_status == "PROCESSING":
            return 0
        return max(0, self.size(segment) - self._settings.list_totals_lag)

    def last_joined_ms(self, segment: Segment) -> int | None:
        return max(self._members_of(segment).joined, default=None)

    def last_left_ms(self, segment: Segment) -> int | None:
        return self._members_of(segment).last_left_ms

    def of_record(self, object_type_id: str, record_id: str) -> list[tuple[Segment, int]]:
        """The lists that a record is in, and when it joined."""
        life = self._life_of(object_type_id)
        number = life.number_of(record_id)
        if number is None:
            return []
        found = []
        for segment in self.all:
            if (
                segment.object_type_id == object_type_id
                and segment.every
                and number // LAYERS % segment.every == segment.first
            ):
                joined, left = self._stay(segment, life, number)
                if joined is not None and left is None:
                    found.append((segment, joined))
        return found

    def _list(self, piece: Piece) -> Segment:
        number, chance = piece.number, piece.chance
        refused = FIRST_REFUSED <= number < FIRST_REFUSED + self._settings.refused_lists
        object_type_id = REFUSED_TYPE if refused else self._types[number % len(self._types)]
        kind = "DYNAMIC" if number == 0 else PROCESSING_TYPES[chance % len(PROCESSING_TYPES)]
        positions = self._life_of(object_type_id).positions
        every = 1 if number == 0 else 2 + chance // 4 % 30 + positions // MOST_MEMBERS
        return Segment(
            piece,
            list_id=str(10 + number * 3),
            object_type_id=object_type_id,
            processing_type=kind,
            folder_id=(0, 0, 1, 2, 3)[chance // 8 % 5],
            first=chance // 128 % every,
            every=0 if number == 3 or refused else every,
            keeps_archived=number == 4,
            refused=refused,
        )

    def _members_of(self, segment: Segment) -> _Members:
        members = self._members.get(segment.list_id)
        if members is None:
            members = self._members[segment.list_id] = self._make_members(segment)
        return members

    def _make_members(self, segment: Segment) -> _Members:
        life, numbers, joins, last_left = self._life_of(segment.object_type_id), array("q"), array("q"), None
        if segment.every:
            for number in self._numbers_at_every(segment, life):
                joined, left = self._stay(segment, life, number)
                if left is not None:
                    last_left = max(left, last_left or 0)
                elif joined is not None:
                    numbers.append(number)
                    joins.append(joined)
        return _Members(numbers, joins, last_left)

    @staticmethod
    def _numbers_at_every(segment: Segment, life: Life) -> Iterator[int]:
        """Every record that ever met the list's filter. Nothing is behind the last position, so this may go too far."""
        for position in range(segment.first, 2 * life.positions + 8, segment.every):
            yield from life.at_position(position)

    def _stay(self, segment: Segment, life: Life, number: int) -> tuple[int | None, int | None]:
        """When a record that meets the list's filter joined it and when it left; None if it did not yet."""
        chance = mixed(segment.piece.chance, number)
        since = max(life.created_ms(number), segment.piece.created_ms)
        joined = since + (chance % 1000 if chance % 10 else chance // 10 % (700 * DAY_MS))
        left = joined + chance // 1000 % (900 * DAY_MS) if segment.every > 1 and chance % 13 == 0 else None
        end = life.end(number)
        if end and not (segment.keeps_archived and end.merged_into is None):
            left = min(left or end.ms, end.ms)
        if joined >= life.now_ms or (left is not None and left <= joined):
            return None, None
        return joined, left if left is not None and left < life.now_ms else None
