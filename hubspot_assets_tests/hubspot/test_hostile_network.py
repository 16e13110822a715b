"""What goes wrong below HTTP, on real sockets: nobody answers, or not in time, or not whole, or not in HTTP at all.

A fault that passes costs no row; one that stays ends in one sentence that says where and what to look at. Time-outs are
a fraction of a second here, and are settings of the client.
"""

import gzip
import resource
import socket
import struct
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from hubspot_assets.hubspot import HubSpotClient, errors, users
from hubspot_assets_tests.sampled import SWEEP

from .canned import TOKEN
from .hostile import NoWaiting

BODY = b'{"results": [{"id": "1", "email": "a@example.com"}, {"id": "2", "email": "b@example.com"}]}'
GZIPPED = gzip.compress(BODY)


def http(body: bytes, *headers: str, length: int | None = None, first: str = "HTTP/1.1 200 OK") -> bytes:
    lines = [first, f"Content-Length: {len(body) if length is None else length}", *headers, "Connection: close", "", ""]
    return "\r\n".join(lines).encode() + body


def chunked(*chunks: bytes, end: bytes = b"0\r\n\r\n") -> bytes:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    return head + b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks) + end


GOOD = http(BODY)
HANG = None
"""Instead of closing the connection after what was sent, wait until the client has gone."""
PAUSE = b"pause"
"""Wait for less than what a socket waits."""

# What is sent before the connection is closed (or hangs), and what is said when it stays so.
FAULTS: dict[str, tuple[tuple[bytes | None, ...], str]] = {
    "closed without a word": ((b"",), "No usable answer"),
    "hangs without a word": ((b"", HANG), "timed out"),
    "hangs in the head": ((GOOD[:30], HANG), "timed out"),
    "hangs in the body": ((GOOD[:-40], HANG), "timed out"),
    "closed in the head": ((GOOD[:30],), "No usable answer|empty answer|not JSON"),
    "closed in the body": ((GOOD[:-40],), "not JSON|IncompleteRead|No usable answer"),
    "closed after the head": ((http(b"", length=len(BODY)),), "IncompleteRead|empty answer|No usable answer"),
    "a length too short": ((http(BODY, length=len(BODY) - 9),), "not JSON"),
    "no HTTP": ((b"SSH-2.0-OpenSSH_9.6\r\n",), "No usable answer"),
    "a status that is no number": ((http(BODY, first="HTTP/1.1 OK OK"),), "No usable answer"),
    "a head without end": ((b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000,), "No usable answer"),
    "a thousand headers": ((http(BODY, *(f"X-{n}: 1" for n in range(1000))),), "No usable answer"),
    "chunks that break off": ((chunked(BODY[:40], end=b""),), "No usable answer"),
    "chunks that are none": ((chunked(BODY[:40], end=b"zz\r\n"),), "No usable answer"),
    "a chunk too few": ((chunked(BODY[:40]),), "not JSON"),
    "gzip that breaks off": ((http(GZIPPED[:-20], "Content-Encoding: gzip"),), "not JSON"),
    "gzip in a broken body": ((http(GZIPPED, "Content-Encoding: gzip")[:-20],), "No usable answer"),
    "deflate that is none": ((http(BODY, "Content-Encoding: deflate"),), "decompress"),
}


class Server:
    """Answers one connection after the other with what it is given, the last one for ever."""

    def __init__(self, *answers: tuple[bytes | None, ...]) -> None:
        self._answers = list(answers)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self.asked = 0

    def __enter__(self) -> "Server":
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            self.asked += 1
            answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
            with connection, suppress(OSError):
                connection.recv(1 << 16)
                for part in answer:
                    if part is HANG:
                        connection.recv(1)
                    elif part is PAUSE:
                        time.sleep(0.02)
                    else:
                        connection.sendall(part)


@contextmanager
def client_of(url: str, patience: float = 60.0, **bounds: Any) -> Iterator[HubSpotClient]:
    how: dict[str, Any] = {"limiter": NoWaiting(), "sleep": lambda seconds: None, **bounds}
    with HubSpotClient(TOKEN, url, timeout=(0.5, 0.3), patience=patience, **how) as client:
        yield client


@pytest.mark.parametrize("answer", [answer for answer, _ in FAULTS.values()], ids=FAULTS)
def test_a_connection_that_fails_twice_costs_no_row(answer: tuple[bytes | None, ...]) -> None:
    with Server(answer, answer, (GOOD,)) as server, client_of(server.url) as client:
        assert [user["id"] for user in users.read(client)] == ["1", "2"]
    assert server.asked == 3


@pytest.mark.parametrize(("answer", "says"), FAULTS.values(), ids=FAULTS)
def test_a_connection_that_always_fails_ends_in_one_sentence(answer: tuple[bytes | None, ...], says: str) -> None:
    with (
        Server(answer) as server,
        client_of(server.url, patience=0.5) as client,
        pytest.raises((errors.Unreachable, errors.MalformedAnswer), match=says) as raised,
    ):
        list(users.read(client))

    assert "/settings/users/" in str(raised.value)
    assert "\n" not in str(raised.value)
    assert TOKEN not in str(raised.value)
    # A few times for a page of each size, and for one row as often as any call is tried.
    assert server.asked <= 40


