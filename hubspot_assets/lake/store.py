"""The few things the lake does with S3, on a boto3 client: get, put, list, delete, each with errors that explain.

Here: requests, the translation of their errors, and what is done where an answer was lost or a store lacks something
(`store_limits`). Not here: what the objects mean.
"""

import math
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from itertools import islice
from pathlib import Path
from typing import Any

import botocore.exceptions

from hubspot_assets.lake import large_objects, listing, store_limits
from hubspot_assets.lake.errors import (
    LakeError,
    ObjectMissing,
    PreconditionFailed,
    is_access_denied,
    may_have_taken_effect,
    s3_errors,
)
from hubspot_assets.lake.etags import ANYTHING, condition, unquoted
from hubspot_assets.lake.store_limits import StoreLimits

_LARGEST_DOCUMENT = 32_000_000
"""Bytes: no manifest comes near, and one that is larger would fill the memory."""

_SENT_UNASKED = 1_000_000
"""Bytes: what is smaller is sent in less time than S3 takes to answer whether it wants it."""

_TRIES = 3
_PAUSES = (0.2, 1.0, 3.0)
"""Seconds before the next try, where boto3 does not make it."""

_DELETE_LIMIT = 1000
#: Within the answer to a deletion of several objects, which boto3 takes for a success.
_PASSING = frozenset({"InternalError", "ServiceUnavailable", "SlowDown", "RequestTimeout", "OperationAborted"})


def _nothing() -> None:
    """Nothing is in the way."""


