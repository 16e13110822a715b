"""`--help` lists the commands in the order of use, and its examples are commands that there are."""

import re
import shlex

import pytest
from typer.testing import CliRunner

from hubspot_assets.cli.app import app
from hubspot_assets.cli.helping import ORDER, examples


def told(*arguments: str) -> str:
    result = CliRunner().invoke(app, [*arguments, "--help"], env={"COLUMNS": "200"})
    assert result.exit_code == 0, result.output
    return result.output


def test_the_commands_are_listed_in_the_order_of_use() -> None:
    listed = re.findall(r"^│ ([a-z]+)  ", told(), re.MULTILINE)
    assert listed == list(ORDER)


@pytest.mark.parametrize("name", ORDER)
def test_the_help_of_a_command_ends_with_examples_that_it_understands(name: str) -> None:
    assert told(name).split()[-len(examples(name)[-1].split()) :] == examples(name)[-1].split()
    for example in examples(name):
        program, *arguments = shlex.split(re.sub(r" [<>] \S+$", "", example))
        assert program == "hubspot-assets"
        assert f" {name} " in told(*arguments).splitlines()[1]
