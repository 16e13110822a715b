"""Proof of an exported day: `hubspot-assets verify` compares it with the portal it came from.

Everything here is made to prove the export wrong, so it shares nothing with the export's own way of making rows: it
reads HubSpot by other routes where HubSpot has them, and computes what a cell must hold with plain Python from the
table contract. Nothing in here imports `hubspot_assets.tables` or `hubspot_assets.assets`.

- `command.py`: the command line. `day.py`: which check looks at which tables. `printing.py`: what a person reads.
- `report.py`: differences and reports. `comparing.py`: expected rows against exported rows. `exported.py`: the day.
- `refusals.py`: what cannot be compared, because HubSpot did not or does not give it.
- `cells.py`, `records.py`, `definitions.py`: what rows must be, from HubSpot's answers. Pure, no HTTP.
- `crm_objects.py`, `owned_objects.py`, `small_tables.py`, `associations.py`, `lists.py`, `events.py`: the checks of
  each family of tables, which ask HubSpot and compare.
"""
