"""A comparison as people read it: a line for each table, then every difference."""

from collections.abc import Iterable, Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table as RichTable

from hubspot_assets.verify.report import KEPT, Difference, TableReport

_LONGEST_VALUE = 200


def print_reports(console: Console, reports: Sequence[TableReport]) -> None:
    """The lines of all tables in alphabetical order, the differences, what changed since, and one sentence."""
    shown = RichTable(box=None, pad_edge=False)
    shown.add_column("table", overflow="fold")
    for heading in ("rows", "rows compared", "cells", "differences", "changed since"):
        shown.add_column(heading, justify="right")
    shown.add_column("remark", overflow="fold")
    for report in sorted(reports, key=lambda r: r.table):
        numbers = (report.rows, report.rows_compared, report.cells, report.different, report.changed)
        style = None if report.is_proven else "red"
        shown.add_row(report.table, *(f"{n:,}" for n in numbers), escape(_remark(report)), style=style)
    console.print(shown)
    _print_differences(console, "differences", ((r, r.different, r.differences) for r in reports))
    _print_differences(
        console,
        "changed since the day was captured, no differences",
        ((r, r.changed, r.changed_since) for r in reports),
    )
    console.print(f"\n{_sentence(reports)}", highlight=False, soft_wrap=True)


def _remark(report: TableReport) -> str:
    if report.missing:
        return f"missing: {report.missing}"
    if report.unavailable:
        return f"unavailable: {report.unavailable}"
    return "; ".join(report.notes)


def _print_differences(
    console: Console, heading: str, found: Iterable[tuple[TableReport, int, list[Difference]]]
) -> None:
    found = [(report, count, kept) for report, count, kept in found if count]
    if not found:
        return
    console.print(f"\n[bold]{sum(count for _, count, _ in found):,} {heading}:[/]", highlight=False)
    shown = RichTable(box=None, pad_edge=False)
    for name in ("table", "id", "column", "exported", "portal"):
        shown.add_column(name, overflow="fold")
    for _, _, kept in found:
        for one in kept:
            cells = (one.table, one.id, one.column, value_text(one.exported), value_text(one.portal))
            shown.add_row(*map(escape, cells))
    console.print(shown)
    for report, count, _ in found:
        if count > KEPT:
            console.print(f"{report.table}: and {count - KEPT:,} more", highlight=False)


def value_text(value: Any) -> str:
    """A value on one line: NULL, an empty text as \"\", a long text cut."""
    if value is None:
        return "NULL"
    if value == "":
        return '""'
    text = str(value).encode("unicode_escape").decode() if "\n" in str(value) or "\r" in str(value) else str(value)
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}... ({len(text):,} characters)"


def _sentence(reports: Sequence[TableReport]) -> str:
    missing = sum(1 for r in reports if r.missing)
    different = sum(r.different for r in reports)
    compared = (
        f"{len(reports) - missing} tables, {sum(r.rows for r in reports):,} rows: "
        f"{sum(r.cells for r in reports):,} cells compared"
    )
    absent = f", {missing} tables missing" if missing else ""
    return f"{compared}, {different or 'no'} difference{'' if different == 1 else 's'}{absent}."
