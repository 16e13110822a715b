"""The S3 check: everything that an export does, tried out with the export's own credentials, one finding each.

Here: one step for each permission, what its failure means, and what to add to the policy. It writes a few tiny
objects below the prefix and takes them away again; it lists and reads nothing else, and never the bucket's root.
Not here: whose credentials they are (`identity`), what other S3s lack (`store_check`), how findings are printed
(`command`).
"""

import secrets
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from functools import partial
from typing import Any

import botocore.exceptions as boto

from hubspot_assets.connection import session as sessions
from hubspot_assets.connection.finding import Finding
from hubspot_assets.connection.identity import check_identity
from hubspot_assets.connection.policy import bucket_policy, statement_for
from hubspot_assets.connection.store_check import conditional_puts, deleted_together
from hubspot_assets.connection.traces import CONTENT, Traces, version_of
from hubspot_assets.lake.errors import LakeError, refused_action, s3_errors
from hubspot_assets.lake.layout import Layout
from hubspot_assets.settings import Settings

_NOT_THERE = ("MethodNotAllowed", "NotImplemented", "NotSupported", "405", "501")


def check_s3(url: str, settings: Settings) -> Generator[Finding, None, None]:
    """Try out what an export into `url` (`s3://bucket/prefix`) does, in this order, a finding at a time.

    Stops early where nothing further can succeed; closed early, it still cleans up. Raises LakeError for a url that
    is none, SessionError for settings that make no session; everything else is a finding.
    """
    layout = Layout.of_url(url)
    source, session = sessions.source_session(), sessions.s3_session(settings)
    for finding in check_identity(source, session, settings):
        yield finding
        if finding.ok is False and finding.name != "ExternalId":
            return
    bucket = _Bucket(layout, session, settings)
    try:
        for step in (bucket.location, bucket.listing):
            yield from step()
            if bucket.hopeless:
                return
        yield from bucket.writing()
        yield from bucket.conditions()
        yield from bucket.multipart()
        yield from bucket.versions()
        yield from bucket.deletion()
        yield bucket.joint_deletion()
    finally:
        left = bucket.traces.clean_up()
    if left:
        yield Finding(
            "Clean-up",
            False,
            f"{', '.join(left)} could not be deleted: delete it yourself, once the permission is granted.",
        )


