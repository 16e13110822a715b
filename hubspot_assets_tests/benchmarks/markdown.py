"""Numbers and tables as the page writes them. Not here: which numbers (`page.py`, `sections.py`)."""

from collections.abc import Iterable, Sequence


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table: the first column is text, the others are numbers."""
    lines = [headings, ["---", *["---:"] * (len(headings) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def seconds(value: float) -> str:
    return f"{value:,.{2 if value < 10 else 1 if value < 100 else 0}f} s"


def mebibytes(value: float) -> str:
    return f"{value:,.0f} MiB"


def size(value: int) -> str:
    """Bytes, in MB (10^6)."""
    return f"{value / 1e6:,.1f} MB" if value else "–"


def count(value: float) -> str:
    return f"{value:,.0f}" if value else "–"


def percent(value: float | None) -> str:
    if value is None:
        return "too short to tell"
    return f"{value:.1%}" if 0 < value < 0.1 else f"{value:.0%}"


def ratio(value: float, base: float) -> str:
    """How many times `base`."""
    if not base or not value:
        return "–"
    times = value / base
    return f"{times:,.0f}×" if times >= 10 else f"{times:.2g}×"
