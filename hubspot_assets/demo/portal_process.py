"""The demo portal in a process of its own, as HubSpot is elsewhere: its work does not take the export's time.

Not here: what a portal holds and how it answers (`portal`).
"""

import multiprocessing
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection

from hubspot_assets.demo.errors import DemoError
from hubspot_assets.demo.portal import PortalSettings, serve


class DemoPortalError(DemoError):
    """The portal itself went wrong; how is on stderr."""


Serving = Callable[[PortalSettings, Connection], None]
"""Serves a portal, sends its URL, and goes on until the other end of the connection is closed."""


@contextmanager
def portal_process(settings: PortalSettings) -> Iterator[str]:
    """Serve a portal in another process while the block runs; gives its URL. Raises DemoPortalError."""
    with serving_process(_serve, settings) as connection:
        yield connection.recv()


@contextmanager
def serving_process(serving: Serving, settings: PortalSettings) -> Iterator[Connection]:
    """Run `serving` in another process while the block runs; gives our end of the pipe. Raises DemoPortalError."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=serving, args=(settings, theirs), name="demo portal", daemon=True)
    process.start()
    theirs.close()
    try:
        yield ours
    except EOFError:
        raise DemoPortalError("The demo portal has stopped: see its output above.") from None
    finally:
        ours.close()
        process.join()
    if process.exitcode:
        raise DemoPortalError("The demo portal failed while it was being read: see its output above.")


def _serve(settings: PortalSettings, connection: Connection) -> None:
    with serve(settings) as portal:
        connection.send(portal.url)
        while True:
            try:
                connection.recv()
            except EOFError:  # the other end is closed: nobody needs it any more
                return
            except KeyboardInterrupt:  # Ctrl-C reaches both processes; the other one ends this one
                continue
