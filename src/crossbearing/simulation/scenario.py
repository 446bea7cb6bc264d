"""The scenario: how hard the simulated world is, one dial per difficulty, and how large.

Every dial has a default, which is what a scenario file leaves unsaid. A share is a number from 0 to 1;
0 switches a mechanism off. What each default rests on stands in docs/reference/simulation.md.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from pathlib import Path
from typing import Any, Final

from crossbearing.domain.errors import BadRequest, UnreadableSource
from crossbearing.simulation.adverts import TextDials
from crossbearing.simulation.chain import ChainDials
from crossbearing.simulation.judges import JudgeDials


@dataclass(frozen=True, slots=True, kw_only=True)
class PopulationDials:
    """Who runs which account.

    Attributes:
        several_accounts: Operators with more than one account.
        further: Chance of one more account after each beyond the second; at most eleven in all.
        within_market: Further accounts opened on a market where the operator has one (sybils).
        handle_kept: Further accounts on another market that keep the handle as it is.
        handle_varied: Further accounts on another market under a variant of the handle.
        migrated: Sellers of the market that vanished who open their further account just after it.
        contact: Operators who give one and the same contact on their accounts.
        formerly: Accounts on another market that say what they were called before; a copycat says so too.
        key_reused: Further accounts that show the operator's key.
        key_rotated: Accounts that show an older key as well.
        key_expired: Keys with an expiry date that lies before the end.
        no_key: Accounts without a key on the profile.
        key_damaged: Shown key blocks with one symbol wrong.
        key_posted_by_others: Keys on the forum that people post who do not own them.
        staff_key_pasted: Accounts on whose profile a key of the market's staff stands.
        copycats: Accounts that take the name, adverts and pictures of another, per seller account.
        copied_words: Copycats that take the victim's words; the others take name and pictures and write themselves.
        copied_key: Copycats that show the victim's key as well.
        common_handle: Operators whose handle is a common word, so that strangers share it.
        handed_over: Accounts sold, phished or handed over in mid-life.
        several_hands: Accounts that two operators run together.
        covert: Accounts of undercover officers and informants, per seller account.
        no_trace: Operators whom no evidence ties to a person.
    """

    several_accounts: float = 0.223
    further: float = 0.465
    within_market: float = 0.25
    handle_kept: float = 0.5
    handle_varied: float = 0.25
    migrated: float = 0.5
    contact: float = 0.3
    formerly: float = 0.15
    key_reused: float = 0.62
    key_rotated: float = 0.08
    key_expired: float = 0.10
    no_key: float = 0.06
    key_damaged: float = 0.01
    key_posted_by_others: float = 0.041
    staff_key_pasted: float = 0.03
    copycats: float = 0.04
    copied_words: float = 1.0
    copied_key: float = 0.25
    common_handle: float = 0.05
    handed_over: float = 0.02
    several_hands: float = 0.02
    covert: float = 0.01
    no_trace: float = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class TradeDials:
    """What is sold, and how much of it the server still knows.

    Attributes:
        tail: Shape of the sellers' sales; nearer to 1 is heavier.
        pictures_reused: Adverts with a picture that their seller uses elsewhere too.
        pictures_kept: Adverts of the first market whose picture the server still keeps.
        decoys: Adverts with a holding price, which nobody is meant to buy.
        bitcoin: Sales paid in bitcoin; the others in Monero.
        recorded: Bitcoin sales whose payment goes through an address that the server notes.
        several_pieces: Sales of more than one piece of what the advert offers.
        deleted_orders: Orders that the first market's server has deleted, oldest first, per order that it still
            holds; their ratings and invoices stay.
        purged_after_days: The server deletes the address of an order this long after it.
        plain_address: Addresses that a buyer wrote without encrypting them.
        feedback: Sales that were rated.
        disputed: Sales in dispute.
        fake_feedback: Sales that a seller made to accounts of their own.
        sellers_buy: Sellers who buy from others on their market, under their own name.
        messages: Messages per sale.
        own_hours: Sellers' answers that are written when whoever runs the account is awake; the others at any time.
        keys_recovered: Sellers whose private key was seized, so that what was written to them can be read.
        destinations_named: Sellers who say where they do not ship to, or list where; the others ship everywhere.
        destinations_kept: Accounts that say of it what their operator always says; the others say something else.
    """

    tail: float = 1.1
    pictures_reused: float = 0.3
    pictures_kept: float = 0.1
    decoys: float = 0.02
    bitcoin: float = 0.2
    recorded: float = 0.6
    several_pieces: float = 0.12
    deleted_orders: float = 0.15
    purged_after_days: int = 90
    plain_address: float = 0.07
    feedback: float = 0.6
    disputed: float = 0.04
    fake_feedback: float = 0.01
    sellers_buy: float = 0.1
    messages: float = 0.35
    own_hours: float = 0.9
    keys_recovered: float = 0.03
    destinations_named: float = 0.3
    destinations_kept: float = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class BuyerDials:
    """Who buys, and where it is sent.

    Attributes:
        loyal: Sales to one of the seller's own customers.
        shared_home: Buyers who live with another buyer.
        resellers: Buyers who sell on.
        minors: Buyers under 18.
        moved: Buyers who moved within the period.
        misused: Buyers who have parcels sent to somebody else's address.
    """

    loyal: float = 0.4
    shared_home: float = 0.08
    resellers: float = 0.01
    minors: float = 0.01
    moved: float = 0.05
    misused: float = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadDials:
    """Overdoses, parcels, purchases and what ties operators to persons.

    Attributes:
        supplied: Cases whose supplier is in the data.
        survived: Cases in which the person lived.
        through_another: Of the supplied cases, those where a friend or reseller stands in between.
        hard_identifier: Of the supplied cases, those with a tracking number, an order id or the buyer's handle.
        not_tested: Substances that toxicology did not look for.
        misleading: Exchange returns, parcels and devices that point to the wrong person.
    """

    supplied: float = 0.15
    survived: float = 0.12
    through_another: float = 0.3
    hard_identifier: float = 0.3
    not_tested: float = 0.15
    misleading: float = 0.08


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityDials:
    """Further evidence of who runs an account: provider records, graded statements, purchases, devices. Off by default.

    Attributes:
        answered: Operators about whom any of it is handed in; 0 writes no file of it.
        each_kind: Of these operators, those about whom a kind of evidence is at hand, for each kind.
        mules: Operators whose exchange account, mailbox and postage account are in one mule's name.
        couriers: Operators whose parcels somebody else posts and pays for.
        borrowed: Return addresses that are a stranger's.
        other_owners: Devices whose stated owner is somebody else in the house.
        sales_told: Accounts that changed hands of which somebody says so.
    """

    answered: float = 0.0
    each_kind: float = 0.6
    mules: float = 0.15
    couriers: float = 0.15
    borrowed: float = 0.7
    other_owners: float = 0.05
    sales_told: float = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerDials:
    """What partners report back.

    Attributes:
        silent: Partners who never report.
        declined: Partners who decline their package, and act on their own all the same.
        late: Reports that come after the figures were announced.
        doubled: Events that a second agency reports as its own.
        without_package: Reports that name no package.
        corrected: Reports that a later one corrects.
        misprinted: Stated totals with a misprint.
        wrong_unit: Weights in pounds that are reported as kilograms.
    """

    silent: float = 0.12
    declined: float = 0.1
    late: float = 0.15
    doubled: float = 0.06
    without_package: float = 0.2
    corrected: float = 0.05
    misprinted: float = 0.1
    wrong_unit: float = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class DirtDials:
    """Damage in what is handed over.

    Attributes:
        clock_minutes: How far the seized server's clock is wrong.
        clock_asserted: Whether whoever seized it says so; otherwise the offset is not known.
        mojibake: Texts of the capture that were saved in the wrong encoding.
        truncated_rows: Lines of the forum's export that break off.
        doubled_rows: Rows of the capture that stand twice.
        broken_rows: Rows of the dump that contradict themselves.
        cut: Whether a second copy of the dump is handed over that ends in the middle.
        dated: Whether servers keep the times of accounts, adverts, messages and posts; orders always have theirs.
        profiles_saved: Whether the capture holds sellers' profiles, with their words and keys.
    """

    clock_minutes: int = 0
    clock_asserted: bool = True
    mojibake: float = 0.01
    truncated_rows: float = 0.005
    doubled_rows: float = 0.01
    broken_rows: float = 0.0002
    cut: bool = True
    dated: bool = True
    profiles_saved: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """All dials."""

    name: str = "standard"
    population: PopulationDials = field(default_factory=PopulationDials)
    text: TextDials = field(default_factory=TextDials)
    trade: TradeDials = field(default_factory=TradeDials)
    buyers: BuyerDials = field(default_factory=BuyerDials)
    money: ChainDials = field(default_factory=ChainDials)
    leads: LeadDials = field(default_factory=LeadDials)
    identities: IdentityDials = field(default_factory=IdentityDials)
    partners: PartnerDials = field(default_factory=PartnerDials)
    judges: JudgeDials = field(default_factory=JudgeDials)
    dirt: DirtDials = field(default_factory=DirtDials)


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much there is of everything.

    Attributes:
        sellers: Seller accounts per market: seized by MariaDB dump, by PostgreSQL dump, captured as pages.
        sales: Sales that the two seized servers hold.
        buyers: Buyer accounts on the two seized markets.
        adverts: Adverts per seller account, on average.
        overdoses: Overdose cases handed in.
        customers: Customers in one seller's own seized list.
        posts: Posts on the first market's forum.
    """

    sellers: tuple[int, int, int]
    sales: tuple[int, int]
    buyers: tuple[int, int]
    adverts: int
    overdoses: int
    customers: int
    posts: int


