"""Exports that are killed, cut off and lied to, hundreds of them, while a reader looks on.

    python -m hubspot_assets_tests.torture          (make torture)
    python -m hubspot_assets_tests.torture.soak     (make soak)

Each prints its seed and its figures, and exits with 1 and what was found when anything was lost, doubled, invented,
half-written or left behind. `blows` has what is done beyond kills, `arena` the servers and the commands, `cutting` the
wire that can be cut, `sweeps` the kills at every change in S3, `watching` the reader, `days` what a day has to be at
the end.
"""
