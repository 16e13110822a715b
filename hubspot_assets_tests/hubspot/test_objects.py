"""Reading whole tables and chosen records of CRM object types."""

from typing import Any

import pytest

from hubspot_assets.hubspot import errors, objects
from hubspot_assets.hubspot.record_pages.records import Version

from .canned import Answer, CannedHubSpot, Table, canned


def record(number: int, **properties: str | None) -> dict[str, Any]:
    return {"id": number, "properties": {"hs_object_id": str(number), **properties}}


def version(value: str, timestamp: str) -> dict[str, Any]:
    return {"value": value, "timestamp": timestamp, "sourceType": "CRM_UI"}


def read(table: Table, names: list[str], **options: Any) -> tuple[list[dict[str, Any]], CannedHubSpot, dict[str, int]]:
    hubspot = CannedHubSpot(table)
    pages = list(objects.pages(hubspot.client(), "0-1", names, **options))
    left_out: dict[str, int] = {}
    for page in pages:
        for reason, count in page.left_out.items():
            left_out[reason] = left_out.get(reason, 0) + count
    return [one for page in pages for one in page.records], hubspot, left_out


def ids(records: list[dict[str, Any]]) -> list[int]:
    return [int(one["id"]) for one in records]


def test_every_record_is_read_once_and_in_order():
    records, hubspot, left_out = read(Table([record(3 * n, email=f"{n}@x") for n in range(1, 251)]), ["email"])

    assert ids(records) == [3 * n for n in range(1, 251)]
    assert records[0]["properties"] == {"email": "1@x"}
    assert left_out == {}
    assert [(request.one("after"), request.one("limit")) for request in hubspot.seen] == [
        (None, "100"),
        ("303", "100"),
        ("603", "100"),
        ("750", "2"),  # whether that was the end
    ]
    assert {request.path for request in hubspot.seen} == {"/crm/objects/2026-09/0-1"}


def test_an_empty_table_is_one_page_without_records_and_one_call():
    records, hubspot, _ = read(Table([]), ["email"])

    assert records == []
    assert len(hubspot.seen) == 1


def test_nothing_that_was_not_asked_for_is_passed_on():
    records, _, _ = read(Table([record(1, email="a", iban="secret")]), ["email"])

    assert records[0]["properties"] == {"email": "a"}


def test_the_commas_between_property_names_are_raw():
    _, hubspot, _ = read(Table([record(1)]), ["a", "b"])

    assert "properties=a,b" in hubspot.seen[0].url


def test_names_that_do_not_fit_one_url_are_split_and_merged():
    names = [f"a_property_with_a_long_name_{n}" for n in range(1500)]
    table = Table([record(n, **{name: f"{n} {name}" for name in names}) for n in range(1, 151)])

    records, hubspot, _ = read(table, names)

    assert ids(records) == list(range(1, 151))
    assert all(one["properties"] == {name: f"{one['id']} {name}" for name in names} for one in records)
    assert max(len(request.url) for request in hubspot.seen) < 14_300


@pytest.mark.parametrize(
    ("longest", "answer"),
    [
        (3_000, Answer(b"<html>414 Request-URI Too Large</html>", 414)),
        (3_000, Answer({"message": "Request Header Fields Too Large"}, 431)),
        (4_500, Answer(b"<html>400 Request Header Or Cookie Too Large</html>", 400)),
        (4_500, Answer(b"", 413)),
    ],
)
def test_a_url_that_hubspot_or_a_gateway_finds_too_long_is_halved(longest: int, answer: Answer):
    names = [f"name_{n}" for n in range(1000)]
    table = Table([record(1, **{name: name for name in names})])
    table.longest_url, table.too_long = longest, answer

    records, _, _ = read(table, names)

    assert records[0]["properties"] == {name: name for name in names}


def test_a_url_too_long_for_a_single_property_is_an_error():
    table = Table([record(1)])
    table.longest_url = 20

    with pytest.raises(errors.UrlTooLong):
        read(table, ["email"])


MANY = [f"a_property_with_a_long_name_{n}" for n in range(700)]


def test_a_record_deleted_between_two_pieces_is_left_out_and_counted():
    table = Table([record(n, **dict.fromkeys(MANY, "v")) for n in range(1, 6)])
    table.before = lambda request: table.records.pop(3, None) and None if MANY[-1] in request.url else None

    records, _, left_out = read(table, MANY)

    assert left_out in ({}, {objects.GONE: 1})
    assert all(set(one["properties"]) == set(MANY) for one in records)
    assert ids(records) == [1, 2, 4, 5]


