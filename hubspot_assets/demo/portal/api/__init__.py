"""One file per HubSpot API. Each has a list ``ENDPOINTS``; being in this folder is all it takes to be served."""

import pkgutil
from importlib import import_module

from hubspot_assets.demo.portal.routing import Endpoint


def every_endpoint() -> list[Endpoint]:
    """The endpoints of every API in this folder."""
    modules = (import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__))
    return [endpoint for module in modules for endpoint in getattr(module, "ENDPOINTS", ())]
