"""An S3, IAM and STS on this machine that refuse what AWS refuses: moto's server, with the gate that it lacks.

    with serve_enforcing_s3() as s3:
        s3.allow(bucket_policy(s3.layout))      # what the export's role may do
        environment = s3.environment            # what an export needs: endpoint, keys, role, external id, bucket

Every request is checked before moto sees it: its signature (by moto's own code), that its session has not expired, and
every action it needs against the policies of its user or role (`iam`; moto's own check must agree where moto looks at
the same thing). `s3.asked` keeps what was asked for and granted.

The gate also does three things of AWS's that moto does not do: a role is assumed only with the right external id; a
session's token ends; and the reading of an object that does not exist is refused, not answered with "no such key", if
the caller may not list the bucket. AWS judges that last one without a prefix, so under a policy with an `s3:prefix`
condition every missing object is a 403; that follows from its documentation, and was not seen on AWS itself.
"""

import io
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any
from urllib.parse import parse_qsl, unquote
from xml.etree import ElementTree
from xml.sax.saxutils import escape

import boto3
from moto.core import DEFAULT_ACCOUNT_ID
from moto.core.exceptions import ServiceException
from moto.iam.access_control import AssumedRoleAccessKey, IAMPolicy, IAMRequest, IAMRequestBase, S3IAMRequest
from moto.iam.models import Policy, iam_backends
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from moto.s3.models import FakeKey, s3_backends
from moto.s3.responses import ACTION_MAP
from moto.sts.models import sts_backends
from werkzeug.datastructures import EnvironHeaders
from werkzeug.exceptions import HTTPException
from werkzeug.serving import make_server

from hubspot_assets.connection.policy import Document, to_json
from hubspot_assets.connection.role import POLICY_NAME, ROLE_NAME
from hubspot_assets.connection.trust import trust_policy
from hubspot_assets.lake.layout import Layout
from hubspot_assets_tests.connection.iam import ReadRequest, allows, trusts

REGION = "eu-central-1"
BUCKET = "customer-bucket"
PREFIX = "hubspot/export"
EXTERNAL_ID = "5f0c7a0b3a7e4b0c9d8e1f2a3b4c5d6e"
_EVERYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["*"], "Resource": "*"}]}


@dataclass
class EnforcingS3:
    """A running account with one bucket, an administrator, and a user `exporter` who may do nothing but assume a role.

    `session_seconds`: how long the role's sessions live (None: as long as was asked for). `clock`: what the gate
    takes for now when it looks whether a session has ended. `missing_is_refused`: whether an object that does not exist
    is a 403 under a policy whose listing has a condition; either has to do.
    """

    endpoint_url: str
    clock: Callable[[], datetime] = lambda: datetime.now(timezone.utc)
    session_seconds: int | None = None
    missing_is_refused: bool = True
    asked: list[ReadRequest] = field(default_factory=list)
    refused: list[ReadRequest] = field(default_factory=list)
    layout: Layout = field(default_factory=lambda: Layout(BUCKET, PREFIX))
    admin_keys: tuple[str, str] = field(default=("admin", "admin"), repr=False)
    exporter_keys: tuple[str, str] = field(default=("exporter", "exporter"), repr=False)

    @property
    def url(self) -> str:
        return f"s3://{self.layout.bucket}/{self.layout.prefix}"

    @property
    def role_arn(self) -> str:
        return f"arn:aws:iam::{DEFAULT_ACCOUNT_ID}:role/{ROLE_NAME}"

    @property
    def exporter_arn(self) -> str:
        return f"arn:aws:iam::{DEFAULT_ACCOUNT_ID}:user/exporter"

    @property
    def environment(self) -> dict[str, str]:
        """What an export that assumes the role has in its environment."""
        return {
            **self._aws(self.exporter_keys),
            "HUBSPOT_S3_URL": self.url,
            "HUBSPOT_S3_ROLE_ARN": self.role_arn,
            "HUBSPOT_S3_EXTERNAL_ID": EXTERNAL_ID,
        }

    @property
    def admin_environment(self) -> dict[str, str]:
        """What the owner of the account has in the environment."""
        return self._aws(self.admin_keys)

    def admin(self, service: str) -> Any:
        """A boto3 client of the owner of the account."""
        key, secret = self.admin_keys
        return boto3.client(
            service,
            endpoint_url=self.endpoint_url,
            region_name=REGION,
            aws_access_key_id=key,
            aws_secret_access_key=secret,
        )

    def allow(self, document: Document, trust: Document | None = None) -> None:
        """Make the role, or change it: what it may do, and who may assume it (default: the exporter)."""
        iam = self.admin("iam")
        trusted = to_json(trust or trust_policy(self.exporter_arn, EXTERNAL_ID))
        try:
            iam.create_role(RoleName=ROLE_NAME, AssumeRolePolicyDocument=trusted)
        except iam.exceptions.EntityAlreadyExistsException:
            iam.update_assume_role_policy(RoleName=ROLE_NAME, PolicyDocument=trusted)
        iam.put_role_policy(RoleName=ROLE_NAME, PolicyName=POLICY_NAME, PolicyDocument=to_json(document))

    def allow_exporter(self, document: Document) -> None:
        """What the user `exporter` may do without the role."""
        self.admin("iam").put_user_policy(UserName="exporter", PolicyName=POLICY_NAME, PolicyDocument=to_json(document))

    def stored_keys(self) -> list[str]:
        """Every key in the bucket."""
        found = self.admin("s3").list_objects_v2(Bucket=self.layout.bucket).get("Contents", [])
        return [entry["Key"] for entry in found]

    def _aws(self, keys: tuple[str, str]) -> dict[str, str]:
        return {
            "AWS_ENDPOINT_URL": self.endpoint_url,
            "AWS_ACCESS_KEY_ID": keys[0],
            "AWS_SECRET_ACCESS_KEY": keys[1],
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
        }


