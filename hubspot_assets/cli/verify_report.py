"""A comparison as people read it: a line for each table, every difference, and what could not be compared."""

from collections.abc import Iterable, Sequence
from typing import Any

from rich.table import Table as RichTable

from hubspot_assets.cli.terminal import Terminal, of_tables
from hubspot_assets.verify.report import KEPT, Difference, TableReport

_LONGEST_VALUE = 200
_NAMES_SHOWN = 12


def print_reports(console: Terminal, reports: Sequence[TableReport]) -> None:
    """The lines of all tables in alphabetical order, the differences, what changed since, what was not compared."""
    shown = RichTable(box=None, pad_edge=False)
    shown.add_column("table", overflow="fold")
    for heading in ("rows", "rows compared", "cells", "differences", "changed since"):
        shown.add_column(heading, justify="right")
    shown.add_column("remark", overflow="fold")
    for report in sorted(reports, key=lambda r: r.table):
        compared = (report.rows_compared, report.cells, report.different, report.changed)
        # What nobody looked at has no number of differences.
        numbers = ("-",) * len(compared) if report.not_compared else (f"{n:,}" for n in compared)
        style = None if report.is_proven else "red"
        shown.add_row(report.table, f"{report.rows:,}", *numbers, _remark(report), style=style)
    console.print(shown)
    _print_differences(console, "differences", ((r, r.different, r.differences) for r in reports))
    _print_differences(
        console,
        "changed since the day was exported, so not differences",
        ((r, r.changed, r.changed_since) for r in reports),
    )
    _print_not_compared(console, reports)
    console.print(f"\n{_sentence(reports)}", soft_wrap=True)


def _remark(report: TableReport) -> str:
    if report.missing:
        return f"missing: {report.missing}"
    if report.unavailable:
        return f"unavailable: {report.unavailable}"
    if report.not_compared:
        return f"not compared: {report.not_compared}"
    return "; ".join([*(f"{part}: not compared" for part in report.parts_not_compared), *report.notes])


def _print_differences(
    console: Terminal, heading: str, found: Iterable[tuple[TableReport, int, list[Difference]]]
) -> None:
    found = [(report, count, kept) for report, count, kept in found if count]
    if not found:
        return
    console.heading(f"\n{sum(count for _, count, _ in found):,} {heading}:")
    shown = RichTable(box=None, pad_edge=False)
    for name in ("table", "id", "column", "exported", "portal"):
        shown.add_column(name, overflow="fold")
    for _, _, kept in found:
        for one in kept:
            cells = (one.table, one.id, one.column, value_text(one.exported), value_text(one.portal))
            shown.add_row(*cells)
    console.print(shown)
    for report, count, _ in found:
        if count > KEPT:
            console.print(f"{report.table}: and {count - KEPT:,} more")


def value_text(value: Any) -> str:
    """A value on one line: NULL, an empty text as \"\", a long text cut."""
    if value is None:
        return "NULL"
    if value == "":
        return '""'
    text = str(value).encode("unicode_escape").decode() if "\n" in str(value) or "\r" in str(value) else str(value)
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}... ({len(text):,} characters)"


def _print_not_compared(console: Terminal, reports: Sequence[TableReport]) -> None:
    """Each reason once, with the tables and parts of tables that were not compared for it."""
    tables_by_reason: dict[str, list[str]] = {}
    for report in sorted(reports, key=lambda r: r.table):
        if report.not_compared:
            tables_by_reason.setdefault(report.not_compared, []).append(report.table)
        for part, reason in report.parts_not_compared.items():
            tables_by_reason.setdefault(reason, []).append(f"{report.table} ({part})")
    if not tables_by_reason:
        return
    console.heading("\nnot compared:")
    for reason, tables in tables_by_reason.items():
        more = f" and {len(tables) - _NAMES_SHOWN} more" if len(tables) > _NAMES_SHOWN else ""
        names = ", ".join(tables[:_NAMES_SHOWN])
        console.print(f"  {names}{more}\n    {reason}", soft_wrap=True)


def _sentence(reports: Sequence[TableReport]) -> str:
    compared = [r for r in reports if not r.missing and not r.not_compared]
    different = sum(r.different for r in reports)
    cells, rows = sum(r.cells for r in compared), sum(r.rows for r in compared)
    told = [
        f"{of_tables(len(compared))}, {rows:,} rows: {cells:,} cells compared, {different or 'no'} "
        f"difference{'' if different == 1 else 's'}"
        if compared
        else "No table was compared"
    ]
    if missing := sum(1 for r in reports if r.missing):
        told.append(f"{of_tables(missing)} missing")
    if aside := sum(1 for r in reports if r.not_compared):
        is_open = sum(1 for r in reports if r.not_compared and r.is_open)
        told.append(f"{of_tables(aside)} not compared{f', {is_open} of which with rows' if is_open else ''}")
    if some := sum(1 for r in compared if r.parts_not_compared):
        told.append(f"{of_tables(some)} compared only in part")
    return f"{', '.join(told)}."
