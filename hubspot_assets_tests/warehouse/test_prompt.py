"""The prompt of `hubspot-assets query`: lines in, answers out."""

import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from hubspot_assets.cli.query_output import print_csv
from hubspot_assets.cli.query_prompt import HELP, Prompt
from hubspot_assets.cli.terminal import Terminal
from hubspot_assets.settings import Settings
from hubspot_assets.warehouse.query.session import Session, open_session
from hubspot_assets_tests.warehouse.awkward import DAY, Awkward

Talk = Callable[..., str]


@pytest.fixture
def talk(awkward: Awkward) -> Iterator[Talk]:
    """What is printed when these lines are typed; an exception among them is raised instead of a line."""
    assert awkward.days.last == DAY
    with open_session(Settings()) as session:
        yield lambda *lines: _said(session, lines)


def _said(session: Session, lines: tuple[Any, ...]) -> str:
    out = io.StringIO()
    typed = iter(lines)

    def read(prompt: str) -> str:
        out.write(prompt)
        line = next(typed, EOFError())
        if isinstance(line, BaseException):
            raise line
        return line

    Prompt(session, Terminal(file=out, width=200), lambda answer: print_csv(answer, out), read).run()
    return out.getvalue()


def test_it_says_which_day_it_is_and_ends_with_what_is_typed(talk: Talk) -> None:
    assert talk() == f"The last complete day is {DAY}. .help shows what you can enter, .quit leaves.\nhubspot> "


def test_a_statement_ends_with_a_semicolon_and_may_have_several_lines(talk: Talk) -> None:
    said = talk("select count(*) as n", "", "from owners", "; ")
    assert said.endswith("hubspot>      ...>      ...>      ...> n\n2\nhubspot> ")


def test_an_error_is_one_line_and_the_prompt_goes_on(talk: Talk) -> None:
    said = talk("selec 1;", "select 7 as n;")
    assert "error: Parser Error: syntax error" in said
    assert said.endswith("n\n7\nhubspot> ")


def test_its_own_words(talk: Talk) -> None:
    assert "OWNERS\nhubspot> " in talk(".tables own*")
    assert "No table matches ZZ*." in talk(".tables ZZ*")
    assert "OWNERID,VARCHAR" in talk(".columns owners")
    assert HELP in talk(".help")
    assert ".nonsense here is not a command" in talk(".nonsense here")
    assert f"The last complete day is {DAY}.\nhubspot> " in talk(".refresh")
    for word in (".quit", ".exit"):
        assert talk(word, "select 1;").endswith("hubspot> ")


def test_an_interrupt_gives_up_the_statement_and_not_the_prompt(talk: Talk) -> None:
    assert talk("select", KeyboardInterrupt(), "select 3 as n;").endswith("n\n3\nhubspot> ")


def test_what_can_not_be_compared_is_said(talk: Talk) -> None:
    said = talk("select change, count(*) as n from changes.object_properties group by all;")
    assert "OBJECT_PROPERTIES/ADS is not compared: it was unavailable on 2026-11-20" in said
