"""How far an export is, while it runs: on a terminal what is read now and how long it still takes, in a pipe a line for
each table that is in.

Not here: what is printed at the end (`export.py`), what is counted (`reading`).
"""

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from rich.console import Group
from rich.live import Live
from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)
from rich.text import Text

from hubspot_assets.cli.terminal import Terminal
from hubspot_assets.defs.run import Event, rows_written, step_ended, table_written
from hubspot_assets.hubspot.http.client import RATE_LIMIT_WAIT
from hubspot_assets.reading.reading import Reading


@dataclass
class Expected:
    """What an export will take, as far as it is known. `records`: by step; `calls` is about right at best.

    `chosen`: the tables that were asked for, where others are written with them; empty where it is all of them.
    """

    tables: int
    calls: int | None = None
    records: Mapping[str, int] = field(default_factory=dict)
    chosen: frozenset[str] = frozenset()

    def counts(self, table: str) -> bool:
        """Whether a table is one of `tables`, and not only what another is made of or read with."""
        return not self.chosen or table in self.chosen


@dataclass
class _Step:
    """What a step reads; one that reads two directions has two readings."""

    name: str
    expected: int | None
    began: float
    task: TaskID
    readings: list[Reading] = field(default_factory=list)

    @property
    def calls(self) -> int:
        return sum(reading.client.calls for reading in self.readings)

    @property
    def records(self) -> int:
        return sum(reading.records for reading in self.readings)


class ExportProgress:
    """What a run tells, shown as it comes. `on_event`, `on_reading` and `on_warning` are called by the run."""

    def __init__(
        self, console: Terminal, day: str, expected: Expected, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.calls_ended = 0
        self.tables = 0
        self.waits: list[float] = []
        self.asked_again = 0
        self.is_told = False
        self._console, self._expected, self._clock = console, expected, clock
        self._steps: dict[str, _Step] = {}
        self._reading: Reading | None = None
        self._bar = Progress(
            SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), _Line(self._remaining)
        )
        self._day_line = Progress(_Line(self._told_of_day))
        self._each = Progress(TextColumn("  {task.description}", markup=False), _Line(self._told_of_step))
        self._task = self._bar.add_task(f"exporting {day}", total=self.expected_calls)
        self._day_line.add_task(day)

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Show it while the block runs; on a terminal it is gone afterwards."""
        heard = _Heard(self)
        logger = logging.getLogger("hubspot_assets.hubspot")
        logger.addHandler(heard)
        try:
            if self._console.is_terminal:
                with Live(Group(self._bar, self._day_line, self._each), console=self._console, transient=True):
                    yield
            else:
                yield
        finally:
            logger.removeHandler(heard)

    def expect(self, expected: Expected) -> None:
        """Take in what the export will take, once that is known."""
        self._expected, self.is_told = expected, True
        self._bar.update(self._task, total=self.expected_calls)

    def on_reading(self, step: str, reading: Reading) -> None:
        """Take in that a step begins to read. Called by the threads of steps."""
        self._reading = reading
        known = self._steps.get(step)
        if known is None:
            name = step.removeprefix("read_").replace("_OF_", "/").upper()
            task = self._each.add_task(name, total=None)
            known = self._steps[step] = _Step(name, self._expected.records.get(step), self._clock(), task)
        known.readings.append(reading)

    def on_event(self, event: Event) -> None:
        """Take in what Dagster tells."""
        if table := table_written(event):
            self.tables += self._expected.counts(table)
            if not self._console.is_terminal:
                self._print_table(table, rows_written(event))
        elif (step := step_ended(event)) in self._steps and step:
            ended = self._steps.pop(step)
            self.calls_ended += ended.calls
            self._each.remove_task(ended.task)

    def on_warning(self, text: str) -> None:
        """Print what a person should read now."""
        self._console.heading(text)

    def waits_for_limit(self, seconds: float) -> None:
        """Take in that calls wait. In a pipe the first time is a line, the others are counted."""
        self.waits.append(seconds)
        if len(self.waits) == 1 and not self._console.is_terminal:
            self._console.heading("HubSpot's rate limit is reached: calls wait for it, from now on without a message.")

    @property
    def notice(self) -> str | None:
        """One sentence about what HubSpot made slower; None where it did not."""
        told = []
        if self.waits:
            told.append(f"calls waited {_times(len(self.waits))} for its rate limit ({sum(self.waits):.0f} s)")
        if self.asked_again:
            told.append(f"failed calls were repeated {_times(self.asked_again)}")
        return f"HubSpot: {'; '.join(told)}." if told else None

    @property
    def calls(self) -> int:
        """How many calls were made so far."""
        return self.calls_ended + sum(step.calls for step in list(self._steps.values()))

    @property
    def expected_calls(self) -> int | None:
        """How many calls it will be; where the estimate was too low, by the share of tables that are in."""
        known, calls = self._expected.calls, self.calls
        if self.tables and (known is None or calls > known):
            return calls * self._expected.tables // self.tables
        return known

    def _remaining(self, task: Task) -> str:
        self._bar.update(self._task, completed=self.calls, total=self.expected_calls)
        left = task.time_remaining
        return "" if left is None else f"about {timedelta(seconds=int(left))} left"

    def _told_of_day(self, _: Task) -> str:
        told = [f"{self.tables:,} of {self._expected.tables:,} tables", self._calls_told()]
        if self._reading is not None:
            limiter = self._reading.client.limiter
            told.append(f"{limiter.share_used('general'):.0%} of the rate limit")
            if limiter.daily_remaining is not None:
                told.append(f"{limiter.daily_remaining:,} calls left today")
        if self.waits:
            told.append(f"waited {_times(len(self.waits))} for the limit")
        return ", ".join(told)

    def _calls_told(self) -> str:
        expected = self.expected_calls
        about = f" of about {expected:,}" if expected else ""
        return f"{self.calls:,}{about} calls"

    def _told_of_step(self, task: Task) -> str:
        step = next((one for one in list(self._steps.values()) if one.task == task.id), None)
        if step is None:
            return ""
        return step_line(step.records, step.expected, step.calls, self._clock() - step.began)

    def _print_table(self, table: str, rows: int | None) -> None:
        told = "not available from HubSpot" if rows is None else f"{rows:,} rows"
        count = f"{self.tables}/{self._expected.tables}" if self._expected.counts(table) else "with them"
        self._console.print(f"{count} {table}: {told}", soft_wrap=True)


def step_line(records: int, expected: int | None, calls: int, seconds: float) -> str:
    """Return what is said of a step: `1,200 of about 50,000 records, 240 a second, 24 calls`."""
    told = []
    if records or expected:
        told.append(f"{records:,} of about {expected:,} records" if expected else f"{records:,} records")
    if records and seconds > 0:
        told.append(f"{records / seconds:,.0f} a second")
    return ", ".join([*told, "1 call" if calls == 1 else f"{calls:,} calls"])


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count:,} times"


class _Line(ProgressColumn):
    """A column whose text is made anew whenever it is shown."""

    def __init__(self, told: Callable[[Task], str]) -> None:
        super().__init__()
        self._told = told

    def render(self, task: Task) -> Text:
        return Text(self._told(task))


class _Heard(logging.Handler):
    """Counts what the HTTP client warns of, which is no news to a person: it mends itself or becomes an error."""

    def __init__(self, progress: ExportProgress) -> None:
        super().__init__(logging.WARNING)
        self._progress = progress

    def emit(self, record: logging.LogRecord) -> None:
        if wait := getattr(record, RATE_LIMIT_WAIT, None):
            self._progress.waits_for_limit(wait)
        else:
            self._progress.asked_again += 1
