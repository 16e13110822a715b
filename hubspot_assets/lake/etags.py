"""ETags: which version of an object is meant, as a condition of a put and to compare. Not here: requests (`store`)."""

ANYTHING = ""
"""In place of an ETag: whatever is there, or nothing."""


def condition(over: str | None) -> dict[str, str]:
    """Return what boto3 is told, so that a put replaces this version alone; None: nothing must be there."""
    if over is None:
        return {"IfNoneMatch": "*"}
    if over == ANYTHING:
        return {}
    # Some stores leave the quotes out where they tell it, and want them where it is asked for.
    return {"IfMatch": over if over.endswith('"') else f'"{over}"'}


def unquoted(etag: str | None) -> str | None:
    """Return an ETag to compare: some stores quote it in one answer and not in the other."""
    return etag.strip('"') if etag else None
