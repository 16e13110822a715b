"""How what goes wrong is told to Dagster: in one sentence for whoever reads the run's page."""

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from hubspot_assets.catalog.portal import PortalCatalogueError
from hubspot_assets.days import LateSnapshot
from hubspot_assets.hubspot.errors import HubSpotError, Temporary
from hubspot_assets.lake.errors import LakeError, is_temporary
from hubspot_assets.settings import SettingError

ExportError = (HubSpotError, LakeError, SettingError, LateSnapshot, PortalCatalogueError)


TRIES = 3
"""How often a step is tried where the next try may help."""

FIRST_RETRY_AFTER = 10.0
"""Seconds, doubled each time. HubSpot and S3 have been asked again for longer than that within each try."""


@contextmanager
def sentences(tried: int = TRIES) -> Iterator[None]:
    """Turn what a person can mend into a `dg.Failure` that says it in one sentence.

    `tried`: how often the step was tried before; where the next try may help, it is asked for. Not by a RetryPolicy,
    which tries everything again, faults of this program too, and then says "exceeded max_retries" instead of why.
    """
    try:
        yield
    except ExportError as error:
        # The sentence is the whole of it: what was called on the way to it says nothing to who reads the run's page.
        failure = dg.Failure(description=str(error), allow_retries=may_be_gone(error))
        if tried + 1 < TRIES and failure.allow_retries:
            raise dg.RetryRequested(TRIES - 1, FIRST_RETRY_AFTER * 2**tried) from failure
        raise failure from None


def may_be_gone(error: Exception) -> bool:
    """Whether the next try may do what this one could not."""
    return isinstance(error, Temporary) or (isinstance(error, LakeError) and is_temporary(error))
