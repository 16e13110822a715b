"""The dictionary as Markdown for people, as CSV for programs, and as the `sources.yml` of a dbt project.

Not here: what is in it (`dictionary.py`).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

from hubspot_assets.warehouse.dictionary import Entry, TableEntry
from hubspot_assets.warehouse.kinds import DIGITS, FRACTION, Kind, kind_of

_SCHEMA = "V2_LIVE"
_DATA_TYPES = {
    Kind.TEXT: "varchar",
    Kind.NUMBER: f"decimal({DIGITS},{FRACTION})",
    Kind.BOOLEAN: "boolean",
    Kind.TIMESTAMP: "timestamp",
    Kind.DATE: "date",
}
_CSV_HEADER = ("table", "object_type_id", "column", "type", "is_key", "hubspot_property", "label", "description")


def lines_of(form: str, tables: Sequence[TableEntry], state: str) -> Iterator[str]:
    """The dictionary as `markdown`, `csv` or `dbt`, line by line. `state` says in a sentence from when it is."""
    return FORMATS[form](tables, state)


def _markdown(tables: Sequence[TableEntry], state: str) -> Iterator[str]:
    yield f"# Tables of this HubSpot portal\n\n{state}\n\n## Object types\n"
    yield _row("object type", "id", "table")
    yield _row("---", "---", "---")
    for table in tables:
        if table.object_type:
            label = table.object_type.plural_label or table.object_type.singular_label or table.object_type.name
            yield _row(_cell(label), table.object_type.object_type_id, f"`{table.name}`")
    for table in tables:
        yield f"\n## {table.name}\n"
        key = f" Key: {', '.join(f'`{name}`' for name in table.key)}." if table.key else ""
        source = f" Source: {_cell(table.source)}." if table.source else ""
        yield f"{_cell(table.description)}{source}{key}\n"
        yield _row("column", "type", "HubSpot property", "label", "description")
        yield _row("---", "---", "---", "---", "---")
        for entry in table.entries:
            name = f"`{entry.property}`" if entry.property else ""
            yield _row(f"`{entry.name}`", entry.type, name, _cell(entry.label), _cell(entry.description))


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(text: str) -> str:
    """A text of somebody's within a line of Markdown."""
    plain = " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;")
    return plain.replace("\\", "\\\\").replace("|", "\\|")


def _csv(tables: Sequence[TableEntry], state: str) -> Iterator[str]:
    yield ",".join(_CSV_HEADER)
    for table in tables:
        type_id = table.object_type.object_type_id if table.object_type else ""
        for entry in table.entries:
            is_key = "true" if entry.is_key else "false"
            cells = (table.name, type_id, entry.name, entry.type, is_key)
            yield ",".join(map(_quoted, (*cells, entry.property, entry.label, entry.description)))


def _quoted(text: str) -> str:
    if any(sign in text for sign in '",\r\n'):
        return '"' + text.replace('"', '""') + '"'
    return text


def _dbt(tables: Sequence[TableEntry], state: str) -> Iterator[str]:
    yield "version: 2"
    yield "sources:"
    yield "  - name: hubspot"
    yield f"    description: {yaml_text(state)}"
    yield f"    schema: {_SCHEMA}"
    yield "    tables:"
    for table in tables:
        yield f"      - name: {yaml_text(table.name)}"
        yield f"        description: {yaml_text(table.description)}"
        yield "        loaded_at_field: INGESTEDAT"
        if table.object_type:
            yield from _meta("        ", [("hubspot_object_type_id", table.object_type.object_type_id)])
        yield "        columns:"
        for entry in table.entries:
            yield from _dbt_column(entry, is_alone=table.key == (entry.name,))


def _dbt_column(entry: Entry, *, is_alone: bool) -> Iterator[str]:
    yield f"          - name: {yaml_text(entry.name)}"
    label = f"{entry.label}. " if entry.label and entry.description else entry.label
    yield f"            description: {yaml_text(label + entry.description)}"
    yield f"            data_type: {_DATA_TYPES[kind_of(entry.type)]}"
    if entry.property:
        yield from _meta("            ", [("hubspot_property", entry.property), ("hubspot_label", entry.label)])
    if entry.is_key:
        yield f"            data_tests: [{'not_null, unique' if is_alone else 'not_null'}]"


def _meta(margin: str, pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    yield f"{margin}config:"
    yield f"{margin}  meta:"
    for name, value in pairs:
        yield f"{margin}    {name}: {yaml_text(value)}"


def yaml_text(text: str) -> str:
    """A text as YAML, always in double quotes; what does not print is escaped."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(sign if sign.isprintable() else f"\\U{ord(sign):08X}" for sign in escaped) + '"'


FORMATS: dict[str, Callable[[Sequence[TableEntry], str], Iterator[str]]] = {
    "markdown": _markdown,
    "csv": _csv,
    "dbt": _dbt,
}
