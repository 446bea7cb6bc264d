"""Overdose cases as police hand them in: most from the street, some with their supplier in the market data."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

import numpy as np

from crossbearing.simulation.chance import stream
from crossbearing.simulation.formats.workbook import Sheet, write_workbook
from crossbearing.simulation.lists import write_list
from crossbearing.simulation.markets import ANNOUNCED, DAY, KESTREL
from crossbearing.simulation.people import People
from crossbearing.simulation.places import ABROAD, AT_HOME
from crossbearing.simulation.scenario import LeadDials
from crossbearing.simulation.trade import STATES, Advert, Sales

# Products that kill by a small error of dose, or because they are not what they are sold as.
LETHAL: Final = ("fentanyl-powder", "fentanyl-patch", "pressed-blues", "heroin-laced", "heroin-white", "heroin-brown",
                 "pressed-bars", "oxycodone")  # fmt: skip
_STREET: Final = ("fentanyl", "heroin fentanyl", "cocaine fentanyl", "methamphetamine", "heroin", "fentanyl xylazine",
                  "alprazolam oxycodone", "cocaine")  # fmt: skip
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
_TOX: Final = ("case_number", "specimen", "substance", "result", "amount", "unit", "tested_on")
_WITHOUT_FENTANYL: Final = 3  # of ten cases, in which the panel of the laboratory was short


@dataclass(frozen=True, slots=True)
class Death:
    """One case with its truth.

    Attributes:
        sale: Number of the sale on the first market that supplied it; -1 if none did.
        through: How it reached the person: "", "friend" or "reseller".
        died: Unix seconds.
    """

    case: str
    given: str
    family: str
    born: date
    lines: tuple[str, str, str, str]
    died: int
    substances: tuple[str, ...]
    sale: int
    through: str
    hard: str


@dataclass(frozen=True, slots=True)
class Setting:
    """Where the cases come from.

    Attributes:
        adverts: Of the first market.
        sales: Of the first market.
        buyers: Who bought there.
        street: Others: those who die of what they bought elsewhere, and friends.
        dials: How many are supplied, and how.
    """

    adverts: Sequence[Advert]
    sales: Sales
    buyers: People
    street: People
    dials: LeadDials


def made_deaths(setting: Setting, *, count: int, seed: int) -> list[Death]:
    """Cases in order of their number."""
    chance, sales = stream(seed, "deaths"), setting.sales
    is_lethal = np.array([one.product.code in LETHAL for one in setting.adverts])
    # What arrived: neither cancelled nor in dispute, and not bought by the seller.
    candidates = np.flatnonzero(is_lethal[sales.advert] & (sales.state < STATES.index("disputed")) & ~sales.is_fake)
    supplied = min(round(count * setting.dials.supplied), len(candidates))
    chosen = np.sort(chance.choice(candidates, size=supplied, replace=False)).tolist() if supplied else []
    made = [_supplied(sale, setting, chance) for sale in chosen]
    made += [_from_street(setting.street, number, chance) for number in range(count - supplied)]
    order = chance.permutation(len(made)).tolist()
    return [_numbered(made[place], number) for number, place in enumerate(order)]


def tracking_number(sale: int, country: str) -> str:
    """The number on the parcel of a sale; the form is no carrier's."""
    return f"SIM{((sale + 1) * 2_654_435_761) % 10**9:09d}{country}"


def _supplied(sale: int, setting: Setting, chance: np.random.Generator) -> Death:
    """A death of what was sold: the buyer's, or somebody's to whom the buyer passed it on."""
    sales, buyers, street, dials = setting.sales, setting.buyers, setting.street, setting.dials
    person, home = int(sales.buyer[sale]), int(sales.home[sale])
    lines, through = buyers.addresses.lines(home), ""
    given, family, born = *buyers.name(person), int(buyers.born[person])
    if chance.random() < dials.through_another:
        through = "reseller" if chance.random() < 0.4 else "friend"  # noqa: PLR2004
        other = int(chance.integers(len(street)))
        given, family, born = *street.name(other), int(street.born[other])
        # A friend lives in the same town, behind another door.
        own = street.addresses.lines(other)
        lines = (own[0], lines[1], lines[2], lines[3])
    shortest, longest = AT_HOME if chance.random() < 0.7 else ABROAD  # noqa: PLR2004
    died = int(sales.at[sale]) + DAY * int(chance.integers(shortest, longest + 1)) + int(chance.exponential(9 * DAY))
    product = setting.adverts[int(sales.advert[sale])].product
    also = ("ethanol",) if chance.random() < 0.3 else ()  # noqa: PLR2004
    hard = ""
    if chance.random() < dials.hard_identifier:
        hard = ("tracking", "order", "handle")[int(chance.integers(3))]
    return Death("", given, family, _day(born), lines, died, (*product.contains, *also), sale, through, hard)