@contextmanager
def serve_enforcing_s3(*, versioned: bool = False) -> Iterator[EnforcingS3]:
    """A fresh account while the block runs, on a free port of 127.0.0.1. One at a time: moto's state is global."""
    for backends in (iam_backends, sts_backends, s3_backends):
        for account in backends.values():
            for backend in account.values():
                backend.reset()
    gate = _Gate(DomainDispatcherApplication(create_backend_app))
    server = make_server("127.0.0.1", 0, gate, threaded=True, request_handler=_QuietHandler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, name="enforcing-s3", daemon=True)
    thread.start()
    try:
        s3 = EnforcingS3(f"http://127.0.0.1:{server.server_port}")
        _furnish(s3, versioned)
        gate.guard(s3)
        yield s3
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _furnish(s3: EnforcingS3, versioned: bool) -> None:
    client = s3.admin("s3")
    client.create_bucket(Bucket=s3.layout.bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    if versioned:
        client.put_bucket_versioning(Bucket=s3.layout.bucket, VersioningConfiguration={"Status": "Enabled"})
    iam = s3.admin("iam")

    def keys(user: str, document: Document) -> tuple[str, str]:
        iam.create_user(UserName=user)
        iam.put_user_policy(UserName=user, PolicyName=POLICY_NAME, PolicyDocument=to_json(document))
        made = iam.create_access_key(UserName=user)["AccessKey"]
        return made["AccessKeyId"], made["SecretAccessKey"]

    assume = {"Effect": "Allow", "Action": ["sts:AssumeRole"], "Resource": f"arn:aws:iam::{DEFAULT_ACCOUNT_ID}:role/*"}
    s3.exporter_keys = keys("exporter", {"Version": "2012-10-17", "Statement": [assume]})
    s3.admin_keys = keys("administrator", _EVERYTHING)


class _Refused(Exception):
    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


class _Gate:
    """The WSGI application: checks a request, then hands it to moto, or answers with AWS's refusal."""

    def __init__(self, moto: Callable[..., Iterable[bytes]]) -> None:
        self._moto = moto
        self._s3: EnforcingS3 | None = None

    def guard(self, s3: EnforcingS3) -> None:
        """From now on, check."""
        self._s3 = s3

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        if self._s3 is not None:
            scope = environ.get("HTTP_AUTHORIZATION", "").partition("Credential=")[2].partition(",")[0]
            service = scope.split("/")[3] if scope.count("/") >= 3 else "s3"
            try:
                body = self._check(self._s3, service, environ, body)
            except _Refused as refusal:
                return _answer(service, environ["REQUEST_METHOD"], refusal, start_response)
        environ["wsgi.input"] = io.BytesIO(body)
        environ["CONTENT_LENGTH"] = str(len(body))
        return self._moto(environ, start_response)

    def _check(self, s3: EnforcingS3, service: str, environ: dict[str, Any], body: bytes) -> bytes:
        if service == "s3":
            needs, missing = _s3_needs(environ, body), _missing_object(environ)
            action = needs[0].action.partition(":")[2]
            request = self._signed(S3IAMRequest, environ, body, action, s3)
            policies = _policies(request)
            _require(s3, policies, needs)
            listing = ReadRequest("s3:ListBucket", needs[0].resource.partition("/")[0])
            if missing and s3.missing_is_refused and not allows(policies, listing):
                raise _Refused(403, "AccessDenied", "Access Denied")
            if "delete" not in dict(_query(environ)):
                _as_moto(request, needs[0].resource)
            return body
        form = dict(parse_qsl(body.decode()))
        action = form.get("Action", "")
        request = self._signed(IAMRequest, environ, body, action, s3)
        if service == "sts" and action == "AssumeRole":
            return _checked_assumption(s3, request, form, body)
        if action != "GetCallerIdentity":
            _require(s3, _policies(request), [ReadRequest(f"{service}:{action}", "*")])
        return body

    def _signed(
        self, kind: type[IAMRequestBase], environ: dict[str, Any], body: bytes, action: str, s3: EnforcingS3
    ) -> IAMRequestBase:
        headers = EnvironHeaders(environ)
        if "Authorization" not in headers:
            raise _Refused(403, "AccessDenied", "Anonymous access is forbidden")
        path = environ.get("RAW_URI") or environ["REQUEST_URI"]
        try:
            request = kind(DEFAULT_ACCOUNT_ID, environ["REQUEST_METHOD"], path, {}, body, headers, action)
            request.check_signature()
        except (ServiceException, HTTPException) as error:
            raise _as_refusal(error) from error
        key = request._access_key
        if isinstance(key, AssumedRoleAccessKey) and _session_of(key).expiration <= s3.clock().replace(tzinfo=None):
            raise _Refused(400, "ExpiredToken", "The provided token has expired.")
        return request


class _QuietHandler(MotoRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: Any) -> None:
        pass


def _require(s3: EnforcingS3, policies: Sequence[Any], needs: Sequence[ReadRequest]) -> None:
    for one in needs:
        if not allows(policies, one):
            s3.refused.append(one)
            raise _Refused(403, "AccessDenied", "Access Denied")
    if _EVERYTHING not in policies:
        s3.asked.extend(needs)


def _as_moto(request: IAMRequestBase, resource: str) -> None:
    try:
        request.check_action_permitted(resource)
    except (ServiceException, HTTPException) as error:
        raise AssertionError(f"moto refuses {request._action} on {resource}, which the rules here allow") from error


def _checked_assumption(s3: EnforcingS3, request: IAMRequestBase, form: dict[str, str], body: bytes) -> bytes:
    role_arn, caller = form["RoleArn"], request._access_key.arn
    context = {"sts:ExternalId": form["ExternalId"]} if "ExternalId" in form else {}
    asked = ReadRequest("sts:AssumeRole", role_arn, context)
    roles = {role.arn: role for role in iam_backends[DEFAULT_ACCOUNT_ID]["aws"].roles.values()}
    role = roles.get(role_arn)
    if (
        role is None
        or not allows(_policies(request), asked)
        or not trusts(role.assume_role_policy_document, caller, context)
    ):
        s3.refused.append(asked)
        raise _Refused(403, "AccessDenied", f"User: {caller} is not authorized to perform: sts:AssumeRole")
    s3.asked.append(asked)
    seconds = s3.session_seconds or int(form.get("DurationSeconds", 3600))
    # moto counts from the machine's clock, the gate by its own.
    ahead = s3.clock() - datetime.now(timezone.utc)
    return body + f"&DurationSeconds={seconds + round(ahead.total_seconds())}".encode()


def _policies(request: IAMRequestBase) -> list[Any]:
    return [IAMPolicy(_document(policy))._policy_json for policy in request._access_key.collect_policies()]


def _document(policy: Any) -> Any:
    return policy if isinstance(policy, str | Policy) else policy["policy_document"]


def _session_of(key: AssumedRoleAccessKey) -> Any:
    sessions = sts_backends[DEFAULT_ACCOUNT_ID]["aws"].assumed_roles
    return next(one for one in sessions if one.access_key_id == key._access_key_id)


def _query(environ: dict[str, Any]) -> list[tuple[str, str]]:
    return parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True)


