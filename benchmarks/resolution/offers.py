"""How alike accounts are in what they offer: products, amounts, notation, prices, places.

Each signal is a log likelihood ratio by chance agreement: two accounts that both say "g: 3.5" agree less remarkably
than two that both say "ml: 30", for more accounts say the first. With shares ``p`` and ``q`` of an account's adverts
by value and ``f`` the mean share over all accounts, agreement is the sum of ``p*q/f``: how many times likelier it is
that an advert of each says the same, than for two accounts drawn by chance. A signal is
``ln(doubt + (1 - doubt) * agreement)``; zero where an account says nothing. Source: Fellegi and Sunter 1969, for values
of unequal frequency.
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from crossbearing.reference.countries import country_of
from crossbearing.reference.quantities import offer_in, quantities_in
from crossbearing.reference.quantity import Quantity
from crossbearing.reference.substances import goods_in, substances_in

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

DOUBT: Final = 0.2  # share of an operator's adverts on two accounts that have nothing to do with each other
_PSEUDO: Final = 1.0  # accounts added to each value's frequency, so that a value of two accounts is no proof
_STEP: Final = 0.05  # natural logarithm of a price: what differs by less is one price
_FEWEST_SELLERS: Final = 4  # of a product, below which there is no usual price
_NEAR_AMOUNT: Final = 0.7  # natural logarithm: prices of amounts twice as far apart count e times less
_NO_OPINION: Final = 0.7  # mean difference of log prices that speaks for neither; measured on real pages
_WORST: Final = 2.0  # difference of log prices beyond which more says no more

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Advert:
    """What an advert offers, read from its title and its fields.

    Attributes:
        products: Substances and other goods that the title names.
        amount: Unit, amount and content of a piece; None if the title offers no one amount.
        notation: How amounts are written, each number as "9": "9g", "9 Gram".
        price: In a currency that is one for all adverts; None if not stated.
        origin: As written.
        destination: As written.
    """

    products: tuple[str, ...] = ()
    amount: tuple[str, float, float] | None = None
    notation: tuple[str, ...] = ()
    price: float | None = None
    origin: str = ""
    destination: str = ""


def read_advert(title: str, price: float | None, origin: str, destination: str, category: str | None = None) -> Advert:
    """Read an advert's title by the reference lists.

    Args:
        title: As it stands.
        price: Greater than zero, or None.
        origin: Where it is shipped from, as it stands.
        destination: Where it is shipped to, as it stands.
        category: The market's own.
    """
    found = quantities_in(title).readings
    offer = offer_in(found)
    products = {one.substance for one in substances_in(title, category)}
    products |= {f"goods: {one.goods}" for one in goods_in(title, category)}
    return Advert(
        products=tuple(sorted(products)),
        amount=_amount(offer.quantity) if offer else None,
        notation=tuple(_shape(one.text) for one in found),
        price=price if price is not None and np.isfinite(price) and price > 0 else None,
        origin=" ".join(origin.split()),
        destination=" ".join(destination.split()),
    )


def _amount(quantity: Quantity) -> tuple[str, float, float]:
    if quantity.grams is not None:
        return "g", round(float(quantity.grams[0]), 4), 0.0
    each = quantity.each_low
    return quantity.unit, float(quantity.low), float(each) if each is not None else 0.0


def _shape(text: str) -> str:
    shape: list[str] = []
    for letter in text:
        plain = "9" if letter.isdigit() else letter
        if plain != "9" or shape[-1:] != ["9"]:
            shape.append(plain)
    return "".join(shape)


@dataclass(frozen=True, slots=True)
class Shares:
    """Shares of an account's adverts by value, and how usual each value is.

    Attributes:
        rows: Accounts by values; a row adds up to one, or is empty. The values stand in ``values``.
        usual: Mean share of each value over the accounts that say something.
    """

    rows: "csr_matrix"
    usual: Floats
    values: tuple[Hashable, ...]

    def log_ratio(self, left: Numbers, right: Numbers) -> Floats:
        """Natural logarithm of the likelihood ratio of each pair; zero where one of the two says nothing."""
        from crossbearing.resolution.gram_kernels import products

        starts = self.rows.indptr.astype(np.int64)
        weights = (self.rows.data / np.sqrt(self.usual[self.rows.indices])).astype(np.float32)
        agreement = products(starts, self.rows.indices, weights, left, right)
        says = np.diff(starts) > 0
        return np.where(says[left] & says[right], np.log(DOUBT + (1 - DOUBT) * agreement), 0.0)

    def shared(self, left: int, right: int) -> list[tuple[Hashable, float]]:
        """Values that both accounts have, with their parts of the agreement, greatest first: the evidence to show."""
        one, other = (dict(zip(row.indices, row.data, strict=True)) for row in (self.rows[left], self.rows[right]))
        parts = [(self.values[at], float(one[at] * other[at] / self.usual[at])) for at in one.keys() & other.keys()]
        return sorted(parts, key=lambda part: (-part[1], repr(part[0])))


def shares(values: Iterable[Sequence[Hashable]], owners: Numbers, accounts: int) -> Shares:
    """Shares of each account's adverts by value.

    Args:
        values: Of each advert; of several each counts in part.
        owners: Number of the account of each advert.
        accounts: How many there are.
    """
    from scipy.sparse import csr_matrix

    column: dict[Hashable, int] = {}
    rows, columns, parts = [], [], []
    for owner, found in zip(owners.tolist(), values, strict=True):
        for value in found:
            rows.append(owner)
            columns.append(column.setdefault(value, len(column)))
            parts.append(1 / len(found))
    table = csr_matrix((np.array(parts, float), (rows, columns)), shape=(accounts, len(column)))
    table.sum_duplicates()
    table.sort_indices()
    table.indices = table.indices.astype(np.int32)
    sizes = np.diff(table.indptr)
    total = np.bincount(np.repeat(np.arange(accounts), sizes), table.data, accounts)
    table.data /= np.repeat(total, sizes)
    usual = np.bincount(table.indices, table.data, len(column)) + _PSEUDO
    return Shares(table, usual / ((sizes > 0).sum() + 2 * _PSEUDO), tuple(column))


@dataclass(frozen=True, slots=True)
class Offers:
    """The signals of a market's adverts; see ``offers_of``."""

    by_signal: dict[str, Shares]
    prices: "PriceCurves"

    def signals(self, left: Numbers, right: Numbers) -> dict[str, Floats]:
        """Every signal of pairs of accounts, in natural logarithms; above zero speaks for one operator."""
        found = {signal: one.log_ratio(left, right) for signal, one in self.by_signal.items()}
        return {**found, "price curve": self.prices.agreement(left, right)}


