"""Keeping to HubSpot's rate limits, on a clock that the test moves."""

import threading
from datetime import datetime, timezone

import pytest

from hubspot_assets.hubspot.errors import DailyLimitReached
from hubspot_assets.hubspot.http.limiter import Limiter, Window


def drive(window: Window, until: float) -> list[float]:
    """Take every place as soon as the window gives it; returns when each was taken."""
    now, taken = 0.0, []
    while now < until:
        wait = window.wait(now)
        if wait > 0:
            now += wait
            continue
        window.take(now)
        taken.append(now)
    return taken


def most_in_any(taken: list[float], interval: float) -> int:
    return max(sum(start <= one < start + interval for one in taken) for start in taken)


def test_the_whole_limit_may_be_used_at_once():
    assert drive(Window(190, 10.0), until=0.1)[:190] == [0.0] * 190


def test_no_ten_seconds_have_more_calls_than_granted_and_most_of_it_is_used():
    taken = drive(Window(190, 10.0), until=100)

    assert most_in_any(taken, 10.0) == 190
    assert len(taken) >= 0.95 * 190 * 10


def test_a_share_is_left_free():
    window = Window(190, 10.0, leave_free=0.5)

    assert most_in_any(drive(window, until=50), 10.0) == 95


def test_a_limit_that_shrinks_or_grows_is_followed():
    window = Window(190, 10.0)
    window.heard(100, None, None, 0.0, 0.0)
    assert most_in_any(drive(window, until=50), 10.0) == 100

    window = Window(100, 10.0)
    window.heard(250, None, None, 0.0, 0.0)
    assert most_in_any(drive(window, until=50), 10.0) == 250


def test_places_taken_by_others_are_not_taken_again():
    window = Window(190, 10.0)
    window.take(0.0)
    window.heard(190, 40, 10.0, 0.0, 0.1)  # 150 are taken, one of them is ours

    free = 0
    while window.wait(0.2) == 0:
        window.take(0.2)
        free += 1

    assert free == 40
    assert window.wait(0.2) > 5


def test_our_own_calls_are_not_mistaken_for_others():
    window = Window(190, 10.0)
    for _ in range(16):
        window.take(0.0)
    for remaining in range(189, 173, -1):
        window.heard(190, remaining, 10.0, 0.0, 0.3)

    free = 0
    while window.wait(0.3) == 0:
        window.take(0.3)
        free += 1

    assert free == 190 - 16


def test_an_answer_that_comes_late_is_held_against_the_time_it_was_asked():
    window = Window(10, 10.0)
    for _ in range(10):
        window.take(0.0)
    window.heard(10, 0, 10.0, 0.0, 10.4)  # all ten were ours; they are free again by now

    assert window.wait(10.4) == 0


def test_after_a_refusal_nobody_calls_for_a_while_and_longer_if_it_goes_on():
    window = Window(190, 10.0)

    assert window.refused(None, sent=0.0, now=0.2) == 1.0
    assert window.wait(0.2) == 1.0
    assert window.refused(None, sent=0.1, now=0.5) == pytest.approx(0.7)  # was under way: nothing new
    assert window.refused(None, sent=1.3, now=1.5) == 2.0
    assert window.refused(None, sent=4.0, now=4.0) == 4.0
    assert window.refused(None, sent=9.0, now=9.0) == 8.0
    assert window.refused(None, sent=18.0, now=18.0) == 10.0  # never longer than the window itself

    window.accepted()
    assert window.refused(None, sent=40.0, now=40.0) == 1.0


def test_a_wait_that_hubspot_asks_for_holds_for_everybody():
    window = Window(190, 10.0)

    assert window.refused(7.0, sent=0.0, now=1.0) == 7.0
    assert window.wait(1.0) == 7.0
    assert window.wait(8.0) == 0


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def take_all(limiter: Limiter, budget: str) -> int:
    """How many places are free right now."""
    window = limiter._windows[budget]
    free = 0
    while window.wait(0.0) == 0:
        window.take(0.0)
        free += 1
    return free


def headers(granted: int, remaining: int) -> dict[str, str]:
    return {
        "X-HubSpot-RateLimit-Max": str(granted),
        "X-HubSpot-RateLimit-Remaining": str(remaining),
        "X-HubSpot-RateLimit-Interval-Milliseconds": "10000",
        "X-HubSpot-RateLimit-Daily": "625000",
        "X-HubSpot-RateLimit-Daily-Remaining": "624000",
    }