def test_a_connection_that_is_reset_costs_no_row() -> None:
    class Resetting(Server):
        def _serve(self) -> None:
            connection, _ = self._listening.accept()
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.close()
            super()._serve()

    with Resetting((GOOD,)) as server, client_of(server.url) as client:
        assert len(list(users.read(client))) == 2


UNREACHABLE: dict[str, tuple[Callable[[str], str], str]] = {
    "TLS where there is none": (lambda url: url.replace("http:", "https:"), "SSL"),
    "a host that does not exist": (lambda url: "https://hubspot.invalid", "service not known|resol|getaddrinfo"),
    "a port that nobody listens on": (lambda url: _free_port(), "refused"),
}


def _free_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return f"http://127.0.0.1:{server.getsockname()[1]}"


@pytest.mark.parametrize(("url_of", "says"), UNREACHABLE.values(), ids=UNREACHABLE)
def test_where_no_hubspot_is_the_sentence_says_what_to_check(url_of: Callable[[str], str], says: str) -> None:
    with (
        Server((GOOD,)) as server,
        client_of(url_of(server.url), patience=-1) as client,
        pytest.raises(errors.Unreachable, match=f"({says}).*check the network, any proxy, and the API URL") as raised,
    ):
        list(users.read(client))

    assert "0x" not in str(raised.value)


def dribbling(answer: bytes, fast: int) -> tuple[bytes | None, ...]:
    """The answer, whose bytes after the first `fast` come one by one, and never so late that a socket is impatient."""
    return (answer[:fast], *(part for byte in answer[fast:] for part in (PAUSE, bytes([byte]))))


DRIBBLED = {
    "in the head": dribbling(GOOD, 0),
    "in the body": dribbling(GOOD, GOOD.index(b"\r\n\r\n") + 4),
    "in chunks": dribbling(chunked(BODY), 90),
    "in gzip": dribbling(http(gzip.compress(BODY), "Content-Encoding: gzip"), 120),
}


@pytest.mark.parametrize("answer", DRIBBLED.values(), ids=DRIBBLED)
def test_an_answer_that_comes_byte_by_byte_is_given_up(answer: tuple[bytes | None, ...]) -> None:
    with (
        Server(answer) as server,
        client_of(server.url, patience=-1, within=0.4) as client,
        pytest.raises(errors.Unreachable, match=r"not complete after 0\.4 s") as raised,
    ):
        client.get("/settings/users/2026-09")
    assert raised.value.too_much  # so that something smaller is asked for, where there is something


def test_an_answer_that_is_slow_at_first_costs_no_row() -> None:
    with Server(DRIBBLED["in the body"], (GOOD,)) as server, client_of(server.url, within=0.4) as client:
        assert [user["id"] for user in users.read(client)] == ["1", "2"]


ENDLESS = b'{"results": [], "filler": "' + b" " * (3 << 20) + b'"}'
ENDLESS_ANSWERS = {
    "plain": http(ENDLESS),
    "gzip": http(gzip.compress(ENDLESS), "Content-Encoding: gzip"),
    "members of gzip": http(gzip.compress(ENDLESS[: 1 << 20]) * 3, "Content-Encoding: gzip"),
    "gzip in gzip": http(gzip.compress(gzip.compress(ENDLESS)), "Content-Encoding: gzip, gzip"),
    "chunks": chunked(*(ENDLESS[at : at + 4096] for at in range(0, len(ENDLESS), 4096))),
    "a refusal": http(ENDLESS, first="HTTP/1.1 403 Forbidden"),
}


@pytest.mark.parametrize("answer", ENDLESS_ANSWERS.values(), ids=ENDLESS_ANSWERS)
def test_an_answer_without_measure_is_not_read_to_its_end(answer: bytes) -> None:
    with (
        Server((answer,)) as server,
        client_of(server.url, patience=-1, most_bytes=2 << 20) as client,
        pytest.raises(errors.MalformedAnswer, match="an answer of more than 2 MB") as raised,
    ):
        client.get("/settings/users/2026-09")
    assert raised.value.too_much


def test_an_answer_that_is_as_long_as_may_be_is_read() -> None:
    answer = http(gzip.compress(BODY), "Content-Encoding: gzip")
    with Server((answer,)) as server, client_of(server.url, most_bytes=len(BODY)) as client:
        assert client.get("/settings/users/2026-09")["results"][1]["id"] == "2"


@SWEEP
def test_two_megabytes_of_gzip_that_hold_two_gigabytes_take_no_gigabyte() -> None:
    packed = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = b"".join(packed.compress(bytes(1 << 20)) for _ in range(2048)) + packed.flush()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with (
        Server((http(bomb, "Content-Encoding: gzip"),)) as server,
        client_of(server.url, patience=-1) as client,
        pytest.raises(errors.MalformedAnswer, match="an answer of more than 128 MB"),
    ):
        client.get("/settings/users/2026-09")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 800 << 10
