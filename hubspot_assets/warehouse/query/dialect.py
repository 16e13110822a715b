"""Statements of another dialect, as DuckDB takes them: those that people have were written for HubSpot's own share."""

from typing import Any

from hubspot_assets.warehouse.errors import WarehouseError, WrongQuestion
from hubspot_assets.warehouse.query.session import NOT_INSTALLED


def translated(statement: str, dialect: str) -> str:
    """A statement of `dialect` (such as `snowflake`) for DuckDB. Raises WarehouseError when it is none."""
    try:
        import sqlglot  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise WarehouseError(NOT_INSTALLED) from error
    try:
        parsed = sqlglot.parse(statement, read=dialect)
    except sqlglot.errors.SqlglotError as error:
        why = str(error).splitlines()[0]
        raise WrongQuestion(f"This is not a valid {dialect} statement: {why}") from error
    except ValueError as error:
        raise WrongQuestion(f"{dialect} is not a known dialect: try snowflake, bigquery or postgres.") from error
    return ";\n".join(_mended(one).sql(dialect="duckdb") for one in parsed if one)


def _mended(statement: Any) -> Any:
    """With `properties:email::string` as the text itself, which would be a text in quotes."""
    from sqlglot import exp  # noqa: PLC0415 - an extra

    def mended(node: Any) -> Any:
        extracted = node.this if isinstance(node, exp.Cast) else None
        if type(extracted) is exp.JSONExtract:
            extracted.replace(exp.JSONExtractScalar(**extracted.args))
        return node

    return statement.transform(mended)
