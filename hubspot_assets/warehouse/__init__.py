"""How others read the files: SQL over the bucket, scripts that load a day into a warehouse, changes, the dictionary.

Here: what follows from manifests and from the catalogue. Nothing here asks HubSpot, and nothing writes into the
bucket. Not here: how files are written or where they lie (`lake`), which tables there are (`catalog`). Dagster is not
imported, and Typer only in `command.py`, which is what people type.
"""
