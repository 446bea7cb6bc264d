"""Weighing candidates: each part as a logarithm of a likelihood ratio, parts that add up, and a grade for supply.

Each sale competes with all others of its case and with "none of these": the probability of a lead is that of its seller
among them. How often a part agrees by chance is counted in the run itself, so a common name weighs little. Natural
logarithms, four decimals, exact, so that the bars of a lead add up to its sum.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from math import exp, fsum, log
from typing import Final

import numpy as np
from numpy.typing import NDArray

from crossbearing.leads.columns import Sales
from crossbearing.leads.matching import FITS, NO_SPAN, UNREADABLE, CaseMatch, Hard, Near
from crossbearing.leads.person_names import EXACT, NEAR, OTHER
from crossbearing.leads.weights import Weights
from crossbearing.reference.related_substances import Fit

MOST_LEADS: Final = 10  # that are kept of one case, the likeliest first
_PLACES: Final = Decimal("0.0001")
_NAMES: Final = {OTHER: "other", NEAR: "near", EXACT: "exact", UNREADABLE: "not readable"}
_UNIQUE: Final = Hard.ORDER | Hard.PAYMENT | Hard.PARCEL
_NAMING: Final = _UNIQUE | Hard.HANDLE | Hard.CONTACT


class Grade(StrEnum):
    """How well supply is supported; only strong leads are of accepted grade."""

    STRONG = "strong"
    FAIR = "fair"
    WEAK = "weak"


class Role(StrEnum):
    """Who the person of the case is to the order, as a hypothesis."""

    CONSIGNEE = "the person of the case is the consignee"
    BETWEEN = "somebody in between: friend, household or reseller"
    NOT_KNOWN = "the consignee is not readable"


@dataclass(frozen=True, slots=True)
class Bar:
    """One part of a lead's sum.

    Attributes:
        part: prior, identifier, name, address, time, substance, further sales, rivals.
        level: What was seen, in a word or two.
        value: Logarithm of the likelihood ratio; of the prior, log-odds.
    """

    part: str
    level: str
    value: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """One seller who may have supplied one case: a proposal.

    Attributes:
        sale: Place of the likeliest sale.
        lender: Place of the sale that name and address are of, if they are not its own; None if they are.
        further: How many further sales of the seller are candidates.
        log_odds: Sum of the bars.
        hard: Identifiers shared with the sale.
        expected: Strangers of this name and nearness, or better, that chance alone gives for this case; None where
            name, address and time do not all agree, for then nobody counted them.
    """

    seller: int
    sale: int
    lender: int | None
    further: int
    bars: tuple[Bar, ...]
    log_odds: Decimal
    probability: float
    grade: Grade
    role: Role
    name: str
    near: str
    fit: Fit
    hard: Hard
    is_soft: bool
    expected: float | None


def leads_of(found: CaseMatch, sales: Sales, weights: Weights) -> list[Lead]:
    """The leads of one case, likeliest first; at most ``MOST_LEADS``."""
    bars = [list(_Weighing(found, sales, weights).bars(at)) for at in range(len(found.sale))]
    odds = [exp(float(sum(bar.value for bar in each))) for each in bars]
    by_seller: dict[int, list[int]] = defaultdict(list)
    for at, sale in enumerate(found.sale.tolist()):
        by_seller[int(sales.seller[sale])].append(at)
    total = fsum(odds)
    made = []
    for seller, places in by_seller.items():
        best = max(places, key=lambda at: (odds[at], -at))
        own = fsum(odds[at] for at in places)
        further = Bar("further sales", str(len(places) - 1), exact(log(own / odds[best])))
        rivals = Bar("rivals", str(len(by_seller) - 1), exact(-log(1 + max(total - own, 0.0))))
        made.append(_lead(found, best, seller, len(places) - 1, (*bars[best], further, rivals), weights))
    return sorted(made, key=lambda lead: (-lead.log_odds, lead.sale))[:MOST_LEADS]


def _lead(found: CaseMatch, at: int, seller: int, further: int, bars: tuple[Bar, ...], weights: Weights) -> Lead:
    log_odds = sum((bar.value for bar in bars), Decimal(0))
    probability = 1 / (1 + exp(-float(log_odds)))
    name, near, hard = int(found.name[at]), int(found.near[at]), Hard(int(found.hard[at]))
    is_known = near != UNREADABLE
    return Lead(
        seller=seller,
        sale=int(found.sale[at]),
        lender=int(found.lender[at]) if found.is_lent[at] else None,
        further=further,
        bars=bars,
        log_odds=log_odds,
        probability=probability,
        grade=Grade.WEAK
        if found.is_after[at]  # whatever else agrees: it cannot have supplied whom it reached later
        else _grade(probability, weights, is_firm=bool(hard & _NAMING) or (is_known and near >= Near.STREET)),
        role=_role(name),
        name=_NAMES[name],
        near=Near(near).name.lower() if is_known else "not readable",
        fit=FITS[int(found.fit[at])],
        hard=hard,
        is_soft=bool(found.is_soft[at]),
        expected=float(found.expected[name:, near:].sum()) if found.is_soft[at] else None,
    )


def _grade(probability: float, weights: Weights, *, is_firm: bool) -> Grade:
    if probability >= weights.strong and is_firm:
        return Grade.STRONG
    return Grade.FAIR if probability >= weights.fair else Grade.WEAK


def _role(name: int) -> Role:
    if name == UNREADABLE:
        return Role.NOT_KNOWN
    return Role.CONSIGNEE if name > OTHER else Role.BETWEEN


class _Weighing:
    """The parts of each candidate of one case."""

    def __init__(self, found: CaseMatch, sales: Sales, weights: Weights) -> None:
        self.found, self.sales, self.weights = found, sales, weights

    def bars(self, at: int) -> Iterator[Bar]:
        """All parts that come from the sale itself, the prior first."""
        yield Bar("prior", "any one sale", exact(log(self.weights.supplied / len(self.sales))))
        yield from self._identifiers(at)
        yield from self._person(int(self.found.name[at]), int(self.found.near[at]))
        if self.found.is_lent[at]:
            yield Bar("account", "another order of the account", exact(log(self.weights.same_account)))
        yield self._time(at)
        yield self._substance(FITS[int(self.found.fit[at])])

    def _identifiers(self, at: int) -> Iterator[Bar]:
        hard, count = Hard(int(self.found.hard[at])), len(self.sales)
        if hard & _UNIQUE:
            kinds = ", ".join(kind.name.lower() for kind in hard & _UNIQUE if kind.name)
            yield Bar("identifier", kinds, exact(log(self.weights.right * count / self.weights.strange_reference)))
        elif hard & Hard.HANDLE:
            buyer = int(self.sales.buyer[self.found.sale[at]])
            own = len(self.sales.of_buyer.rows(np.array([buyer]))[0])
            by_chance = own * self.weights.strange_handle
            yield Bar("identifier", "handle", exact(log(self.weights.right * count / by_chance)))
        elif hard & Hard.CONTACT:
            by_chance = self.found.contacted * self.weights.strange_contact
            yield Bar("identifier", "contact", exact(log(self.weights.right * count / by_chance)))

    def _person(self, name: int, near: int) -> Iterator[Bar]:
        """Name and address; what nobody can read says nothing."""
        if name == UNREADABLE:
            yield Bar("name", "not readable", Decimal(0))
            yield Bar("address", "not readable", Decimal(0))
            return
        role = "own" if name > OTHER else "between"
        share = self.weights.role[role]
        if name > OTHER:
            share *= self.weights.named[_NAMES[name]] / _share(self.found.names, name)
        yield Bar("name", _NAMES[name], exact(log(share)))
        level = Near(near).name.lower()
        by_chance = _share(self.found.nearness, near)
        yield Bar("address", level, exact(log(self.weights.near[role][level] / by_chance)))

    def _time(self, at: int) -> Bar:
        spans = self.found.spans
        if not spans.sum():
            return Bar("time", "not known", Decimal(0))
        span, count = int(self.found.span[at]), len(self.sales)
        if span >= 0:
            by_chance = (int(spans[span]) + 1) / (count + 1)
            return Bar("time", f"span {span + 1}", exact(log(self.weights.time[span] / by_chance)))
        if span == NO_SPAN:
            return Bar("time", "long before", exact(log(self.weights.long_before)))
        level = "after last seen" if self.found.is_after[at] else "hours before"
        return Bar("time", level, exact(log(self.weights.late)))

    def _substance(self, fit: Fit) -> Bar:
        # Adverts that name no substance are left out on both sides; not tested is 1 by rule.
        known = [at for at, each in enumerate(FITS) if each is not Fit.NOT_KNOWN]
        total = int(self.found.fits[known].sum())
        if fit not in self.weights.fit or not total:
            return Bar("substance", str(fit), Decimal(0))
        by_chance = (int(self.found.fits[FITS.index(fit)]) + 1) / (total + len(known))
        if fit is Fit.INCOMPATIBLE:
            by_chance = max(by_chance, self.weights.absent_elsewhere)
        return Bar("substance", str(fit), exact(log(self.weights.fit[fit] / by_chance)))


def _share(counts: NDArray[np.int64], level: int) -> float:
    """Share of a level, with one more of each so that what was never seen is rare and not impossible."""
    return (int(counts[level]) + 1) / (int(counts.sum()) + len(counts))


def exact(value: float) -> Decimal:
    """Four decimals; never a negative nothing."""
    return Decimal(value).quantize(_PLACES) + 0
