"""Property names that do not fit one URL: HubSpot answers 414 somewhere above 16 000 characters."""

from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import quote


def pieces(names: Iterable[str], longest: int) -> list[list[str]]:
    """Return the names in as few lists as possible, each at most `longest` characters when joined for a URL.

    At least one list, which is empty where there are no names; a single name longer than that is its own list.
    """
    found: list[list[str]] = [[]]
    length = 0
    for name in names:
        needed = _length(name) + 1
        if found[-1] and length + needed > longest:
            found.append([])
            length = 0
        found[-1].append(name)
        length += needed
    return found


@lru_cache(maxsize=10_000)
def _length(name: str) -> int:
    return len(quote(name, safe=""))
