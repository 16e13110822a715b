"""How the amounts of deals are split between owners.

https://developers.hubspot.com/docs/api-reference/latest/crm/objects/deal-splits/guide
"""

from collections.abc import Iterable, Iterator
from typing import Any

from . import errors, versions
from .children import OnRefused, all_or_nothing
from .client import Answer, Check, HubSpotClient
from .decoding import as_id, flaw_in_rows, rows_of
from .records import flaw_in_errors
from .side_by_side import batches, in_order


def read(
    client: HubSpotClient, deal_ids: Iterable[str], refused: OnRefused = all_or_nothing
) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """The splits of the deals that have any: deal id and its splits, in the order of `deal_ids`.

    POST /deal-splits/{version}/batch/read: 100 deals a call (fewer where refused), calls side by side.
    `refused` is told each deal that is refused even alone. Raises MissingScopes without crm.dealsplits.read_write.
    """
    path = versions.path("deal_splits_batch_read")

    def read_batch(batch: list[str]) -> list[dict[str, Any]]:
        body = {"inputs": [{"id": deal_id} for deal_id in batch]}
        try:
            found: list[dict[str, Any]] = client.post(path, body, check=_check(frozenset(batch)))["results"]
        except errors.BadRequest as error:
            # How many deals a call takes is documented nowhere.
            if error.unavailable:
                raise
            if len(batch) == 1:
                refused(batch[0], error)
                return []
            middle = len(batch) // 2
            return read_batch(batch[:middle]) + read_batch(batch[middle:])
        return found

    for found in in_order(read_batch, batches(deal_ids, 100)):
        for deal in found:
            if deal["splits"]:
                yield str(as_id(deal["id"])), deal["splits"]


def _check(asked: frozenset[str]) -> Check:
    def check(answer: Answer) -> str | None:
        flaw = rows_of("results", "id")(answer) or flaw_in_errors(answer)
        for deal in [] if flaw else answer["results"]:
            flaw = flaw or flaw_in_rows(deal.get("splits"), "splits", "id")
            if as_id(deal["id"]) not in asked:
                return f"the splits of a deal that was not asked for: {deal['id']}"
        return flaw

    return check
