"""SQL straight over the bucket, in this process, with DuckDB (the extra `query`).

`session.py` is what others use: a connection with the schemas V2_LIVE, V2_DAILY and CHANGES. Not here: what people type
and what is printed (`prompt.py`, `printing.py` beside it, and `hubspot_assets.cli.warehouse`).
"""
