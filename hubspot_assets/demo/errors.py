"""What can go wrong with the demo: the root of it. Not here: what the made-up HubSpot refuses (`portal/errors.py`)."""

from hubspot_assets.errors import ExportError


class DemoError(ExportError):
    """The demo could not be started, or broke; the text says why and what to do."""
