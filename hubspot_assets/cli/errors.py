"""How a command ends when something goes wrong, in one place for all of them: one sentence, and the exit code.

    0    done, with everything that was asked for
    1    something is missing: the output says what, why, and what to do
    2    wrong usage, or a setting that is missing or wrong
    130  interrupted (Ctrl-C); a command that serves until it is interrupted ends with 0
    143  terminated (SIGTERM)

The sentences belong to the errors (`hubspot_assets.errors`). Anything else is a bug in this program and keeps its
traceback. Not here: what a command says of work that is done in part.
"""

import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import typer
from typer.core import TyperGroup

from hubspot_assets.cli.terminal import Terminal
from hubspot_assets.errors import ExportError, UsageError

errors = Terminal(stderr=True)

_INTERRUPTED = 128 + signal.SIGINT
_TERMINATED = 128 + signal.SIGTERM


class Commands(TyperGroup):
    """A group of commands that all end as this module says."""

    def invoke(self, ctx: Any) -> Any:
        """Run a command of the group."""
        with _ending_well():
            return super().invoke(ctx)


@contextmanager
def needs_extra(extra: str) -> Iterator[None]:
    """Turn a failing import in the block into an ExportError that says how to install what is missing."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise ExportError(
            f"This command needs {error.name}, which is not installed: run `pip install 'hubspot-assets[{extra}]'`."
        ) from error


def print_error(error: Exception) -> None:
    """Print the sentence of an error."""
    errors.error(_sentence(error))


def say(text: str) -> None:
    """Print a line beside the output."""
    errors.print(text, soft_wrap=True)


@contextmanager
def _ending_well() -> Iterator[None]:
    with _signals() as came:
        try:
            yield
        except KeyboardInterrupt:
            if signal.SIGTERM in came():
                raise SystemExit(_TERMINATED) from None
            say("Interrupted: run this again to continue.")
            raise SystemExit(_INTERRUPTED) from None
        except ExportError as error:
            print_error(error)
            raise typer.Exit(2 if isinstance(error, UsageError) else 1) from error
        except OSError as error:
            # A file or folder that the user named, or a full disk; a closed pipe is typer's.
            if error.filename is None or isinstance(error, BrokenPipeError):
                raise
            print_error(error)
            raise typer.Exit(1) from error


def _sentence(error: Exception) -> str:
    if isinstance(error, OSError):
        return f"{error.filename} cannot be used: {error.strerror}."
    return str(error)


@contextmanager
def _signals() -> Iterator[Callable[[], set[int]]]:
    """Have SIGTERM end the block in order, as Ctrl-C does; gives which signals came.

    Dagster takes both signals for itself while it runs and does not tell them apart, so Python is asked to note them.
    """
    if threading.current_thread() is not threading.main_thread():
        yield set
        return
    reading, writing = socket.socketpair()
    writing.setblocking(False)
    reading.setblocking(False)
    before = signal.signal(signal.SIGTERM, _terminate)
    noted_before = signal.set_wakeup_fd(writing.fileno(), warn_on_full_buffer=False)

    def came() -> set[int]:
        try:
            return set(reading.recv(4096))
        except BlockingIOError:
            return set()

    try:
        yield came
    finally:
        signal.set_wakeup_fd(noted_before)
        signal.signal(signal.SIGTERM, before)
        reading.close()
        writing.close()


def _terminate(_signal: int, _frame: FrameType | None) -> None:
    # Not as KeyboardInterrupt: a prompt goes on after that.
    raise SystemExit(_TERMINATED)
