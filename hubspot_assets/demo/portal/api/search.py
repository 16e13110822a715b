"""CRM search API: 200 a page, 10,000 a query, its own five calls a second; no history, no associations, no archive."""

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any

import msgspec

from hubspot_assets.demo.portal.errors import validation_error
from hubspot_assets.demo.portal.routing import Call, Endpoint, both
from hubspot_assets.demo.portal.world.records import Records
from hubspot_assets.demo.portal.world.times import EPOCH

from .objects import records_of, scopes_of

MOST_RESULTS = 10_000
LONGEST_QUERY = 3_000
MOST_GROUPS, MOST_IN_GROUP, MOST_FILTERS = 5, 6, 18

Filter = dict[str, Any]
Getter = Callable[[int, str], str | None]


def search(call: Call) -> bytes:
    records = records_of(call)
    longest = call.settings.longest_search_body
    if longest is not None and len(call.raw_body) > longest:
        raise validation_error(f"The body of a search may have {longest} characters")
    limit, after = _limit(call), _after(call)
    if after + limit > MOST_RESULTS:
        raise validation_error(f"The total number of results that can be paged through is {MOST_RESULTS}")
    groups = _groups(call)
    query = call.body.get("query") or ""
    if len(query) > LONGEST_QUERY:
        raise validation_error(f"The query is longer than {LONGEST_QUERY} characters")
    value_of = _getter(records)
    property_name, descending = _sort(call)
    by_id = property_name == "hs_object_id" and not descending
    if by_id and not query and (start := _only_ids_above(records, groups)) is not None:
        total = records.life.count_from(start)
        page = list(islice(records.life.alive_from(start), after, after + limit))
    else:
        found = [n for n in records.life.alive_from() if _matches(n, groups, query, value_of)]
        if not by_id:
            found.sort(key=lambda n: _order(value_of(n, property_name)), reverse=descending)
        total, page = len(found), found[after : after + limit]
    renderer = call.portal.renderers.of(records, tuple(map(str, call.body_list("properties"))), ())
    paging = b""
    if after + len(page) < total:
        paging = b',"paging":' + msgspec.json.encode({"next": {"after": str(after + len(page))}})
    rows = b",".join(renderer.row(n) for n in page)
    return b'{"total":%d,"results":[%b]%b}' % (total, rows, paging)


def _limit(call: Call) -> int:
    limit = call.body.get("limit") or 10
    if not isinstance(limit, int) or not 1 <= limit <= 200:
        raise validation_error(f"limit must be between 1 and 200, but was {limit}")
    return limit


def _after(call: Call) -> int:
    after = str(call.body.get("after") or "0")
    if not after.isdecimal():
        raise validation_error(f"after must be an integer offset, but was {after}")
    return int(after)


def _groups(call: Call) -> list[list[Filter]]:
    groups = [list(group.get("filters", [])) for group in call.body_list("filterGroups")]
    if alone := call.body_list("filters"):
        groups.append(alone)
    too_many = len(groups) > MOST_GROUPS or any(len(group) > MOST_IN_GROUP for group in groups)
    if too_many or sum(len(group) for group in groups) > MOST_FILTERS:
        raise validation_error(
            f"At most {MOST_GROUPS} filter groups of {MOST_IN_GROUP} filters, {MOST_FILTERS} filters in all"
        )
    for group in groups:
        for one in group:
            operator = one.get("operator")
            if operator not in _OPERATORS:
                raise validation_error(f"Unknown operator: {operator}")
            needed = {"propertyName", *_NEEDED.get(operator, ("value",))}
            if not needed <= one.keys():
                raise validation_error(f"A filter with {operator} needs {', '.join(sorted(needed))}")
    return groups


def _sort(call: Call) -> tuple[str, bool]:
    sorts = call.body_list("sorts")
    if len(sorts) > 1:
        raise validation_error("Only one sort is supported")
    if not sorts:
        return "hs_object_id", False
    if isinstance(sorts[0], str):
        return sorts[0].removeprefix("-"), sorts[0].startswith("-")
    return sorts[0].get("propertyName", ""), sorts[0].get("direction", "ASCENDING").upper() == "DESCENDING"


