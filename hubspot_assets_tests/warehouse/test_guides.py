"""Statements of the kinds that HubSpot's guides to its Snowflake share show, written anew: they run on an exported day.

Those in plain SQL run as they are; those with words of Snowflake's own run with `--dialect snowflake`.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from typer.testing import CliRunner

from hubspot_assets.catalog.object_types import ObjectType
from hubspot_assets.catalog.portal import EventType
from hubspot_assets.cli.app import app
from hubspot_assets.demo.s3 import DemoS3
from hubspot_assets_tests.small_export import SmallExport, catalogue, small_export

TYPES = ("0-1", "0-2", "0-3", "0-5", "0-7", "0-8")
PAIRS = [("0-1", "0-2"), ("0-1", "0-3"), ("0-2", "0-3"), ("0-2", "0-5"), ("0-3", "0-8")]
CAR = ObjectType("2-111", "cars", "Car", "Cars", ("crm.objects.custom.read",))
VISITS = EventType("e_visited_page", "4-96000", "Visited page")

PLAIN = {
    "columns of records": "SELECT objectTypeId, objectId, updatedAt, ingestedAt FROM objects_contacts "
    "ORDER BY objectId LIMIT 3",
    "a share with a name": "SELECT objectTypeId, property_createdate FROM our_share.V2_LIVE.objects_deals LIMIT 1",
    "the daily schema": "SELECT COUNT(*) FROM our_share.V2_DAILY.objects_deals",
    "a custom object": "SELECT objectId, property_hs_object_id FROM objects_cars WHERE property_hs_object_id > 0",
    "the types there are": "SELECT objectTypeId, name, fullyQualifiedName FROM object_and_event_type_definitions "
    "WHERE objectTypeId LIKE '2-%' OR name = 'CONTACT' ORDER BY 1",
    "one property of all records": "SELECT objectId, value FROM object_properties "
    "WHERE objectTypeId = '0-1' AND name = 'email' LIMIT 5",
    "properties turned into columns": """
        SELECT objectId,
               MAX(CASE WHEN name = 'firstname' THEN value END) AS first_name,
               MAX(CASE WHEN name = 'lastname' THEN value END) AS last_name
        FROM object_properties WHERE objectTypeId = '0-1'
        GROUP BY objectId ORDER BY objectId""",
    "a record's history by a number": """
        SELECT name, value, updatedAt FROM object_properties_history
        WHERE objectTypeId = '0-1' AND objectId = (SELECT MIN(objectId) FROM objects_contacts)
        ORDER BY updatedAt DESC""",
    "the last change of each property": """
        SELECT objectId, name, value, updatedAt FROM object_properties_history
        WHERE objectTypeId = '0-3'
        QUALIFY ROW_NUMBER() OVER (PARTITION BY objectId, name ORDER BY updatedAt DESC) = 1 LIMIT 10""",
    "records and their pairs by name": """
        SELECT c.objectId, c.property_email, d.property_dealname, d.property_amount
        FROM V2_LIVE.OBJECTS_DEALS d
        INNER JOIN V2_LIVE.ASSOCIATIONS_DEALS_TO_CONTACTS dc ON d.objectId = dc.deal_objectId
        INNER JOIN V2_LIVE.OBJECTS_CONTACTS AS c ON c.objectId = dc.contact_objectId""",
    "pairs with their definitions": """
        SELECT a.fromObjectId, a.toObjectId, t.label, t.isMainAssociationDefinition
        FROM associations a JOIN association_definitions t
          ON a.combinedAssociationTypeId = t.combinedAssociationTypeId
         AND a.fromObjectTypeId = t.fromObjectTypeId AND a.toObjectTypeId = t.toObjectTypeId
        WHERE a.fromObjectTypeId = '0-1' AND a.toObjectTypeId = '0-2'""",
    "records with their owner": """
        SELECT o.email, o.firstName, COUNT(*) AS deals, SUM(d.property_amount) AS total
        FROM objects_deals d JOIN owners o ON d.property_hubspot_owner_id = o.ownerId
        GROUP BY 1, 2""",
    "owners and their teams": "SELECT o.ownerId, t.teamName, ot.isTeamPrimary FROM owners o "
    "JOIN owner_team ot ON ot.ownerId = o.ownerId JOIN teams t ON t.teamId = ot.teamId",
    "deals by pipeline and stage": """
        SELECT p.label AS pipeline, s.label AS stage, COUNT(*) AS deals, AVG(d.property_amount) AS average
        FROM objects_deals d
        JOIN pipelines p ON p.objectTypeId = '0-3' AND p.pipelineId = d.property_pipeline
        JOIN pipeline_stages s ON s.pipelineId = p.pipelineId AND s.stageId = d.property_dealstage
        GROUP BY p.label, s.label ORDER BY 3 DESC""",
    "members of lists": """
        SELECT l.name, COUNT(m.objectId) AS members FROM lists l
        JOIN list_memberships m ON m.listId = l.listId
        WHERE l.size > 0 GROUP BY l.name HAVING COUNT(m.objectId) > 0""",
    "events by hour": """
        SELECT DATE_TRUNC('HOUR', occurredAt) AS hour, COUNT(*) AS visits,
               RANK() OVER (ORDER BY COUNT(*) DESC) AS place
        FROM events_visited_page GROUP BY hour ORDER BY hour""",
    "recent events of records": """
        SELECT c.objectId, COUNT(e.id) AS activities FROM objects_contacts c
        LEFT JOIN events_visited_page e
          ON e.objectId = c.objectId AND e.occurredAt > CURRENT_TIMESTAMP - INTERVAL '90 DAY'
        GROUP BY c.objectId HAVING activities >= 0 ORDER BY activities""",
    "sums of a hierarchy by raw ids": """
        WITH RECURSIVE tree (id, parent, total) AS (
          SELECT objectId, NULL, COALESCE(property_annualrevenue, 0) FROM objects_companies
          UNION ALL
          SELECT c.objectId, t.id, t.total FROM objects_companies c
          JOIN tree t ON c.property_unparsed_hs_object_id = t.parent)
        SELECT id, SUM(total) FROM tree GROUP BY id""",
    "sold by owner, ranked": """
        WITH sold AS (
          SELECT li.property_name AS product, d.property_hubspot_owner_id AS owner, SUM(d.property_amount) AS total
          FROM objects_deals d
          JOIN associations_deals_to_line_items a ON d.objectId = a.deal_objectId
          JOIN objects_line_items li ON a.line_item_objectId = li.objectId
          WHERE EXTRACT(YEAR FROM d.property_createdate) >= 1900
          GROUP BY 1, 2)
        SELECT product, owner, total, RANK() OVER (PARTITION BY product ORDER BY total DESC) FROM sold""",
    "definitions of properties": "SELECT name, label, type FROM property_definitions "
    "WHERE objectTypeId = '0-1' AND hubspotDefined = true AND exported ORDER BY displayOrder",
    "a product of numbers": "SELECT property_amount * property_amount * 0.5 FROM objects_deals "
    "WHERE property_amount BETWEEN 0 AND 1000000",
}

SNOWFLAKE = {
    "parts of a date": "SELECT DATE_PART(YEAR, property_createdate) AS y, COUNT(*) FROM objects_contacts GROUP BY y",
    "a property of the JSON": "SELECT objectId, properties:email::string AS email FROM object_with_object_properties "
    "WHERE objectTypeId = '0-1'",
    "time at a value": """
        SELECT objectId, value,
               DATEDIFF(minutes, updatedAt, NVL(LEAD(updatedAt) OVER (PARTITION BY objectId ORDER BY updatedAt),
                                                CURRENT_TIMESTAMP()::timestamp_ntz)) AS minutes_at_value
        FROM V2_LIVE.OBJECT_PROPERTIES_HISTORY WHERE objectTypeId = '0-3' AND name = 'closedate'""",
    "counted where": """
        SELECT name, COUNT(IFF(DATEDIFF(day, updatedAt, CURRENT_DATE) <= 30, value, NULL)) AS recent
        FROM object_properties_history GROUP BY 1 ORDER BY 2 DESC LIMIT 10""",
    "dates of moments": "SELECT TO_DATE(property_createdate) AS d, COUNT(*) FROM objects_deals GROUP BY d",
}


@pytest.fixture(scope="module")
def day(s3: DemoS3, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallExport]:
    known = catalogue(*TYPES, custom=[CAR], events=[VISITS], pairs=PAIRS)
    with small_export(s3, tmp_path_factory.mktemp("guides"), known, deals=30, properties=12) as small:
        result = small.export()
        assert not result.failed
        yield small


def answered(statement: str, *options: str) -> list[dict[str, Any]]:
    result = CliRunner().invoke(app, ["query", statement, "--json", *options])
    assert result.exit_code == 0, result.output
    rows: list[dict[str, Any]] = json.loads(result.stdout)
    return rows


@pytest.mark.usefixtures("day")
@pytest.mark.parametrize("statement", PLAIN.values(), ids=PLAIN.keys())
def test_a_statement_of_the_guides_runs_as_it_is(statement: str) -> None:
    assert answered(statement) != []


@pytest.mark.usefixtures("day")
@pytest.mark.parametrize("statement", SNOWFLAKE.values(), ids=SNOWFLAKE.keys())
def test_a_statement_in_snowflakes_own_words_runs_with_its_dialect(statement: str) -> None:
    assert answered(statement, "--dialect", "snowflake") != []


def test_answers_are_those_of_the_files(day: SmallExport) -> None:
    contacts = day.frame("OBJECTS_CONTACTS")
    assert answered("SELECT COUNT(*) AS n FROM objects_contacts") == [{"n": contacts.height}]
    emails = answered("SELECT value AS email FROM object_properties WHERE objectTypeId = '0-1' AND name = 'email'")
    assert sorted(row["email"] for row in emails) == sorted(contacts["PROPERTY_EMAIL"].drop_nulls())
    by_json = answered(
        "SELECT properties:email::string AS email FROM object_with_object_properties WHERE objectTypeId = '0-1'",
        "--dialect",
        "snowflake",
    )
    assert sorted(str(row["email"]) for row in by_json) == sorted(map(str, contacts["PROPERTY_EMAIL"]))
