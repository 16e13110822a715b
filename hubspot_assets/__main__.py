"""`python -m hubspot_assets` is `hubspot-assets`."""

from hubspot_assets.cli import app

app()
