"""Every knob of a demo portal. What a knob does is said here; the code that obeys it is elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal

EVERY_FEATURE = frozenset(
    {"custom_objects", "events", "library_objects", "lists", "campaigns", "sequences", "feedback", "leads", "cms"}
)
RARE_FEATURES = frozenset({"partners", "forecasts"})
"""What few accounts have: the types that come with them are neither known nor counted elsewhere."""
REDACTED = (
    "The content of this email has been redacted. To include it in the response, your app must require the "
    "sales-email-read scope."
)
"""HubSpot's own words, from its announcement of the scope."""


class AllOf(tuple[str, ...]):
    """Scopes that are needed together; in a plain tuple one is enough."""


@dataclass(frozen=True, kw_only=True)
class PortalSettings:
    """What a portal holds, how it answers, and how it misbehaves. Everything has a default."""

    # --- what it holds -------------------------------------------------------------------------------------
    seed: int = 1
    day: date = date(2026, 11, 22)
    """The portal's today: it holds the state at the close of that day."""
    first_day: date = date(2026, 11, 1)
    """Nothing changes before this day; after it, each day changes, creates, archives and merges some records."""
    contacts: int = 1000
    companies: int = 200
    deals: int = 2000
    tickets: int = 120
    other_records: int = 60
    """Records of each type that is not named above."""
    counts: Mapping[str, int] = field(default_factory=dict)
    """Records by object type id (``{"0-46": 5000}``); goes before the counts above."""
    custom_objects: int = 2
    lists: int = 40
    refused_lists: int = 0
    """So many lists, from the sixth on, are of a type that this portal does not take for lists any more: HubSpot
    lists them and refuses their memberships."""
    events_per_day: int = 100
    """Event occurrences of a day, of all types together; every tenth day has none."""
    email_events_per_day: int = 60
    """About so many events of marketing emails on a day; every tenth day sends none."""
    also_served: frozenset[str] = frozenset()
    """Ids of types (``0-30``, ``0-35``) that the CRM objects API answers for besides those it is known to serve."""
    properties: int = 60
    """Properties of each object type; a type has never fewer than HubSpot gives it."""
    standard_properties: bool = False
    """Contacts, companies, deals and tickets have the better known properties that HubSpot ships them with."""
    long_names: int = 0
    """So many further properties of contacts have names of a hundred letters: some 150 are too many for one URL."""
    names_differing_in_case: bool = False
    """Each type has two properties whose names differ in nothing but capitals."""
    stage_properties: bool = False
    """Records of types with pipelines have ``hs_v2_*`` properties for each stage, which are given to who names them
    and are not among the definitions."""
    contact_properties_file: Path | None = None
    """An answer of HubSpot's properties API; its definitions are the contacts' properties, as given."""
    changed_share: float = 0.01
    """Share of the records of a type that one day changes."""
    features: frozenset[str] = EVERY_FEATURE
    """What the account's plan has; a feature that is missing answers as HubSpot does for such a plan. Those of
    ``RARE_FEATURES`` can be added."""
    portal_id: int = 62515
    time_zone: str = "UTC"

    # --- who may ask ---------------------------------------------------------------------------------------
    token: str = "pat-na1-demo-0000-0000"  # noqa: S105 - the demo portal's own, it opens nothing
    expired_token: str = "pat-na1-demo-expired"  # noqa: S105
    scopes: frozenset[str] | None = None
    """Scopes of the token; None grants all."""
    asked_by: Literal["private_app", "service_key"] = "private_app"
    """Whose token it is. A service key is no user's: HubSpot tells neither its scopes nor any user's sequences to
    it."""
    creator_left: bool = False
    """Whoever made the token has left the account: every call is a 403 that no scope mends."""
    without_scopes: frozenset[str] = frozenset()
    """Scopes to take away again."""

    # --- how fast ------------------------------------------------------------------------------------------
    latency_ms: float = 0.0
    limits: bool = True
    """False switches every rate limit off (the headers go, too)."""
    ten_secondly_limit: int = 190
    associations_limit: int = 150
    search_limit: int = 5
    daily_limit: int = 625_000
    daily_used: int = 0
    """Calls that other apps of the account have made today."""

    # --- how badly -----------------------------------------------------------------------------------------
    faults: Mapping[str, float] = field(default_factory=dict)
    """Rate by kind of fault (``faults.py`` has the table): ``{"500": 0.05, "truncated_json": 0.05}``."""
    hang_seconds: float = 3.0
    """How long a hanging connection hangs."""
    heavy_page_rows: int = 20
    """A page with a heavy row (the fault ``heavy_page`` says how many are) fails whenever it has more rows."""
    heavy_ids: frozenset[str] = frozenset()
    """Rows with these ids are heavy, whatever the fault's rate."""
    heavy_paths: frozenset[str] = frozenset()
    """Only pages of paths with one of these texts in them are heavy; empty: any may be."""
    changes_between_pages: int = 0
    """Records that are created, changed and archived (each so many) after every page of a type's list."""
    merged_while_listed: int = 0
    """So many records of a type that can be merged are, each after a page of their list told it, into one of the
    next page."""
    submissions_between_pages: int = 0
    """Submissions that arrive after every page of a form's submissions."""

    # --- what nobody has verified on HubSpot -----------------------------------------------------------------
    redacted_email_body: str | None = REDACTED
    """What stands for the body of a sales email where the token lacks ``sales-email-read``; None: the objects API
    gives the body all the same (that of engagements never does)."""
    paired_scopes: Literal["or", "and"] = "or"
    """Whether one of the two scopes of products, line items, quotes and feedback submissions is enough, or both are
    needed."""
    missing_scopes_form: Literal["in_errors", "in_context", "required_scopes"] = "in_errors"
    """Where a 403 for want of scopes names them; all three have been seen."""
    strict_cursors: bool = False
    """A cursor that arrives encoded once more than ``paging.next.link`` has it finds nothing, without an error."""
    submissions_cursor: Literal["from_the_oldest", "from_the_newest"] = "from_the_oldest"
    """What the cursor of a form's submissions counts from: arrivals shift one that counts from the newest."""
    association_inputs_maximum: int = 1000
    """Records in one batch read of associations; it was 100 for a while."""
    processing_lists_say_0: bool = False
    """The size of a list that is still processed is told as 0 (its memberships are there)."""
    after_must_be_handed_out: bool = False
    """Refuse a list cursor that no page handed out."""
    history_order: Literal["newest_first", "oldest_first", "shuffled"] = "newest_first"
    history_fills_properties: bool = True
    """``propertiesWithHistory=x`` alone also puts x into ``properties``."""
    history_of_unset_properties: Literal["empty", "absent"] = "empty"
    cleared_value: Literal["", None] = ""
    """How ``properties`` shows a value that somebody cleared; its newest version is always empty text."""
    association_ids_as_integers: bool = False
    records_without_associations: Literal["absent", "in_errors"] = "absent"
    batch_errors_status: Literal[200, 207] = 200
    """Status of a batch read on the dated path that could not read every id; the v3/v4 path always says 207."""
    associations_per_page: int = 500
    """Associations of one record in one answer of batch read."""
    associations_to_archived: bool = True
    """Associations whose other end is archived are still told."""
    record_counts_behind: int = 0
    """By how much the limits API's record counts lag behind what is there."""
    longest_search_body: int | None = None
    """Refuse a search whose body has more characters; None refuses only a longer ``query`` than 3,000."""
    api_usage_known: bool = True
    """Whether account info tells the day's calls of this kind of token."""
    api_usage_rows: Literal["calls_alone", "others_first", "not_fetched"] = "calls_alone"
    """What stands beside the day's calls: nothing, usage of another kind before them, or that they were not
    fetched."""
    schemas_batch_read_has_standard_types: bool = True
    events_need_an_object: bool = False
    """Event occurrences are refused when only ``eventType`` is given."""
    events_maximum_limit: int = 100
    """The largest page of event occurrences; a larger one is refused."""
    occurred_after_is_inclusive: bool = True
    occurred_before_is_inclusive: bool = False
    list_memberships_order: Literal["ascending", "descending"] = "ascending"
    """Order of memberships where neither ``after`` nor ``before`` says it."""
    list_totals_lag: int = 0
    """By how many members the totals of a list are behind; its memberships never are."""
    list_records_maximum: int = 100
    """Records in one batch read of the lists they are in."""
    campaign_properties_are_checked: bool = False
    """Refuse campaign properties that are not readable; else they are left out without a word."""
    sequences_without_seat: Literal["empty", "forbidden"] = "empty"
    """What a user gets who has no seat that sequences come with."""
    sequences_for_service_accounts: bool = True
    """False refuses the beta that lists sequences without a user."""
    deal_splits_maximum: int = 100
    """Deals in one batch read of deal splits."""
    compress: bool = False
    """Answer in gzip where the client accepts it."""

    # --- for the tests ----------------------------------------------------------------------------------------
    requests_kept: int | None = None
    """How many requests the log keeps; None keeps all."""

    def grants(self, scopes: tuple[str, ...]) -> bool:
        """Whether the token has one of the scopes; all of them where it is `AllOf` them; yes where none is needed."""
        granted = [(self.scopes is None or s in self.scopes) and s not in self.without_scopes for s in scopes]
        return not granted or (all(granted) if isinstance(scopes, AllOf) else any(granted))
