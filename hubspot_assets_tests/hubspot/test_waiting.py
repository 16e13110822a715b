"""Pages that wait for their turn come back as they were."""

from datetime import datetime, timezone

import orjson
import pytest

from hubspot_assets.hubspot.objects import Page
from hubspot_assets.hubspot.waiting import WaitingPage

RECORDS = [{"id": "7", "properties": {"name": 'a "b"\n\U0001f600', "empty": "", "none": None}}]
PAGE = Page(RECORDS, datetime(2026, 11, 22, tzinfo=timezone.utc), {"gone": 2}, "9")
TEXT = orjson.dumps(RECORDS)


@pytest.mark.parametrize("text", [None, TEXT])
def test_a_page_comes_back_as_it_was_from_memory_and_from_disk(text: bytes | None):
    waiting = WaitingPage(PAGE, len(TEXT), text)

    assert waiting.size == len(TEXT)
    assert waiting.unpacked() == PAGE


def test_a_page_that_nobody_asks_for_leaves_nothing_open():
    waiting = WaitingPage(PAGE, len(TEXT), TEXT)

    # An open file would be a ResourceWarning, which is an error here.
    del waiting
