"""An S3 in memory that can be made as odd as those that are not Amazon's, or that lie behind a proxy.

    with serve_odd_s3() as s3:
        s3.oddities.append(refusing("PUT", 501, "NotImplemented", header="If-Match"))
        client = s3.client()

Without oddities it does what Amazon's does for the requests of the lake. It looks at no signature. Not here: policies
(`connection.enforcing_s3`), faults without a server (`faulty`).
"""

import hashlib
import re
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from html import unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, quote_plus, unquote, urlsplit
from xml.sax.saxutils import escape

import boto3
from botocore.config import Config

BUCKET = "odd"
KEYS = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_REGION": "us-east-1"}


@dataclass(frozen=True)
class Request:
    """One request; `key` is empty where the bucket itself is asked."""

    method: str
    key: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def what(self) -> str:
        """As tests name it: `PUT`, `DELETE`, `LIST` and so on, with `TOGETHER` for a deletion of several objects."""
        if not self.key:
            return "TOGETHER" if "delete" in self.query else "LIST"
        return self.method

    @property
    def conditions(self) -> set[str]:
        return {name for name in ("if-match", "if-none-match") if name in self.headers}


@dataclass(frozen=True)
class Answer:
    """`broken`: the connection is closed in place of it. `promised`: as many bytes as its Content-Length says."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    broken: bool = False
    promised: int | None = None


Oddity = Callable[["OddS3", Request], Answer | None]


@dataclass
class OddS3:
    """A running server with one bucket. `oddities` are asked in their order, before what S3 would do."""

    endpoint_url: str = ""
    objects: dict[str, bytes] = field(default_factory=dict)
    oddities: list[Oddity] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    page: int = 1000
    quoted: bool = True
    """Whether lists tell ETags in quotes."""

    def client(self, tries: int = 3) -> Any:
        """A boto3 client of it, which tries as an export's client does."""
        return boto3.client(
            "s3",
            endpoint_url=self.endpoint_url,
            aws_access_key_id=KEYS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=KEYS["AWS_SECRET_ACCESS_KEY"],
            region_name=KEYS["AWS_REGION"],
            config=Config(retries={"mode": "standard", "total_max_attempts": tries}, s3={"addressing_style": "path"}),
        )

    @property
    def environment(self) -> dict[str, str]:
        return {**KEYS, "AWS_ENDPOINT_URL_S3": self.endpoint_url}

    def asked(self, what: str, end: str = "") -> list[Request]:
        """The requests of a kind whose key has this end."""
        return [one for one in self.requests if one.what == what and one.key.endswith(end)]

    def answer(self, request: Request) -> Answer:
        """What an S3 without oddities does."""
        return getattr(self, f"_{request.what.lower()}")(request)  # type: ignore[no-any-return]

    def _put(self, request: Request) -> Answer:
        there, expected = self.objects.get(request.key), request.headers.get("if-match")
        if expected and there is None:
            return refusal(404, "NoSuchKey")
        if (there is not None and "if-none-match" in request.headers) or (
            there and expected not in (None, etag(there))
        ):
            return refusal(412, "PreconditionFailed")
        self.objects[request.key] = request.body
        return Answer(headers={"ETag": etag(request.body)})

    def _get(self, request: Request) -> Answer:
        there = self.objects.get(request.key)
        if there is None:
            return refusal(404, "NoSuchKey")
        return Answer(body=there, headers={"ETag": etag(there), "Last-Modified": formatdate(usegmt=True)})

    _head = _get

    def _delete(self, request: Request) -> Answer:
        self.objects.pop(request.key, None)
        return Answer(204)

    def _together(self, request: Request) -> Answer:
        keys = keys_in(request)
        for key in keys:
            self.objects.pop(key, None)
        quiet = b"<Quiet>true</Quiet>" in request.body
        told = "" if quiet else "".join(f"<Deleted><Key>{escape(key)}</Key></Deleted>" for key in keys)
        return xml("DeleteResult", told)

    def _post(self, _: Request) -> Answer:
        return refusal(501, "NotImplemented")

    def _list(self, request: Request) -> Answer:
        if "location" in request.query:
            return xml("LocationConstraint")
        prefix, delimiter = request.query.get("prefix", ""), request.query.get("delimiter", "")
        begin = request.query.get("continuation-token", "")
        entries: dict[str, str] = {}
        for key in sorted(self.objects):
            head, found, _ = key[len(prefix) :].partition(delimiter) if delimiter else ("", "", "")
            name = prefix + head + found if found else key
            if not key.startswith(prefix) or name < begin:
                continue
            tag = etag(self.objects[key])
            contents = f"<Key>{encoded(name)}</Key><ETag>{escape(tag if self.quoted else tag.strip(chr(34)))}</ETag>"
            entries[name] = (
                f"<CommonPrefixes><Prefix>{encoded(name)}</Prefix></CommonPrefixes>"
                if found
                else f"<Contents>{contents}<Size>{len(self.objects[key])}</Size></Contents>"
            )
        names = list(entries)
        more = ""
        if len(names) > self.page:
            more = f"<NextContinuationToken>{escape(names[self.page])}</NextContinuationToken>"
        told = "".join(entries[name] for name in names[: self.page])
        truncated = f"<IsTruncated>{'true' if more else 'false'}</IsTruncated>"
        return xml("ListBucketResult", f"<EncodingType>url</EncodingType>{truncated}{more}{told}")


