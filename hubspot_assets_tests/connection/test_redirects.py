"""A store, or a proxy before it, that sends every request elsewhere, without a word where to."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from hubspot_assets.connection.session import s3_client
from hubspot_assets.lake import Lake, LakeError
from hubspot_assets.settings import Settings

Setenv = Callable[[dict[str, str]], None]

KEYS = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret"}


@contextmanager
def answering(status: int) -> Iterator[tuple[str, list[str]]]:
    """A server that answers everything with this status and nothing else; its url, and what was asked."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.command)
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_HEAD = do_PUT = do_GET  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.mark.parametrize("status", [301, 302, 307])
@pytest.mark.parametrize("region", ["eu-central-1", ""])
def test_a_redirect_to_nowhere_is_said_in_a_sentence(setenv: Setenv, status: int, region: str) -> None:
    with answering(status) as (url, asked):
        setenv({**KEYS, "AWS_ENDPOINT_URL_S3": url, "AWS_REGION": region})
        lake = Lake(s3_client(Settings(), max_attempts=2), "bucket", "prefix")
        with pytest.raises(LakeError, match=f"S3 answered {status}"):
            lake.days()
        with pytest.raises(LakeError, match=f"S3 answered {status}"):
            lake.manifest("OWNERS", "2026-01-01")
    assert len(asked) < 12
