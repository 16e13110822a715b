"""The assets of owners and teams: owners -> owner_team, and teams. Wiring only."""

import dagster as dg
import polars as pl

from hubspot_assets.catalog.fixed_tables import OWNER_TEAM, OWNERS, TEAMS
from hubspot_assets.defs.assets.small_tables import Rows, small_tables_asset
from hubspot_assets.hubspot import owners, teams
from hubspot_assets.hubspot.errors import Refused
from hubspot_assets.reading.reading import Reading
from hubspot_assets.tables import people


def people_assets() -> list[dg.AssetsDefinition]:
    """OWNERS and OWNER_TEAM in one step, TEAMS in another: they need different scopes."""
    return [
        small_tables_asset("read_owners", {OWNERS: (), OWNER_TEAM: (OWNERS,)}, _owners),
        small_tables_asset("read_teams", {TEAMS: ()}, _teams),
    ]


def _owners(reading: Reading, *_: pl.LazyFrame) -> Rows:
    def refused(which: str, error: Refused) -> None:
        reading.refused(f"{which} owners", error, needs=OWNERS.scopes)

    everyone = list(owners.read(reading.client, refused))
    return {OWNERS: people.owner_rows(everyone), OWNER_TEAM: people.owner_team_rows(everyone)}


def _teams(reading: Reading, *_: pl.LazyFrame) -> Rows:
    def refused(what: str, error: Refused) -> None:
        reading.refused(f"{what} of the teams", error, needs=TEAMS.scopes)

    return {TEAMS: people.team_rows(teams.read(reading.client, refused))}
