"""The sales sequences of a portal, and which user sees which."""

from typing import Any

from .owners import Owners
from .pieces import Piece, Pieces
from .times import iso


class Sequences:
    """Each belongs to a user with a seat; every third is shared, so that every user with a seat sees it."""

    def __init__(self, sequences: Pieces, owners: Owners) -> None:
        self._sequences = sequences
        self._users = [str(owner.user_id) for owner in owners.all if owner.user_id is not None]
        self._seats = [user for place, user in enumerate(self._users) if place % 4 != 3]

    def listed(self) -> list[Piece]:
        return self._sequences.listed()

    def is_user(self, user_id: str) -> bool:
        return user_id in self._users

    def has_seat(self, user_id: str) -> bool:
        return user_id in self._seats

    def seen_by(self, user_id: str) -> list[Piece]:
        if not self.has_seat(user_id):
            return []
        return [s for s in self.listed() if s.chance % 3 == 0 or self.user_of(s) == user_id]

    def user_of(self, sequence: Piece) -> str:
        return self._seats[sequence.chance // 3 % len(self._seats)]

    @staticmethod
    def sequence_id(sequence: Piece) -> str:
        return str(700_000 + sequence.number * 7)

    def as_json(self, sequence: Piece) -> dict[str, Any]:
        row = {
            "id": self.sequence_id(sequence),
            "name": sequence.name,
            "createdAt": iso(sequence.created_ms),
            "updatedAt": iso(sequence.updated_ms),
            "userId": self.user_of(sequence),
        }
        return {**row, "folderId": str(60 + sequence.chance % 4)} if sequence.chance % 2 else row
