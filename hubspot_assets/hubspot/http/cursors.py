"""Where the next page begins, as an answer tells it, and how that goes back to HubSpot.

Not here: following cursors to the end of a list (`paging`, `listing`, `associations`).
"""

from typing import Any
from urllib.parse import unquote, unquote_plus

from hubspot_assets.hubspot.http.decoding import as_id

_NEXT, _PREVIOUS = ("next", "after"), ("prev", "before")


class Cursor(str):
    """A cursor as the JSON has it; `sent` is what HubSpot is to see in the query once it has decoded that.

    The two differ: HubSpot percent-encodes the cursors of some lists in the JSON already (`Mw%3D%3D`), and encoded once
    more they mean nothing to it. What is meant is seen in the link that comes with the cursor.
    """

    __slots__ = ("sent",)
    sent: str

    @classmethod
    def of(cls, text: str, sent: str) -> "Cursor":
        """Return a cursor that is sent as `sent`."""
        cursor = cls(text)
        cursor.sent = sent
        return cursor

    @property
    def otherwise(self) -> "Cursor | None":
        """The same cursor sent the other way, where there is one: encoded or decoded, whichever it is not."""
        other = unquote(self) if self.sent == self else str(self)
        return Cursor.of(self, other) if other != self.sent else None


def next_after(answer: dict[str, Any]) -> Cursor | None:
    """Return the cursor of the next page, or None on the last page. Ask only after `flaw_in_paging` said None."""
    return _cursor(answer, *_NEXT)


def previous_before(answer: dict[str, Any]) -> Cursor | None:
    """Return the cursor of the page before this one, for lists that begin with their last page."""
    return _cursor(answer, *_PREVIOUS)


def flaw_in_paging(answer: dict[str, Any]) -> str | None:
    """Return what is wrong with an answer's `paging`. Missing or null is not: that is how a last page looks."""
    paging = answer.get("paging")
    if paging is None:
        return None
    if not isinstance(paging, dict):
        return "a 'paging' that is not an object"
    for way, name in (_NEXT, _PREVIOUS):
        other = paging.get(way)
        if other is not None and (not isinstance(other, dict) or as_id(other.get(name)) is None):
            return f"a 'paging.{way}' without a cursor"
    return None


def _cursor(answer: dict[str, Any], way: str, name: str) -> Cursor | None:
    paging = answer.get("paging")
    there = paging.get(way) if isinstance(paging, dict) else None
    if not isinstance(there, dict):
        return None
    text = as_id(there.get(name))
    return None if text is None else Cursor.of(text, _sent(text, there.get("link"), name))


def _sent(text: str, link: Any, name: str) -> str:
    """Return what HubSpot is to see, by its link. Its host and version may be stale, and some links are of something
    else.
    """
    for pair in (link if isinstance(link, str) else "").partition("?")[2].partition("#")[0].split("&"):
        key, _, value = pair.partition("=")
        if key == name and text not in {unquote(value), unquote_plus(value)} and _bare(value) == _bare(text):
            return unquote(value)
    return text


def _bare(text: str) -> str:
    """Return the text without any encoding, however often it was encoded."""
    while (decoded := unquote(text)) != text:
        text = decoded
    return text
