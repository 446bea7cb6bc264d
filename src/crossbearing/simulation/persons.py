"""What ties operators to persons, and what only seems to: parcels, purchases, exchange returns, devices, imports."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np

from crossbearing.simulation.chain import Chain
from crossbearing.simulation.chance import stream
from crossbearing.simulation.lists import write_lines, write_list
from crossbearing.simulation.markets import BEGINS, DAY, KESTREL
from crossbearing.simulation.overdoses import tracking_number
from crossbearing.simulation.people import People
from crossbearing.simulation.places import BY_CODE, filled
from crossbearing.simulation.population import Account, Operator, Population
from crossbearing.simulation.scenario import LeadDials
from crossbearing.simulation.servers.columns import stamps
from crossbearing.simulation.servers.kestrel import Contents, Ids

PARCELS: Final = ("parcel_ref", "agency", "found_on", "tracking_number", "postage_account", "return_name",
                   "return_street", "return_town", "to_name", "to_street", "to_town", "to_postcode", "to_country",
                   "packaging", "substances", "grams")  # fmt: skip
PURCHASES: Final = ("purchase_ref", "agency", "market", "seller_handle", "order_reference", "ordered_on", "arrived_on",
                     "tracking_number", "packaging", "substances", "sold_as")  # fmt: skip
RETURNS: Final = ("return_ref", "exchange", "deposit_address", "customer_id", "given_name", "family_name", "born",
                   "phone", "mail", "opened_on", "withdrawn_to")  # fmt: skip
_PACKAGING: Final = ("padded envelope, blue lining", "birthday card", "vacuum bag in card box", "cd sleeve",
                     "foil pouch with sticker", "plain letter, double bag")  # fmt: skip
_FIRST_DEVICE: Final = 0.25  # of the operators whom evidence ties to a person
_UNDERCOVER: Final = 0.1  # sellers from whom somebody bought under cover


@dataclass(frozen=True, slots=True)
class Tie:
    """One piece of evidence that names a person, and whether that is the operator.

    Attributes:
        kind: exchange return, postage account, device.
        person: Number among the sellers' persons that the evidence names.
    """

    kind: str
    reference: str
    operator: int
    person: int
    is_right: bool


@dataclass(slots=True)
class Ties:
    """Writes what ties operators to persons, and keeps the truth of it.

    Attributes:
        people: The persons behind the operators, and others: mules, tenants, buyers of accounts. Who is who is
            drawn, so that no number gives it away.
        strangers: People who have nothing to do with any of it; return addresses are borrowed from them.
    """

    population: Population
    people: People
    strangers: People
    dials: LeadDials
    seed: int
    _who: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Draw who is who."""
        self._who = stream(self.seed, "who").permutation(len(self.people)).tolist()

    def person(self, operator: int, kind: str, chance: np.random.Generator) -> tuple[int, bool]:
        """Whom a piece of evidence of a kind names: the operator, or by mischance somebody else."""
        if chance.random() < self.dials.misleading:
            others = len(self.people) - len(self.population.operators)
            drawn = int(stream(self.seed, "somebody else", kind, operator).integers(others))
            return self._who[len(self.population.operators) + drawn], False
        return self._who[operator], True

    def other(self, operator: int, why: str) -> int:
        """Somebody who is no operator, always the same for the same reason: a mule, a courier."""
        others = len(self.people) - len(self.population.operators)
        return self._who[len(self.population.operators) + int(stream(self.seed, why, operator).integers(others))]

    def own(self, operator: int) -> int:
        """The operator's own person."""
        return self._who[operator]

    def exchange_returns(self, path: Path, chain: Chain) -> Iterator[Tie]:
        """What exchanges answer about deposit addresses that operators cashed out to: one customer per exchange."""
        rows: list[Sequence[object]] = []
        seen = set[str]()
        exchange = dict(zip(chain.services["service"].to_pylist(), chain.services["label"].to_pylist(), strict=True))
        for row in chain.cash_outs.to_pylist():
            operator = row["operator"]
            if row["address"] in seen or not self.population.operators[operator].has_trace:
                continue
            seen.add(row["address"])
            name = exchange[row["service"]]
            # The same customer gives the same answer, whichever address is asked about.
            chance = stream(self.seed, "customer", name, operator)
            person, is_right = self.person(operator, name, chance)
            given, family = self.people.name(person)
            country = BY_CODE[self.people.addresses.lines(int(self.people.home[person]))[3]]
            opened = stamps(np.array([BEGINS - int(chance.integers(900)) * DAY]))[0][:10]
            ref = f"XR-{len(rows) + 1:05d}"
            rows.append((
                ref, name, row["address"], f"C{int(chance.integers(10**7)):07d}", given, family,
                str(np.datetime64(int(self.people.born[person]), "D")),
                filled(country.phone, int(chance.integers(1000))),
                f"{given}.{family}{int(chance.integers(100))}@example.invalid".lower(), opened, "",
            ))  # fmt: skip
            yield Tie("exchange return", ref, operator, person, is_right)
        write_list(path, RETURNS, rows)

    def parcels(self, path: Path, contents: Contents, count: int) -> Iterator[Tie]:
        """Parcels that customs or post stopped; a postage account ties some to whoever paid for it."""
        chance, sales = stream(self.seed, "parcels"), contents.sales
        rows: list[Sequence[object]] = []
        for number, sale in enumerate(
            np.sort(chance.choice(len(sales), min(count, len(sales)), replace=False)).tolist()
        ):
            advert = contents.adverts[int(sales.advert[sale])]
            account = self.population.accounts[advert.account]
            operator = self.running(account, int(sales.at[sale]))
            to = contents.people.addresses.lines(int(sales.home[sale]))
            buyer = contents.people.name(int(sales.buyer[sale]))
            postage, ref = "", f"PC-{number + 1:05d}"
            if operator.has_trace and chance.random() < 0.3:  # noqa: PLR2004
                person, is_right = self.person(operator.number, "postage", chance)
                postage = f"PA{int(stream(self.seed, 'postage', person).integers(10**8)):08d}"
                yield Tie("postage account", ref, operator.number, person, is_right)
            sender = int(chance.integers(len(self.strangers)))
            from_ = self.strangers.addresses.lines(int(self.strangers.home[sender]))
            grams = advert.amount * int(sales.quantity[sale])
            found = stamps(np.array([int(sales.at[sale]) + DAY * int(chance.integers(2, 9))]))[0][:10]
            rows.append((
                ref, f"{to[3]} customs", found, tracking_number(self.seed, sale, to[3]), postage,
                " ".join(self.strangers.name(sender)), from_[0], from_[1], " ".join(buyer), to[0], to[1], to[2], to[3],
                _PACKAGING[operator.scene % len(_PACKAGING)], "; ".join(advert.product.contains), grams,
            ))  # fmt: skip
        write_list(path, PARCELS, rows)

    def undercover(self, path: Path, contents: Contents, ids: Ids) -> None:
        """Purchases by officers: an order, a parcel, a laboratory result."""
        chance, sales = stream(self.seed, "undercover"), contents.sales
        rows: list[Sequence[object]] = []
        first_of: dict[int, int] = {}
        for sale, advert in enumerate(sales.advert[:50_000].tolist()):
            first_of.setdefault(contents.adverts[advert].account, sale)
        for account, sale in first_of.items():
            if chance.random() >= _UNDERCOVER:
                continue
            advert, at = contents.adverts[int(sales.advert[sale])], int(sales.at[sale])
            operator = self.running(self.population.accounts[account], at)
            to = contents.people.addresses.lines(int(sales.home[sale]))[3]
            days = stamps(np.array([at, at + DAY * int(chance.integers(2, 12))]))
            rows.append((
                f"UC-{len(rows) + 1:04d}", f"{operator.country.code} undercover desk", KESTREL.name,
                self.population.accounts[account].handle, ids.sale[sale], days[0][:10], days[1][:10],
                tracking_number(self.seed, sale, to), _PACKAGING[operator.scene % len(_PACKAGING)],
                "; ".join(advert.product.contains), advert.product.sold_as,
            ))  # fmt: skip
        write_list(path, PURCHASES, rows)

    def devices(self, path: Path) -> Iterator[Tie]:
        """Seized devices: log-ins, private keys, contacts; one line a device."""
        chance = stream(self.seed, "devices")
        lines: list[Mapping[str, Any]] = []
        ties: list[Tie] = []
        for operator in self.population.operators:
            if not operator.has_trace or chance.random() >= _FIRST_DEVICE:
                continue
            mine = [one for one in self.population.accounts if operator.number in one.operators]
            if not mine:
                continue
            person, is_right = self.person(operator.number, "device", chance)
            ref = f"DV-{len(lines) + 1:04d}"
            lines.append(self._device(ref, operator, mine, person, chance))
            ties.append(Tie("device", ref, operator.number, person, is_right))
        write_lines(path, lines)
        yield from ties

    def _device(
        self, ref: str, operator: Operator, mine: Sequence[Account], person: int, chance: np.random.Generator
    ) -> Mapping[str, Any]:
        given, family = self.people.name(person)
        shown = [one for one in mine if chance.random() < 0.8] or list(mine[:1])  # noqa: PLR2004
        return {
            "extract": ref,
            "agency": f"{operator.country.code} forensic unit",
            "tool": "PhoneReader 7.2 (simulated)",
            "owner_as_stated": {"given": given, "family": family},
            "seized_on": stamps(np.array([KESTREL.closes + DAY * int(chance.integers(30, 300))]))[0][:10],
            "logins": [{"market": one.market.name, "handle": one.handle} for one in shown],
            "private_keys": [key.fingerprint for key in operator.keys[-2:]],
            "addresses_seen": [f"192.0.2.{int(chance.integers(1, 255))}"],
        }

    def running(self, account: Account, at: int) -> Operator:
        """Who ran an account at that time."""
        is_later = account.taken_over_at and at >= account.taken_over_at
        return self.population.operators[account.operators[-1] if is_later else account.operators[0]]
