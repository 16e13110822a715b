"""The list endpoint of one object type, page by page: property pieces, merging, and what ends a list.

Not here: in which order pages are asked for (one cursor here at the end, side by side elsewhere).
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime, timezone
from functools import partial

from hubspot_assets.concurrency import in_order
from hubspot_assets.hubspot import errors, versions
from hubspot_assets.hubspot.http.client import Answer, Check, HubSpotClient, Params
from hubspot_assets.hubspot.http.cursors import next_after
from hubspot_assets.hubspot.http.repeats import once, told_of
from hubspot_assets.hubspot.http.retrying import Suspicion
from hubspot_assets.hubspot.record_pages.batch import batch_read
from hubspot_assets.hubspot.record_pages.page import GONE, Page, Record, in_newest_state, page_size
from hubspot_assets.hubspot.record_pages.properties_in_url import pieces
from hubspot_assets.hubspot.record_pages.records import (
    RecordsAnswer,
    add_properties,
    fill_from_history,
    flaw_in_batch,
    flaw_in_page,
    keep_only,
    values_are_missing,
)
from hubspot_assets.outside_text import is_whole

_EMPTY_PAGES_ALLOWED = 20
# Property names in one URL, in characters: HubSpot refuses somewhere above 16 000 for the whole URL.
_LONGEST = 14_000


class Listing:
    """One type's list endpoint for a fixed set of properties.

    It learns on the way how many records HubSpot answers at once, how many characters of names it accepts, and whether
    asking for a property's history brings its value too. Threads may share it; at worst two learn the same thing.
    """

    def __init__(
        self,
        client: HubSpotClient,
        object_type_id: str,
        property_names: Sequence[str],
        *,
        with_history: bool,
    ) -> None:
        self.client = client
        self.path = versions.path("objects", object_type=object_type_id)
        self._size = page_size(client, self.path, with_history=with_history)
        self._type = object_type_id
        self._names = list(dict.fromkeys(property_names))
        self._wanted = frozenset(self._names)
        self._with_history = with_history
        self._ask_values = not with_history
        self._longest = _LONGEST

    def page(
        self,
        after: str | None,
        above: str | None = None,
        *,
        known: Collection[str] = (),
        may_be_empty: bool = False,
    ) -> tuple[Page, str | None]:
        """Return the page at a cursor (None: the first), and the next cursor (None: this was the last page).

        A page without a cursor is taken for the last when a further call agrees: by what follows its last record, or,
        where records were announced and none came, by what HubSpot says of the one that was announced.

        `above`: the last record that is known already; the page has to begin beyond it, but for those that are `known`,
        of the page before, which come out as `again`. `may_be_empty`: the cursor is not one that announced records, so
        that an empty page needs no second look.
        """
        read_at = datetime.now(timezone.utc)
        place = "the beginning of the table" if after is None else f"the cursor {str(after)!r}"
        check = self._check(after, above, may_be_empty, known)
        answers, limit = self._size.ask(partial(self._answers, after, check), place)
        count = len(answers[0]["results"])
        for answer in answers:
            answer["results"] = once(answer["results"], "id")
        first: list[Record] = answers[0]["results"]
        cursor: str | None = next_after(answers[0])
        if cursor is None and first:
            cursor = self._cursor_behind(first[-1]["id"], after, limit, is_full=count >= limit)
        elif cursor is None and after is not None and not may_be_empty and not self.is_gone(str(after)):
            raise errors.MalformedAnswer("an empty page where rows were announced", method="GET", path=self.path)
        records, gone = self._merged(answers)
        again = [one for one in records if above is not None and int(one["id"]) <= int(above)]
        if again or len(first) < count:
            self.client.tell(told_of(self.path))
        # Not asked for, and listed all the same: deleted a moment ago, or the parameter was not heeded.
        there = [one for one in records[len(again) :] if one.get("archived") is not True]
        gone += len(records) - len(again) - len(there)
        return Page(there, read_at, {GONE: gone} if gone else {}, again=again), cursor

    def _answers(self, after: str | None, check: Callable[[], Check], limit: int, tries: int | None) -> list[Answer]:
        """One answer per piece of the property names, all at the same cursor and of the same size."""
        ask_values, longest = self._ask_values, self._longest
        both = ask_values and self._with_history
        asked_together = pieces(self._names, longest // 2 if both else longest)

        def ask(names: list[str]) -> Answer:
            joined = ",".join(names) or None
            params = {
                "limit": limit,
                "after": after,
                "archived": False,
                "properties": joined if ask_values else None,
                "propertiesWithHistory": joined if self._with_history else None,
            }
            return self.client.get(self.path, params, check=check(), shape=RecordsAnswer, tries=tries)

        try:
            answers = list(in_order(ask, asked_together))
        except errors.UrlTooLong:
            if longest < 2 * max(map(len, self._names), default=0):
                raise
            self._longest = min(self._longest, longest // 2)
            return self._answers(after, check, limit, tries)
        if self._with_history and not ask_values and _values_are_missing(answers):
            # Seen on HubSpot, promised nowhere: asking for a property's history brings its value as well.
            self._ask_values = True
            return self._answers(after, check, limit, tries)
        return answers

    def _check(
        self,
        after: str | None,
        above: str | None = None,
        may_be_empty: bool = False,
        known: Collection[str] = (),
        *,
        is_gone_on_with: bool = True,
    ) -> Callable[[], Check]:
        """Make the check of one call; each call has its own memory of what it was told before.

        `is_gone_on_with`: by the cursor that is answered, which must lead on.
        """
        of_cursor = after if is_gone_on_with else None

        def new() -> Check:
            empty = Suspicion()

            def check(answer: Answer) -> str | None:
                flaw = flaw_in_page(answer, after=of_cursor, above=above, with_history=self._with_history, known=known)
                # Only an empty table has an empty page, unless records were just deleted.
                expected = next_after(answer) is not None or (after is not None and not may_be_empty)
                if flaw is None and expected and not answer["results"] and empty.not_yet_believed():
                    return "an empty page where records were announced"
                return flaw

            return check

        return new

    def _merged(self, answers: list[Answer]) -> tuple[list[Record], int]:
        """Return the records of the first piece's page with the properties of all pieces, and how many are gone.

        A record that another piece does not have, or has in another state, changed between the calls: it is
        read again in one call, so that its values are of one moment.
        """
        records: list[Record] = answers[0]["results"]
        others = [{record["id"]: record for record in answer["results"]} for answer in answers[1:]]
        again: list[str] = []
        for record in records:
            parts = [piece.get(record["id"]) for piece in others]
            if any(part is None or part.get("updatedAt") != record.get("updatedAt") for part in parts):
                again.append(record["id"])
            else:
                for part in parts:
                    add_properties(record, part or {})
        gone = 0
        if again:
            fresh = self._read_again(again)
            gone = len(again) - len(fresh)
            lost = set(again) - fresh.keys()
            records = [fresh.get(one["id"], one) for one in records if one["id"] not in lost]
        for record in records:
            if self._with_history:
                fill_from_history(record)
            keep_only(record, self._wanted)
        return records, gone

    def _read_again(self, ids: list[str]) -> dict[str, Record]:
        read = batch_read(self.client, self._type, ids, self._names, with_history=self._with_history)
        return {record["id"]: record for page in read for record in page.records}

    def first_record(self, after: str) -> int | None:
        """Return the id of the first record at a cursor. Raises BadRequest where HubSpot does not take the cursor."""
        params: Params = {"limit": 1, "after": after, "archived": False}
        answer = self.client.get(self.path, params, check=self._check(after, may_be_empty=True)(), shape=RecordsAnswer)
        results, cursor = answer["results"], next_after(answer)
        if results:
            return int(results[0]["id"])
        return int(cursor) if cursor is not None and is_whole(cursor) else None

    def is_gone(self, record_id: str) -> bool:
        """Whether HubSpot says, in so many words, that it has this record no more: deleted, or merged into another."""
        path = versions.path("objects_batch_read", object_type=self._type)
        body = {"inputs": [{"id": record_id}], "properties": [], "propertiesWithHistory": []}
        asked = frozenset({record_id})

        def check(answer: Answer) -> str | None:
            return flaw_in_batch(answer, asked=asked, with_history=False)

        try:
            answer = self.client.post(path, body, {"archived": False}, check=check, shape=RecordsAnswer)
        except errors.Refused:
            return False
        found = {record["id"] for record in answer["results"]}
        return record_id not in found and bool(found or answer.get("errors"))

    def _cursor_behind(self, last: str, after: str | None, limit: int, *, is_full: bool) -> str | None:
        """Return the cursor of what follows record `last`, if anything does.

        A page without a cursor may be the end, or an answer that lost its cursor, and records with it. A small call
        tells; where HubSpot takes only cursors that it gave out, a full page is asked for twice more.
        """
        try:
            answer = self._behind(last, 2, may_be_empty=not is_full)
            if next_after(answer) is not None and not _beyond(answer, last):
                answer = self._behind(last, limit, may_be_empty=False)
        except errors.BadRequest:
            params: Params = {"limit": limit, "after": after, "archived": False}
            again = partial(self.client.get, self.path, params, shape=RecordsAnswer)
            answers = (again(check=self._check(after)()) for _ in range(2 if is_full else 0))
            return next((cursor for cursor in map(next_after, answers) if cursor), None)
        beyond = _beyond(answer, last)
        if not beyond:
            return None
        # Documented as "the id of the next record"; were it the id of the last one, that would be left out.
        return beyond[0] if last in {record["id"] for record in answer["results"]} else last

    def _behind(self, last: str, limit: int, *, may_be_empty: bool) -> Answer:
        """What HubSpot lists at record `last`. Its own cursor is not gone on with: it may be `last` as well."""
        check = self._check(last, may_be_empty=may_be_empty, is_gone_on_with=False)()
        params: Params = {"limit": limit, "after": last, "archived": False}
        return self.client.get(self.path, params, check=check, shape=RecordsAnswer)


def one_cursor(listing: Listing, after: str | None = None, above: str | None = None) -> Iterator[Page]:
    """All pages from a cursor on, one call after the other. Records up to `above` are passed over."""
    return in_newest_state(_one_by_one(listing, after, above))


def _one_by_one(listing: Listing, after: str | None, passed_over: str | None) -> Iterator[Page]:
    empty = 0
    above: str | None = None
    known: frozenset[str] = frozenset()
    while True:
        page, after = listing.page(after, above, known=known)
        if page.records:
            above, known = page.records[-1]["id"], page.ids
        empty = 0 if page.records or page.left_out else empty + 1
        if passed_over is not None:
            page = page._replace(records=[one for one in page.records if int(one["id"]) > int(passed_over)])
        yield page._replace(following=after)
        if after is None:
            return
        check_empty_pages(empty, listing.path)


def check_empty_pages(empty: int, path: str) -> None:
    """Raise MalformedAnswer when more empty pages came in a row, each with a cursor, than deletions explain."""
    if empty > _EMPTY_PAGES_ALLOWED:
        raise errors.MalformedAnswer(f"{empty} empty pages in a row, each with a cursor", method="GET", path=path)


def _values_are_missing(answers: list[Answer]) -> bool:
    return any(values_are_missing(record) for answer in answers for record in answer["results"])


def _beyond(answer: Answer, last: str) -> list[str]:
    return [record["id"] for record in answer["results"] if int(record["id"]) > int(last)]
