"""An open replacement for HubSpot's AWS S3 data share, as a Dagster asset graph."""

import os

# Polars' allocator reads this when Polars is imported. By default it keeps what was freed for ten seconds, in pools for
# each thread, which costs memory; to give everything back at once, as new chunks come, costs an eighth of all CPU.
os.environ.setdefault("_RJEM_MALLOC_CONF", "narenas:1,dirty_decay_ms:200,muzzy_decay_ms:0")