class _Bucket:
    """The steps in the bucket, and what they have left there so far. `hopeless`: no further step can succeed."""

    def __init__(self, layout: Layout, session: Any, settings: Settings) -> None:
        self.hopeless = False
        self._layout = layout
        self._client = sessions.s3_client(settings, session, max_attempts=2)
        self._plain = sessions.s3_client(settings, session, max_attempts=2, encrypt=False)
        self._kms_key = settings.s3_kms_key
        self._owner = settings.s3_bucket_owner
        self._policy = bucket_policy(
            layout,
            partition=sessions.partition_of(settings.s3_role_arn or "") or self._client.meta.partition,
            kms_key=self._kms_key if self._kms_key != sessions.SSE_S3 else None,
        )
        folder = f"{layout.prefix}/" if layout.prefix else ""
        self._folder = folder
        self._key = f"{folder}_connection_check_{secrets.token_hex(8)}"
        self.traces = Traces(self._client, layout)
        self._version: str | None = None
        self._etag = ""
        self._has_written = self._can_delete = False

    def location(self) -> Iterator[Finding]:
        """GetBucketLocation, and whether the region is the bucket's."""
        answer, finding = self._try(
            "GetBucketLocation", "s3:GetBucketLocation", "ask the region of", self._client.get_bucket_location
        )
        yield finding
        if answer:
            told = answer.get("LocationConstraint") or ""
            yield region_finding(told, self._client.meta.region_name, sessions.has_own_endpoint(self._client))

    def listing(self) -> Iterator[Finding]:
        """ListBucket below the prefix."""
        answer, finding = self._try(
            "ListBucket", "s3:ListBucket", "list", self._client.list_objects_v2, Prefix=self._folder, MaxKeys=1
        )
        if answer and answer.get("IsTruncated") and not answer.get("NextContinuationToken"):
            finding = Finding(
                "ListBucket",
                False,
                "This S3 does not support ListObjectsV2, so long lists would be cut short: use a newer version of it, "
                "or another S3.",
            )
        yield finding

    def writing(self) -> Iterator[Finding]:
        """PutObject, GetObject, and the encryption of what is written."""
        answer, put, get = self._round_trip()
        encryption = None
        if self._has_kms and (put.ok is False or get.ok is False):
            # S3 says AccessDenied for its own actions and for KMS's alike. If it goes without the key, it was KMS.
            refused, action = (put, "kms:GenerateDataKey") if put.ok is False else (get, "kms:Decrypt")
            with_key, self._client = self._client, self._plain
            plain = self._round_trip()
            if plain[1].ok and plain[2].ok:
                answer, put, get = plain
                encryption = self._missing("SSE-KMS", action) if refused.add else refused
            else:
                self._client = with_key
        yield put
        yield get
        if encryption or put.ok:
            yield encryption or self._encryption(answer)

    def conditions(self) -> Iterator[Finding]:
        """IfNoneMatch and IfMatch. Needs no action but s3:PutObject."""
        if not self._has_written:
            yield from (self._not_tried(name) for name in ("IfNoneMatch", "IfMatch"))
            return
        yield from conditional_puts(partial(self.traces.put, self._client), self._key, self._etag, f"{self._key}_new")

    def multipart(self) -> Iterator[Finding]:
        """An upload in parts, as boto3 makes one of a long compute log. Needs no action but s3:PutObject."""
        at = {"Key": f"{self._key}_parts"}
        # KMS is asked to decrypt as soon as parts come in.
        action = "kms:Decrypt" if self._has_kms else "s3:PutObject"
        client = self._client
        begun, finding = self._try(
            "Multipart", "s3:PutObject", "begin a multipart upload to", client.create_multipart_upload, **at
        )
        if not begun:
            yield finding
            return
        if not begun.get("UploadId"):
            # boto3 takes any XML for an answer, such as that of a store that does not know the request.
            yield Finding("Multipart", None, "This S3 does not support Multipart.")
            return
        at["UploadId"] = begun["UploadId"]
        sent, finding = self._try(
            "Multipart", action, "send a part to", client.upload_part, **at, PartNumber=1, Body=CONTENT
        )
        if sent:
            parts = {"Parts": [{"PartNumber": 1, "ETag": sent.get("ETag", "")}]}
            done, finding = self._try(
                "Multipart", action, "join the parts of", client.complete_multipart_upload, **at, MultipartUpload=parts
            )
            if done:
                self.traces.wrote(at["Key"], done)
        if not finding.ok:
            # The policy has no s3:AbortMultipartUpload. S3 lets whoever began an upload end it; other stores may not.
            with suppress(LakeError), s3_errors("delete", self._layout.url(at["Key"])):
                client.abort_multipart_upload(Bucket=self._layout.bucket, **at)
        yield finding

    def versions(self) -> Iterator[Finding]:
        """GetObjectVersion, where the bucket keeps versions."""
        if self._version is None:
            yield self._not_needed("GetObjectVersion")
            return
        at = {"Key": self._key, "VersionId": self._version}
        read = self._client.get_object
        yield self._try("GetObjectVersion", "s3:GetObjectVersion", "read a version of", read, **at)[1]

    def deletion(self) -> Iterator[Finding]:
        """DeleteObject, and DeleteObjectVersion where the bucket keeps versions."""
        if not self._has_written:
            yield from (self._not_tried(name) for name in ("DeleteObject", "DeleteObjectVersion"))
            return
        delete, at = self._client.delete_object, {"Key": self._key}
        answer, finding = self._try("DeleteObject", "s3:DeleteObject", "delete", delete, **at)
        yield finding
        self._can_delete = answer is not None
        if answer:
            self.traces.deleted(self._key, marker=answer["VersionId"] if answer.get("DeleteMarker") else None)
        if self._version is None:
            yield self._not_needed("DeleteObjectVersion")
            return
        at["VersionId"] = self._version
        answer, finding = self._try(
            "DeleteObjectVersion", "s3:DeleteObjectVersion", "delete a version of", delete, **at
        )
        if answer:
            self.traces.deleted(self._key, self._version)
        yield finding

    def joint_deletion(self) -> Finding:
        """DeleteObjects. Needs no action but s3:DeleteObject."""
        keys = sorted(self.traces.keys() - {self._key})
        if not self._can_delete or not keys:
            return Finding("DeleteObjects", None, "Not tried: not even a single object could be deleted.")

        return deleted_together(lambda: self.traces.delete_together(keys))

    @property
    def _has_kms(self) -> bool:
        return self._kms_key is not None and self._kms_key != sessions.SSE_S3

    def _round_trip(self) -> tuple[Any, Finding, Finding]:
        """Write an object and read it back; the later steps go on with that object."""
        self._key = f"{self._folder}_connection_check_{secrets.token_hex(8)}"
        answer, put = self._try(
            "PutObject", "s3:PutObject", "write", self._client.put_object, Key=self._key, Body=CONTENT
        )
        if not answer:
            return answer, put, Finding("GetObject", None, "Not tried: nothing could be written.")
        self._version, self._etag, self._has_written = version_of(answer), answer.get("ETag", ""), True
        self.traces.wrote(self._key, answer)
        read, get = self._try("GetObject", "s3:GetObject", "read", self._client.get_object, Key=self._key)
        if read and read["Body"].read() != CONTENT:
            get = Finding("GetObject", False, f"{self._layout.url(self._key)} came back changed: do not use this S3.")
        return answer, put, get

    def _not_needed(self, name: str) -> Finding:
        if not self._has_written:
            return self._not_tried(name)
        return Finding(name, None, "Not needed: versioning is off.")

    def _not_tried(self, name: str) -> Finding:
        return Finding(name, None, "Not tried: nothing could be written.")

    def _encryption(self, answer: Any) -> Finding:
        name = "SSE-KMS" if self._has_kms else "Encryption"
        how, key = answer.get("ServerSideEncryption"), answer.get("SSEKMSKeyId")
        wanted = sessions.encryption_arguments(self._kms_key).get("ServerSideEncryption")
        if wanted and how != wanted:
            return Finding(name, False, f"This S3 ignores HUBSPOT_S3_KMS_KEY: it encrypted with {how}.")
        if not how:
            return Finding(name, None, "This S3 says nothing about encryption.")
        return Finding(name, True, f"Encrypted with {how}" + (f" and the key {key}." if key else "."))

    def _try(
        self, name: str, action: str, doing: str, call: Callable[..., Any], **arguments: Any
    ) -> tuple[Any, Finding]:
        url = self._layout.url(arguments.get("Key", arguments.get("Prefix", "")))
        try:
            with s3_errors(doing, url):
                return call(Bucket=self._layout.bucket, **arguments), Finding(name, True, f"Could {doing} {url}.")
        except LakeError as error:
            code, message = _code_and_message(error)
            if code in ("AccessDenied", "403", "KMS.AccessDeniedException"):
                return None, self._missing(name, refused_action(message) or action)
            if code in _NOT_THERE:
                return None, Finding(name, None, f"This S3 does not support {name}.")
            # Another bucket, another address, a broken key: the next step would only say the same.
            self.hopeless = self.hopeless or name in ("GetBucketLocation", "ListBucket")
            return None, Finding(name, False, str(error))

    def _missing(self, name: str, action: str) -> Finding:
        try:
            statement = statement_for(action, self._policy)
        except KeyError:
            return Finding(
                name, False, f"{action} is refused, although no export needs it: something else requires it."
            )
        where = statement["Resource"]
        under = f" under the prefix {self._folder}" if action == "s3:ListBucket" and self._folder else ""
        owner = self._owner
        other = (
            f" (or the bucket does not belong to account {owner}, which HUBSPOT_S3_BUCKET_OWNER names)" if owner else ""
        )
        return Finding(name, False, f"{action} on {where}{under} is not allowed{other}: add this statement.", statement)


def region_finding(told: str, of_client: str, own_endpoint: bool) -> Finding:
    """Whether the region of the client is the bucket's. `told`: the answer of GetBucketLocation, in S3's old words."""
    if own_endpoint:
        return Finding("Region", None, f"{of_client} is set; what that means is up to this S3, which is not AWS.")
    of_bucket = {"": "us-east-1", "EU": "eu-west-1"}.get(told, told)
    if of_client == "aws-global":
        return Finding("Region", None, f"No region is set; the bucket is in {of_bucket}: set AWS_REGION={of_bucket}.")
    if of_bucket != of_client:
        return Finding(
            "Region", False, f"The bucket is in {of_bucket}, not in {of_client}: set AWS_REGION={of_bucket}."
        )
    return Finding("Region", True, f"{of_bucket}, as set.")


def _code_and_message(error: LakeError) -> tuple[str, str]:
    cause = error.__cause__
    if not isinstance(cause, boto.ClientError):
        return "", ""
    told = cause.response.get("Error", {})
    return str(told.get("Code", "")), str(told.get("Message", ""))
