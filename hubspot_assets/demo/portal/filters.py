"""What several APIs understand alike: moments in queries, and lists of content filtered and sorted by dates."""

from collections.abc import Callable, Iterable
from datetime import datetime, timezone
from typing import Any

from .errors import validation_error
from .routing import Call
from .world.pieces import Piece

_SORTS: dict[str, Callable[[Piece], Any]] = {
    "name": lambda piece: piece.name,
    "createdAt": lambda piece: piece.created_ms,
    "updatedAt": lambda piece: piece.updated_ms,
    "createdBy": lambda piece: piece.created_by,
    "updatedBy": lambda piece: piece.updated_by,
}


def moment(call: Call, name: str) -> int | None:
    """A query parameter that is an ISO 8601 moment or a number of milliseconds, in milliseconds."""
    text = call.text(name)
    if not text:
        return None
    if text.lstrip("-").isdecimal():
        return int(text)
    try:
        found = datetime.fromisoformat(_whole_fraction(text.replace(" ", "+").replace("Z", "+00:00")))
    except ValueError:
        raise validation_error(f"Invalid datetime for query parameter {name}: {text}") from None
    return round((found if found.tzinfo else found.replace(tzinfo=timezone.utc)).timestamp() * 1000)


def _whole_fraction(text: str) -> str:
    """Python 3.10 reads fractions of three or six digits only."""
    head, point, rest = text.partition(".")
    digits = rest.split("+")[0].split("-")[0]
    return head + point + digits[:6].ljust(6, "0") + rest[len(digits) :] if point else text


def filtered_and_sorted(call: Call, pieces: Iterable[Piece]) -> list[Piece]:
    """By ``createdAt``, ``createdAfter``, ``createdBefore``, the same of ``updated``, and ``sort``."""
    found = list(pieces)
    for name, ms_of in (("created", _SORTS["createdAt"]), ("updated", _SORTS["updatedAt"])):
        at, after, before = (moment(call, f"{name}{when}") for when in ("At", "After", "Before"))
        found = [
            piece
            for piece in found
            if (at is None or ms_of(piece) == at)
            and (after is None or ms_of(piece) > after)
            and (before is None or ms_of(piece) < before)
        ]
    sort = call.text("sort", "createdAt")
    if sort.removeprefix("-") not in _SORTS:
        raise validation_error(f"Invalid sort: {sort}")
    by = _SORTS[sort.removeprefix("-")]
    return sorted(found, key=lambda piece: (by(piece), piece.number), reverse=sort.startswith("-"))
