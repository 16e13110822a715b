"""The views that statements ask for, made when they are asked for: one for each relation in each schema.

V2_LIVE has the last whole day, V2_DAILY every whole day with its DAY, CHANGES what the last whole day changed; the
first two as in HubSpot's share. Making a view reads manifests and no file. Not here: running statements (`session.py`).
"""

import re
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from hubspot_assets.lake.manifest import Manifest
from hubspot_assets.warehouse.changes import compared_days, notes, statement_of
from hubspot_assets.warehouse.days import WholeDays
from hubspot_assets.warehouse.dialects.duckdb import DuckDB
from hubspot_assets.warehouse.keys import Keys
from hubspot_assets.warehouse.loading import columns_of
from hubspot_assets.warehouse.query.files import LakeFiles
from hubspot_assets.warehouse.relations import Relations

LIVE, DAILY, CHANGES = "V2_LIVE", "V2_DAILY", "CHANGES"
SCHEMAS = (LIVE, DAILY, CHANGES)

_WORD = re.compile(r"\w+")
_DATABASE = re.compile(rf'(?:"([^"]+)"|(\w+))\s*\.\s*"?(?:{"|".join(SCHEMAS)})"?\s*\.', re.IGNORECASE)
_ALL = re.compile(r"\b(show|information_schema|pg_catalog|duckdb_\w+|sqlite_master)\b", re.IGNORECASE)
_DUCKDB = DuckDB()

Execute = Callable[[str], Any]


class Found(NamedTuple):
    """A table of a day."""

    day: str
    table: str
    manifest: Manifest


class Views:
    """Makes views with `execute`, each once, until `forget`."""

    def __init__(self, execute: Execute, days: WholeDays, files: LakeFiles, keys: Callable[[], Keys]) -> None:
        self._execute = execute
        self._days = days
        self._files = files
        self._keys = keys
        self._made: set[tuple[str, str, str]] = set()
        self._databases: set[str] = set()
        self.told: dict[str, list[str]] = {}
        """Relation of CHANGES -> what has to be said of its comparison."""

    @property
    def relations(self) -> Relations:
        """The relations of the last whole day."""
        return self._days.relations(self._days.last)

    def make_for(self, statement: str, schema: str) -> None:
        """Make what a statement may ask for, `schema` being where it looks for names without one.

        Whatever word of it is the name of a relation counts: one view too many costs a manifest. Raises LakeError.
        """
        words = {word.upper() for word in _WORD.findall(statement)}
        schemas = [name for name in SCHEMAS if name == LIVE or name in words or name == schema.upper()]
        for database in ("", *self._named_databases(statement)):
            self._make_schemas(database)
            for name in schemas:
                known = self._known(name)
                wanted = known if name == LIVE and _ALL.search(statement) else words & known.keys()
                self._make(database, name, sorted(wanted))

    def forget(self) -> None:
        """Make every view anew when it is asked for again."""
        self._made.clear()

    def _named_databases(self, statement: str) -> Iterable[str]:
        """`HUB` of `HUB.V2_LIVE.OBJECTS_DEALS`: the share has a name of its own in every account."""
        return dict.fromkeys(quoted or bare for quoted, bare in _DATABASE.findall(statement))

    def _make_schemas(self, database: str) -> None:
        if database in self._databases:
            return
        if database:
            self._execute(f"ATTACH IF NOT EXISTS ':memory:' AS {_quoted(database)}")
        for schema in SCHEMAS:
            self._execute(f"CREATE SCHEMA IF NOT EXISTS {_prefix(database)}{schema}")
        self._databases.add(database)

    def _known(self, schema: str) -> Relations:
        if schema != DAILY:
            return self.relations
        # What the last day does not have any more, an earlier one may have had.
        return {name: parts for day in self._days.all for name, parts in self._days.relations(day).items()}

    def _make(self, database: str, schema: str, relations: Iterable[str]) -> None:
        new = [name for name in relations if (database, schema, name) not in self._made]
        days = [self._days.last] if schema == LIVE else self._days.all if schema == DAILY else self._compared()
        self._days.manifests((day, part) for name in new for day in days for part in self._parts(day, name))
        for name in new:
            if body := self._body(schema, name, days):
                self._execute(f"CREATE OR REPLACE VIEW {_prefix(database)}{schema}.{_quoted(name)} AS {body}")
            self._made.add((database, schema, name))

    def _parts(self, day: str, name: str) -> tuple[str, ...]:
        return self._days.relations(day).get(name, ())

    def _compared(self) -> list[str]:
        return self._days.all[-2:]

    def _body(self, schema: str, name: str, days: list[str]) -> str | None:
        if schema == CHANGES:
            return self._changes(name, days)
        # The last day's columns first, and behind them those that it has no more.
        tables = [
            Found(day, part, manifest)
            for day in reversed(days)
            for part, manifest in self._days.manifests_of(day, name).items()
        ]
        columns = columns_of(manifest for _, _, manifest in tables)
        groups = [self._texts(group, with_day=schema == DAILY) for group in _alike(tables)]
        if not groups:
            return None
        # Typed above the union, not within: a column is one expression, however many kinds of days there are.
        typed = [*(["DAY"] if schema == DAILY else []), *map(_DUCKDB.typed, columns)]
        return f"SELECT {', '.join(typed)}\nFROM ({' UNION ALL BY NAME '.join(groups)})"

    def _texts(self, tables: list[Found], *, with_day: bool) -> str:
        """The rows of tables that have the same columns, as texts; of which day they are, their addresses tell."""
        urls = [url for one in tables for url in self.urls(*one)]
        return f"SELECT *\nFROM {_DUCKDB.read_texts(tables[0].manifest, urls, with_day=with_day)}"

    def urls(self, day: str, part: str, manifest: Manifest) -> list[str]:
        """The addresses under which the session reads the files of a table."""
        typed = manifest.instead_of_csv
        return [self._files.add(day, part, file) for file in ([typed[1]] if typed else manifest.files)]

    def _changes(self, name: str, days: list[str]) -> str | None:
        if len(days) < 2:
            self.told[name] = [f"{name} is not compared: there is only one complete day, {days[0]}"]
            return None
        compared = compared_days(self._days, days[0], days[1], self._parts(days[1], name), self._keys())
        self.told[name] = list(notes(compared))
        return statement_of(compared, self.urls)


def _alike(tables: Iterable[Found]) -> Iterable[list[Found]]:
    """Tables by their columns, and how they are read, in order of appearance."""
    groups: dict[tuple[object, ...], list[Found]] = {}
    for found in tables:
        columns, typed = found.manifest.columns, found.manifest.instead_of_csv
        types = (typed[0], typed[1].decimals, tuple(column.type for column in columns)) if typed else ()
        groups.setdefault((tuple(column.name for column in columns), *types), []).append(found)
    return groups.values()


def _prefix(database: str) -> str:
    return f"{_quoted(database)}." if database else ""


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
