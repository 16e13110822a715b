"""Big tables take turns."""

import threading
from contextlib import suppress

from hubspot_assets.reading.memory_slots import MemorySlot

AT_MOST = 30
"""Seconds after which a test that would wait for ever fails."""


def test_a_second_waits_until_the_first_gives_its_turn_back():
    began, is_waiting = threading.Event(), threading.Event()

    def second() -> None:
        with MemorySlot() as turn:
            is_waiting.set()
            turn.take()
            began.set()

    with MemorySlot() as first:
        first.take()
        first.take()
        waiting = threading.Thread(target=second)
        waiting.start()
        assert is_waiting.wait(AT_MOST)
        assert not began.is_set()
        first.give_back()
        assert began.wait(AT_MOST)
        waiting.join()


def test_a_turn_is_given_back_by_a_table_that_fails():
    with suppress(ValueError), MemorySlot() as first:
        first.take()
        raise ValueError
    with MemorySlot() as second:
        second.take()
