"""How each warehouse reads the files: one small module for each, behind the interface of `dialect.py`.

Adding a warehouse is a module here and its line in `DIALECTS`.
"""

from hubspot_assets.warehouse.dialects.athena import Athena
from hubspot_assets.warehouse.dialects.bigquery import BigQuery
from hubspot_assets.warehouse.dialects.clickhouse import ClickHouse
from hubspot_assets.warehouse.dialects.databricks import Databricks
from hubspot_assets.warehouse.dialects.dialect import Dialect
from hubspot_assets.warehouse.dialects.duckdb import DuckDB
from hubspot_assets.warehouse.dialects.postgres import Postgres
from hubspot_assets.warehouse.dialects.redshift import Redshift
from hubspot_assets.warehouse.dialects.snowflake import Snowflake

DIALECTS: dict[str, Dialect] = {
    dialect.name: dialect
    for dialect in (DuckDB(), Athena(), Snowflake(), Redshift(), BigQuery(), Postgres(), ClickHouse(), Databricks())
}

__all__ = ["DIALECTS", "Dialect"]
