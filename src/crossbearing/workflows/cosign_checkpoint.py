"""A witness's side: countersign another agency's checkpoint, if it continues the log seen last."""

import json
from pathlib import Path

from crossbearing.domain.context import Context
from crossbearing.domain.errors import UnreadableSource
from crossbearing.store.notes import private_key
from crossbearing.verification import notes, witness


def cosign_checkpoint(handout: Path, context: Context, *, key_file: Path, state: Path, log_key: str) -> tuple[str, str]:
    """Countersign the checkpoint of a handout; gives the cosigned note, and this witness's public key.

    Args:
        handout: File that ``log checkpoint`` wrote.
        context: Who countersigns; gives the time.
        key_file: The witness's private key.
        state: What this witness saw last; made at first sight, and never to be thrown away.
        log_key: The log's public key, as it was given to the witness in person.

    Raises:
        Contradiction: The log was rolled back or rewritten since it was last seen.
        UnreadableSource: A file cannot be read, or a signature does not verify.
    """
    try:
        given = json.loads(handout.read_text(encoding="utf-8"))
        note, proof = str(given["note"]), [bytes.fromhex(node) for node in given["proof"]]
        name, key = private_key(key_file.read_text(encoding="ascii"), where=str(key_file))
    except (OSError, ValueError, KeyError, TypeError) as wrong:
        raise UnreadableSource(
            f"A file cannot be read: {type(wrong).__name__}",
            where=f"{handout}, {key_file}",
            remedy="Give the file that `crossbearing log checkpoint --to` wrote, and your private key.",
        ) from wrong
    cosigned = witness.cosigned(
        note,
        proof,
        state=state,
        log_key=notes.parse_key(log_key),
        name=name,
        private_key=key,
        at=int(context.clock().timestamp()),
    )
    return cosigned, witness.witness_key(name, key)
