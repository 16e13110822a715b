"""Chosen records of a type, by their ids. Not here: whole tables (`listing.py`, `ranges.py`)."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timezone
from itertools import chain, islice
from typing import Any

from hubspot_assets.concurrency import in_order
from hubspot_assets.hubspot import versions
from hubspot_assets.hubspot.http.client import HubSpotClient
from hubspot_assets.hubspot.http.retrying import Suspicion
from hubspot_assets.hubspot.record_pages.page import GONE, PAGE, PAGE_WITH_HISTORY, Page, page_size
from hubspot_assets.hubspot.record_pages.records import (
    MERGED,
    RecordsAnswer,
    flaw_in_batch,
    flaw_in_records,
    keep_only,
    missing_without_a_word,
)


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
                return "fewer records than were requested, and nothing about the others"
            return flaw

        answer = client.post(path, body, {"archived": False}, check=check, shape=RecordsAnswer, tries=tries)
        # An answer that is remembered was found sound when it came, but it is a text again.
        flaw_in_records(answer, with_history)
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


def _batches(ids: Iterable[str], size: int) -> Iterator[list[str]]:
    remaining = iter(ids)
    while batch := list(islice(remaining, size)):
        yield list(dict.fromkeys(batch))
