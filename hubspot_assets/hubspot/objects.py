"""Records of CRM object types: whole tables by the list endpoint, chosen records by batch read.

The list is in ascending order of record id and its cursor is a record id, so it neither skips nor repeats a
record while others come and go. Search is not used: it stops at 10 000, lags, and is not reliably sorted.

https://developers.hubspot.com/docs/api-reference/latest/crm/objects/objects/guide
"""

from collections.abc import Callable, Iterator, Sequence

from hubspot_assets.hubspot.http.client import HubSpotClient
from hubspot_assets.hubspot.record_pages import ranges
from hubspot_assets.hubspot.record_pages.batch import batch_read
from hubspot_assets.hubspot.record_pages.listing import Listing
from hubspot_assets.hubspot.record_pages.page import GONE, PAGE, PAGE_WITH_HISTORY, Made, Page, Start

__all__ = ["GONE", "PAGE", "PAGE_WITH_HISTORY", "Made", "Page", "Start", "batch_read", "map_pages", "pages"]


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
    return ranges.pages(Listing(client, object_type_id, property_names, with_history=with_history), make, start)
