"""A hostile HubSpot: the table of what an answer can be, and what a reader makes of it.

Every fault meets every reader it fits: once at the second call, and at every call from the second on; and the reader
of big tables at one of the calls that it makes side by side. It ends in the right rows, all of them, or in an error
that says what and where. Never in other rows, never without end. What goes wrong below HTTP is in
`test_hostile_network.py`, what headers tell of the limits in `test_hostile_limits.py`.
"""

from dataclasses import dataclass
from typing import Any, Literal

import pytest
import requests

from hubspot_assets.hubspot import errors

from .canned import TOKEN, Answer
from .hostile import READERS, Bend, broken, cursor, each, gzipped, page, raw, row, rows, status, with_, without

RIGHT, PASSES, STAYS = "right", "passes", "stays"
"""How it ends: in the right rows, even if it stays; in the right rows once it has passed; in an error, at once."""

LISTS = ("records", "history", "users")
CRM = ("records", "history")
RECORDS = (*CRM, "chosen records")
BATCHES = ("chosen records", "associations")
EVERY = tuple(READERS)
SHORT = tuple(name for name in EVERY if name not in CRM)


@dataclass(frozen=True)
class Fault:
    """One line of the table. `error` and `says`: what is raised while the fault stays."""

    name: str
    bend: Bend
    ends: Literal["right", "passes", "stays"] = PASSES
    error: type[errors.HubSpotError] = errors.MalformedAnswer
    says: str = "."
    of: tuple[str, ...] = EVERY


