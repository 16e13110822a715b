"""The lake that the settings lead to, for whoever is no step of Dagster's. Not here: the client (`session`)."""

from hubspot_assets.connection.session import s3_client
from hubspot_assets.lake.errors import s3_errors
from hubspot_assets.lake.formats import formats_in
from hubspot_assets.lake.lake import Lake
from hubspot_assets.settings import Settings


def open_lake(settings: Settings) -> Lake:
    """The lake at HUBSPOT_S3_URL, with the export's own session and role. Raises SettingError and LakeError."""
    url = settings.needed_s3_url()
    with s3_errors("reach", url):
        return Lake.from_url(url, s3_client(settings), formats_in(settings.formats))
