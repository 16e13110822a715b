"""What a manifest says where HubSpot refuses: of a whole table, or of a part of one while the rest is exported.

Here: which refusals make a table empty, who can mend one and by which scope, how many of them are named. Not here: how
an answer becomes an error (`hubspot.errors`), what the command prints in the end (`defs/outcome.py`).

HubSpot refuses a token or a plan by 403, 402, or a 400 that does not know the type. A 404 is its word for "no such
path": of a path that names an object type it may mean that, of any other it means a wrong API URL or an API that is no
more. That, and any other 400, is no matter of the plan: the table is empty, and a person has to look.
"""

from collections.abc import Iterable, MutableMapping
from typing import Any

from hubspot_assets.catalog.scopes import NO_SCOPES, Scopes
from hubspot_assets.errors import ExportError
from hubspot_assets.hubspot import HubSpotError
from hubspot_assets.hubspot.errors import (
    MissingScopes,
    NotAnswered,
    NotAvailable,
    NotFound,
    NotGranted,
    Refused,
    UnknownObjectType,
)
from hubspot_assets.lake import Manifest, PartUnavailable, Unavailable
from hubspot_assets.outside_text import one_line
from hubspot_assets.tables import withheld

NAMED = 100
"""So many parts are named in one manifest; the others are counted: a portal can have thousands of lists."""

_LONGEST_NAME = 300


def unavailable(
    error: HubSpotError, needs: Scopes = NO_SCOPES, *, is_everywhere: bool = False, names_a_type: bool = False
) -> Unavailable:
    """Return what a manifest says of a table that HubSpot does not give. Re-raises an error that is no such refusal.

    `needs`: the scopes of the table. `is_everywhere`: every portal has it on every plan, so that no refusal can mean
    that this one does not, and one that is not about the token is an error. `names_a_type`: the path that was asked
    names an object type.
    """
    is_about_the_request = not isinstance(error, NotAvailable) or isinstance(error, NotFound)
    if not isinstance(error, Refused) or (is_everywhere and is_about_the_request):
        raise error
    is_no_type = isinstance(error, UnknownObjectType) or (isinstance(error, NotFound) and names_a_type)
    return Unavailable(**_told(error, needs, not is_no_type and (is_everywhere or is_about_the_request)))


def part_unavailable(
    part: str,
    error: HubSpotError,
    about: Iterable[str] = (),
    needs: Scopes = NO_SCOPES,
    *,
    is_everywhere: bool = False,
) -> PartUnavailable:
    """Return what a manifest says of a part that HubSpot does not give. `needs`, `is_everywhere`: of that part."""
    told = _told(error, needs, is_everywhere and not isinstance(error, UnknownObjectType))
    # Names of lists and forms hold line ends, and can be as long as a text.
    part = one_line(part)
    part = part if len(part) <= _LONGEST_NAME else f"{part[:_LONGEST_NAME]}..."
    return PartUnavailable(part=part, about=tuple(about), **told)


def lacking(upstream: Manifest, about: tuple[str, ...], part: str) -> list[PartUnavailable]:
    """Return what a table lacks that is made of another one: what that one lacks `about` this.

    `part`: what it lacks where the other could not be read at all.
    """
    if upstream.unavailable is not None:
        return [PartUnavailable(part=part, about=about, **upstream.unavailable.model_dump())]
    return [one for one in upstream.parts_unavailable if one.about == about]


def _told(error: HubSpotError, needs: Scopes, is_no_matter_of_the_plan: bool) -> dict[str, Any]:
    message = str(error)
    scopes: tuple[str, ...] = ()
    if isinstance(error, MissingScopes):
        to_grant = needs.to_grant(error.scopes)
        scopes = to_grant.names
        if to_grant:
            message = error.told(f"grant the token the scope {to_grant}")
    unanswered = isinstance(error, NotAnswered)
    mendable = unanswered or isinstance(error, NotGranted) or is_no_matter_of_the_plan
    return {
        "status": error.status,
        "message": message,
        "scopes": scopes,
        "mendable": mendable,
        "unanswered": unanswered,
    }


class NothingGiven(ExportError):
    """HubSpot refuses each of the parents that a table is read by: that is not "none there". `error`: one refusal."""

    def __init__(self, error: HubSpotError) -> None:
        super().__init__(str(error))
        self.error = error


def nothing_given(error: HubSpotError, needs: Scopes = NO_SCOPES) -> Unavailable:
    """Return what a manifest says of a table of which HubSpot refuses every part."""
    return Unavailable(**_told(error, needs, is_no_matter_of_the_plan=False))


def bodies_withheld(count: int) -> PartUnavailable:
    """Return what a manifest says of the bodies of emails in whose place HubSpot put a sentence."""
    return PartUnavailable(
        part=f"the bodies of {count:,} emails",
        about=(withheld.EMAILS,),
        status=200,
        message=f"HubSpot returned a notice in place of these bodies; grant the token the scope {withheld.SCOPE}.",
        scopes=(withheld.SCOPE,),
        mendable=True,
    )


class Refusals:
    """The parts of a reading's tables that HubSpot does not give, each once, counted in `left_out` as well."""

    def __init__(self, left_out: MutableMapping[str, int]) -> None:
        self.parts: list[PartUnavailable] = []
        """As a manifest has them: the first by name, and one for all others of a kind."""
        self._left_out = left_out
        self._known: set[tuple[str, tuple[str, ...]]] = set()
        self._others: dict[tuple[int | None, tuple[str, ...], bool, bool], int] = {}

    def add(self, part: PartUnavailable, count: int = 1) -> None:
        """Note a part; `count`: how many it is, 0 where it is counted already."""
        if (part.part, part.about) in self._known:
            return
        self._known.add((part.part, part.about))
        if len(self._known) <= NAMED:
            self.parts.append(part)
            self._count(f"{part.part}: {part.message}", count)
        else:
            self._add_unnamed(part, count)

    def _add_unnamed(self, part: PartUnavailable, count: int) -> None:
        kind = (part.status, part.scopes, part.mendable, part.unanswered)
        self._others[kind] = self._others.get(kind, 0) + 1
        parts = f"{self._others[kind]:,} more parts"
        place = NAMED + list(self._others).index(kind)
        del self.parts[place : place + 1]
        self.parts.insert(place, part.model_copy(update={"part": parts, "about": ()}))
        self._count(f"more parts for which HubSpot answered {part.status}", count)

    def _count(self, reason: str, count: int) -> None:
        if count:
            self._left_out[reason] = self._left_out.get(reason, 0) + count
