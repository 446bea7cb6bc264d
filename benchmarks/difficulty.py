"""How hard the simulated operation is: what naive methods and a stock peer score on it. Simulation only.

Accounts: equal key on two profiles, equal handle, equal handle skeleton, Splink 5 with stock settings; over all
pairs of seller accounts of the three markets. Overdoses: name and date against the orders whose address can be read.
"""

import argparse
import csv
import json
import re
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path

Pair = tuple[int, int]
WINDOW = timedelta(days=30)  # from the order to the overdose


def scores(found: set[Pair], true: set[Pair]) -> str:
    """Precision, recall and F1 of a set of pairs."""
    hits = len(found & true)
    precision = hits / len(found) if found else float("nan")
    recall = hits / len(true) if true else float("nan")
    f1 = 2 * hits / (len(found) + len(true)) if found or true else float("nan")
    return f"{len(found):7} pairs   P {precision:.3f}   R {recall:.3f}   F1 {f1:.3f}"


def within(groups: Iterable[Iterable[int]]) -> set[Pair]:
    """All pairs within groups."""
    return {pair for group in groups for pair in combinations(sorted(set(group)), 2)}


def accounts(size: str, seed: int) -> None:
    """Print what linking accounts by naive means gives."""
    from crossbearing.domain.handle import skeleton
    from crossbearing.domain.openpgp import read_keys
    from crossbearing.simulation.markets import MARKETS
    from crossbearing.simulation.population import made_population
    from crossbearing.simulation.scenario import SIZES, Scenario
    from crossbearing.simulation.trade import made_adverts

    population = made_population(SIZES[size], Scenario(), seed)
    by_operator, by_key, by_handle, by_skeleton = (defaultdict(list) for _ in range(4))
    # What a page shows of the trade: the commonest category of the account's own adverts.
    trade: dict[int, Counter[str]] = defaultdict(Counter)
    for market in MARKETS:
        for advert in made_adverts(market, population, Scenario(), seed, SIZES[size].adverts):
            trade[advert.account][advert.product.category] += 1
    rows = []
    for one in population.accounts:
        for operator in one.operators:
            by_operator[operator].append(one.number)
        keys = [key.fingerprint for block in one.shown_keys for key in read_keys(block) if key.fingerprint]
        for key in keys:
            by_key[key].append(one.number)
        by_handle[one.handle.casefold()].append(one.number)
        by_skeleton[skeleton(one.handle) or one.handle].append(one.number)
        rows.append(
            {
                "unique_id": one.number, "handle": one.handle.casefold(), "pgp": keys[0] if keys else None,
                "origin": one.origin or None, "trade": trade[one.number].most_common(1)[0][0],
            }
        )  # fmt: skip
    true = within(by_operator.values())
    print(f"accounts: {len(population.accounts)}, true pairs {len(true)}")
    for name, groups in (("equal key", by_key), ("equal handle", by_handle), ("equal skeleton", by_skeleton)):
        print(f"  {name:22} {scores(within(groups.values()), true)}")
    for threshold, found in splink(rows).items():
        print(f"  Splink 5, p >= {threshold:<8} {scores(found, true)}")


def splink(rows: list[dict[str, object]]) -> dict[float, set[Pair]]:
    """Pairs that Splink proposes with settings out of its own tutorial, by threshold."""
    import logging
    import warnings

    import pyarrow as pa
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[
            cl.JaroWinklerAtThresholds("handle", [0.92, 0.8]),
            cl.ExactMatch("pgp").configure(term_frequency_adjustments=True),
            cl.ExactMatch("origin").configure(term_frequency_adjustments=True),
            cl.ExactMatch("trade"),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("pgp"), block_on("handle"), block_on("substr(handle, 1, 4)"), block_on("origin", "trade"),
        ],
    )  # fmt: skip
    api = DuckDBAPI()
    linker = Linker(api.register(pa.Table.from_pylist(rows)), settings)
    linker.training.estimate_probability_two_random_records_match([block_on("pgp")], recall=0.6)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for rule in (block_on("pgp"), block_on("handle")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    predicted = linker.inference.predict(threshold_match_probability=0.5).as_pyarrow_table().to_pylist()
    return {
        threshold: {
            (min(one["unique_id_l"], one["unique_id_r"]), max(one["unique_id_l"], one["unique_id_r"]))
            for one in predicted
            if one["match_probability"] >= threshold
        }
        for threshold in (0.5, 0.95)
    }


def overdoses(size: str, seed: int) -> None:
    """Print what matching overdose cases to readable orders by name and date gives."""
    import openpyxl

    from crossbearing.domain.progress import Silent
    from crossbearing.workflows.simulate_operation import simulate_operation

    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "sim"
        simulate_operation(folder, Silent(), size=size, seed=seed)
        orders = readable_orders(folder / "evidence")
        sheet = openpyxl.load_workbook(folder / "evidence" / "overdose-cases.xlsx", read_only=True)["cases"]
        header, *cases = [list(row) for row in sheet.iter_rows(values_only=True)]
        with (folder / "truth" / "overdoses.csv").open(encoding="utf-8", newline="") as lines:
            truth = {row["case_number"]: row["sale_server_id"] for row in csv.DictReader(lines)}
    supplied = {case for case, sale in truth.items() if sale}
    readable = {sale for found in orders.values() for sale, _ in found}
    print(
        f"overdoses: {len(truth)}, with their supplier in the data {len(supplied)}, of these with a readable address "
        f"{sum(truth[case] in readable for case in supplied)}; readable orders {len(readable)}"
    )
    named, both = set(), set()
    for values in cases:
        case = dict(zip(header, values, strict=True))
        happened = case["found_at"]
        for sale, at in orders.get((case["given_name"], case["family_name"]), ()):
            named.add((case["case_number"], sale))
            if at <= happened <= at + WINDOW:
                both.add((case["case_number"], sale))
    for name, found in (("name alone", named), ("name and 30 days", both)):
        right = sum(truth[case] == sale for case, sale in found)
        cases_found = len({case for case, sale in found if truth[case] == sale})
        print(f"  {name:22} {len(found):7} hits, {right} right; {cases_found} of {len(supplied)} supplied cases found")


def readable_orders(evidence: Path) -> dict[tuple[str, str], list[tuple[str, datetime]]]:
    """Orders whose address stands in the clear or was decrypted, by given and family name."""
    pattern = re.compile(
        r"\('([0-9a-f-]{36})',(?:'[0-9a-f-]{36}'|NULL),(?:'[0-9a-f-]{36}'|NULL),(?:'[0-9a-f-]{36}'|NULL),\d+,"
        r"'(\w+) (\w+)\\n[^']*',[^)]*?'(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)'\)"
    )
    found = defaultdict(list)
    with (evidence / "decrypted.jsonl").open(encoding="utf-8") as lines:
        for one in map(json.loads, lines):
            if one["kind"] != "order":
                continue
            given, _, family = one["text"].partition("\n")[0].partition(" ")
            found[given, family].append((one["server_id"], datetime.fromisoformat(one["written_at"])))
    with (evidence / "kestrel.sql").open(encoding="utf-8") as lines:
        for line in lines:
            for sale, given, family, at in pattern.findall(line):
                moment = datetime.strptime(at, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
                found[given, family].append((sale, moment.replace(tzinfo=None)))
    return found


def main() -> int:
    """Print everything."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", default="monopoly")
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    print(f"simulated, size {given.size}, seed {given.seed}")
    accounts(given.size, given.seed)
    overdoses(given.size, given.seed)
    return 0


if __name__ == "__main__":
    sys.exit(main())
