"""Bodies of emails that HubSpot withholds: it puts a sentence in their place where the token lacks a scope.

Here: how such a sentence is known, and what is written instead. Not here: whatever else HubSpot refuses, which it does
with an error (`hubspot.errors`).

NULL is written: whoever reads a body takes the text for what somebody wrote, and searches, counts or translates it, and
NULL is what the contract says of a value that is not known. That it was not read is told by the manifest.
"""

import re
from collections.abc import Iterable, MutableMapping
from typing import Any

EMAILS = "0-49"
SCOPE = "sales-email-read"
REASON = f"bodies of emails that HubSpot withholds from a token without the scope {SCOPE}"
"""Under this reason the emails are counted whose body is not there."""

_BODIES = ("hs_email_text", "hs_email_html", "hs_body_preview", "hs_body_preview_html")
# HubSpot's sentence has about 120 characters, and may come inside some HTML.
_LONGEST = 400
_SENTENCES = 3
_TAGS = re.compile(r"<[^>]*>")
# Whether HubSpot still words it as it once did nobody has seen. What it has to say: that something is withheld, of an
# email, and which scope or permission opens it. A mail of at most three sentences that happens to say all of this is
# not to be expected.
_WITHHELD = re.compile(r"\b(?:redacted|withheld|hidden|not (?:shown|included|available|displayed))\b", re.I)
_PART = r"\b(?:content|body|text|details?)\b"
_OF_AN_EMAIL = re.compile(rf"{_PART}.{{0,40}}\be-?mail|\be-?mail\b.{{0,40}}{_PART}", re.I)
_WANTED = r"\b(?:requir|grant|miss|need|lack)\w*\b"
_OPENED_BY = re.compile(
    rf"{_WANTED}.{{0,60}}\bscopes?\b|\bscopes?\b.{{0,40}}{_WANTED}|\bpermissions? to (?:view|see|read|include)\b", re.I
)


def is_withheld(value: str) -> bool:
    """Whether a body is HubSpot's sentence about it."""
    if len(value) > _LONGEST:
        return False
    text = " ".join(_TAGS.sub(" ", value).split())
    if len(re.findall(r"[.!?](?:\s|$)", text)) > _SENTENCES or not _WITHHELD.search(text):
        return False
    return SCOPE in text or bool(_OF_AN_EMAIL.search(text) and _OPENED_BY.search(text))


def take_out(object_type_id: str, records: Iterable[MutableMapping[str, Any]]) -> int:
    """Set every body to NULL that HubSpot withholds, in the records and in their history; gives how many have one."""
    if object_type_id != EMAILS:
        return 0
    return sum(_take_out(record) for record in records)


def _take_out(record: MutableMapping[str, Any]) -> bool:
    values: dict[str, Any] = record.get("properties") or {}
    history: Any = record.get("propertiesWithHistory") or {}
    is_any = False
    changed = {}
    for name in _BODIES:
        value = values.get(name)
        if value and is_withheld(value):
            values[name] = None
            is_any = True
        told = history.get(name) or []
        kept = [version for version in told if not (version.value and is_withheld(version.value))]
        if len(kept) < len(told):
            # An older version would pass as what the value is now.
            changed[name] = kept if values.get(name) else []
            is_any = True
    if changed:
        record["propertiesWithHistory"] = history.with_versions(changed)
    return is_any
