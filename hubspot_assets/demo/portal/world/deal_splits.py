"""How the amounts of deals are split between owners."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .chance import mixed
from .life import Life
from .owners import Owners
from .times import iso

FIRST_ID = 50_000_000_000
_SHARES = (("0.6", "0.4"), ("0.33333333", "0.33333333", "0.33333334"), ("1.0",))


@dataclass(frozen=True)
class DealSplit:
    """One owner's share of a deal."""

    id: str
    deal_id: str
    owner_id: str
    percentage: str
    created_ms: int

    def as_json(self) -> dict[str, Any]:
        properties = {"hs_deal_split_percentage": self.percentage, "hubspot_owner_id": self.owner_id}
        moment = iso(self.created_ms)
        return {
            "id": self.id,
            "properties": properties,
            "createdAt": moment,
            "updatedAt": moment,
            "archived": False,
        }


class DealSplits:
    """The splits of every deal that is there; two deals in three have none."""

    def __init__(self, deals: Life, owners: Owners, seed: int) -> None:
        self._deals = deals
        self._owners = [owner.owner_id for owner in owners.listed(archived=False)]
        self._seed = mixed(seed, 72)

    def __iter__(self) -> Iterator[DealSplit]:
        """All of them, by deal."""
        return (split for number in self._deals.alive_from() for split in self._of(number))

    def of(self, deal_id: str) -> list[DealSplit] | None:
        """The splits of a deal, None if there is no such deal."""
        number = self._deals.number_of(deal_id)
        return None if number is None or self._deals.end(number) else list(self._of(number))

    def _of(self, number: int) -> Iterator[DealSplit]:
        chance = mixed(self._seed, number)
        if chance % 3:
            return
        for place, percentage in enumerate(_SHARES[chance // 3 % len(_SHARES)]):
            yield DealSplit(
                id=str(FIRST_ID + number * 4 + place),
                deal_id=str(self._deals.id_of(number)),
                owner_id=self._owners[(chance // 9 + place) % len(self._owners)],
                percentage=percentage,
                created_ms=self._deals.created_ms(number),
            )
