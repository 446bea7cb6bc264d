"""The registers of undercover officers and of sources: entered, checked against, and never shown.

Each entry is a sealed file of its own; the log says that there is one, not whom it names.
"""

import json
import secrets
from collections.abc import Iterable
from typing import Final

from crossbearing.domain.act import Act, ActKind
from crossbearing.domain.canonical import Json
from crossbearing.domain.identity import AccountNames, has_word
from crossbearing.domain.tables import COVERT
from crossbearing.store import durable, sealing
from crossbearing.store.operation import Operation
from crossbearing.store.records import PROTECTED

UNDERCOVER, SOURCE = "undercover", "source"
KINDS: Final = (UNDERCOVER, SOURCE)


def enter(operation: Operation, kind: str, names: AccountNames) -> None:
    """Put an account into a register; durable when it returns."""
    vault = operation.vault
    home = operation.folder / PROTECTED / vault.key_name(COVERT)
    durable.make_folder(home, within=operation.folder)
    name = f"{secrets.token_hex(8)}{sealing.SUFFIX}"
    content = {"kind": kind, "words": sorted(names.words | names.handles)}
    with durable.replacing(home / name) as unfinished:
        unfinished.unlink(missing_ok=True)
        with sealing.sealing(unfinished, operation.keyring.recipient(vault.key_name(COVERT))) as out:
            out.write(json.dumps(content).encode())
    path = f"{PROTECTED}/{vault.key_name(COVERT)}/{name}"
    payload = {"path": path, "key": vault.key_name(COVERT)}
    operation.ledger.record(operation.context, Act(kind=ActKind.COVERT_ENTERED, subject=COVERT, payload=payload))


def count(operation: Operation) -> int:
    """How many entries there are."""
    return len(operation.ledger.entries(ActKind.COVERT_ENTERED))


def is_clear(operation: Operation, texts: Iterable[str]) -> bool:
    """Whether none of the texts names an account of a register; that it was checked is in the log.

    Args:
        operation: Where.
        texts: Everything that is about to be released, piece by piece.
    """
    entered = operation.ledger.entries(ActKind.COVERT_ENTERED)
    if not entered:
        return True
    payload: dict[str, Json] = {"table": COVERT, "what": "release check", "classes": [COVERT], "files": len(entered)}
    act = Act(kind=ActKind.PROTECTED_READ, subject=COVERT, payload=payload)
    operation.ledger.record(operation.context, act)
    words: set[str] = set()
    for entry in entered:
        identity = operation.keyring.identity(str(entry.payload["key"]))
        with sealing.opened(operation.folder / str(entry.payload["path"]), identity) as stream:
            words.update(json.loads(stream.read())["words"])
    return not any(has_word(text, words) for text in texts)
