"""What a CRM record looks like in an answer: checked, and brought to the one form the callers rely on.

Pages have up to 100 records of hundreds of properties each: the decoder sees whether a record is as nearly all are, and
single values are looked at only where it is not. Not here: the versions of a record (`history.py`), pages (`page.py`).
"""

from collections.abc import Collection
from typing import Any, TypeAlias, TypedDict

import msgspec

from hubspot_assets.hubspot import instants
from hubspot_assets.hubspot.http.cursors import flaw_in_paging, next_after
from hubspot_assets.hubspot.http.decoding import as_id, decode, flaw_in_list, flaw_in_rows
from hubspot_assets.hubspot.record_pages.history import History, Version
from hubspot_assets.outside_text import is_whole

Value: TypeAlias = str | int | float | bool | None


class _Record(TypedDict, total=False):
    """What is read of a record, as HubSpot nearly always writes it."""

    id: Any
    createdAt: str | int | None
    updatedAt: str | int | None
    archived: Any
    properties: dict[str, str | None] | None
    propertiesWithHistory: dict[str, list[Version] | None] | None


class _AnyVersion(msgspec.Struct, gc=False, rename="camel"):
    """A `Version` whose value and time may be anything."""

    value: Any
    timestamp: Any = None
    source_type: Value = None
    source_id: Value = None
    source_label: Value = None
    updated_by_user_id: Value = None


class _AnyRecord(_Record, total=False):
    """A `_Record` whose values may be numbers or JSON."""

    properties: dict[str, Any] | None
    propertiesWithHistory: dict[str, list[_AnyVersion] | None] | None  # type: ignore[misc]


class RecordsAnswer(TypedDict, total=False):
    """An answer of the list endpoint or of a batch read. Its records are decoded one by one, by the check of it."""

    results: list[msgspec.Raw]
    paging: Any
    errors: Any
    status: Any
    message: Any


MERGED = "hs_merged_object_ids"
"""The property of a record that names those that were merged into it."""

_decoder = msgspec.json.Decoder(_Record)


def flaw_in_page(
    answer: dict[str, Any], *, after: str | None, above: str | None, with_history: bool, known: Collection[str] = ()
) -> str | None:
    """Return what is wrong with one page of the list endpoint, or None; brings its records to their form.

    Ids have to ascend, beyond the record `above` that ended the page before, but for those that are `known` or told
    again; and the cursor has to be beyond the one that was asked (`after`) and not before the page's own end.
    """
    flaw = flaw_in_list(answer.get("results")) or flaw_in_paging(answer) or flaw_in_records(answer, with_history)
    if flaw:
        return flaw
    previous = int(above) if above is not None else -1
    ids = {record["id"] for record in answer["results"]}
    # In place of the record that was announced, none is told again.
    told = {above, *known} if after is None or not is_whole(after) or after in ids else set()
    for record in answer["results"]:
        number = int(record["id"])
        if number <= previous and record["id"] not in told:
            return f"record {number} after record {previous}, although ids must ascend"
        told.add(record["id"])
        previous = max(previous, number)
    cursor = next_after(answer)
    if cursor is not None and cursor == after:
        return f"the cursor {cursor!r} a second time"
    if cursor is not None and is_whole(cursor):
        reached = max(previous, int(after) if after is not None and is_whole(after) else -1)
        if int(cursor) < reached:
            return f"the cursor {cursor!r}, which goes back before {reached}"
    return None


def flaw_in_batch(answer: dict[str, Any], *, asked: frozenset[str], with_history: bool) -> str | None:
    """Return what is wrong with the answer of a batch read, or None; brings its records to their form.

    Ids that HubSpot does not know are no flaw; ids that it could not read for another reason are. For a record that was
    merged into another HubSpot answers that other one, be it asked for as well or not: no flaw either, as long as there
    is an id without an answer for each record that was not asked for, or that comes once more.
    """
    flaw = flaw_in_list(answer.get("results")) or flaw_in_records(answer, with_history)
    if flaw:
        return flaw
    if len(answer["results"]) > len(asked):
        return "more records than were requested"
    return flaw_in_errors(answer)


def missing_without_a_word(answer: dict[str, Any], asked: frozenset[str]) -> bool:
    """Whether a batch read says nothing of some that were asked for, not even which record they were merged into."""
    results, listed = answer["results"], answer.get("errors") or []
    if len(results) >= len(asked):
        return False
    named = [as_id(one) for error in listed for one in _named(error)]
    if listed and not named:
        return False
    found = {record["id"] for record in results}
    merged = ";".join(str(record["properties"].get(MERGED) or "") for record in results).split(";")
    survivors = len(results) - len(asked & found)
    return len(asked - found - set(merged) - set(named)) > survivors


def _named(error: dict[str, Any]) -> list[Any]:
    """Return the ids that an error inside a batch answer is about."""
    context = error.get("context")
    ids = context.get("ids") if isinstance(context, dict) else None
    return ids if isinstance(ids, list) else []


