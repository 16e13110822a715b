"""HubSpot's own SDK pointed at a demo portal, and what its models saw in the answers."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from hubspot import HubSpot

from hubspot_assets.demo.portal import RunningPortal


def sdk_of(portal: RunningPortal) -> Any:
    """The SDK's client; ``client.crm.contacts.basic_api`` and so on are its APIs."""
    return HubSpot(access_token=portal.token, host=portal.url)


def as_ms(moment: Any) -> int:
    """Milliseconds since 1970 of a datetime that the SDK made."""
    return round(moment.timestamp() * 1000)


def fields_seen(answers: Iterable[Any]) -> dict[type, set[str]]:
    """By model: the attributes that were not None in any instance of it, anywhere inside the answers."""
    seen: dict[type, set[str]] = defaultdict(set)
    left = list(answers)
    while left:
        item = left.pop()
        if isinstance(item, dict):
            left += item.values()
        elif isinstance(item, list):
            left += item
        elif hasattr(item, "openapi_types"):
            for name in item.openapi_types:
                value = getattr(item, name)
                seen[type(item)] |= {name} if value is not None else set()
                left.append(value)
    return seen


def required_fields(model: type) -> set[str]:
    """The attributes that a model does not let be None."""
    instance = object.__new__(model)
    instance.local_vars_configuration = _Validating()  # type: ignore[attr-defined]
    required = set()
    for name in model.openapi_types:  # type: ignore[attr-defined]
        try:
            setattr(instance, name, None)
        except ValueError:
            required.add(name)
    return required


class _Validating:
    client_side_validation = True


def assert_every_field_is_somewhere(answers: Iterable[Any], never: dict[str, set[str]]) -> None:
    """Every field of every model that was read is present somewhere; ``never`` names those that HubSpot omits here."""
    somewhere: dict[str, set[str]] = defaultdict(set)  # the SDK has the same model in several packages
    wanted: dict[str, set[str]] = defaultdict(set)
    for model, seen in fields_seen(answers).items():
        assert not required_fields(model) - seen, f"{model.__name__} lacks {required_fields(model) - seen}"
        somewhere[model.__name__] |= seen
        wanted[model.__name__] |= set(model.openapi_types)  # type: ignore[attr-defined]
    left = {name: wanted[name] - somewhere[name] - never.get(name, set()) for name in wanted}
    missing = {name: fields for name, fields in left.items() if fields}
    assert not missing, f"nowhere in the answers: {missing}"
