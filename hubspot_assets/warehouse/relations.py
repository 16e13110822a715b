"""The tables as readers name them: one for each table of a day, and the combined ones as one, as in the data share.

`OBJECT_PROPERTIES/CONTACTS` and `OBJECT_PROPERTIES/DEALS` are parts of the relation `OBJECT_PROPERTIES`;
`OBJECTS_CONTACTS` is a relation of one part. Not here: what a part holds on a day (`days.py`).
"""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from hubspot_assets.warehouse.errors import WrongQuestion

Relations = Mapping[str, tuple[str, ...]]
"""Relation to its parts: names of tables in the lake, in alphabetical order."""


def relation_of(table: str) -> str:
    """The relation that a table of the lake is, or is a part of."""
    return table.partition("/")[0]


def relations_of(tables: Iterable[str]) -> Relations:
    """The relations of these tables of the lake, in alphabetical order."""
    parts: dict[str, list[str]] = {}
    for table in sorted(set(tables)):
        parts.setdefault(relation_of(table), []).append(table)
    return {name: tuple(parts[name]) for name in sorted(parts)}


def select_relations(relations: Relations, names: Iterable[str], where: str) -> Relations:
    """The relations with these names (any case), all of them for no name. Raises WrongQuestion for others."""
    asked = list(dict.fromkeys(name.upper().strip("/") for name in names))
    for name in asked:
        if name not in relations:
            raise WrongQuestion(_unknown(name, relations, where))
    return {name: relations[name] for name in asked} if asked else relations


def _unknown(name: str, relations: Relations, where: str) -> str:
    whole = relation_of(name)
    if name != whole and name in relations.get(whole, ()):
        return f"{name} is a part of {whole}, which is one table here: use {whole}."
    near = get_close_matches(name, relations, n=3)
    hint = f"did you mean {' or '.join(near)}?" if near else "`hubspot-assets tables` lists them all."
    return f"There is no table {name} in {where}: {hint}"
