"""Real titles of two markets: how many state a quantity that is read, how many name a substance, and how fast.

Prints aggregates only. Needs CROSSBEARING_DATA. The files are read with the project's own reader and profiles. The test
for "holds a quantity" is a loose pattern of its own (a digit beside a word that looks like a unit); it shares nothing
with the rules it judges. Also measured: simulated adverts, whose amount is known.
"""

import os
import platform
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crossbearing.reference.substances import Reading

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
from real_sets import LOOSE
from simulated_titles import judged

RUNS = 5
SEEDS = range(301, 304)  # new draws; the errors of other seeds had been seen when the rules were last changed
ADVERTS = 5_000
FOLDERS = {
    "one market, 2017": ("markets/alphabay-2017", "*.csv"),
    "another, 2014": ("markets/agora-2014", "products-*.csv"),
}
Titles = list[tuple[str, str | None]]


def titles_of(folder: Path, pattern: str, scratch: Path) -> Titles:
    """Distinct titles with their category, as the records of an operation hold them."""
    from crossbearing.domain.context import Context
    from crossbearing.domain.progress import Silent
    from crossbearing.store.operation import open_operation
    from crossbearing.store.register import Authorisation
    from crossbearing.store.views import reading
    from crossbearing.workflows.add_evidence import Submission, add_evidence
    from crossbearing.workflows.new_operation import add_authority, new_operation

    context, op = Context(person="benchmark", purpose="benchmark"), scratch / "operation"
    new_operation(op, context, name="benchmark", coordinator="benchmark")
    authority = Authorisation(ref="B", issued_by="b", basis="b", valid_from="2020-01-01", valid_until="")
    add_authority(op, context, authority)
    files = sorted(folder.glob(pattern))
    add_evidence(op, context, [Submission(path=path, market="M", authority="B") for path in files], Silent())
    with open_operation(op, context) as operation, reading(operation) as engine:
        rows = engine.rows("SELECT DISTINCT title, category FROM listing_sighting WHERE title IS NOT NULL ORDER BY ALL")
    return [(row["title"], row["category"]) for row in rows]


def is_drugs(category: str | None) -> bool:
    """Whether the market's own category says drugs."""
    return (category or "").startswith(("Drugs / ", "Drugs & Chemicals / "))


def report_quantities(titles: Sequence[str]) -> None:
    """Share read of those that hold one by the loose test; the rest by reason."""
    from crossbearing.reference.quantities import offer_in, quantities_in

    found = {title: quantities_in(title) for title in titles}
    loose = [title for title in titles if LOOSE.search(title)]
    read = sum(bool(found[title].readings) for title in loose)
    offers = Counter(offer.rule for one in found.values() if (offer := offer_in(one.readings)))
    reasons = Counter(one.reason for one in found.values() if one.reason)
    print(f"  quantity: {len(loose):,} of {len(titles):,} hold one by the loose test; read {read / len(loose):.2%}")
    print(f"  one amount offered: {sum(offers.values()) / len(titles):.1%}: {dict(offers.most_common())}")
    print(f"  not read: {dict(reasons.most_common())}")
    print(f"  more than one reading: {sum(len(one.readings) > 1 for one in found.values()) / len(titles):.1%}")


def report_substances(titles: Titles) -> None:
    """Share with a substance; how often the word fits the market's own category."""
    from crossbearing.reference.substances import Basis, goods_in, substances_in

    drugs = [one for one in titles if is_drugs(one[1])]
    found = [substances_in(*one) for one in drugs]
    words = [one for readings in found for one in readings]
    kinds = Counter(str(one.kind) for one in words)
    print(f"  substance: {share(map(bool, found))} of drug titles; words by kind {dict(kinds.most_common())}")
    print(
        f"  of {len(words):,} words: settled by category {share(one.basis == Basis.CATEGORY for one in words)}, "
        f"by a word near {share(one.basis == Basis.NEAR for one in words)}, "
        f"ambiguous {share(one.is_ambiguous for one in words)}, sold as {share(one.is_sold_as for one in words)}"
    )
    judged_fits = [fitting(category, readings) for (_, category), readings in zip(drugs, found, strict=True)]
    fits = [fit for fit in judged_fits if fit is not None]
    print(f"  first word that needs no help fits the category in {share(fits)} of {len(fits):,} titles")
    others = [one for one in titles if not is_drugs(one[1])]
    print(
        f"  other categories, {len(others):,} titles: goods {share(bool(goods_in(*one)) for one in others)}, "
        f"substance {share(bool(substances_in(*one)) for one in others)}"
    )


# Groups that belong to a category; categories that mix (prescription, other) are not judged.
FITTING = {
    "opio": {"opioid", "lethal opioid"},
    "stimul": {"stimulant", "cathinone"},
    "cannabis": {"cannabis", "synthetic cannabinoid"},
    "psyched": {"psychedelic"},
    "ecstasy": {"ecstasy", "cathinone"},
    "benzo": {"benzodiazepine", "benzodiazepine analogue", "sedative"},
    "dissoc": {"dissociative"},
    "disassoc": {"dissociative"},
    "steroid": {"steroid"},
}


def fitting(category: str | None, readings: Sequence["Reading"]) -> bool | None:
    """Whether the first word that counts by itself belongs to the category; None if that cannot be said."""
    groups = next((groups for word, groups in FITTING.items() if word in (category or "").lower()), None)
    plain = [one for one in readings if one.basis == "word"]
    return None if groups is None or not plain else plain[0].group in groups


def share(flags: Iterable[bool]) -> str:
    """A share as per cent."""
    listed = list(flags)
    return f"{sum(listed) / len(listed):.1%}" if listed else "none"


def report_speed(name: str, titles: Titles, read: Callable[[str, str | None], object]) -> None:
    """Titles per CPU second, best and median."""
    rates = []
    for _ in range(RUNS):
        began = time.process_time()
        for title, category in titles:
            read(title, category)
        rates.append(len(titles) / (time.process_time() - began))
    print(f"{name:18} {max(rates):,.0f} titles a CPU second at best, {statistics.median(rates):,.0f} in the median")


def main() -> int:
    """Measure and print."""
    from crossbearing.reference.quantities import quantities_in
    from crossbearing.reference.substances import substances_in

    print(f"machine: {os.cpu_count()} cores, Python {platform.python_version()}; {RUNS} runs")
    for seed in SEEDS:
        verdicts = judged(seed, ADVERTS)
        given = verdicts["right"] + verdicts["wrong"]
        print(
            f"simulated, seed {seed}: {ADVERTS:,} adverts, amount given {given:,}, "
            f"precision {verdicts['right'] / given:.4f}, recall {verdicts['right'] / ADVERTS:.4f}"
        )
    named = os.environ.get("CROSSBEARING_DATA", "")
    if not named or not Path(named).is_dir():
        sys.stderr.write("CROSSBEARING_DATA does not name the folder of real files: the simulation only\n")
        return 1
    everything: Titles = []
    for name, (folder, pattern) in FOLDERS.items():
        with tempfile.TemporaryDirectory() as scratch:
            titles = titles_of(Path(named) / folder, pattern, Path(scratch))
        print(f"{name}: {len(titles):,} distinct titles with their category")
        report_quantities(sorted({title for title, category in titles if is_drugs(category)}))
        report_substances(titles)
        everything += titles
    report_speed("quantities", everything, lambda title, _: quantities_in(title))
    report_speed("substances", everything, substances_in)
    return 0


if __name__ == "__main__":
    sys.exit(main())
