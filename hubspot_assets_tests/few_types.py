"""Exports by catalogues that lack on purpose most of what the demo portal has, and so do not tell it.

`python -m hubspot_assets_tests.few_types` is `hubspot-assets` for those. That real exports tell it is tested in
`defs/test_not_in_the_graph.py`.
"""

from typing import Any
from unittest.mock import patch


def of_few_types() -> Any:
    """Nothing is told of what the portal has and the catalogue lacks, while the block runs."""
    return patch("hubspot_assets.defs.assets.definitions.not_in_catalogue", lambda *_: [])


if __name__ == "__main__":
    from hubspot_assets.cli.app import app
    from hubspot_assets_tests.today import lasting

    with of_few_types(), lasting():
        app()