def flaw_in_errors(answer: dict[str, Any]) -> str | None:
    """Return the first error inside a batch answer (200 or 207) that is something else than "there is none"."""
    listed = answer.get("errors") or []
    if flaw_in_rows(listed):
        return "an 'errors' that is not a list of objects"
    for error in listed:
        kinds = f"{error.get('category')} {error.get('subCategory')}".upper()
        if "NOT_FOUND" not in kinds and "NO_ASSOCIATIONS" not in kinds:
            return f"errors for part of the batch: {error.get('category')}: {str(error.get('message'))[:200]}"
    return None


def flaw_in_records(answer: dict[str, Any], with_history: bool) -> str | None:
    """Check and bring to form each of `answer["results"]`: ids and values as text, `properties` always there.

    Nothing is done to an answer whose records are in form.
    """
    if any(isinstance(record, dict) for record in answer["results"][:1]):
        return None
    records: list[dict[str, Any]] = []
    # One after another, from its text to its columns: what is made of a record is looked at while it is in the
    # processor's cache, and its thousand objects are gone before the next one's are made.
    for raw in answer["results"]:
        record, flaw = _decoded(raw)
        if record is None:
            return flaw
        record_id = as_id(record.get("id"))
        if record_id is None or not is_whole(record_id):
            return f"a record whose id is not a number: {record.get('id')!r}"
        record["id"] = record_id
        history = record.get("propertiesWithHistory")
        if record.get("properties") is None:
            if history is None:
                return f"record {record_id} without 'properties'"
            record["properties"] = {}
        for name in ("createdAt", "updatedAt"):
            if type(record.get(name)) is int:
                record[name] = instants.of_milliseconds(record[name]) or str(record[name])
        if with_history:
            record["propertiesWithHistory"] = History.of(history or {})
        records.append(record)
    answer["results"] = records
    return None


def _decoded(raw: msgspec.Raw) -> tuple[Any, str | None]:
    """Return a record and None, or None and what is wrong with it; each value and each time is a text."""
    try:
        return _decoder.decode(raw), None
    except (msgspec.DecodeError, UnicodeDecodeError):
        record, flaw = decode(bytes(raw), _AnyRecord)
    if record is None:
        return None, flaw
    for name, value in (record.get("properties") or {}).items():
        record["properties"][name] = _text(value)
    history = record.get("propertiesWithHistory") or {}
    for name, versions in history.items():
        history[name] = [_version(version) for version in versions or ()]
        flawed = next((one for one in history[name] if not isinstance(one.timestamp, str)), None)
        if flawed is not None:
            return None, f"record {record.get('id')} with a version of {name!r} whose timestamp is {flawed.timestamp!r}"
    return record, None


def _version(told: _AnyVersion) -> Version:
    """Return a version with texts; a time that is none stays what it is."""
    timestamp = "" if told.timestamp is None else told.timestamp
    if type(timestamp) is int:
        timestamp = instants.of_milliseconds(timestamp) or str(timestamp)
    sources = (told.source_type, told.source_id, told.source_label, told.updated_by_user_id)
    return Version(_text(told.value), timestamp, *sources)  # type: ignore[arg-type]


def _text(value: Any) -> str | None:
    """Return a value as the text that it is: JSON for what is none in HubSpot's answer."""
    return value if value is None or isinstance(value, str) else msgspec.json.encode(value).decode()


def values_are_missing(record: dict[str, Any]) -> bool:
    """Whether a record has a version with a value for a property that `properties` does not have."""
    history = record["propertiesWithHistory"]
    return any(history[name][0].value for name in _without_value(record))


def fill_from_history(record: dict[str, Any]) -> None:
    """Give each property that has versions but no current value the value of its newest version."""
    history, properties = record["propertiesWithHistory"], record["properties"]
    for name in _without_value(record):
        properties[name] = max(history[name], key=lambda version: version.timestamp.rstrip("Z")).value


def _without_value(record: dict[str, Any]) -> set[str]:
    """Return the names of the properties that have versions, and which `properties` does not have."""
    told = set(record["propertiesWithHistory"].names)
    return set() if record["properties"].keys() >= told else told - record["properties"].keys()


def keep_only(record: dict[str, Any], wanted: frozenset[str]) -> None:
    """Drop what HubSpot adds unasked (its default properties), so that nothing unrequested is passed on."""
    if not wanted.issuperset(record["properties"]):
        record["properties"] = {name: value for name, value in record["properties"].items() if name in wanted}
    history: History | None = record.get("propertiesWithHistory")
    if history is not None and not wanted.issuperset(history.names):
        record["propertiesWithHistory"] = history.only(wanted)


def add_properties(record: dict[str, Any], part: dict[str, Any]) -> None:
    """Add to a record the properties that another call brought of it."""
    record["properties"].update(part["properties"])
    if "propertiesWithHistory" in record:
        record["propertiesWithHistory"] = record["propertiesWithHistory"].beside(part["propertiesWithHistory"])
