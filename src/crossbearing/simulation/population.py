"""Who there is: operators, their accounts on three markets, and those who copy, hand over or watch.

The truth about accounts is made here and nowhere else; what evidence shows of it is made elsewhere.
"""

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from crossbearing.simulation import handles
from crossbearing.simulation.adverts import Hand, drifted, imitated, made_hand
from crossbearing.simulation.catalogue import PRODUCTS, Product
from crossbearing.simulation.chance import stream
from crossbearing.simulation.keys import Key, made_key
from crossbearing.simulation.markets import DAY, MARKETS, OSPREY, Market
from crossbearing.simulation.places import COUNTRIES, NOWHERE, Country, shares
from crossbearing.simulation.scenario import PopulationDials, Scenario, Size


class Kind(StrEnum):
    """How an account came to be."""

    FIRST = "first"  # the operator's first
    MOVED = "moved"  # one more, on another market
    SYBIL = "sybil"  # one more, on the same market
    COPYCAT = "copycat"  # takes another seller's name, adverts and pictures
    OFFICER = "officer"  # an undercover officer
    INFORMANT = "informant"  # a source


@dataclass(slots=True)
class Operator:
    """One person or group that runs accounts.

    Attributes:
        wakes: Hour of the day, UTC, around which the work is done.
        scene: Seed of the place where the pictures are taken.
        has_trace: Whether some evidence ties the operator to a person.
    """

    number: int
    country: Country
    products: list[Product]
    hand: Hand
    keys: list[Key]
    wakes: int
    scene: int
    has_trace: bool = True


@dataclass(slots=True)
class Account:
    """One seller account.

    Attributes:
        operators: Who runs it: one, or several hands at a time.
        copies: Number of the account whose name, adverts and pictures it takes; -1 for none.
        takes_words: Whether a copycat takes the words too.
        shown_keys: Key blocks on the profile, newest first.
        listing_keys: Key blocks in an advert.
        taken_over_at: Unix seconds at which the last of ``operators`` took it over; 0 for never.
        taken_how: "sold", "phished" or "handed over"; "shared" where two run it at a time.
        weight: How much it sells, relative to the others of its market.
    """

    number: int
    market: Market
    kind: Kind
    handle: str
    operators: list[int]
    hand: Hand
    origin: str
    opened: int
    closed: int
    weight: float
    copies: int = -1
    takes_words: bool = True
    key: Key | None = None
    shown_keys: list[str] = field(default_factory=list)
    listing_keys: list[str] = field(default_factory=list)
    taken_over_at: int = 0
    taken_how: str = ""


@dataclass(frozen=True, slots=True)
class Population:
    """Everybody who sells, and the markets' own desks."""

    operators: list[Operator]
    accounts: list[Account]
    staff_keys: tuple[Key, ...]

    def on(self, market: Market) -> list[Account]:
        """The accounts of one market, in the order in which they were opened."""
        return sorted((one for one in self.accounts if one.market is market), key=lambda one: (one.opened, one.handle))


def made_population(size: Size, scenario: Scenario, seed: int) -> Population:
    """Operators are added until each market has its number of seller accounts."""
    made = _Maker(size, scenario, seed)
    while made.room.any():
        made.operator()
    made.hand_over()
    made.paste_staff_keys()
    return Population(made.operators, made.accounts, made.staff_keys)


