"""Overdose cases as police hand them in: most from the street, some with their supplier in the market data."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from crossbearing.simulation.catalogue import BY_CODE
from crossbearing.simulation.chance import stream
from crossbearing.simulation.formats.workbook import Sheet, write_workbook
from crossbearing.simulation.lists import write_list
from crossbearing.simulation.markets import ANNOUNCED, DAY, KESTREL
from crossbearing.simulation.people import People
from crossbearing.simulation.places import ABROAD, AT_HOME, street_line
from crossbearing.simulation.scenario import LeadDials
from crossbearing.simulation.trade import STATES, Advert, Sales

# Products that kill by a small error of dose, or because they are not what they are sold as.
LETHAL: Final = ("fentanyl-powder", "fentanyl-patch", "pressed-blues", "heroin-laced", "heroin-white", "heroin-brown",
                 "pressed-bars", "oxycodone")  # fmt: skip
# What else is found, whether from a market or from the street: share of cases.
_BESIDES: Final = {"ethanol": 0.3, "cocaine": 0.15, "xylazine": 0.12, "alprazolam": 0.12, "caffeine": 0.1,
                   "methamphetamine": 0.08}  # fmt: skip
_METABOLITES: Final = {"heroin": ("morphine", "6-monoacetylmorphine"), "fentanyl": ("norfentanyl",),
                       "cocaine": ("benzoylecgonine",), "diazepam": ("nordiazepam",)}  # fmt: skip
_PANEL: Final = ("fentanyl", "norfentanyl", "morphine", "6-monoacetylmorphine", "cocaine", "benzoylecgonine",
                 "methamphetamine", "amphetamine", "mdma", "oxycodone", "alprazolam", "bromazolam", "xylazine",
                 "acetaminophen", "caffeine", "ethanol")  # fmt: skip
_FOUND: Final = ("padded envelope with postage", "small bag with residue", "foil and straw", "pills in a bag",
                 "nothing found", "phone with messages", "birthday card with a blister inside")  # fmt: skip
_CASE: Final = (
    "case_number", "agency", "legal_basis", "given_name", "family_name", "born", "street", "town", "postcode",
    "country", "last_seen_alive", "found_at", "is_fatal", "scene", "tracking_number", "order_reference", "handle_found",
    "reply_by",
)  # fmt: skip
_BASES: Final = ("overdose investigation, own jurisdiction", "death investigation, own jurisdiction")
_SPECIMENS: Final = ("hospital urine", "femoral blood")  # of those who lived, of those who died
_TOX: Final = ("case_number", "specimen", "substance", "result", "amount", "unit", "tested_on")
_SHORT_PANEL: Final = 3  # of ten cases, in which the laboratory did not look for newer substances


@dataclass(frozen=True, slots=True)
class Overdose:
    """One case with its truth.

    Attributes:
        sale: Number of the sale on the first market that supplied it; -1 if none did.
        through: How it reached the person: "", "friend" or "reseller".
        at: When it happened, Unix seconds.
        is_fatal: Whether the person died.
    """

    case: str
    given: str
    family: str
    born: date
    lines: tuple[str, str, str, str]
    at: int
    substances: tuple[str, ...]
    sale: int
    through: str
    hard: str
    is_fatal: bool


@dataclass(frozen=True, slots=True)
class Setting:
    """Where the cases come from.

    Attributes:
        adverts: Of the first market.
        sales: Of the first market.
        buyers: Who bought there.
        street: Others: those who took what they bought elsewhere, and friends.
        dials: How many are supplied, and how.
        resellers: Numbers of the buyers who sell on.
    """

    adverts: Sequence[Advert]
    sales: Sales
    buyers: People
    street: People
    dials: LeadDials
    resellers: NDArray[np.int32]

    @property
    def is_last(self) -> NDArray[np.bool_]:
        """Whether each sale is its buyer's last; sales are in order of time."""
        last = np.zeros(len(self.buyers), np.int64)
        last[self.sales.buyer] = np.arange(len(self.sales))
        found: NDArray[np.bool_] = last[self.sales.buyer] == np.arange(len(self.sales))
        return found


