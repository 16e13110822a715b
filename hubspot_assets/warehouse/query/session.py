"""A DuckDB connection over the whole days of a bucket: statements in, answers out.

Nothing is written into the bucket. A statement that fails becomes one sentence; a table that is exported again while a
statement reads it is read again, once. Not here: the views (`views.py`), what is printed (`printing.py`).
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import Any

from hubspot_assets.catalog.portal_tables import PortalTables
from hubspot_assets.lake.errors import ObjectMissing, TableMissing
from hubspot_assets.reading.discovery import load_portal
from hubspot_assets.scratch import scratch_directory
from hubspot_assets.settings import Settings
from hubspot_assets.warehouse.days import Bucket, WholeDays
from hubspot_assets.warehouse.errors import WarehouseError, WrongQuestion
from hubspot_assets.warehouse.keys import Keys, keys_of
from hubspot_assets.warehouse.wording import one_line

NOT_INSTALLED = "Queries need packages that are not installed: run `pip install 'hubspot-assets[query]'`."
_LONGEST_SENTENCE = 500
_INTERRUPTED = "Query interrupted"
_PUSHES_CASTS = "type_pushdown"
_NO_TABLE = re.compile(r"Table with name (\S+) does not exist")
_POSITION = re.compile(r"\n\s*\nLINE \d+:.*", re.DOTALL)
_SETTINGS = (
    "SET python_enable_replacements = false",
    "SET autoinstall_known_extensions = false",
    "SET TimeZone = 'UTC'",
    # As Snowflake does: an id, which is a text, can be compared with a number.
    "SET old_implicit_casting = true",
)


@dataclass(frozen=True)
class Answer:
    """The names of the columns, and the rows in parts."""

    columns: list[str]
    batches: Iterator[list[tuple[Any, ...]]]

    def rows(self) -> list[tuple[Any, ...]]:
        """Every row."""
        return [row for batch in self.batches for row in batch]


class Session:
    """What `open_session` gives. It is for one thread."""

    def __init__(self, days: WholeDays, scratch: Path, settings: Settings) -> None:
        duckdb = _duckdb()
        from hubspot_assets.warehouse.query.files import LakeFiles  # noqa: PLC0415 - needs fsspec
        from hubspot_assets.warehouse.query.views import LIVE, Views  # noqa: PLC0415

        self.days = days
        self._settings = settings
        self._errors = duckdb.Error
        self._connection = duckdb.connect()
        self._files = LakeFiles(days.bucket, scratch)
        self._connection.register_filesystem(self._files)
        for setting in (*_SETTINGS, f"SET temp_directory = '{scratch}'", *self._without_pushed_casts()):
            self._connection.execute(setting)
        self.views = Views(self._connection.execute, days, self._files, lambda: self.keys)
        self.views.make_for("", LIVE)
        self._connection.execute(f"SET search_path = '{LIVE},memory.main'")

    @cached_property
    def keys(self) -> Keys:
        """What identifies a row of each table of the portal catalogue. Raises PortalCatalogueError."""
        return keys_of(PortalTables(load_portal(self._settings.catalog, self._settings.default_catalog)))

    def run(self, statement: str) -> Answer | None:
        """The answer to a statement (or to the last of several); None where there is nothing to answer.

        Raises WarehouseError for a statement that is wrong, LakeError when S3 refuses.
        """
        try:
            return self._run(statement)
        except (ObjectMissing, TableMissing):
            self.refresh()
            return self._run(statement)

    def run_as_it_is(self, statement: str) -> Answer | None:
        """The answer to a statement that names files and no tables: it needs no views."""
        return self._answer(statement)

    def refresh(self) -> None:
        """Look for new days and for tables that have been exported again."""
        self.days.forget()
        self.views.forget()

    def close(self) -> None:
        """Give everything back."""
        self._connection.close()

    def _run(self, statement: str) -> Answer | None:
        self.views.make_for(statement, self._schema())
        return self._answer(statement)

    def _answer(self, statement: str) -> Answer | None:
        self._files.failure = None
        try:
            # None for a statement of nothing but blanks and comments.
            result = self._connection.execute(statement)
        except self._errors as error:
            raise self._told(error) from error
        except RuntimeError as error:
            if _INTERRUPTED not in str(error):
                raise
            raise KeyboardInterrupt from error
        description = result.description if result else None
        return Answer([name for name, *_ in description], self._batches()) if description else None

    def notes(self, statement: str) -> list[str]:
        """What has to be said of the comparisons that a statement asks for."""
        words = statement.upper()
        return [note for name, told in self.views.told.items() if f"CHANGES.{name}" in words for note in told]

    def _batches(self) -> Iterator[list[tuple[Any, ...]]]:
        while batch := self._fetched():
            yield batch

    def _fetched(self) -> list[tuple[Any, ...]]:
        try:
            return list(self._connection.fetchmany(1000))
        except self._errors as error:
            raise self._told(error) from error

    def _without_pushed_casts(self) -> Iterator[str]:
        """Keep casts out of the reader of CSV, which in DuckDB 2.0 fails where TRY_CAST is NULL (its issue 23818)."""
        known = self._connection.execute("SELECT name FROM duckdb_optimizers()").fetchall()
        if (_PUSHES_CASTS,) in known:
            yield f"SET disabled_optimizers = '{_PUSHES_CASTS}'"

    def _schema(self) -> str:
        return str(self._connection.execute("SELECT current_schema()").fetchall()[0][0])

    def _told(self, error: Exception) -> Exception:
        if self._files.failure:
            return self._files.failure
        text = str(error)
        if found := _NO_TABLE.search(text):
            return WrongQuestion(self._no_table(found[1]))
        return WrongQuestion(one_line(_POSITION.sub("", text))[:_LONGEST_SENTENCE] + ".")

    def _no_table(self, name: str) -> str:
        if told := self.views.told.get(name.upper().rpartition(".")[2].strip('"')):
            return f"There is nothing in CHANGES.{name}: {'; '.join(told)}."
        near = get_close_matches(name.upper(), self.views.relations, n=3)
        hint = f"did you mean {' or '.join(near)}?" if near else "`hubspot-assets tables` lists them all."
        return f"There is no table {name} in the day {self.days.last}: {hint}"


@contextmanager
def open_session(settings: Settings) -> Iterator[Session]:
    """A session on the bucket of the settings. Raises SettingError, LakeError and WarehouseError, each one sentence."""
    _duckdb()
    days = WholeDays(Bucket.of_settings(settings))
    days.last  # noqa: B018 - there is nothing to ask without one
    with scratch_directory() as scratch:
        session = Session(days, scratch, settings)
        try:
            yield session
        finally:
            session.close()


def _duckdb() -> Any:
    try:
        import duckdb  # noqa: PLC0415 - an extra
        import fsspec  # type: ignore[import-untyped]  # noqa: F401, PLC0415
    except ImportError as error:
        raise WarehouseError(NOT_INSTALLED) from error
    return duckdb
