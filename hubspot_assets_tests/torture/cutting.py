"""A wire between a client and a server that counts what is sent, and at one moment does something terrible.

Bytes are passed on as they come, both ways. Each piece that the client sends (a request, or a part of a large one)
counts one; `cut_at` arms the wire for one of them. Nothing here knows HTTP, but for naming the moment of the cut.
"""

import re
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

How = Literal["before", "half", "after"]
"""The piece is lost; half of it arrives; it arrives, and its answer is lost."""

_REQUEST = re.compile(rb"(GET|PUT|POST|HEAD|DELETE) (\S+) HTTP/1")
_PIECE = 1 << 16


@dataclass
class _Cut:
    at: int
    how: How
    then: Callable[[str], None]


class Wire:
    """A port on 127.0.0.1 that leads to `host:port`. A context manager; `url` is what clients are given."""

    def __init__(self, upstream_url: str) -> None:
        host, _, port = upstream_url.removeprefix("http://").rstrip("/").partition(":")
        self.upstream = (host, int(port))
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self._lock = threading.Lock()
        self._cut: _Cut | None = None
        self.sent = 0
        """Pieces the client has sent since `reset`."""
        self.delay: Callable[[], float] = lambda: 0.0
        """Seconds that the next piece of the client's takes."""

    def __enter__(self) -> "Wire":
        threading.Thread(target=self._accept, name="wire", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        # Wakes the thread that accepts; closing alone does not.
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def reset(self) -> None:
        """Count from 0 again, with nothing armed."""
        with self._lock:
            self.sent, self._cut = 0, None

    def cut_at(self, number: int, how: How, then: Callable[[str], None]) -> None:
        """When the piece with this number comes, call `then` with what it is, and break its connection."""
        with self._lock:
            self._cut = _Cut(number, how, then)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(self.upstream)
            except OSError:
                client.close()
                continue
            for source, target, counted in ((client, server, True), (server, client, False)):
                threading.Thread(target=self._pass_on, args=(source, target, counted), daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket, counted: bool) -> None:
        try:
            while piece := source.recv(_PIECE):
                cut = self._due() if counted else None
                if counted:
                    time.sleep(self.delay())
                if cut is None:
                    target.sendall(piece)
                    continue
                if cut.how != "before":
                    target.sendall(piece if cut.how == "after" else piece[: len(piece) // 2])
                cut.then(moment(piece))
                return
        except OSError:
            pass
        finally:
            for end in (source, target):
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
                end.close()

    def _due(self) -> _Cut | None:
        with self._lock:
            number, self.sent = self.sent, self.sent + 1
            if self._cut is None or number < self._cut.at:
                return None
            cut, self._cut = self._cut, None
            return cut


def moment(piece: bytes) -> str:
    """What a piece is, as people say it: `PUT _manifest.json`, `GET /crm/objects`, `a part of a body`."""
    found = _REQUEST.match(piece)
    if not found:
        return "a part of a body"
    method, path = found[1].decode(), found[2].decode().partition("?")[0]
    name = path.rpartition("/")[2]
    if path.startswith("/demo-bucket"):
        if name.startswith("data_"):
            name = "data file"
        return f"S3 {method} {name if name.startswith(('_', 'data')) else 'list or delete'}"
    return f"HubSpot {method} {'/'.join(path.split('/')[:3])}"
