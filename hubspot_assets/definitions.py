"""The whole graph: what `dagster dev` loads. How it is put together is in `build.py`."""

from hubspot_assets.defs.build import build_defs
from hubspot_assets.hubspot.http.allocation import prepare_for_pages
from hubspot_assets.settings import load_dotenv_file

prepare_for_pages()
load_dotenv_file()
defs = build_defs()
