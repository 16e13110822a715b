"""How the names of tables and columns become those of a warehouse, which may fold, forbid or shorten them.

Two columns never become one: what would be a name again gets a part of its own. Not here: quoting (`dialect.py`).
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

_FORBIDDEN = re.compile(r"[^0-9A-Za-z_]")
_MARK = 8


@dataclass(frozen=True)
class Naming:
    """The rules of one warehouse. `longest` is in bytes; `plain_only`: ASCII letters, digits and _ only."""

    fold: Callable[[str], str] = str
    longest: int | None = None
    plain_only: bool = False

    def name(self, name: str) -> str:
        """The name by these rules; what is lost is made up for by eight characters of its hash."""
        made = self.fold(name)
        plain = _FORBIDDEN.sub("_", made) if self.plain_only else made
        if plain != made or (self.longest and len(plain.encode()) > self.longest):
            room = (self.longest or len(plain.encode()) + _MARK + 1) - _MARK - 1
            plain = plain.encode()[:room].decode(errors="ignore") + "_" + self.fold(_mark(name))
        return plain

    def names(self, names: Iterable[str]) -> Mapping[str, str]:
        """Name to name by these rules."""
        return {name: self.name(name) for name in names}


def _mark(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:_MARK].upper()