SCOPES = {"errors": [{"message": "x", "context": {"requiredGranularScopes": ["crm.objects.contacts.read"]}}]}
LIMIT = {"errorType": "RATE_LIMIT", "policyName": "TEN_SECONDLY_ROLLING"}
HOUR = {"Retry-After": "3600"}
DATE = {"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}
TIRED, GONE, BAD = errors.RetriesExhausted, errors.NotFound, errors.BadRequest
CONNECTION = requests.exceptions

FAULTS = [
    # --- statuses that stay --------------------------------------------------------------------------------------
    Fault("204 without a body", raw(lambda body: b"", code=204), says="instead of JSON"),
    Fault("202 with an empty body", raw(lambda body: b"{}", code=202), says="instead of JSON"),
    Fault(
        "301 redirect",
        raw(lambda body: b"", {"Location": "https://x.example/"}, 301),
        error=BAD,
        says="API URL may be wrong",
    ),
    Fault(
        "302 redirect",
        raw(lambda body: b"", {"Location": "https://x.example/"}, 302),
        error=BAD,
        says="API URL may be wrong",
    ),
    Fault(
        "307 redirect",
        raw(lambda body: b"", {"Location": "https://x.example/"}, 307),
        error=BAD,
        says="API URL may be wrong",
    ),
    Fault("400", status(400, "Invalid input", category="VALIDATION_ERROR"), STAYS, BAD, "Invalid input .*corr-1"),
    Fault("400 web page", page(400, "Bad Request"), error=BAD, says="no explanation"),
    Fault("400 type", status(400, "Unable to infer object type from: x"), STAYS, errors.UnknownObjectType, "type id"),
    Fault("400 type here", status(400, "EMAIL not supported"), STAYS, errors.UnknownObjectType, "through its own API"),
    Fault("401", status(401, category="INVALID_AUTHENTICATION"), error=errors.Unauthorized, says="access token"),
    Fault("401 without a body", raw(lambda body: b"", code=401), error=errors.Unauthorized, says="access token"),
    Fault("402", status(402, "pay"), STAYS, errors.Forbidden, "portal's plan"),
    Fault("403 missing scope", status(403, **SCOPES), STAYS, errors.MissingScopes, r"scope crm\.objects\.contacts\.r"),
    Fault("403 scope untold", status(403, category="MISSING_SCOPES"), STAYS, errors.MissingScopes, "endpoint needs"),
    Fault(
        "403 creator left", status(403, category="USER_DOES_NOT_HAVE_PERMISSIONS"), STAYS, errors.NoPermission, "user"
    ),
    Fault("404", status(404, "no such thing"), STAYS, GONE, "no such thing"),
    Fault("404 web page", page(404, "Not Found"), error=GONE, says="API URL"),
    Fault("405", status(405), STAYS, BAD, "405"),
    Fault("414 web page", page(414, "Request-URI Too Large"), STAYS, errors.UrlTooLong, "fewer properties", of=SHORT),
    Fault("414 for many properties", page(414, "Too Large"), PASSES, errors.UrlTooLong, "fewer properties", of=CRM),
    Fault("418", status(418), STAYS, BAD, "418"),
    Fault("429 daily", status(429, policyName="DAILY"), STAYS, errors.DailyLimitReached, "resets at"),
    Fault("429 daily in words", status(429, "your daily limit"), STAYS, errors.DailyLimitReached, "resets at"),
    Fault("429 for an hour", status(429, "later", HOUR, **LIMIT), STAYS, TIRED, "asks to wait 3600 s"),
    Fault("477 for an hour", status(477, "moving", HOUR), STAYS, TIRED, "asks to wait 3600 s"),
    Fault("503 for an hour", status(503, "down", HOUR), STAYS, TIRED, "asks to wait 3600 s"),
    Fault("530 web page", page(530, "Origin DNS error"), error=errors.Unauthorized, says="region"),
    # --- statuses that pass --------------------------------------------------------------------------------------
    Fault("403 web page of a firewall", page(403, "Forbidden"), says="does not come from HubSpot"),
    Fault("408", status(408, "timeout"), error=TIRED, says="timeout .tried 20 times"),
    Fault("423", status(423, "locked"), error=TIRED, says="locked"),
    Fault("429", status(429, "limit", **LIMIT), error=TIRED, says="limit"),
    Fault("429 of a newer form", status(429, "limit", category="RATE_LIMITS"), error=TIRED, says="limit"),
    Fault("429 with Retry-After", status(429, "limit", {"Retry-After": "1"}, **LIMIT), error=TIRED, says="limit"),
    Fault("429 with a date", status(429, "limit", DATE, **LIMIT), error=TIRED, says="limit"),
    Fault("429 with nonsense", status(429, "limit", {"Retry-After": "-nan"}, **LIMIT), error=TIRED, says="limit"),
    Fault("477", status(477, "moving", {"Retry-After": "7"}), error=TIRED, says="moving"),
    Fault("500", status(500, "boom"), error=TIRED, says="boom .tried 20 times.*corr-1"),
    Fault("500 without a body", raw(lambda body: b"", code=500), error=TIRED, says="500"),
    Fault("500 with a JSON list", raw(lambda body: b"[1]", code=500), error=TIRED, says="500"),
    Fault("500 with good rows", raw(lambda body: body, code=500), error=TIRED, says="500"),
    *(Fault(f"{code} web page", page(code, "Broken"), error=TIRED, says=str(code)) for code in (502, 503, 504)),
    *(Fault(f"{code} web page", page(code, "Broken"), error=TIRED, says=str(code)) for code in range(520, 528)),
    Fault("503 with a date", status(503, "down", DATE), error=TIRED, says="down"),
    Fault("999", page(999, "Denied"), error=TIRED, says="999"),
    # --- no answer -----------------------------------------------------------------------------------------------
    Fault("connection refused", broken(CONNECTION.ConnectionError("refused")), error=errors.Unreachable, says="proxy"),
    Fault("TLS fails", broken(CONNECTION.SSLError("certificate")), error=errors.Unreachable, says="certificate"),
    Fault("no connection in time", broken(CONNECTION.ConnectTimeout("slow")), error=errors.Unreachable, says="slow"),
    Fault("silence", broken(CONNECTION.ReadTimeout("silent")), error=errors.Unreachable, says="silent"),
    Fault("cut", broken(CONNECTION.ChunkedEncodingError("cut")), error=errors.Unreachable, says="cut"),
    Fault("reset", broken(ConnectionResetError("reset by peer")), error=errors.Unreachable, says="reset by peer"),
    # --- bodies --------------------------------------------------------------------------------------------------
    Fault("wrong content type", raw(lambda body: body, {"Content-Type": "text/html"}), RIGHT),
    Fault("no content type", raw(lambda body: body), RIGHT),
    Fault("gzip", gzipped(lambda packed: packed), RIGHT),
    Fault("white space around", raw(lambda body: b"\r\n " + body + b"\n"), RIGHT),
    Fault("unknown fields", with_(total=7, status="PENDING", took={"ms": 1}), RIGHT),
    Fault("empty 200", raw(lambda body: b""), says="empty answer"),
    Fault("web page with 200", page(200, "Checking your browser"), says="not JSON .*begins with '<html>"),
    Fault("null", raw(lambda body: b"null"), says="NoneType instead of an object|got `null`"),
    Fault("a list", raw(lambda body: b"[" + body + b"]"), says="list instead of an object|got `array`"),
    Fault("a text", raw(lambda body: b'"results"'), says="str instead of an object|got `str`"),
    Fault("an empty object", raw(lambda body: b"{}"), says="results"),
    Fault("truncated JSON", raw(lambda body: body[: len(body) * 2 // 3]), says="not JSON"),
    Fault("its last byte gone", raw(lambda body: body[:-1]), says="not JSON"),
    Fault("doubled JSON", raw(lambda body: body + body), says="not JSON"),
    Fault("a byte order mark", raw(lambda body: b"\xef\xbb\xbf" + body), RIGHT),
    Fault("invalid UTF-8", raw(lambda body: body.replace(b'"id"', b'"i\xff"', 1) + b" \xff"), says="not JSON"),
    Fault("UTF-16", raw(lambda body: body.decode().encode("utf-16")), says="not JSON"),
    Fault("a NaN", raw(lambda body: body[:-1] + b',"x":NaN}'), says="not JSON"),
    Fault("brackets without end", raw(lambda body: b'{"results":' + b"[" * 100_000), says="not JSON|got `array`"),
    Fault("broken gzip", gzipped(lambda packed: packed[:-20]), says="not JSON"),
    Fault(
        "flipped gzip",
        gzipped(lambda packed: packed[:30] + b"\x00\x00" + packed[32:]),
        error=errors.Unreachable,
        says="DecodeError",
    ),
    Fault(
        "no gzip", raw(lambda body: body, {"Content-Encoding": "gzip"}), error=errors.Unreachable, says="DecodeError"
    ),
    Fault("200 with an error", status(200, "internal error"), says="error in an answer marked as a success: internal"),
    Fault("200 with an error and rows", with_(status="error", message="half"), says="half"),
    # --- results -------------------------------------------------------------------------------------------------
    Fault("no results", without("results"), says="no list named 'results'"),
    Fault("results null", with_(results=None), says="no list named 'results'|`array`, got `null`"),
    Fault("results an object", with_(results={}), says="no list named 'results'|`array`, got `object`"),
    Fault("a row null", rows(lambda found: [*found, None]), says="not an object|got `null`"),
    Fault("a row that is text", rows(lambda found: ["x", *found]), says="not an object|got `str`"),
    Fault("a row that is a list", row(lambda one: [one]), says="not an object|got `array`"),
    Fault("an id missing", row(lambda one: {**one, "id": None}), says="id", of=(*LISTS, "chosen records")),
    Fault("an id that is a list", row(lambda one: {**one, "id": [1]}), says="id", of=(*LISTS, "chosen records")),
    Fault("an id that is true", row(lambda one: {**one, "id": True}), says="id", of=(*LISTS, "chosen records")),
    Fault("an id that is a name", row(lambda one: {**one, "id": "contact"}), says="not a number", of=RECORDS),
    Fault("an id with a fraction", row(lambda one: {**one, "id": "1.5"}), says="not a number", of=RECORDS),
    Fault("an id of other digits", row(lambda one: {**one, "id": "１"}), says="not a number", of=RECORDS),
    Fault("an id that is negative", row(lambda one: {**one, "id": "-7"}), says="not a number", of=RECORDS),
    Fault("ids as numbers", row(lambda one: {**one, "id": int(one["id"])}), RIGHT, of=RECORDS),
    Fault("properties null", row(lambda one: {"id": one["id"], "properties": None}), says="without 'prop", of=RECORDS),
    Fault("properties missing", row(lambda one: {"id": one["id"]}), says="without 'properties'", of=RECORDS),
    Fault("properties a list", row(lambda one: {**one, "properties": ["age"]}), says="got `array`", of=RECORDS),
    Fault(
        "values as numbers",
        row(lambda one: {**one, "properties": {n: int(v) if n == "age" else v for n, v in one["properties"].items()}}),
        RIGHT,
        of=RECORDS,
    ),
    Fault("history a list", row(lambda one: {**one, "propertiesWithHistory": [1]}), says="object", of=("history",)),
    Fault(
        "a version whose time is a list",
        row(lambda one: {**one, "propertiesWithHistory": {"email": [{"value": "x", "timestamp": [1]}]}}),
        says=r"record \d+ with a version of 'email' whose timestamp is \[1\]",
        of=("history",),
    ),
    # --- pages ---------------------------------------------------------------------------------------------------
    Fault("a record twice", rows(lambda found: [*found, *found[-1:]]), RIGHT, of=CRM),
    Fault("a record that is told late", rows(lambda found: [*found[1:], found[0]]), says="ids must ascend", of=CRM),
    Fault("a row twice", rows(lambda found: [*found, *found[-1:]]), RIGHT, of=("users",)),
    Fault("ids that descend", rows(lambda found: found[::-1]), says="ids must ascend", of=CRM),
    Fault("the first page again", rows(lambda found: [{**found[0], "id": "1001"}, *found[1:]]), says="ascend", of=CRM),
    Fault("paging a text", with_(paging="next"), says="'paging' that is not an object", of=LISTS),
    Fault("paging a list", with_(paging=[]), says="'paging' that is not an object", of=LISTS),
    Fault("no cursor in paging", with_(paging={"next": {}}), says="without a cursor", of=LISTS),
    Fault("only a link in paging", with_(paging={"next": {"link": "?after=1"}}), says="without a cursor", of=LISTS),
    Fault("a cursor that is null", cursor(lambda *_: None), says="without a cursor", of=LISTS),
    Fault("a cursor that is a list", cursor(lambda *_: [1]), says="without a cursor", of=LISTS),
    Fault("a cursor that is empty", cursor(lambda *_: ""), says="without a cursor", of=LISTS),
    Fault("a cursor that repeats", cursor(lambda _, asked: asked.one("after")), says="a second time", of=LISTS),
    Fault("a cursor that goes back", cursor(lambda *_: "7"), says="goes back before", of=CRM),
    Fault("a cursor that goes back to the second page", cursor(lambda *_: "100"), says="second time", of=("users",)),
    Fault(
        "an empty page and its own cursor",
        each(with_(results=[]), cursor(lambda _, asked: asked.one("after"))),
        says="a second time",
        of=LISTS,
    ),
    Fault(
        "an empty page and a cursor onwards",
        each(with_(results=[]), cursor(lambda _, asked: str(int(asked.one("after")) + 1))),
        says="empty pages in a row",
        of=LISTS,
    ),
    Fault("an empty page and no more", each(with_(results=[]), without("paging")), says="were announced", of=LISTS),
    Fault("a full page that lost its paging", without("paging"), RIGHT, of=CRM),
    Fault("a full page whose paging is null", with_(paging=None), RIGHT, of=CRM),
    Fault("a full page of a list that lost its paging", without("paging"), says="without 'paging'", of=("users",)),
    Fault(
        "a short page",
        lambda answer, asked: (
            {
                "results": answer["results"][:5],
                "paging": {"next": {"after": answer["results"][5]["id"]}},
            }
            if len(answer["results"]) > 5
            else answer
        ),
        RIGHT,
        of=CRM,
    ),
    # --- batches -------------------------------------------------------------------------------------------------
    Fault(
        "an id more than was asked for",
        rows(lambda found: [*found, {**found[-1], "id": "99"}]),
        says="more records than",
        of=("chosen records",),
    ),
    Fault("an id twice", rows(lambda found: [*found, found[0]]), says="more records than", of=("chosen records",)),
    Fault("from null", row(lambda one: {**one, "from": None}), says="without an id", of=("associations",)),
    Fault("ends null", row(lambda one: {**one, "to": None}), says="'to'", of=("associations",)),
    Fault("an end null", row(lambda one: {**one, "to": [None]}), says="not an object", of=("associations",)),
    Fault("an end's id null", row(lambda one: {**one, "to": [{}]}), says="other end", of=("associations",)),
    Fault(
        "an end without types", row(lambda one: {**one, "to": [{"toObjectId": 1}]}), says="type", of=("associations",)
    ),
    Fault("an end twice", row(lambda one: {**one, "to": one["to"] * 2}), RIGHT, of=("associations",)),
    Fault("a page's paging a text", row(lambda one: {**one, "paging": "x"}), says="'paging'", of=("associations",)),
    Fault(
        "an end's cursor that repeats",
        lambda answer, asked: {
            **answer,
            "results": [
                {**one, "paging": {"next": {"after": input_.get("after", "4")}}}
                for one, input_ in zip(answer["results"], asked.body["inputs"], strict=True)
            ],
        },
        says="a second time",
        of=("associations",),
    ),
    Fault("errors null", with_(errors=None, numErrors=0), RIGHT, of=BATCHES),
    Fault("errors a text", with_(errors="none"), says="'errors'", of=BATCHES),
    Fault(
        "207 with errors of a part",
        lambda answer, asked: half_with(answer, [{"category": "INTERNAL_ERROR", "message": "no"}]),
        says="part of the batch: INTERNAL_ERROR: no",
        of=BATCHES,
    ),
    Fault(
        "200 with errors of a part",
        with_(numErrors=1, errors=[{"category": "VALIDATION_ERROR"}]),
        says="part of the batch",
        of=BATCHES,
    ),
]


def half_with(answer: dict[str, Any], listed: list[dict[str, Any]]) -> Any:
    """A multi-status answer whose rows are half of those asked for."""
    half = answer["results"][: len(answer["results"]) // 2]
    return Answer({**answer, "results": half, "numErrors": len(listed), "errors": listed}, 207)


BIG = "records"
"""The reader that makes enough calls to have some of them side by side."""

CASES = [pytest.param(fault, reader, id=f"{fault.name}, {reader}") for fault in FAULTS for reader in fault.of]
TRUTH = {name: reader.truth() for name, reader in READERS.items()}


def test_the_table_is_long_and_no_line_is_there_twice() -> None:
    assert len({fault.name for fault in FAULTS}) == len(FAULTS) > 100


@pytest.mark.parametrize(("fault", "reader"), CASES)
def test_a_fault_that_passes_costs_no_row(fault: Fault, reader: str) -> None:
    try:
        found, _ = READERS[reader].through(lambda number: number == 1, fault.bend)
    except errors.HubSpotError as error:
        assert (fault.ends, type(error)) == (STAYS, fault.error)  # noqa: PT017 - either has to do
    else:
        assert found == TRUTH[reader]
        # A 400 may have meant the size: a smaller page was asked for.
        assert fault.ends != STAYS or fault.error is BAD


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if BIG in fault.of], ids=lambda fault: fault.name)
def test_a_fault_at_a_later_call_ends_in_every_row_or_in_its_error(fault: Fault) -> None:
    try:
        found, _ = READERS[BIG].through(lambda number: number == 5, fault.bend)
    except errors.HubSpotError as error:
        assert (fault.ends, type(error)) == (STAYS, fault.error)  # noqa: PT017 - either has to do
    else:
        assert found == TRUTH[BIG]


@pytest.mark.parametrize(("fault", "reader"), CASES)
def test_a_fault_that_stays_ends_in_one_clear_sentence_or_costs_no_row(fault: Fault, reader: str) -> None:
    if fault.ends == RIGHT:
        found, _ = READERS[reader].through(lambda number: number >= 1, fault.bend)
        assert found == TRUTH[reader]
        return
    with pytest.raises(errors.HubSpotError, match=fault.says) as raised:
        READERS[reader].through(lambda number: number >= 1, fault.bend)

    said = str(raised.value)
    assert type(raised.value) is fault.error, said
    assert raised.value.path in said
    assert said.count("\n") == 0
    assert said.endswith(".")
    assert TOKEN not in said
