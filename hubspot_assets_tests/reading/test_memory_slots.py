"""Big tables take turns."""

import threading
from contextlib import suppress

from hubspot_assets.reading.memory_slots import MemorySlot

AT_MOST = 30
"""Seconds after which a test that would wait for ever fails."""


def test_one_big_table_is_read_while_another_is_written():
    with MemorySlot() as first, MemorySlot() as second:
        first.to_read()
        first.to_read()
        first.to_write()
        second.to_read()


def test_a_third_waits_until_the_one_before_it_goes_on():
    began, is_waiting = threading.Event(), threading.Event()

    def third() -> None:
        with MemorySlot() as turn:
            is_waiting.set()
            turn.to_read()
            began.set()

    with MemorySlot() as first:
        first.to_read()
        waiting = threading.Thread(target=third)
        waiting.start()
        assert is_waiting.wait(AT_MOST)
        assert not began.is_set()
        first.to_write()
        assert began.wait(AT_MOST)
        waiting.join()


def test_a_turn_is_given_back_by_a_table_that_fails():
    with suppress(ValueError), MemorySlot() as first:
        first.to_write()
        raise ValueError
    with MemorySlot() as second:
        second.to_write()
