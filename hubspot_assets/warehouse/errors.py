"""What can go wrong for a reader, each said in one sentence."""

from hubspot_assets.errors import ExportError, UsageError


class WarehouseError(ExportError):
    """What was asked for cannot be given; the text is one sentence for the person who asked."""


class WrongQuestion(WarehouseError, UsageError):
    """The question is wrong, not the state of the export."""
