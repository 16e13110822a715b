"""Texts of others within our own sentences. Not here: sentences."""


def one_line(text: str) -> str:
    """A text on one line and without a full stop: in a comment of SQL, a second line would be a statement."""
    return " ".join(text.split()).rstrip(".")
