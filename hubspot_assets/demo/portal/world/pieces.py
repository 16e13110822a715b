"""What people of the account made one by one: lists, forms, emails, pages. Ids, names and dates are alike for all.

There are ``count`` pieces of a kind before the first day; from then on one comes every third day. Every ninth is
archived, some of them on a later day, and each is edited now and then. What a piece says is in the module of its kind.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from hubspot_assets.demo.portal.settings import PortalSettings

from .chance import mixed, number_of
from .times import DAY_MS, ms_of
from .values import AWKWARD_TEXTS, WORDS

DAYS_PER_NEW_PIECE = 3
DAYS_PER_EDIT = 11


@dataclass(frozen=True)
class Piece:
    """One thing that somebody made."""

    number: int
    chance: int
    """64 bits of its own."""
    name: str
    created_ms: int
    updated_ms: int
    archived_ms: int | None
    edits: int
    """How often it was edited since the first day."""
    created_by: str
    updated_by: str
    """User ids."""

    def text(self, *numbers: int) -> str:
        """A text of its own, every fifth one awkward."""
        return text_of(mixed(self.chance, *numbers))

    @property
    def guid(self) -> str:
        return str(UUID(int=mixed(self.chance, 1) << 64 | mixed(self.chance, 2), version=4))


def text_of(chance: int) -> str:
    """Words, or every fifth time a text that breaks exporters."""
    if chance % 5 == 0:
        return AWKWARD_TEXTS[chance // 5 % len(AWKWARD_TEXTS)]
    return f"{WORDS[chance // 5 % 12]} {WORDS[chance // 60 % 12]}"


class Pieces:
    """The pieces of one kind on the portal's day."""

    def __init__(self, settings: PortalSettings, kind: str, count: int) -> None:
        self._kind = kind
        self._seed = mixed(settings.seed, number_of(kind))
        self._start = ms_of(settings.first_day)
        self._days = max(0, (settings.day - settings.first_day).days)
        self._count = count
        later = self._days // DAYS_PER_NEW_PIECE if count else 0
        self.all = [self._piece(number) for number in range(count + later)]

    def __iter__(self) -> Iterator[Piece]:
        return iter(self.all)

    def listed(self, archived: bool = False) -> list[Piece]:
        return [piece for piece in self.all if (piece.archived_ms is not None) is archived]

    def _piece(self, number: int) -> Piece:
        chance = mixed(self._seed, number)
        if number < self._count:
            created = self._start - (20 + chance % 900) * DAY_MS + chance // 7 % DAY_MS
            first_edit = 1 + chance // 11 % DAYS_PER_EDIT
        else:
            day = (number - self._count + 1) * DAYS_PER_NEW_PIECE
            created = self._start + day * DAY_MS + chance // 7 % DAY_MS
            first_edit = day + 1 + chance // 11 % DAYS_PER_EDIT
        archived = self._archived_ms(number, chance, created)
        edits = [
            ms
            for day in range(first_edit, self._days + 1, DAYS_PER_EDIT)
            if (ms := self._start + day * DAY_MS + chance // 13 % DAY_MS) < (archived or ms + 1)
        ]
        return Piece(
            number=number,
            chance=chance,
            name=f"{self._kind.capitalize()} {number}: {text_of(mixed(chance, 3))}",
            created_ms=created,
            updated_ms=edits[-1] if edits else created + chance // 17 % (10 * DAY_MS) * (number < self._count),
            archived_ms=archived,
            edits=len(edits),
            created_by=_user(chance),
            updated_by=_user(chance // 3 + len(edits)),
        )

    def _archived_ms(self, number: int, chance: int, created: int) -> int | None:
        if number % 9 != 8 or number >= self._count:
            return None
        if number % 2:
            return min(self._start, created + (10 + chance // 19 % 10) * DAY_MS)
        day = 1 + number // 9 % 30
        return self._start + day * DAY_MS + chance % DAY_MS if day <= self._days else None


def _user(chance: int) -> str:
    return str(9_000_000 + chance % 30 * 37)
