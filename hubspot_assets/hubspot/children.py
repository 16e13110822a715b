"""What HubSpot gives only parent by parent: submissions of forms, members of lists, sequences of users.

One parent that HubSpot refuses (a form of a kind that has no submissions, a list deleted a moment ago) costs its own
children, never those of the others. Not here: what is said of a refused parent (the caller is told of each), and calls
that have nothing to do with each other (`concurrency`).
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from typing import TypeAlias, TypeVar

from hubspot_assets.concurrency import as_they_come
from hubspot_assets.hubspot import errors
from hubspot_assets.hubspot.http.client import HubSpotClient
from hubspot_assets.hubspot.http.parts import Parts

logger = logging.getLogger("hubspot_assets.hubspot")

R = TypeVar("R")

OnRefused: TypeAlias = Callable[[str, errors.Refused], None]
"""Told the id of a parent that HubSpot refuses, and the refusal. Called on the thread that takes the children."""

_SCOPE_IS_MISSING = 3
"""So many parents refused for want of a scope, and not one answered: the API as a whole wants that scope."""


def all_or_nothing(parent: str, error: errors.Refused) -> None:
    """Raise the refusal: for whoever has no use for a part."""
    raise error


def logged(parent: str, error: errors.Refused) -> None:
    """Log the refusal and no more: for whoever does not have to account for what is missing."""
    logger.info("refused for %s: %s", parent, error)


def of_each(
    client: HubSpotClient,
    read: Callable[[HubSpotClient, str], Iterable[R]],
    parents: Iterable[str],
    refused: OnRefused,
) -> Iterator[R]:
    """Yield what `read` yields for each parent, parents side by side and in no order; refused ones are told to
    `refused`.

    Of a parent that is refused after its first children came, those are yielded, and `refused` is told all the same.
    One that HubSpot cannot answer for two minutes, while it answers others, is told as `NotAnswered`. Raises what is
    no refusal, and a `Forbidden` that is the whole API's: one where no parent at all was answered.
    """
    parts = Parts(client)

    def walk(parent: str) -> Iterator[R | _Answered | _Refusal]:
        try:
            yield from read(parts.client(), parent)
        except errors.Refused as error:
            yield _Refusal(parent, error)
        except errors.Temporary as error:
            yield _Refusal(parent, parts.given_up(error))
        else:
            yield _Answered()

    verdict = _Verdict(refused)
    with closing(as_they_come(walk, parents)) as everything:
        for found in everything:
            if isinstance(found, _Refusal):
                verdict.refused(found)
                continue
            verdict.answered()
            if not isinstance(found, _Answered):
                yield found
    verdict.end()


class _Answered:
    """A parent was read to its end, with or without children."""


class _Refusal:
    """A parent that HubSpot refused."""

    def __init__(self, parent: str, error: errors.Refused) -> None:
        self.parent = parent
        self.error = error


class _Verdict:
    """Whether a 403 speaks of one parent or of the whole API: it is kept until some parent was answered."""

    def __init__(self, tell: OnRefused) -> None:
        self._tell = tell
        self._kept: list[_Refusal] = []
        self._is_open = True

    def refused(self, refusal: _Refusal) -> None:
        """Tell the refusal or keep it. Raises it where it is the third of its kind that a scope would mend."""
        if not (self._is_open and isinstance(refusal.error, errors.Forbidden)):
            self._tell(refusal.parent, refusal.error)
            return
        self._kept.append(refusal)
        if sum(isinstance(one.error, errors.MissingScopes) for one in self._kept) >= _SCOPE_IS_MISSING:
            self.end()

    def answered(self) -> None:
        """Note that some parent was answered: what was kept are refusals of single ones."""
        if self._is_open:
            self._is_open = False
            for one in self._kept:
                self._tell(one.parent, one.error)
            self._kept.clear()

    def end(self) -> None:
        """Raise what was kept: nobody was answered."""
        for one in sorted(self._kept, key=lambda one: not isinstance(one.error, errors.MissingScopes)):
            raise one.error
