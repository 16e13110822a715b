"""What others say, made fit to be shown: the one place that every word of HubSpot, of S3 or of a gateway goes through.

It goes into sentences that end in terminals, logs, manifests and Dagster's UI. There, an escape sequence would move the
cursor, a mark of direction would turn the rest of a line round, and an echoed request would show the token. Here: text.
Not here: Markdown (`defs/markdown.py`), and how a terminal is written to (`cli/terminal.py`).
"""

import re
import unicodedata
from urllib.parse import quote

_SHORTEST_SECRET = 8
# Python refuses to read a few thousand; HubSpot's ids have up to 19.
_MOST_DIGITS = 100
_HIDDEN = "(hidden)"
_USER_OF_URL = re.compile(r"(?<=://)[^\s/?#@]*@")
# They join letters of some scripts, and signs of one emoji.
_JOINERS = "\u200c\u200d"

_secrets: set[str] = set()


def keep_secret(secret: str) -> None:
    """From now on, never show this text, nor its form in a URL."""
    # What is shorter would stand in the middle of words.
    if len(secret) >= _SHORTEST_SECRET:
        _secrets.update((secret, quote(secret, safe="")))


def is_whole(text: str) -> bool:
    """Whether a text is a whole number that is not negative: of the digits 0 to 9 and no other script's."""
    return text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS


def one_line(text: str) -> str:
    """A text on one line as it can be shown anywhere: readable, without secrets and without the users of URLs.

    Texts are cut after this, never before: half a secret is not known again.
    """
    return readable(" ".join(without_secrets(text).split()))


def without_secrets(text: str) -> str:
    """The text without what `keep_secret` was told, whoever echoed it, and without users and passwords in URLs."""
    for secret in sorted(_secrets, key=len, reverse=True):
        text = re.sub(re.escape(secret), _HIDDEN, text, flags=re.IGNORECASE)
    return _USER_OF_URL.sub(f"{_HIDDEN}@", text)


def readable(text: str) -> str:
    """The text with each sign that is obeyed instead of shown in the form that Python writes it: `\\x1b`, `\\u202e`.

    These are control characters, marks of direction, other signs without a form, and halves of emojis.
    """
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() or sign in _JOINERS else _written(sign) for sign in text)


def _written(sign: str) -> str:
    return " " if unicodedata.category(sign) == "Zs" else repr(sign)[1:-1]
