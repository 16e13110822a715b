"""Bytes to JSON, and the few shape questions that every API asks of an answer."""

import codecs
import json
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import msgspec

from hubspot_assets.outside_text import without_secrets

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_TYPE_ID = re.compile(r"[0-9]+-[0-9]+")
_LOOKED_AT = 2_000
_HALF_A_PAIR = re.compile(rb"\\u[dD][89a-fA-F]")


def decode(content: bytes, shape: Any = Any) -> tuple[Any, str | None]:
    """Return the decoded JSON and None, or None and what is wrong with it.

    `shape`: a type that msgspec knows. What a typed dictionary has no key for is passed over, which makes half the work
    of a big page; what has another type is wrong.

    Half an emoji (a lone surrogate such as `\\ud83d`, which texts cut by other programs hold) is not valid in
    UTF-8, so msgspec refuses it; it becomes U+FFFD.
    """
    decoder = _decoder(shape)
    # JSON has none, and .NET programs such as proxies put one before it.
    content = content.removeprefix(codecs.BOM_UTF8)
    try:
        try:
            return decoder.decode(content), None
        except (msgspec.DecodeError, UnicodeDecodeError):
            if not _HALF_A_PAIR.search(content):
                raise
            return decoder.decode(_with_lone_surrogates(content)), None
    except msgspec.ValidationError as error:
        return None, f"an answer of an unexpected form: {error}"
    except (ValueError, RecursionError) as error:
        return None, f"not JSON ({error}); it begins with {_beginning(content)}" if content else "an empty answer"


def _beginning(content: bytes) -> str:
    # A gateway may echo what it was asked, and its first bytes may end within the token.
    return ascii(without_secrets(content[:_LOOKED_AT].decode(errors="backslashreplace"))[:60])


@lru_cache
def _decoder(shape: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(shape)


def _with_lone_surrogates(content: bytes) -> bytes:
    def refuse(constant: str) -> Any:
        raise ValueError(f"{constant} is not JSON")

    decoded = json.loads(content.decode(), parse_constant=refuse)
    return _LONE_SURROGATE.sub("\ufffd", json.dumps(decoded, ensure_ascii=False)).encode()


def rows_of(name: str, *ids: str) -> Callable[[dict[str, Any]], str | None]:
    """Return a check that `answer[name]` is a list of objects that have these ids, for answers that are not paged.

    One that announces a further page all the same is no whole answer: nobody would ask for that page.
    """

    def check(answer: dict[str, Any]) -> str | None:
        paging = answer.get("paging")
        if isinstance(paging, dict) and paging.get("next") is not None:
            return f"an announcement of another page of {name!r}, which HubSpot returns in one page"
        return flaw_in_rows(answer.get(name), name, *ids)

    return check


def flaw_in_list(rows: Any, name: str = "results") -> str | None:
    """Return what keeps `rows` from being a list."""
    return None if isinstance(rows, list) else f"no list named {name!r} in the answer"


def flaw_in_rows(rows: Any, name: str = "results", *ids: str) -> str | None:
    """Return what keeps `rows` from being a list of JSON objects that each have an id in the fields `ids`."""
    if flaw := flaw_in_list(rows, name):
        return flaw
    if not all(isinstance(row, dict) for row in rows):
        return f"an entry of {name!r} that is not an object"
    for one in ids:
        if any(as_id(row.get(one)) is None for row in rows):
            return f"an entry of {name!r} without {one!r}"
    return None


def as_id(value: Any) -> str | None:
    """Return an id as text, whether HubSpot sent text or a whole number; None for anything else."""
    if isinstance(value, str):
        return value or None
    return str(value) if type(value) is int else None


def is_type_id(value: Any) -> bool:
    """Whether a value is the id of an object type, such as `0-1` or `2-3465404`."""
    return isinstance(value, str) and _TYPE_ID.fullmatch(value) is not None
