"""Decoding: what is passed over, and that the collector is left as it was found."""

import gc
from collections.abc import Iterator

import pytest

from hubspot_assets.hubspot.http import decoding


@pytest.fixture(autouse=True)
def collector() -> Iterator[None]:
    """Whatever a test does, the collector runs afterwards."""
    yield
    gc.enable()


@pytest.mark.parametrize("content", [b'{"id": 1}', b'{"id": "\\ud83d"}', b"{", b""])
@pytest.mark.parametrize("runs", [True, False])
def test_the_collector_is_as_it_was_whether_or_not_the_answer_is_json(content: bytes, runs: bool):
    if runs:
        gc.enable()
    else:
        gc.disable()

    decoding.decode(content)

    assert gc.isenabled() is runs


def test_a_byte_order_mark_before_the_answer_is_passed_over() -> None:
    assert decoding.decode(b'\xef\xbb\xbf{"id": "\xef\xbb\xbf1"}') == ({"id": "\ufeff1"}, None)
