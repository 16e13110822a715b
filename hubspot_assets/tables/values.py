"""How one value looks: HubSpot's text for a property -> typed column, leftover text, and raw text.

Pure Polars expressions over String columns that hold what HubSpot's API answers. Here is the only place that knows how
HubSpot writes dates, datetimes and numbers. Not here: which properties there are (`properties.py`).

The two forms of a value are those of the data share: typed in `PROPERTY_<name>`, raw in `VALUE` and `PROPERTIES`
(datetimes and dates as epoch milliseconds, everything else HubSpot's own text).
"""

import polars as pl

# HubSpot answers 2024-01-02T03:04:05Z, with milliseconds or without, and epoch milliseconds in older properties.
_ISO_FORMAT = "%Y-%m-%dT%H:%M:%S%.f%#z"
_NUMBER = r"^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$"
_EPOCH_MILLISECONDS = r"^-?\d{1,15}$"
_MILLISECONDS_A_DAY = 86_400_000

#: Property types whose text may fail to parse, and which therefore have a PROPERTY_UNPARSED_<name> column.
PARSED_TYPES = ("number", "date", "datetime")


def datetime_of(text: pl.Expr) -> pl.Expr:
    """Datetime (milliseconds, naive UTC) of HubSpot's text; NULL where it is none."""
    iso = text.str.to_datetime(_ISO_FORMAT, time_unit="ms", strict=False).dt.replace_time_zone(None)
    epoch = (
        pl.when(text.str.contains(_EPOCH_MILLISECONDS))
        .then(text)
        .cast(pl.Int64, strict=False)
        .cast(pl.Datetime("ms"), strict=False)
    )
    # Years that do not have four digits could not be read back from YYYY-MM-DD.
    return _within_four_digit_years(pl.coalesce(iso, epoch))


def date_of(text: pl.Expr) -> pl.Expr:
    """Date of HubSpot's text: YYYY-MM-DD, or a datetime that is midnight UTC; NULL where it is neither."""
    plain = text.str.to_date("%Y-%m-%d", strict=False)
    midnight = datetime_of(text)
    whole_day = pl.when(midnight.dt.timestamp("ms") % _MILLISECONDS_A_DAY == 0).then(midnight.dt.date())
    return _within_four_digit_years(
        pl.coalesce(pl.when(text.str.len_bytes() == len("YYYY-MM-DD")).then(plain), whole_day)
    )


def _within_four_digit_years(moment: pl.Expr) -> pl.Expr:
    return pl.when(moment.dt.year().is_between(1, 9999)).then(moment)


def is_number(text: pl.Expr) -> pl.Expr:
    """Whether the text is one decimal number (`a;b`, `1,5` and an empty text are none)."""
    return text.str.contains(_NUMBER)


def typed(text: pl.Expr, property_type: str) -> pl.Expr:
    """The `PROPERTY_<name>` form. Cleared values (empty text) stay empty for texts and are NULL for parsed types."""
    if property_type == "datetime":
        return datetime_of(text)
    if property_type == "date":
        return date_of(text)
    if property_type == "number":
        return pl.when(is_number(text)).then(text)
    return text


def unparsed(text: pl.Expr, property_type: str) -> pl.Expr:
    """The `PROPERTY_UNPARSED_<name>` form: the text that is set and does not parse as `property_type`, else NULL."""
    return pl.when(typed(text, property_type).is_null() & (text != "")).then(text)


def raw(text: pl.Expr, property_type: str) -> pl.Expr:
    """The raw form: epoch milliseconds for a datetime or date that parses, HubSpot's own text for all else."""
    if property_type == "datetime":
        return pl.coalesce(datetime_of(text).dt.timestamp("ms").cast(pl.String), text)
    if property_type == "date":
        return pl.coalesce(date_of(text).cast(pl.Datetime("ms")).dt.timestamp("ms").cast(pl.String), text)
    return text