# Dials that are no shares.
_RANGES: Final = {
    "tail": (0.3, 10.0), "purged_after_days": (0, 10_000), "clock_minutes": (-1440, 1440), "judges": (1, 1000),
    "seconds": (0.0, 86_400.0),
}  # fmt: skip
SIZES: Final = {
    "tiny": Size(
        sellers=(24, 8, 14), sales=(900, 200), buyers=(160, 40), adverts=4, overdoses=12, customers=60, posts=60
    ),
    "monopoly": Size(
        sellers=(403, 120, 180), sales=(130_000, 20_000), buyers=(24_000, 5_000), adverts=13, overdoses=220,
        customers=6_200, posts=6_000,
    ),
    "alphabay": Size(
        sellers=(4_000, 600, 900), sales=(5_000_000, 200_000), buyers=(400_000, 30_000), adverts=9, overdoses=3_000,
        customers=6_800, posts=40_000,
    ),
}  # fmt: skip


def read_scenario(path: Path | None) -> Scenario:
    """The scenario of a TOML file; the standard one without a file.

    Raises:
        UnreadableSource: The file cannot be read, or is no TOML.
        BadRequest: A table or dial does not exist, or its value does not fit.
    """
    if path is None:
        return Scenario()
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as wrong:
        raise UnreadableSource(
            f"The scenario cannot be read: {wrong}",
            where=str(path),
            remedy="Name a TOML file; docs/reference/simulation.md shows one.",
        ) from wrong
    made: Scenario = _filled(Scenario(name=path.stem), content, str(path))
    return made