def test_a_record_changed_between_two_pieces_has_the_values_of_one_moment():
    table = Table([record(n, **dict.fromkeys(MANY, "old")) for n in range(1, 4)])

    def change(request: Any) -> None:
        last_piece = request.method == "GET" and MANY[-1] in request.url
        if last_piece:
            table.records[2]["properties"] = dict.fromkeys(MANY, "new")
            table.records[2]["updatedAt"] = "2026-05-05T00:00:00Z"

    table.before = change
    records, _, _ = read(table, MANY)

    assert ids(records) == [1, 2, 3]
    assert set(records[1]["properties"].values()) == {"new"}
    assert set(records[0]["properties"].values()) == {"old"}


def test_history_is_read_fifty_records_a_call_and_asked_for_once():
    table = Table(
        [
            record(n, email="now") | {"history": {"email": [version("now", "2026-01-02T00:00:00Z")]}}
            for n in range(1, 121)
        ]
    )

    records, hubspot, _ = read(table, ["email"], with_history=True)

    assert len(records) == 120
    assert [request.one("limit") for request in hubspot.seen] == ["50", "50", "50", "2"]
    assert all(request.one("properties") is None for request in hubspot.seen)
    assert records[7]["properties"] == {"email": "now"}
    assert records[7]["propertiesWithHistory"]["email"][0].value == "now"


def test_a_record_without_history_does_not_cost_the_others_theirs():
    history = {"email": [version("now", "2026-01-02T00:00:00Z")]}
    table = Table(
        [record(1, email="now") | {"history": history}, record(2), record(3, email="now") | {"history": history}]
    )

    records, _, _ = read(table, ["email"], with_history=True)

    told = [Version("now", "2026-01-02T00:00:00Z", "CRM_UI")]
    assert [one["propertiesWithHistory"] for one in records] == [{"email": told}, {}, {"email": told}]


@pytest.mark.parametrize(
    ("told", "text"),
    [
        ({"street": "A", "geo": [1, None]}, '{"street":"A","geo":[1,null]}'),
        (["a", "b"], '["a","b"]'),
        ([], "[]"),
        (True, "true"),
        (12.5, "12.5"),
        (2**70, "1180591620717411303424"),
    ],
)
def test_a_value_that_is_no_text_is_its_json(told: Any, text: str):
    version_of = {"value": told, "timestamp": "2026-01-02T00:00:00Z"}
    one = {"id": "1", "properties": {"email": told}, "propertiesWithHistory": {"email": [version_of]}}

    (page,) = objects.pages(canned({"results": [one]}).client(), "0-1", ["email"], with_history=True)

    assert page.records[0]["properties"] == {"email": text}
    assert page.records[0]["propertiesWithHistory"]["email"][0].value == text


def test_a_record_that_is_listed_as_archived_is_left_out_and_counted():
    rows = [{"id": str(n), "properties": {"email": "a"}, "archived": n == 2} for n in (1, 2, 3)]

    (page,) = objects.pages(canned({"results": rows}).client(), "0-1", ["email"])

    assert ids(page.records) == [1, 3]
    assert page.left_out == {"deleted while it was being read": 1}


def test_times_in_epoch_milliseconds_are_those_times():
    versions = [{"value": "a", "timestamp": 1767312000123}, {"value": "b", "timestamp": -1}]
    one = {"id": "1", "updatedAt": 1767312000123, "createdAt": 0, "properties": {"email": "a"}}

    answer = {"results": [{**one, "propertiesWithHistory": {"email": versions}}]}
    (page,) = objects.pages(canned(answer).client(), "0-1", ["email"], with_history=True)

    (record,) = page.records
    assert (record["updatedAt"], record["createdAt"]) == ("2026-01-02T00:00:00.123Z", "1970-01-01T00:00:00.000Z")
    told = [version.timestamp for version in record["propertiesWithHistory"]["email"]]
    assert told == ["2026-01-02T00:00:00.123Z", "1969-12-31T23:59:59.999Z"]


@pytest.mark.parametrize("missing", [None, {}, {"email": None}])
def test_history_that_is_missing_in_any_form_is_no_history(missing: Any):
    hubspot = canned(
        {"results": [{"id": "1", "properties": {"email": "a"}, "propertiesWithHistory": missing}]},
    )

    (page,) = objects.pages(hubspot.client(), "0-1", ["email"], with_history=True)

    assert not page.records[0]["propertiesWithHistory"].get("email")