def etag(body: bytes) -> str:
    return f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'


def encoded(key: str) -> str:
    """A key in a list, as Amazon's S3 writes it: `+` for a space, and slashes as they are."""
    return quote_plus(key, safe="/")


def keys_in(request: Request) -> list[str]:
    """What a deletion of several objects is to delete."""
    return [unescape(key.decode()) for key in re.findall(rb"<Key>(.*?)</Key>", request.body)]


def xml(name: str, inner: str = "", status: int = 200) -> Answer:
    text = f'<?xml version="1.0" encoding="UTF-8"?><{name}>{inner}</{name}>'
    return Answer(status, text.encode(), {"Content-Type": "application/xml"})


def refusal(status: int, code: str) -> Answer:
    """An error of S3's; without a code, one without a body."""
    return xml("Error", f"<Code>{code}</Code><Message>No.</Message>", status) if code else Answer(status)


def refusing(what: str, status: int, code: str, *, end: str = "", header: str = "", times: float = 9e9) -> Oddity:
    """Refuse requests of a kind: of objects with this end of their key, with this header, the first `times` of them."""
    left = [times]

    def refuse(_: OddS3, request: Request) -> Answer | None:
        if request.what != what or not request.key.endswith(end) or (header and header.lower() not in request.headers):
            return None
        left[0] -= 1
        return refusal(status, code) if left[0] >= 0 else None

    return refuse


def losing(what: str, end: str, answer: Answer, times: float = 1) -> Oddity:
    """Do what is asked, and answer otherwise."""
    left = [times]

    def lose(s3: OddS3, request: Request) -> Answer | None:
        if request.what != what or not request.key.endswith(end):
            return None
        left[0] -= 1
        if left[0] < 0:
            return None
        s3.answer(request)
        return answer

    return lose


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing where a client is gone: some are killed."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


@contextmanager
def serve_odd_s3(path: str = "") -> Iterator[OddS3]:
    """Serve it on a free port of 127.0.0.1 while the block runs. `path`: of its endpoint, without slashes around."""
    s3, lock = OddS3(), threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def log_message(self, *_: object) -> None:
            pass

        def answer(self) -> None:
            request = self._request()
            with lock:
                s3.requests.append(request)
                odd = (oddity(s3, request) for oddity in s3.oddities)
                answer = next((found for found in odd if found is not None), None) or s3.answer(request)
            if answer.broken:
                self.close_connection = True
                return
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(answer.promised or len(answer.body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(answer.body)
            self.close_connection = answer.promised is not None

        def _request(self) -> Request:
            url = urlsplit(self.path)
            _, _, key = unquote(url.path).removeprefix(f"/{path}" if path else "").lstrip("/").partition("/")
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self.rfile.read(int(headers.get("content-length", 0)))
            return Request(self.command, key, dict(parse_qsl(url.query, keep_blank_values=True)), headers, body)

        do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = answer  # noqa: N815

    server = _Server(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, name="odd-s3", daemon=True)
    thread.start()
    s3.endpoint_url = f"http://127.0.0.1:{server.server_port}" + (f"/{path}" if path else "")
    try:
        yield s3
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
