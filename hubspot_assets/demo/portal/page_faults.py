"""Pages that are good JSON and yet not what was asked: each function spoils the body of one page of a list.

A body that is not a page (no ``results``) stays as it is.
"""

from collections.abc import Callable
from typing import Any

import msgspec

Page = dict[str, Any]


def _on_pages(change: Callable[[Page], None]) -> Callable[[bytes], bytes]:
    def spoil(body: bytes) -> bytes:
        try:
            page = msgspec.json.decode(body)
        except ValueError:
            return body
        if not isinstance(page, dict) or not isinstance(page.get("results"), list) or not page["results"]:
            return body
        change(page)
        return msgspec.json.encode(page)

    return spoil


def _cursor(page: Page, after: Any) -> None:
    page["paging"] = {"next": {"after": after}}


def _short(page: Page) -> None:
    rows = page["results"]
    keyset = all(isinstance(row, dict) and str(row.get("id", "")).isdecimal() and "properties" in row for row in rows)
    if len(rows) > 1 and keyset:
        page["results"] = rows[: len(rows) // 2]
        _cursor(page, rows[len(rows) // 2]["id"])


def _empty_with_cursor(page: Page) -> None:
    _cursor(page, str(page["results"][0].get("id", "0")))
    page["results"] = []


def _cursor_repeats(page: Page) -> None:
    _cursor(page, str(page["results"][0].get("id", "0")))


def _values_as_numbers(page: Page) -> None:
    for row in page["results"]:
        for name, value in row.get("properties", {}).items():
            if isinstance(value, str) and value.isdecimal() and len(value) < 16:
                row["properties"][name] = int(value)


def _ids_as_numbers(page: Page) -> None:
    for row in page["results"]:
        if str(row.get("id", "")).isdecimal():
            row["id"] = int(row["id"])


def _without(name: str) -> Callable[[Page], None]:
    return lambda page: page["results"][0].pop(name, None)


# (kind, what it says, how it spoils, whether a reader loses nothing by it)
PAGE_FAULTS: tuple[tuple[str, str, Callable[[bytes], bytes], bool], ...] = (
    ("page_short", "half a page and the cursor to the rest of it", _on_pages(_short), True),
    ("page_empty_with_cursor", "no rows and a cursor to the same page", _on_pages(_empty_with_cursor), False),
    ("page_cursor_repeats", "a cursor that leads to the same page again", _on_pages(_cursor_repeats), False),
    ("page_without_paging", "no cursor though there is more", _on_pages(lambda p: p.pop("paging", None)), False),
    ("page_paging_null", "paging that is null", _on_pages(lambda p: p.update(paging=None)), False),
    ("page_cursor_nonsense", "a cursor that is a list", _on_pages(lambda p: _cursor(p, [1])), False),
    ("page_record_twice", "its last row twice", _on_pages(lambda p: p["results"].append(p["results"][-1])), False),
    ("page_row_null", "a row that is null", _on_pages(lambda p: p["results"].append(None)), False),
    ("page_row_is_text", "a row that is a text", _on_pages(lambda p: p["results"].append("row")), False),
    ("page_results_null", "results that are null", _on_pages(lambda p: p.update(results=None)), False),
    ("page_results_object", "results that are an object", _on_pages(lambda p: p.update(results={})), False),
    ("page_without_results", "no results at all", _on_pages(lambda p: p.pop("results")), False),
    ("page_row_without_id", "a row without id", _on_pages(_without("id")), False),
    ("page_row_without_properties", "a row without properties", _on_pages(_without("properties")), False),
    ("page_values_as_numbers", "values that are numbers", _on_pages(_values_as_numbers), False),
    ("page_ids_as_numbers", "ids that are numbers", _on_pages(_ids_as_numbers), False),
    ("page_errors_beside_results", "a 200 that counts errors", _on_pages(lambda p: p.update(numErrors=1)), False),
)
