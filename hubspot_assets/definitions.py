"""The whole graph: what `dagster dev` loads. How it is put together is in `build.py`."""

from hubspot_assets.defs.build import build_defs
from hubspot_assets.settings import load_dotenv_file

load_dotenv_file()
defs = build_defs()
