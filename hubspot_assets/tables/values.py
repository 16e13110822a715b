"""How one value looks: HubSpot's text for a property -> typed column, and raw text.

Pure functions of String columns that hold what HubSpot's API answers. Here is the only place that knows how
HubSpot writes dates, datetimes and numbers. Not here: which properties there are (`properties.py`).

The two forms of a value are those of the data share: typed in `PROPERTY_<name>`, raw in `VALUE`, `PROPERTIES` and
`PROPERTY_UNPARSED_<name>` (datetimes and dates as epoch milliseconds, everything else HubSpot's own text).
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from typing import NamedTuple

import polars as pl

# HubSpot answers 2024-01-02T03:04:05.678Z, without milliseconds or the offset too, all of it UTC; and epoch
# milliseconds in older properties. Polars' parsers take more than that (a blank in front, a year 20), so shapes come
# first.
_INSTANT = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,9})?(?:Z|[+-][0-9]{2}:?[0-9]{2})?$"
_WITHOUT_OFFSET = r"(T[0-9:.]+)$"
_USUAL_FORMAT = "%Y-%m-%dT%H:%M:%S.%3fZ"
_ANY_FORMAT = "%Y-%m-%dT%H:%M:%S%.f%#z"
_DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_NUMBER = r"^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$"
_EPOCH_MILLISECONDS = r"^-?[0-9]{1,15}$"
_FIRST, _LAST = datetime(1, 1, 1), datetime(9999, 12, 31, 23, 59, 59, 999_000)
_MILLISECONDS_A_DAY = 86_400_000
_TEXT = pl.col("text")

#: Property types whose text may fail to parse, and which therefore have a PROPERTY_UNPARSED_<name> column.
PARSED_TYPES = ("number", "date", "datetime")
_MOMENTS = ("date", "datetime")


def datetime_of(text: pl.Series) -> pl.Series:
    """Datetime (milliseconds, naive UTC) of HubSpot's text; NULL where it is none."""
    return _with_others(text, _of(text, _usual_instant()), _unusual_datetime)


def date_of(text: pl.Series) -> pl.Series:
    """Date of HubSpot's text: YYYY-MM-DD, or a datetime that is midnight UTC; NULL where it is neither."""
    is_day = _TEXT.str.contains(_DAY) & ~_TEXT.str.starts_with("0000")
    plain = _of(text, pl.when(is_day).then(_TEXT).str.to_date("%Y-%m-%d", strict=False))
    return _with_others(text, plain, _midnight)


# To write such an expression down takes longer than to have it done with the few rows of a small table.
@cache
def _usual_instant() -> pl.Expr:
    is_usual = (_TEXT.str.len_bytes() == len("2024-01-02T03:04:05.678Z")) & _TEXT.str.ends_with("Z")
    usual = _instant(pl.when(is_usual).then(_TEXT))
    return usual.str.to_datetime(_USUAL_FORMAT, time_unit="ms", strict=False, cache=False)


@cache
def _unusual_moment() -> pl.Expr:
    instant = (
        _instant(_TEXT)
        .str.replace(_WITHOUT_OFFSET, "${1}Z")
        .str.to_datetime(_ANY_FORMAT, time_unit="ms", strict=False)
        .dt.replace_time_zone(None)
    )
    epoch = (
        pl.when(_TEXT.str.contains(_EPOCH_MILLISECONDS))
        .then(_TEXT)
        .cast(pl.Int64, strict=False)
        .cast(pl.Datetime("ms"), strict=False)
    )
    return pl.coalesce(_within_four_digit_years(instant), _within_four_digit_years(epoch))


def _unusual_datetime(text: pl.Series) -> pl.Series:
    return _of(text, _unusual_moment())


def _midnight(text: pl.Series) -> pl.Series:
    moment = datetime_of(text)
    return moment.set(moment.dt.timestamp("ms") % _MILLISECONDS_A_DAY != 0, None).dt.date()


def _with_others(text: pl.Series, usual: pl.Series, parse_others: Callable[[pl.Series], pl.Series]) -> pl.Series:
    """`usual`, filled with what the texts are that it has no value for."""
    # Nearly all values have the usual form, which is parsed six times quicker by its exact shape.
    if usual.null_count() == text.null_count():
        return usual
    others = (usual.is_null() & text.is_not_null()).arg_true()
    return usual.scatter(others, parse_others(text.gather(others)))


def _of(text: pl.Series, form: pl.Expr) -> pl.Series:
    return text.alias("text").to_frame().select(form).to_series().alias(text.name)


def _instant(text: pl.Expr) -> pl.Expr:
    return pl.when(text.str.contains(_INSTANT) & ~text.str.starts_with("0000")).then(text)


def _within_four_digit_years(moment: pl.Expr) -> pl.Expr:
    # Others could not be read back from YYYY-MM-DD.
    return pl.when(moment.is_between(_FIRST, _LAST)).then(moment)


def typed(text: pl.Series, property_type: str) -> pl.Series:
    """Return the `PROPERTY_<name>` form. Cleared values (empty text) stay empty for texts and are NULL for parsed
    types.
    """
    if property_type == "datetime":
        return datetime_of(text)
    if property_type == "date":
        return date_of(text)
    if property_type == "number":
        # One decimal number: `a;b`, `1,5` and an empty text are none.
        return _of(text, pl.when(is_number(_TEXT)).then(_TEXT))
    return text


def is_number(text: pl.Expr) -> pl.Expr:
    """Whether a text is one decimal number, as a column of numbers may hold it."""
    return text.str.contains(_NUMBER)


def raw(text: pl.Series, property_type: str) -> pl.Series:
    """Return the raw form: epoch milliseconds for a datetime or date that parses, HubSpot's own text for all else."""
    return _raw(text, typed(text, property_type)) if property_type in _MOMENTS else text


def _raw(text: pl.Series, moments: pl.Series) -> pl.Series:
    moments = moments.cast(pl.Datetime("ms"))
    return moments.dt.timestamp("ms").cast(pl.String).zip_with(moments.is_not_null(), text)


def unparsed(raw_form: pl.Series) -> pl.Series:
    """Return the `PROPERTY_UNPARSED_<name>` form of the raw one: NULL where a value was cleared or never set."""
    return _of(raw_form, pl.when(_TEXT != "").then(_TEXT))


class Forms(NamedTuple):
    """Columns in each form of a value, by name: `typed` and `raw` all of them, `unparsed` those of `PARSED_TYPES`."""

    typed: dict[str, pl.Series]
    raw: dict[str, pl.Series]
    unparsed: dict[str, pl.Series]


def forms_of(frame: pl.DataFrame, types: Mapping[str, str]) -> Forms:
    """Return the columns `types` (name -> property type) of a frame in each form, under their own names.

    Columns of one type are put into a form as one long column: there are hundreds, and each call of Polars costs
    something whatever it is given.
    """
    columns = {name: frame[name] for name in types}
    forms = Forms(dict(columns), dict(columns), {})
    for property_type in PARSED_TYPES:
        alike = [name for name, type_ in types.items() if type_ == property_type]
        if not alike:
            continue
        text = pl.concat([columns[name].alias("text") for name in alike])
        typed_form = typed(text, property_type)
        raw_form = _raw(text, typed_form) if property_type in _MOMENTS else text
        for form, together in zip(forms, (typed_form, raw_form, unparsed(raw_form)), strict=True):
            for place, name in enumerate(alike):
                form[name] = together.slice(place * frame.height, frame.height).alias(name)
    return forms
