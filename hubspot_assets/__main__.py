"""`python -m hubspot_assets` is `hubspot-assets`."""

from hubspot_assets.cli.app import app

app()
