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
    portal changed after the table was read. `missing`: why the table is not in the day. `not_compared`: why nothing of
    it was compared; `parts_not_compared`: why some of it was not. `notes`: what was not checked, and need not be.
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
    not_compared: str | None = None
    parts_not_compared: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        """Whether the export holds something that HubSpot does not give now, so that nobody can say if it is right."""
        return bool(self.parts_not_compared) or (self.not_compared is not None and self.unavailable is None)

    @property
    def is_proven(self) -> bool:
        """Whether the table is there, nothing in it differs, and all that it holds could be compared.

        A table that holds nothing because HubSpot did not give it, and that HubSpot does not give now, is as it says.
        """
        return self.missing is None and not self.different and not self.is_open

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
