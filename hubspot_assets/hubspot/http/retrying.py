"""Asking again: which failures, how often, after which wait, and what is said when it does not help.

Not here: asking for less at once (`page_size`), and the rate limit, which holds all calls back (`limiter`).
"""

import logging
from collections.abc import Callable

import tenacity

from hubspot_assets.hubspot import errors

logger = logging.getLogger("hubspot_assets.hubspot")

_ATTEMPTS = 20
# A shape that stays wrong is not a passing fault.
_ATTEMPTS_AT_A_SHAPE = 8

_backoff = tenacity.wait_random_exponential(multiplier=0.5, max=60)


class Suspicion:
    """Something that may be true but usually means a broken answer: believed when it is told three times."""

    def __init__(self, times: int = 3) -> None:
        self._told = 0
        self._times = times

    def not_yet_believed(self) -> bool:
        """Count one telling; True while it should be asked again."""
        self._told += 1
        return self._told < self._times


class Retrying:
    """How long to go on. Arguments as for `HubSpotClient`."""

    def __init__(self, patience: float, longest_wait: float, sleep: Callable[[float], None]) -> None:
        self._patience = patience
        self._longest_wait = longest_wait
        self._sleep = sleep

    def until_done(self, attempt: Callable[[], None], tries: int | None) -> None:
        """Call `attempt` until it raises nothing that may pass.

        `tries`: no more for what fails as if too much were asked for. Raises `RetriesExhausted`, or the error itself
        where that says more.
        """
        too_much = 0

        def give_up(state: tenacity.RetryCallState) -> bool:
            nonlocal too_much
            too_much += _failure(state).too_much
            return self._give_up(state) or (tries is not None and too_much >= tries)

        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(errors.Temporary),
            stop=give_up,
            wait=_wait,
            sleep=self._sleep,
            before_sleep=_log_retry,
            reraise=True,
        )
        try:
            retrying(attempt)
        except (errors.MalformedAnswer, errors.Unreachable):
            raise
        except errors.Doubtful as doubtful:
            raise doubtful.error from None
        except errors.Temporary as error:
            raise self._exhausted(error, retrying.statistics.get("attempt_number", 1)) from None

    def is_too_long_a_wait(self, error: errors.Temporary) -> bool:
        """Whether HubSpot asks to wait longer than is waited out."""
        return error.retry_after is not None and error.retry_after > self._longest_wait

    def _give_up(self, state: tenacity.RetryCallState) -> bool:
        error = _failure(state)
        attempts = _ATTEMPTS_AT_A_SHAPE if isinstance(error, errors.MalformedAnswer) else _ATTEMPTS
        out_of_time = (state.seconds_since_start or 0) > self._patience
        return self.is_too_long_a_wait(error) or out_of_time or state.attempt_number >= attempts

    def _exhausted(self, error: errors.Temporary, attempts: int) -> errors.RetriesExhausted:
        waits = ""
        if self.is_too_long_a_wait(error):
            waits = (
                f"; HubSpot asks to wait {error.retry_after:.0f} s, longer than the {self._longest_wait:.0f} s allowed"
            )
        tried = "once" if attempts == 1 else f"{attempts} times"
        return errors.RetriesExhausted(
            f"{error.message.rstrip('. ')} (tried {tried}{waits})",
            retry_after=error.retry_after,
            policy=error.policy,
            status=error.status,
            category=error.category,
            correlation_id=error.correlation_id,
            method=error.method,
            path=error.path,
        )


def _wait(state: tenacity.RetryCallState) -> float:
    error = _failure(state)
    if error.status == 429:
        return 0.0  # the limiter holds everybody back, this call among them
    if error.retry_after is not None:
        return error.retry_after
    return max(2.0 if error.status == 423 else 0.0, _backoff(state))


def _failure(state: tenacity.RetryCallState) -> errors.Temporary:
    failure = state.outcome.exception() if state.outcome else None
    if not isinstance(failure, errors.Temporary):
        raise TypeError("only temporary errors are retried")
    return failure


def _log_retry(state: tenacity.RetryCallState) -> None:
    error = _failure(state)
    if error.status != 429:
        logger.warning("attempt %d failed, next in %.1f s: %s", state.attempt_number, state.upcoming_sleep, error)
