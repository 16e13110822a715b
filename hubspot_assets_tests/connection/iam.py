"""AWS's rules of evaluation, as far as the policies of an export use them: actions, resources, string conditions.

moto, which holds the users, roles and objects of these tests, leaves the conditions of permission policies aside, lets
a role be assumed when the external id is missing altogether, and judges the deletion of many objects by the bucket.
So the rules are here, as the IAM User Guide has them: an explicit deny wins, what nothing allows is refused, and a
condition whose key is not in the request is false.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class ReadRequest:
    """One thing a request needs: an action on a resource, with the condition keys that S3 or STS puts beside it."""

    action: str
    resource: str
    context: Mapping[str, str] = field(default_factory=dict)


def allows(documents: Iterable[str | dict[str, Any]], asked: ReadRequest) -> bool:
    """Whether identity policies allow it."""
    effects = {
        statement["Effect"]
        for document in documents
        for statement in _statements(document)
        if _concerns(statement, asked) and _holds(statement.get("Condition", {}), asked.context)
    }
    return effects == {"Allow"}


def trusts(document: str | dict[str, Any], principal: str, context: Mapping[str, str]) -> bool:
    """Whether a role's trust policy lets `principal` assume it."""
    account = principal.split(":")[4]
    known_as = {principal, account, f"arn:aws:iam::{account}:root", "*"}
    return any(
        statement["Effect"] == "Allow"
        and "sts:AssumeRole" in _listed(statement["Action"])
        and known_as.intersection(_listed(statement["Principal"]["AWS"]))
        and _holds(statement.get("Condition", {}), context)
        for statement in _statements(document)
    )


def _statements(document: str | dict[str, Any]) -> list[dict[str, Any]]:
    read = json.loads(document) if isinstance(document, str) else document
    return _listed(read["Statement"])


def _concerns(statement: dict[str, Any], asked: ReadRequest) -> bool:
    return any(matches(one, asked.action) for one in _listed(statement["Action"])) and any(
        matches(one, asked.resource) for one in _listed(statement["Resource"])
    )


def _holds(condition: dict[str, dict[str, Any]], context: Mapping[str, str]) -> bool:
    tests = {"StringLike": matches, "StringEquals": lambda expected, given: expected == given}
    return all(
        key in context and any(tests[operator](one, context[key]) for one in _listed(expected))
        for operator, keys in condition.items()
        for key, expected in keys.items()
    )


def matches(pattern: str, text: str) -> bool:
    """IAM's wildcards: `*`, `?`, and `${*}`, `${?}`, `${$}` for the characters themselves."""
    parts = re.findall(r"\$\{[*?$]\}|[*?]|[^*?$]+|\$", pattern)
    meaning = {"*": ".*", "?": "."}
    regex = "".join(meaning.get(part, re.escape(part[2] if part.startswith("${") else part)) for part in parts)
    return re.fullmatch(regex, text, re.DOTALL) is not None


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
