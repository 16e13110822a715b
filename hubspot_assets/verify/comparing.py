"""Expected rows against exported rows of one table, cell by cell.

Rows are dictionaries by column name. Rows of one key are a group: most tables have one row for a key, history has one
for each version, and where HubSpot says the same thing twice the export has it twice. Order does not matter.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from hubspot_assets.verify.cells import from_json
from hubspot_assets.verify.report import WHOLE_ROW, TableReport

Row: TypeAlias = Mapping[str, Any]
Key: TypeAlias = tuple[Any, ...]

#: Says of a row (its key) and one of its columns, or of a whole row, whether the portal changed it after the capture.
ChangedSince: TypeAlias = Callable[[Key, str], bool]

INGESTEDAT = "INGESTEDAT"


def never(_key: Key, _column: str) -> bool:
    """For what does not change: nothing changed since."""
    return False


def compare(
    report: TableReport,
    key: Sequence[str],
    expected: Iterable[Row],
    exported: Iterable[Row],
    *,
    changed_since: ChangedSince = never,
    json_columns: frozenset[str] = frozenset(),
) -> None:
    """Note in `report` what differs. INGESTEDAT is not looked at: only the export knows it.

    A value in a column that the expected row does not have differs, too: nobody else would look at it.
    """
    expected_groups, exported_groups = _groups(expected, key), _groups(exported, key)
    for key_, wanted in expected_groups.items():
        found = exported_groups.pop(key_, [])
        report.rows_compared += len(wanted)
        report.cells += sum(map(len, wanted))
        for portal_row, exported_row in _pairs(wanted, found):
            _compare_row(report, key_, portal_row, exported_row, changed_since, json_columns)
    for key_, rows in exported_groups.items():
        for row in rows:
            report.differs(shown(key_), WHOLE_ROW, _content(row, key), None, since=changed_since(key_, WHOLE_ROW))


def shown(key: Key) -> str:
    """A key as people read it."""
    return " ".join(str(part) for part in key)


def _groups(rows: Iterable[Row], key: Sequence[str]) -> dict[Key, list[Row]]:
    groups: dict[Key, list[Row]] = {}
    for row in rows:
        groups.setdefault(tuple(row.get(name) for name in key), []).append(row)
    return groups


def _pairs(wanted: list[Row], found: list[Row]) -> list[tuple[Row | None, Row | None]]:
    """Each expected row with its exported one: the equal ones with each other, the rest as they come."""
    if len(wanted) == 1 and len(found) == 1:
        return [(wanted[0], found[0])]
    left = list(found)
    equal: list[tuple[Row | None, Row | None]] = []
    without: list[Row] = []
    for row in wanted:
        match = next((place for place, other in enumerate(left) if _same(row, other)), None)
        if match is None:
            without.append(row)
        else:
            equal.append((row, left.pop(match)))
    rest: list[tuple[Row | None, Row | None]] = list(zip(without, left, strict=False))
    rest += [(row, None) for row in without[len(left) :]]
    rest += [(None, row) for row in left[len(without) :]]
    return equal + rest


def _same(wanted: Row, found: Row) -> bool:
    return all(found.get(column) == value for column, value in wanted.items())


def _compare_row(
    report: TableReport,
    key: Key,
    wanted: Row | None,
    found: Row | None,
    changed_since: ChangedSince,
    json_columns: frozenset[str],
) -> None:
    if wanted is None or found is None:
        report.differs(shown(key), WHOLE_ROW, found, wanted, since=changed_since(key, WHOLE_ROW))
        return
    for column, value in wanted.items():
        exported = found.get(column)
        if exported == value or (column in json_columns and from_json(exported) == from_json(value)):
            continue
        report.differs(shown(key), column, exported, value, since=changed_since(key, column))
    for column, exported in found.items():
        if exported is not None and column not in wanted and column != INGESTEDAT:
            report.differs(shown(key), column, exported, None, since=changed_since(key, column))


def _content(row: Row, key: Sequence[str]) -> dict[str, Any]:
    return {column: value for column, value in row.items() if value is not None and column not in {*key, INGESTEDAT}}
