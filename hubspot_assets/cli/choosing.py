"""Options that tell a command which tables are meant, the same for all. What they mean: `catalog/selection.py`."""

from typing import Annotated

import typer

_WORDS = "a table, a pattern such as 'OBJECTS_*', a family such as associations, or an object type such as contacts"

Select = Annotated[list[str] | None, typer.Option("--select", help=f"Only these: {_WORDS}. Repeat for more.")]
Exclude = Annotated[list[str] | None, typer.Option("--exclude", help="All but these, chosen in the same way.")]
