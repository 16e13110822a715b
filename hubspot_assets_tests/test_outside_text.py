"""What HubSpot, S3 or a gateway says is shown as text, whatever it holds, and never shows the token."""

import io
import json
import logging
import re
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from hubspot_assets import cli
from hubspot_assets.catalog.object_types import ObjectType
from hubspot_assets.catalog.portal import EventType, Portal
from hubspot_assets.catalog.portal_tables import PortalTables
from hubspot_assets.cli.terminal import Terminal
from hubspot_assets.defs.checks.drift import catalogue_result
from hubspot_assets.defs.markdown import escaped, listed
from hubspot_assets.defs.specs import asset_spec
from hubspot_assets.errors import SettingError
from hubspot_assets.hubspot import HubSpotClient, errors
from hubspot_assets.lake.errors import LakeError
from hubspot_assets.outside_text import is_whole, keep_secret, one_line
from hubspot_assets.reading.refusals import part_unavailable
from hubspot_assets.settings import Settings

from .hubspot.canned import TOKEN, Answer, CannedHubSpot, canned

OBEYED = {
    "escape sequence": "\x1b[2J\x1b]0;title\x07",
    "C1": "\x9b2J\x85\x90",
    "right to left": "\u202egnp.\u2066x\u2069",
    "marks": "\u200e\u200f\ufeff\u061c",
    "line ends": "a\r\nb\u2028c\x0bd",
    "half an emoji": "\ud83d",
    "NUL and delete": "\x00\x7f",
    "tags": "\U000e0041",
}


def is_harmless(text: str) -> bool:
    return all(sign.isprintable() for sign in text)


@pytest.mark.parametrize("text", OBEYED.values(), ids=OBEYED)
def test_no_sign_is_obeyed_wherever_it_comes_from(text: str, caplog: pytest.LogCaptureFixture) -> None:
    body = {"message": f"no {text}", "category": text, "correlationId": text, "requiredScopes": [text]}
    with pytest.raises(errors.HubSpotError) as raised:
        canned(Answer(json.dumps(body).encode(), 403)).client().get("/x")
    refused = raised.value
    assert isinstance(refused, errors.MissingScopes)
    said = [str(refused), refused.message, refused.category, refused.correlation_id, *refused.scopes]
    part = part_unavailable(f"list {text}", refused)
    said += [part.part, part.message, *part.scopes, str(LakeError(f"Cannot read {text}"))]
    named = ObjectType("2-7", f"car{text}", f"Car{text}", f"Cars{text}", ())
    said += [named.told, named.records, *(t.description for t in PortalTables(Portal.of([named])).objects["2-7"])]
    assert [one for one in said if not is_harmless(one or "")] == []


def test_what_is_no_control_stays_as_it_is() -> None:
    for text in ("Zürich, 東京, العربية, हिन्दी", "👩\u200d💻 ✈️ 👍🏽", "a b", "C:\\new"):
        assert one_line(text) == text
    assert one_line("1\u00a0000\u202f€  \n\t2") == "1 000 € 2"


ECHOES: dict[str, Answer] = {
    "in a message": Answer({"message": f"bad header Authorization: Bearer {TOKEN}"}, 400),
    "in capitals": Answer({"message": f"BAD {TOKEN.upper()}"}, 400),
    "in a category": Answer({"message": "no", "category": TOKEN}, 400),
    "in a header": Answer({"message": "no"}, 400, {"X-HubSpot-Correlation-Id": TOKEN}),
    "as a scope": Answer({"message": "no", "requiredScopes": [TOKEN]}, 403),
    "in a success": Answer({"status": "error", "message": TOKEN}, 200),
    "where a message is cut": Answer({"message": "x" * 480 + TOKEN}, 400),
    "in HTML": Answer(f"<html>Bearer {TOKEN}".encode(), 200),
    "where HTML is cut": Answer(b"<html>" + b"y" * 45 + TOKEN.encode(), 200),
    "in a broken connection": Answer(broken=OSError(f"proxy said {TOKEN} " + "z" * 290)),
    "where a reason is cut": Answer(broken=OSError("z" * 285 + TOKEN)),
    "of the day": Answer({"message": TOKEN, "policyName": "DAILY"}, 429),
}


