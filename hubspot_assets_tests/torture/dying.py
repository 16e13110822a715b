"""Commands that are killed at a change of theirs in S3: before it is sent there.

Here: a command as a process of its own, forked from one that has everything imported already, so that hundreds of them
take minutes. It is killed for real, by SIGKILL: nothing of it goes on, and nothing is tidied up. Not here: which
commands die where, and what has to be so afterwards (`sweeps`).
"""

import itertools
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from hubspot_assets_tests.few_types import of_few_types

_LONGEST = 300.0
_ASKING = ("GET", "HEAD")
_FORKING = multiprocessing.get_context("forkserver")
_FORKING.set_forkserver_preload(["hubspot_assets.cli.app", "hubspot_assets.defs.run", "botocore.httpsession"])


@dataclass(frozen=True)
class Ended:
    """A command that has ended. `code`: its exit code, -9 where it was killed; `changes`: its puts and deletions."""

    code: int | None
    changes: tuple[str, ...]
    output: str


def run(environment: Mapping[str, str], log: Path, *arguments: str, dies_at: int | None = None) -> Ended:
    """Run `hubspot-assets <arguments>`; `dies_at`: the number of the change, from 0, before which it is killed."""
    ours, its = _FORKING.Pipe(duplex=False)
    process = _FORKING.Process(target=_command, args=(its, dict(environment), str(log), arguments, dies_at))
    process.start()
    its.close()
    changes = []
    with suppress(EOFError):
        while ours.poll(_LONGEST):
            changes.append(ours.recv())
    process.join(_LONGEST)
    if process.exitcode is None:
        process.kill()
        process.join()
    return Ended(process.exitcode, tuple(changes), " ".join(log.read_text(errors="replace").split()))


def _command(
    telling: Connection, environment: dict[str, str], log: str, arguments: tuple[str, ...], dies_at: int | None
) -> None:
    os.environ.clear()
    os.environ.update(environment)
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for stream in (1, 2):
        os.dup2(output, stream)
    _count_changes(telling, dies_at)
    from hubspot_assets.cli.app import app

    sys.argv = ["hubspot-assets", *arguments]
    with of_few_types():
        app()


def _count_changes(telling: Connection, dies_at: int | None) -> None:
    from botocore.httpsession import URLLib3Session

    send: Callable[..., Any] = URLLib3Session.send
    numbers, one_at_a_time = itertools.count(), threading.Lock()

    def counted(session: URLLib3Session, request: Any) -> Any:
        if request.method not in _ASKING:
            with one_at_a_time:
                telling.send(f"{request.method} {unquote(urlsplit(request.url).path)}")
                if next(numbers) == dies_at:
                    os.kill(os.getpid(), signal.SIGKILL)
        return send(session, request)

    URLLib3Session.send = counted  # type: ignore[method-assign]
