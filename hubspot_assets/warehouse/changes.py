"""What came, changed and went between two whole days, as statements for DuckDB; nothing is read here.

A row is known by the key of its table, and is the same when all its cells but INGESTEDAT are. A table without a key
(versions of properties) has rows that came and rows that went. What HubSpot did not give on one of the days is unknown
there, not gone: such a table is not compared, and where a part was refused, what is missing is not told as deleted.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from hubspot_assets.lake.manifest import Manifest
from hubspot_assets.warehouse.days import WholeDays
from hubspot_assets.warehouse.dialects.duckdb import DuckDB
from hubspot_assets.warehouse.keys import Keys, key_in
from hubspot_assets.warehouse.loading import LoadColumn, columns_of
from hubspot_assets.warehouse.wording import one_line

INSERTED, UPDATED, DELETED = "inserted", "updated", "deleted"
_INGESTEDAT = "INGESTEDAT"
_EVENTS = "EVENTS_"
_DUCKDB = DuckDB()

Urls = Callable[[str, str, Manifest], list[str]]
"""Day, table and manifest -> where its files are read."""


@dataclass(frozen=True)
class Compared:
    """A table on both days. `hides` is a change that is not told, since a part was refused on a day."""

    table: str
    days: tuple[str, str]
    manifests: tuple[Manifest, Manifest]
    key: tuple[str, ...]
    hides: frozenset[str] = frozenset()

    @property
    def columns(self) -> tuple[LoadColumn, ...]:
        """Those of the later day, and behind them what only the earlier had."""
        return columns_of(reversed(self.manifests))


@dataclass(frozen=True)
class NotCompared:
    """A table that cannot be compared, and why."""

    table: str
    why: str


def compared_days(
    days: WholeDays, first: str, second: str, tables: Iterable[str], keys: Keys
) -> list[Compared | NotCompared]:
    """Every one of these tables of the lake, on two days. Raises LakeError."""
    tables = list(tables)
    there = {day: {part for parts in days.relations(day).values() for part in parts} for day in (first, second)}
    found = days.manifests((day, table) for table in tables for day in (first, second) if table in there[day])
    return [
        _compared(table, (first, second), (found.get((first, table)), found.get((second, table))), keys)
        for table in tables
    ]


def _compared(
    table: str, days: tuple[str, str], manifests: tuple[Manifest | None, Manifest | None], keys: Keys
) -> Compared | NotCompared:
    if table.startswith(_EVENTS):
        return NotCompared(table, "it holds the events of its own day, so no two days have any in common")
    for day, manifest in zip(days, manifests, strict=True):
        if manifest is None:
            return NotCompared(table, f"it was not exported on {day}")
        if manifest.unavailable:
            return NotCompared(table, f"it was unavailable on {day}: {one_line(manifest.unavailable.message)}")
    before, after = manifests
    assert before is not None  # noqa: S101 - for the type checker
    assert after is not None  # noqa: S101
    key = key_in(keys, table, {c.name for c in before.columns} & {c.name for c in after.columns})
    hides = [change for change, manifest in ((INSERTED, before), (DELETED, after)) if manifest.parts_unavailable]
    return Compared(table, days, (before, after), key, frozenset(hides))


def notes(compared: Iterable[Compared | NotCompared]) -> Iterator[str]:
    """What has to be said of a comparison, one sentence each, without its full stop."""
    compared = list(compared)
    reasons: dict[str, list[str]] = {}
    for one in compared:
        if isinstance(one, NotCompared):
            reasons.setdefault(one.why, []).append(one.table)
    for why, tables in reasons.items():
        yield f"{', '.join(tables)} {'is' if len(tables) == 1 else 'are'} not compared: {why}"
    for one in compared:
        if isinstance(one, Compared):
            yield from _hidden(one)


def _hidden(one: Compared) -> Iterator[str]:
    for day, manifest, change in zip(one.days, one.manifests, (INSERTED, DELETED), strict=True):
        if change in one.hides:
            parts = "; ".join(one_line(part.part) for part in manifest.parts_unavailable)
            yield f"{one.table} lacks {parts} on {day}: what is missing on that day is not counted as {change}"


def statement_of(compared: Iterable[Compared | NotCompared], urls: Urls) -> str | None:
    """`SELECT CHANGE, CHANGED_COLUMNS, <every column, typed>` of tables together; None where none can be compared.

    A deleted row has its cells of the earlier day, every other one those of the later.
    """
    selects = [_rows(one, urls) for one in compared if isinstance(one, Compared)]
    return "\nUNION ALL BY NAME\n".join(selects) or None


def _rows(one: Compared, urls: Urls) -> str:
    typed = ", ".join(_DUCKDB.typed(column) for column in one.columns)
    changes = _by_key(one, urls) if one.key else _by_row(one, urls)
    hidden = ", ".join(_DUCKDB.literal(change) for change in sorted(one.hides))
    told = f" WHERE CHANGE NOT IN ({hidden})" if hidden else ""
    return f"SELECT CHANGE, CHANGED_COLUMNS, {typed} FROM ({changes}){told}"


def _by_key(one: Compared, urls: Urls) -> str:
    same = " AND ".join(f"a.{_q(name)} = b.{_q(name)}" for name in one.key)
    rest = [column.name for column in one.columns if column.name not in (*one.key, _INGESTEDAT)]
    differ = [(name, f"{_cell('a', one, 0, name)} IS DISTINCT FROM {_cell('b', one, 1, name)}") for name in rest]
    changed = ", ".join(f"CASE WHEN {test} THEN {_DUCKDB.literal(name)} END" for name, test in differ)
    any_differs = " OR ".join(f"({test})" for _, test in differ) or "false"
    first = _q(one.key[0])
    cells = ", ".join(
        f"CASE WHEN b.{first} IS NULL THEN {_cell('a', one, 0, column.name)} ELSE {_cell('b', one, 1, column.name)} "
        f"END AS {_q(column.name)}"
        for column in one.columns
    )
    updated = f"a.{first} IS NOT NULL AND b.{first} IS NOT NULL"
    return (
        f"SELECT CASE WHEN a.{first} IS NULL THEN '{INSERTED}' WHEN b.{first} IS NULL THEN '{DELETED}' "
        f"ELSE '{UPDATED}' END AS CHANGE, "
        f"CASE WHEN {updated} THEN list_filter([{changed}], lambda name: name IS NOT NULL) END AS CHANGED_COLUMNS, "
        f"{cells} FROM {_read(one, 0, urls)} AS a FULL JOIN {_read(one, 1, urls)} AS b ON {same} "
        f"WHERE a.{first} IS NULL OR b.{first} IS NULL OR {any_differs}"
    )


def _by_row(one: Compared, urls: Urls) -> str:
    names = [column.name for column in one.columns]
    told = ", ".join(f"CAST(NULL AS VARCHAR) AS {_q(name)}" if name == _INGESTEDAT else _q(name) for name in names)

    def cells(place: int) -> str:
        row = ", ".join(f"{_cell('t', one, place, name)} AS {_q(name)}" for name in names if name != _INGESTEDAT)
        return f"SELECT {row} FROM {_read(one, place, urls)} AS t"

    return " UNION ALL ".join(
        f"SELECT '{change}' AS CHANGE, CAST(NULL AS VARCHAR[]) AS CHANGED_COLUMNS, {told} "
        f"FROM ({cells(here)} EXCEPT ALL {cells(1 - here)})"
        for change, here in ((INSERTED, 1), (DELETED, 0))
    )


def _read(one: Compared, place: int, urls: Urls) -> str:
    manifest = one.manifests[place]
    return _DUCKDB.read_texts(manifest, urls(one.days[place], one.table, manifest))


def _cell(alias: str, one: Compared, place: int, name: str) -> str:
    """A cell of one day; NULL where that day does not have the column."""
    has = any(column.name == name for column in one.manifests[place].columns)
    return f"{alias}.{_q(name)}" if has else "CAST(NULL AS VARCHAR)"


def _q(name: str) -> str:
    return _DUCKDB.quoted(name)
