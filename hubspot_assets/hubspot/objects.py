"""Records of CRM object types: whole tables by the list endpoint, chosen records by batch read.

The list is in ascending order of record id and its cursor is a record id, so it neither skips nor repeats a
record while others come and go. Search is not used: it stops at 10 000, lags, and is not reliably sorted.

https://developers.hubspot.com/docs/api-reference/latest/crm/objects/objects/guide
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timezone
from itertools import chain, islice
from operator import attrgetter
from typing import Any, NamedTuple, Protocol, TypeAlias, TypeVar

from . import versions
from .client import HubSpotClient
from .page_size import PageSize
from .paging import Suspicion
from .records import MERGED, RecordsAnswer, flaw_in_batch, keep_only, missing_without_a_word
from .side_by_side import in_order

Record: TypeAlias = dict[str, Any]

_BYTES_A_VALUE = 100
"""Of a value or a version, beside its text."""

PAGE = 100
PAGE_WITH_HISTORY = 50

GONE = "deleted while it was read"
"""The reason in `Page.left_out` for records that vanished, or were merged, between two calls that belong together."""


class Page(NamedTuple):
    """Some records of one type.

    `records`: dictionaries like HubSpot's: `id` (text), `properties` (name to text or None), `createdAt`,
    `updatedAt`, and with history `propertiesWithHistory` (name to a list of `Version`, in HubSpot's order). `read_at`:
    UTC; the values are not older than this. `left_out`: how many records were left out, by reason. `following`: of a
    whole table's pages, the record that HubSpot announced as the next; None on the last page.
    """

    records: list[Record]
    read_at: datetime
    left_out: dict[str, int]
    following: str | None = None

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


def pages(
    client: HubSpotClient,
    object_type_id: str,
    property_names: Sequence[str],
    *,
    with_history: bool = False,
    start: Start | None = None,
) -> Iterator[Page]:
    """Every record of a type that is not archived, each once, ascending by id; from `start` on, if given.

    GET /crm/objects/{version}/{objectTypeId}: 100 records a call, 50 with history; big tables by several calls
    side by side. Property names that do not fit one URL are asked for in several calls, whose answers are merged by
    record id. An empty table is one page without records.

    Raises the classes of `hubspot.errors`; those with `unavailable` mean that this type cannot be read here. A
    `start` that HubSpot does not take any more is a `BadRequest` before the first page.
    """
    return map_pages(lambda page: page, client, object_type_id, property_names, with_history=with_history, start=start)


def map_pages(
    make: Callable[[Page], Made],
    client: HubSpotClient,
    object_type_id: str,
    property_names: Sequence[str],
    *,
    with_history: bool = False,
    start: Start | None = None,
) -> Iterator[Made]:
    """`make` of each of `pages`, done on the thread that read it: pages that wait for their turn wait as that.

    Of a page's many objects, something smaller should be made.
    """
    from . import ranges  # noqa: PLC0415 - it needs Page and batch_read from here
    from .listing import Listing  # noqa: PLC0415

    return ranges.pages(Listing(client, object_type_id, property_names, with_history=with_history), make, start)


def batch_read(
    client: HubSpotClient,
    object_type_id: str,
    ids: Iterable[str],
    property_names: Sequence[str],
    *,
    with_history: bool = False,
) -> Iterator[Page]:
    """Chosen records of a type, one `Page` per call, in the order of `ids`.

    POST /crm/objects/{version}/{objectTypeId}/batch/read: 100 ids a call, 50 with history, calls side by
    side. Ids that HubSpot does not have (any more) are counted in `left_out`; so are those of records that were merged
    into others: the survivor, which HubSpot answers in their place, comes out only where it is asked for itself.
    """
    path = versions.path("objects_batch_read", object_type=object_type_id)
    size = page_size(client, path, with_history=with_history)
    names = list(dict.fromkeys(property_names))
    wanted = frozenset(names)

    def read(batch: Sequence[str], tries: int | None) -> Page:
        read_at = datetime.now(timezone.utc)
        body = {
            "inputs": [{"id": one} for one in batch],
            "properties": names if MERGED in wanted else [*names, MERGED],
            "propertiesWithHistory": names if with_history else [],
        }
        asked = frozenset(batch)
        silently_fewer = Suspicion()

        def check(answer: dict[str, Any]) -> str | None:
            flaw = flaw_in_batch(answer, asked=asked, with_history=with_history)
            if flaw is None and missing_without_a_word(answer, asked) and silently_fewer.not_yet_believed():
                return "fewer records than were asked for, and no word about the others"
            return flaw

        answer = client.post(path, body, {"archived": False}, check=check, shape=RecordsAnswer, tries=tries)
        found = {record["id"]: record for record in answer["results"]}
        records = [found[one] for one in batch if one in found]
        for record in records:
            if MERGED not in wanted:
                record["properties"].pop(MERGED, None)
            keep_only(record, wanted)
        gone = len(batch) - len(records)
        return Page(records, read_at, {GONE: gone} if gone else {})

    def read_all(batch: Sequence[str]) -> list[Page]:
        return list(size.in_parts(batch, read, lambda record_id: f"record {record_id}"))

    return chain.from_iterable(in_order(read_all, _batches(ids, PAGE_WITH_HISTORY if with_history else PAGE)))


def page_size(client: HubSpotClient, path: str, *, with_history: bool) -> PageSize:
    """How many records to ask for at once."""
    return client.page_size(
        f"{path} with history" if with_history else path, PAGE_WITH_HISTORY if with_history else PAGE
    )


def _size(record: Record) -> int:
    versions = chain.from_iterable((record.get("propertiesWithHistory") or {}).values())
    texts = chain(record["properties"].values(), map(attrgetter("value"), versions))
    return sum(_BYTES_A_VALUE + len(text or "") for text in texts)


def _batches(ids: Iterable[str], size: int) -> Iterator[list[str]]:
    remaining = iter(ids)
    while batch := list(islice(remaining, size)):
        yield list(dict.fromkeys(batch))
