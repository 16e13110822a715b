"""The demo portal in a process of its own, as HubSpot is elsewhere: its work does not take the export's time.

Not here: what a portal holds and how it answers (`portal`).
"""

import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection

from hubspot_assets.demo.portal import PortalSettings, serve


class DemoPortalError(Exception):
    """The portal itself went wrong; how is on stderr."""


@contextmanager
def portal_process(settings: PortalSettings) -> Iterator[str]:
    """Serve a portal in another process while the block runs; gives its URL. Raises DemoPortalError."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(settings, theirs), name="demo portal", daemon=True)
    process.start()
    theirs.close()
    try:
        yield ours.recv()
    except EOFError:
        raise DemoPortalError("The demo portal did not start: why is above.") from None
    finally:
        ours.close()
        process.join()
    if process.exitcode:
        raise DemoPortalError("The demo portal went wrong while it was read: how is above.")


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
