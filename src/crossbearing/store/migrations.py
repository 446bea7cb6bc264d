"""Bringing an operation folder of an earlier format to today's: one function per step, each safe to repeat.

What stands in the log and in record files is never rewritten; payloads are lifted when they are read
(``domain/payloads.py``).
"""

import hashlib
import re
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from crossbearing.domain import merkle
from crossbearing.domain.errors import UnreadableSource
from crossbearing.domain.progress import Progress
from crossbearing.store import durable, sealing
from crossbearing.store.derived import DERIVED
from crossbearing.store.keyring import ORIGINALS, Keyring
from crossbearing.store.ledger import Engine
from crossbearing.store.notes import checkpoint_text

_BLOCK: Final = 1 << 20
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
Sign = Callable[[str], str]
Migration = Callable[[Path, Keyring, Engine, str, Sign, Progress], None]


def to_format_2(folder: Path, keyring: Keyring, engine: Engine, origin: str, sign: Sign, progress: Progress) -> None:
    """Format 2: originals are sealed, the log has its tree and signed checkpoints, protected data its place."""
    for name in ("protected", "models"):
        durable.make_folder(folder / name, within=folder)
    _seal_originals(folder / "originals", keyring, progress)
    _grow_tree(engine, origin, sign)
    # Derived tables know nothing of protected ones; they are made again.
    for path in (folder / DERIVED).glob("*"):
        shutil.rmtree(path) if path.is_dir() else path.unlink()


# By the format they lead to.
MIGRATIONS: Final[Mapping[int, Migration]] = {2: to_format_2}


def _seal_originals(home: Path, keyring: Keyring, progress: Progress) -> None:
    """Seal each original, check that it opens to its hash, and only then let go of the bare bytes."""
    bare = [path for path in sorted(home.glob("??/*")) if _SHA256.fullmatch(path.name)]
    identity = keyring.identity(ORIGINALS)
    with progress.stage("Sealing originals", sum(path.stat().st_size for path in bare)) as advance:
        for path in bare:
            target = path.with_name(path.name + sealing.SUFFIX)
            if not target.exists():
                with durable.replacing(target) as unfinished:
                    unfinished.unlink(missing_ok=True)
                    with path.open("rb") as source, sealing.sealing(unfinished, identity.to_public()) as out:
                        while block := source.read(_BLOCK):
                            out.write(block)
                target.chmod(0o444)
            with sealing.opened(target, identity) as stream:
                if hashlib.file_digest(stream, "sha256").hexdigest() != path.name:
                    raise UnreadableSource(
                        "An original does not have the bytes of its hash",
                        where=str(path),
                        remedy="Restore it from a backup, then repeat the upgrade.",
                    )
            size = path.stat().st_size
            path.unlink()
            durable.sync(path.parent)
            advance(size)


def _grow_tree(engine: Engine, origin: str, sign: Sign) -> None:
    """The tree over the leaves that stand, with its first signed checkpoint."""
    with engine.writing() as transaction:
        rows = transaction.run("SELECT hash FROM leaf ORDER BY position")
        if rows and not transaction.run("SELECT 1 FROM tree"):
            frontier = merkle.Frontier().appended(bytes.fromhex(str(row[0])) for row in rows)
            note = sign(checkpoint_text(origin, frontier.size, frontier.root))
            values = (frontier.size, frontier.written(), note)
            transaction.run("INSERT INTO tree (size, frontier, checkpoint) VALUES (?, ?, ?)", values)
