"""Calls side by side: results complete and bounded, failures at their place, nothing left running."""

import threading
from collections.abc import Iterator

import pytest

from hubspot_assets.concurrency import as_they_come, in_order, results_by_item


def double(number: int) -> int:
    return 2 * number


def twice(number: int) -> Iterator[int]:
    yield number
    yield number


@pytest.mark.parametrize("count", [0, 1, 2, 3, 100])
def test_results_come_in_the_order_of_the_items(count: int):
    assert list(in_order(double, range(count))) == [2 * n for n in range(count)]


def test_each_result_is_found_by_its_item_and_the_first_failure_is_raised():
    assert results_by_item(double, [3, 1, 2], at_once=2) == {3: 6, 1: 2, 2: 4}
    assert results_by_item(double, []) == {}
    with pytest.raises(ZeroDivisionError):
        results_by_item(lambda n: 1 // n, [2, 1, 0])


def test_items_are_drawn_only_as_far_as_the_look_ahead_goes():
    drawn: list[int] = []

    def items() -> Iterator[int]:
        for n in range(1000):
            drawn.append(n)
            yield n

    results = in_order(double, items(), at_once=4)
    for _ in range(10):
        next(results)
    results.close()

    assert len(drawn) <= 15


def test_a_failure_is_raised_at_its_place():
    def fail(number: int) -> int:
        if number == 5:
            raise ValueError("five")
        return number

    found: list[int] = []
    with pytest.raises(ValueError, match="five"):
        found.extend(in_order(fail, range(100), at_once=3))

    results = in_order(fail, range(100), at_once=3)
    assert [next(results) for _ in range(5)] == [0, 1, 2, 3, 4]


def test_calls_are_under_way_at_the_same_time():
    together = threading.Barrier(3, timeout=10)

    assert list(in_order(lambda n: together.wait() >= 0 and n, range(3), at_once=3)) == [0, 1, 2]


@pytest.mark.parametrize("count", [0, 1, 7, 300])
def test_everything_comes_though_in_no_order(count: int):
    assert sorted(as_they_come(twice, range(count), at_once=5)) == sorted([*range(count), *range(count)])


def test_a_failure_of_one_ends_all():
    def fail(number: int) -> Iterator[int]:
        yield number
        if number == 5:
            raise ValueError("five")

    with pytest.raises(ValueError, match="five"):
        list(as_they_come(fail, range(100), at_once=3))


def test_a_failure_of_the_items_themselves_is_raised():
    def items() -> Iterator[int]:
        yield 1
        raise ValueError("no more")

    with pytest.raises(ValueError, match="no more"):
        list(as_they_come(twice, items(), at_once=3))


def test_who_stops_early_leaves_no_threads_behind():
    before = set(threading.enumerate())
    results = as_they_come(twice, iter(int, 1), at_once=4)
    for _ in range(5):
        next(results)
    results.close()

    for thread in set(threading.enumerate()) - before:
        thread.join(10)
    assert set(threading.enumerate()) <= before
