"""A token that may not read the bodies of emails: HubSpot's sentence in their place does not pass as one."""

from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from hubspot_assets.demo.s3 import DemoS3
from hubspot_assets.tables.withheld import REASON, is_withheld, take_out
from hubspot_assets_tests.exported import YESTERDAY
from hubspot_assets_tests.refusing import altering
from hubspot_assets_tests.small_export import catalogue, command, small_export

SCOPE = "sales-email-read"
SENTENCES = [
    "This email content is redacted. To view it, grant the scope sales-email-read.",
    "The text of this e-mail has been withheld because the app lacks the scope it requires.",
    "<div><p>Body of the email not shown:&nbsp;grant sales-email-read.</p></div>",
    "The body of this email is hidden. You need permission to view it.",
]
BODIES = {
    "a short mail": "Hi Ann, thanks for the email! See you on Monday.",
    "a mail about the scope of work": "The details of my last email are hidden in the scope of work. Can you look?",
    "a customer who cannot see an email": "I have no permission to view the content of your email.",
    "a contract": "Please find the redacted contract attached.",
    "a long mail that quotes it": f"{SENTENCES[0]} {'What does this mean? ' * 40}",
    "nothing": "",
}
DAYS = [str(YESTERDAY - timedelta(days=1)), str(YESTERDAY)]


@pytest.mark.parametrize("sentence", SENTENCES)
def test_hubspots_sentence_is_known_however_it_is_worded(sentence: str) -> None:
    assert is_withheld(sentence)


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_a_mail_is_not_taken_for_it(body: str) -> None:
    assert not is_withheld(body)


def test_only_emails_are_looked_at() -> None:
    record = {"id": "1", "properties": {"hs_email_text": SENTENCES[0]}}
    assert take_out("0-46", [record]) == 0
    assert record["properties"] == {"hs_email_text": SENTENCES[0]}


def emails(body: str) -> AbstractContextManager[None]:
    """Every email of HubSpot has this body, as it is and as it always was, and a subject."""
    values = {"hs_email_text": body, "hs_email_html": f"<p>{body}</p>", "hs_email_subject": "Monday"}

    def define(answer: dict[str, Any]) -> None:
        known = {one["name"] for one in answer["results"]}
        more = [{"name": name, "type": "string", "label": name} for name in values if name not in known]
        answer["results"] += more

    def write(answer: dict[str, Any]) -> None:
        for record in answer["results"]:
            record["properties"] |= values
            if "propertiesWithHistory" in record:
                version = {"timestamp": record["createdAt"], "sourceType": "CRM_UI"}
                record["propertiesWithHistory"] |= {name: [{"value": v, **version}] for name, v in values.items()}

    definitions = r"/crm/properties/2026-09/0-49\?archived=false&dataSensitivity=non_sensitive"
    return altering({definitions: define, r"/crm/objects/2026-09/0-49\b": write})


def test_bodies_that_are_withheld_are_null_and_a_failure_in_emails_and_engagements(s3: DemoS3, tmp_path: Path) -> None:
    known = catalogue("0-4", "0-46", "0-49")
    with small_export(s3, tmp_path, known, other_records=70) as small:
        with emails(SENTENCES[0]):
            code, output = command("export", "--day", DAYS[1])
        assert code == 1, output
        assert output.count(SCOPE) == 1
        wide = small.frame("OBJECTS_EMAILS")
        count = wide.height
        assert wide["PROPERTY_HS_EMAIL_TEXT"].null_count() == count
        assert set(wide["PROPERTY_HS_EMAIL_SUBJECT"]) == {"Monday"}, "what is not withheld is there"
        for tables in (small.portal_tables.objects["0-49"], small.portal_tables.objects["0-4"]):
            for table in tables:
                manifest = small.manifest(table.name)
                (part,) = manifest.parts_unavailable
                assert part.part == f"the bodies of {manifest.left_out[REASON]:,} emails"
                assert (part.scopes, part.mendable, part.about) == ((SCOPE,), True, ("0-49",))
                assert part.message.endswith(f"grant the token the scope {SCOPE}.")
                assert manifest.left_out[REASON] == count
                written = small.frame(table.name)
                texts = [column for column, dtype in written.schema.items() if dtype == pl.String]
                assert not written.select(pl.col(texts).str.contains(SCOPE, literal=True).any()).row(0).count(True)
        assert not small.manifest("OBJECTS_NOTES").parts_unavailable


def test_emails_whose_history_is_carried_are_counted_once(s3: DemoS3, tmp_path: Path) -> None:
    known = catalogue("0-49")
    with small_export(s3, tmp_path, known, {"HUBSPOT_ALLOW_LATE_SNAPSHOT": "true"}, other_records=70) as small:
        tables = [table.name for table in small.portal_tables.objects["0-49"]]
        with emails(SENTENCES[0]):
            for day in DAYS:
                small.export(*tables, day=day)
        first, second = (small.manifest("OBJECT_PROPERTIES_HISTORY/EMAILS", day) for day in DAYS)
        assert second.carried is not None
        assert second.left_out == first.left_out
        with emails("See you on Monday."):
            assert small.export(*tables).is_complete
        assert set(small.frame("OBJECTS_EMAILS")["PROPERTY_HS_EMAIL_TEXT"]) == {"See you on Monday."}
        assert not small.manifest("OBJECTS_EMAILS").left_out
