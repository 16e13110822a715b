"""Labels, names and ids from HubSpot that are made to lead somewhere else: no key, path or URL leaves its place.

From a hostile portal's word to the key in S3, and to the URL at HubSpot. The rules of naming are in `catalog`, of keys
in `lake.layout`, of URLs in `hubspot.versions`; here they are held against the same words.
"""

from urllib.parse import urlsplit

import pytest
import requests

from hubspot_assets.catalog.object_types import ObjectType
from hubspot_assets.catalog.portal import EventType, Portal
from hubspot_assets.catalog.portal_tables import PortalTables
from hubspot_assets.hubspot import versions
from hubspot_assets.lake.layout import Layout
from hubspot_assets_tests.small_export import STANDARD

DAY = "2026-11-22"
WORDS = {
    "parent": "../../../etc/passwd",
    "parent alone": "..",
    "dot": ".",
    "slash": "/",
    "absolute": "/etc/x",
    "backslashes": "..\\..\\windows",
    "a NUL": "a\x00b",
    "line ends": "a\r\nX-Injected: 1\n\n",
    "quoted slash": "%2e%2e%2fx",
    "twice quoted": "%252e%252e%252f",
    "a query": "x?limit=1&after=2#y",
    "a URL": "https://elsewhere.example/x",
    "a user": "user:password@elsewhere.example",
    "spaces": "  ",
    "no letters": "🚗🚗",
    "another script": "Самолёты",
    "right to left": "\u202egpj.exe",
    "a wide slash": "\uff0e\uff0e\uff0fx",
    "like a manifest": "_manifest.json",
    "like a data file": "data_00000.csv.gz",
    "a formula": "=HYPERLINK(1)",
    "a glob": "*/{a,b}[c]**",
    "a template": "{object_type}{version}%s",
    "long": "x" * 200,
}


@pytest.mark.parametrize("word", WORDS.values(), ids=WORDS)
def test_no_label_or_name_leaves_its_folder(word: str) -> None:
    hostile = ObjectType("2-777", word, word, word)
    portal = Portal.of([STANDARD["0-1"], hostile], [EventType(word, "6-1"), EventType("e_x", word)], [("0-1", "2-777")])
    layout = Layout("bucket", "prefix")

    keys = [layout.manifest(table.name, DAY) for table in PortalTables(portal)]

    assert len(set(keys)) == len(keys)
    for key in keys:
        assert key.startswith(f"prefix/{DAY}/")
        parts = key.removeprefix(f"prefix/{DAY}/").split("/")
        assert parts.pop() == "_manifest.json"
        assert 1 <= len(parts) <= 2
        assert all(part.replace("_", "").isalnum() and part.isascii() for part in parts if part.strip("_"))
        assert len(key.encode()) <= 1024, "S3 takes no longer key"


@pytest.mark.parametrize(
    "family", [name for name, (_, template) in versions.FAMILIES.items() if template.count("{") > 1]
)
@pytest.mark.parametrize("word", WORDS.values(), ids=WORDS)
def test_no_id_leads_to_another_path_or_host(word: str, family: str) -> None:
    template = versions.FAMILIES[family].template
    names = [part.partition("}")[0] for part in template.split("{")[1:] if not part.startswith("version")]
    if word in {".", ".."}:
        with pytest.raises(ValueError, match="cannot be the id of"):
            versions.path(family, **dict.fromkeys(names, word))
        return

    path = versions.path(family, **dict.fromkeys(names, word))

    # As it is sent: requests and urllib3 bring a URL into a form of their own.
    sent = urlsplit(requests.Request("GET", f"https://api.hubapi.com{path}").prepare().url or "")
    assert sent.netloc == "api.hubapi.com"
    assert (sent.query, sent.fragment) == ("", "")
    assert sent.path.count("/") == template.count("/")
    usual = versions.path(family, **dict.fromkeys(names, "7"))
    assert sent.path.split("/")[1:3] == usual.split("/")[1:3]
