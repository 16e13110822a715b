"""The prompt of `hubspot-assets query`: statements over several lines until a semicolon, and a few words of its own.

Not here: what a statement is answered with (`session.py`), how that looks (`printing.py`).
"""

from collections.abc import Callable
from contextlib import suppress
from fnmatch import fnmatchcase

from hubspot_assets.cli.terminal import Terminal
from hubspot_assets.errors import ExportError
from hubspot_assets.warehouse.query.session import Answer, Session

HELP = """\
A statement ends with ; and can span several lines.
  V2_LIVE.<TABLE>    the last complete day; the name alone means the same
  V2_DAILY.<TABLE>   every complete day, with the column DAY
  CHANGES.<TABLE>    what changed on the last complete day
.tables [PATTERN]    the tables, such as .tables OBJECTS_*
.columns TABLE       the columns of a table
.refresh             look for new days
.help                this text
.quit                leave; so does Ctrl-D"""


class Prompt:
    """Reads with `read` (as `input`, which raises EOFError at the end) and prints until it is left."""

    def __init__(
        self,
        session: Session,
        console: Terminal,
        show: Callable[[Answer], None],
        read: Callable[[str], str] = input,
        translate: Callable[[str], str] = str,
    ) -> None:
        self._session = session
        self._console = console
        self._show = show
        self._read = read
        self._translate = translate

    def run(self) -> None:
        """Ask until .quit or the end of what is typed. Ctrl-C gives up a statement, and not the prompt."""
        _with_line_editing()
        self._say(f"The last complete day is {self._session.days.last}. .help shows what you can enter, .quit leaves.")
        lines: list[str] = []
        while True:
            try:
                line = self._read("     ...> " if lines else "hubspot> ")
            except KeyboardInterrupt:
                lines = []
                self._say("")
                continue
            except EOFError:
                return
            if not lines and line.strip().startswith("."):
                if self._obey(line.split()):
                    return
                continue
            lines = [*lines, line] if lines or line.strip() else []
            if line.rstrip().endswith(";"):
                self._ask("\n".join(lines))
                lines = []

    def _ask(self, statement: str) -> None:
        try:
            statement = self._translate(statement)
            answer = self._session.run(statement)
            for note in self._session.notes(statement):
                self._say(f"{note}.")
            if answer:
                self._show(answer)
        except KeyboardInterrupt:
            self._say("given up")
        except ExportError as error:
            self._console.error(str(error))

    def _obey(self, words: list[str]) -> bool:
        """Do what a word of the prompt says; gives whether to leave."""
        command, *further = words
        if command in (".quit", ".exit", ".q"):
            return True
        if command == ".tables":
            pattern = further[0].upper() if further else "*"
            names = [name for name in self._session.views.relations if fnmatchcase(name, pattern)]
            self._say("\n".join(names) or f"No table matches {pattern}.")
        elif command == ".columns" and further:
            self._ask(f"SELECT column_name, column_type FROM (DESCRIBE {further[0]});")
        elif command == ".refresh":
            self._session.refresh()
            self._say(f"The last complete day is {self._session.days.last}.")
        elif command == ".help":
            self._say(HELP)
        else:
            self._say(f"{' '.join(words)} is not a command: .help lists all of them.")
        return False

    def _say(self, text: str) -> None:
        self._console.print(text, soft_wrap=True)


def _with_line_editing() -> None:
    """Arrow keys and the history of this prompt, where Python has them. Nothing is kept on disk."""
    with suppress(ImportError):
        import readline  # noqa: F401, PLC0415
