"""The demo portal in a process of its own, and the few questions that the bench asks of it.

Not here: the process (`hubspot_assets.demo.portal_process`), what a portal holds and how it answers (`demo.portal`).
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from multiprocessing.connection import Connection
from typing import Any

from hubspot_assets.demo.portal import PortalSettings, RunningPortal, serve
from hubspot_assets.demo.portal.world.times import DAY_MS, ms_of
from hubspot_assets.demo.portal_process import serving_process
from hubspot_assets_tests.benchmarks.traffic import Traffic, calls_by_kind, reading_moments, share_of_limit

CONTACTS = "0-1"
_WARMING_PAGES = 5


@dataclass(frozen=True)
class Held:
    """What a portal holds. `changed`: contacts whose `updatedAt` lies on the portal's day, new ones too."""

    contacts: int
    properties: int
    changed: int
    records: int
    """Of all object types."""


class PortalProcess:
    """A portal that another process serves."""

    def __init__(self, settings: PortalSettings, url: str, connection: Connection) -> None:
        self.settings = settings
        self.url = url
        self.token = settings.token
        self._connection = connection

    @cached_property
    def held(self) -> Held:
        """What there is to read. Goes through every contact once."""
        return self._ask("held")  # type: ignore[no-any-return]

    def traffic(self) -> Traffic:
        """What was asked since this was asked last."""
        return self._ask("traffic")  # type: ignore[no-any-return]

    def _ask(self, question: str) -> Any:
        self._connection.send(question)
        return self._connection.recv()


@contextmanager
def portal_process(settings: PortalSettings) -> Iterator[PortalProcess]:
    """Serve a portal in another process while the block runs. Raises DemoPortalError when it goes wrong."""
    with serving_process(_serve, settings) as connection:
        yield PortalProcess(settings, connection.recv(), connection)


def _serve(settings: PortalSettings, connection: Connection) -> None:
    with serve(settings) as portal:
        _warm(portal)
        answers = {"held": _held, "traffic": _Meter(portal).traffic}
        connection.send(portal.url)
        while True:
            try:
                connection.send(answers[connection.recv()](portal))
            except EOFError:  # the other end is closed: nobody needs it any more
                return
            except KeyboardInterrupt:  # Ctrl-C reaches both processes; the other one ends this one
                continue


def _warm(portal: RunningPortal) -> None:
    """Have the portal make its templates, which it does once: whoever reads first would pay for them."""
    records = portal.world.records_of(CONTACTS)
    renderer = portal.portal.renderers.of(records, tuple(records.names), tuple(records.names))
    for number, _ in zip(records.life.alive_from(), range(_WARMING_PAGES * 100), strict=False):
        renderer.row(number)


def _held(portal: RunningPortal) -> Held:
    world, day = portal.world, ms_of(portal.settings.day)
    records = world.records_of(CONTACTS)
    alive = (records.overlay(number, history=False).updated_ms for number in records.life.alive_from())
    updated = [day <= moment < day + DAY_MS for moment in alive]
    properties = world.property_definitions.listed(world.object_types[CONTACTS])
    of_all_types = sum(world.count(object_type.object_type_id) for object_type in world.object_types.served())
    return Held(len(updated), len(properties), sum(updated), of_all_types)


class _Meter:
    def __init__(self, portal: RunningPortal) -> None:
        self._portal = portal
        self._cpu_seconds = time.process_time()

    def traffic(self, _: RunningPortal) -> Traffic:
        log, limits = self._portal.requests, self._portal.limits
        requests = list(log)
        most_in_flight = log.most_in_flight
        log.clear()
        before, self._cpu_seconds = self._cpu_seconds, time.process_time()
        moments = reading_moments(requests)
        return Traffic(
            calls=calls_by_kind(requests),
            seconds=max(moments) - min(moments) if moments else 0.0,
            refused=sum(1 for request in requests if request.status == 429),
            most_in_flight=most_in_flight,
            share=share_of_limit(moments, limits.general.limit) if limits.on else None,
            portal_cpu_seconds=self._cpu_seconds - before,
        )
