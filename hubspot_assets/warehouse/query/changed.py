"""`hubspot-assets changes`: the comparison of two whole days as answers, for one table its rows, for all their counts.

Not here: what a change is (`hubspot_assets.warehouse.changes`), what is printed (`printing.py`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hubspot_assets.warehouse.changes import (
    DELETED,
    INSERTED,
    UPDATED,
    Compared,
    NotCompared,
    compared_days,
    notes,
    statement_of,
)
from hubspot_assets.warehouse.errors import WarehouseError, WrongQuestion
from hubspot_assets.warehouse.query.session import Answer, Session
from hubspot_assets.warehouse.relations import Relations, relations_of, select_relations

_KINDS = (INSERTED, UPDATED, DELETED)
COLUMNS = ["TABLE", *(kind.upper() for kind in _KINDS)]


@dataclass(frozen=True)
class Counts:
    """How many rows of a table came, changed and went; None for what is not known."""

    table: str
    inserted: int | None
    updated: int | None
    deleted: int | None

    @property
    def row(self) -> tuple[str, int | None, int | None, int | None]:
        return (self.table, self.inserted, self.updated, self.deleted)

    @property
    def is_unchanged(self) -> bool:
        return self.row[1:] == (0, 0, 0)

    @property
    def is_known(self) -> bool:
        """Whether the table could be compared at all."""
        return self.row[1:] != (None, None, None)


class Changes:
    """Two whole days, the earlier one first. Raises WarehouseError for days that are not."""

    def __init__(self, session: Session, first: str, second: str) -> None:
        self._session = session
        self._days = session.days.checked(first), session.days.checked(second)
        if first >= second:
            raise WrongQuestion(f"{first} is not before {second}: name the earlier day with --from.")
        self._relations = relations_of(
            part for day in self._days for parts in session.days.relations(day).values() for part in parts
        )
        self.notes: list[str] = []
        """What has to be said of all that was asked for, filled while it is answered."""

    def rows(self, name: str) -> Answer:
        """Every row of a table that came, changed or went. Raises WarehouseError where it cannot be compared."""
        compared = self._compared(self._parts(name))
        statement = statement_of(compared, self._session.views.urls)
        self.notes = list(notes(compared))
        answer = self._session.run_as_it_is(statement) if statement else None
        if answer is None:
            raise WarehouseError(f"{'; '.join(self.notes)}.")
        return answer

    def counts(self) -> Iterator[Counts]:
        """The counts of every table, in alphabetical order, as they are known."""
        self._session.days.manifests(
            (day, part) for day in self._days for parts in self._session.days.relations(day).values() for part in parts
        )
        everything: list[Compared | NotCompared] = []
        for name, parts in self._relations.items():
            compared = self._compared(parts)
            everything += compared
            yield self._counts(name, compared)
        self.notes = list(notes(everything))

    def _parts(self, name: str) -> Sequence[str]:
        """The parts of a relation, or the one that is named."""
        asked = name.upper().strip("/")
        every: Relations = {part: (part,) for parts in self._relations.values() for part in parts}
        found = select_relations({**every, **self._relations}, [asked], f"the days {' and '.join(self._days)}")
        return found[asked]

    def _compared(self, parts: Sequence[str]) -> list[Compared | NotCompared]:
        return compared_days(self._session.days, *self._days, parts, self._session.keys)

    def _counts(self, name: str, compared: list[Compared | NotCompared]) -> Counts:
        statement = statement_of(compared, self._session.views.urls)
        if statement is None:
            return Counts(name, None, None, None)
        answer = self._session.run_as_it_is(f"SELECT CHANGE, count(*) FROM ({statement}) GROUP BY 1")
        counted = dict(answer.rows()) if answer else {}
        hidden = {kind for one in compared if isinstance(one, Compared) for kind in one.hides}
        return Counts(name, *(None if kind in hidden else counted.get(kind, 0) for kind in _KINDS))
