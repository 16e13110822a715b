"""Markdown for Dagster's UI, of texts that are none: names and messages of HubSpot show as they are."""

import re
from collections.abc import Iterable

import dagster as dg

from hubspot_assets.outside_text import one_line

# An underscore within a word is one. Some signs are obeyed at the beginning of a line alone, and as "1." a number.
_OBEYED = re.compile(r"([\\`*\[\]<>&|~]|(?<!\w)_|_(?!\w)|^[#+=-]|(?<=^\d)[.)])")


def escaped(text: str) -> str:
    """A text, so that Markdown shows it as it is: no link, no image, no HTML, no heading."""
    return _OBEYED.sub(r"\\\1", one_line(text))


def listed(lines: Iterable[str], none: str = "") -> dg.MarkdownMetadataValue:
    """The texts as a list; `none` where there is none."""
    return dg.MetadataValue.md("\n".join(f"- {escaped(line)}" for line in lines) or none)
