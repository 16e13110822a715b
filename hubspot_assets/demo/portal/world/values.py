"""The values that properties take: ordinary ones, and those that break exporters."""

from typing import Any

from .chance import mixed, number_of
from .times import DAY_MS, iso

WORDS = (
    "Aurora",
    "Basalt",
    "Cinder",
    "Delta",
    "Ember",
    "Fjord",
    "Granite",
    "Harbor",
    "Indigo",
    "Juniper",
    "Krypton",
    "Lagoon",
)
AWKWARD_TEXTS = (
    'He said "no", then "yes"',
    "one, two, three",
    "first line\nsecond line",
    "carriage\r\nreturn, \"quoted\"\r",
    "🎉 emoji 👩‍👩‍👧 família",
    "=HYPERLINK(\"http://example.com\")",
    "+49 (0) 30 / 123",
    "@cmd",
    "  spaces around  ",
    "tab\there",
    "back\\slash \\n not a line",
    "a;b;c",
    "NULL",
    "null",
    "None",
    "N/A",
    "true",
    "0",
    "日本語のテキスト",
    "שלום עולם",
    "é as one, é as two letters",
    "line\u2028separator",
    "<p>Some <b>HTML</b> &amp; entities</p>",
    "'single' and `back` ticks",
    "''",
)  # fmt: skip
NUMBERS = (
    "0",
    "1",
    "42",
    "-7",
    "3.14",
    "1250.50",
    "99999",
    "0.1",
    "123456789012345678",
    "9007199254740993",
    "10000000000.0",
    "1e3",
    "00123",
    "-0.0",
)
NOT_NUMBERS = ("a;b", "1;2", "1,5", "n/a")
BOOLS = ("true", "false")
DATES = ("2024-02-29", "2023-12-31", "1969-12-31", "1900-01-01", "2030-06-15", "2024-07-04")
NOT_DATES = ("2024-02-30", "31.12.2023", "0000-00-00")
DATETIMES = (
    "2024-05-01T10:00:00Z",
    "2024-05-01T10:00:00.123Z",
    "1969-07-20T20:17:40Z",
    "1969-12-31T23:59:59.999Z",
    "2026-03-29T01:30:00.5Z",
    "1850-01-01T00:00:00Z",
)
NOT_DATETIMES = ("yesterday", "2024-13-01T00:00:00Z")
PHONES = ("+493012345678", "+1 (555) 010-9999", "0030 12345", "=1234")
COORDINATES = ("52.52,13.405", "-33.86,151.2", "0,0")
JSON_TEXTS = ('{"a": [1, 2], "b": "x,y"}', "[]", '"text"', "{broken")
_FIXED = {"bool": BOOLS, "phone_number": PHONES, "object_coordinates": COORDINATES, "json": JSON_TEXTS}
LONG_TEXT = ("0123456789abcdef" * 4096)[:65_535] + "Z"
"""As long as HubSpot lets a text be: 65,536 characters."""


def pool_of(definition: dict[str, Any], seed: int, references: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The values of a property: ordinary ones several times, awkward ones once. Never empty, never ``""``.

    ``references`` has the values of properties that point elsewhere (owners, stages), by property name.
    """
    name, kind = definition["name"], definition["type"]
    if name in references:
        return references[name]
    if kind in _FIXED:
        return _FIXED[kind]
    options = [option["value"] for option in definition.get("options", ()) if option["value"]]
    if options:
        return _choices(options, definition["fieldType"] == "checkbox")
    return _made_values(kind, mixed(seed, number_of(name)))


def _made_values(kind: str, start: int) -> tuple[str, ...]:
    """Half of the properties with a form have values that break it."""
    spread = [start // 7**n for n in range(12)]
    if kind == "number":
        return (*(str(n % 5000) for n in spread), *NUMBERS, *NOT_NUMBERS[: start % 2 * 4])
    if kind == "date":
        days = (iso((n % 9000 + 6000) * DAY_MS)[:10] for n in spread)
        return (*days, *DATES, *NOT_DATES[: start % 2 * 3])
    if kind == "datetime":
        moments = (iso(n % (9000 * DAY_MS) + 6000 * DAY_MS) for n in spread)
        return (*moments, *DATETIMES, *NOT_DATETIMES[: start % 2 * 2])
    words = tuple(f"{WORDS[(start + n) % 12]} {WORDS[(start // 13 + 5 * n) % 12]}" for n in range(40))
    return (*words, *AWKWARD_TEXTS)


def _choices(options: list[str], several: bool) -> tuple[str, ...]:
    if not several:
        return tuple(options)
    return (*options, *(";".join(options[n:]) for n in range(min(4, len(options)))), ";".join(reversed(options)))