class _Maker:
    """Adds operators and their accounts."""

    def __init__(self, size: Size, scenario: Scenario, seed: int) -> None:
        self.chance = stream(seed, "population")
        self.dials: PopulationDials = scenario.population
        self.scenario, self.seed = scenario, seed
        self.room = np.array(size.sellers)
        self.size = self.room.copy()
        self.operators: list[Operator] = []
        self.accounts: list[Account] = []
        self.taken: list[set[str]] = [{market.staff} for market in MARKETS]
        self.staff_keys = tuple(
            made_key(stream(seed, "staff", market.name), f"{market.staff} <desk@example.invalid>", created=market.opens)
            for market in MARKETS
        )
        self._origins = shares("sellers")
        self._weights = np.array([product.weight for product in PRODUCTS], dtype=np.float64)
        self._weights /= self._weights.sum()

    def operator(self) -> None:
        """One operator with all accounts, or a copycat with one."""
        chance, dials = self.chance, self.dials
        operator = self._person()
        if self.accounts and chance.random() < dials.copycats:
            self._copycat(operator)
            return
        kind = Kind.FIRST
        if chance.random() < dials.covert:
            kind = Kind.OFFICER if chance.random() < 0.5 else Kind.INFORMANT  # noqa: PLR2004 - as often the one
        first = self._account(operator, self._market(), kind, "")
        count = 1
        if kind is Kind.FIRST and chance.random() < dials.several_accounts:
            count = 2
            while count < 11 and chance.random() < dials.further:  # noqa: PLR2004 - the most that were published
                count += 1
        mine = [first]
        for _ in range(count - 1):
            if not self.room.any():
                break
            mine.append(self._further(operator, mine))

    def hand_over(self) -> None:
        """Some accounts change hands in mid-life, and some are run by two."""
        chance, dials = self.chance, self.dials
        for account in self.accounts:
            if account.kind in {Kind.OFFICER, Kind.INFORMANT, Kind.COPYCAT}:
                continue
            draw = chance.random()
            other = int(chance.integers(len(self.operators)))
            if other in account.operators:
                continue
            if draw < dials.handed_over:
                account.operators.append(other)
                account.taken_how = ("sold", "phished", "handed over")[int(chance.integers(3))]
                account.taken_over_at = account.opened + int(
                    (account.closed - account.opened) * chance.uniform(0.3, 0.7)
                )
            elif draw < dials.handed_over + dials.several_hands:
                account.operators.append(other)
                account.taken_how = "shared"

    def paste_staff_keys(self) -> None:
        """Some show a key of the market's desk beside their own; two on each market at least, if any do."""
        for market in MARKETS:
            mine = [one for one in self.accounts if one.market is market]
            count = max(2, round(self.dials.staff_key_pasted * len(mine))) if self.dials.staff_key_pasted else 0
            for place in stream(self.seed, "staff key", market.name).permutation(len(mine))[:count].tolist():
                mine[place].shown_keys.append(self.staff_keys[market.number].armour)

    def _person(self) -> Operator:
        chance, number = self.chance, len(self.operators)
        country = COUNTRIES[int(chance.choice(len(COUNTRIES), p=self._origins))]
        kinds = min(len(PRODUCTS), 1 + int(chance.geometric(0.45)))
        products = [PRODUCTS[i] for i in chance.choice(len(PRODUCTS), size=kinds, replace=False, p=self._weights)]
        wakes = (9 + int(chance.integers(14)) + (5 if country.code in {"US", "BR"} else -1)) % 24
        operator = Operator(
            number=number,
            country=country,
            products=products,
            hand=made_hand(chance, self.scenario.text),
            keys=[],
            wakes=wakes,
            scene=int(chance.integers(1 << 31)),
            has_trace=bool(chance.random() >= self.dials.no_trace),
        )
        self.operators.append(operator)
        return operator

    def _market(self, not_on: set[int] | None = None) -> Market:
        """A market with room; the fuller it is already, the less likely."""
        room = self.room.astype(np.float64)
        for number in not_on or ():
            room[number] = 0
        if not room.any():
            room = self.room.astype(np.float64)
        return MARKETS[int(self.chance.choice(len(MARKETS), p=room / room.sum()))]

    def _account(self, operator: Operator, market: Market, kind: Kind, name: str) -> Account:
        """An account with its window, its keys and its words."""
        chance, dials = self.chance, self.dials
        name = name or handles.handle(chance, is_common=bool(chance.random() < dials.common_handle))
        name = handles.unused(name, self.taken[market.number], chance)
        self.taken[market.number].add(name.casefold())
        opened, closed = self._window(market)
        account = Account(
            number=len(self.accounts),
            market=market,
            kind=kind,
            handle=name,
            operators=[operator.number],
            hand=operator.hand if kind is not Kind.MOVED else drifted(operator.hand, chance, self.scenario.text),
            origin=self._origin(operator),
            opened=opened,
            closed=closed,
            # Pareto from 1: a few sell most of everything.
            weight=float(chance.pareto(self.scenario.trade.tail) + 0.05),
        )
        self._show_keys(account, operator)
        self.accounts.append(account)
        self.room[market.number] -= 1
        return account

    def _further(self, operator: Operator, mine: list[Account]) -> Account:
        chance, dials = self.chance, self.dials
        places = {account.market.number for account in mine}
        if chance.random() < dials.within_market:
            market = mine[-1].market if self.room[mine[-1].market.number] else self._market()
        else:
            market = self._market(not_on=places)
        is_new_place = market.number not in places
        name, draw = "", chance.random()
        if is_new_place and draw < dials.handle_kept:
            name = handles.recased(mine[0].handle, chance)
        elif is_new_place and draw < dials.handle_kept + dials.handle_varied:
            name = handles.varied(mine[0].handle, chance)
        made = self._account(operator, market, Kind.MOVED if is_new_place else Kind.SYBIL, name)
        self._not_before(made, mine[0].opened + 3 * DAY)
        if is_new_place and OSPREY.number in places and market.closes > OSPREY.closes:
            self._migrate(made, mine[0].opened)
        return made

    def _migrate(self, account: Account, first: int) -> None:
        """When a market has gone, some of its sellers open the next shop within weeks."""
        chance = stream(self.seed, "migration", account.number)
        if chance.random() < self.dials.migrated and first < OSPREY.closes:
            account.opened = max(account.market.opens, OSPREY.closes + int(chance.exponential(12) * DAY))
            account.closed = max(account.closed, account.opened + 30 * DAY)

    def _copycat(self, operator: Operator) -> None:
        """A stranger under a victim's name, after the victim has made it known."""
        chance = self.chance
        known = [one for one in self.accounts if one.kind is not Kind.COPYCAT]
        victim = known[int(chance.integers(len(known)))]
        market = self._market(not_on={victim.market.number})
        name = victim.handle if market is not victim.market else handles.varied(victim.handle, chance)
        imitation = imitated(victim.hand, operator.hand, chance)
        takes_words = bool(stream(self.seed, "copied words", operator.number).random() < self.dials.copied_words)
        operator.hand = imitation if takes_words else operator.hand
        operator.products = list(self.operators[victim.operators[0]].products)
        account = self._account(operator, market, Kind.COPYCAT, name)
        account.copies, account.origin, account.takes_words = victim.number, victim.origin, takes_words
        self._not_before(account, victim.opened + 20 * DAY)
        if chance.random() < self.dials.copied_key:
            blocks = victim.shown_keys[:1]
            (account.shown_keys if chance.random() < 0.5 else account.listing_keys).extend(blocks)  # noqa: PLR2004

    def _not_before(self, account: Account, at: int) -> None:
        """Let the account's life begin at some time after that, if its market is open so long."""
        last = account.market.closes - 20 * DAY
        if account.opened < at < last:
            later = stream(self.seed, "not before", account.number).random() ** 2
            account.opened = at + int((last - at) * later)
            account.closed = min(max(account.closed, account.opened + 20 * DAY), account.market.closes)

    def _show_keys(self, account: Account, operator: Operator) -> None:
        """The keys on a profile: the operator's own, new or old, and what people paste beside them."""
        chance, dials = self.chance, self.dials
        if chance.random() >= dials.no_key:
            if operator.keys and chance.random() < dials.key_reused:
                key = operator.keys[-1]
            else:
                created = account.opened - int(chance.integers(400 * DAY))
                # One that expires does so before its market ends.
                left = max(2, (account.market.closes - created) // DAY)
                lives = int(chance.integers(1, left)) if chance.random() < dials.key_expired else 0
                key = made_key(chance, f"{account.handle} <nobody@example.invalid>", created=created, lives_days=lives)
                operator.keys.append(key)
            account.key = key
            account.shown_keys.append(key.broken if chance.random() < dials.key_damaged else key.armour)
            if chance.random() < dials.key_rotated:
                user = f"{account.handle} <nobody@example.invalid>"
                older = made_key(chance, user, created=key.created - int(chance.integers(60 * DAY, 900 * DAY)))
                operator.keys.insert(0, older)
                account.shown_keys.append(older.armour)

    def _window(self, market: Market) -> tuple[int, int]:
        """When the account was opened and last used; those of the market that vanished end with it."""
        span = market.closes - market.opens
        opened = market.opens + int(span * self.chance.beta(1, 2) * 0.9)
        stays = self.chance.random() < (0.9 if market is OSPREY else 0.6)
        closed = market.closes if stays else opened + int((market.closes - opened) * self.chance.uniform(0.2, 1))
        return opened, closed

    def _origin(self, operator: Operator) -> str:
        words = NOWHERE if self.chance.random() < 0.15 else operator.country.words  # noqa: PLR2004
        return str(words[int(self.chance.integers(len(words)))])