def test_values_come_too_where_asking_for_history_does_not_bring_them():
    table = Table(
        [
            record(1, email="now", phone="1") | {"history": {"email": [version("now", "2026-01-02T00:00:00Z")]}},
            record(2, phone="2"),
        ]
    )
    table.history_fills_values = False

    records, _, _ = read(table, ["email", "phone"], with_history=True)

    assert [one["properties"] for one in records] == [{"email": "now", "phone": "1"}, {"email": None, "phone": "2"}]


def test_a_cleared_value_that_only_history_tells_is_the_newest_version():
    versions = [version("old", "2026-01-01T00:00:00Z"), version("", "2026-01-01T00:00:00.250Z")]
    hubspot = canned({"results": [{"id": "1", "properties": {}, "propertiesWithHistory": {"email": versions[::-1]}}]})

    (page,) = objects.pages(hubspot.client(), "0-1", ["email"], with_history=True)

    assert page.records[0]["properties"] == {"email": ""}


def test_a_short_page_with_a_cursor_is_not_the_end():
    pages = {
        None: {"results": [{"id": "1", "properties": {}}], "paging": {"next": {"after": "5"}}},
        "5": {"results": [{"id": "5", "properties": {}}]},
    }
    hubspot = CannedHubSpot(lambda request: pages[request.one("after")])

    found = list(objects.pages(hubspot.client(), "0-1", []))

    assert [one["id"] for page in found for one in page.records] == ["1", "5"]


def test_an_empty_page_with_a_cursor_is_not_the_end():
    pages = {
        None: {"results": [{"id": "1", "properties": {}}], "paging": {"next": {"after": "3"}}},
        "3": {"results": [], "paging": {"next": {"after": "5"}}},
        "5": {"results": [{"id": "5", "properties": {}}]},
    }
    hubspot = CannedHubSpot(lambda request: pages[request.one("after")])

    found = list(objects.pages(hubspot.client(), "0-1", []))

    assert [one["id"] for page in found for one in page.records] == ["1", "5"]


def test_empty_pages_without_end_are_an_error():
    hubspot = CannedHubSpot(
        lambda request: {"results": [], "paging": {"next": {"after": str(int(request.one("after") or 0) + 1)}}}
    )

    with pytest.raises(errors.MalformedAnswer, match="empty pages"):
        list(objects.pages(hubspot.client(), "0-1", []))


@pytest.mark.parametrize("cursor", ["100", "1", "abc"])
def test_a_cursor_that_does_not_advance_is_an_error(cursor: str):
    def answer(request: Any) -> Any:
        first = int(request.one("after") or 100) if cursor == "100" else 100
        return {"results": [{"id": str(first), "properties": {}}], "paging": {"next": {"after": cursor}}}

    with pytest.raises(errors.MalformedAnswer):
        list(objects.pages(CannedHubSpot(answer).client(), "0-1", []))


def test_a_full_page_that_lost_its_cursor_does_not_end_the_table():
    table = Table([record(n) for n in range(1, 251)])

    def lose(request: Any) -> Any:
        if request.one("after") == "101" and request.one("limit") == "100":
            return {"results": [{"id": str(n), "properties": {}} for n in range(101, 201)]}
        return None

    table.before = lose
    records, _, _ = read(table, [])

    assert ids(records) == list(range(1, 251))


def test_a_full_last_page_costs_one_more_call():
    records, hubspot, _ = read(Table([record(n) for n in range(1, 101)]), [])

    assert len(records) == 100
    assert len(hubspot.seen) == 2


def test_a_full_last_page_ends_the_table_where_only_cursors_given_out_are_taken():
    table = Table([record(n) for n in range(1, 101)])
    refusal = Answer({"status": "error", "message": "Invalid after", "category": "VALIDATION_ERROR"}, 400)
    table.before = lambda request: refusal if request.one("after") else None

    records, _, _ = read(table, [])

    assert len(records) == 100


GOOD = {"id": "1", "properties": {"email": "a"}}