def _bucket_and_key(environ: dict[str, Any]) -> tuple[str, str]:
    path = unquote((environ.get("RAW_URI") or environ["REQUEST_URI"]).partition("?")[0])
    bucket, _, key = path.lstrip("/").partition("/")
    return bucket, key


def _s3_needs(environ: dict[str, Any], body: bytes) -> list[ReadRequest]:
    """What AWS asks the policies for when it gets this request."""
    method, query = environ["REQUEST_METHOD"], dict(_query(environ))
    bucket, key = _bucket_and_key(environ)
    arn = f"arn:aws:s3:::{bucket}"
    if not key:
        if "delete" in query:
            return [_deletion(arn, entry) for entry in ElementTree.fromstring(body) if entry.tag.endswith("Object")]  # noqa: S314
        if method == "HEAD":
            return [ReadRequest("s3:ListBucket", arn)]
        actions = ACTION_MAP["BUCKET"].get(method, {"DEFAULT": f"{method}Bucket"})
        context = {f"s3:{name}": query[name] for name in ("prefix", "delimiter") if name in query}
        return [ReadRequest(f"s3:{_named(actions, query)}", arn, context)]
    needs = [ReadRequest(f"s3:{_named(ACTION_MAP['KEY'][method], query)}", f"{arn}/{key}")]
    if environ.get("HTTP_X_AMZ_SERVER_SIDE_ENCRYPTION") == "aws:kms":
        needs.append(ReadRequest("kms:GenerateDataKey", environ["HTTP_X_AMZ_SERVER_SIDE_ENCRYPTION_AWS_KMS_KEY_ID"]))
    stored = _stored(bucket, key, query.get("versionId"))
    if method == "GET" and stored is not None and stored.kms_key_id:
        needs.append(ReadRequest("kms:Decrypt", stored.kms_key_id))
    return needs


