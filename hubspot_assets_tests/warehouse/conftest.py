"""The awkward days, written once for all tests of a module that only read them."""

from collections.abc import Iterator

import pytest

from hubspot_assets.demo.s3 import DemoS3
from hubspot_assets_tests.warehouse.awkward import Awkward, awkward_days


@pytest.fixture(scope="module")
def awkward(s3: DemoS3) -> Iterator[Awkward]:
    with awkward_days(s3, "awkward") as days:
        yield days
