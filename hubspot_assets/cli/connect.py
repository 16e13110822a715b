"""`hubspot-assets connect`: policy, trust-policy, role, check.

Here: what people type and read. What is to be copied or piped goes to stdout, what is to be read beside it to stderr.
boto3 and Polars are imported inside the commands, so that `--help` answers at once.
"""

from collections.abc import Iterable
from enum import Enum
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from hubspot_assets.cli.errors import Commands
from hubspot_assets.cli.given import given_settings
from hubspot_assets.cli.terminal import Terminal
from hubspot_assets.errors import UsageError

if TYPE_CHECKING:
    from hubspot_assets.connection.finding import Finding
    from hubspot_assets.connection.policy import Document
    from hubspot_assets.lake.layout import Layout
    from hubspot_assets.settings import Settings

app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Set up access to the bucket: the policy, the role, and a check of everything.",
)
out = Terminal(soft_wrap=True)
notes = Terminal(stderr=True, soft_wrap=True)


class Partition(str, Enum):
    """AWS's partitions, as `policy.PARTITIONS` has them."""

    AWS = "aws"
    GOV = "aws-us-gov"
    CHINA = "aws-cn"


class Format(str, Enum):
    """What `connect role` prints instead of speaking to IAM."""

    TERRAFORM = "terraform"
    CLOUDFORMATION = "cloudformation"


_MARKS = {True: ("ok  ", "green"), False: ("FAIL", "red"), None: ("-   ", "dim")}

Url = Annotated[str | None, typer.Option(help="s3://bucket/prefix. Default: HUBSPOT_S3_URL.", show_default=False)]
PartitionOption = Annotated[Partition, typer.Option("--partition", help="The AWS partition of the bucket.")]
AnyPrefix = Annotated[bool, typer.Option("--any-prefix", help="Allow listing the whole bucket, not only the prefix.")]
KmsKey = Annotated[
    str | None,
    typer.Option(help="ARN of the KMS key that encrypts the bucket. Default: HUBSPOT_S3_KMS_KEY.", show_default=False),
]
Principal = Annotated[str, typer.Option(help="ARN of the IAM user or role that runs the export, or an account number.")]
ExternalId = Annotated[
    str | None,
    typer.Option(help="Default: HUBSPOT_S3_EXTERNAL_ID, otherwise a random one.", show_default=False),
]


@app.command()
def policy(
    url: Url = None,
    partition: PartitionOption = Partition.AWS,
    any_prefix: AnyPrefix = False,
    kms_key: KmsKey = None,
) -> None:
    """Print the IAM policy that an export needs, as JSON."""
    from hubspot_assets.connection.policy import to_json  # noqa: PLC0415

    settings = given_settings()
    document = _policy(_layout(url, settings), partition, any_prefix, kms_key or settings.s3_kms_key)
    out.print(to_json(document), end="")


@app.command("trust-policy")
def trust_policy(principal: Principal, external_id: ExternalId = None) -> None:
    """Print the trust policy of the export's role, as JSON. Without an external id it makes a random one."""
    from hubspot_assets.connection.policy import to_json  # noqa: PLC0415

    given = external_id or given_settings().s3_external_id
    document, used = _trust(principal, given)
    out.print(to_json(document), end="")
    if given is None:
        notes.print(f"The external id is new. For the export, set:\nHUBSPOT_S3_EXTERNAL_ID={used}")


@app.command()
def role(
    principal: Principal,
    url: Url = None,
    external_id: ExternalId = None,
    name: Annotated[str, typer.Option(help="The role's name.")] = "hubspot-export",
    partition: PartitionOption = Partition.AWS,
    any_prefix: AnyPrefix = False,
    kms_key: KmsKey = None,
    do_apply: Annotated[bool, typer.Option("--apply", help="Make the changes instead of only showing them.")] = False,
    adopt: Annotated[
        bool, typer.Option("--adopt", help="Take over a role of this name that this command did not create.")
    ] = False,
    text: Annotated[
        Format | None, typer.Option("--format", help="Print the role in this format, without calling IAM.")
    ] = None,
) -> None:
    """Create or update the export's role and its policy; shows the changes, and makes them with --apply.

    With --apply, stdout is the two settings of the export, as lines for .env.
    """
    from hubspot_assets.connection import role as roles  # noqa: PLC0415
    from hubspot_assets.connection.session import client_of, source_session  # noqa: PLC0415

    settings = given_settings()
    permissions = _policy(_layout(url, settings), partition, any_prefix, kms_key or settings.s3_kms_key)
    given = external_id or settings.s3_external_id
    if text is not None:
        trust, used = _trust(principal, given)
        wanted = roles.WantedRole(name, trust, permissions)
        write = roles.terraform if text is Format.TERRAFORM else roles.cloudformation
        out.print(write(wanted), end="")
        if given is None:
            notes.print(f"The external id is new. For the export, set:\nHUBSPOT_S3_EXTERNAL_ID={used}")
        return
    iam = client_of(source_session(), "iam")
    # A random id at every run would never come to rest: the one that is there stays.
    trust, used = _trust(principal, given or roles.external_id_in_account(iam, name))
    planned = roles.plan(iam, roles.WantedRole(name, trust, permissions), adopt=adopt)
    for step in planned.steps:
        notes.print(f"{'' if do_apply else 'would '}{step.sentence}")
    if not planned.steps:
        notes.print(f"The role {name} is as it should be: nothing to do.")
    if do_apply:
        role_arn = roles.apply(planned)
        out.print(f"HUBSPOT_S3_ROLE_ARN={role_arn}\nHUBSPOT_S3_EXTERNAL_ID={used}")
    elif planned.steps:
        notes.print("Nothing was changed. Run it again with --apply.")


