"""What a comparison found: the differences of a table and how much was compared. Not how it is printed."""

from dataclasses import dataclass, field
from typing import Any

#: Differences of a table that are kept to be printed; beyond that they are only counted.
KEPT = 1_000

WHOLE_TABLE = "(table)"
WHOLE_ROW = "(row)"
COUNT = "(rows)"
COLUMNS = "(columns)"


@dataclass(frozen=True)
class Difference:
    """One thing that differs. `column` is a column, or one of the words in parentheses above."""

    table: str
    id: str
    column: str
    exported: Any
    portal: Any


@dataclass
class TableReport:
    """One table: `rows` in the export, `cells` compared of them.

    `differences` are kept up to a number and all counted in `different`. `changed_since`: what differs because the
    portal changed after the table was read. `missing`: why the table is not in the day. `notes`: what was not checked.
    """

    table: str
    rows: int = 0
    cells: int = 0
    rows_compared: int = 0
    different: int = 0
    differences: list[Difference] = field(default_factory=list)
    changed_since: list[Difference] = field(default_factory=list)
    changed: int = 0
    missing: str | None = None
    unavailable: str | None = None
    notes: list[str] = field(default_factory=list)

    @property
    def is_proven(self) -> bool:
        """Whether the table is there and nothing in it differs."""
        return self.missing is None and not self.different

    def differs(self, id_: str, column: str, exported: Any, portal: Any, *, since: bool = False) -> None:
        """Note a difference; `since`: the portal changed after the table was read."""
        found = Difference(self.table, id_, column, exported, portal)
        if since:
            self.changed += 1
            kept = self.changed_since
        else:
            self.different += 1
            kept = self.differences
        if len(kept) < KEPT:
            kept.append(found)
