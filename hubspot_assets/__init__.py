"""An open replacement for HubSpot's AWS S3 data share, as a Dagster asset graph."""

import os

# Polars' allocator reads this when Polars is imported. By default it keeps what was freed, in pools for each thread:
# measured, 50 MiB more for the same tables, and no quicker.
os.environ.setdefault("_RJEM_MALLOC_CONF", "narenas:1,dirty_decay_ms:0,muzzy_decay_ms:0")
