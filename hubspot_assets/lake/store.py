"""The few things the lake does with S3, on a boto3 client: get, put, list, delete, each with errors that explain.

Here: requests and the translation of their errors. Not here: what the objects mean.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from itertools import islice
from typing import Any

import botocore.exceptions

from hubspot_assets.lake.errors import LakeError, ObjectMissing, PreconditionFailed, is_access_denied, s3_errors

_TRIES = 3
_DELETE_LIMIT = 1000


class Store:
    """One bucket through one boto3 S3 client, which threads may share."""

    def __init__(self, client: Any, bucket: str) -> None:
        self._client = client
        self.bucket = bucket

    @property
    def place(self) -> str:
        """Which bucket, of all there are anywhere."""
        return f"{self._client.meta.endpoint_url}/{self.bucket}"

    def get(self, key: str) -> tuple[bytes, str]:
        """The object and its ETag; raises `ObjectMissing`."""
        try:
            return self._get(key)
        except LakeError as error:
            # S3 tells "not there" only to who may list, and judges that without a prefix: under a policy that allows
            # listing by prefix, as HubSpot's article prints it, every missing object answers 403.
            if not is_access_denied(error) or any(found == key for found, _ in self.list(key, subfolders=True)):
                raise
            raise ObjectMissing(f"Cannot read {self._url(key)}: there is no such object.") from error

    def _get(self, key: str) -> tuple[bytes, str]:
        with s3_errors("read", self._url(key)):
            for remaining in reversed(range(_TRIES)):
                answer = self._client.get_object(Bucket=self.bucket, Key=key)
                try:
                    return answer["Body"].read(), answer["ETag"]
                # boto3 repeats requests that fail, but not bodies that break off while they are read.
                except (
                    botocore.exceptions.HTTPClientError,
                    botocore.exceptions.IncompleteReadError,
                    botocore.exceptions.FlexibleChecksumError,
                ):
                    if not remaining:
                        raise
        raise AssertionError("unreachable")

    def age(self, key: str) -> float:
        """Seconds since the object was put, by the clock of S3; raises `ObjectMissing`."""
        with s3_errors("read", self._url(key)):
            answer = self._client.head_object(Bucket=self.bucket, Key=key)
        told = answer["ResponseMetadata"]["HTTPHeaders"].get("date")
        now = parsedate_to_datetime(told) if told else datetime.now(timezone.utc)
        age: float = (now - answer["LastModified"]).total_seconds()
        return age

    def put(self, key: str, body: bytes | bytearray, content_type: str, **conditions: str) -> str:
        """Put an object whole or not at all. Gives its ETag.

        `conditions` are `IfNoneMatch="*"` (it must be new) or `IfMatch=<etag>` (it must be unchanged); raises
        `PreconditionFailed` when they do not hold. A store that does not know them ignores them.
        """
        with s3_errors("write", self._url(key)):
            answer = self._client.put_object(
                Bucket=self.bucket, Key=key, Body=body, ContentType=content_type, **conditions
            )
            return str(answer["ETag"])

    def put_over(self, key: str, body: bytes, content_type: str, etag: str | None) -> str:
        """Put an object over the version with this ETag (None: there is none); raises `PreconditionFailed`."""
        try:
            return self.put(key, body, content_type, **({"IfMatch": etag} if etag else {"IfNoneMatch": "*"}))
        except PreconditionFailed:
            # When only the answer to a put was lost, boto3 repeats it, and the repetition meets our own object.
            there, its_etag = self.get(key)
            if there != body:
                raise
            return its_etag

    def list(self, prefix: str, *, subfolders: bool) -> Iterator[tuple[str, str]]:
        """The keys under a prefix with their ETags, in alphabetical order; with those in subfolders, or without."""
        deep = {} if subfolders else {"Delimiter": "/"}
        with s3_errors("list", self._url(prefix)):
            pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix, **deep)
            for page in pages:
                yield from ((entry["Key"], entry["ETag"]) for entry in page.get("Contents", ()))

    def folders(self, prefix: str) -> Iterator[str]:
        """The names of the folders directly under a prefix."""
        with s3_errors("list", self._url(prefix)):
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self.bucket, Prefix=prefix, Delimiter="/"
            )
            for page in pages:
                yield from (entry["Prefix"][len(prefix) :].strip("/") for entry in page.get("CommonPrefixes", ()))

    def delete(self, keys: Iterable[str]) -> None:
        """Delete objects; those that are not there count as deleted."""
        waiting = iter(keys)
        while some := list(islice(waiting, _DELETE_LIMIT)):
            with s3_errors("delete", self._url(some[0])):
                answer = self._client.delete_objects(
                    Bucket=self.bucket, Delete={"Objects": [{"Key": key} for key in some], "Quiet": True}
                )
                for error in answer.get("Errors", ()):
                    # S3 answers 200 with the refusals of single keys inside.
                    raise botocore.exceptions.ClientError({"Error": error}, "DeleteObjects")

    def _url(self, key: str) -> str:
        return f"s3://{self.bucket}/{key}"
