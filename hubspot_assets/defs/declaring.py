"""Whose definitions are being made: the settings of one portal, whose name all names of its definitions begin with.

A code location may hold several portals. Whatever declares something (assets, checks, jobs, schedules, sensors) asks
here how it is called and which days there are, so that no factory has to hand the portal on to the next. Without a
name, as where there is one portal, names are as they are. Only while definitions are made: what runs is given all it
needs.
No future import of annotations: Dagster reads those of the functions that are renamed here.
"""

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, TypeVar

import dagster as dg

from hubspot_assets.settings import Settings

PORTAL = "hubspot_assets/portal"
"""The tag of a step and of a run that says whose they are."""

_BETWEEN = "__"
_DECLARING: ContextVar[Settings | None] = ContextVar("declaring", default=None)

Made = TypeVar("Made")


@contextmanager
def declaring(settings: Settings) -> Iterator[None]:
    """Make definitions of the portal that these settings are of, while the block runs."""
    before = _DECLARING.set(settings)
    try:
        yield
    finally:
        _DECLARING.reset(before)


def declared() -> Settings | None:
    """Return the settings whose definitions are being made, None outside of `declaring`."""
    return _DECLARING.get()


def portal_name() -> str:
    """Return the name of the portal whose definitions are being made, "" for one that is alone."""
    settings = declared()
    return settings.portal if settings else ""


def named(name: str, portal: str | None = None) -> str:
    """Return the name of a step, job, schedule, sensor, group or resource of the portal: `eu__read_owners`."""
    portal = portal_name() if portal is None else portal
    return f"{portal}{_BETWEEN}{name}" if portal else name


def pool() -> str:
    """Return the name of the pool of all steps that read the portal or close its days: `eu__hubspot`.

    By a pool the runs of a portal can be limited to one at a time, whoever starts them. Tags would not do: a run that
    the UI makes of a few assets has none of a job.
    """
    return named("hubspot")


def keyed(key: dg.AssetKey, portal: str | None = None) -> dg.AssetKey:
    """Return the key of an asset of the portal: `eu/owners`."""
    portal = portal_name() if portal is None else portal
    return key.with_prefix(portal) if portal else key


def with_resources_of_portal(function: Callable[..., Made]) -> Callable[..., Made]:
    """Return the function as one whose resources, which Dagster finds by the names of parameters, are the portal's."""
    if not portal_name():
        return function
    signature = inspect.signature(function)
    own = {named(name): name for name, parameter in signature.parameters.items() if _is_resource(parameter.annotation)}

    def call(*args: Any, **given: Any) -> Any:
        return function(*args, **{own.get(name, name): value for name, value in given.items()})

    # What Dagster expects to be returned depends on whether it is a generator.
    @wraps(function)
    def generator(*args: Any, **given: Any) -> Any:
        yield from call(*args, **given)

    renamed = generator if inspect.isgeneratorfunction(function) else wraps(function)(call)
    renamed.__signature__ = signature.replace(  # type: ignore[attr-defined]
        parameters=[
            parameter.replace(name=named(name)) if named(name) in own else parameter
            for name, parameter in signature.parameters.items()
        ]
    )
    return renamed


def _is_resource(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, dg.ConfigurableResource)
