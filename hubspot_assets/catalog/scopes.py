"""Which scopes let a token read something, and how a sentence says so.

Here: all of some groups, and of each group any one, because HubSpot asks for both kinds. Not here: which type or table
needs which (`object_types.py`, `fixed_tables.py`). HubSpot's documentation tells these and no portal does, so none of
it is in a portal catalogue but a type's own alternatives.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Group:
    """Scopes of which a token needs one: without any of them `part` cannot be read, or nothing where that is empty.

    `one_is_enough` is False where HubSpot lists several together and does not say whether one is enough or all are
    needed: then all are named.
    """

    names: tuple[str, ...]
    part: str = ""
    one_is_enough: bool = True

    def __str__(self) -> str:
        joined = (" or " if self.one_is_enough else ", or also ").join(self.names)
        return f"{joined} (for {self.part})" if self.part else joined


@dataclass(frozen=True)
class Scopes:
    """What a token needs: one scope of every group. Without groups any token will do."""

    groups: tuple[Group, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.groups)

    def __str__(self) -> str:
        several = len(self.groups) > 1
        return " and ".join(
            f"({group})" if several and len(group.names) > 1 and not group.part else str(group) for group in self.groups
        )

    @property
    def names(self) -> tuple[str, ...]:
        """Every scope that is named, once."""
        return tuple(dict.fromkeys(name for group in self.groups for name in group.names))

    @property
    def whole(self) -> "Scopes":
        """Those without which there is nothing at all."""
        return Scopes(tuple(group for group in self.groups if not group.part))

    def and_also(self, other: "Scopes") -> "Scopes":
        """Return what a token needs that needs these and the others."""
        return Scopes(tuple(dict.fromkeys((*self.groups, *other.groups))))

    def to_grant(self, told: Iterable[str]) -> "Scopes":
        """Return what to grant where HubSpot refuses and tells these names, or none.

        HubSpot may tell every scope that an endpoint takes for any type: of those, the ones that count are these.
        """
        names = tuple(dict.fromkeys(told))
        if not names:
            return self.whole
        whole = [group for group in self.groups if set(group.names) <= set(names)]
        meant = whole or [group for group in self.groups if not set(group.names).isdisjoint(names)]
        return Scopes(tuple(replace(group, part="") for group in meant) or (Group(names),))


NO_SCOPES = Scopes()


def one_of(*names: str, part: str = "") -> Scopes:
    """Any one of these scopes is enough."""
    return Scopes((Group(names, part),)) if names else NO_SCOPES
