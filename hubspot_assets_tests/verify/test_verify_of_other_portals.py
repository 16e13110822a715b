"""Portals that write the same things in another way: ids as numbers, times without milliseconds, fields left away.

Whatever a portal's hand, the export takes it as it is meant, and verify finds no difference.
"""

import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from hubspot_assets.catalog.object_types import ObjectType
from hubspot_assets.catalog.portal import EventType
from hubspot_assets.demo.s3 import DemoS3
from hubspot_assets.hubspot import HubSpotClient
from hubspot_assets.hubspot.http import decoding
from hubspot_assets.verify.day import verify_day
from hubspot_assets.verify.report import TableReport
from hubspot_assets_tests.exported import YESTERDAY
from hubspot_assets_tests.sampled import sampled
from hubspot_assets_tests.small_export import SmallExport, catalogue, small_export

KNOWN = catalogue(
    *("0-1", "0-2", "0-3", "0-11", "0-15", "0-28", "0-29", "0-45", "0-46", "0-4", "0-115", "0-72", "0-35", "0-39"),
    custom=[ObjectType("2-111", "car", "Car", "", ("crm.objects.custom.read",), fully_qualified_name="p62515_car")],
    events=[
        EventType("e_visited_page", "e_visited_page"),
        EventType("pe62515_clicked_pricing", "6-4000100"),
        EventType("pe62515_service_due", "6-4000104"),
    ],
    pairs=[("0-1", "0-2"), ("0-2", "0-3"), ("0-2", "0-2"), ("0-1", "2-111")],
)
Hand = Callable[[str, Any, dict[str, Any]], Any]
"""Key, value and object it is in -> the value as this hand writes it, or GONE."""
GONE = object()
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.(\d{3})Z")
_IDS = {"id", "toObjectId", "objectId", "recordId", "listId", "userId", "createdById", "updatedById", "displayOrder"}


def as_numbers(key: str, value: Any, within: dict[str, Any]) -> Any:
    """Ids and numbers are JSON numbers, booleans are texts."""
    if key in _IDS and isinstance(value, str) and value.isdecimal() and str(int(value)) == value:
        return int(value)
    if key == "properties" and isinstance(value, dict):
        return {name: _number(one) for name, one in value.items()}
    return str(value).lower() if isinstance(value, bool) and key != "hasMore" else value


def _number(value: Any) -> Any:
    return int(value) if isinstance(value, str) and re.fullmatch("-?[1-9][0-9]{0,14}", value) else value


def sparse(key: str, value: Any, within: dict[str, Any]) -> Any:
    """What says nothing is left away."""
    if key in {"results", "lists", "properties", "stages", "to", "splits", "associationTypes", "value", "hasMore"}:
        return value
    return GONE if value is None or value is False or value in ("", [], {}) else value


_OPTIONAL = ("archived", "description", "teams", "labels", "metadata", "userId", "displayOrder", "primary", "options")


def with_nulls(key: str, value: Any, within: dict[str, Any]) -> Any:
    """What says nothing is null, and there."""
    if key in _OPTIONAL and value in (False, "", [], {}, None, -1):
        return None
    if key == "plural":
        return None
    return value


def times_without_milliseconds(key: str, value: Any, within: dict[str, Any]) -> Any:
    """Whole seconds have no milliseconds; the zone is an offset."""
    match = _MOMENT.fullmatch(value) if isinstance(value, str) else None
    if not match:
        return value
    fraction = f".{match[2]}".rstrip("0").rstrip(".")
    return f"{match[1]}{fraction}+00:00"


def times_elsewhere(key: str, value: Any, within: dict[str, Any]) -> Any:
    """Times are told in the zone of Kolkata, by which nothing has another date."""
    if key not in {"createdAt", "updatedAt", "timestamp", "membershipTimestamp", "filtersUpdatedAt", "archivedAt"}:
        return value
    match = _MOMENT.fullmatch(value) if isinstance(value, str) else None
    if not match:
        return value
    at = datetime.fromisoformat(f"{match[1]}+00:00").astimezone(timezone(timedelta(hours=5, minutes=30)))
    return at.isoformat().replace("+05:30", f".{match[2]}+05:30")


