"""Bitcoin Core is the authority: its own validation, scripts and signatures included, takes every block."""

from collections.abc import Callable
from pathlib import Path

import pytest

from crossbearing.simulation.chain import blocks, curve
from unit.simulation.chain.block_audit import records_of
from unit.simulation.chain.worlds import AFTER_TAPROOT, BEFORE_SEGWIT, BEGINS, blocks_of, written


@pytest.fixture
def height_reached(tmp_path: Path) -> Callable[[list[Path]], int]:
    """How far Bitcoin Core gets with the blocks of these files."""
    import pbk

    def reached(paths: list[Path]) -> int:
        manager = pbk.load_chainman(tmp_path / "core", pbk.ChainType.REGTEST)
        manager.import_blocks(paths)
        height: int = manager.get_active_chain().height
        return height

    return reached


@pytest.mark.parametrize("begins_at", [BEFORE_SEGWIT, BEGINS, AFTER_TAPROOT])
def test_bitcoin_core_accepts_every_block(
    tmp_path: Path, height_reached: Callable[[list[Path]], int], begins_at: int
) -> None:
    paths = blocks_of(written(tmp_path / "chain", begins_at=begins_at))
    assert height_reached(paths) == len(records_of(paths)) - 1


def test_bitcoin_core_reads_on_in_the_next_file(
    tmp_path: Path, height_reached: Callable[[list[Path]], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocks.BlockFiles.__init__, "__defaults__", (100_000,))
    paths = blocks_of(written(tmp_path / "chain"))
    assert len(paths) > 2
    assert height_reached(paths) == len(records_of(paths)) - 1


@pytest.mark.parametrize("name", ["sign", "sign_schnorr"])
def test_bitcoin_core_refuses_the_block_with_one_wrong_signature(
    tmp_path: Path, height_reached: Callable[[list[Path]], int], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    right = getattr(curve, name)
    asked = 0

    def wrong_once(digest: bytes, secret: int) -> bytes:
        nonlocal asked
        asked += 1
        signature: bytes = right(bytes(32) if asked == 20 else digest, secret)
        return signature

    monkeypatch.setattr(curve, name, wrong_once)
    paths = blocks_of(written(tmp_path / "chain", begins_at=AFTER_TAPROOT))
    assert 100 < height_reached(paths) < len(records_of(paths)) - 1
