"""Steps side by side: they overlap, wait for what they are made of, and fail alone."""

import os
import signal
import threading
from collections.abc import Callable

import dagster as dg
from dagster._core.definitions.job_base import InMemoryJob
from dagster._core.execution.api import execute_run_iterator

from hubspot_assets.defs.executor import threads_executor
from hubspot_assets.defs.instance import instance_of_commands

AT_MOST = 30
"""Seconds after which a test that would wait for ever fails."""


def asset(name: str, does: Callable[[], None], *made_of: str, retries: int = 0) -> dg.AssetsDefinition:
    @dg.asset(name=name, deps=made_of, retry_policy=dg.RetryPolicy(max_retries=retries))
    def _asset() -> dg.MaterializeResult[None]:
        does()
        return dg.MaterializeResult()

    return _asset


def run(*assets: dg.AssetsDefinition, at_once: int = 4) -> tuple[list[str], dict[str, str], bool]:
    """The assets that were made in their order, the steps that did not succeed and why, and whether the run did."""
    defs = dg.Definitions(assets, executor=threads_executor.configured({"max_concurrent": at_once}))
    job = defs.resolve_implicit_global_asset_job_def()
    with instance_of_commands() as instance:
        run = instance.create_run_for_job(job)
        events = list(execute_run_iterator(InMemoryJob(job), run, instance))
        finished = instance.get_run_by_id(run.run_id)
    made = [event.asset_key.to_user_string() for event in events if event.is_step_materialization and event.asset_key]
    others = {event.step_key: event.event_type_value for event in events if event.is_step_failure and event.step_key}
    assert finished
    return made, others, finished.status is dg.DagsterRunStatus.SUCCESS


def test_steps_that_do_not_depend_on_each_other_run_at_the_same_time():
    meeting = threading.Barrier(3, timeout=AT_MOST)

    def meet() -> None:
        meeting.wait()

    made, _, success = run(*(asset(name, meet) for name in ("one", "two", "three")))
    assert success
    assert sorted(made) == ["one", "three", "two"]


def test_no_more_steps_run_at_the_same_time_than_are_allowed():
    running, most, lock = 0, 0, threading.Lock()

    def count() -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        threading.Event().wait(0.05)
        with lock:
            running -= 1

    made, _, _ = run(*(asset(f"asset_{n}", count) for n in range(6)), at_once=2)
    assert len(made) == 6
    assert most == 2


def test_a_step_waits_for_what_it_is_made_of():
    there: set[str] = set()

    def needs(*names: str) -> Callable[[], None]:
        def check() -> None:
            assert there.issuperset(names)

        return check

    def second() -> None:
        needs("first")()
        there.add("second")

    made, failed, success = run(
        asset("first", lambda: there.add("first")),
        asset("second", second, "first"),
        asset("third", needs("first", "second"), "first", "second"),
    )
    assert (made, failed, success) == (["first", "second", "third"], {}, True)


def test_a_step_that_fails_holds_up_what_is_made_of_it_and_nothing_else():
    def fail() -> None:
        raise RuntimeError("no")

    made, failed, success = run(
        asset("bad", fail), asset("made_of_bad", lambda: None, "bad"), asset("good", lambda: None)
    )
    assert (made, failed, success) == (["good"], {"bad": "STEP_FAILURE"}, False)


def test_a_step_is_tried_again_where_its_policy_says_so():
    tries = []

    def fail_once() -> None:
        tries.append(1)
        if len(tries) == 1:
            raise RuntimeError("not yet")

    made, failed, success = run(asset("shaky", fail_once, retries=1), asset("after", lambda: None, "shaky"))
    assert (made, failed, success) == (["shaky", "after"], {}, True)
    assert len(tries) == 2


def test_a_run_that_is_interrupted_ends_without_waiting_for_its_steps():
    over = threading.Event()

    def interrupt() -> None:
        os.kill(os.getpid(), signal.SIGINT)
        over.wait(AT_MOST)

    try:
        made, _, success = run(asset("long", interrupt))
        assert (made, success, over.is_set()) == ([], False, False)
    finally:
        over.set()
