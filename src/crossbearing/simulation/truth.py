"""The truth, written apart from the evidence; only the evaluation reads it."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np

from crossbearing.simulation.deaths import Death
from crossbearing.simulation.lists import write_list
from crossbearing.simulation.markets import MARKETS
from crossbearing.simulation.money import Paid
from crossbearing.simulation.partners import Reports
from crossbearing.simulation.people import People
from crossbearing.simulation.persons import Tie
from crossbearing.simulation.population import Kind, Population
from crossbearing.simulation.scenario import Scenario
from crossbearing.simulation.servers.columns import stamps
from crossbearing.simulation.supply import Link
from crossbearing.simulation.trade import Sales

_ADULT_DAYS = 6574  # 18 years


def operator_name(number: int) -> str:
    """What the truth calls an operator."""
    return f"operator-{number:05d}"


def write_accounts(folder: Path, population: Population) -> None:
    """Who runs which account, how it came to be, and since when."""
    rows = []
    for one in population.accounts:
        copied = population.accounts[one.copies].handle if one.copies >= 0 else ""
        also = "; ".join(operator_name(number) for number in one.operators[1:])
        taken = stamps(np.array([one.taken_over_at]))[0] if one.taken_over_at else ""
        rows.append((operator_name(one.operators[0]), one.market.name, one.handle, one.kind, copied, also, taken))
    columns = ("operator", "market", "handle", "kind", "copies", "also_run_by", "taken_over_at")
    write_list(folder / "accounts.csv", columns, rows)
    covert = [one for one in rows if one[3] in {Kind.OFFICER, Kind.INFORMANT}]
    write_list(folder / "covert.csv", ("market", "handle", "kind"), [one[1:4] for one in covert])


def write_reports(folder: Path, reports: Reports) -> None:
    """What the reports hide: doubles, misprints, silence, and the figure that would be right."""
    write_list(folder / "double_reports.csv", ("report_ref", "same_event_as"), reports.doubles)
    write_list(folder / "misprints.csv", ("report_ref", "right_amount"), reports.misprints)
    write_list(folder / "silent.csv", ("agency",), [(name,) for name in reports.silent])
    write_list(folder / "announced.csv", ("country", "arrests"), list(reports.announced.items()))


def write_deaths(folder: Path, deaths: Sequence[Death], sale_ids: Sequence[str]) -> None:
    """Which sale supplied which death, if one did, and through whom."""
    rows = [(one.case, sale_ids[one.sale] if one.sale >= 0 else "", one.through, one.hard) for one in deaths]
    write_list(folder / "deaths.csv", ("case_number", "sale_server_id", "through", "hard_identifier"), rows)


def write_ties(folder: Path, ties: Iterable[Tie], people: People) -> None:
    """Whom each piece of evidence names, and whether that is the operator."""
    rows = []
    for tie in ties:
        name = " ".join(people.name(tie.person))
        rows.append((tie.kind, tie.reference, operator_name(tie.operator), name, "yes" if tie.is_right else "no"))
    write_list(folder / "ties.csv", ("kind", "reference", "operator", "names", "is_operator"), rows)


def write_money(folder: Path, paid: Paid, sale_ids: Sequence[str]) -> None:
    """Where each recorded payment stands on the chain, whose each address is, what the tags got wrong."""
    chain = paid.chain
    rows = [
        (sale_ids[sale], chain.address[payment], chain.txid[payment], chain.vout[payment])
        for sale, payment in zip(paid.sale.tolist(), paid.payment.tolist(), strict=True)
    ]
    write_list(folder / "payments.csv", ("sale_server_id", "address", "txid", "vout"), rows)
    for name in ("wallets", "services", "cash_outs", "coinjoins", "tags"):
        table = getattr(chain, name)
        write_list(folder / f"{name}.csv", table.column_names, zip(*table.to_pydict().values(), strict=True))


def write_supply(folder: Path, links: Sequence[Link]) -> None:
    """Who supplies whom."""
    rows = [(link.role, f"{link.role}-{link.above:03d}", operator_name(link.operator), link.profile) for link in links]
    write_list(folder / "supply.csv", ("role", "supplier", "operator", "profile"), rows)


def write_buyers(
    folder: Path, people: People, handles: Sequence[str], sales: Sales, resellers: float, since: int
) -> None:
    """What is true of the first market's buyers: minors, resellers, shared and misused homes. Counts, never names."""
    minors = since // 86_400 - people.born < _ADULT_DAYS
    _, shared = np.unique(people.home, return_counts=True)
    own = people.home_at(sales.buyer, sales.at)
    figures = {
        "buyers": len(handles),
        "minors": int(minors.sum()),
        "resellers": round(resellers * len(handles)),
        "homes_of_several": int((shared > 1).sum()),
        "sales_to_a_misused_home": int((sales.home != own).sum()),
        "sales_to_the_seller_itself": int(sales.is_fake.sum()),
    }
    (folder / "buyers.json").write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


def write_scenario(folder: Path, scenario: Scenario, size: str, seed: int) -> None:
    """Every dial, so that a result can be drawn against it."""
    content = {"size": size, "seed": seed, "markets": [market.name for market in MARKETS], **asdict(scenario)}
    (folder / "scenario.json").write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
