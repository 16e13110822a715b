"""Deterministic chance: the same numbers in, the same choice out, on every machine and in every process."""

from collections.abc import Sequence
from math import gcd
from typing import TypeVar
from zlib import crc32

Item = TypeVar("Item")
_MASK = (1 << 64) - 1


def mixed(*numbers: int) -> int:
    """64 bits that look random, from the numbers (splitmix64)."""
    state = 0x9E3779B97F4A7C15
    for number in numbers:
        state = (state ^ (number & _MASK)) * 0xBF58476D1CE4E5B9 & _MASK
        state ^= state >> 27
        state = state * 0x94D049BB133111EB & _MASK
        state ^= state >> 31
    return state


def share_of(*numbers: int) -> float:
    """A number in [0, 1)."""
    return mixed(*numbers) / 2**64


def number_of(text: str) -> int:
    """A number for a text, to be mixed with others."""
    return crc32(text.encode())


def one_of(items: Sequence[Item], *numbers: int) -> Item:
    return items[mixed(*numbers) % len(items)]


class Shuffle:
    """A shuffle of 0..size-1 that needs no memory: ``place(i)`` and back again by ``item(place)``. 0 comes last."""

    def __init__(self, size: int, *numbers: int) -> None:
        self.size = max(1, size)
        step = mixed(self.size, *numbers) % self.size | 1
        while gcd(step, self.size) != 1:
            step += 2
        self._step = step % self.size or 1
        self._back = pow(self._step, -1, self.size) if self.size > 1 else 0

    def place(self, item: int) -> int:
        return (item * self._step - 1) % self.size

    def item(self, place: int) -> int:
        return (place + 1) * self._back % self.size
