"""The truth, written apart from the evidence; only the evaluation reads it."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from crossbearing.simulation.identities import Identities
from crossbearing.simulation.lists import write_list
from crossbearing.simulation.markets import MARKETS
from crossbearing.simulation.money import Paid
from crossbearing.simulation.overdoses import Overdose
from crossbearing.simulation.partners import Reports
from crossbearing.simulation.people import People
from crossbearing.simulation.persons import Tie
from crossbearing.simulation.population import Account, Population
from crossbearing.simulation.scenario import IdentityDials, Scenario
from crossbearing.simulation.servers.columns import stamps
from crossbearing.simulation.servers.kestrel import Contents
from crossbearing.simulation.supply import Link

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
        key = one.key.fingerprint if one.key else ""
        rows.append((operator_name(one.operators[0]), one.market.name, one.handle, one.kind, copied, also, taken,
                     one.taken_how, key))  # fmt: skip
    columns = ("operator", "market", "handle", "kind", "copies", "also_run_by", "taken_over_at", "taken_how", "own_key")
    write_list(folder / "accounts.csv", columns, rows)


def write_covert(folder: Path, covert: Sequence[tuple[str, str, str]]) -> None:
    """Accounts of officers and informants, among sellers and among buyers."""
    write_list(folder / "covert.csv", ("kind", "market", "handle"), covert)


def write_reports(folder: Path, reports: Reports) -> None:
    """What the reports hide: doubles, misprints, silence, the right figures, and what the coordinator announced."""
    write_list(folder / "double_reports.csv", ("report_ref", "same_event_as"), reports.doubles)
    misprints = [(one.report_ref, one.amount, one.unit, one.how) for one in reports.misprints]
    write_list(folder / "misprints.csv", ("report_ref", "right_amount", "right_unit", "how"), misprints)
    write_list(folder / "silent.csv", ("agency",), [(name,) for name in reports.silent])
    columns = ("country", "item", "unit", "made", "reported", "reported_in_time")
    write_list(folder / "figures.csv", columns, [(*of, *amounts) for of, amounts in sorted(reports.figures.items())])
    announced: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for (_, item, unit), (_, _, in_time) in sorted(reports.figures.items()):
        announced[item, unit] += in_time
    write_list(
        folder / "announced.csv",
        ("item", "unit", "amount"),
        [(*of, amount) for of, amount in announced.items() if amount],
    )


def write_overdoses(folder: Path, overdoses: Sequence[Overdose], sale_ids: Sequence[str], deleted: int) -> None:
    """Which sale supplied which case, if one did, whether the server still holds it, and through whom."""
    rows = [
        (one.case, sale_ids[one.sale], "yes" if one.sale >= deleted else "no", one.through, one.hard)
        if one.sale >= 0
        else (one.case, "", "", "", "")
        for one in overdoses
    ]
    columns = ("case_number", "sale_server_id", "order_is_held", "through", "hard_identifier")
    write_list(folder / "overdoses.csv", columns, rows)


def write_ties(folder: Path, ties: Iterable[Tie], people: People) -> None:
    """Whom each piece of evidence names, and whether that is the operator."""
    rows = []
    for tie in ties:
        name = " ".join(people.name(tie.person))
        rows.append((tie.kind, tie.reference, operator_name(tie.operator), name, "yes" if tie.is_right else "no"))
    write_list(folder / "ties.csv", ("kind", "reference", "operator", "names", "is_operator"), rows)


def write_identities(folder: Path, identities: Identities) -> None:
    """Whom each piece of the further evidence names, whether that is the operator; and who each operator is."""
    people = identities.ties.people
    rows = []
    for one in identities.truth:
        name = " ".join(people.name(one.person)) if one.person >= 0 else ""
        rows.append((one.kind, one.reference, operator_name(one.operator), one.account.market.name, one.account.handle,
                     name, one.misleads))  # fmt: skip
    columns = ("kind", "reference", "operator", "market", "handle", "names", "misleads")
    write_list(folder / "identities.csv", columns, rows)
    persons = []
    for operator in identities.ties.population.operators:
        person = identities.ties.own(operator.number)
        born = str(np.datetime64(int(people.born[person]), "D"))
        persons.append((operator_name(operator.number), " ".join(people.name(person)), born))
    write_list(folder / "persons.csv", ("operator", "name", "born"), persons)


def write_money(folder: Path, markets: Sequence[tuple[str, Paid, Sequence[str], int]]) -> None:
    """Where each recorded payment stands on the chain, whose each address is, what the tags got wrong.

    Args:
        folder: Of the truth.
        markets: Name, payments, ids of the sales, and how many of these, the oldest, the server has deleted.
    """
    chain = markets[0][1].chain
    rows = [
        (
            market, sale_ids[sale], "yes" if sale >= deleted else "no", chain.address[payment], chain.txid[payment],
            chain.vout[payment],
        )
        for market, paid, sale_ids, deleted in markets
        for sale, payment in zip(paid.sale.tolist(), paid.payment.tolist(), strict=True)
    ]  # fmt: skip
    columns = ("market", "sale_server_id", "order_is_held", "address", "txid", "vout")
    write_list(folder / "payments.csv", columns, rows)
    for name in ("wallets", "services", "cash_outs", "coinjoins", "tags"):
        table = getattr(chain, name)
        write_list(folder / f"{name}.csv", table.column_names, zip(*table.to_pydict().values(), strict=True))


def write_supply(folder: Path, links: Sequence[Link], imports: Sequence[str]) -> None:
    """Who supplies whom, and which imports went to pressers."""
    rows = [
        (
            link.role,
            f"{link.role.split()[0]}-{link.above:03d}",
            f"presser-{link.operator:03d}" if " " in link.role else operator_name(link.operator),
            link.profile,
        )
        for link in links
    ]
    write_list(folder / "supply.csv", ("role", "supplier", "supplied", "profile"), rows)
    write_list(folder / "imports.csv", ("import_ref",), [(ref,) for ref in imports])


def write_buyers(folder: Path, contents: Contents, resellers: NDArray[np.int32], since: int) -> None:
    """What is true of the first market's buyers, one row each; figures beside it."""
    people, sales, handles = contents.people, contents.sales, contents.handles
    minor = since // 86_400 - people.born < _ADULT_DAYS
    own = people.home_at(sales.buyer, sales.at)
    misuses = np.zeros(len(people), np.int64)
    np.add.at(misuses, sales.buyer[(sales.home != own) & ~sales.is_fake], 1)
    puppet = np.zeros(len(people), bool)
    puppet[sales.buyer[sales.is_fake]] = True
    resells = np.zeros(len(people), bool)
    resells[resellers] = True
    _, which, shared = np.unique(people.home, return_inverse=True, return_counts=True)
    columns = (resells, minor, people.home != people.later_home, shared[which] > 1, puppet)
    rows = zip(handles, *(column.astype(int).tolist() for column in columns), misuses.tolist(), strict=True)
    names = ("handle", "resells", "minor", "moved", "shares_a_home", "sellers_own", "orders_to_a_strangers_home")
    write_list(folder / "buyers.csv", names, list(rows))


def write_customer_list(folder: Path, account: Account, customers: int, on_market: int) -> None:
    """Whose the seized list of customers is, and how many of them the market shows too."""
    rows = [(operator_name(account.operators[0]), account.market.name, account.handle, customers, on_market)]
    names = ("operator", "market", "handle", "customers", "of_whom_bought_on_the_market")
    write_list(folder / "customer_list.csv", names, rows)


def write_scenario(folder: Path, scenario: Scenario, size: str, seed: int) -> None:
    """Every dial, so that a result can be drawn against it."""
    content = {"size": size, "seed": seed, "markets": [market.name for market in MARKETS], **asdict(scenario)}
    if scenario.identities == IdentityDials():  # a world without them is what it was before there were any
        del content["identities"]
    (folder / "scenario.json").write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