def epoch_milliseconds(key: str, value: Any, within: dict[str, Any]) -> Any:
    """Times of what is no record are epoch milliseconds."""
    match = _MOMENT.fullmatch(value) if isinstance(value, str) and "properties" not in within else None
    if not match or key not in {"createdAt", "updatedAt", "filtersUpdatedAt", "publishDate", "created", "updated"}:
        return value
    at = datetime.fromisoformat(f"{match[1]}+00:00")
    return round(at.timestamp()) * 1000 + int(match[2])


def bare(key: str, value: Any, within: dict[str, Any]) -> Any:
    """Fields that the export can do without are not there; events and lists say as little as they may."""
    if key in {"label", "type", "dataSensitivity", "createdAt", "updatedAt"} and "fieldType" in within:
        return GONE
    if key in {"hs_list_size", "size", "total", "labels", "singularLabel", "pluralLabel", "fullyQualifiedName"}:
        return value if "trackingType" in within and key == "fullyQualifiedName" else GONE
    return GONE if key == "properties" and "occurredAt" in within else value


def with_what_is_new(key: str, value: Any, within: dict[str, Any]) -> Any:
    """Categories, types and fields that nobody knew when this was written."""
    if key == "category" and value == "USER_DEFINED":
        return "PARTNER_DEFINED"
    if key == "type" and "fieldType" in within and value == "enumeration":
        return "rainbow"
    if key == "properties" and isinstance(value, dict) and "createdAt" in within:
        return {**value, "hs_something_new": "7"}
    return value


HANDS = {
    hand.__name__: hand
    for hand in (
        as_numbers,
        sparse,
        with_nulls,
        times_without_milliseconds,
        times_elsewhere,
        epoch_milliseconds,
        bare,
        with_what_is_new,
    )
}


def written_by(hand: Hand, told: Any) -> Any:
    if isinstance(told, list):
        return [written_by(hand, one) for one in told]
    if not isinstance(told, dict):
        return told
    written = {key: hand(key, written_by(hand, value), told) for key, value in told.items()}
    return {key: value for key, value in written.items() if value is not GONE}


@pytest.fixture
def written(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything that HubSpot answers is written by the hand."""
    decode, hand = decoding.decode, HANDS[request.param]

    def bent(content: bytes, shape: Any = Any) -> tuple[Any, str | None]:
        try:
            told = json.loads(content)
        except ValueError:
            return decode(content, shape)
        return decode(json.dumps(written_by(hand, told)).encode(), shape)

    monkeypatch.setattr(decoding, "decode", bent)


@pytest.fixture
def small(s3: DemoS3, tmp_path: Path) -> Iterator[SmallExport]:
    with small_export(s3, tmp_path, KNOWN, counts={"0-46": 8}, custom_objects=1) as export:
        yield export


def verified(small: SmallExport) -> dict[str, TableReport]:
    with HubSpotClient(small.portal.token, small.portal.url) as client:
        tables = list(small.portal_tables)
        return {r.table: r for r in verify_day(client, small.lake, small.portal_tables, str(YESTERDAY), tables)}


@pytest.mark.parametrize("written", sampled(HANDS, 1), indirect=True)
@pytest.mark.usefixtures("written")
def test_verify_finds_no_difference_whatever_the_portals_hand(small: SmallExport) -> None:
    result = small.export()
    assert result.failed == {}

    reports = verified(small)

    differences = [d for report in reports.values() for d in report.differences]
    assert differences == [], differences[:10]
    assert [name for name, report in reports.items() if not report.is_proven] == []
    assert sum(report.cells for report in reports.values()) > 5_000
