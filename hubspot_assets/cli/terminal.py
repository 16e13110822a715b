"""How the command line prints: what it is given is text, whoever wrote it.

Rich reads `[old]` as a style, `[/bar]` as an error and `:bug:` as a picture, and hands escape sequences on. Names and
messages come from HubSpot, S3 and files, so nothing of this is done here; what is ours has a style of its own. Every
console of the command line is made here. Not here: secrets and line ends (`outside_text`).
"""

from collections.abc import Iterable
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.text import Text

from hubspot_assets.outside_text import readable


class Terminal(Console):
    """A console without markup, emoji codes and highlighting, which writes no sign that a terminal would obey.

    Other arguments are those of `Console`.
    """

    def __init__(self, **how: Any) -> None:
        super().__init__(**{"markup": False, "emoji": False, "highlight": False, **how})

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """The segments of what is printed, each with text alone. Rich's own control codes are segments of their own."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else segment._replace(text=_text(segment.text))

    def heading(self, text: str) -> None:
        """Print a line that others follow."""
        self.print(text, style="bold", soft_wrap=True)

    def error(self, sentence: str) -> None:
        """Print what the user can fix."""
        self.print(Text.assemble(("error:", "red"), " ", sentence), soft_wrap=True)


def of_tables(count: int) -> str:
    """Return how many tables there are, in words: `1 table`, `1,200 tables`."""
    return "1 table" if count == 1 else f"{count:,} tables"


def _text(text: str) -> str:
    return text if text.isprintable() else "\n".join(map(readable, text.split("\n")))
