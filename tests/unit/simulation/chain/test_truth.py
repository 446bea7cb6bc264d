"""What the chain says of itself is true, and each dial does what it says."""

import hashlib
import os
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
import yaml

from crossbearing.simulation.chain import Chain, ChainDials, economy
from unit.simulation.chain.block_audit import Audited, audit, script_of
from unit.simulation.chain.worlds import EVERYTHING, blocks_of, payments_of, some_payments, written

QUIET = ChainDials(**{dial.name: 0.0 for dial in fields(ChainDials)})


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Chain:
    return written(tmp_path_factory.mktemp("chain"), some_payments(400))


@pytest.fixture(scope="module")
def audited(chain: Chain) -> Audited:
    return audit(blocks_of(chain))


def kinds(chain: Chain) -> dict[str, str]:
    return dict(zip(chain.wallets["address"].to_pylist(), chain.wallets["kind"].to_pylist(), strict=True))


def digests(chain: Chain) -> list[str]:
    return [hashlib.sha256(path.read_bytes()).hexdigest() for path in chain.files]


def test_cash_outs_stand_on_the_chain(chain: Chain, audited: Audited) -> None:
    kind = kinds(chain)
    assert chain.cash_outs.num_rows > 20
    for row in chain.cash_outs.to_pylist():
        assert audited.outputs[row["txid"], row["vout"]] == (row["satoshi"], script_of(row["address"]))
        assert audited.spends[row["txid"]].at == row["at"]
        assert kind[row["address"]] in {"exchange_deposit", "custodian_deposit"}


def test_deposits_reach_the_hot_wallet_of_their_service(chain: Chain, audited: Audited) -> None:
    owner = dict(zip(chain.wallets["address"].to_pylist(), chain.wallets["owner"].to_pylist(), strict=True))
    hot = {script_of(one): owner[one] for one, kind in kinds(chain).items() if kind.endswith("_hot")}
    spent_by = {spent: one for one in audited.spends.values() for spent in one.inputs}
    for row in chain.cash_outs.to_pylist():
        sweep = spent_by.get((row["txid"], row["vout"]))
        assert owner[row["address"]] == row["service"]
        if sweep:
            assert {hot[script] for _, script in sweep.outputs} == {row["service"]}


def test_coinjoins_have_equal_outputs_of_five_to_eight(chain: Chain, audited: Audited) -> None:
    assert chain.coinjoins.num_rows
    for row in chain.coinjoins.to_pylist():
        one = audited.spends[row["txid"]]
        equal = [script for value, script in one.outputs if value == row["satoshi"]]
        assert len(set(equal)) == row["participants"]
        assert 5 <= row["participants"] <= min(8, len(one.inputs))
        assert row["participants"] <= len(one.outputs) <= 2 * row["participants"]


def test_payments_go_to_the_operator_or_to_where_they_sell_through(chain: Chain) -> None:
    where = dict(zip(chain.wallets["address"].to_pylist(), zip(
        chain.wallets["kind"].to_pylist(), chain.wallets["owner"].to_pylist(), strict=True), strict=True))  # fmt: skip
    seen = set()
    for address, payee in zip(chain.address, some_payments(400).payee.tolist(), strict=True):
        kind, owner = where[address]
        seen.add(kind)
        assert owner == payee if kind == "operator" else kind in {"processor", "exchange_deposit", "custodian_deposit"}
    assert "operator" in seen


