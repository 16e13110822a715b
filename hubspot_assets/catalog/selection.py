"""Which tables are meant: by name, by a pattern of names, by family, or by what they are about.

Not here: which tables there are (`portal_tables.py`), Dagster's own selection of assets.
"""

from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from fnmatch import fnmatchcase

from hubspot_assets.catalog.names import type_name
from hubspot_assets.catalog.object_types import ObjectType
from hubspot_assets.catalog.table import Table
from hubspot_assets.errors import UnknownTable


def select_tables(
    tables: Iterable[Table],
    select: Sequence[str] = (),
    exclude: Sequence[str] = (),
    left_out: Sequence[Table] = (),
) -> list[Table]:
    """Return the tables that any of `select` means (all of them for none) and none of `exclude` does, in their order.

    A word is, in any case, a table (`OBJECTS_CONTACTS`), a pattern of names (`OBJECTS_*`), a family (`associations`),
    an object type by its label, name or id (`contacts`, `0-1`: its tables, and its associations in both directions),
    or an event type (`visited_page`); what is a table's name is that table alone. Raise UnknownTable for a word that
    means no table, with the nearest words, for one that means tables of `left_out` only, and where nothing is left.
    """
    everything = list(tables)
    chosen = _meant(everything, select, left_out) if select else set(everything)
    left = chosen - _meant(everything, exclude, left_out)
    if everything and not left:
        raise UnknownTable("No table is left: everything that was selected is also excluded.")
    return [table for table in everything if table in left]


def _meant(tables: Sequence[Table], words: Sequence[str], left_out: Sequence[Table]) -> set[Table]:
    found: set[Table] = set()
    for word in words:
        of_word = _meant_by(word.upper().strip("/"), tables)
        if not of_word and _meant_by(word.upper().strip("/"), left_out):
            raise UnknownTable(
                f"{word} is not exported here: HUBSPOT_SELECT or HUBSPOT_EXCLUDE leaves it out. Change these settings "
                "to export it."
            )
        if not of_word:
            raise UnknownTable(_no_table(word, tables))
        found |= of_word
    return found


def _meant_by(word: str, tables: Sequence[Table]) -> set[Table]:
    if "*" in word or "?" in word:
        return {table for table in tables if fnmatchcase(table.name, word)}
    # A table's own name is that table alone, whatever else is called so: LISTS, beside the family and the object type.
    named = {table for table in tables if table.name == word}
    return named or {table for table in tables if word in _words(table)}


def _words(table: Table) -> Iterator[str]:
    """Yield what a table can be called by, in upper case."""
    yield table.name
    yield table.family.upper()
    for object_type in (table.object_type, table.to_type):
        if object_type is not None:
            yield from _words_of_type(object_type)
    if table.event_type is not None:
        yield from (table.event_type.name.upper(), table.name.removeprefix("EVENTS_"))


def _words_of_type(object_type: ObjectType) -> Iterator[str]:
    labels = (object_type.plural_label, object_type.singular_label, object_type.name, object_type.object_type_id)
    yield from (label.upper() for label in labels if label)
    yield type_name(object_type)


def _no_table(word: str, tables: Sequence[Table]) -> str:
    near = get_close_matches(word.upper(), sorted({one for table in tables for one in _words(table)}), n=3)
    hint = f"; did you mean {' or '.join(near)}?" if near else "."
    return f"There is no table {word}{hint} `hubspot-assets tables` lists them all."
