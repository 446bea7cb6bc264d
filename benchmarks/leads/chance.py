"""Whether the printed number of chance pairs is right where there are many, and what matching costs at full size.

An invented country, dense on purpose: 40,000 buyers with 130,000 deliveries in 60 towns of very different size, names
from common to rare, some who live with relatives of the same family name, some who order every week. 2,000 cases: one
in twenty is of a buyer, the others of strangers from the same towns and names. The truth knows who is who.

Three ways to foretell chance are compared with it, pooled over seeds:
    own      what is shipped: strangers' sales at that place and time, by how often elsewhere a name is like the case's
    shifted  every case moved by 180 days, both ways: what agrees then cannot have supplied it
    swapped  names dealt anew among the cases, five times: what agrees then is another person

Bar: own within 25 % of the truth, pooled over at least 400 true chance pairs; under 20 s on two cores and under 2 GB.

Run: python benchmarks/leads/chance.py --seeds 11 12 13 14
"""

import argparse
import resource
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from crossbearing.leads import opened
from crossbearing.leads.columns import DAY, Case, Sales
from crossbearing.leads.findings import Run, finding_of
from crossbearing.leads.matching import CaseMatch, match
from crossbearing.leads.weighing import Grade
from crossbearing.leads.weights import shipped_weights
from crossbearing.store.session import session

_SHIFT, _SWAPS = 180 * DAY, 5
_BEGINS, _DAYS = 1_577_836_800, 730  # 1 January 2020
_ONSETS = ("B", "C", "D", "F", "G", "H", "K", "L", "M", "N", "P", "R", "S", "T", "V", "W", "Br", "St", "Kr", "Fl")
_MIDDLES = ("a", "e", "i", "o", "u", "ai", "ou", "ei")
_ENDS = ("lden", "rton", "mmer", "sk", "ndall", "vik", "ster", "ngley", "rrow", "ppel", "dges", "fford", "tt", "zzo")
_GIVEN_ENDS = ("rin", "la", "nn", "vo", "meo", "lia", "ssa", "ric", "dan", "th")
_STREETS = tuple(f"{onset}{middle}{end}" for onset in _ONSETS for middle in _MIDDLES for end in ("ck", "rn", "dle"))


@dataclass(frozen=True)
class Country:
    """An invented country with its trade; columns by person, and by sale.

    Attributes:
        buyer: Person behind each sale.
        case_person: Buyer behind each case; -1 if it is of a stranger.
    """

    tables: dict[str, pa.Table]
    buyer: np.ndarray
    case_person: np.ndarray


def made(seed: int, buyers: int, deliveries: int, cases: int) -> Country:
    """The country of one seed."""
    chance = np.random.default_rng([seed, 77])
    count = buyers + cases
    family = _zipf(chance, count, 2_000)
    given = _zipf(chance, count, 400)
    town = _zipf(chance, count, 60)
    street, house = chance.integers(len(_STREETS), size=count), chance.integers(1, 200, size=count)
    code = town * 40 + chance.integers(40, size=count)
    # One buyer in ten lives with the one before and bears the same family name.
    kin = np.flatnonzero(chance.random(buyers) < 0.1)  # noqa: PLR2004 - a share
    kin = kin[kin > 0]
    for column in (family, town, street, house, code):
        column[kin] = column[kin - 1]
    weights = (chance.pareto(1.3, buyers) + 0.3).clip(max=30)
    buyer = np.searchsorted(np.cumsum(weights / weights.sum()), chance.random(deliveries)).clip(0, buyers - 1)
    at = np.sort(_BEGINS + chance.integers(_DAYS * DAY, size=deliveries))
    own = chance.random(cases) < 0.05  # noqa: PLR2004 - a share
    sale = chance.integers(deliveries, size=cases)
    person = np.where(own, buyer[sale], -1)
    shown = np.where(own, buyer[sale], buyers + np.arange(cases))
    died = np.where(own, at[sale] + 2 * DAY + (chance.exponential(8, cases) * DAY).astype(np.int64),
                    _BEGINS + chance.integers(_DAYS * DAY, size=cases))  # fmt: skip
    names = [(_given(int(g)), _family(int(f))) for g, f in zip(given, family, strict=True)]
    homes = [
        (f"{_STREETS[s]} Lane {h}", f"Town{chr(97 + t % 26)}{chr(97 + t // 26)}x", f"{10_000 + c}")
        for s, h, t, c in zip(street.tolist(), house.tolist(), town.tolist(), code.tolist(), strict=True)
    ]
    return Country(_tables(names, homes, buyer, at, (shown, died)), buyer, person)