def _from_street(street: People, number: int, chance: np.random.Generator) -> Death:
    person = (number * 13 + 5) % len(street)
    words = _STREET[int(chance.integers(len(_STREET)))].split()
    died = KESTREL.opens + int(chance.integers(KESTREL.closes - KESTREL.opens + 60 * DAY))
    lines = street.addresses.lines(int(street.home[person]))
    return Death("", *street.name(person), _day(int(street.born[person])), lines, died, tuple(words), -1, "", "")


def _numbered(death: Death, number: int) -> Death:
    country = death.lines[3]
    case = f"{country}-OD-{2020 + (death.died // DAY - 18_262) // 365}-{number + 1:05d}"
    return Death(case, *(getattr(death, name) for name in Death.__slots__[1:]))


def write_cases(
    path: Path, deaths: Sequence[Death], sale_ids: Sequence[str], handles: Sequence[str], sales: Sales, seed: int
) -> None:
    """The referrals, as a workbook with one row per case."""
    chance = stream(seed, "cases")
    rows = []
    for death in deaths:
        # Nobody saw them in the last hours; found some hours later.
        last_seen = death.died - int(chance.exponential(9 * 3600))
        found = death.died + int(chance.exponential(7 * 3600))
        hard = {"tracking": "", "order": "", "handle": ""}
        if death.hard:
            values = {
                "tracking": tracking_number(death.sale, death.lines[3]),
                "order": sale_ids[death.sale],
                "handle": handles[int(sales.buyer[death.sale])],
            }
            hard[death.hard] = values[death.hard]
        asked = _moment(found) + timedelta(days=int(chance.integers(20, 400)))
        rows.append((
            death.case, f"{death.lines[3]} local police", "death investigation, own jurisdiction", death.given,
            death.family, death.born, *death.lines, _moment(last_seen), _moment(found), "yes",
            _FOUND[int(chance.integers(len(_FOUND)))], hard["tracking"], hard["order"], hard["handle"],
            asked.date() + timedelta(days=30),
        ))  # fmt: skip
    with path.open("wb") as out:
        sheet = Sheet("cases", _CASE, [list(zip(*rows, strict=True))] if rows else [])
        write_workbook(out, [sheet], created=_moment(ANNOUNCED - 200 * DAY), author="coordinator (simulated)")


def write_toxicology(path: Path, deaths: Sequence[Death], dials: LeadDials, seed: int) -> None:
    """One row per case and substance of the panel; what was not looked for says so."""
    chance = stream(seed, "toxicology")
    rows: list[Sequence[object]] = []
    for death in deaths:
        present = {one for name in death.substances for one in (name, *_METABOLITES.get(name, ()))}
        tested = _moment(death.died).date() + timedelta(days=int(chance.integers(4, 60)))
        is_short = chance.integers(10) < _WITHOUT_FENTANYL
        for name in _PANEL:
            if chance.random() < dials.not_tested or (is_short and name in {"bromazolam", "xylazine", "norfentanyl"}):
                rows.append((death.case, "femoral blood", name, "not tested", "", "", tested))
            elif name in present:
                amount = f"{chance.lognormal(2.2, 0.9):.1f}"
                rows.append((death.case, "femoral blood", name, "present", amount, "ng/mL", tested))
            else:
                rows.append((death.case, "femoral blood", name, "not detected", "", "", tested))
    write_list(path, _TOX, rows)


def _day(number: int) -> date:
    return date(1970, 1, 1) + timedelta(days=number)


def _moment(at: int) -> datetime:
    return datetime.fromtimestamp(at, UTC).replace(tzinfo=None)
