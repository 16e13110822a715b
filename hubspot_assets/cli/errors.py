"""Errors that a person can mend, told in one sentence each. The sentences themselves belong to the errors."""

import typer
from rich.console import Console
from rich.markup import escape

from hubspot_assets import settings

errors = Console(stderr=True)


class one_sentence:  # noqa: N801 - reads as a word of the with statement
    """Prints the expected errors of the block as one sentence each, without a traceback, and exits 1 or 2."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        if error is None or isinstance(error, (typer.Exit, KeyboardInterrupt)):
            return
        from hubspot_assets.catalog.portal import PortalCatalogueError  # noqa: PLC0415
        from hubspot_assets.defs.run import DayNotExportable, RunRefused, UnknownTable  # noqa: PLC0415
        from hubspot_assets.hubspot import HubSpotError  # noqa: PLC0415
        from hubspot_assets.lake import LakeError  # noqa: PLC0415

        usage = (UnknownTable, DayNotExportable, settings.SettingError, PortalCatalogueError)
        if isinstance(error, (*usage, HubSpotError, LakeError, RunRefused)):
            errors.print(f"[red]error:[/] {escape(str(error))}", markup=True, highlight=False, soft_wrap=True)
            raise typer.Exit(2 if isinstance(error, usage) else 1) from error