def _only_ids_above(records: Records, groups: list[list[Filter]]) -> int | None:
    """The first number, if nothing but ids from some id on are asked for: those need no look at any record."""
    if not groups:
        return 0
    filters = groups[0]
    if len(groups) > 1 or any(
        f["propertyName"] != "hs_object_id" or f["operator"] not in {"GT", "GTE"} or not str(f["value"]).isdecimal()
        for f in filters
    ):
        return None
    return max(records.life.number_at(int(f["value"]) + (f["operator"] == "GT")) for f in filters)


def _getter(records: Records) -> Getter:
    """Reads one property of one record, without making the whole of it."""

    def value_of(number: int, name: str) -> str | None:
        place = records.place.get(name)
        if place is None:
            return None
        over = records.overlay(number)
        return over.values[place] if place in over.values else records.template_of(number).values[place]

    return value_of


def _order(value: str | None) -> tuple[int, float, str]:
    """Numbers and dates by size, texts by letters, what is not set last."""
    if not value:
        return (2, 0.0, "")
    number = _as_number(value)
    return (1, 0.0, value) if number is None else (0, number, "")


def _as_number(value: str) -> float | None:
    try:
        return float(value)
    except ValueError:
        pass
    day, _, clock = value.rstrip("Z").partition("T")
    whole, _, fraction = (clock or "00:00:00").partition(".")
    try:
        moment = datetime.fromisoformat(f"{day}T{whole}.{fraction:0<3.3}+00:00")
    except ValueError:
        return None
    return (moment - EPOCH).total_seconds() * 1000


def _compared(value: str | None, wanted: Any, test: Callable[[float], bool]) -> bool:
    left, right = _as_number(value or ""), _as_number(str(wanted))
    return left is not None and right is not None and test(left - right)


def _equal(value: str | None, wanted: Any) -> bool:
    return value is not None and (value.lower() == str(wanted).lower() or _compared(value, wanted, lambda d: d == 0))


_OPERATORS: dict[str, Callable[[str | None, Filter], bool]] = {
    "EQ": lambda v, f: _equal(v, f["value"]),
    "NEQ": lambda v, f: not _equal(v, f["value"]),
    "LT": lambda v, f: _compared(v, f["value"], lambda d: d < 0),
    "LTE": lambda v, f: _compared(v, f["value"], lambda d: d <= 0),
    "GT": lambda v, f: _compared(v, f["value"], lambda d: d > 0),
    "GTE": lambda v, f: _compared(v, f["value"], lambda d: d >= 0),
    "BETWEEN": lambda v, f: (
        _compared(v, f["value"], lambda d: d >= 0) and _compared(v, f["highValue"], lambda d: d <= 0)
    ),
    "IN": lambda v, f: any(_equal(v, wanted) for wanted in f["values"]),
    "NOT_IN": lambda v, f: not any(_equal(v, wanted) for wanted in f["values"]),
    "HAS_PROPERTY": lambda v, _: bool(v),
    "NOT_HAS_PROPERTY": lambda v, _: not v,
    "CONTAINS_TOKEN": lambda v, f: str(f["value"]).strip("*").lower() in (v or "").lower(),
    "NOT_CONTAINS_TOKEN": lambda v, f: str(f["value"]).strip("*").lower() not in (v or "").lower(),
}


_NEEDED: dict[str, tuple[str, ...]] = {
    "BETWEEN": ("value", "highValue"),
    "IN": ("values",),
    "NOT_IN": ("values",),
    "HAS_PROPERTY": (),
    "NOT_HAS_PROPERTY": (),
}


def _matches(number: int, groups: list[list[Filter]], query: str, value_of: Getter) -> bool:
    if query and not any(query.lower() in (value_of(number, name) or "").lower() for name in _searched()):
        return False
    if not groups:
        return True
    return any(all(_OPERATORS[f["operator"]](value_of(number, f["propertyName"]), f) for f in g) for g in groups)


def _searched() -> Iterator[str]:
    yield from ("email", "firstname", "lastname", "name", "dealname", "subject", "domain", "phone")


ENDPOINTS = [
    Endpoint(
        "POST",
        both("/crm/v3/objects/{object_type}/search", "/crm/objects/{V}/{object_type}/search"),
        search,
        scopes_of,
        bucket="search",
    )
]
