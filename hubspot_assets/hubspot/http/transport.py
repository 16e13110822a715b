"""A request as it goes over the wire: the session with its token, the query string, and why no answer came.

Not here: what is asked for, and asking again (`client`).
"""

import re
from collections.abc import Mapping, Sequence
from ipaddress import ip_address
from typing import Any, TypeAlias
from urllib.parse import quote, urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from urllib3.exceptions import ProtocolError, ReadTimeoutError

from hubspot_assets.concurrency import AT_ONCE
from hubspot_assets.errors import SettingError
from hubspot_assets.hubspot.http.bounds import Adapter
from hubspot_assets.hubspot.http.cursors import Cursor
from hubspot_assets.outside_text import one_line

Params: TypeAlias = Mapping[str, str | int | bool | Sequence[str] | None]
_CUT_OFF = (
    requests.ReadTimeout,
    requests.exceptions.ChunkedEncodingError,
    ReadTimeoutError,
    ProtocolError,
    ConnectionResetError,
)


class _Bearer(AuthBase):
    """Sets the token on each request; as `auth`, so that no `.netrc` replaces it and no repr shows it."""

    def __init__(self, token: str) -> None:
        self.__token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self.__token}"
        return request

    def __repr__(self) -> str:
        return "_Bearer(...)"


def check_url(url: str) -> None:
    """Raise SettingError for a URL of an API that is none or to which no token may be sent.

    What is not encrypted is read by everybody on its way, so it stays on this machine.
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        is_url = parts.scheme in {"http", "https"} and bool(host) and (parts.port is None or parts.port > 0)
    except ValueError:  # a port or an IPv6 address that is none
        is_url = False
    if not is_url:
        raise SettingError(
            f"HUBSPOT_API_URL, the API URL, is {one_line(url)!r}: it must look like https://api.hubapi.com."
        )
    if "@" in parts.netloc:
        raise SettingError(
            f"HUBSPOT_API_URL, the API URL at {host}, contains a user name or password: remove it, as the token is "
            "all that HubSpot needs."
        )
    if parts.scheme == "http" and not _is_this_machine(host):
        raise SettingError(
            f"HUBSPOT_API_URL, the API URL, is {one_line(url)!r}, which would send the token unencrypted to {host}: "
            "use https:// (http:// works only for 127.0.0.1, ::1 and localhost)."
        )


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


class _Session(requests.Session):
    """A session with one API: what the environment says of the way there is looked up once, and not for each call."""

    def __init__(self) -> None:
        super().__init__()
        self._way: Any = None

    def merge_environment_settings(self, url: Any, proxies: Any, stream: Any, verify: Any, cert: Any) -> Any:
        if self._way is None:
            self._way = super().merge_environment_settings(url, proxies, stream, verify, cert)
        return self._way


def connections() -> Adapter:
    """Return what holds connections, for the clients of all steps that run side by side."""
    return Adapter(pool_connections=4, pool_maxsize=8 * AT_ONCE)


def session(token: str, adapter: HTTPAdapter | None) -> requests.Session:
    """Return a session with one API that sends the token with each request."""
    new = _Session()
    new.auth = _Bearer(token)
    new.headers["User-Agent"] = "hubspot-assets"
    new.headers["Accept"] = "application/json"
    new.headers["Content-Type"] = "application/json"
    adapter = adapter or connections()
    new.mount("https://", adapter)
    new.mount("http://", adapter)
    return new


def query(params: Params | None) -> str:
    """Return the query string. Commas stay raw: as %2C, a list of property names would be a tenth longer."""
    pairs: list[str] = []
    for name, value in (params or {}).items():
        if isinstance(value, bool):
            values: Sequence[str] = ["true" if value else "false"]
        elif isinstance(value, Cursor):
            values = [value.sent]
        elif isinstance(value, str | int):
            values = [str(value)]
        else:
            values = value or []
        pairs += [f"{quote(name, safe='')}={quote(one, safe=',:')}" for one in values]
    return "?" + "&".join(pairs) if pairs else ""


def why(failure: Exception) -> str:
    """Return the innermost reason of a failed connection, without object addresses."""
    reason: BaseException = failure
    while reason.__cause__ or reason.__context__:
        reason = reason.__cause__ or reason.__context__ or reason
    said = one_line(re.sub(r"<[^<>]* object at 0x[0-9a-f]+>:? ?", "", str(reason)))
    return f"{type(failure).__name__}: {said[:300]}" if said else type(failure).__name__


def is_cut_off(failure: Exception) -> bool:
    """Whether HubSpot took the request and did not answer it, or not to the end: the answer may have been too big."""
    reasons: list[object] = [failure]
    for reason in reasons:
        if isinstance(reason, _CUT_OFF):
            return True
        reasons += reason.args if isinstance(reason, Exception) else ()
    return False