def _filled(dials: Any, given: Mapping[str, Any], where: str) -> Any:
    """The dials with the given values in their places."""
    known = {one.name: getattr(dials, one.name) for one in fields(dials)}
    changed = {}
    for name, value in given.items():
        if name not in known:
            raise BadRequest(f"There is no {name!r}", where=where, remedy=f"Use one of: {', '.join(known)}.")
        if is_dataclass(known[name]) and isinstance(value, Mapping):
            changed[name] = _filled(known[name], value, f"{where}, [{name}]")
        else:
            changed[name] = _fitting(name, value, known[name], where)
    return replace(dials, **changed)


def _fitting(name: str, value: Any, default: Any, where: str) -> Any:
    """The value, if it is of the default's kind and in its range."""
    low, high, expected = _range(name, default)
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if isinstance(default, float):
        if is_number and low <= value <= high:
            return float(value)
    elif isinstance(default, bool) or not isinstance(default, int):
        if type(value) is type(default):
            return value
    elif type(value) is int and low <= value <= high:
        return value
    raise BadRequest(
        f"{name} is {value!r}, expected {expected}",
        where=where,
        remedy="docs/reference/simulation.md lists every dial with its default.",
    )


def _range(name: str, default: Any) -> tuple[float, float, str]:
    """Lowest and highest value of a dial, and both in words."""
    if name in _RANGES:
        low, high = _RANGES[name]
        return low, high, f"a number from {low:g} to {high:g}"
    if isinstance(default, float):
        return 0.0, 1.0, "a share from 0 to 1"
    return 0, 0, {bool: "true or false", str: "text"}.get(type(default), "a table")
