"""A portal on a port: uvicorn in a thread of its own, stopped by its own handle."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from .gate import Portal
from .limits import Limits
from .request_log import RequestLog
from .settings import PortalSettings
from .world import World


class RunningPortal:
    """A portal that is being served; ``serve`` yields it."""

    def __init__(self, portal: Portal, url: str) -> None:
        self.portal = portal
        self.url = url

    @property
    def token(self) -> str:
        return self.portal.settings.token

    @property
    def settings(self) -> PortalSettings:
        return self.portal.settings

    @property
    def world(self) -> World:
        return self.portal.world

    @property
    def requests(self) -> RequestLog:
        return self.portal.requests

    @property
    def limits(self) -> Limits:
        return self.portal.limits


def server_of(portal: Portal) -> uvicorn.Server:
    """The server, not started; it has no lifespan, no websockets and no log of its own."""
    return uvicorn.Server(
        uvicorn.Config(
            portal,
            http=portal.transports.protocol(),
            ws="none",
            lifespan="off",
            log_config=None,
            log_level="critical",
            access_log=False,
            timeout_keep_alive=75,
            timeout_graceful_shutdown=1,
        )
    )


def listening_socket(port: int) -> socket.socket:
    """A socket on 127.0.0.1; port 0 takes a free one."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind(("127.0.0.1", port))
    listening.listen(256)
    return listening


@contextmanager
def serve(settings: PortalSettings | None = None, port: int = 0) -> Iterator[RunningPortal]:
    """Serve a portal on 127.0.0.1 until the block ends. ``port`` 0 takes a free one.

    Raises what went wrong in the portal itself while it served, if anything did.
    """
    portal = Portal(settings or PortalSettings())
    server = server_of(portal)
    with listening_socket(port) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        # The socket listens already: a client that comes before the thread is up waits in its queue.
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, name="demo portal", daemon=True)
        thread.start()
        try:
            yield RunningPortal(portal, url)
        finally:
            server.should_exit = True
            thread.join()
    if portal.failures:
        raise portal.failures[0]
