"""What a reader of records gives: pages of records, and where a table is read on.

Not here: reading them.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import chain
from typing import Any, NamedTuple, Protocol, TypeAlias, TypeVar

from hubspot_assets.hubspot.http.client import HubSpotClient
from hubspot_assets.hubspot.http.page_size import PageSize
from hubspot_assets.hubspot.http.repeats import renewed
from hubspot_assets.hubspot.record_pages.history import History

Record: TypeAlias = dict[str, Any]


_BYTES_A_VALUE = 100
"""Of a value or a version, beside its text."""


PAGE = 100


PAGE_WITH_HISTORY = 50


GONE = "deleted while it was being read"
"""The reason in `Page.left_out` for records that vanished, or were merged, between two calls that belong together."""


class Page(NamedTuple):
    """Some records of one type.

    `records`: dictionaries like HubSpot's: `id` (text), `properties` (name to text or None), `createdAt`,
    `updatedAt`, and with history `propertiesWithHistory` (a `History`). `read_at`: UTC; the values are not older than
    this. `left_out`: how many records were left out, by reason. `following`: of a whole table's pages, the record that
    HubSpot announced as the next; None on the last page. `again`: those of the page before that this one tells once
    more.
    """

    records: list[Record]
    read_at: datetime
    left_out: dict[str, int]
    following: str | None = None
    again: Sequence[Record] = ()

    @property
    def ids(self) -> frozenset[str]:
        """Those of its records."""
        return frozenset(record["id"] for record in self.records)

    @property
    def size(self) -> int:
        """About how many bytes of memory it takes, as what `map_pages` makes of a page has to tell."""
        return sum(map(_size, self.records))


class Sized(Protocol):
    """Something made of a page."""

    @property
    def size(self) -> int:
        """About how many bytes of memory it takes."""


Made = TypeVar("Made", bound=Sized)


class Start(NamedTuple):
    """Where a table is read on: at the record that was announced as the next, beyond the last one that is known."""

    following: str
    above: str


def page_size(client: HubSpotClient, path: str, *, with_history: bool) -> PageSize:
    """How many records to ask for at once."""
    return client.page_size(
        f"{path} with history" if with_history else path, PAGE_WITH_HISTORY if with_history else PAGE
    )


def in_newest_state(found: Iterable[Page]) -> Iterator[Page]:
    """Yield each page once the next one is there, which may tell some of its records again, in a newer state."""
    held: Page | None = None
    for page in found:
        if held is not None:
            yield held._replace(records=renewed(held.records, page.again, "id"))
        held = page._replace(again=())
    if held is not None:
        yield held


def _size(record: Record) -> int:
    history: History | None = record.get("propertiesWithHistory")
    texts = chain(record["properties"].values(), history.columns[0] if history is not None else ())
    return sum(_BYTES_A_VALUE + len(text or "") for text in texts)
