"""Holds: what must be kept although its time is over, because somebody still needs it. A hold beats a purge."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from crossbearing.domain.act import ActKind
from crossbearing.domain.errors import Contradiction
from crossbearing.domain.exhibit import Exhibit
from crossbearing.domain.identity import AccountNames
from crossbearing.store.ledger import Ledger
from crossbearing.store.operation import Operation

EXHIBIT, CASE, ACCOUNT = "exhibit", "case", "account"
KINDS: Final = (EXHIBIT, CASE, ACCOUNT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """One hold that stands.

    Attributes:
        kind: What is held: an exhibit, a case, or an account.
        name: Its id or reference; an account's handle or server id.
        market: Of an account.
        owner: Who needs it.
        review_on: When the hold itself is reviewed, ISO date.
    """

    hold_id: str
    kind: str
    name: str
    market: str
    owner: str
    reason: str
    review_on: str
    placed_at: str


def standing(ledger: Ledger) -> list[Hold]:
    """The holds that were placed and not lifted, oldest first."""
    found: dict[str, Hold] = {}
    for entry in ledger.entries(ActKind.HOLD_PLACED, ActKind.HOLD_LIFTED):
        if entry.kind is ActKind.HOLD_LIFTED:
            found.pop(entry.subject, None)
        else:
            payload: Any = entry.payload
            found[entry.subject] = Hold(hold_id=entry.subject, placed_at=entry.at, **payload)
    return list(found.values())


def refuse_held(
    operation: Operation,
    names: AccountNames | None,
    exhibits: Mapping[str, Exhibit],
    numbers: frozenset[str] = frozenset(),
) -> None:
    """Refuse an erasure that a hold stands against.

    Args:
        operation: Where.
        names: The account to be erased, if it is one.
        exhibits: Exhibits that would lose something.
        numbers: Cases that would, whatever those exhibits are labelled with.

    Raises:
        Contradiction: A hold stands; says which and who owns it.
    """
    cases = numbers.union(*(one.label.cases for one in exhibits.values()))
    for hold in standing(operation.ledger):
        is_held = {
            EXHIBIT: hold.name in exhibits,
            CASE: hold.name in cases,
            ACCOUNT: names is not None
            and hold.market.lower() == names.market.lower()
            and hold.name.lower() in names.handles | names.server_ids,
        }[hold.kind]
        if is_held:
            raise Contradiction(
                f"Hold {hold.hold_id} of {hold.owner} stands against it until it is lifted",
                where=f"{hold.kind}, review of the hold on {hold.review_on}",
                remedy="Ask its owner to lift it with `crossbearing retention lift`; a hold beats a purge.",
            )