@pytest.mark.parametrize("answer", ECHOES.values(), ids=ECHOES)
def test_a_token_that_is_echoed_is_not_shown(answer: Answer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(errors.HubSpotError) as raised:
        canned(answer).client(patience=-1).get("/x")
    refused = raised.value
    shown = f"{refused} {vars(refused)} {caplog.text}".lower()
    assert TOKEN[:12] not in shown
    assert "hidden" in shown


def test_users_and_passwords_of_urls_are_not_shown() -> None:
    assert one_line("proxy http://me:s3cr3t@proxy:3128/a@b refused") == "proxy http://(hidden)@proxy:3128/a@b refused"
    with pytest.raises(SettingError, match="contains a user name or password") as raised:
        HubSpotClient(TOKEN, "https://me:s3cr3t@api.hubapi.com")
    assert "s3cr3t" not in str(raised.value)
    with pytest.raises(SettingError, match="HUBSPOT_API_URL") as raised:
        Settings(api_url="ftp://me:s3cr3t@api.hubapi.com")
    assert "s3cr3t" not in str(raised.value)
    assert "s3cr3t" not in str(LakeError("Cannot read https://me:s3cr3t@minio/bucket"))


@pytest.mark.parametrize(
    "host", ["api.hubapi.com", "10.0.0.1", "localhost.example.com", "127.0.0.1.nip.io", "[fe80::1]"]
)
def test_the_token_is_not_sent_unencrypted_to_another_machine(host: str) -> None:
    with pytest.raises(SettingError, match="would send the token unencrypted"):
        HubSpotClient(TOKEN, f"http://{host}")


@pytest.mark.parametrize("url", ["http://127.0.0.1:80", "http://localhost", "http://[::1]:9", "https://example.com/a"])
def test_this_machine_and_encrypted_connections_are_taken(url: str) -> None:
    HubSpotClient(TOKEN, url).close()


@pytest.mark.parametrize("url", ["http://127.0.0.1:x", "http://127.0.0.1:99999", "http://[::1", "https://"])
def test_a_url_that_is_none_is_said_in_a_sentence(url: str) -> None:
    with pytest.raises(SettingError, match="must look like https"):
        HubSpotClient(TOKEN, url)


@pytest.mark.parametrize(
    "text", ["[old] Cars", "[/bar]", "[bold]x[/]", ":bug: a:b:", "\\[x]", "[link=https://x]y[/link]"]
)
def test_a_terminal_shows_marks_of_styles_as_text(text: str) -> None:
    out = io.StringIO()
    terminal = Terminal(file=out, force_terminal=True, width=100)
    from rich.table import Table

    table = Table(text, box=None)
    table.add_row(text)
    terminal.print(table)
    terminal.print(text)
    terminal.heading(text)
    terminal.error(text)
    assert out.getvalue().count(text) == 5


@pytest.mark.parametrize("text", OBEYED.values(), ids=OBEYED)
def test_a_terminal_gets_no_sign_that_it_obeys(text: str) -> None:
    out = io.StringIO()
    terminal = Terminal(file=out, width=200, soft_wrap=True)
    terminal.print(f"a {text} b")
    terminal.error(f"a {text} b")
    assert is_harmless(out.getvalue().replace("\n", ""))


MARKDOWN = (
    "![x](https://evil/x.png)",
    "[a](https://evil)",
    "<img src=x onerror=alert(1)>",
    "# head",
    "*a* _b_ `c`",
    "1. x",
    "- x",
    "a | b",
    "&lt;",
    "~~x~~",
)


@pytest.mark.parametrize("text", MARKDOWN)
def test_the_ui_shows_markdown_of_others_as_text(text: str) -> None:
    from markdown_it import MarkdownIt

    rendered = MarkdownIt("commonmark").enable(["strikethrough", "table"]).parseInline(escaped(text))[0].children or []
    assert {token.type for token in rendered} == {"text"}
    assert "".join(token.content for token in rendered) == text
    assert str(listed([text]).md_str).count("\n") == 0


def test_the_graph_and_the_check_of_the_catalogue_show_names_as_text() -> None:
    label = "![x](https://evil/x.png)\x1b[2J"
    event = EventType("pe1_x", "6-1", label)
    car = ObjectType("2-7", "car", label, label, ())
    for table in PortalTables(Portal.of([car], [event])):
        described = asset_spec(table).description or ""
        assert "![x](" not in described
        assert is_harmless(described)
    hubspot = CannedHubSpot(lambda request: _portal_with(label, request.path))
    result = catalogue_result(Portal.standard(), hubspot.client())
    drift = result.metadata["drift"]
    assert isinstance(drift, dg.MarkdownMetadataValue)
    assert "![x](" not in (drift.md_str or "")
    assert is_harmless((drift.md_str or "").replace("\n", ""))
    assert is_harmless(result.description or "")


def _portal_with(label: str, path: str) -> Any:
    if "schemas" in path:
        labels = {"singular": label, "plural": label}
        return {"results": [{"objectTypeId": "2-7", "name": "car", "fullyQualifiedName": "p1_car", "labels": labels}]}
    return {"results": [], "hubspotDefinedObjectTypes": [], "eventTypes": []}


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("0", True), ("007", True), ("9007199254740993", True), ("", False), ("-1", False), ("1.0", False), (" 1", False)]
    + [(other, False) for other in ("１２", "٣", "1２", "²", "9" * 5_000)],
)
def test_a_whole_number_has_the_digits_that_every_reader_knows(text: str, is_one: bool) -> None:
    assert is_whole(text) is is_one


def test_a_short_word_is_no_secret() -> None:
    keep_secret("x")
    assert one_line("xylophone") == "xylophone"


@pytest.mark.parametrize("path", sorted(Path(cli.__file__ or "").parent.glob("*.py")), ids=lambda path: path.stem)
def test_every_console_of_the_command_line_is_such_a_terminal(path: Path) -> None:
    if path.stem != "terminal":
        other = r"import .*\bConsole\b|rich\.markup|from rich import|import rich\b|markup=True"
        assert not re.search(other, path.read_text(encoding="utf-8"))
