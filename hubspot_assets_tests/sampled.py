"""What is the same for every kind of a thing: `make test` takes a sample of it, `make sweeps` all the others."""

from collections.abc import Iterable
from itertools import islice
from typing import Any

import pytest

SWEEP = pytest.mark.sweep


def sampled(values: Iterable[Any], most: int) -> list[Any]:
    """Return the values to parametrize with, of which `make test` takes the first `most`."""
    waiting = iter(values)
    sample = list(islice(waiting, most))
    return [*sample, *(pytest.param(value, marks=SWEEP) for value in waiting)]
