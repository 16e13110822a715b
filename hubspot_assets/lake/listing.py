"""Lists of a bucket's objects, page by page, and what ends them.

boto3's own paginator takes a page that says that there is more, and not how to go on, for the last one. Not here: what
is made of the pages (`store`).
"""

from collections.abc import Iterator
from typing import Any

from hubspot_assets.lake.errors import LakeError, s3_errors

_OF_LISTS = ("IsTruncated", "KeyCount", "Name", "Contents", "CommonPrefixes")


def pages(client: Any, bucket: str, prefix: str, **how: str) -> Iterator[dict[str, Any]]:
    """Yield the answers of ListObjectsV2 for a prefix. Raises LakeError for what is none, or does not lead on."""
    url = f"s3://{bucket}/{prefix}"
    with s3_errors("list", url):
        more: dict[str, str] = {}
        while True:
            page = client.list_objects_v2(Bucket=bucket, Prefix=prefix, **how, **more)
            if page.keys().isdisjoint(_OF_LISTS):
                # boto3 takes any XML, a page that asks to log in too, for the list of an empty bucket.
                raise LakeError(
                    f"Cannot list {url}: the server that answered is not an S3. Check AWS_ENDPOINT_URL_S3, and any "
                    "proxy in between."
                )
            yield page
            if not page.get("IsTruncated"):
                return
            following = page.get("NextContinuationToken")
            if not following or following == more.get("ContinuationToken"):
                raise LakeError(
                    f"Cannot list {url}: S3 says that there is more but not how to continue, so it does not support "
                    "ListObjectsV2. Use a newer version of that S3, or another one."
                )
            more = {"ContinuationToken": following}