def _deletion(arn: str, entry: ElementTree.Element) -> ReadRequest:
    parts = {part.tag.rpartition("}")[2]: part.text or "" for part in entry}
    action = "s3:DeleteObjectVersion" if "VersionId" in parts else "s3:DeleteObject"
    return ReadRequest(action, f"{arn}/{parts['Key']}")


def _named(actions: dict[str, str], query: dict[str, str]) -> str:
    return next((action for name, action in actions.items() if name in query), None) or actions["DEFAULT"]


def _missing_object(environ: dict[str, Any]) -> bool:
    bucket, key = _bucket_and_key(environ)
    query = dict(_query(environ))
    if not key or environ["REQUEST_METHOD"] not in ("GET", "HEAD") or "uploadId" in query:
        return False
    return _stored(bucket, key, query.get("versionId")) is None


def _stored(bucket: str, key: str, version: str | None) -> FakeKey | None:
    try:
        found = s3_backends[DEFAULT_ACCOUNT_ID]["aws"].get_object(bucket, key, version_id=version)
    except ServiceException:
        return None
    return found if isinstance(found, FakeKey) else None


def _as_refusal(error: Exception) -> _Refused:
    code = getattr(error, "error_type", None) or getattr(error, "code", None) or "AccessDenied"
    status = getattr(error, "status", None) or 403
    return _Refused(int(status) if str(status).isdigit() else 403, str(code), "refused")


def _answer(service: str, method: str, refusal: _Refused, start_response: Callable[..., Any]) -> list[bytes]:
    inner = f"<Code>{refusal.code}</Code><Message>{escape(refusal.message)}</Message>"
    if service == "s3":
        text = f'<?xml version="1.0" encoding="UTF-8"?><Error>{inner}<RequestId>gate</RequestId></Error>'
    else:
        text = f"<ErrorResponse><Error><Type>Sender</Type>{inner}</Error><RequestId>gate</RequestId></ErrorResponse>"
    content = b"" if method == "HEAD" else text.encode()
    headers = [("Content-Type", "application/xml"), ("Content-Length", str(len(content)))]
    start_response(f"{refusal.status} Refused", headers)
    return [content]
