"""How the amounts of deals are split between owners.

https://developers.hubspot.com/docs/api-reference/latest/crm/objects/deal-splits/guide
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

from hubspot_assets.concurrency import batches, in_order
from hubspot_assets.hubspot import versions
from hubspot_assets.hubspot.children import OnRefused, all_or_nothing
from hubspot_assets.hubspot.http.client import Answer, HubSpotClient
from hubspot_assets.hubspot.http.decoding import as_id, flaw_in_rows, rows_of
from hubspot_assets.hubspot.http.fields import flaw_in_each
from hubspot_assets.hubspot.record_pages.records import flaw_in_errors

_DEALS = 100


def read(
    client: HubSpotClient, deal_ids: Iterable[str], refused: OnRefused = all_or_nothing
) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Yield the splits of the deals that have any: deal id and its splits, in the order of `deal_ids`.

    POST /deal-splits/{version}/batch/read: 100 deals a call (how many HubSpot takes is documented nowhere: fewer where
    it refuses that), calls side by side. A deal that was merged into another has no splits; the other has its own.
    `refused` is told each deal that is refused even alone. Raises MissingScopes without crm.dealsplits.read_write.
    """
    path = versions.path("deal_splits_batch_read")
    size = client.page_size(path, _DEALS)

    def read_some(batch: Sequence[str], tries: int | None) -> list[dict[str, Any]]:
        body = {"inputs": [{"id": deal_id} for deal_id in batch]}
        found: list[dict[str, Any]] = client.post(path, body, check=_check, tries=tries)["results"]
        of_deal = {str(as_id(deal["id"])): deal for deal in found}
        return [of_deal[deal_id] for deal_id in batch if deal_id in of_deal]

    def read_batch(batch: list[str]) -> list[list[dict[str, Any]]]:
        return list(size.in_parts(batch, read_some, lambda deal_id: f"deal {deal_id}", refused))

    for found in chain.from_iterable(in_order(read_batch, batches(deal_ids, _DEALS))):
        for deal in found:
            if deal["splits"]:
                yield str(as_id(deal["id"])), deal["splits"]


def _check(answer: Answer) -> str | None:
    flaw = rows_of("results", "id")(answer) or flaw_in_errors(answer)
    for deal in [] if flaw else answer["results"]:
        flaw = flaw or flaw_in_rows(deal.get("splits"), "splits", "id")
        flaw = flaw or flaw_in_each(deal["splits"], {"properties": {}}, "a split of a deal")
    return flaw
