"""The versions of one record's properties, held as columns.

A page with history has thousands of versions: as objects in lists they would be nine tenths of all that the garbage
collector, the allocator and every later pass over the page have to go through. Not here: what is checked of them
(`records.py`), which rows they become (`tables`).
"""

from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain
from operator import attrgetter, itemgetter
from typing import Any, NamedTuple

import msgspec


class Version(msgspec.Struct, gc=False, rename="camel"):
    """A value that a property had, when it was set and by what (HubSpot's texts; None where it was cleared)."""

    value: str | None
    timestamp: str
    source_type: str | None = None
    source_id: str | None = None
    source_label: str | None = None
    updated_by_user_id: str | int | None = None


_FIELDS = [attrgetter(field) for field in Version.__struct_fields__]
_VERSIONS = itemgetter(1)


class _Group(NamedTuple):
    """The versions of a property: where they lie in the columns of a record's history."""

    name: str
    columns: Sequence[Sequence[Any]]
    place: slice


class History(Mapping[str, Sequence[Version]]):
    """Name of each property that has versions -> its versions, in HubSpot's order.

    `names`: in alphabetical order. `counts`: how many versions each has. `columns`: for each field of `Version`, in
    their order, that of every version of every property.
    """

    __slots__ = ("columns", "counts", "names")

    def __init__(self, names: list[str], counts: list[int], columns: tuple[list[Any], ...]) -> None:
        self.names = names
        self.counts = counts
        self.columns = columns

    @classmethod
    def of(cls, told: Mapping[str, Sequence[Version] | None]) -> "History":
        """Of versions by name; properties without versions are left out."""
        given = sorted(filter(_VERSIONS, told.items()))
        lists: list[Sequence[Version]] = [*map(_VERSIONS, given)]
        versions = [*chain.from_iterable(lists)]
        return cls([name for name, _ in given], [*map(len, lists)], tuple([*map(field, versions)] for field in _FIELDS))

    def only(self, wanted: Collection[str]) -> "History":
        """Return the history of these properties."""
        return _joined(group for group in self._groups() if group.name in wanted)

    def beside(self, other: "History") -> "History":
        """Return this history with that of other properties of the same record."""
        return _joined(chain(self._groups(), other._groups()))

    def with_versions(self, changed: Mapping[str, Sequence[Version]]) -> "History":
        """Return this history with other versions of some properties; no versions take a property out."""
        return History.of({**self, **changed})

    def __getitem__(self, name: str) -> list[Version]:
        place = bisect_left(self.names, name)
        if place == len(self.names) or self.names[place] != name:
            raise KeyError(name)
        start = sum(self.counts[:place])
        return [Version(*of) for of in zip(*(c[start : start + self.counts[place]] for c in self.columns), strict=True)]

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)

    def _groups(self) -> Iterator[_Group]:
        end = 0
        for name, count in zip(self.names, self.counts, strict=True):
            start, end = end, end + count
            yield _Group(name, self.columns, slice(start, end))


def _joined(groups: Iterator[_Group]) -> History:
    in_order = sorted(groups, key=itemgetter(0))
    return History(
        [group.name for group in in_order],
        [group.place.stop - group.place.start for group in in_order],
        tuple(
            [*chain.from_iterable(group.columns[field][group.place] for group in in_order)]
            for field in range(len(_FIELDS))
        ),
    )
