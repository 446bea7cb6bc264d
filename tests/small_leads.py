"""Cases and sales by hand, small enough to know by heart. Everything in them is invented."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from crossbearing.leads.addresses import address_of, read_consignee
from crossbearing.leads.columns import DAY, ENCRYPTED, NO_ADDRESS, NOBODY, READABLE, Case, Sales
from crossbearing.leads.matching import CaseMatch, match
from crossbearing.leads.weighing import Lead, leads_of
from crossbearing.leads.weights import shipped_weights
from crossbearing.reference.related_substances import Screen

DEATH = 1_615_000_000  # Unix seconds, 6 March 2021
HOME = ("12 Alder Lane", "Thornmere", "ZZ07 9ZZ", "GB")
TEXT = "Daneo Fermine\n12 Alder Lane\nZZ07 9ZZ Thornmere\nGB"
FENTANYL = Screen(present=frozenset({"fentanyl"}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """One sale; by default the one that supplied ``a_case``."""

    days_before: float = 6.0
    text: str | None = TEXT
    is_encrypted: bool = False
    buyer: int = 0
    seller: int = 0
    origin: str = "GB"
    substances: tuple[str, ...] = ("fentanyl",)
    order: str = ""


def a_case(**changed: object) -> Case:
    """The case, with something changed."""
    said: dict[str, object] = {
        "number": "GB-1", "given": "daneo", "family": "fermine", "address": address_of(*HOME), "last_seen": DEATH,
        "found": DEATH + DAY // 4, "is_last_seen_stated": True, "screen": FENTANYL,
    }  # fmt: skip
    return Case(**{**said, **changed})  # type: ignore[arg-type]


def strangers(count: int) -> list[Sale]:
    """Sales to strangers elsewhere in the country, over two years; no two alike."""
    letters = [f"{chr(97 + n % 26)}{chr(97 + n // 26 % 26)}{chr(97 + n // 676)}" for n in range(count)]
    return [
        Sale(
            days_before=1 + n * 700 / count,
            text=f"Q{a}x Z{a}w\n{n + 1} Barley Lane\nZZ{10 + n % 80} 9ZZ Pellbridge\nGB",
            buyer=1000 + n, seller=50 + n % 40, substances=("mdma", "cocaine")[n % 2 : n % 2 + 1],
        )
        for n, a in enumerate(letters)
    ]  # fmt: skip


def as_sales(given: Sequence[Sale], handles: dict[str, list[int]] | None = None) -> tuple[Sales, list[int]]:
    """The columns of these sales, and the place of each in them."""
    order = sorted(range(len(given)), key=lambda n: -given[n].days_before)
    rows = [given[n] for n in order]
    texts = list(dict.fromkeys(one.text for one in rows if one.text is not None))
    adverts = list(dict.fromkeys(one.substances for one in rows))
    delivery = [READABLE if one.text is not None else ENCRYPTED if one.is_encrypted else NO_ADDRESS for one in rows]
    sales = Sales(
        sold_at=np.array([DEATH - int(one.days_before * DAY) for one in rows], np.int64),
        consignee=np.array([NOBODY if one.text is None else texts.index(one.text) for one in rows], np.int32),
        delivery=np.array(delivery, np.int8),
        buyer=np.array([one.buyer for one in rows], np.int32),
        seller=np.array([one.seller for one in rows], np.int32),
        origin=np.array([one.origin for one in rows], np.str_),
        advert=np.array([adverts.index(one.substances) for one in rows], np.int32),
        adverts=adverts,
        consignees=[read_consignee(text) for text in texts],
        orders={one.order: [place] for place, one in enumerate(rows) if one.order},
        handles=handles or {},
    )
    return sales, [order.index(n) for n in range(len(given))]


def found_in(case: Case, sales: Sales) -> CaseMatch:
    """What one case has in common with sales."""
    return next(match([case], sales, shipped_weights().times))


@dataclass(frozen=True, slots=True)
class Answer:
    """What comes of one case."""

    found: CaseMatch
    leads: list[Lead]
    places: list[int] = field(default_factory=list)


def answer(case: Case, *given: Sale, among: int = 600, handles: dict[str, list[int]] | None = None) -> Answer:
    """Match a case with some sales among those of strangers."""
    sales, places = as_sales([*given, *strangers(among)], handles)
    found = found_in(case, sales)
    return Answer(found, leads_of(found, sales, shipped_weights()), places)
