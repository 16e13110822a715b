"""What a rule finds, and how it is said in a few words. Not here: the rules (`rules.py`, `comparisons.py`)."""

from collections.abc import Collection
from typing import NamedTuple


class Finding(NamedTuple):
    """A table that is not as it should be, and what is wrong with it in a few words."""

    table: str
    what: str


def some(names: Collection[str | None]) -> str:
    shown = sorted(str(name) for name in names)
    return ", ".join(shown[:5]) + (f" and {len(shown) - 5} more" if len(shown) > 5 else "")
