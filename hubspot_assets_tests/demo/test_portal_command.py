"""``hubspot-assets portal`` serves until it is interrupted, and refuses what makes no portal in one sentence."""

import signal
import subprocess
import sys

import pytest
import requests
import typer
from typer.testing import CliRunner

from hubspot_assets.cli.portal import portal

app = typer.Typer()
app.command()(portal)
SERVE = "import typer; from hubspot_assets.cli.portal import portal; typer.run(portal)"


def test_it_prints_url_and_token_serves_and_ends_well_when_interrupted() -> None:
    command = [sys.executable, "-c", SERVE, "--contacts", "3", "--day", "2026-11-01", "--fault", "500=0", "--awkward"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = dict(process.stdout.readline().strip().split("=") for _ in range(2))
        answer = requests.get(
            f"{lines['HUBSPOT_API_URL']}/crm/objects/2026-09/0-1",
            headers={"Authorization": f"Bearer {lines['HUBSPOT_ACCESS_TOKEN']}"},
            timeout=10,
        )
        schemas = requests.get(
            f"{lines['HUBSPOT_API_URL']}/crm-object-schemas/2026-09/schemas",
            headers={"Authorization": f"Bearer {lines['HUBSPOT_ACCESS_TOKEN']}"},
            timeout=10,
        )
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) == 0
    assert len(answer.json()["results"]) == 3
    assert "Owners" in {row["labels"].get("plural") for row in schemas.json()["results"]}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--day", "tomorrow"], "'tomorrow' is not a day; write it as YYYY-MM-DD."),
        (["--fault", "499=0.5"], "There is no fault '499'."),
        (["--fault", "500"], "'500' is not a kind of fault and its rate; write it as 500=0.05."),
    ],
)
def test_nonsense_is_refused_in_one_sentence(arguments: list[str], sentence: str) -> None:
    result = CliRunner().invoke(app, arguments, env={"COLUMNS": "400", "TERM": "dumb"})
    assert result.exit_code == 2
    assert sentence in " ".join(result.output.replace("│", " ").split())
