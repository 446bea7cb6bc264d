"""Recording acts: the act and its log leaf stand in one transaction, or neither does."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from crossbearing.domain import merkle
from crossbearing.domain.act import Act, ActKind, Entry
from crossbearing.domain.canonical import canonical
from crossbearing.domain.context import Context
from crossbearing.store.ledger.engine import Engine, Transaction, Value

_COLUMNS: Final = "position, kind, subject, at, person, authority, purpose, case_ref, version, payload"
_SALT_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class LogReport:
    """What a reading of the whole log found.

    Attributes:
        size: Number of entries.
        root: Root of the RFC 6962 tree over them, hex.
        problems: One sentence per entry that does not hold together; empty if all do.
    """

    size: int
    root: str
    problems: tuple[str, ...]


class Ledger:
    """The append-only acts of one operation."""

    def __init__(self, engine: Engine) -> None:
        """Keep acts in this engine."""
        self._engine = engine

    def record(self, context: Context, *acts: Act) -> list[Entry]:
        """Append acts by one person at one time, all or none; durable when it returns."""
        return self.decide(context, lambda _: acts)

    def decide(
        self, context: Context, acts_given: Callable[[list[Entry]], Sequence[Act]], *kinds: ActKind
    ) -> list[Entry]:
        """Append acts that depend on what stands, with nobody writing in between.

        Args:
            context: Who acts, and when.
            acts_given: Is shown the entries of the kinds named, in order, and answers with the acts.
            kinds: What it needs to see; none for nothing.
        """
        with self._engine.writing() as transaction:
            seen = self._select(transaction, kinds) if kinds else []
            acts = acts_given(seen)
            first = int(transaction.run("SELECT coalesce(max(position), -1) + 1 FROM act")[0][0] or 0)
            return [self._append(transaction, context, act, position) for position, act in enumerate(acts, start=first)]

    def entries(self, *kinds: ActKind) -> list[Entry]:
        """The entries of these kinds in order; all entries if none is named."""
        with self._engine.reading() as transaction:
            return self._select(transaction, kinds)

    def position(self) -> int:
        """Position of the newest entry; -1 if there is none."""
        with self._engine.reading() as transaction:
            return int(transaction.run("SELECT coalesce(max(position), -1) FROM act")[0][0] or 0)

    def verify(self) -> LogReport:
        """Recompute every commitment and leaf, and the root over all of them."""
        with self._engine.reading() as transaction:
            acts = transaction.run(f"SELECT {_COLUMNS}, salt FROM act ORDER BY position")
            leaves = transaction.run("SELECT position, statement, hash FROM leaf ORDER BY position")
        problems = []
        if [row[0] for row in acts] != list(range(len(acts))) or len(acts) != len(leaves):
            problems.append(f"{len(acts)} acts and {len(leaves)} leaves do not pair up without a gap")
        for act, (position, statement, stated) in zip(acts, leaves, strict=False):
            if _statement(_entry(act[:-1]), str(act[-1])).decode() != statement:
                problems.append(f"entry {position}: the act is not the one the leaf commits to")
            if merkle.leaf_hash(str(statement).encode()).hex() != stated:
                problems.append(f"entry {position}: the leaf's hash does not fit its statement")
        hashes = [merkle.leaf_hash(str(statement).encode()) for _, statement, _ in leaves]
        return LogReport(len(acts), merkle.root(hashes).hex(), tuple(problems))

    def close(self) -> None:
        """Give the database back."""
        self._engine.close()

    def _append(self, transaction: Transaction, context: Context, act: Act, position: int) -> Entry:
        entry = Entry(
            position=position,
            kind=act.kind,
            subject=act.subject,
            at=context.now(),
            person=context.person,
            authority=context.authority,
            purpose=context.purpose,
            case=context.case,
            version=act.version,
            payload=act.payload,
        )
        salt = context.randomness(_SALT_BYTES).hex()
        statement = _statement(entry, salt)
        transaction.run(
            f"INSERT INTO act ({_COLUMNS}, salt) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*_row(entry), salt),
        )
        transaction.run(
            "INSERT INTO leaf (position, statement, hash) VALUES (?, ?, ?)",
            (position, statement.decode(), merkle.leaf_hash(statement).hex()),
        )
        return entry

    def _select(self, transaction: Transaction, kinds: Sequence[ActKind]) -> list[Entry]:
        places = ", ".join("?" for _ in kinds)
        where = f"WHERE kind IN ({places})" if kinds else ""
        rows = transaction.run(f"SELECT {_COLUMNS} FROM act {where} ORDER BY position", [str(kind) for kind in kinds])
        return [_entry(row) for row in rows]


def _row(entry: Entry) -> tuple[Value, ...]:
    return (
        entry.position,
        str(entry.kind),
        entry.subject,
        entry.at,
        entry.person,
        entry.authority,
        entry.purpose,
        entry.case,
        entry.version,
        canonical(entry.payload).decode(),
    )


def _entry(row: Sequence[Value]) -> Entry:
    position, kind, subject, at, person, authority, purpose, case, version, payload = row
    return Entry(
        position=int(position or 0),
        kind=ActKind(str(kind)),
        subject=str(subject),
        at=str(at),
        person=str(person),
        authority=str(authority),
        purpose=str(purpose),
        case=str(case),
        version=int(version or 0),
        payload=json.loads(str(payload)),
    )


def _statement(entry: Entry, salt: str) -> bytes:
    """What the log shows of an act: its place, kind and time, and a salted commitment to the rest.

    The personal data stays in the act; when a person is erased, act and salt go and the leaf remains.
    """
    commitment = hashlib.sha256(bytes.fromhex(salt) + canonical([*_row(entry)])).hexdigest()
    return canonical({"position": entry.position, "kind": str(entry.kind), "at": entry.at, "commitment": commitment})
