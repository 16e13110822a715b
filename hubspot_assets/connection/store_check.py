"""What a store can do of that which Amazon's S3 can and others may not: tried out, and what it costs where it lacks.

Here: conditional puts and the deletion of several objects with one request. An export does without either; of
conditional puts it finds out itself only where they are refused, and not where they are ignored. Not here: permissions,
and taking away what was tried (`check`).
"""

from collections.abc import Callable, Iterator

from hubspot_assets.connection.finding import Finding
from hubspot_assets.lake.errors import LakeError, PreconditionFailed, code_and_status
from hubspot_assets.lake.store_limits import (
    is_lost_on_the_way,
    lost_on_the_way,
    may_be_the_condition,
    may_be_the_number_of_deletions,
)

Put = Callable[..., object]
"""Puts an object under a key, under conditions; raises LakeError."""

_NO_ETAG = '"00000000000000000000000000000000"'
_COSTS = {
    "IfNoneMatch": "if two runs write the same table at the same time, a file of one may replace a file of the "
    "other, and only the hashes in the manifest reveal it. The lease of a day still keeps its runs "
    "apart, and readers see a table completely or not at all",
    "IfMatch": "if two runs write the same table again at the same time, the last to finish wins instead of the first",
}


def conditional_puts(put: Put, key: str, etag: str, new_key: str) -> Iterator[Finding]:
    """Whether puts heed IfNoneMatch and IfMatch. `key` is there with `etag`; there is nothing under `new_key`."""
    yield _heeded("IfNoneMatch", lambda: put(key, IfNoneMatch="*"), lambda: put(new_key, IfNoneMatch="*"))
    yield _heeded("IfMatch", lambda: put(key, IfMatch=_NO_ETAG), lambda: put(key, IfMatch=etag))


def _heeded(name: str, does_not_hold: Callable[[], object], holds: Callable[[], object]) -> Finding:
    try:
        does_not_hold()
    except PreconditionFailed:
        return _accepted(name, holds)
    except LakeError as error:
        if may_be_the_condition(error):
            return Finding(
                name, None, f"This S3 refuses it ({_answered(error)}), so exports do without it: {_COSTS[name]}."
            )
        return Finding(name, False, _told(name, error))
    return Finding(name, None, f"This S3 ignores it: {_COSTS[name]}.")


def _accepted(name: str, holds: Callable[[], object]) -> Finding:
    try:
        holds()
    except PreconditionFailed:
        return Finding(
            name,
            False,
            "This S3 refuses a put even if its condition holds, so no export can write there: use a newer version "
            "of it, or another S3.",
        )
    except LakeError as error:
        return Finding(name, False, _told(name, error))
    return Finding(name, True, "A put is refused if its condition does not hold, and only then.")


def _told(name: str, error: LakeError) -> str:
    """Return what is to be said of a refusal: puts without a condition were taken before."""
    return lost_on_the_way([name]) if is_lost_on_the_way(error) else str(error)


def deleted_together(delete: Callable[[], object]) -> Finding:
    """Whether `delete`, which deletes several objects with one request and raises LakeError, can."""
    name = "DeleteObjects"
    try:
        delete()
    except LakeError as error:
        if may_be_the_number_of_deletions(error):
            why = f"This S3 does not delete several objects with one request ({_answered(error)})"
            return Finding(name, None, f"{why}, so exports delete them one by one, with a request for each file.")
        return Finding(name, False, str(error))
    return Finding(name, True, "Could delete several objects with one request.")


def _answered(error: LakeError) -> str:
    code, status = code_and_status(error)
    return code if status is None or code == str(status) else f"{status} {code}"
