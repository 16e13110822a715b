"""The executor that runs steps side by side, on threads of one process.

A step of the export mostly waits: for HubSpot, for its limits, for S3. Dagster's in-process executor lets everything
else wait with it, and a process for each step (`multiprocess`) costs seconds to start. Steps share nothing that is not
made for threads: the HubSpot client and its limiter, the S3 client, Polars.

Here: how steps are run. Not here: which of them, and what they do (`assets`); what is done around them (`day_run.py`).
It is Dagster's in-process executor with threads, and depends, as executors do, on what is not in Dagster's public API
(`internals.py`): importing this module raises ImportError where a version of Dagster does not have that. No future
import of annotations: Dagster reads these at run time.
"""

import threading
import time
from collections.abc import Generator, Iterator
from contextlib import ExitStack
from functools import partial
from queue import Empty, SimpleQueue
from typing import TypeAlias, cast

import dagster as dg

from hubspot_assets.defs.internals import (
    DagsterExecutionInterruptedError,
    ExecuteRunWithPlanIterable,
    ExecutionPlan,
    InstanceConcurrencyContext,
    PlanExecutionContext,
    PlanExecutionContextManager,
    PlanOrchestrationContext,
    RetryMode,
    StepExecutionContext,
    create_compute_log_file_key,
    dagster_event_sequence_for_step,
)

_LOOK_UP = 1.0
_PATIENCE = 3.0

_News: TypeAlias = "tuple[StepExecutionContext, dg.DagsterEvent | BaseException | None]"
"""Of an attempt at a step: an event, what the run must raise, or None: it ended."""


class ThreadsExecutor(dg.Executor):
    """Runs up to `max_concurrent` steps at a time. A step that fails holds up only those that are made of it."""

    def __init__(self, max_concurrent: int) -> None:
        self._max_concurrent = max_concurrent

    @property
    def retries(self) -> RetryMode:
        return RetryMode.ENABLED

    def execute(
        self, plan_context: PlanOrchestrationContext, execution_plan: ExecutionPlan
    ) -> Iterator[dg.DagsterEvent]:
        return iter(
            ExecuteRunWithPlanIterable(
                execution_plan=execution_plan,
                iterator=partial(_events, max_concurrent=self._max_concurrent),
                execution_context_manager=PlanExecutionContextManager(
                    job=plan_context.job,
                    retry_mode=plan_context.retry_mode,
                    execution_plan=execution_plan,
                    run_config=plan_context.run_config,
                    dagster_run=plan_context.dagster_run,
                    instance=plan_context.instance,
                    raise_on_error=plan_context.raise_on_error,
                    output_capture=plan_context.output_capture,
                ),
            )
        )


def _events(
    job_context: PlanExecutionContext, execution_plan: ExecutionPlan, max_concurrent: int
) -> Iterator[dg.DagsterEvent]:
    happened: SimpleQueue[_News] = SimpleQueue()
    over = threading.Event()
    threads: list[threading.Thread] = []
    with ExitStack() as stack:
        yield _capture_logs(stack, job_context, execution_plan)
        active = stack.enter_context(
            execution_plan.start(
                retry_mode=job_context.retry_mode,
                max_concurrent=max_concurrent,
                instance_concurrency_context=stack.enter_context(
                    InstanceConcurrencyContext(job_context.instance, job_context.dagster_run)
                ),
            )
        )
        running: dict[str, StepExecutionContext] = {}
        stack.callback(_leave, over, threads)
        while running or not active.is_complete:
            for step in active.get_steps_to_execute():
                context = job_context.for_step(step, active.get_known_state())
                running[step.key] = context
                # Daemons: an interrupted export ends. No table is half written by that, see `lake.lake`.
                threads.append(
                    threading.Thread(target=_run, args=(context, happened, over), name=step.key, daemon=True)
                )
                threads[-1].start()
            yield from active.concurrency_event_iterator(job_context)
            if active.check_for_interrupts():
                raise DagsterExecutionInterruptedError
            for context, news in _arrived(happened):
                if isinstance(news, BaseException):
                    raise news
                if news is not None:
                    yield news
                    active.handle_event(news)
                elif running[context.step.key] is context:  # it is not being tried again already
                    del running[context.step.key]
                    active.verify_complete(job_context, context.step.key)
            yield from active.plan_events_iterator(job_context)


def _arrived(happened: "SimpleQueue[_News]") -> list["_News"]:
    """What the steps have told, at least one piece of news; nothing after a while without any.

    Then it is time to see whether a step may run that waits for a pool or to be tried again, and whether the run is
    interrupted.
    """
    try:
        news = [happened.get(timeout=_LOOK_UP)]
    except Empty:
        return []
    while not happened.empty():
        news.append(happened.get())
    return news


def _run(context: StepExecutionContext, happened: "SimpleQueue[_News]", over: threading.Event) -> None:
    try:
        events = cast("Generator[dg.DagsterEvent, None, None]", dagster_event_sequence_for_step(context))
        for event in events:
            happened.put((context, event))
            if over.is_set():
                events.throw(DagsterExecutionInterruptedError())
        happened.put((context, None))
    except BaseException as error:
        happened.put((context, error))


def _leave(over: threading.Event, threads: list[threading.Thread]) -> None:
    """Where a run ends before its steps, they end with their next event; one that takes long is not waited for."""
    over.set()
    patient_until = time.monotonic() + _PATIENCE
    for thread in threads:
        thread.join(max(0.0, patient_until - time.monotonic()))


def _capture_logs(stack: ExitStack, job_context: PlanExecutionContext, plan: ExecutionPlan) -> dg.DagsterEvent:
    """What the process prints is captured for the whole run: threads have one stdout."""
    logs = job_context.instance.compute_log_manager
    file_key: str = create_compute_log_file_key()  # type: ignore[no-untyped-call]
    key = logs.build_log_key_for_run(job_context.run_id, file_key)
    steps = [step.key for step in plan.get_steps_to_execute_in_topo_order()]
    captured = stack.enter_context(logs.capture_logs(key))
    event: dg.DagsterEvent = dg.DagsterEvent.capture_logs(job_context, steps, key, captured)
    return event