class Store:
    """One bucket through one boto3 S3 client, which threads may share. `lacks`: what was learnt of it already."""

    def __init__(self, client: Any, bucket: str, lacks: StoreLimits | None = None) -> None:
        self._client = client
        self.bucket = bucket
        self._lacks = lacks or StoreLimits()
        self._before_put: Callable[[], None] = _nothing
        self._before_delete: Callable[[], None] = _nothing

    def guarded(self, *, before_put: Callable[[], None], before_delete: Callable[[], None]) -> "Store":
        """Return the same bucket; these are called before each such request, and raise where it must not be made."""
        guarded = Store(self._client, self.bucket, self._lacks)
        guarded._before_put, guarded._before_delete = before_put, before_delete
        return guarded

    def document(self, key: str) -> tuple[bytes, str]:
        """As `get`, for JSON; raises LakeError for what is too large to be that, before it is read."""
        return self.get(key, _LARGEST_DOCUMENT)

    def get(self, key: str, at_most: float = math.inf) -> tuple[bytes, str]:
        """Return the object and its ETag; raises `ObjectMissing`."""
        try:
            return self._get(key, at_most)
        except LakeError as error:
            # S3 tells "not there" only to who may list, and judges that without a prefix: under a policy that allows
            # listing by prefix, as HubSpot's article prints it, every missing object answers 403.
            if not is_access_denied(error) or self._is_listed(key):
                raise
            raise ObjectMissing(f"Cannot read {self._url(key)}: there is no such object.") from error

    def _get(self, key: str, at_most: float) -> tuple[bytes, str]:
        with s3_errors("read", self._url(key)):
            for remaining in reversed(range(_TRIES)):
                try:
                    answer = self._client.get_object(Bucket=self.bucket, Key=key)
                    if (size := answer.get("ContentLength", 0)) > at_most:
                        answer["Body"].close()
                        raise LakeError(f"{self._url(key)} has {size:,} bytes, so no export wrote it: delete it.")
                    return answer["Body"].read(), answer.get("ETag", ANYTHING)
                # boto3 repeats requests that fail, but not bodies that break off while they are read.
                except (
                    botocore.exceptions.HTTPClientError,
                    botocore.exceptions.IncompleteReadError,
                    botocore.exceptions.FlexibleChecksumError,
                ):
                    if not remaining:
                        raise
                # It stumbles over a failure (500) that comes with a checksum, as rclone's of a file that changes.
                except AttributeError as error:
                    if not remaining:
                        raise LakeError(
                            f"Cannot read {self._url(key)}: S3 answered with an error that boto3 cannot read. This "
                            "is temporary: run this again later. Tables that are already exported are not read "
                            "again."
                        ) from error
                    time.sleep(_PAUSES[_TRIES - 1 - remaining])
        raise AssertionError("unreachable")

    def has(self, key: str) -> bool:
        """Whether the object is there."""
        return self.etag(key) is not None

    def etag(self, key: str) -> str | None:
        """Return the ETag of the object; None where there is none."""
        # It is asked for itself: a list may come out of some proxy's cache.
        try:
            return str(self._head(key).get("ETag", ANYTHING))
        except ObjectMissing:
            return None
        except LakeError as error:
            if not is_access_denied(error):
                raise
            return next((etag for found, etag in self.list(key, subfolders=True) if found == key), None)

    def _is_listed(self, key: str) -> bool:
        return any(found == key for found, _ in self.list(key, subfolders=True))

    def fetch(self, key: str, path: Path) -> str:
        """Write the object into a file, however large, and give its SHA-256; raises `ObjectMissing`."""
        return large_objects.fetch(self._client, self.bucket, key, path)

    def age(self, key: str) -> float:
        """Seconds since the object was put, by the clock of S3; raises `ObjectMissing`."""
        answer = self._head(key)
        told = answer["ResponseMetadata"]["HTTPHeaders"].get("date")
        now = parsedate_to_datetime(told) if told else datetime.now(timezone.utc)
        age: float = (now - answer["LastModified"]).total_seconds()
        return age

    def _head(self, key: str) -> Any:
        """Return what is told of an object. A store that does not know HEAD is asked for the object itself."""
        try:
            with s3_errors("read", self._url(key)):
                return self._client.head_object(Bucket=self.bucket, Key=key)
        except LakeError as error:
            if not store_limits.may_be_the_method(error):
                raise
        with s3_errors("read", self._url(key)):
            answer = self._client.get_object(Bucket=self.bucket, Key=key)
            answer["Body"].close()
            return answer

    def put(self, key: str, body: bytes | bytearray, content_type: str, over: str | None = ANYTHING) -> str:
        """Put an object whole or not at all. Gives its ETag.

        `over`: the ETag of the version that it replaces, None where there must be none; raises `PreconditionFailed`
        when it is another. A store that has no conditional puts ignores it, or is not asked any more (`store_limits`).
        """
        for pause in (*_PAUSES, None):
            try:
                return self._put(key, body, content_type, condition(over))
            except PreconditionFailed as refused:
                there, etag = self._there(key)
                # When only the answer to a put was lost, boto3 repeats it, and the repetition meets our own object.
                if there == body:
                    return str(etag)
                if over != ANYTHING and unquoted(etag) != unquoted(over):
                    raise
                if pause is None:
                    raise LakeError(
                        f"Cannot write {self._url(key)}: S3 keeps refusing (409 or 412) as if another object were "
                        "there, but there is none. Run `hubspot-assets connect check`, which tries what this S3 can "
                        "do."
                    ) from refused
                # Another put of it was under way (409), or what was in the way has gone since.
                time.sleep(pause)
            except LakeError as error:
                if not may_have_taken_effect(error):
                    raise
                with suppress(LakeError):
                    there, etag = self._there(key)
                    if there == body:
                        return str(etag)
                raise
        raise AssertionError("unreachable")

    def put_file(self, key: str, path: Path, sha256: str, content_type: str, over: str | None = ANYTHING) -> None:
        """Put a file, however large, whole or not at all. `over`: as in `put`; raises `PreconditionFailed`."""
        if path.stat().st_size <= large_objects.PART_BYTES:
            self.put(key, path.read_bytes(), content_type, over)
            return
        known = {name: value for name, value in condition(over).items() if name not in self._lacks.conditions}
        self._before_put()
        large_objects.put_in_parts(self._client, self.bucket, key, path, sha256, content_type, known, self._before_put)

    def _there(self, key: str) -> tuple[bytes | None, str | None]:
        try:
            return self.get(key)
        except ObjectMissing:
            return None, None

    def _put(self, key: str, body: bytes | bytearray, content_type: str, condition: dict[str, str]) -> str:
        """Put once, under the condition if the store knows such."""
        condition = {name: value for name, value in condition.items() if name not in self._lacks.conditions}
        try:
            return self._put_once(key, body, content_type, condition)
        except ObjectMissing as error:
            if not condition:
                raise
            raise PreconditionFailed(
                f"Cannot write {self._url(key)}: the object has been deleted meanwhile. Run this again."
            ) from error
        except LakeError as error:
            if condition and store_limits.is_lost_on_the_way(error) and self._takes_another_beside(key):
                told = store_limits.lost_on_the_way(condition)
                raise LakeError(f"Cannot write {self._url(key)}: {told}") from error
            if not condition or not store_limits.may_be_the_condition(error):
                raise
        etag = self._put_once(key, body, content_type, {})
        # Without the condition it was taken: so that was what the store refused.
        self._lacks.conditions.update(condition)
        return etag

    def _takes_another_beside(self, key: str) -> bool:
        """Whether an object can be put without a condition; it is taken away again."""
        with suppress(LakeError):
            self._put_once(f"{key}_tried", b"", "text/plain", {})
            self.delete([f"{key}_tried"])
            return True
        return False

    def _put_once(self, key: str, body: bytes | bytearray, content_type: str, condition: dict[str, str]) -> str:
        self._before_put()
        # Of bytes boto3 makes a file, and before it sends one it asks whether S3 takes it (Expect: 100-continue).
        body = bytearray(body) if len(body) <= _SENT_UNASKED else body
        with s3_errors("write", self._url(key)):
            answer = self._client.put_object(
                Bucket=self.bucket, Key=key, Body=body, ContentType=content_type, **condition
            )
            return str(answer.get("ETag", ANYTHING))

    def list(self, prefix: str, *, subfolders: bool) -> Iterator[tuple[str, str]]:
        """Yield the keys under a prefix with their ETags, in alphabetical order.

        With those in subfolders, or without.
        """
        deep = {} if subfolders else {"Delimiter": "/"}
        for page in self._pages(prefix, **deep):
            yield from ((entry["Key"], entry.get("ETag", ANYTHING)) for entry in page.get("Contents", ()))

    def folders(self, prefix: str) -> Iterator[str]:
        """Yield the names of the folders directly under a prefix."""
        for page in self._pages(prefix, Delimiter="/"):
            yield from (entry["Prefix"][len(prefix) :].strip("/") for entry in page.get("CommonPrefixes", ()))

    def _pages(self, prefix: str, **how: str) -> Iterator[dict[str, Any]]:
        return listing.pages(self._client, self.bucket, prefix, **how)

    def delete(self, keys: Iterable[str]) -> None:
        """Delete objects; those that are gone already count as deleted."""
        waiting = iter(keys)
        while some := list(islice(waiting, _DELETE_LIMIT)):
            self._before_delete()
            if not self._lacks.many_deletions:
                try:
                    self._delete_together(some)
                    continue
                except LakeError as error:
                    if not store_limits.may_be_the_number_of_deletions(error):
                        raise
            for key in some:
                with suppress(ObjectMissing), s3_errors("delete", self._url(key)):
                    self._client.delete_object(Bucket=self.bucket, Key=key)
                self._lacks.many_deletions = True

    def _delete_together(self, keys: Sequence[str]) -> None:
        for pause in (*_PAUSES, None):
            with s3_errors("delete", self._url(keys[0])):
                answer = self._client.delete_objects(
                    Bucket=self.bucket, Delete={"Objects": [{"Key": key} for key in keys], "Quiet": True}
                )
                # S3 answers 200 with the refusals of single keys inside.
                errors = [error for error in answer.get("Errors", ()) if error.get("Code") != "NoSuchKey"]
                for error in errors:
                    if pause is None or error.get("Code") not in _PASSING:
                        raise botocore.exceptions.ClientError({"Error": error}, "DeleteObjects")
            if not errors:
                return
            keys = [error["Key"] for error in errors]
            time.sleep(pause or 0)

    def _url(self, key: str) -> str:
        return f"s3://{self.bucket}/{key}"