def made_overdoses(setting: Setting, *, count: int, seed: int) -> list[Overdose]:
    """Cases in order of their number."""
    chance, sales = stream(seed, "overdoses"), setting.sales
    is_lethal = np.array([one.product.code in LETHAL for one in setting.adverts])
    # What arrived: neither cancelled nor in dispute, and not bought by the seller.
    arrived = is_lethal[sales.advert] & (sales.state < STATES.index("disputed")) & ~sales.is_fake
    supplied = min(round(count * setting.dials.supplied), int(arrived.sum()))
    made = [one for _ in range(supplied) if (one := _supplied(arrived, setting, chance))]
    made += [_from_street(setting.street, number, setting.dials, chance) for number in range(count - len(made))]
    order = chance.permutation(len(made)).tolist()
    return [_numbered(made[place], number) for number, place in enumerate(order)]


def tracking_number(seed: int, sale: int, country: str) -> str:
    """The number on the parcel of a sale; the form is no carrier's.

    Args:
        seed: Of the simulation.
        sale: Number of the sale on the first market.
        country: Where the parcel goes.
    """
    return f"SIM{int(stream(seed, 'tracking', sale).integers(10**9)):09d}{country}"


def _supplied(arrived: NDArray[np.bool_], setting: Setting, chance: np.random.Generator) -> Overdose | None:
    """An overdose of what was sold: the buyer's, or somebody's to whom it was passed on; None if nobody is left.

    A buyer who dies has bought for the last time.
    """
    sales, buyers = setting.sales, setting.buyers
    through, is_fatal = "", _is_fatal(setting.dials, chance)
    if chance.random() < setting.dials.through_another:
        through = "reseller" if chance.random() < 0.4 else "friend"  # noqa: PLR2004
    if through == "reseller":
        fits = arrived & np.isin(sales.buyer, setting.resellers)
    elif through:
        fits = arrived
    else:
        fits = arrived & setting.is_last if is_fatal else arrived
    candidates = np.flatnonzero(fits)
    if not len(candidates):
        return None
    sale = int(candidates[int(chance.integers(len(candidates)))])
    arrived[sale] = False
    person, lines = int(sales.buyer[sale]), buyers.addresses.lines(int(sales.home[sale]))
    given, family, born = *buyers.name(person), int(buyers.born[person])
    if through:
        other = int(chance.integers(len(setting.street)))
        given, family, born = *setting.street.name(other), int(setting.street.born[other])
        # A friend lives in the same town, behind another door.
        lines = (street_line(lines[3], int(chance.integers(24)), int(chance.integers(1, 180))), *lines[1:])
    shortest, longest = AT_HOME if chance.random() < 0.7 else ABROAD  # noqa: PLR2004
    at = int(sales.at[sale]) + DAY * int(chance.integers(shortest, longest + 1)) + int(chance.exponential(9 * DAY))
    hard = ""
    if chance.random() < setting.dials.hard_identifier:
        hard = ("tracking", "order", "handle")[int(chance.integers(3))]
    contains = setting.adverts[int(sales.advert[sale])].product.contains
    return Overdose(
        "", given, family, _day(born), lines, at, _found_in(contains, chance), sale, through, hard, is_fatal
    )


def _found_in(contains: tuple[str, ...], chance: np.random.Generator) -> tuple[str, ...]:
    """What the body holds: what was taken, and what people take or drink besides."""
    besides = [name for name, share in _BESIDES.items() if chance.random() < share and name not in contains]
    return (*contains, *besides)


def _is_fatal(dials: LeadDials, chance: np.random.Generator) -> bool:
    return bool(chance.random() >= dials.survived)