def test_the_tag_pack_covers_and_errs_as_the_dials_say(tmp_path: Path) -> None:
    chain = written(tmp_path, some_payments(600), dials=replace(EVERYTHING, tag_coverage=0.5, wrong_tags=0.1))
    kind = kinds(chain)
    label = dict(zip(chain.services["service"].to_pylist(), chain.services["label"].to_pylist(), strict=True))
    owner = dict(zip(chain.wallets["address"].to_pylist(), chain.wallets["owner"].to_pylist(), strict=True))
    pack = yaml.safe_load(chain.files[-1].read_text(encoding="utf-8"))
    tags = {tag["address"]: {**pack, **tag} for tag in pack["tags"]}
    assert list(tags) == chain.tags["address"].to_pylist() == sorted(tags)
    # A processor's invoices and change share a kind; the deposit addresses of the others do not.
    deposits = [address for address, one in kind.items() if one.endswith("_deposit")]
    assert np.isclose(np.mean([address in tags for address in deposits]), 0.5, atol=0.08)
    wrong = 0
    for row in chain.tags.to_pylist():
        tag = tags[row["address"]]
        assert tag["label"] == row["label"]
        is_service = kind[row["address"]].startswith(("exchange", "custodian", "processor"))
        assert row["is_right"] == (is_service and label[owner[row["address"]]] == row["label"])
        wrong += not row["is_right"]
        assert {
            "network",
            "currency",
            "confidence",
            "source",
            "category",
            "is_cluster_definer",
            "lastmod",
            "actor",
        } <= set(tag)
    assert np.isclose(wrong / chain.tags.num_rows, 0.1, atol=0.02)


def test_dials_at_nothing_switch_everything_off(tmp_path: Path) -> None:
    chain = written(tmp_path, dials=QUIET)
    found = audit(blocks_of(chain))
    assert not chain.coinjoins.num_rows
    assert not chain.tags.num_rows
    assert yaml.safe_load(chain.files[-1].read_text(encoding="utf-8"))["tags"] == []
    kind = kinds(chain)
    assert "bystander" not in kind.values()
    assert "coinjoin" not in kind.values()
    assert {kind[address] for address in chain.address} == {"operator"}
    assert len(set(chain.address)) == len(chain.address)
    assert len(set(chain.txid)) == len(chain.txid)
    assert all(
        len(one.outputs) <= 2 for one in found.spends.values() if one.height > found.spends[chain.txid[0]].height
    )


@pytest.mark.parametrize(("dial", "kind"), [("straight_share", "exchange_deposit"), ("processor_share", "processor")])
def test_a_way_of_selling_that_everybody_uses_is_where_all_is_paid(tmp_path: Path, dial: str, kind: str) -> None:
    chain = written(tmp_path, dials=replace(QUIET, **{dial: 1.0}))
    assert {kinds(chain)[address] for address in chain.address} <= {kind, "custodian_deposit"}


def test_custodial_buyers_have_no_wallet(tmp_path: Path) -> None:
    chain = written(tmp_path, dials=replace(QUIET, custodial_share=1.0, batch_share=1.0))
    assert "buyer" not in kinds(chain).values()


def test_reused_addresses_are_seen_again(tmp_path: Path) -> None:
    chain = written(tmp_path, dials=replace(QUIET, address_reuse=1.0))
    assert len(set(chain.address)) < len(chain.address) / 2


def test_no_payments_still_make_a_chain(tmp_path: Path) -> None:
    chain = written(tmp_path, payments_of([]))
    assert not chain.txid
    assert not chain.cash_outs.num_rows
    assert len(audit(blocks_of(chain)).times) > 100


def test_a_dial_beyond_its_range_is_refused() -> None:
    with pytest.raises(ValueError, match="peel_share"):
        ChainDials(peel_share=1.5)


def test_every_payment_is_told_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(economy, "_TOLD_EVERY", 40)
    told: list[int] = []
    written(tmp_path, done=told.append)
    assert sum(told) == len(some_payments())
    assert len(told) > 2


def test_one_seed_gives_one_chain_and_another_seed_another(tmp_path: Path, chain: Chain) -> None:
    again = written(tmp_path / "again", some_payments(400))
    assert digests(again) == digests(chain)
    assert again.txid == chain.txid
    assert again.wallets.equals(chain.wallets)
    other = written(tmp_path / "other", some_payments(400), seed=2)
    assert not set(digests(other)) & set(digests(chain))


def test_another_process_with_other_hashing_writes_the_same_bytes(tmp_path: Path, chain: Chain) -> None:
    work = (
        "import sys; from pathlib import Path; from unit.simulation.chain.worlds import *; "
        "written(Path(sys.argv[1]), some_payments(400))"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "4711", "PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", work, str(tmp_path)], check=True, env=environment)
    assert [hashlib.sha256((tmp_path / path.name).read_bytes()).hexdigest() for path in chain.files] == digests(chain)