def offers_of(adverts: Sequence[Advert], owners: Numbers, accounts: int) -> Offers:
    """Signals of accounts: products, amounts, notation, prices, origin, destination, both places as written.

    Args:
        adverts: As ``read_advert`` gives them.
        owners: Number of the account of each advert.
        accounts: How many there are.
    """
    values: dict[str, list[Sequence[Hashable]]] = {
        "products": [one.products for one in adverts],
        "amounts": [(one.amount,) if one.amount else () for one in adverts],
        "notation": [one.notation for one in adverts],
        "prices": [(round(float(np.log(one.price)) / _STEP),) if one.price else () for one in adverts],
        "origin": [(_place(one.origin),) if one.origin else () for one in adverts],
        "destination": [(_place(one.destination),) if one.destination else () for one in adverts],
        "places as written": [
            ((one.origin, one.destination),) if one.origin or one.destination else () for one in adverts
        ],
    }
    found = {signal: shares(each, owners, accounts) for signal, each in values.items()}
    return Offers(found, price_curves(adverts, owners, accounts))


def _place(written: str) -> str:
    return country_of(written) or written.casefold()


@dataclass(frozen=True, slots=True)
class PriceCurves:
    """Prices by product, as differences from what is usual for the amount.

    Attributes:
        points: Of each account and product (a key of both): rows of log amount and difference of log price.
        products: Products of each account.
    """

    points: dict[tuple[int, tuple[str, str]], Floats]
    products: tuple[frozenset[tuple[str, str]], ...]

    def agreement(self, left: Numbers, right: Numbers) -> Floats:
        """Above zero if two accounts ask alike for the same products; zero if they share none.

        0.7 less the mean difference of log prices, over products and near amounts; between 0.7 and -1.3.
        """
        found = np.zeros(len(left))
        for at, (one, other) in enumerate(zip(left.tolist(), right.tolist(), strict=True)):
            both = self.products[one] & self.products[other]
            if both:
                apart = [_apart(self.points[one, product], self.points[other, product]) for product in sorted(both)]
                found[at] = _NO_OPINION - min(float(np.mean(apart)), _WORST)
        return found


def _apart(one: Floats, other: Floats) -> float:
    near = np.exp(-np.abs(one[:, :1] - other[:, 0]) / _NEAR_AMOUNT)
    return float((near * np.abs(one[:, 1:] - other[:, 1])).sum() / max(near.sum(), 1e-12))


def price_curves(adverts: Sequence[Advert], owners: Numbers, accounts: int) -> PriceCurves:
    """What each account asks for each product, beside what is usual for that amount of it.

    The usual price is a line through the logarithms of price and amount, each account weighing alike.
    """
    by_product: dict[tuple[str, str], list[tuple[int, float, float]]] = {}
    for advert, owner in zip(adverts, owners.tolist(), strict=True):
        if advert.amount and advert.price and advert.amount[1] > 0:
            for name in advert.products:
                point = (owner, float(np.log(advert.amount[1])), float(np.log(advert.price)))
                by_product.setdefault((name, advert.amount[0]), []).append(point)
    points: dict[tuple[int, tuple[str, str]], Floats] = {}
    products: list[set[tuple[str, str]]] = [set() for _ in range(accounts)]
    for product, rows in sorted(by_product.items()):
        who = np.array([row[0] for row in rows])
        if len(np.unique(who)) < _FEWEST_SELLERS:
            continue
        amount, price = np.array(rows)[:, 1], np.array(rows)[:, 2]
        rest = price - _usual_price(amount, price, 1 / np.bincount(who)[who])
        for seller in np.unique(who).tolist():
            points[seller, product] = np.stack([amount[who == seller], rest[who == seller]], axis=1)
            products[seller].add(product)
    return PriceCurves(points, tuple(frozenset(one) for one in products))


def _usual_price(amount: Floats, price: Floats, weight: Floats) -> Floats:
    """The weighted line through the points; of slope one if there is one amount only."""
    weight = weight / weight.sum()
    middle, level = float(weight @ amount), float(weight @ price)
    spread = float(weight @ (amount - middle) ** 2)
    slope = float(weight @ ((amount - middle) * (price - level))) / spread if spread > 1e-9 else 1.0  # noqa: PLR2004
    return level + slope * (amount - middle)
