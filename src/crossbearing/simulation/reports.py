"""What stands beside the dump: captured pages, daily rates, and what partners report back."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Final

from crossbearing.simulation.dump import DAYS, OPENED
from crossbearing.simulation.world import CAPTURED, TRADES, World

CAMPAIGN: Final = "Nightjar"
_CENT: Final = Decimal("0.01")
# Agency, country, currency. Invented agencies of real countries.
_AGENCIES: Final = (
    ("NL Police Desk", "NL", "EUR"), ("DE Cyber Unit", "DE", "EUR"), ("GB Regional Crime Unit", "GB", "GBP"),
    ("US Task Force", "US", "USD"), ("FR Customs Unit", "FR", "EUR"), ("PL Police Bureau", "PL", "PLN"),
)  # fmt: skip
_REPORT_COLUMNS: Final = (
    "campaign", "report_ref", "statement", "kind", "happened_on", "reported_on", "place_country",
    "credit_country", "credit_agency", "item", "part_of", "amount", "unit", "bound", "package_ref", "note",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reports:
    """The partners' reports, and the truth about which speak of one event."""

    rows: dict[str, list[dict[str, str]]]
    doubles: list[tuple[str, str]]


def bitcoin_prices(random: Random) -> dict[str, tuple[Decimal, Decimal]]:
    """An invented daily price of one bitcoin in USD and EUR, by ISO day."""
    prices = {}
    usd = Decimal(12_000)
    for day in range(-5, DAYS + 200):
        usd = max(Decimal(6_000), usd * (Decimal(1000 + random.randrange(-30, 36)) / 1000)).quantize(_CENT)
        eur = (usd * Decimal("0.85")).quantize(_CENT)
        prices[(OPENED.date() + timedelta(days=day)).isoformat()] = (usd, eur)
    return prices


def write_bitcoin_prices(path: Path, prices: dict[str, tuple[Decimal, Decimal]]) -> None:
    """Newest first, as the public file of this kind has it."""
    rows = [(day, usd, eur) for day, (usd, eur) in sorted(prices.items(), reverse=True)]
    _write(path, ("Date", "BTC_USD", "BTC_EUR"), rows)


def write_euro_rates(path: Path, random: Random) -> None:
    """Working days only, newest first, trailing comma, as the central bank's file has it."""
    last = OPENED.date() + timedelta(days=DAYS + 200)
    rows = []
    for back in range(DAYS + 200):
        day = last - timedelta(days=back)
        if day.weekday() < 5:  # noqa: PLR2004 - Monday to Friday
            drift = Decimal(random.randrange(-200, 200)) / 10_000
            around = (("1.1300"), ("0.8600"), ("1.0500"), ("4.5600"), ("10.2000"))
            rows.append((day, *(Decimal(rate) + drift for rate in around), ""))
    _write(path, ("Date", "USD", "GBP", "CHF", "PLN", "SEK", ""), rows)


def write_captured_listings(path: Path, world: World, random: Random) -> None:
    """Pages of the second market on four days, one advert per row."""
    columns = (
        "captured_on", "listing_id", "seller", "title", "description", "category", "price", "currency",
        "ships_from", "ships_to", "seller_key",
    )  # fmt: skip
    rows: list[Sequence[object]] = []
    for week in range(4):
        captured_on = (OPENED + timedelta(days=DAYS - 40 + 7 * week)).date()
        for number, seller in enumerate(world.on(CAPTURED)):
            for place, title in enumerate(TRADES[seller.trade]):
                price = Decimal(random.randrange(1500, 40_000)) / 100
                text = f"{title}; same quality as always, ask first"
                if seller.listing_keys:
                    text += "\nmy key:\n" + seller.listing_keys[0]
                rows.append(
                    (
                        captured_on, f"pl{number:02d}{place}", seller.handle, title, text, seller.trade,
                        f"{price:,.2f}", "EUR", f"  {seller.origin} ", "Europe",
                        seller.keys[0] if seller.keys else "",
                    )
                )  # fmt: skip
    _write(path, columns, rows)


def made_reports(random: Random) -> Reports:
    """Arrests, searches and seizures by six agencies, some reported twice, with stated totals beside them."""
    rows: dict[str, list[dict[str, str]]] = {agency: [] for agency, _, _ in _AGENCIES}
    doubles = []
    for agency, country, currency in _AGENCIES:
        reporter = (agency, country)
        for number in range(random.randrange(3, 8)):
            day = OPENED.date() + timedelta(days=DAYS + random.randrange(20, 150))
            ref = f"{country}-{number + 1:03d}"
            arrest = _event(reporter, ref, "arrest", day, "persons", held="1 persons")
            rows[agency].append(arrest)
            grams = random.randrange(40, 9_000)
            kilograms = str(Decimal(grams) / 1000)
            kind = random.choice(("cocaine", "amphetamine", "mdma", ""))
            seized = _event(reporter, f"{ref}-D", "seizure", day, kind or "drugs", held=f"{kilograms} kg")
            rows[agency].append({**seized, "part_of": "drugs" if kind else ""})
            cash = str(random.randrange(500, 60_000))
            rows[agency].append(_event(reporter, f"{ref}-C", "seizure", day, "cash", held=f"{cash} {currency}"))
    # An arrest made in Germany at Dutch request stands in both reports, a day apart.
    german = rows["DE Cyber Unit"][0]
    day = date.fromisoformat(german["happened_on"]) + timedelta(days=1)
    dutch = {
        **german, "report_ref": "NL-900", "happened_on": day.isoformat(), "credit_country": "NL",
        "credit_agency": "NL Police Desk", "package_ref": "NL-001", "note": "arrested abroad at our request",
    }  # fmt: skip
    rows["NL Police Desk"].append(dutch)
    doubles.append((german["report_ref"], dutch["report_ref"]))
    for agency, country, _ in _AGENCIES:
        total = str(sum(1 for row in rows[agency] if row["kind"] == "arrest"))
        stated = {**rows[agency][0], "report_ref": f"{country}-T", "statement": "total", "amount": total}
        rows[agency].append(stated)
    # A total that is larger than its parts, and a row that cannot be read.
    rows["US Task Force"].append(
        {**rows["US Task Force"][1], "report_ref": "US-T2", "statement": "total", "item": "drugs",
         "part_of": "", "amount": "120", "bound": "more than", "note": "two labs still weighing"}
    )  # fmt: skip
    rows["FR Customs Unit"].append({**rows["FR Customs Unit"][1], "report_ref": "FR-X", "amount": "a few"})
    return Reports(rows, doubles)


def write_reports(folder: Path, reports: Reports) -> list[str]:
    """One file per agency; gives their names."""
    names = []
    for agency, rows in reports.rows.items():
        names.append(f"outcomes-{agency.split()[0].lower()}.csv")
        _write(folder / names[-1], _REPORT_COLUMNS, [[row[name] for name in _REPORT_COLUMNS] for row in rows])
    return names


def _event(reporter: tuple[str, str], ref: str, kind: str, day: date, item: str, *, held: str) -> dict[str, str]:
    """One reported event; ``held`` is the amount with its unit."""
    agency, country = reporter
    amount, unit = held.split()
    return {
        "campaign": CAMPAIGN, "report_ref": ref, "statement": "event", "kind": kind,
        "happened_on": day.isoformat(), "reported_on": (day + timedelta(days=30)).isoformat(),
        "place_country": country, "credit_country": country, "credit_agency": agency, "item": item,
        "part_of": "", "amount": amount, "unit": unit, "bound": "exact", "package_ref": f"{country}-001", "note": "",
    }  # fmt: skip


def _write(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
