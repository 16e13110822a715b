"""Bytes to JSON, and the few shape questions that every API asks of an answer."""

import gc
import json
import re
from collections.abc import Callable
from typing import Any

import orjson

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def decode(content: bytes) -> tuple[Any, str | None]:
    """The decoded JSON and None, or None and what is wrong with it.

    Half an emoji (a lone surrogate such as `\\ud83d`, which texts cut by other programs hold) is not valid in
    UTF-8, so orjson refuses it; it becomes U+FFFD.
    """
    try:
        return loads(content), None
    except orjson.JSONDecodeError as error:
        if rb"\ud" in content or rb"\uD" in content:
            try:
                return _with_lone_surrogates(content), None
            except ValueError:
                pass
        return None, f"not JSON ({error}), it begins {content[:60]!r}" if content else "an empty answer"


def loads(content: bytes) -> Any:
    """Decode JSON that is valid; raises `orjson.JSONDecodeError`."""
    # Up to Python 3.11, the collector looks for cycles again and again while a page's 100,000 objects are made, and
    # takes as long as making them does. JSON has no cycles.
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        return orjson.loads(content)
    finally:
        if was_enabled:
            gc.enable()


def _with_lone_surrogates(content: bytes) -> Any:
    def refuse(constant: str) -> Any:
        raise ValueError(f"{constant} is not JSON")

    decoded = json.loads(content.decode(), parse_constant=refuse)
    text = json.dumps(decoded, ensure_ascii=False)
    return orjson.loads(_LONE_SURROGATE.sub("\ufffd", text))


def rows_of(name: str, *ids: str) -> Callable[[dict[str, Any]], str | None]:
    """A check that `answer[name]` is a list of objects that have these ids, for answers that are not paged."""

    def check(answer: dict[str, Any]) -> str | None:
        return flaw_in_rows(answer.get(name), name, *ids)

    return check


def flaw_in_rows(rows: Any, name: str = "results", *ids: str) -> str | None:
    """What keeps `rows` from being a list of JSON objects that each have an id in the fields `ids`."""
    if not isinstance(rows, list):
        return f"no list named {name!r} in the answer"
    if not all(isinstance(row, dict) for row in rows):
        return f"something in {name!r} that is not an object"
    for one in ids:
        if any(as_id(row.get(one)) is None for row in rows):
            return f"something in {name!r} without {one!r}"
    return None


def as_id(value: Any) -> str | None:
    """An id as text, whether HubSpot sent text or a whole number; None for anything else."""
    if isinstance(value, str):
        return value or None
    return str(value) if type(value) is int else None
