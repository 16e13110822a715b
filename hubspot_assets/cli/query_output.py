"""Answers as people and programs read them: a table, CSV, JSON.

CSV has the form of the export's own files: NULL is an empty field, an empty text is `""`, datetimes are
`YYYY-MM-DD HH:MM:SS.fff`. Numbers are written with the digits that they have, and never as floats. Not here: asking.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TextIO

import msgspec
from rich.table import Table as RichTable
from rich.text import Text

from hubspot_assets.cli.terminal import Terminal
from hubspot_assets.outside_text import readable
from hubspot_assets.warehouse.query.session import Answer

_MOST_ROWS = 200
_LONGEST_CELL = 200
_WIDEST_WISH = 30
_NEEDS_QUOTES = ('"', ",", "\n", "\r")
_JSON = msgspec.json.Encoder(decimal_format="number")


def print_csv(answer: Answer, out: TextIO) -> None:
    """Every row, as CSV with a header."""
    out.write(",".join(map(_csv, answer.columns)) + "\n")
    for row in _rows(answer):
        # A row of one NULL would be an empty line, which readers skip; so would none of ours hold.
        out.write(",".join(_csv(plain(cell)) for cell in row) + "\n")


def print_json(answer: Answer, out: TextIO) -> None:
    """Every row as an object, in one array, a row on a line."""
    names = _distinct(answer.columns)
    out.write("[")
    for number, row in enumerate(_rows(answer)):
        cells = {name: _for_json(cell) for name, cell in zip(names, row, strict=True)}
        out.write((",\n" if number else "\n") + _JSON.encode(cells).decode())
    out.write("\n]\n")


def print_table(answer: Answer, console: Terminal) -> None:
    """The first rows as a table; one cell on a line where there are more columns than the console has room for."""
    rows = _rows(answer)
    shown = [row for _, row in zip(range(_MOST_ROWS), rows, strict=False)]
    if _wish(answer.columns, shown) > console.width:
        _print_records(answer.columns, shown, console)
    else:
        table = RichTable(box=None, pad_edge=False)
        for name in answer.columns:
            table.add_column(Text(readable(name), style="bold"), overflow="fold")
        for row in shown:
            table.add_row(*map(_cell, row))
        console.print(table)
    more = sum(1 for _ in rows)
    rest = f", of {len(shown) + more:,}: use --csv or --json for all of them" if more else ""
    console.print(f"{len(shown):,} row{'' if len(shown) == 1 else 's'}{rest}", style="dim")


def _wish(columns: list[str], rows: list[tuple[Any, ...]]) -> int:
    """How wide a table would like to be, long cells being folded."""
    cells = [[name, *(plain(row[place]) or "NULL" for row in rows)] for place, name in enumerate(columns)]
    return sum(2 + min(_WIDEST_WISH, max(map(len, column))) for column in cells)


def _print_records(columns: list[str], rows: list[tuple[Any, ...]], console: Terminal) -> None:
    for number, row in enumerate(rows, 1):
        console.print(f"row {number:,}", style="dim")
        table = RichTable(box=None, pad_edge=False, show_header=False)
        for name, cell in zip(columns, row, strict=True):
            table.add_row(Text(readable(name), style="bold"), _cell(cell))
        console.print(table)


def plain(cell: Any) -> str | None:
    """A cell as text, in the form of the export's files; None for NULL."""
    if cell is None or isinstance(cell, str):
        return cell
    for kind, form in _FORMS.items():
        if isinstance(cell, kind):
            return form(cell)
    return _JSON.encode(_for_json(cell)).decode() if isinstance(cell, (list, dict, tuple)) else str(cell)


def decimal_text(number: Decimal) -> str:
    """A number with the digits that it has: without those zeros that only its type has."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


# datetime before date, of which it is a kind.
_FORMS: dict[type, Callable[[Any], str]] = {
    bool: lambda value: "true" if value else "false",
    Decimal: decimal_text,
    datetime: lambda value: value.isoformat(" ", "milliseconds"),
    date: date.isoformat,
}


def _for_json(cell: Any) -> Any:
    if isinstance(cell, Decimal):
        return Decimal(decimal_text(cell))
    if isinstance(cell, list | tuple):
        return [_for_json(one) for one in cell]
    if isinstance(cell, dict):
        return {str(key): _for_json(one) for key, one in cell.items()}
    return cell if cell is None or isinstance(cell, str | bool | int | float) else plain(cell)


def _csv(text: str | None) -> str:
    if text is None:
        return ""
    if text == "" or any(sign in text for sign in _NEEDS_QUOTES):
        return '"' + text.replace('"', '""') + '"'
    return text


def _cell(cell: Any) -> Text:
    text = plain(cell)
    if text is None:
        return Text("NULL", style="dim")
    shown = readable(text[:_LONGEST_CELL])
    return Text(f"{shown}…" if len(text) > _LONGEST_CELL else shown)


def _distinct(names: list[str]) -> list[str]:
    """Names of which none is there twice, since an object would lose one of both."""
    made: list[str] = []
    for name in names:
        number, one = 1, name
        while one in made:
            number, one = number + 1, f"{name}_{number + 1}"
        made.append(one)
    return made


def _rows(answer: Answer) -> Iterator[tuple[Any, ...]]:
    return (row for batch in answer.batches for row in batch)
