"""What the chain is known to be: the answers against which tracing is measured."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from crossbearing.simulation.chain.books import Books
from crossbearing.simulation.chain.records import Records
from crossbearing.simulation.chain.services import PROFILES
from crossbearing.simulation.chain.tags import Tag


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """A written chain with its truth; the columns of the payments are in the order of the payments.

    Attributes:
        txid: Of each payment, as shown, hexadecimal.
        vout: Place among the transaction's outputs.
        address: Where it was paid to.
        paid_at: Time of its block, Unix seconds; never before the payment's own time.
        satoshi: What was paid.
        raised: Whether that is more than was asked, because it was too little to send.
        files: Block files in their order, then the TagPack.
        wallets: Every address: address, kind of wallet, owner, wallet. The owner is the number of the buyer, operator
            or service; addresses of one wallet are under one control.
        services: service, label, category.
        cash_outs: operator, service, address, txid, vout, satoshi, at: coin sent to a deposit address.
        coinjoins: txid, satoshi of an equal output, participants, at.
        tags: address, label, is_right.
    """

    txid: list[str]
    vout: NDArray[np.int32]
    address: list[str]
    paid_at: NDArray[np.int64]
    satoshi: NDArray[np.int64]
    raised: NDArray[np.bool_]
    files: list[Path]
    wallets: pa.Table
    services: pa.Table
    cash_outs: pa.Table
    coinjoins: pa.Table
    tags: pa.Table


def shown(txid: bytes) -> str:
    """An id as it is shown: reversed, hexadecimal."""
    return txid[::-1].hex()


def address_column(books: Books) -> pa.Array:
    """The address of every key, by its number."""
    return pa.array(books.ring.addresses()).cast(pa.string())


def wallet_table(books: Books, addresses: pa.Array) -> pa.Table:
    """Every address with its wallet and owner."""
    holder = np.frombuffer(books.ring.wallets, np.int32)
    kinds = pa.array([str(wallet.role) for wallet in books.wallets], pa.string()).dictionary_encode()
    owners = np.array([wallet.owner for wallet in books.wallets], np.int64)
    return pa.table({
        "address": addresses,
        "kind": kinds.take(pa.array(holder)),
        "owner": owners[holder],
        "wallet": holder,
    })  # fmt: skip


def service_table() -> pa.Table:
    """The services by their number."""
    return pa.table({
        "service": np.arange(len(PROFILES)),
        "label": [one.label for one in PROFILES],
        "category": [one.category for one in PROFILES],
    })  # fmt: skip


def cash_out_table(records: Records, addresses: pa.Array) -> pa.Table:
    """Cash-outs of operators in the order of time."""
    rows = records.cash_outs
    return pa.table({
        "operator": _column(rows, 0),
        "service": _column(rows, 1),
        "address": addresses.take(_column(rows, 2)),
        "txid": pa.array([shown(row[3]) for row in rows], pa.string()),
        "vout": _column(rows, 4),
        "satoshi": _column(rows, 5),
        "at": pa.array(records.cashed_at, pa.int64()),
    })  # fmt: skip


def coinjoin_table(records: Records) -> pa.Table:
    """CoinJoins in the order of time."""
    rows = records.coinjoins
    return pa.table({
        "txid": pa.array([shown(row[0]) for row in rows], pa.string()),
        "satoshi": _column(rows, 1),
        "participants": _column(rows, 2),
        "at": pa.array(records.mixed_at, pa.int64()),
    })  # fmt: skip


def tag_table(tags: Sequence[Tag], addresses: pa.Array) -> pa.Table:
    """Tags by address."""
    table = pa.table({
        "address": addresses.take(pa.array([tag.key for tag in tags], pa.int64())),
        "label": pa.array([PROFILES[tag.service].label for tag in tags], pa.string()),
        "is_right": pa.array([tag.is_right for tag in tags], pa.bool_()),
    })  # fmt: skip
    return table.sort_by("address")


def _column(rows: Sequence[tuple[object, ...]], place: int) -> pa.Array:
    return pa.array([row[place] for row in rows], pa.int64())
