"""A local imitation of api.hubapi.com: strict where HubSpot is strict, and with what is awkward in real portals.

It imports nothing from the rest of the package, so that it can prove the export wrong: it has its own list of
object types, its own paths, its own idea of what a portal holds.

    with serve(PortalSettings(contacts=1000)) as portal:
        requests.get(f"{portal.url}/crm/objects/2026-09/0-1", headers={"Authorization": f"Bearer {portal.token}"})
        portal.world.records("0-1")     # the truth, without HTTP
        portal.requests                 # what was asked on the wire

Where things are:

- ``settings.py``: every knob of a portal, ``PortalSettings``. ``awkward.py``: the knobs that make a portal as awkward
  as real ones are, all turned: ``serve(awkward(PortalSettings()))``.
- ``gate.py``: what happens to every request, whatever it asks: URL length, faults, token, rate limits, route,
  scopes, pages that are too heavy, log. ``routing.py``, ``limits.py``, ``faults.py``, ``heavy.py``, ``errors.py`` and
  ``request_log.py`` are its parts.
- ``world/``: what the portal holds on its day, computed from the seed; nothing in there knows of HTTP.
- ``api/``: one small file per HubSpot API; nothing in there invents data.
- ``server.py``: ``serve``, a portal on a free port in a thread of its own.

To add an API: write ``api/<name>.py`` with a list ``ENDPOINTS`` of ``Endpoint(method, paths, handler, scopes=...)``;
it is found by being there. ``paths`` names every path that answers alike, the v3/v4 one and the dated ones
(``both("/crm/v3/owners", "/crm/owners/{V}")``), and ``scopes`` the scopes of which a token must have one (a tuple, an
``AllOf`` where it must have all, or a function of the call where the path decides). A handler takes one ``Call``
(``call.path["object_type"]``, ``call.text("after")``, ``call.number("limit", default=100, maximum=500)``,
``call.flag("archived")``, ``call.body``, ``call.world``) and returns what is to be sent as JSON, or raises a refusal
of ``errors.py``; paging helpers are in ``paging.py``. Put the data it serves into ``world/<name>.py``, as a class
made from the world (seed and day come from ``world.settings``; ``world/chance.py`` has the deterministic choices),
and name it in ``world/__init__.py`` as a cached property (``world/beyond_crm.py`` for what is not of the CRM core).
If HubSpot's behaviour is not known for certain, make it a switch in ``PortalSettings``.
"""

from .awkward import awkward
from .server import RunningPortal, serve
from .settings import PortalSettings

__all__ = ["PortalSettings", "RunningPortal", "awkward", "serve"]
