"""How fast the export is, measured beside other readers of HubSpot and beside the least that reading can cost.

`make bench` runs it, or ``python -m hubspot_assets_tests.benchmarks --scale small`` while developing. Every contestant
is a process of its own; the demo portal and the S3 are others, so that what is measured is the contestant alone.

- ``scenarios.py``: what is measured, and at which size; ``scale.py`` has the sizes.
- ``contestants/``: who reads: the floor, the export, the peers.
- ``measuring.py``: wall, CPU and memory of a process and all that it starts.
- ``portal_process.py``, ``traffic.py``: the portal that is read, and what it was asked.
- ``results.py``: the figures, kept as JSON; ``page.py`` and ``sections.py`` make ``docs/benchmarks.md`` of them.

Not here: tests. No test of the project asserts on time.
"""