def _tables(
    names: Sequence[tuple[str, str]],
    homes: Sequence[tuple[str, str, str]],
    buyer: np.ndarray,
    at: np.ndarray,
    cases: tuple[np.ndarray, np.ndarray],
) -> dict[str, pa.Table]:
    """The tables that matching reads, as a session would have them."""
    shown, died = cases
    texts = [f"{given} {family}\n{street}\n{code} {town}\nDE" for (given, family), (street, town, code) in
             zip(names, homes, strict=True)]  # fmt: skip
    sale = [f"s{number}" for number in range(len(buyer))]
    listing = [f"L{number % 500}" for number in range(len(buyer))]
    kind = ["fentanyl", "heroin", "cocaine", "oxycodone", "mdma"]
    moments = pa.array(at * 1_000_000, pa.timestamp("us", "UTC"))
    market = pa.array(["Fair"] * len(buyer))
    number = [f"C-{place:05d}" for place in range(len(shown))]
    seen = pa.array(died * 1_000_000, pa.timestamp("us", "UTC"))
    nothing = pa.nulls(len(shown), pa.string())
    home = [homes[person] for person in shown.tolist()]
    return {
        "sale_valued": pa.table({
            "market": market, "sale_server_id": sale, "account_id": [f"A{n % 400}" for n in range(len(buyer))],
            "listing_id": listing, "buyer_server_id": [f"b{one}" for one in buyer.tolist()], "sold_at": moments,
            "place": sale, "exhibit_ids": pa.array([["E"]] * len(buyer)),
        }),
        "sale": pa.table({"market": market, "sale_server_id": sale}),
        "listing": pa.table({"listing_id": [f"L{n}" for n in range(500)], "ships_from": ["here"] * 500}),
        "origin": pa.table({"ships_from": ["here"], "country": ["DE"]}),
        "listing_substance": pa.table({
            "listing_id": [f"L{n}" for n in range(500)], "substance": [kind[n % 5] for n in range(500)],
        }),
        "delivery": pa.table({
            "market": market, "sale_server_id": sale, "address_text": [texts[one] for one in buyer.tolist()],
            "is_encrypted": [False] * len(buyer), "exhibit_id": ["E"] * len(buyer),
        }),
        "account": pa.table({
            "market": ["Fair"], "handle": ["nobody"], "server_id": ["none"], "account_id": ["A"],
            "exhibit_ids": [["E"]],
        }),
        "payment": pa.table({
            "market": ["Fair"], "sale_server_id": ["none"], "address": ["none"], "exhibit_id": ["E"],
        }),
        "purchase": pa.table({"tracking_number": ["none"], "order_reference": ["none"], "exhibit_id": ["E"]}),
        "toxicology": pa.table({
            "case_number": number, "substance": [kind[n % 5] for n in range(len(number))],
            "result": ["present"] * len(number), "exhibit_id": ["E"] * len(number),
        }),
        "overdose_case": pa.table({
            "case_number": number, "agency": ["desk"] * len(number), "exhibit_id": ["E"] * len(number),
            "part": ["p"] * len(number), "source_row": list(range(len(number))),
            "given_name": [names[person][0] for person in shown.tolist()],
            "family_name": [names[person][1] for person in shown.tolist()],
            "street": [one[0] for one in home], "town": [one[1] for one in home], "postcode": [one[2] for one in home],
            "country": ["DE"] * len(number), "last_seen_at": seen, "found_at": seen, "tracking_number": nothing,
            "order_reference": nothing, "handle_found": nothing, "payment_found": nothing,
        }),
    }  # fmt: skip


