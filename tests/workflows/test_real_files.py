"""The real files, as they are. Only counts appear here: no row of them is in the project."""

import csv
import gzip
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from conftest import REF, fixed_context, made_operation
from crossbearing.domain.judgement import PairKind
from crossbearing.domain.openpgp import Flaw, KeyState
from crossbearing.domain.progress import Silent
from crossbearing.intake.readers.tagpack import TagPack
from crossbearing.workflows.add_evidence import Submission, add_evidence
from crossbearing.workflows.bring_up_to_date import bring_up_to_date
from crossbearing.workflows.count_overdoses import count_overdoses, write_counts_page
from crossbearing.workflows.judge_pairs import list_pairs
from crossbearing.workflows.show_results import show_results
from reading import read, rows_of
from real_keys import AGREES, ALONE, DISAGREES, key_account
from real_sets import accounts, recognised_files

pytestmark = pytest.mark.real_data


def rows_in(path: Path) -> int:
    """The oracle: the csv module over the whole file, header not counted."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="latin-1", newline="") as lines:
        return sum(1 for _ in csv.reader(lines)) - 1


@pytest.mark.long
def test_every_row_of_both_real_markets_is_accounted_for(real_data: Path, tmp_path: Path) -> None:
    operation = made_operation(tmp_path / "operation")
    folders = {"one": real_data / "markets" / "alphabay-2017", "other": real_data / "markets" / "agora-2014"}
    submissions = [Submission(path=path, market=market, authority=REF) for market, path in folders.items()]
    added = [one.exhibit for one in add_evidence(operation, fixed_context(), submissions, Silent())]
    for exhibit, folder in zip(added, folders.values(), strict=True):
        for part in exhibit.parts:
            assert part.rows_in == part.rows_out + part.rows_refused == rows_in(folder / part.part)
    assert sum(part.rows_in for part in added[0].parts) == 35_485
    assert len(added[0].parts) == 69
    bring_up_to_date(operation, fixed_context(), Silent())
    pairs = list_pairs(operation, fixed_context(), PairKind.ACCOUNT)
    across = [pair for pair in pairs if pair["left_market"] != pair["right_market"]]
    assert len(across) > 50
    # Nobody shows a key or a contact here: name and look alone are a lead, both at once what a copy would be too.
    assert all(pair["reasons_for"] and pair["tier"] in {"lead", "imitation"} for pair in across)


def test_published_operations_add_up(real_data: Path, tmp_path: Path) -> None:
    """61, 179, 150 and 288 arrests; country tables add up where there is one."""
    operation = made_operation(tmp_path / "operation")
    path = real_data / "operations" / "operations_outcomes.csv"
    add_evidence(operation, fixed_context(), [Submission(path=path, authority=REF)], Silent())
    bring_up_to_date(operation, fixed_context(), Silent())
    results = {
        one.campaign: {(x.item, x.unit): x for x in one.lines} for one in show_results(operation, fixed_context())
    }
    arrests = {name: lines["persons", "persons"] for name, lines in results.items()}
    totals = {name: int(line.total) for name, line in arrests.items()}
    assert totals == {"SaboTor": 61, "DisrupTor": 179, "Dark HunTor": 150, "SpecTor": 288}
    for name in ("DisrupTor", "Dark HunTor", "SpecTor"):
        assert arrests[name].sum_of_parts == arrests[name].total
        assert not arrests[name].problems
    assert arrests["SaboTor"].unspecified == 61
    drugs = results["SpecTor"]["drugs", "kg"]
    assert (drugs.total, drugs.kind_unspecified) == (Decimal(850), Decimal(432))
    pills = results["Dark HunTor"]["drugs", "pills"]
    assert (int(pills.total), pills.problems) == (25_000, ()), "pills are never kilograms"
    assert {unit for item, unit in results["SpecTor"] if item == "cash_and_virtual_currency"} == {"EUR", "USD"}


@pytest.mark.long
def test_real_rows_are_accounted_for_and_what_they_hold_is_read(real_data: Path, tmp_path: Path) -> None:
    """At least 95 in 100 of prices, origins, destinations, dates and quantities, and none read as something else."""
    files, _ = recognised_files(real_data, Silent())
    found = {one.profile: one for one in accounts(files, tmp_path, Silent())}
    for name in ("alphabay-2017-listings", "agora-2014-products", "agora-2014-vendor-pages", "hansa-2017-pages"):
        assert not found[name].refused, name
    for name, one in found.items():
        assert one.counted == one.rows_in == one.rows_out + one.refused.total(), name
        # A tag has some 50 bytes, and the line end behind it belongs to no row.
        bar = 0.97 if name == "tag-packs" else 0.99
        assert one.bytes_in_rows + one.bytes_refused > bar * one.bytes_read, name
        for kind, values in one.values.items():
            assert values.held, (name, kind)
            assert values.share >= 0.95, (name, kind)
            assert not values.wrong, (name, kind)
            assert values.compared or kind in {"origin", "destination"}, (name, kind)
    # Origins that say something: what names no place at all is the smaller part, and is not hidden by the bar above.
    origins = found["agora-2014-products"].values["origin"]
    assert origins.read["country"] > 15_000
    assert origins.read["country"] / (origins.held + origins.without.total()) > 0.65


def test_real_key_blocks_are_named_as_others_name_them_and_never_otherwise(real_data: Path) -> None:
    """455 blocks: 16 hold words only; of 3 the key packet is lost in part, and GnuPG and Sequoia refuse them too."""
    made = key_account(real_data / "keys" / "pgp_blocks.csv.gz", Silent())
    assert (made.blocks, made.named, made.states[KeyState.VERIFIED]) == (455, 436, 433)
    assert made.flaws == {Flaw.EMPTY: 16, Flaw.NO_KEY: 1, Flaw.CUT_OFF: 1, Flaw.NO_WHOLE_KEY: 1}
    assert made.oracles["Sequoia, the key packet as repaired"][AGREES] == 436
    for name, verdicts in made.oracles.items():
        assert verdicts[DISAGREES] == 0, name
        assert verdicts[AGREES] >= 400, name
        if name in {"GnuPG", "Sequoia"}:
            assert verdicts[ALONE] == 0, name


@pytest.mark.parametrize(
    ("largest", "expected"), [(1 << 16, None), pytest.param(1 << 30, 97_443, marks=pytest.mark.long)]
)
def test_every_tag_of_the_real_packs_is_read(real_data: Path, largest: int, expected: int | None) -> None:
    """39 packs with 97,443 tags, 34 of them small; PyYAML's own loader is the oracle."""
    tags = 0
    for path in sorted((real_data / "chain" / "tags" / "packs").glob("*.yaml")):
        if path.stat().st_size > largest:
            continue
        content = path.read_bytes()
        batches, refused = read(TagPack(), content)
        assert TagPack().recognises(content[:65_536])
        assert not refused
        known = yaml.load(content, Loader=yaml.CBaseLoader)["tags"]  # noqa: S506 - it makes nothing but texts
        own = [{name: cell for name, cell in row.items() if cell and name[:5] != "pack."} for row in rows_of(batches)]
        assert own == [{name: text for name, text in tag.items() if text} for tag in known]
        tags += len(own)
    assert tags == expected if expected else tags > 1_000


