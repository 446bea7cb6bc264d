"""Matching cases with sales: hard identifiers, then name, address and time together, then what was sold and found.

Pure: columns in, columns out; nothing is opened, written or decided here. Of name, address and time a sale needs all
three, or it is no soft candidate. What was sold never takes a candidate away.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum, IntFlag
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from crossbearing.leads.columns import ENCRYPTED, NOBODY, READABLE, Case, Sales
from crossbearing.leads.person_names import NEAR, OTHER, NameLevels
from crossbearing.reference.related_substances import Fit, fit_of

UNREADABLE: Final = 255  # level of a name or address that nobody can read
FITS: Final = tuple(Fit)
NO_SPAN: Final = -1  # longer before than the spans of time
TOO_LATE: Final = -2  # within hours of being last seen, or after it
_LEVELS: Final = 3  # of names
_STREET_SLIPS: Final = 2  # letters of a street that may differ
_SHORTEST_STREET: Final = 6  # letters of a street with slips


class Near(IntEnum):
    """How near two addresses are."""

    ELSEWHERE = 0
    TOWN = 1
    CODE = 2  # the same postal code
    STREET = 3  # the same street, another number or none
    DOOR = 4


class Hard(IntFlag):
    """Identifiers that a case and a sale share."""

    NONE = 0
    ORDER = 1
    PAYMENT = 2
    PARCEL = 4  # the tracking number of a parcel whose order is known
    HANDLE = 8
    ADDRESS = 16  # the same door, under another name
    CONTACT = 32  # of the seller, or written in the order or between the two


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """Which times between order and last seen are possible, in seconds: from home, from abroad, from an unknown place.

    Attributes:
        widest: Between last seen and found; beyond it nobody knows when it happened, and time says nothing.
        edges: Bounds of the spans in which sales are counted.
    """

    shortest: tuple[int, int, int]
    longest: tuple[int, int, int]
    widest: int
    edges: tuple[int, ...]

    def admits(self, case: Case) -> bool:
        """Whether the time of a case is known well enough for it to say anything."""
        if case.last_seen is None:
            return False
        return case.found is None or 0 <= case.found - case.last_seen <= self.widest


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseMatch:
    """What one case has in common with the sales: candidates as columns of one length, and counts of the run.

    Attributes:
        sale: Place of the sale.
        name: ``OTHER``, ``NEAR``, ``EXACT`` or ``UNREADABLE``.
        near: ``Near`` or ``UNREADABLE``.
        span: Number of the span of time; ``NO_SPAN`` or ``TOO_LATE`` outside.
        is_after: It was ordered after the person was last seen.
        fit: Place in ``FITS``.
        hard: ``Hard``.
        is_soft: It meets name, address and time.
        lender: Place of another sale to the same account whose name and address stand here, for nobody can read this
            sale's own; ``NOBODY`` if it has its own or none.
        names: Readable consignees of the country who live elsewhere, by level of their name; which is how rare it is.
        nearness: Readable consignees of the country under another name, by ``Near``.
        spans: Sales of each span.
        fits: Sales within the case's time, by ``FITS``.
        alike: Consignees with a sale that meets all three, by level of name and ``Near``.
        expected: Those of them that chance alone gives.
        readable: Of the sales within the case's time, those with a readable address.
        encrypted: Those whose address is sealed to a key that nobody here has.
        later: Sales to this name and area after the person was last seen.
        contacted: Sales that the contacts found at the scene lead to, whenever they were.
    """

    sale: NDArray[np.int64]
    name: NDArray[np.uint8]
    near: NDArray[np.uint8]
    span: NDArray[np.int8]
    is_after: NDArray[np.bool_]
    fit: NDArray[np.int8]
    hard: NDArray[np.uint8]
    is_soft: NDArray[np.bool_]
    lender: NDArray[np.int64]
    names: NDArray[np.int64]
    nearness: NDArray[np.int64]
    spans: NDArray[np.int64]
    fits: NDArray[np.int64]
    alike: NDArray[np.int64]
    expected: NDArray[np.float64]
    readable: int
    encrypted: int
    later: int
    contacted: int

    @property
    def is_lent(self) -> NDArray[np.bool_]:
        """Whether name and address are of another sale."""
        lent: NDArray[np.bool_] = self.lender != NOBODY
        return lent


def match(cases: Sequence[Case], sales: Sales, times: Times) -> Iterator[CaseMatch]:
    """Match every case with every sale.

    Args:
        cases: In any order; each comes out in its place.
        sales: In order of time.
        times: What is possible.
    """
    if not len(sales.consignees):
        levels = None
    else:
        levels = NameLevels([(case.given, case.family) for case in cases], sales.names)
    for number, case in enumerate(cases):
        nobody = np.zeros(len(sales.consignees), np.uint8)
        yield _Matching(case, sales, times, nobody if levels is None else levels.of(number)).made()


class _Matching:
    """One case."""

    def __init__(self, case: Case, sales: Sales, times: Times, names: NDArray[np.uint8]) -> None:
        self.case, self.sales, self.times, self.names = case, sales, times, names
        self.near = self._nearness()
        is_admitted = times.admits(case) and case.last_seen is not None
        self.last_seen = case.last_seen if is_admitted and case.last_seen is not None else None
        self.is_named = bool(case.given and case.family)
        self.is_near = self.near > Near.ELSEWHERE
        self.is_alike = self.names > OTHER

    def made(self) -> CaseMatch:
        local = self._in_country()
        elsewhere = local & ~self.is_near
        others = local & ~self.is_alike
        names = np.bincount(self.names[elsewhere], minlength=_LEVELS)
        within = self._within()
        fits = self._fits()
        sale, later, expected = self._soft(names)
        hard, lent = self._hard(), self._lent()
        sale = np.union1d(sale, np.array([*hard, *lent], np.int64))
        columns = self._columns(sale, hard, lent, fits)
        return CaseMatch(
            **columns,
            names=names,
            nearness=np.bincount(self.near[others], minlength=len(Near)),
            spans=self._spans(),
            fits=np.bincount(fits[self.sales.advert[within]], minlength=len(FITS)),
            alike=self._alike(columns["sale"][columns["is_soft"]]),
            expected=expected,
            readable=int((self.sales.delivery[within] == READABLE).sum()),
            encrypted=int((self.sales.delivery[within] == ENCRYPTED).sum()),
            later=later,
            contacted=len(self._contacted()),
        )

    def _in_country(self) -> NDArray[np.bool_]:
        """Consignees of the case's country, or of none that is known."""
        country = self.sales.places.country
        if not self.case.address.country:
            return np.ones(len(country), bool)
        local: NDArray[np.bool_] = country == self.sales.places.number("country", self.case.address.country)
        local |= country == 0
        return local

    def _nearness(self) -> NDArray[np.uint8]:
        places, home = self.sales.places, self.case.address
        near = np.zeros(len(places.country), np.uint8)
        local = self._in_country()
        for name, level in (("town", Near.TOWN), ("code", Near.CODE)):
            number = places.number(name, getattr(home, name))
            if number > 0:
                near[local & (getattr(places, name) == number)] = level
        around = np.flatnonzero(near)
        if home.street and len(around):
            streets = np.unique(places.street[around])
            alike = streets[self._is_like([places.streets[number] for number in streets.tolist()])]
            same = around[np.isin(places.street[around], alike)]
            near[same] = Near.STREET
            house = places.number("house", home.house)
            if house > 0:
                near[same[places.house[same] == house]] = Near.DOOR
        return near

    def _is_like(self, streets: Sequence[str]) -> NDArray[np.bool_]:
        from rapidfuzz import process  # noqa: PLC0415 - compiled, and not needed for anything else
        from rapidfuzz.distance import OSA  # noqa: PLC0415 - as above

        ours = self.case.address.street
        slips = _STREET_SLIPS if len(ours) >= _SHORTEST_STREET else 0
        found = process.cdist([ours], streets, scorer=OSA.distance, score_cutoff=slips, dtype=np.uint8)[0]
        is_like: NDArray[np.bool_] = found <= slips
        is_like &= np.array([bool(street) and _short_of(street) == _short_of(ours) for street in streets], bool)
        return is_like

    def _within(self) -> slice:
        """The sales within the longest time before the person was last seen."""
        if self.last_seen is None:
            return slice(0, 0)
        bounds = [self.last_seen - max(self.times.longest), self.last_seen - min(self.times.shortest)]
        first, last = np.searchsorted(self.sales.sold_at, bounds).tolist()
        return slice(first, last)

    def _fits(self) -> NDArray[np.int8]:
        """How each kind of advert fits what the laboratory found."""
        fits = [FITS.index(fit_of(advert, self.case.screen)) for advert in self.sales.adverts]
        return np.array(fits, np.int8)

    def _spans(self) -> NDArray[np.int64]:
        if self.last_seen is None:
            return np.zeros(len(self.times.edges) - 1, np.int64)
        at = np.searchsorted(self.sales.sold_at, [self.last_seen - edge for edge in self.times.edges])
        counts: NDArray[np.int64] = at[:-1] - at[1:]
        return counts

    def _soft(self, names: NDArray[np.int64]) -> tuple[NDArray[np.int64], int, NDArray[np.float64]]:
        """Sales that meet all three; how many to the same person come too late; how many strangers chance gives.

        Chance: each consignee with a sale at that place and time bears a name like the case's as often as the
        consignees of the country who live elsewhere do.
        """
        expected = np.zeros((_LEVELS, len(Near)))
        around = np.flatnonzero(self.is_near)
        if self.last_seen is None or not len(around) or not self.is_named:
            return np.zeros(0, np.int64), 0, expected
        rows, of = self.sales.of_consignee.rows(around)
        people = around[of]
        is_timely = self._is_timely(rows)
        is_alike = self.is_alike[people]
        strangers = np.bincount(self.near[np.unique(people[is_timely & ~is_alike])], minlength=len(Near))
        if names.sum():
            expected[NEAR:] = np.outer(names[NEAR:] / names.sum(), strangers)
        later = int((is_alike & (self.sales.sold_at[rows] > self.last_seen)).sum())
        same_door = self.near[people] == Near.DOOR
        return rows[is_timely & (is_alike | same_door)], later, expected

    def _alike(self, sale: NDArray[np.int64]) -> NDArray[np.int64]:
        counts = np.zeros((_LEVELS, len(Near)), np.int64)
        people = np.unique(self.sales.consignee[sale])
        np.add.at(counts, (self.names[people], self.near[people]), 1)
        return counts

    def _is_timely(self, rows: NDArray[np.int64]) -> NDArray[np.bool_]:
        if self.last_seen is None:
            return np.zeros(len(rows), bool)
        delay = self.last_seen - self.sales.sold_at[rows]
        origin, home = self.sales.origin[rows], self.case.address.country
        route = np.where((origin == "") | (home == ""), 2, np.where(origin == home, 0, 1))
        timely: NDArray[np.bool_] = (delay >= np.array(self.times.shortest)[route]) & (
            delay <= np.array(self.times.longest)[route]
        )
        return timely

    def _hard(self) -> dict[int, Hard]:
        """Sales that share an identifier with the case, and which."""
        found: dict[int, Hard] = {}
        for kind, said, known in (
            (Hard.ORDER, self.case.order, self.sales.orders),
            (Hard.PAYMENT, self.case.payment, self.sales.payments),
            (Hard.PARCEL, self.case.tracking, self.sales.parcels),
        ):
            for sale in known.get(said, ()) if said else ():
                found[sale] = found.get(sale, Hard.NONE) | kind
        buyers = self.sales.handles.get(self.case.handle, ()) if self.case.handle else ()
        rows, _ = self.sales.of_buyer.rows(np.array(buyers, np.int64))
        for kind, of_party in ((Hard.HANDLE, rows), (Hard.CONTACT, self._contacted())):
            for sale in self._possible(of_party).tolist():
                found[sale] = found.get(sale, Hard.NONE) | kind
        return found

    def _possible(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Of all sales of a party, those that may have reached the person in time."""
        if self.last_seen is not None:
            return rows[self._is_timely(rows)]
        if self.case.found is not None:
            return rows[self.sales.sold_at[rows] <= self.case.found]
        return rows

    def _contacted(self) -> NDArray[np.int64]:
        places = {place for contact in self.case.contacts for place in self.sales.contacts.get(contact, ())}
        return np.array(sorted(places), np.int64)

    def _lent(self) -> dict[int, int]:
        """Sales whose address nobody can read, and one of the same account that went to a person like the case's."""
        alike = np.flatnonzero(self.is_near & self.is_alike)
        rows, of = self.sales.of_consignee.rows(alike)
        order = np.lexsort((self.names[alike[of]], self.near[alike[of]]))
        # The nearest comes last.
        lender_of = dict(zip(self.sales.buyer[rows[order]].tolist(), rows[order].tolist(), strict=True))
        lender_of.pop(-1, None)
        buyers = np.array(list(lender_of), np.int64)
        rows, of = self.sales.of_buyer.rows(buyers)
        is_open = (self.sales.consignee[rows] == NOBODY) & self._is_timely(rows)
        pairs = zip(rows[is_open].tolist(), buyers[of[is_open]].tolist(), strict=True)
        return {sale: lender_of[buyer] for sale, buyer in pairs}

    def _columns(
        self, sale: NDArray[np.int64], hard: dict[int, Hard], lent: dict[int, int], fits: NDArray[np.int8]
    ) -> dict[str, NDArray[Any]]:
        lender = np.array([lent.get(one, NOBODY) for one in sale.tolist()], np.int64)
        person = self.sales.consignee[np.where(lender == NOBODY, sale, lender)].astype(np.int64)
        is_known = (person != NOBODY) & self.is_named  # a name of which half is missing is like none and unlike none
        name = np.full(len(sale), UNREADABLE, np.uint8)
        near = np.full(len(sale), UNREADABLE, np.uint8)
        name[is_known], near[is_known] = self.names[person[is_known]], self.near[person[is_known]]
        kinds = np.array([hard.get(one, Hard.NONE) for one in sale.tolist()], np.uint8)
        is_door = is_known & (name == OTHER) & (near == Near.DOOR)
        kinds[is_door] |= np.uint8(Hard.ADDRESS)
        is_alike = is_known & (name > OTHER) & (name != UNREADABLE)
        is_soft = is_alike & (near > Near.ELSEWHERE) & (near != UNREADABLE) & self._is_timely(sale) & (lender == NOBODY)
        span, is_after = self._span(sale)
        return {
            "sale": sale, "name": name, "near": near, "span": span, "is_after": is_after,
            "fit": fits[self.sales.advert[sale]], "hard": kinds, "is_soft": is_soft, "lender": lender,
        }  # fmt: skip

    def _span(self, sale: NDArray[np.int64]) -> tuple[NDArray[np.int8], NDArray[np.bool_]]:
        """The span of time of each sale, and whether it was ordered after the person was last seen."""
        span = np.full(len(sale), NO_SPAN, np.int8)
        if self.last_seen is None or not len(sale):
            return span, np.zeros(len(sale), bool)
        delay = self.last_seen - self.sales.sold_at[sale]
        at = np.searchsorted(np.array(self.times.edges), delay, side="right") - 1
        inside = (at >= 0) & (at < len(self.times.edges) - 1)
        span[inside] = at[inside]
        span[at < 0] = TOO_LATE
        return span, delay < 0


def _short_of(street: str) -> list[str]:
    """What of a street must be the same: numbers and single letters, as of 14th and 15th, of west and east."""
    return [word for word in street.split() if len(word) == 1 or any(letter.isdigit() for letter in word)]