def _zipf(chance: np.random.Generator, count: int, kinds: int) -> np.ndarray:
    weights = 1 / (np.arange(kinds) + 8.0)
    return np.searchsorted(np.cumsum(weights / weights.sum()), chance.random(count)).clip(0, kinds - 1)


def _family(number: int) -> str:
    rest, end = divmod(number, len(_ENDS))
    rest, onset = divmod(rest, len(_ONSETS))
    return _ONSETS[onset] + _MIDDLES[rest % len(_MIDDLES)] + _ENDS[end]


def _given(number: int) -> str:
    rest, onset = divmod(number, len(_ONSETS))
    return _ONSETS[onset] + _MIDDLES[rest % len(_MIDDLES)] + _GIVEN_ENDS[(rest // len(_MIDDLES) + number) % 10]


def pairs(found: Sequence[CaseMatch]) -> int:
    """Pairs of case and consignee."""
    return sum(int(one.alike.sum()) for one in found)


def foretold(cases: list[Case], sales: Sales, seed: int) -> tuple[float, float]:
    """What shifting and swapping foretell."""
    times = shipped_weights().times
    moved = 0
    for shift in (-_SHIFT, _SHIFT):
        there = [replace(one, last_seen=(one.last_seen or 0) + shift, found=(one.found or 0) + shift) for one in cases]
        moved += pairs(list(match(there, sales, times)))
    chance, swapped = np.random.default_rng([seed, 78]), 0
    for _ in range(_SWAPS):
        order = chance.permutation(len(cases)).tolist()
        dealt = [
            replace(one, given=cases[n].given, family=cases[n].family) for one, n in zip(cases, order, strict=True)
        ]
        swapped += pairs(list(match(dealt, sales, times)))
    return moved / 2, swapped / _SWAPS


def main() -> None:
    """Match each country; print the truth beside what was foretold, and the cost of the first."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[11, 12, 13, 14])
    parser.add_argument("--buyers", type=int, default=40_000)
    parser.add_argument("--deliveries", type=int, default=130_000)
    parser.add_argument("--cases", type=int, default=2_000)
    parser.add_argument("--own-only", action="store_true", help="leave shifting and swapping out")
    given = parser.parse_args()
    weights = shipped_weights()
    sums = np.zeros(4)
    wrong = strong = 0
    for seed in given.seeds:
        country = made(seed, given.buyers, given.deliveries, given.cases)
        wall, cpu = time.perf_counter(), time.process_time()
        with session() as engine:
            for name, table in country.tables.items():
                engine.table(name, table)
            cases = opened.read_cases(engine, [])
            sales = opened.read_sales(engine, cases)
        found = list(match(cases, sales.sales, weights.times))
        run = Run.of(found)
        findings = [finding_of(case, one, sales, weights, run) for case, one in zip(cases, found, strict=True)]
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        true = sum(
            len(set(country.buyer[one.sale[one.is_soft]].tolist()) - {person})
            for one, person in zip(found, country.case_person.tolist(), strict=True)
        )
        others = (0.0, 0.0) if given.own_only else foretold(cases, sales.sales, seed)
        sums += (true, float(run.expected), *others)
        for finding, person in zip(findings, country.case_person.tolist(), strict=True):
            leads = [lead for lead in finding["leads"] if lead["grade"] == Grade.STRONG]
            strong += len(leads)
            wrong += len(leads) if person < 0 else 0
        print(f"seed {seed}: {true} true chance pairs; own {run.expected:.1f}, shifted {others[0]:.1f}, "
              f"swapped {others[1]:.1f}; {cpu:.1f} s of computing, {wall:.1f} s, peak {peak:.2f} GB")  # fmt: skip
    print(f"pooled over {sums[0]:.0f} true chance pairs, foretold / true: own {sums[1] / sums[0]:.3f}, "
          f"shifted {sums[2] / sums[0]:.3f}, swapped {sums[3] / sums[0]:.3f}")  # fmt: skip
    print(f"leads of accepted grade: {strong}, of which for cases of strangers: {wrong}")


if __name__ == "__main__":
    main()
