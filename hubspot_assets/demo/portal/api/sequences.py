"""Sequences API: ``GET /automation/sequences/{V}?userId=`` (``/automation/v4/sequences``), one user's view at a time.

A beta for service accounts lists them without a user.
"""

from typing import Any

from hubspot_assets.demo.portal.errors import Refusal, not_found, user_level_access_required, validation_error
from hubspot_assets.demo.portal.paging import page_of
from hubspot_assets.demo.portal.routing import Call, Endpoint, both
from hubspot_assets.demo.portal.world.pieces import Piece

SCOPES = ("automation.sequences.read",)


def sequences_of_user(call: Call) -> dict[str, Any]:
    return _page(call, _seen(call))


def one_sequence(call: Call) -> dict[str, Any]:
    sequences = call.world.sequences
    for sequence in _seen(call):
        if sequences.sequence_id(sequence) == call.path["sequence_id"]:
            return {**sequences.as_json(sequence), "steps": [], "dependencies": []}
    raise not_found()


def sequences_of_account(call: Call) -> dict[str, Any]:
    if not call.settings.sequences_for_service_accounts:
        raise _no_permission()
    return _page(call, call.world.sequences.listed())


def _seen(call: Call) -> list[Piece]:
    user_id, sequences = call.text("userId"), call.world.sequences
    if call.settings.asked_by == "service_key":
        raise user_level_access_required()
    if not user_id:
        raise validation_error("Missing required query parameter: userId")
    if not sequences.is_user(user_id):
        raise not_found(f"No user exists with ID {user_id}")
    if not sequences.has_seat(user_id) and call.settings.sequences_without_seat == "forbidden":
        raise _no_permission()
    return sequences.seen_by(user_id)


def _page(call: Call, found: list[Piece]) -> dict[str, Any]:
    wanted = call.text("name").lower()
    found = [sequence for sequence in found if wanted in sequence.name.lower()]
    page, paging = page_of(call, found, default=20, maximum=100, encoded=True)
    return {"total": len(found), "results": [call.world.sequences.as_json(sequence) for sequence in page], **paging}


def _no_permission() -> Refusal:
    message = "The user does not have the permissions that this call needs"
    return Refusal(403, {"message": message, "category": "USER_DOES_NOT_HAVE_PERMISSIONS"})


_LIST = both("/automation/v4/sequences", "/automation/sequences/{V}")
_ONE = both("/automation/v4/sequences/{sequence_id}", "/automation/sequences/{V}/{sequence_id}")
_ACCOUNT = ("/automation/sequences/2026-09-beta/serviceaccounts/sequences",)
ENDPOINTS = [
    Endpoint("GET", _LIST, sequences_of_user, SCOPES, feature="sequences"),
    Endpoint("GET", _ONE, one_sequence, SCOPES, feature="sequences"),
    Endpoint("GET", _ACCOUNT, sequences_of_account, SCOPES, feature="sequences"),
]
