"""What `dagster dev` loads in the tests that look at it with a browser: the graph, for catalogues of few types.

With `EXPORTS_SOON` in the environment, the file that it names says when the schedule exports, `HH:MM` in UTC: a test
cannot wait for midnight. Whoever loads this first writes it, so that the daemon is there by then; all others read it.
"""

import os
from datetime import datetime, time, timedelta, timezone
from pathlib import Path

from hubspot_assets.defs import schedules
from hubspot_assets.defs.build import build_defs
from hubspot_assets_tests.few_types import of_few_types

_UNTIL = timedelta(minutes=3)

of_few_types().start()
if given := os.environ.get("EXPORTS_SOON"):
    file = Path(given)
    if not file.exists():
        file.write_text(f"{datetime.now(timezone.utc) + _UNTIL:%H:%M}")
    schedules.EXPORTS_AT = time.fromisoformat(file.read_text())
defs = build_defs()
