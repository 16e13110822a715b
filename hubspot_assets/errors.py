"""Everything that can go wrong and that a person can mend, as one tree. `str()` of each is one sentence: what happened,
where, and what to do. It never holds a secret.

    ExportError                       could not be done: exit code 1
    ├── UsageError                    asked for wrongly, or set up wrongly: exit code 2, from every command
    │   ├── SettingError              a setting is missing or unusable; the sentence names it
    │   │   └── SessionError          no AWS session can be made of the settings
    │   ├── PortalCatalogueError      the portal catalogue cannot be read or written
    │   ├── UnknownTable              no such table in this portal
    │   ├── DayNotExportable          no complete day of the export's calendar
    │   └── TrustError                a principal or an external id that AWS would refuse
    ├── HubSpotError                  a call to HubSpot failed
    │   ├── Unauthorized              401: HubSpot does not know the token
    │   ├── Refused                   HubSpot's final word on one request; others may be answered
    │   │   ├── NotAvailable          this portal, plan or token does not have it: never "no rows"
    │   │   │   ├── Forbidden         402, 403: of the plan, or of whoever made the token
    │   │   │   │   └── NotGranted    a person can mend it at HubSpot
    │   │   │   │       ├── MissingScopes    by a scope
    │   │   │   │       └── NoPermission     by a token of a user who may
    │   │   │   └── NotFound          404: no such endpoint, record or type
    │   │   ├── NotAnswered           HubSpot has no answer to this one, while it answers others
    │   │   └── BadRequest            400 and every other 4xx: HubSpot does not accept the request
    │   │       ├── UnknownObjectType (and NotAvailable)    no such type here, or not by this API
    │   │       └── NotListable (and NotAvailable)          told record by record only
    │   ├── UrlTooLong                414
    │   ├── DailyLimitReached         the portal's calls for today are used up
    │   └── Temporary                 may be gone on the next try
    │       ├── RetriesExhausted      was not gone within the client's patience
    │       ├── MalformedAnswer       cut off, no JSON, or of another shape
    │       └── Unreachable           no connection, or one that broke
    ├── NotInOrder                    two days cannot be read in step
    ├── NothingGiven                  HubSpot refuses each of the parents that a table is read by
    ├── LateSnapshot                  the day is long over; HubSpot has only its current state
    ├── LakeError                     the lake could not do what was asked
    │   ├── LakeUrlError (and SettingError)    there is no url of a folder in S3
    │   ├── TableMissing              never exported that day, or not to its end
    │   ├── SchemaMismatch            not the columns that a table declares
    │   ├── TableReplaced             by another export meanwhile
    │   ├── ObjectMissing             not in the bucket
    │   ├── PreconditionFailed        an object is in another state than a write expected
    │   ├── LeaseLost                 another run holds the day now
    │   └── DayBusy                   another export of the day runs
    ├── RunRefused                    the run of a day did not begin; the sentence is the run's
    ├── RoleError                     IAM did not do what was asked
    ├── WarehouseError                the exported days do not have what was asked for
    │   └── WrongQuestion (and UsageError)     the question is wrong, not the state of the export
    └── DemoError                     the demo could not be started, or broke
        ├── DemoS3Error
        └── DemoPortalError

Here: the roots, and what several rooms raise. Every other class stands in the room that raises it, below one of these.
Not here: what a command prints of them and how it ends (`cli/errors.py`). Whatever is not in this tree is a fault of
this program, and is shown with its traceback.
"""


class ExportError(Exception):
    """Something could not be done. `str()` is one sentence for the person who asked for it."""


class UsageError(ExportError):
    """What was asked for, or how the export is set up, is wrong: nothing was begun."""


class SettingError(UsageError):
    """A setting is missing or unusable. The sentence says which, why, and what to set it to."""


class UnknownTable(UsageError):
    """A table was asked for that this portal does not have."""
