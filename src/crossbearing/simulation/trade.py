"""What was sold: adverts and sales of one seized market, as columns."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from crossbearing.simulation.adverts import Hand, advert
from crossbearing.simulation.catalogue import PRODUCTS, Product
from crossbearing.simulation.chance import stream
from crossbearing.simulation.markets import DAY, KESTREL, Market
from crossbearing.simulation.people import People
from crossbearing.simulation.population import Account, Operator, Population
from crossbearing.simulation.scenario import BuyerDials, Scenario

STATES: Final = ("delivered", "sent", "disputed", "canceled")
BITCOIN, MONERO = 0, 1
_OWN_OF_A_COPYCAT: Final = 5  # every fifth advert of a copycat is its own
_SHOTS: Final = 5  # pictures that a seller uses more than once
_RESOLD: Final = 8  # a reseller buys so many times as much as others
_HOLDING_CENTS: Final = (99_999_900, 9_999_900, 99_999_999, 1_000_000_000, 5_555_500)  # prices that say "not now"
_PLACES: Final = {product.code: number for number, product in enumerate(PRODUCTS)}


@dataclass(frozen=True, slots=True)
class Advert:
    """One advert.

    Attributes:
        account: Number of the seller account.
        amount: In the product's units.
        cents: Price, US cents.
        picture: Seed of what its picture shows.
        scene: Seed of the place where the picture was taken.
        is_copied: Whether the picture is another account's, mostly with the text.
    """

    number: int
    account: int
    product: Product
    amount: int
    cents: int
    title: str
    description: str
    posted: int
    picture: int
    scene: int
    is_decoy: bool = False
    is_copied: bool = False


@dataclass(frozen=True, slots=True)
class Sales:
    """Sales in order of time; columns of one length.

    Attributes:
        advert: Place in the market's list of adverts.
        buyer: Number of the buyer account on this market.
        quantity: Pieces of what the advert offers.
        at: Unix seconds, true time.
        atoms: Paid: satoshi, or for Monero 10^-12 of a coin.
        coin: ``BITCOIN`` or ``MONERO``.
        state: Place in ``STATES``.
        rating: 1 to 5; 0 if nobody rated.
        home: Address number it is sent to; that of somebody else where the buyer misuses one.
        is_fake: The seller's own purchase.
        deleted: So many, the oldest, are no longer on the server.
    """

    advert: NDArray[np.int32]
    buyer: NDArray[np.int32]
    quantity: NDArray[np.int16]
    at: NDArray[np.int64]
    atoms: NDArray[np.int64]
    coin: NDArray[np.int8]
    state: NDArray[np.int8]
    rating: NDArray[np.int8]
    home: NDArray[np.int32]
    is_fake: NDArray[np.bool_]
    deleted: int

    def __len__(self) -> int:
        """How many there are."""
        return len(self.at)


@dataclass(frozen=True, slots=True)
class Rates:
    """Price of a coin by day, US cents.

    Attributes:
        first: Unix day of the first.
        cents: One row per coin, one column per day.
    """

    first: int
    cents: NDArray[np.int64]


def made_adverts(market: Market, population: Population, scenario: Scenario, seed: int, mean: int) -> list[Advert]:
    """The adverts of every account of a market; a copycat repeats its victim's."""
    writer = _Writer(population, scenario, seed, mean)
    made: list[Advert] = []
    for account in population.on(market):
        own = writer.adverts(account)
        if account.copies >= 0:
            own = writer.repeated(account, own)
        made += [replace(one, number=len(made) + place) for place, one in enumerate(own)]
    return made


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes the adverts of one account; the same account always gets the same."""

    population: Population
    scenario: Scenario
    seed: int
    mean: int

    def adverts(self, account: Account) -> list[Advert]:
        """What an account's own hands write; numbered by the caller."""
        chance = stream(self.seed, "adverts", account.number)
        count = int(np.clip(chance.lognormal(np.log(self.mean) - 0.3, 0.75), 2, 80))
        return [self._advert(account, chance) for _ in range(count)]

    def repeated(self, account: Account, own: list[Advert]) -> list[Advert]:
        """A copycat's: the victim's word for word, a little cheaper, and one in five of its own; or only pictures."""
        victim = self.adverts(self.population.accounts[account.copies])
        if not account.takes_words:
            return [
                replace(mine, picture=theirs.picture, scene=theirs.scene, is_copied=True)
                for mine, theirs in zip(own, victim, strict=False)
            ]
        taken = [
            replace(
                mine, product=theirs.product, amount=theirs.amount, cents=max(100, theirs.cents * 9 // 10),
                title=theirs.title, description=theirs.description, picture=theirs.picture, scene=theirs.scene,
                is_decoy=theirs.is_decoy, is_copied=True,
            )
            for mine, theirs in zip(own, victim, strict=False)
        ]  # fmt: skip
        return [mine if place % _OWN_OF_A_COPYCAT == _OWN_OF_A_COPYCAT - 1 else copy
                for place, (mine, copy) in enumerate(zip(own, taken, strict=False))]  # fmt: skip

    def _advert(self, account: Account, chance: np.random.Generator) -> Advert:
        at = account.opened + int((account.closed - account.opened) * chance.random() ** 2)
        operator, hand = self._in_charge(account, at, chance)
        product = operator.products[int(chance.integers(len(operator.products)) * chance.random())]
        place = int(min(chance.geometric(0.3) - 1, len(product.amounts) - 1))
        amount = product.amounts[place]
        # Larger amounts are cheaper by the unit: to the power of 0.82 of the ratio.
        ratio = amount / product.amounts[0]
        factor = ratio**0.82 * (0.75 + 0.5 * chance.random())
        cents = max(100, int(product.cents * product.amounts[0] * factor))
        is_decoy = bool(chance.random() < self.scenario.trade.decoys)
        title, description = advert(hand, product, amount, account.origin, chance)
        hour = (operator.wakes + chance.normal(0, 3)) % 24
        posted = min(max(at // DAY * DAY + int(hour * 3600), account.opened), account.closed - 1)
        return Advert(
            number=0,
            account=account.number,
            product=product,
            amount=amount,
            cents=_HOLDING_CENTS[int(chance.integers(len(_HOLDING_CENTS)))] if is_decoy else cents // 25 * 25,
            title=title,
            description=description,
            posted=posted,
            picture=self._picture(operator, chance),
            scene=operator.scene,
            is_decoy=is_decoy,
        )

    def _picture(self, operator: Operator, chance: np.random.Generator) -> int:
        """A new shot, or one of the few that a seller uses again and again."""
        if chance.random() < self.scenario.trade.pictures_reused:
            return (operator.scene + int(chance.integers(_SHOTS))) % (1 << 31)
        return int(chance.integers(1 << 31))

    def _in_charge(self, account: Account, at: int, chance: np.random.Generator) -> tuple[Operator, Hand]:
        """Who writes at that time: the first, the one who took over, or of several hands one or the other."""
        if len(account.operators) == 1:
            return self.population.operators[account.operators[0]], account.hand
        taken = account.taken_over_at
        is_other = at >= taken if taken else bool(chance.integers(2))
        if not is_other:
            return self.population.operators[account.operators[0]], account.hand
        other = self.population.operators[account.operators[-1]]
        return other, other.hand


def made_sales(
    market: Market,
    population: Population,
    adverts: list[Advert],
    people: People,
    *,
    rates: Rates,
    count: int,
    scenario: Scenario,
    seed: int,
) -> Sales:
    """Sales of one market: heavy-tailed over sellers, loyal in part, busier towards the end.

    Args:
        market: Where they were made.
        population: Who sold.
        adverts: Of that market.
        people: Who bought.
        rates: What coins were worth.
        count: How many the server still holds.
        scenario: Its dials.
        seed: Of the simulation.
    """
    chance, dials = stream(seed, "sales", market.name), scenario.trade
    deleted = round(count * dials.deleted_orders) if market is KESTREL else 0
    count += deleted
    accounts = population.on(market)
    chosen = _adverts_of_sales(chance, accounts, adverts, count)
    owner = {account.number: place for place, account in enumerate(accounts)}
    account_of = np.array([owner[one.account] for one in adverts], np.int32)
    seller = account_of[chosen]
    opened = np.maximum(np.array([one.posted for one in adverts]), [accounts[a].opened for a in account_of])
    closed = np.array([accounts[a].closed for a in account_of])
    at = opened[chosen] + ((closed - opened)[chosen] * chance.random(count) ** 0.8).astype(np.int64)
    at = np.clip(_at_hours(at, chance), opened[chosen], np.maximum(closed, opened + 60)[chosen] - 1)
    order = np.argsort(at, kind="stable")
    chosen, seller, at = chosen[order], seller[order], at[order]
    buyer = _buyers(chance, len(people), seller, scenario.buyers, places_of(len(people), seed))
    fake = chance.random(count) < dials.fake_feedback
    buying = sellers_who_buy(market, population, len(people), dials.sellers_buy, seed)
    puppets = _puppets(chance, accounts, len(people), buying)
    buyer[fake] = puppets[seller[fake], chance.integers(2, size=int(fake.sum()))]
    for place, one in buying.items():  # nobody buys from the account itself
        buyer[(buyer == place) & (seller == owner[one.number])] = (place + 1) % len(people)
    home = people.home_at(buyer, at)
    misused = _misusers(len(people), scenario.buyers.misused, seed)[buyer] & (chance.integers(2, size=count) == 1)
    home[misused] = people.home[(buyer[misused] * 7 + 3) % len(people)]
    cents = np.array([one.cents for one in adverts], np.int64)[chosen]
    quantity = np.where(chance.random(count) < dials.several_pieces, 1 + chance.geometric(0.6, count), 1)
    coin = np.where(chance.random(count) < dials.bitcoin, BITCOIN, MONERO).astype(np.int8)
    state = np.searchsorted(np.cumsum([0.95 - dials.disputed, 0.02, dials.disputed]), chance.random(count))
    state[fake & (state == STATES.index("disputed"))] = STATES.index("delivered")  # nobody disputes with himself
    rating = np.where(chance.random(count) < dials.feedback, 6 - np.minimum(chance.geometric(0.8, count), 5), 0)
    rating[fake] = 5
    return Sales(
        advert=chosen,
        buyer=buyer,
        quantity=quantity.astype(np.int16),
        at=at,
        atoms=_paid(cents * quantity, coin, at, rates),
        coin=coin,
        state=np.minimum(state, 3).astype(np.int8),
        rating=np.where(state < 3, rating, 0).astype(np.int8),  # noqa: PLR2004 - nothing came, nobody rates
        home=home.astype(np.int32),
        is_fake=fake,
        deleted=deleted,
    )


def _adverts_of_sales(
    chance: np.random.Generator, accounts: list[Account], adverts: list[Advert], count: int
) -> NDArray[np.int32]:
    """Which advert each sale took: the account by its weight, the advert by its age and price."""
    weight_of = {account.number: account.weight for account in accounts}
    spread = chance.pareto(1.5, len(adverts)) + 0.1
    weights = np.array([0.0 if one.is_decoy else weight_of[one.account] for one in adverts]) * spread
    if not weights.any():  # every advert has a holding price, and still people bought
        weights = spread
    weights = weights / np.array([1.0 + one.amount**0.5 for one in adverts])
    edges = np.cumsum(weights / weights.sum())
    return np.minimum(np.searchsorted(edges, chance.random(count)), len(adverts) - 1).astype(np.int32)


def _at_hours(at: NDArray[np.int64], chance: np.random.Generator) -> NDArray[np.int64]:
    """The same days, with evenings busier than mornings."""
    hour = chance.normal(19.5, 4.5, len(at)) % 24
    moved: NDArray[np.int64] = at // DAY * DAY + (hour * 3600).astype(np.int64)
    return moved


def _buyers(
    chance: np.random.Generator, count: int, seller: NDArray[np.int32], dials: BuyerDials, places: NDArray[np.int32]
) -> NDArray[np.int32]:
    """Who bought: some buy much; some come back to one seller."""
    anyone = (chance.random(len(seller)) ** 1.6 * count).astype(np.int64)
    # A seller's own customers lie together, at a place of the seller's own; large sellers have them spread wider.
    start = (seller.astype(np.int64) * 7919) % count
    own = (start + (chance.pareto(1.2, len(seller)) * 12).astype(np.int64)) % count
    bought: NDArray[np.int32] = np.where(chance.random(len(seller)) < dials.loyal, own, anyone).astype(np.int32)
    resold = chance.random(len(seller)) < min(0.5, _RESOLD * dials.resellers)
    bought[resold] = chance.integers(resellers_of(count, dials), size=int(resold.sum()))
    # Who buys much says nothing about when the account was made.
    return places[bought]


def _puppets(
    chance: np.random.Generator, accounts: list[Account], buyers: int, buying: Mapping[int, Account]
) -> NDArray[np.int32]:
    """Two buyers behind whom each seller buys from the own account; another account of the operator, if it buys."""
    puppets = chance.integers(buyers, size=(len(accounts), 2), dtype=np.int32)
    for place, one in enumerate(accounts):
        own = [
            number for number, other in buying.items() if other.operators[0] == one.operators[0] and other is not one
        ]
        if own:
            puppets[place, 0] = own[0]
    return puppets


def sellers_who_buy(market: Market, population: Population, buyers: int, share: float, seed: int) -> dict[int, Account]:
    """Sellers who buy on their own market under their own name, by the number that they have among the buyers."""
    accounts, chance = population.on(market), stream(seed, "sellers who buy", market.name)
    chosen = chance.permutation(len(accounts))[: min(buyers, round(share * len(accounts)))].tolist()
    numbers = chance.permutation(buyers)[: len(chosen)].tolist()
    return {number: accounts[place] for number, place in zip(numbers, chosen, strict=True)}


def resellers_of(count: int, dials: BuyerDials) -> int:
    """How many of so many buyers sell on; they are the first, before the buyers are put into their places."""
    return max(1, round(dials.resellers * count))


def places_of(count: int, seed: int) -> NDArray[np.int32]:
    """The account number of each buyer, counted from those who sell on to those who buy least."""
    return stream(seed, "places", count).permutation(count).astype(np.int32)


def _misusers(count: int, share: float, seed: int) -> NDArray[np.bool_]:
    """Buyers who have parcels sent to others' homes."""
    chosen: NDArray[np.bool_] = stream(seed, "misusers").random(count) < share
    return chosen


def _paid(cents: NDArray[np.int64], coin: NDArray[np.int8], at: NDArray[np.int64], rates: Rates) -> NDArray[np.int64]:
    """What a price comes to in the coin's smallest unit at the day's rate, rounded down."""
    price = rates.cents[coin, np.clip(at // DAY - rates.first, 0, rates.cents.shape[1] - 1)]
    parts = np.where(coin == BITCOIN, 10**8, 10**12)
    # Whole coins apart from the rest: their product with the parts of a coin would not fit into 64 bits.
    whole, rest = np.divmod(cents, price)
    atoms: NDArray[np.int64] = whole * parts + rest * parts // price
    return atoms


def lives(
    sales: Sales, buyers: int, market: Market, chance: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """When each buyer account was made and last seen: before its first and after its last order."""
    first, last = np.full(buyers, market.closes, np.int64), np.full(buyers, market.opens, np.int64)
    np.minimum.at(first, sales.buyer, sales.at)
    np.maximum.at(last, sales.buyer, sales.at)
    joined = market.opens + ((first - market.opens) * (1 - chance.random(buyers) ** 3)).astype(np.int64)
    seen = np.maximum(last, joined)
    return joined, seen + ((market.closes - seen) * chance.random(buyers) ** 2).astype(np.int64)