@pytest.mark.parametrize(
    "rows",
    [
        None,
        {},
        "rows",
        [None],
        ["1"],
        [{"properties": {}}],
        [{"id": None, "properties": {}}],
        [{"id": "contact", "properties": {}}],
        [{"id": True, "properties": {}}],
        [{"id": "1"}],
        [{"id": "1", "properties": None}],
        [{"id": "1", "properties": ["email"]}],
        [{"id": "2", "properties": {}}, GOOD],
    ],
)
def test_a_page_of_the_wrong_shape_is_asked_for_again_and_then_an_error(rows: Any):
    healed = canned({"results": rows}, {"results": [GOOD]})
    (page,) = objects.pages(healed.client(), "0-1", ["email"])
    assert [one["id"] for one in page.records] == ["1"]

    with pytest.raises(errors.MalformedAnswer):
        list(objects.pages(canned({"results": rows}).client(), "0-1", ["email"]))


@pytest.mark.parametrize("paging", ["next", [], {"next": "5"}, {"next": {}}, {"next": {"after": None}}, {"next": []}])
def test_a_paging_of_the_wrong_shape_is_an_error(paging: Any):
    with pytest.raises(errors.MalformedAnswer):
        list(objects.pages(canned({"results": [GOOD], "paging": paging}).client(), "0-1", []))


def test_numbers_as_numbers_become_text():
    properties = {"a": 5, "b": True, "c": None, "d": "x", "e": 0.5}
    hubspot = canned({"results": [{"id": 7, "properties": properties}]})

    (page,) = objects.pages(hubspot.client(), "0-1", list("abcde"))

    assert page.records[0]["id"] == "7"
    assert page.records[0]["properties"] == {"a": "5", "b": "true", "c": None, "d": "x", "e": "0.5"}


def test_a_page_with_more_rows_than_asked_for_loses_none():
    table = Table([record(n) for n in range(1, 121)])
    table.before = lambda request: (
        {"results": [{"id": str(n), "properties": {}} for n in range(1, 121)]} if not request.one("after") else None
    )

    records, _, _ = read(table, [])

    assert ids(records) == list(range(1, 121))


def test_a_type_that_is_not_there_is_unavailable():
    refusal = {"status": "error", "message": "Unable to infer object type from: widgets", "correlationId": "c-1"}

    with pytest.raises(errors.UnknownObjectType, match="c-1") as raised:
        list(objects.pages(canned(Answer(refusal, 400)).client(), "widgets", []))

    assert isinstance(raised.value, errors.NotAvailable)


@pytest.mark.parametrize(("with_history", "calls"), [(False, 3), (True, 5)])
def test_batch_read_asks_for_as_many_ids_as_hubspot_takes(with_history: bool, calls: int):
    table = Table([record(n, email=str(n)) for n in range(1, 251)])
    hubspot = CannedHubSpot(table)

    pages = list(
        objects.batch_read(
            hubspot.client(), "0-1", (str(n) for n in range(1, 251)), ["email"], with_history=with_history
        )
    )

    assert len(hubspot.seen) == calls
    assert [one["id"] for page in pages for one in page.records] == [str(n) for n in range(1, 251)]
    assert all(set(request.body) == {"inputs", "properties", "propertiesWithHistory"} for request in hubspot.seen)


@pytest.mark.parametrize("status", [200, 207])
def test_batch_read_counts_the_ids_that_are_gone(status: int):
    table = Table([record(1), record(3)])
    hubspot = CannedHubSpot(lambda request: Answer(table(request), status))

    (page,) = objects.batch_read(hubspot.client(), "0-1", ["1", "2", "3"], [])

    assert [one["id"] for one in page.records] == ["1", "3"]
    assert page.left_out == {objects.GONE: 1}


def test_batch_read_asks_again_for_records_that_hubspot_failed_to_read():
    failed = {"status": "COMPLETE", "results": [], "numErrors": 1, "errors": [{"category": "INTERNAL_ERROR"}]}
    hubspot = canned(Answer(failed, 207), {"results": [GOOD]})

    (page,) = objects.batch_read(hubspot.client(), "0-1", ["1"], ["email"])

    assert page.records[0]["properties"] == {"email": "a"}


def test_batch_read_asks_again_when_records_are_missing_without_a_word():
    hubspot = canned({"results": []}, {"results": [GOOD]})

    (page,) = objects.batch_read(hubspot.client(), "0-1", ["1"], [])

    assert page.left_out == {}


def test_batch_read_without_ids_makes_no_call():
    hubspot = canned({})

    assert list(objects.batch_read(hubspot.client(), "0-1", [], ["email"])) == []
    assert hubspot.seen == []
