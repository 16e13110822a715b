"""Rows of LISTS and LIST_MEMBERSHIPS from HubSpot's answers."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Protocol

import polars as pl

from hubspot_assets.tables.frames import Row, text_of
from hubspot_assets.tables.values import datetime_of


class Membership(Protocol):
    """One record on one list; `joined_at` is HubSpot's text."""

    @property
    def list_id(self) -> str: ...
    @property
    def record_id(self) -> str: ...
    @property
    def joined_at(self) -> str | None: ...


def list_rows(lists: Iterable[Mapping[str, Any]]) -> Iterator[Row]:
    """Rows of LISTS. CLASSICLISTID is NULL where HubSpot does not tell it."""
    for one in lists:
        additional = one.get("additionalProperties") or {}
        size = one.get("size")
        yield {
            "LISTID": one["listId"],
            "CLASSICLISTID": one.get("classicListId") or additional.get("hs_classic_list_id"),
            "NAME": one.get("name"),
            "LISTTYPE": one.get("processingType"),
            "OBJECTTYPEID": one.get("objectTypeId"),
            "SIZE": additional.get("hs_list_size") if size is None else size,
            "CREATEDAT": one.get("createdAt"),
            "CREATEDBYUSERID": one.get("createdById"),
            "UPDATEDBYUSERID": one.get("updatedById"),
            "UPDATEDAT": one.get("updatedAt"),
            "FILTERSUPDATEDAT": one.get("filtersUpdatedAt"),
        }


def membership_frame(members: Iterable[Membership], type_of_list: Mapping[str, str], read_at: datetime) -> pl.DataFrame:
    """Rows of LIST_MEMBERSHIPS; `type_of_list` is list id -> object type id."""
    rows = [(m.list_id, type_of_list.get(m.list_id), m.record_id, text_of(m.joined_at)) for m in members]
    columns = dict.fromkeys(("LISTID", "OBJECTTYPEID", "OBJECTID", "UPDATEDAT"), pl.String)
    frame = pl.DataFrame(rows, schema=columns, orient="row")
    return frame.with_columns(
        datetime_of(frame["UPDATEDAT"]),
        pl.lit(read_at.replace(tzinfo=None)).cast(pl.Datetime("ms")).alias("INGESTEDAT"),
    )