def test_the_budgets_are_separate():
    limiter = Limiter(clock=Clock())

    assert [take_all(limiter, budget) for budget in ("general", "associations", "search")] == [190, 150, 5]


def test_headers_tell_the_limits_and_what_is_left_of_the_day():
    limiter = Limiter(clock=Clock())
    limiter.heard("general", headers(100, 100), 0.0)

    assert take_all(limiter, "general") == 100
    assert take_all(limiter, "associations") == 100  # the smallest plans have no more for associations either
    assert (limiter.daily_limit, limiter.daily_remaining) == (625_000, 624_000)


def test_the_general_budgets_headers_on_an_association_call_are_not_taken_for_the_associations_own():
    limiter = Limiter(clock=Clock())
    limiter.heard("associations", headers(190, 3), 0.0)
    assert take_all(limiter, "associations") == 150

    limiter = Limiter(clock=Clock())
    limiter.heard("associations", headers(200, 190), 0.0)
    assert take_all(limiter, "associations") == 190


def test_answers_without_headers_or_with_nonsense_change_nothing():
    limiter = Limiter(clock=Clock())
    limiter.heard("general", {}, 0.0)
    limiter.heard("general", {"X-HubSpot-RateLimit-Max": "many", "X-HubSpot-RateLimit-Remaining": "-1"}, 0.0)
    limiter.heard("general", {"X-HubSpot-RateLimit-Max": "0"}, 0.0)

    assert take_all(limiter, "general") == 190
    assert limiter.daily_remaining is None


@pytest.mark.parametrize("share", [-0.1, 1.0])
def test_a_share_that_is_none_is_refused(share: float):
    with pytest.raises(ValueError, match="leave_free"):
        Limiter().leave_free(share)


def test_a_thread_that_waits_is_let_go_when_the_limit_grows():
    limiter = Limiter(clock=Clock())
    assert take_all(limiter, "general") == 190
    thread = threading.Thread(target=limiter.acquire, args=("general",))
    thread.start()

    limiter.heard("general", headers(250, 60), 0.0)

    thread.join(5)
    assert not thread.is_alive()


def test_many_threads_never_take_more_than_there_is():
    limiter = Limiter(clock=Clock())
    taken: list[float] = []
    threads = [
        threading.Thread(target=lambda: [taken.append(limiter.acquire("general")) for _ in range(19)])
        for _ in range(10)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)

    assert len(taken) == 190
    assert limiter._windows["general"].wait(0.0) > 0


NOON = datetime(2026, 11, 20, 12, tzinfo=timezone.utc).timestamp()
USED_UP = DailyLimitReached("You have reached your daily limit.", method="GET", path="/x", status=429)


def used_up(resets_at: str | None) -> tuple[Limiter, Clock]:
    clock = Clock()
    limiter = Limiter(clock=clock, time_of_day=lambda: NOON + clock.now)
    limiter.resets_at = resets_at
    limiter.day_is_used_up(USED_UP)
    return limiter, clock


@pytest.mark.parametrize("budget", ["general", "associations", "search"])
def test_a_day_that_is_used_up_lets_no_call_go_until_it_ends(budget: str):
    limiter, clock = used_up("2026-11-20T23:00:00.000Z")

    for clock.now in (0.0, 3600.0, 10 * 3600.0):
        with pytest.raises(DailyLimitReached, match="daily limit"):
            limiter.acquire(budget)
    clock.now = 11 * 3600.0
    assert limiter.acquire(budget) == clock.now


@pytest.mark.parametrize("resets_at", [None, "", "at midnight", "2026-11-20T00:00:00Z", "2027-01-01T00:00:00Z"])
def test_where_it_is_not_known_when_the_day_ends_it_is_asked_again_after_a_while(resets_at: str | None):
    limiter, clock = used_up(resets_at)

    clock.now = 500.0
    with pytest.raises(DailyLimitReached):
        limiter.acquire("general")
    clock.now = 601.0
    assert limiter.acquire("general") == 601.0


def test_threads_that_wait_for_a_place_are_told_at_once_that_the_day_is_used_up():
    limiter = Limiter(clock=Clock())
    take_all(limiter, "general")
    told: list[str] = []

    def wait() -> None:
        try:
            limiter.acquire("general")
        except DailyLimitReached as error:
            told.append(str(error))

    threads = [threading.Thread(target=wait) for _ in range(8)]
    for thread in threads:
        thread.start()
    limiter.day_is_used_up(USED_UP)
    for thread in threads:
        thread.join(5)

    assert told == [str(USED_UP)] * 8
