"""What a store lacks of Amazon's S3. Many speak S3, and some refuse a request that they do not know, others ignore it.

Here: which answers mean "I do not know that", and what a `Store` learnt of its bucket: it is asked once, and done in
another way from then on; and which mean that the condition did not come through. A store that ignores a condition is
not found out here, but by `connect check`. Not here: the other way (`store`).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from hubspot_assets.lake.errors import LakeError, code_and_status

# With 400 a store says many things. These are the ones that speak of a header or a request that it does not know.
_NOT_KNOWN = frozenset({"400", "BadRequest", "InvalidArgument", "InvalidRequest", "NotImplemented", "NotSupported"})
_HEADERS = {"IfNoneMatch": "If-None-Match", "IfMatch": "If-Match"}
_NOT_SO = frozenset({"InvalidDigest", "MalformedXML", "MalformedPOSTRequest", "MethodNotAllowed", "MissingContentMD5"})


@dataclass
class StoreLimits:
    """Of one bucket: the conditions of a put that it refuses, and whether it refuses to delete several objects."""

    conditions: set[str] = field(default_factory=set)
    many_deletions: bool = False


def may_be_the_condition(error: LakeError) -> bool:
    """Whether a store may mean by this refusal of a put that it does not know the put's condition."""
    code, status = code_and_status(error)
    return status in (405, 501) or (status == 400 and code in _NOT_KNOWN)


def may_be_the_method(error: LakeError) -> bool:
    """Whether a store may mean by this refusal that it does not know HEAD."""
    return code_and_status(error)[1] in (405, 501)


def is_lost_on_the_way(error: LakeError) -> bool:
    """Whether a condition may be what makes a signature wrong: whatever changes a signed header does so."""
    return code_and_status(error)[0] == "SignatureDoesNotMatch"


def lost_on_the_way(headers: Iterable[str]) -> str:
    """Return what is to be said where S3 takes the signature of a put, but not that of one with these headers."""
    names = " and ".join(_HEADERS.get(name, name) for name in headers)
    return (
        "S3 accepts the signature of a put without a condition, but answers SignatureDoesNotMatch to one that has the "
        f"header {names}: the secret key is right, and something between this machine and the bucket, such as a proxy, "
        "removes or changes that header. Let it pass the headers If-None-Match and If-Match unchanged, or set "
        "AWS_ENDPOINT_URL_S3 to an address that does not lead through it."
    )


def may_be_the_number_of_deletions(error: LakeError) -> bool:
    """Whether a store may mean by this refusal that it deletes one object at a time, or wants a checksum of old.

    It may also say so of each object, in an answer that is a success and so without a status of its own. And what is on
    the way may change the body of such a request.
    """
    code, status = code_and_status(error)
    is_of_the_request = status in (400, None) and code in _NOT_KNOWN | _NOT_SO
    return status in (405, 501) or is_of_the_request or is_lost_on_the_way(error)
