"""Everything that can go wrong and that the user can fix, as one tree. `str()` of each is one sentence: what happened,
where, and what to do. It never contains a secret.

    ExportError                       something could not be done: exit code 1
    ├── UsageError                    wrong usage or settings: exit code 2, from every command
    │   ├── SettingError              a setting is missing or invalid; the sentence names it
    │   │   └── SessionError          no AWS session can be created from the settings
    │   ├── PortalCatalogueError      the portal catalogue cannot be read or written
    │   ├── UnknownTable              this portal has no such table
    │   ├── DayNotExportable          not one of the export's complete days
    │   └── TrustError                a principal or an external id that AWS would refuse
    ├── HubSpotError                  a call to HubSpot failed
    │   ├── Unauthorized              401: HubSpot does not know the token
    │   ├── Refused                   HubSpot will not answer this request; others may be answered
    │   │   ├── NotAvailable          this portal, plan or token does not have it: never "no rows"
    │   │   │   ├── Forbidden         402, 403: not in the plan, or not for the token's creator
    │   │   │   │   └── NotGranted    somebody can fix it in HubSpot
    │   │   │   │       ├── MissingScopes    with a scope
    │   │   │   │       └── NoPermission     with the token of a user who may
    │   │   │   └── NotFound          404: no such endpoint, record or type
    │   │   ├── NotAnswered           HubSpot cannot answer this one, but answers others
    │   │   └── BadRequest            400 and every other 4xx: HubSpot does not accept the request
    │   │       ├── UnknownObjectType (and NotAvailable)    no such type here, or not in this API
    │   │       └── NotListable (and NotAvailable)          only available record by record
    │   ├── UrlTooLong                414
    │   ├── DailyLimitReached         the portal's calls for today are used up
    │   └── Temporary                 may work on the next try
    │       ├── Doubtful              perhaps no word of HubSpot's, such as a proxy's page
    │       ├── RetriesExhausted      did not go away within the client's patience
    │       ├── MalformedAnswer       cut off, not JSON, or of an unexpected form
    │       └── Unreachable           no connection, or one that broke
    ├── NotInOrder                    two days cannot be read side by side
    ├── NothingGiven                  HubSpot refuses every parent that a table is read by
    ├── LateSnapshot                  the day is long over; HubSpot has only its current state
    ├── LakeError                     the lake could not do what was asked
    │   ├── LakeUrlError (and SettingError)    the URL is missing, or not of a folder in S3
    │   ├── TableMissing              not exported on that day, or not completely
    │   ├── SchemaMismatch            not the columns that the table declares
    │   ├── TableReplaced             by another export in the meantime
    │   ├── ObjectMissing             not in the bucket
    │   ├── PreconditionFailed        an object changed before a write to it
    │   ├── LeaseLost                 another run holds the day now
    │   └── DayBusy                   another export of the day is running
    ├── RunRefused                    the run of a day did not begin; the sentence comes from it
    ├── RoleError                     IAM did not do what it was asked to
    ├── WarehouseError                the exported days do not have what was asked for
    │   └── WrongQuestion (and UsageError)     the question is wrong, not the state of the export
    └── DemoError                     the demo could not be started, or broke
        ├── DemoS3Error
        └── DemoPortalError

Here: the roots, and what several rooms raise. Every other class is in the room that raises it, below one of these.
Not here: what a command prints of them and how it ends (`cli/errors.py`). Anything that is not in this tree is a bug in
this program, and is shown with its traceback.
"""


class ExportError(Exception):
    """Something could not be done. `str()` is one sentence for the person who asked for it."""


class UsageError(ExportError):
    """The request or the settings are wrong: nothing was begun."""


class SettingError(UsageError):
    """A setting is missing or invalid. The sentence says which, why, and what to set it to."""


class UnknownTable(UsageError):
    """A table was asked for that this portal does not have."""
