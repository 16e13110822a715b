"""The whole graph: what `dagster dev` loads. How it is put together is in `build.py`."""

from hubspot_assets.allocation import prepare_for_pages

prepare_for_pages()  # before the imports below, which import Polars

from hubspot_assets.defs.build import build_defs  # noqa: E402
from hubspot_assets.settings import load_dotenv_file  # noqa: E402

load_dotenv_file()
defs = build_defs()
