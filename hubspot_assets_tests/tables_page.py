"""The parts of docs/tables.md that follow from the catalogue: `python -m hubspot_assets_tests.tables_page` writes them.

What stands between a `<!-- generated: <part> -->` and the next `<!-- end -->` is replaced; all else is written by hand.
Not here: the test that the page is as it would be written (`test_tables_page.py`).
"""

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from hubspot_assets.catalog.columns import Column
from hubspot_assets.catalog.fixed_tables import FIXED_TABLES, MARKETING_EVENT_PARTICIPATIONS
from hubspot_assets.catalog.keys import key_of
from hubspot_assets.catalog.portal import EventType, Portal
from hubspot_assets.catalog.portal_tables import PortalTables
from hubspot_assets.catalog.table import Table

PAGE = Path(__file__).parent.parent / "docs" / "tables.md"
_PART = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
_ANY = PortalTables(Portal.of([*Portal.standard().object_types], [EventType("pe1_x", "6-1")], [("0-1", "0-2")]))
_CONTACTS = _ANY.objects["0-1"]


def written(page: str) -> str:
    """Return the page with its generated parts written anew. Raises KeyError for a part that nobody knows."""
    return _PART.sub(lambda match: f"{match[1]}\n{_PARTS[match[2]]()}\n\n{match[3]}", page)


def _fixed() -> str:
    tables = (*FIXED_TABLES, MARKETING_EVENT_PARTICIPATIONS)
    return "\n\n".join(
        f"### {table.name}\n\n{table.description} From: {table.source}.\n\n{_columns(table)}" for table in tables
    )


def _objects() -> str:
    parts: Iterable[tuple[str, Table, Iterable[Column]]] = (
        ("OBJECTS_<X>", _CONTACTS.wide, _PROPERTIES),
        ("OBJECTS/<X>", _CONTACTS.ids, ()),
        ("OBJECT_WITH_OBJECT_PROPERTIES/<X>", _CONTACTS.with_object_properties, ()),
        ("OBJECT_PROPERTIES/<X>", _CONTACTS.properties, ()),
        ("OBJECT_PROPERTIES_HISTORY/<X>", _CONTACTS.history, ()),
        ("OBJECT_PROPERTIES_HISTORY_SOURCES/<X>", _CONTACTS.sources, ()),
    )
    return "\n\n".join(f"### {name}\n\n{_columns(table, more, place=2)}" for name, table, more in parts)


def _associations() -> str:
    both = _ANY.associations["0-1", "0-2"]
    named, combined = _columns(both.named), _columns(both.combined)
    renamed = named.replace("`CONTACT_OBJECTID`", "`<X>_OBJECTID`").replace("`COMPANY_OBJECTID`", "`<Y>_OBJECTID`")
    renamed = renamed.replace("contacts", "records of X").replace("companies", "records of Y")
    return f"### ASSOCIATIONS_<X>_TO_<Y>\n\n{renamed}\n\n### ASSOCIATIONS/<X>_TO_<Y>\n\n{combined}"


def _events() -> str:
    return f"### EVENTS_<X>\n\n{_columns(_ANY.events['pe1_x'], _PROPERTIES, place=5)}"


#: What a property becomes.
_PROPERTIES = (
    Column(
        "PROPERTY_<NAME>",
        "string",
        "One for each property; `number`, `date` or `datetime` for properties of that type.",
    ),
    Column("PROPERTY_UNPARSED_<NAME>", "string", "The raw text of a number, date or datetime."),
)


def _columns(table: Table, properties: Iterable[Column] = (), place: int = 0) -> str:
    return "\n".join(_rows(table, [*table.columns[:place], *properties, *table.columns[place:]]))


def _rows(table: Table, columns: Iterable[Column]) -> Iterator[str]:
    key = key_of(table)
    yield "| column | type | key | meaning |"
    yield "|---|---|---|---|"
    for column in columns:
        is_key = "" if column.name not in key.columns else "key" if key.most == 1 else "part of it"
        yield f"| `{column.name}` | {column.type} | {is_key} | {column.description} |"


_PARTS: dict[str, Callable[[], str]] = {
    "fixed": _fixed,
    "objects": _objects,
    "associations": _associations,
    "events": _events,
}

if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
