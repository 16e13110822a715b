"""HubSpot's refusals, word for word where they are known. Raised by handlers and by the gate."""

from typing import Any, Literal


class Refusal(Exception):
    """An answer with an error status. ``body`` lacks the correlation id, which the gate adds."""

    def __init__(self, status: int, body: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        super().__init__(f"{status} {body.get('message')}")
        self.status = status
        self.body = {"status": "error", **body}
        self.headers = headers or {}


def validation_error(message: str, **more: Any) -> Refusal:
    return Refusal(400, {"message": message, "category": "VALIDATION_ERROR", **more})


def unknown_object_type(name: str) -> Refusal:
    """HubSpot gives no category here."""
    return Refusal(400, {"message": f"Unable to infer object type from: {name}"})


def not_supported(name: str) -> Refusal:
    """For types that exist but that the CRM objects API does not serve (``MARKETING_EMAIL not supported``)."""
    return Refusal(400, {"message": f"{name} not supported", "category": "VALIDATION_ERROR"})


def not_found(message: str = "resource not found") -> Refusal:
    return Refusal(404, {"message": message, "category": "OBJECT_NOT_FOUND"})


MissingScopesForm = Literal["in_errors", "in_context", "required_scopes"]


def missing_scopes(scopes: tuple[str, ...], form: MissingScopesForm = "in_errors") -> Refusal:
    """HubSpot names the scopes in the details of the error, in its context, or, the older ones, by another name."""
    page = "https://developers.hubspot.com/scopes"
    context = {"requiredScopes" if form == "required_scopes" else "requiredGranularScopes": list(scopes)}
    detail = {"message": "One or more of the following scopes are required.", "context": context}
    named: dict[str, Any] = {"errors": [detail], "links": {"scopes": page}}
    if form == "in_context":
        named = {"context": {**context, "links": [page]}, "links": {"scopes": page}}
    return Refusal(
        403,
        {
            "message": "This app hasn't been granted all required scopes to make this call. Read more about required "
            f"scopes here: {page}.",
            **named,
            "category": "MISSING_SCOPES",
        },
    )


def creator_left() -> Refusal:
    return Refusal(
        403,
        {
            "message": "The user who created this token does not have permission to make this call.",
            "category": "USER_DOES_NOT_HAVE_PERMISSIONS",
        },
    )


def user_level_access_required() -> Refusal:
    """What a service account hears from APIs that answer for one user; no scope mends it."""
    return Refusal(
        403,
        {
            "message": "User-level access is required to make this call, which service accounts do not have.",
            "category": "FORBIDDEN",
        },
    )


def form_type_not_allowed(form_type: str) -> Refusal:
    """The form integrations API is of v1, whose errors have a type each and no category."""
    message = f"Form type {form_type.upper()} is not allowed for this endpoint"
    return Refusal(400, {"message": message, "errors": [{"message": message, "errorType": "FORM_TYPE_NOT_ALLOWED"}]})


def invalid_type_for_list(object_type_id: str) -> Refusal:
    """As told in singer-io/tap-hubspot#299."""
    message = f"The objectTypeId {object_type_id} provided for the list is not valid for this portal."
    return validation_error(message, subCategory="ListError.INVALID_OBJECT_TYPE_FOR_LIST")


def not_in_the_plan(feature: str) -> Refusal:
    """The account's plan lacks the feature; HubSpot says so with a 403 and no scope to grant."""
    return Refusal(
        403,
        {
            "message": f"Your account does not have access to {feature.replace('_', ' ')}.",
            "category": "FORBIDDEN",
        },
    )


def invalid_authentication() -> Refusal:
    return Refusal(
        401,
        {
            "message": "Authentication credentials not found. This API supports OAuth 2.0 authentication and you can "
            "find more details at https://developers.hubspot.com/docs/methods/auth/oauth-overview",
            "category": "INVALID_AUTHENTICATION",
        },
    )


def expired_authentication() -> Refusal:
    return Refusal(
        401,
        {
            "message": "The access token is expired.",
            "category": "EXPIRED_AUTHENTICATION",
            "context": {"expire time": ["2026-01-01T00:00:00Z"]},
        },
    )


def rate_limited(policy: str) -> Refusal:
    """429 in the form that differs from every other error."""
    period = {"DAILY": "daily", "SECONDLY": "secondly", "TEN_SECONDLY_ROLLING": "ten_secondly_rolling"}[policy]
    return Refusal(
        429,
        {
            "message": f"You have reached your {period} limit.",
            "errorType": "RATE_LIMIT",
            "policyName": policy,
            "requestId": "00000000-0000-4000-8000-000000000000",
        },
    )
