"""How much is read: at full scale, and at a fiftieth of it for developing."""

from dataclasses import dataclass, replace
from typing import Literal

ScaleName = Literal["small", "full"]


@dataclass(frozen=True)
class Scale:
    """Sizes of the portals."""

    name: ScaleName
    contacts: int
    """What the export reads."""
    fewer_contacts: int
    """What is read by those who would need more than a few minutes for the others."""
    contacts_for_memory: int
    records_of_a_small_portal: int
    starts: int
    """How often a start is measured; the median counts."""
    properties: int = 200

    def with_contacts(self, contacts: int) -> "Scale":
        """The same with another number of contacts, for everybody."""
        fewer = min(self.fewer_contacts, contacts)
        return replace(self, contacts=contacts, fewer_contacts=fewer, contacts_for_memory=contacts)


_FULL = Scale("full", 100_000, 10_000, 1_000_000, 1_000, 5)
_SMALL = Scale("small", 2_000, 200, 20_000, 20, 2)


def scale_of(name: ScaleName) -> Scale:
    """The sizes of a scale."""
    return _FULL if name == "full" else _SMALL