def _from_street(street: People, number: int, dials: LeadDials, chance: np.random.Generator) -> Overdose:
    person = (number * 13 + 5) % len(street)
    taken = BY_CODE[LETHAL[int(chance.integers(len(LETHAL)))]].contains
    at = KESTREL.opens + int(chance.integers(KESTREL.closes - KESTREL.opens + 60 * DAY))
    lines = street.addresses.lines(int(street.home[person]))
    born = _day(int(street.born[person]))
    return Overdose(
        "", *street.name(person), born, lines, at, _found_in(taken, chance), -1, "", "", _is_fatal(dials, chance)
    )


def _numbered(overdose: Overdose, number: int) -> Overdose:
    country = overdose.lines[3]
    case = f"{country}-OD-{2020 + (overdose.at // DAY - 18_262) // 365}-{number + 1:05d}"
    return Overdose(case, *(getattr(overdose, name) for name in Overdose.__slots__[1:]))


def write_cases(
    path: Path, overdoses: Sequence[Overdose], sale_ids: Sequence[str], handles: Sequence[str], sales: Sales, seed: int
) -> None:
    """The referrals, as a workbook with one row per case."""
    chance = stream(seed, "cases")
    rows = []
    for overdose in overdoses:
        # Nobody saw them in the last hours; found some hours later.
        last_seen = overdose.at - int(chance.exponential(9 * 3600))
        found = overdose.at + int(chance.exponential(7 * 3600))
        hard = {"tracking": "", "order": "", "handle": ""}
        if overdose.hard:
            values = {
                "tracking": tracking_number(seed, overdose.sale, overdose.lines[3]),
                "order": sale_ids[overdose.sale],
                "handle": handles[int(sales.buyer[overdose.sale])],
            }
            hard[overdose.hard] = values[overdose.hard]
        asked = _moment(found) + timedelta(days=int(chance.integers(20, 400)))
        rows.append((
            overdose.case, f"{overdose.lines[3]} local police", _BASES[overdose.is_fatal], overdose.given,
            overdose.family, overdose.born, *overdose.lines, _moment(last_seen), _moment(found),
            "yes" if overdose.is_fatal else "no",
            _FOUND[int(chance.integers(len(_FOUND)))], hard["tracking"], hard["order"],
            hard["handle"], asked.date() + timedelta(days=30),
        ))  # fmt: skip
    with path.open("wb") as out:
        sheet = Sheet("cases", _CASE, [list(zip(*rows, strict=True))] if rows else [])
        write_workbook(out, [sheet], created=_moment(ANNOUNCED - 200 * DAY), author="coordinator (simulated)")


def write_toxicology(path: Path, overdoses: Sequence[Overdose], dials: LeadDials, seed: int) -> None:
    """One row per case and substance of the panel; what was not looked for says so."""
    chance = stream(seed, "toxicology")
    rows: list[Sequence[object]] = []
    for overdose in overdoses:
        present = {one for name in overdose.substances for one in (name, *_METABOLITES.get(name, ()))}
        specimen = _SPECIMENS[overdose.is_fatal]
        tested = _moment(overdose.at).date() + timedelta(days=int(chance.integers(4, 60)))
        is_short = chance.integers(10) < _SHORT_PANEL
        for name in _PANEL:
            if chance.random() < dials.not_tested or (is_short and name in {"bromazolam", "xylazine", "norfentanyl"}):
                rows.append((overdose.case, specimen, name, "not tested", "", "", tested))
            elif name in present:
                amount = f"{chance.lognormal(2.2, 0.9):.1f}"
                rows.append((overdose.case, specimen, name, "present", amount, "ng/mL", tested))
            else:
                rows.append((overdose.case, specimen, name, "not detected", "", "", tested))
    write_list(path, _TOX, rows)


def _day(number: int) -> date:
    return date(1970, 1, 1) + timedelta(days=number)


def _moment(at: int) -> datetime:
    return datetime.fromtimestamp(at, UTC).replace(tzinfo=None)
