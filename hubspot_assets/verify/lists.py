"""LISTS and LIST_MEMBERSHIPS against the lists API.

Lists are compared whole, and as many memberships as HubSpot says that each list has; who is on a list, for some of the
lists or for all.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import polars as pl

from hubspot_assets.catalog.fixed_tables import LIST_MEMBERSHIPS, LISTS_TABLE
from hubspot_assets.hubspot import HubSpotClient, HubSpotError, lists
from hubspot_assets.hubspot.lists import Membership
from hubspot_assets.outside_text import is_whole
from hubspot_assets.verify.cells import moment
from hubspot_assets.verify.comparing import Key, compare
from hubspot_assets.verify.definitions import list_rows
from hubspot_assets.verify.exported import ExportedDay, Sampling
from hubspot_assets.verify.refusals import answer_or_refusal, comparable, comparable_part, told_of
from hubspot_assets.verify.report import TableReport
from hubspot_assets.verify.small_tables import changed_rows

_LISTS_OF_A_SAMPLE = 10


def check(client: HubSpotClient, day: ExportedDay, sampling: Sampling, reports: Mapping[str, TableReport]) -> None:
    """Compare both tables."""
    wanted = [t for t in (LISTS_TABLE, LIST_MEMBERSHIPS) if t.name in reports and reports[t.name].missing is None]
    if not wanted:
        return
    answer = answer_or_refusal(lambda: lists.read(client))
    for table in wanted:
        report = reports[table.name]
        everything = comparable(report, day, table, answer)
        if everything is None:
            continue
        day.check_columns(report, table)
        day.check_read_times(report, table, day.scan(table))
        if table is LISTS_TABLE:
            expected, rows = list(list_rows(everything)), day.rows(table)
            changed = changed_rows(("LISTID",), [*expected, *rows], day.captured_from(table))
            compare(report, ("LISTID",), expected, rows, changed_since=changed)
        else:
            _check_memberships(client, day, sampling, report, everything)


def _check_memberships(
    client: HubSpotClient, day: ExportedDay, sampling: Sampling, report: TableReport, everything: list[dict[str, Any]]
) -> None:
    by_id = {str(one["listId"]): one for one in everything}
    exported = day.scan(LIST_MEMBERSHIPS).group_by("LISTID").len().collect()
    counts = dict(exported.iter_rows())
    # Sizes are told with a delay: a list whose size does not agree is read, and its members decide.
    suspicious = [
        list_id for list_id in by_id.keys() | counts.keys() if _size(by_id.get(list_id)) != counts.get(list_id, 0)
    ]
    of_a_sample = Sampling(_LISTS_OF_A_SAMPLE, sampling.seed).choose(list(by_id))
    chosen = list(by_id) if sampling.is_full else of_a_sample
    captured = day.captured_from(LIST_MEMBERSHIPS)
    for list_id in dict.fromkeys([*chosen, *sorted(suspicious)]):
        one = by_id.get(list_id, {})
        answer = _members(client, list_id) if one else []
        told = told_of(day, LIST_MEMBERSHIPS, "members of the list", list_id)
        is_there = list_id in counts
        members = comparable_part(report, told, f"members of the list {list_id}", answer, is_there=is_there)
        if members is None:
            continue
        expected: list[dict[str, Any]] = [
            {
                "LISTID": list_id,
                "OBJECTTYPEID": one.get("objectTypeId"),
                "OBJECTID": member.record_id,
                "UPDATEDAT": moment(member.joined_at),
            }
            for member in members
        ]
        rows = day.scan(LIST_MEMBERSHIPS).filter(pl.col("LISTID") == list_id).collect().rows(named=True)
        changed = _ChangedSince(one, {row["OBJECTID"]: row["UPDATEDAT"] for row in expected}, captured)
        compare(report, ("LISTID", "OBJECTID"), expected, rows, changed_since=changed)


def _members(client: HubSpotClient, list_id: str) -> list[Membership] | HubSpotError:
    return answer_or_refusal(lambda: list(lists.memberships(client, list_id)))


def _size(one: Mapping[str, Any] | None) -> int | None:
    additional = (one or {}).get("additionalProperties") or {}
    size = (one or {}).get("size", additional.get("hs_list_size"))
    return int(size) if size is not None and is_whole(str(size)) else None


class _ChangedSince:
    """Who joined since tells when; who left does not, only the list tells when the last one did."""

    def __init__(self, one: Mapping[str, Any], joined: Mapping[Any, datetime | None], captured: datetime) -> None:
        additional = one.get("additionalProperties") or {}
        left = moment(str(additional.get("hs_last_record_removed_at") or ""))
        self._left_since = left is not None and left >= captured
        self._joined = joined
        self._captured = captured

    def __call__(self, key: Key, _column: str) -> bool:
        if key[1] not in self._joined:
            return self._left_since
        at = self._joined[key[1]]
        return at is not None and at >= self._captured
