"""The fields of an answer's rows that are looked into: whether they are of the JSON type that HubSpot documents.

What is null or left away is no flaw anywhere: HubSpot does so with whatever is not set. Not here: lists of rows and the
ids that each row must have (`decoding`), pages (`paging`), records of the CRM objects API (`record_pages`).
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

Fields: TypeAlias = Mapping[str, Any]
"""Field -> `str` for a text, a `Fields` for an object with these fields, a list of one `Fields` for a list of such."""


def flaw_in_fields(row: Mapping[str, Any], fields: Fields, what: str) -> str | None:
    """Return what is wrong with a row, such as "an owner whose 'teams' is not a list of objects"; None if nothing is.

    `what`: what a sentence calls the row.
    """
    for name, form in fields.items():
        value = row.get(name)
        if value is not None and (flaw := _flaw(value, name, form, what)):
            return flaw
    return None


def flaw_in_each(rows: Sequence[Mapping[str, Any]], fields: Fields, what: str) -> str | None:
    """Return what is wrong with the first row of which something is."""
    return next(filter(None, (flaw_in_fields(row, fields, what) for row in rows)), None)


def _flaw(value: Any, name: str, form: Any, what: str) -> str | None:
    if form is str:
        return None if isinstance(value, str) else f"{what} whose {name!r} is not a text"
    if isinstance(form, list):
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            return f"{what} whose {name!r} is not a list of objects"
        return flaw_in_each(value, form[0], f"{what} with an entry of {name!r}")
    if not isinstance(value, dict):
        return f"{what} whose {name!r} is not an object"
    return flaw_in_fields(value, form, f"{what} with a {name!r}")