def test_every_real_overdose_is_accounted_for_and_the_middle_of_the_state_is_never_drawn(
    real_data: Path, tmp_path: Path
) -> None:
    """10,654 deaths; the csv module says which cells name the state alone, and where its middle is."""
    (path,) = (real_data / "overdose").glob("*.csv")
    operation = made_operation(tmp_path / "operation")
    (added,) = add_evidence(operation, fixed_context(), [Submission(path=path, authority=REF)], Silent())
    (part,) = added.exhibit.parts
    assert (part.rows_in, part.rows_out, part.rows_refused) == (10_654, 10_654, 0)
    bring_up_to_date(operation, fixed_context(), Silent())
    found = count_overdoses(operation, fixed_context(), period="month", area="town")
    (one,) = found.lists
    assert one.account.rows == one.in_figures + one.not_shown == rows_in(path)
    assert one.in_figures / one.account.rows > 0.99
    assert one.not_shown >= 5
    assert sum(one.account.precision.values()) == rows_in(path)
    assert min(count for shown in found.overdoses.values() for count in shown.counts.values()) >= 5
    with path.open(encoding="utf-8", newline="") as lines:
        cells = [row[name] for row in csv.DictReader(lines) for name in ("InjuryCityGeo", "DeathCityGeo")]
    alone = [cell for cell in cells if cell and "," not in cell.split("\n")[0]]
    middles = {tuple(map(Decimal, cell.split("\n")[1].strip("() ").split(","))) for cell in alone}
    assert len(alone) > 1_000
    assert middles
    assert middles.isdisjoint(set(found.places.values()))
    drawn = write_counts_page(found, tmp_path / "page.html").read_text(encoding="utf-8").count("<circle")
    assert 5 <= drawn <= len(found.places)
