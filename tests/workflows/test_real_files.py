"""The real files, as they are. Only counts appear here: no row of them is in the project."""

import csv
import gzip
from decimal import Decimal
from pathlib import Path

import pysequoia
import pytest

from conftest import REF, fixed_context, made_operation
from crossbearing.domain.judgement import PairKind
from crossbearing.domain.openpgp import read_keys
from crossbearing.domain.openpgp_packets import packets_in
from crossbearing.domain.progress import Silent
from crossbearing.intake.signatures import SelfSignature, self_signature
from crossbearing.workflows.add_evidence import Submission, add_evidence
from crossbearing.workflows.bring_up_to_date import bring_up_to_date
from crossbearing.workflows.judge_pairs import list_pairs
from crossbearing.workflows.show_results import show_results

pytestmark = pytest.mark.real_data


def rows_in(path: Path) -> int:
    """The oracle: the csv module over the whole file, header not counted."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="latin-1", newline="") as lines:
        return sum(1 for _ in csv.reader(lines)) - 1


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
    assert all(pair["reasons_for"] and pair["tier"] == "lead" for pair in across)


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


def test_real_key_blocks_are_named_as_another_implementation_names_them(real_data: Path) -> None:
    """455 blocks: 17 hold no key, and 2 are damaged within it, which Sequoia refuses too."""
    with gzip.open(real_data / "keys" / "pgp_blocks.csv.gz", "rt", encoding="utf-8", newline="") as lines:
        blocks = list(csv.DictReader(lines))
    named = valid = 0
    for block in blocks:
        (reading,) = read_keys(block["block"])
        if not reading.fingerprint:
            assert reading.flaw
            continue
        named += 1
        valid += self_signature(reading.packets) is SelfSignature.VALID
        key = next(packets_in(reading.packets)).body
        framed = b"\xc6\xff" + len(key).to_bytes(4, "big") + key
        assert pysequoia.Cert.from_bytes(framed).fingerprint.upper() == reading.fingerprint
        assert reading.fingerprint == (block["fp"].upper() or reading.fingerprint)
    assert (len(blocks), named, valid) == (455, 436, 433)
