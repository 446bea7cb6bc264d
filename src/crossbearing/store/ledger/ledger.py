"""Recording acts: the act and its log leaf stand in one transaction, or neither does.

The transaction that places acts is the sequencer: it alone gives positions, extends the tree by its
frontier and signs the checkpoint over it. What stands is never changed, with one exception: an act that an
erasure names loses its words and its salt, and its leaf stays.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from crossbearing.domain import merkle
from crossbearing.domain.act import Act, ActKind, Entry
from crossbearing.domain.canonical import Json, canonical
from crossbearing.domain.context import Context
from crossbearing.domain.errors import BadRequest, UnreadableSource
from crossbearing.domain.payloads import NEWEST, lifted
from crossbearing.store.ledger.engine import Engine, Transaction, Value, Waiting
from crossbearing.store.ledger.sqlite import SqliteEngine
from crossbearing.store.notes import checkpoint_text

_COLUMNS: Final = "position, kind, subject, at, person, authority, purpose, case_ref, version, payload"
_SALT_BYTES: Final = 16
Signer = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Attestation:
    """What somebody outside said of a checkpoint: a witness's cosignature, or a time stamp.

    Attributes:
        kind: "cosignature" or "stamp".
        token: Base64 of the time-stamp token; empty for a cosignature.
    """

    size: int
    kind: str
    name: str
    note: str
    token: str = ""


@dataclass(frozen=True, slots=True)
class Stored:
    """The log as it lies in the store, for a verifier that reads it with its own eyes."""

    acts: list[tuple[Value, ...]]
    leaves: list[tuple[Value, ...]]
    head: str
    attestations: list[tuple[Value, ...]]


class Ledger:
    """The append-only acts of one operation."""

    def __init__(self, engine: Engine, *, origin: str = "crossbearing", sign: Signer | None = None) -> None:
        """Keep acts in this engine.

        Args:
            engine: The database.
            origin: Name of this log on its checkpoints.
            sign: Turns a checkpoint's text into a signed note; without it checkpoints stay unsigned.
        """
        self._engine = engine
        self._origin = origin
        self._sign = sign

    def record(self, context: Context, *acts: Act) -> list[Entry]:
        """Append acts by one person at one time, all or none; durable when it returns."""
        batch = [_waiting(context, act) for act in acts]
        if not batch:
            return []
        first = self._engine.append(batch, self._sequence)
        return [_entry((position, *row)) for position, row in enumerate(batch, start=first)]

    def decide(
        self,
        context: Context,
        acts_given: Callable[[list[Entry]], Sequence[Act]],
        *kinds: ActKind,
        subject: str | None = None,
    ) -> list[Entry]:
        """Append acts that depend on what stands, with nobody writing in between.

        Args:
            context: Who acts, and when.
            acts_given: Is shown the entries of the kinds named, in order, and answers with the acts.
            kinds: What it needs to see; none for nothing.
            subject: Show it only the acts on this subject.
        """
        with self._engine.writing() as transaction:
            seen = _select(transaction, kinds, subject) if kinds else []
            batch = [_waiting(context, act) for act in acts_given(seen)]
            if not batch:
                return []
            first = self._sequence(transaction, batch)
            return [_entry((position, *row)) for position, row in enumerate(batch, start=first)]

    def erase(self, context: Context, act: Act, positions: Sequence[int], *further: Act) -> Entry:
        """Record an erasure and take the words out of the acts it names; leaves and places stay.

        Args:
            context: Who erases.
            act: The erasure; its payload gets the positions under "acts".
            positions: Acts that speak of the person.
            further: What is recorded with it.
        """
        with self._engine.erasing() as transaction:
            # The leaf does not name who acted; when the words are gone, the receipt does.
            stay: list[Json] = [
                list(transaction.run("SELECT position, person, version FROM act WHERE position = ?", [position])[0])
                for position in sorted(positions)
            ]
            named = Act(kind=act.kind, subject=act.subject, payload={**act.payload, "acts": stay})
            batch = [_waiting(context, one) for one in (named, *further)]
            first = self._sequence(transaction, batch)
            transaction.run_many(
                "UPDATE act SET subject = '', authority = '', purpose = '', case_ref = '', payload = '', salt = '' "
                "WHERE position = ?",
                [(position,) for position in sorted(positions)],
            )
        return _entry((first, *batch[0]))

    def entries(self, *kinds: ActKind, subject: str | None = None) -> list[Entry]:
        """The entries of these kinds in order; all entries if none is named."""
        with self._engine.reading() as transaction:
            return _select(transaction, kinds, subject)

    def last(self, count: int) -> list[Entry]:
        """The newest entries, oldest first."""
        with self._engine.reading() as transaction:
            rows = transaction.run(f"SELECT {_COLUMNS} FROM act ORDER BY position DESC LIMIT ?", [count])
        return [_entry(row) for row in reversed(rows)]

    def position(self) -> int:
        """Position of the newest entry; -1 if there is none."""
        with self._engine.reading() as transaction:
            return int(transaction.run("SELECT coalesce(max(position), -1) FROM act")[0][0] or 0)

    def checkpoint(self) -> str:
        """The signed checkpoint over everything that stands; empty before the first act."""
        with self._engine.reading() as transaction:
            rows = transaction.run("SELECT checkpoint FROM tree")
        return str(rows[0][0]) if rows else ""

    def consistency_proof(self, old_size: int) -> list[bytes]:
        """Nodes that show that today's log continues the log of ``old_size`` entries.

        Raises:
            BadRequest: The log never had that size.
        """
        with self._engine.reading() as transaction:
            rows = transaction.run("SELECT hash FROM leaf ORDER BY position")
        try:
            return merkle.consistency_proof([bytes.fromhex(str(row[0])) for row in rows], old_size)
        except ValueError as wrong:
            raise BadRequest(
                f"There is no proof from size {old_size}: the log has {len(rows)} entries",
                where="the log",
                remedy="Give a size from 1 to the log's own; a larger one means that entries are gone.",
            ) from wrong

    def attest(self, attestation: Attestation) -> None:
        """Keep what somebody outside said of a checkpoint; the same again changes nothing."""
        one = attestation
        with self._engine.writing() as transaction:
            values: list[Value] = [one.size, one.kind, one.name, one.note, one.token]
            where = "size = ? AND kind = ? AND name = ? AND note = ? AND token = ?"
            if not transaction.run(f"SELECT 1 FROM attestation WHERE {where}", values):
                statement = "INSERT INTO attestation (size, kind, name, note, token) VALUES (?, ?, ?, ?, ?)"
                transaction.run(statement, values)

    def stored(self) -> Stored:
        """Everything as it lies in the store, for the verifier."""
        with self._engine.reading() as transaction:
            heads = transaction.run("SELECT checkpoint FROM tree")
            return Stored(
                transaction.run(f"SELECT {_COLUMNS}, salt FROM act ORDER BY position"),
                transaction.run("SELECT position, statement, hash FROM leaf ORDER BY position"),
                str(heads[0][0]) if heads else "",
                transaction.run("SELECT size, kind, name, note, token FROM attestation ORDER BY size, kind, name"),
            )

    def copy_to(self, target: Path) -> int:
        """Write the log as it stands into a new SQLite file; gives its size."""
        self._engine.copy_to(target)
        copy = SqliteEngine(target)
        try:
            with copy.reading() as transaction:
                return int(transaction.run("SELECT count(*) FROM leaf")[0][0] or 0)
        finally:
            copy.close()

    def close(self) -> None:
        """Give the database back."""
        self._engine.close()

    def _sequence(self, transaction: Transaction, batch: Sequence[Waiting]) -> int:
        """Give acts their places, their leaves, and the tree its new checkpoint."""
        first, frontier = _tree(transaction)
        acts, leaves, hashes = [], [], []
        for position, row in enumerate(batch, start=first):
            statement = _statement(position, row)
            leaf = merkle.leaf_hash(statement)
            acts.append((position, *row))
            leaves.append((position, statement.decode("utf-8", "surrogatepass"), leaf.hex()))
            hashes.append(leaf)
        transaction.run_many(
            f"INSERT INTO act ({_COLUMNS}, salt) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            acts,
        )
        transaction.run_many("INSERT INTO leaf (position, statement, hash) VALUES (?, ?, ?)", leaves)
        frontier = frontier.appended(hashes)
        note = checkpoint_text(self._origin, frontier.size, frontier.root)
        if self._sign is not None:
            note = self._sign(note)
        values = (frontier.size, frontier.written(), note)
        if first:
            transaction.run("UPDATE tree SET size = ?, frontier = ?, checkpoint = ?", values)
        else:
            transaction.run("INSERT INTO tree (size, frontier, checkpoint) VALUES (?, ?, ?)", values)
        return first


def _tree(transaction: Transaction) -> tuple[int, merkle.Frontier]:
    rows = transaction.run("SELECT size, frontier FROM tree")
    try:
        frontier = merkle.Frontier.read(int(rows[0][0] or 0), str(rows[0][1])) if rows else merkle.Frontier()
    except ValueError as damaged:
        raise UnreadableSource(
            f"The tree over the log is damaged: {damaged}",
            where="the decision store, table tree",
            remedy="Stop work on this operation and run `crossbearing log verify`.",
        ) from damaged
    return frontier.size, frontier


def _waiting(context: Context, act: Act) -> Waiting:
    return (
        str(act.kind),
        act.subject,
        context.now(),
        context.person,
        context.authority,
        context.purpose,
        context.case,
        NEWEST.get(act.kind, act.version),
        canonical(act.payload).decode("utf-8", "surrogatepass"),
        context.randomness(_SALT_BYTES).hex(),
    )


def _select(transaction: Transaction, kinds: Sequence[ActKind], subject: str | None) -> list[Entry]:
    conditions = ["TRUE"]
    values: list[Value] = [str(kind) for kind in kinds]
    if kinds:
        conditions.append(f"kind IN ({', '.join('?' for _ in kinds)})")
    if subject is not None:
        conditions.append("subject = ?")
        values.append(subject)
    rows = transaction.run(
        f"SELECT {_COLUMNS} FROM act WHERE {' AND '.join(conditions)} ORDER BY position",
        values,
    )
    entries = [_entry(row) for row in rows]
    # An erased act says nothing any more; whoever asks for all entries still sees that it is there.
    return [entry for entry in entries if not (kinds and entry.is_erased)]


def _entry(row: Sequence[Value]) -> Entry:
    position, kind, subject, at, person, authority, purpose, case, version, payload, *_ = row
    act_kind = ActKind(str(kind))
    is_erased = payload == ""
    return Entry(
        position=int(position or 0),
        kind=act_kind,
        subject=str(subject),
        at=str(at),
        person=str(person),
        authority=str(authority),
        purpose=str(purpose),
        case=str(case),
        version=NEWEST.get(act_kind, int(version or 0)),
        payload={} if is_erased else lifted(act_kind, int(version or 0), json.loads(str(payload))),
        is_erased=is_erased,
    )


def _statement(position: int, row: Waiting) -> bytes:
    """What the log shows of an act: its place, kind and time, and a salted commitment to the rest.

    The personal data stays in the act; when a person is erased, its words and salt go and the leaf remains.
    """
    said: list[Json] = [position, *row[:-1]]
    commitment = hashlib.sha256(bytes.fromhex(row[-1]) + canonical(said)).hexdigest()
    return canonical({"position": position, "kind": row[0], "at": row[2], "commitment": commitment})
