"""What can go wrong for a reader, each said in one sentence."""


class WarehouseError(Exception):
    """What was asked for can not be given; the text is one sentence for the person who asked.

    `is_usage`: the question was wrong (exit code 2), not the state of the export (exit code 1).
    """

    def __init__(self, sentence: str, *, is_usage: bool = False) -> None:
        super().__init__(sentence)
        self.is_usage = is_usage
