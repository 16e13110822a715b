"""Owners, teams and users: people, queues, archived people, and teams within teams."""

from dataclasses import dataclass, field
from typing import Any

from hubspot_assets.demo.portal.settings import PortalSettings

from .chance import mixed
from .times import DAY_MS, iso, ms_of

FIRST_NAMES = (
    "Ada",
    "Björn",
    "Chloé",
    "Dmitri",
    "Esra",
    "Fatou",
    "Grace",
    "Hélène",
    "Ito",
    "Jürgen",
    "María",
    "O'Neill",
)
LAST_NAMES = (
    "Lovelace",
    "Ångström",
    "D'Arc",
    "Ivanov",
    "Öztürk",
    'Smith "Bo"',
    "Nguyễn",
    "Sato",
    "Müller, Jr.",
    "García",
)


@dataclass(frozen=True)
class Team:
    """A team; ``member_ids`` are users whose first team it is, ``extra_ids`` further ones."""

    team_id: str
    name: str
    parent_team_id: str | None
    member_ids: tuple[str, ...] = ()
    extra_ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class Owner:
    """An owner. ``user_id`` is None for queues and for people who were archived."""

    owner_id: str
    kind: str
    email: str
    first_name: str
    last_name: str
    user_id: int | None
    user_id_including_inactive: int | None
    created_ms: int
    updated_ms: int
    archived: bool
    teams: tuple[tuple[Team, bool], ...] = field(default=())

    def as_json(self) -> dict[str, Any]:
        """As the owners API gives it; without ``teams`` where there are none."""
        row: dict[str, Any] = {
            "id": self.owner_id,
            "email": self.email,
            "type": self.kind,
            "firstName": self.first_name,
            "lastName": self.last_name,
            "userId": self.user_id,
            "userIdIncludingInactive": self.user_id_including_inactive,
            "createdAt": iso(self.created_ms),
            "updatedAt": iso(self.updated_ms),
            "archived": self.archived,
        }
        if self.teams:
            row["teams"] = [{"id": t.team_id, "name": t.name, "primary": p} for t, p in self.teams]
        return row


class Owners:
    """The owners and teams of a portal: every ninth owner archived, every eleventh a queue."""

    COUNT = 130

    def __init__(self, settings: PortalSettings) -> None:
        self._settings = settings
        self._end = ms_of(settings.first_day)
        self.teams = self._teams()
        self.all = [self._owner(index) for index in range(self.COUNT)]

    def listed(self, archived: bool) -> list[Owner]:
        return [owner for owner in self.all if owner.archived is archived]

    def _teams(self) -> list[Team]:
        """A tree of three levels; each user is in one team first, every fifth in another besides."""
        users = [self._user_id(i) for i in range(self.COUNT) if self._kind(i) == "PERSON" and not self._archived(i)]
        tree = [
            ("Sales", None),
            ("Sales, EMEA", 0),
            ("Sales EMEA “Nord”", 1),
            ("Marketing", None),
            ("Support", None),
            ("Empty team", 4),
        ]
        return [
            Team(
                str(300_001 + n),
                name,
                None if parent is None else str(300_001 + parent),
                tuple(str(u) for u in users if u % 6 == n and n < 5),
                tuple(str(u) for u in users if u % 5 == 0 and (u // 6) % 6 == n and n < 5 and u % 6 != n),
            )
            for n, (name, parent) in enumerate(tree)
        ]  # fmt: skip

    @staticmethod
    def _kind(index: int) -> str:
        return "QUEUE" if index % 11 == 10 else "PERSON"

    @staticmethod
    def _archived(index: int) -> bool:
        return index % 9 == 8

    @staticmethod
    def _user_id(index: int) -> int:
        return 9_000_000 + index * 37

    def _owner(self, index: int) -> Owner:
        kind, archived = self._kind(index), self._archived(index)
        created = self._end - (1 + mixed(self._settings.seed, 11, index) % 1000) * DAY_MS + index
        user = self._user_id(index) if kind == "PERSON" else None
        mine = tuple(
            (team, first)
            for team in self.teams
            for first, members in ((True, team.member_ids), (False, team.extra_ids))
            if str(user) in members
        )
        return Owner(
            owner_id=str(40_000_000 + index * 13),
            kind=kind,
            email=f"owner{index}@example.com" if kind == "PERSON" else "",
            first_name=FIRST_NAMES[index % len(FIRST_NAMES)] if kind == "PERSON" else f"Queue {index}",
            last_name=LAST_NAMES[index % len(LAST_NAMES)] if kind == "PERSON" else "",
            user_id=None if archived else user,
            user_id_including_inactive=user,
            created_ms=created,
            updated_ms=created + mixed(self._settings.seed, 12, index) % DAY_MS,
            archived=archived,
            teams=() if archived else mine,
        )
