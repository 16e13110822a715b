"""Records of types that other APIs own: what the reader adds to HubSpot's rows."""

from hubspot_assets.catalog.object_types import STANDARD_OBJECT_TYPES
from hubspot_assets.catalog.sources import Source
from hubspot_assets.demo.portal import PortalSettings, serve
from hubspot_assets.hubspot import HubSpotClient
from hubspot_assets.reading.readers import ReadRequest, read
from hubspot_assets.reading.reading import Reading

FORM_SUBMISSIONS = next(t for t in STANDARD_OBJECT_TYPES if t.source is Source.FORM_SUBMISSIONS)


def test_submissions_that_are_alike_have_ids_of_their_own() -> None:
    settings = PortalSettings(limits=False, counts={"0-28": 4, "0-15": 600})
    with serve(settings) as portal:
        reading = Reading(HubSpotClient(portal.token, portal.url))
        pages = read(ReadRequest(reading, FORM_SUBMISSIONS, [], with_history=False), lambda page: page)
        ids = [record["id"] for page in pages for record in page.records]
        held = sum(len(list(portal.world.forms.submissions(form))) for form in portal.world.forms.all)
    assert len(ids) == held
    assert len(set(ids)) == len(ids)
    assert any(one.endswith("_2") for one in ids), "the portal sends some submissions twice"