@app.command()
def check(
    url: Url = None,
    s3: Annotated[bool, typer.Option("--s3/--no-s3", help="Check S3.")] = True,
    hubspot: Annotated[bool, typer.Option("--hubspot/--no-hubspot", help="Check HubSpot.")] = True,
) -> None:
    """Try out everything an export does, with the credentials it would use, and say what is missing."""
    if not s3 and not hubspot:
        raise UsageError("There is nothing left to check: leave out --no-s3 or --no-hubspot.")
    settings = given_settings()
    failed = (_check_s3(url, settings) if s3 else 0) + (_check_hubspot(settings) if hubspot else 0)
    out.print("All is well." if not failed else f"{failed} of these checks failed.")
    raise typer.Exit(1 if failed else 0)


def _check_s3(url: str | None, settings: "Settings") -> int:
    from hubspot_assets.connection.check import check_s3  # noqa: PLC0415

    layout = _layout(url, settings)
    return _report("S3", check_s3(layout.url(layout.prefix), settings))


def _check_hubspot(settings: "Settings") -> int:
    from hubspot_assets.catalog.portal import Portal, PortalCatalogueError  # noqa: PLC0415
    from hubspot_assets.connection.hubspot_check import check_hubspot  # noqa: PLC0415
    from hubspot_assets.hubspot import HubSpotClient  # noqa: PLC0415
    from hubspot_assets.reading.discovery import load_portal  # noqa: PLC0415
    from hubspot_assets.reading.exported import exported_tables  # noqa: PLC0415

    token = settings.needed_token()
    try:
        portal = load_portal(settings.catalog, settings.default_catalog)
    except PortalCatalogueError as error:
        if not isinstance(error.__cause__, FileNotFoundError):
            raise
        # It is checked first whether HubSpot can be asked for one.
        notes.print(
            "There is no portal catalogue yet, so only the standard types are checked: run `hubspot-assets "
            "discover` to write one."
        )
        portal = Portal.standard()
    portal_tables = exported_tables(settings, portal)
    # A check that waits for minutes before it says that nobody answers would be none.
    with HubSpotClient(token, settings.api_url, patience=20.0) as client:
        return _report("HubSpot", check_hubspot(client, token, portal_tables))


def _report(title: str, findings: "Iterable[Finding]") -> int:
    """Print the findings and what to add; gives how many are not well."""
    from hubspot_assets.connection.policy import to_json  # noqa: PLC0415

    out.heading(title)
    found = []
    for one in findings:
        found.append(one)
        out.print(Text.assemble("  ", _MARKS[one.ok], f" {one.name:20} {one.sentence}"))
    added: list[str] = []
    for one in found:
        if one.add is not None and (text := to_json(dict(one.add))) not in added:
            added.append(text)
    if added:
        what = "Add this to the role's policy (a trust policy: to the role itself). If it is already there,"
        out.print(f"\n{what} a bucket policy, an endpoint policy or an organisation's policy denies the action:")
        out.print("\n".join(added))
    return sum(one.ok is False for one in found)


def _layout(url: str | None, settings: "Settings") -> "Layout":
    from hubspot_assets.lake.layout import Layout  # noqa: PLC0415

    return Layout.of_url(url or settings.needed_s3_url())


def _policy(layout: "Layout", partition: Partition, any_prefix: bool, key: str | None) -> "Document":
    from hubspot_assets.connection.policy import bucket_policy  # noqa: PLC0415
    from hubspot_assets.connection.session import SSE_S3, partition_of  # noqa: PLC0415

    if key == SSE_S3:
        key = None
    if key is not None and partition_of(key) is None:
        raise UsageError(f"{key!r} is not the ARN of a KMS key: a policy accepts neither an alias nor a bare id.")
    return bucket_policy(layout, partition=partition.value, any_prefix=any_prefix, kms_key=key)


def _trust(principal: str, external_id: str | None) -> "tuple[Document, str]":
    from hubspot_assets.connection import trust  # noqa: PLC0415

    used = external_id or trust.new_external_id()
    return trust.trust_policy(principal, used), used
