"""Further evidence of who runs an account, as providers, officers and forensic units hand it in; off by default.

Beside what is right there is what misleads: mules whose papers stand behind everything, couriers who post and pay,
borrowed return addresses, devices of somebody else in the house, and whatever an account's sale leaves behind.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np

from crossbearing.simulation.chain import Chain
from crossbearing.simulation.chance import stream
from crossbearing.simulation.lists import write_lines, write_list
from crossbearing.simulation.markets import BEGINS, DAY, KESTREL
from crossbearing.simulation.overdoses import tracking_number
from crossbearing.simulation.persons import PARCELS, PURCHASES, RETURNS, Ties
from crossbearing.simulation.places import BY_CODE, filled
from crossbearing.simulation.population import Account, Operator
from crossbearing.simulation.scenario import IdentityDials
from crossbearing.simulation.servers.columns import stamps
from crossbearing.simulation.servers.kestrel import Contents, Ids

_RECORDS: Final = (
    "record_ref", "provider", "asked_kind", "asked_about", "legal_basis", "customer_id", "given_name", "family_name",
    "born", "street", "town", "postcode", "country", "phone", "mail", "held_from", "held_until",
)  # fmt: skip
_STATEMENTS: Final = (
    "statement_ref", "agency", "kind", "market", "handle", "identifier", "given_name", "family_name", "born", "street",
    "town", "phone", "since", "until", "grade", "nature", "tool", "legal_basis", "words",
)  # fmt: skip
_FILES: Final = {
    "further-purchases": PURCHASES, "further-parcels": PARCELS, "further-returns": RETURNS,
    "provider-records": _RECORDS, "person-statements": _STATEMENTS,
}  # fmt: skip
DEVICES: Final = "further-devices.jsonl"
_BASIS: Final = "simulated order"
_GRADED: Final = 0.85  # statements with a good grade
_HELD_DAYS: Final = 40
_WATCHED_DAYS: Final = 10


@dataclass(frozen=True, slots=True)
class Identity:
    """One row that names a person, and whether that is the operator.

    Attributes:
        person: Number among the sellers' persons; -1 for a stranger.
        misleads: mule, courier, borrowed address, other owner, mischance; empty if it does not.
    """

    kind: str
    reference: str
    operator: int
    account: Account
    person: int
    misleads: str


@dataclass(slots=True)
class Identities:
    """Writes the further evidence, and keeps the truth of it.

    Attributes:
        ties: Who is who.
        contact: What each operator gives as a contact; empty for none.
    """

    ties: Ties
    contents: Contents
    ids: Ids
    chain: Chain
    dials: IdentityDials
    contact: Mapping[int, str]
    seed: int
    rows: defaultdict[str, list[Sequence[object]]] = field(default_factory=lambda: defaultdict(list))
    devices: list[Mapping[str, Any]] = field(default_factory=list)
    truth: list[Identity] = field(default_factory=list)

    def write(self, folder: Path) -> list[str]:
        """Write all files; gives their names."""
        by_operator: defaultdict[int, list[Account]] = defaultdict(list)
        for account in self.ties.population.accounts:
            for number in account.operators:
                by_operator[number].append(account)
        for operator in self.ties.population.operators:
            chance = stream(self.seed, "identities", operator.number)
            if by_operator[operator.number] and chance.random() < self.dials.answered:
                _One(self, operator, by_operator[operator.number], chance).made()
        self._sales()
        for name, columns in _FILES.items():
            write_list(folder / f"{name}.csv", columns, self.rows[name])
        write_lines(folder / DEVICES, self.devices)
        return [*(f"{name}.csv" for name in _FILES), DEVICES]

    def _sales(self) -> None:
        """What somebody says of accounts that changed hands; not whose they were."""
        for account in self.ties.population.accounts:
            chance = stream(self.seed, "told", account.number)
            if not account.taken_over_at or chance.random() >= self.dials.sales_told:
                continue
            day, rows = _day(account.taken_over_at), self.rows["person-statements"]
            said = {
                "statement_ref": f"ST-{len(rows) + 1:04d}", "agency": "US interview desk", "kind": "handover",
                "market": account.market.name, "handle": account.handle, "since": day, "until": day,
                "grade": "4x4:B3", "nature": "assessment", "legal_basis": _BASIS, "words": account.taken_how,
            }  # fmt: skip
            rows.append([said.get(name, "") for name in _STATEMENTS])

    def sales_of(self, account: Account) -> list[int]:
        """Numbers of an account's sales on the first market."""
        if account.market is not KESTREL:
            return []
        mine = [number for number, one in enumerate(self.contents.adverts) if one.account == account.number]
        found: list[int] = np.flatnonzero(np.isin(self.contents.sales.advert, mine)).tolist()
        return found


