"""What the S3 check has written into the bucket and must take away again.

Here: which objects and versions there are of it, and their deletion. Not here: what is tried, and what it means
(`check`, `store_check`).
"""

from typing import Any

from botocore.exceptions import ClientError

from hubspot_assets.lake.errors import LakeError, ObjectMissing, s3_errors
from hubspot_assets.lake.layout import Layout

CONTENT = b"Written by `hubspot-assets connect check`; it can be deleted.\n"


class Traces:
    """Keys with their versions (None where the bucket keeps none), as long as they are there."""

    def __init__(self, client: Any, layout: Layout) -> None:
        self._client = client
        self._layout = layout
        self._left: list[tuple[str, str | None]] = []

    def keys(self) -> set[str]:
        """What is there."""
        return {key for key, _ in self._left}

    def wrote(self, key: str, answer: Any) -> None:
        """Note an object by the answer to its put."""
        if (written := (key, version_of(answer))) not in self._left:
            self._left.append(written)

    def deleted(self, key: str, version: str | None = None, marker: str | None = None) -> None:
        """Note the deletion of a version; without one, a bucket that keeps versions sets a marker in place of it."""
        self._left = [left for left in self._left if left != (key, version)]
        if marker:
            self._left.append((key, marker))

    def put(self, client: Any, key: str, **conditions: str) -> None:
        """Put an object under conditions. Raises LakeError."""
        with s3_errors("write", self._layout.url(key)):
            answer = client.put_object(Bucket=self._layout.bucket, Key=key, Body=CONTENT, **conditions)
        self.wrote(key, answer)

    def delete_together(self, keys: list[str]) -> None:
        """Delete objects with one request, as an export does. Raises LakeError."""
        with s3_errors("delete", self._layout.url(keys[0])):
            answer = self._client.delete_objects(
                Bucket=self._layout.bucket, Delete={"Objects": [{"Key": key} for key in keys]}
            )
            for error in answer.get("Errors", ()):
                raise ClientError({"Error": error}, "DeleteObjects")
        markers = {one["Key"]: one.get("DeleteMarkerVersionId") for one in answer.get("Deleted", ())}
        for key in keys:
            self.deleted(key, marker=markers.get(key))

    def clean_up(self) -> list[str]:
        """Take away what is there; gives the urls of what could not be."""
        kept = []
        for key, version in self._left:
            url = self._layout.url(key) + (f" (version {version})" if version else "")
            try:
                with s3_errors("delete", url):
                    at = {"Key": key} | ({"VersionId": version} if version else {})
                    self._client.delete_object(Bucket=self._layout.bucket, **at)
            except ObjectMissing:  # some S3s say so, others take it for deleted
                continue
            except LakeError:
                kept.append(url)
        return kept


def version_of(answer: Any) -> str | None:
    """The version that a put made; None in a bucket that keeps none."""
    version = answer.get("VersionId")
    return None if version == "null" else version
