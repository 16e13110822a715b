"""The exit code speaks of the day: what fails where every table is in, and what counts as complete."""

from pathlib import Path
from typing import Any

import pytest
from dagster import DagsterEvent
from dagster._core.events import RunFailureReason

from hubspot_assets.catalog.portal import Portal
from hubspot_assets.catalog.portal_tables import PortalTables
from hubspot_assets.checks.outcome import DayExport, ExportedTable
from hubspot_assets.defs import internals
from hubspot_assets.defs.failures import Failures
from hubspot_assets.demo.s3 import DemoS3
from hubspot_assets.lake import Lake, LakeError, PartUnavailable, Unavailable
from hubspot_assets.lake.checkpoints import Checkpoints
from hubspot_assets_tests.exported import YESTERDAY
from hubspot_assets_tests.small_export import catalogue, command, small_export

DAY = str(YESTERDAY)
KNOWN = catalogue("0-2")
REFUSED = "S3 refuses to put s3://bucket/_SUCCESS.json (AccessDenied): allow s3:PutObject."
TABLES = {table.name: table for table in PortalTables(Portal.standard())}


def refuse_to_close(*_: Any, **__: Any) -> None:
    raise LakeError(REFUSED)


def test_a_day_that_can_not_be_closed_exits_1_with_the_sentence(
    s3: DemoS3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with small_export(s3, tmp_path, KNOWN) as small:
        monkeypatch.setattr(Lake, "close_day", refuse_to_close)
        code, output = command("export")
        assert code == 1
        assert output.count(REFUSED) == 1
        assert "not in:" not in output, "every table is in"
        assert small.lake.success(DAY) is None
        monkeypatch.undo()


def test_a_day_whose_files_are_not_whole_exits_1_and_is_opened_again_and_its_next_export_begins_anew(
    s3: DemoS3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with small_export(s3, tmp_path, KNOWN) as small:
        close = Lake.close_day

        def damage_and_close(lake: Lake, *how: Any) -> Any:
            closed = close(lake, *how)
            (small.folder / DAY / "OWNERS" / small.manifest("OWNERS").files[0].name).write_bytes(b"not what was put")
            return closed

        with monkeypatch.context() as patch:
            patch.setattr(Lake, "close_day", damage_and_close)
            code, output = command("export")
        assert code == 1
        assert "export_day: manifests_hold" in output
        assert f"{DAY} has been opened again, because its files failed a check" in output
        assert small.lake.success(DAY) is None
        code, output = command("export")
        assert code == 0
        assert "were already there" not in output
        assert small.lake.success(DAY) is not None


def test_a_closed_day_that_can_not_be_closed_again_exits_1_with_the_sentence(
    s3: DemoS3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with small_export(s3, tmp_path, KNOWN) as small:
        assert small.export().is_complete
        with monkeypatch.context() as patch:
            patch.setattr(Lake, "close_day", refuse_to_close)
            code, output = command("export", "--select", "OBJECTS_COMPANIES")
        assert code == 1
        assert REFUSED in output
        assert small.lake.success(DAY) is None


def test_a_closed_day_of_which_a_table_is_replaced_is_closed_with_what_it_had(s3: DemoS3, tmp_path: Path) -> None:
    with small_export(s3, tmp_path, KNOWN) as small:
        small.export()
        closed = small.lake.success(DAY)
    # The portal has got a type since.
    with small_export(s3, tmp_path, catalogue("0-2", "0-5")) as small:
        assert small.export("OBJECTS_COMPANIES").is_complete
        again = small.lake.success(DAY)
        assert closed is not None
        assert again is not None
        assert again.tables.keys() == closed.tables.keys()


def test_a_step_that_fails_after_its_tables_are_in_is_a_failure(
    s3: DemoS3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clear = Checkpoints.clear

    def fail(aside: Checkpoints) -> None:
        if "OBJECTS_" in aside._table:
            raise LakeError("What was put aside cannot be deleted.")
        clear(aside)

    monkeypatch.setattr(Checkpoints, "clear", fail)
    with small_export(s3, tmp_path, KNOWN) as small:
        result = small.export()
        assert result.trouble == "What was put aside cannot be deleted."
        assert not result.failed
        assert not result.is_complete
        assert small.lake.success(DAY) is None


def test_a_run_that_fails_without_a_step_is_a_failure(
    s3: DemoS3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original, reason = internals.execute_run_iterator, RunFailureReason.RUN_EXCEPTION

    def fail_in_the_end(*how: Any) -> Any:
        for event in original(*how):
            if event.event_type_value == "PIPELINE_SUCCESS":
                yield DagsterEvent.job_failure(how[1].job_name, "the run was lost", failure_reason=reason)
            else:
                yield event

    monkeypatch.setattr(internals, "execute_run_iterator", fail_in_the_end)
    with small_export(s3, tmp_path, KNOWN) as small:
        result = small.export()
        assert not result.failed
        assert result.trouble
        assert not result.is_complete


def test_an_export_that_does_not_reach_its_end_is_a_failure(
    s3: DemoS3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = internals.execute_run_iterator

    def without_the_last_step(*how: Any) -> Any:
        return (event for event in original(*how) if event.step_key != "export_day")

    monkeypatch.setattr(internals, "execute_run_iterator", without_the_last_step)
    with small_export(s3, tmp_path, KNOWN) as small:
        assert not small.export().is_complete


# ------------------------------------------------------------------------------------------------ what is complete


def exported(name: str, unavailable: Unavailable | None = None, *parts: PartUnavailable) -> ExportedTable:
    return ExportedTable(TABLES[name], rows=0, bytes=0, files=1, api_calls=1, unavailable=unavailable, parts=parts)


def refusal(said: str, *scopes: str, mendable: bool = True, status: int = 403) -> dict[str, Any]:
    return {"status": status, "message": said, "scopes": scopes, "mendable": mendable}


SCOPE = refusal("HubSpot answered 403 to GET /a: no (correlation id 1); grant the token the scope a.read.", "a.read")
OTHERWISE = refusal(
    "HubSpot answered 403 to GET /b: no (correlation id 2); grant the token the scope a.read.", "a.read"
)
PLAN = refusal("HubSpot answered 403 to GET /c: no; check that the portal's plan includes this.", mendable=False)
USER = refusal("HubSpot answered 403 to GET /d: no; have a user with that permission create a new token.")


def test_one_scope_is_one_cause_whatever_lacks_it() -> None:
    result = DayExport(DAY)
    result.tables = {
        "OWNERS": exported("OWNERS", Unavailable(**SCOPE)),
        "TEAMS": exported("TEAMS", None, PartUnavailable(part="parents of the teams", **OTHERWISE)),
        "LISTS": exported("LISTS", Unavailable(**PLAN)),
        "PIPELINES": exported("PIPELINES", Unavailable(**USER)),
    }
    causes = result.causes
    assert [(cause.sentence, cause.is_mendable, sorted(cause.tables)) for cause in causes] == [
        ("Grant the token the scope a.read.", True, ["OWNERS", "TEAMS"]),
        (USER["message"], True, ["PIPELINES"]),
        (PLAN["message"], False, ["LISTS"]),
    ]
    assert causes[0].parts.keys() == {"parents of the teams"}
    assert not result.is_complete


def test_answers_that_want_the_same_are_one_cause_and_the_first_stands_for_all() -> None:
    said = (
        "HubSpot answered 400 to GET /crm/objects/{}: Unable to infer object type from: {}; check the object type id."
    )
    result = DayExport(DAY)
    for name, type_id in (("OBJECTS_COURSES", "0-410"), ("OBJECTS/COURSES", "0-410"), ("OBJECTS_LEADS", "0-136")):
        told = refusal(said.format(type_id, type_id), mendable=False, status=400)
        result.tables[name] = exported(name, Unavailable(**told))
    (cause,) = result.causes
    assert cause.tables == {"OBJECTS_COURSES", "OBJECTS/COURSES", "OBJECTS_LEADS"}
    assert "0-410" in cause.sentence
    assert result.is_complete


def test_what_nobody_can_read_is_no_cause() -> None:
    result = DayExport(DAY, {"OBJECTS_AD_ACCOUNTS": exported("OBJECTS_AD_ACCOUNTS", Unavailable(**SCOPE))})
    assert result.causes == []
    assert result.is_complete


def test_trouble_and_tables_that_are_not_in_are_not_complete() -> None:
    assert DayExport(DAY).is_complete
    assert not DayExport(DAY, trouble="the day is open").is_complete
    assert not DayExport(DAY, failed={"OWNERS": "no"}).is_complete


def test_the_step_that_failed_is_told_before_the_run_that_failed_for_it() -> None:
    assert Failures().first is None
    assert Failures(of_run="the run was lost").first == "the run was lost"
    assert Failures({"read_owners": "no"}, of_run="Steps failed: ['read_owners']").first == "no"