class _One:
    """The evidence about one operator."""

    def __init__(
        self, whole: Identities, operator: Operator, accounts: Sequence[Account], chance: np.random.Generator
    ) -> None:
        self.whole, self.operator, self.accounts, self.chance = whole, operator, accounts, chance
        dials = whole.dials
        self.mule = self._other("mule") if chance.random() < dials.mules else None
        self.courier = self._other("courier") if chance.random() < dials.couriers else None
        self.account = accounts[int(chance.integers(len(accounts)))]

    def made(self) -> None:
        """Each kind is at hand or not, drawn apart."""
        makers = (self._device, self._money, self._contact, self._parcel, self._watched, self._alibi)
        for maker in makers:
            if self.chance.random() < self.whole.dials.each_kind:
                maker()

    def _other(self, why: str) -> int:
        return self.whole.ties.other(self.operator.number, why)

    def _named(self, kind: str, *stand_ins: tuple[int | None, str]) -> tuple[int, str]:
        """Whom a piece of evidence names, and what misleads in it."""
        for person, why in stand_ins:
            if person is not None:
                return person, why
        person, is_right = self.whole.ties.person(self.operator.number, f"further {kind}", self.chance)
        return person, "" if is_right else "mischance"

    def _tell(self, kind: str, ref: str, account: Account, person: int, misleads: str) -> None:
        self.whole.truth.append(Identity(kind, ref, self.operator.number, account, person, misleads))

    def _person(self, person: int) -> dict[str, str]:
        people = self.whole.ties.people
        given, family = people.name(person)
        street, town, code, country = people.addresses.lines(int(people.home[person]))
        own = stream(self.whole.seed, "papers", person)
        return {
            "given_name": given, "family_name": family,
            "born": str(np.datetime64(int(people.born[person]), "D")), "street": street, "town": town,
            "postcode": code, "country": country,
            "phone": filled(BY_CODE[country].phone, int(own.integers(1000))),
            "mail": f"{given}.{family}{int(own.integers(100))}@example.invalid".lower(),
        }  # fmt: skip

    def _row(self, file: str, prefix: str, **said: object) -> str:
        columns, rows = _FILES[file], self.whole.rows[file]
        ref = f"{prefix}-{len(rows) + 1:04d}"
        rows.append([{columns[0]: ref, **said}.get(name, "") for name in columns])
        return ref

    def _record(self, provider: str, kind: str, about: str, person: int) -> str:
        return self._row(
            "provider-records", "PR", provider=provider, asked_kind=kind, asked_about=about, legal_basis=_BASIS,
            customer_id=f"K{int(stream(self.whole.seed, provider, person).integers(10**6)):06d}",
            held_from=_day(BEGINS - int(self.chance.integers(30, 900)) * DAY), **self._person(person),
        )  # fmt: skip

    def _statement(self, kind: str, **said: object) -> str:
        grade = "4x4:B2" if self.chance.random() < _GRADED else ""
        return self._row(
            "person-statements", "ST", agency=f"{self.operator.country.code} observation team", kind=kind, grade=grade,
            legal_basis=_BASIS, **said,
        )  # fmt: skip

    def _device(self) -> None:
        other = self._other("house") if self.chance.random() < self.whole.dials.other_owners else None
        person, misleads = self._named("device", (other, "other owner"))
        said, ref = self._person(person), f"DX-{len(self.whole.devices) + 1:04d}"
        seized = _day(KESTREL.closes + DAY * int(self.chance.integers(30, 300)))
        shown = [one for one in self.accounts if self.chance.random() < 0.8] or [self.account]  # noqa: PLR2004
        self.whole.devices.append({
            "extract": ref, "agency": f"{self.operator.country.code} forensic unit",
            "tool": "PhoneReader 7.2 (simulated)",
            "owner_as_stated": {
                "given": said["given_name"], "family": said["family_name"], "born": said["born"],
                "phone": said["phone"],
            },
            "seized_on": seized,
            "logins": [{"market": one.market.name, "handle": one.handle} for one in shown],
            "private_keys": [key.fingerprint for key in self.operator.keys[-2:]],
            "addresses_seen": [f"192.0.2.{int(self.chance.integers(1, 255))}"],
        })  # fmt: skip
        for account in self.accounts:
            self._tell("device", ref, account, person, misleads)

    def _money(self) -> None:
        """An exchange's answer on a deposit address, and a tracer's statement that the operator's money went there."""
        cashed = [one for one in self.whole.chain.cash_outs.to_pylist() if one["operator"] == self.operator.number]
        if not cashed:
            return
        person, misleads = self._named("exchange", (self.mule, "mule"))
        address, said = cashed[0]["address"], self._person(person)
        ref = self._row(
            "further-returns", "XX", exchange="Fernquay Exchange", deposit_address=address,
            customer_id=f"F{int(stream(self.whole.seed, 'fernquay', person).integers(10**6)):06d}",
            opened_on=_day(BEGINS - 100 * DAY), **said,
        )  # fmt: skip
        self._statement(
            "money path", market=self.account.market.name, handle=self.account.handle, identifier=address,
            nature="assessment", tool="Coinwalk 3.1 (simulated)", words="the account's receipts lead there",
        )  # fmt: skip
        self._tell("exchange return", ref, self.account, person, misleads)

    def _contact(self) -> None:
        contact = self.whole.contact.get(self.operator.number, "")
        if "@" not in contact:
            return
        kind = "other contact" if contact.startswith("jabber") else "mail"
        person, misleads = self._named("mail", (self.mule, "mule"))
        ref = self._record("Moorpost", kind, contact.split()[-1], person)
        for account in self.accounts:
            self._tell("mail", ref, account, person, misleads)

    def _parcel(self) -> None:
        """A purchase under cover, its parcel with a return address, who paid for it, and who was seen posting it."""
        whole, chance = self.whole, self.chance
        for account in self.accounts:
            sales = [one for one in whole.sales_of(account)
                     if whole.ties.running(account, int(whole.contents.sales.at[one])) is self.operator]  # fmt: skip
            if not sales:
                continue
            sale = sales[int(chance.integers(len(sales)))]
            tracking = self._bought(account, sale)
            person, misleads = self._named("postage", (self.courier, "courier"), (self.mule, "mule"))
            postage = f"PX{int(stream(whole.seed, 'further postage', person).integers(10**8)):08d}"
            label = self._labelled(account, sale, tracking, postage)
            self._tell("postage", self._record("Hillgate Post", "postage account", postage, person), account, person,
                       misleads)  # fmt: skip
            if chance.random() < whole.dials.each_kind:
                at, said = int(whole.contents.sales.at[sale]), self._person(person)
                poster, why = (person, misleads) if self.courier is not None else self._named("posting")
                said = self._person(poster)
                ref = self._statement(
                    "seen posting", identifier=tracking, nature="fact", since=_day(at), until=_day(at + 3 * DAY),
                    words="seen at the counter", **_who(said),
                )  # fmt: skip
                self._tell("seen posting", ref, account, poster, why)
            self._tell("label", label[0], account, label[1], label[2])
            return

    def _bought(self, account: Account, sale: int) -> str:
        whole, at = self.whole, int(self.whole.contents.sales.at[sale])
        advert = whole.contents.adverts[int(whole.contents.sales.advert[sale])]
        to = whole.contents.people.addresses.lines(int(whole.contents.sales.home[sale]))[3]
        tracking = tracking_number(whole.seed, sale, to)
        self._row(
            "further-purchases", "UX", agency=f"{self.operator.country.code} undercover desk", market=KESTREL.name,
            seller_handle=account.handle, order_reference=whole.ids.sale[sale], ordered_on=_day(at),
            arrived_on=_day(at + 5 * DAY), tracking_number=tracking, packaging="padded envelope",
            substances="; ".join(advert.product.contains), sold_as=advert.product.sold_as,
        )  # fmt: skip
        return tracking

    def _labelled(self, account: Account, sale: int, tracking: str, postage: str) -> tuple[str, int, str]:
        """The parcel; gives its reference, whom its return address names, and what misleads in it."""
        whole, chance = self.whole, self.chance
        at = int(whole.contents.sales.at[sale])
        if chance.random() < whole.dials.borrowed:
            person, misleads, strangers = -1, "borrowed address", whole.ties.strangers
            sender = int(chance.integers(len(strangers)))
            name, lines = " ".join(strangers.name(sender)), strangers.addresses.lines(int(strangers.home[sender]))
        else:
            person, misleads = self._named("label")
            said = self._person(person)
            name, lines = f"{said['given_name']} {said['family_name']}", (said["street"], said["town"], "", "")
        ref = self._row(
            "further-parcels", "PX", agency=f"{self.operator.country.code} undercover desk",
            found_on=_day(at + 5 * DAY), tracking_number=tracking, postage_account=postage, return_name=name,
            return_street=lines[0], return_town=lines[1], packaging="padded envelope",
        )  # fmt: skip
        del account
        return ref, person, misleads

    def _watched(self) -> None:
        person, misleads = self._named("surveillance", (self.courier, "courier"))
        since = self._watch_begins()
        ref = self._statement(
            "surveillance", market=self.account.market.name, handle=self.account.handle, nature="fact",
            since=_day(since), until=_day(since + _WATCHED_DAYS * DAY), words="seen at the screen and the post",
            **_who(self._person(person)),
        )  # fmt: skip
        self._tell("surveillance", ref, self.account, person, misleads)

    def _watch_begins(self) -> int:
        """Some day while the operator runs the account."""
        first, last = self.account.opened, self.account.closed - _WATCHED_DAYS * DAY
        if self.account.taken_over_at and self.account.operators[-1] == self.operator.number:
            first = self.account.taken_over_at
        elif self.account.taken_over_at:
            last = self.account.taken_over_at - _WATCHED_DAYS * DAY
        return first + int(max(0, last - first) * self.chance.random())

    def _alibi(self) -> None:
        """Whoever is wrongly named was held for some weeks while the account went on."""
        wrong = [one for one in self.whole.truth if one.operator == self.operator.number and one.person >= 0
                 and one.misleads]  # fmt: skip
        if not wrong:
            return
        middle = (wrong[0].account.opened + wrong[0].account.closed) // 2
        self._statement(
            "held", nature="fact", since=_day(middle), until=_day(middle + _HELD_DAYS * DAY), words="in custody",
            **_who(self._person(wrong[0].person)),
        )  # fmt: skip


def _who(said: Mapping[str, str]) -> dict[str, str]:
    return {name: said[name] for name in ("given_name", "family_name", "born", "street", "town", "phone")}


def _day(at: int) -> str:
    return stamps(np.array([at]))[0][:10]
