"""Check a bundle as the one who got it: open it, check every byte, remember its version, lay it out, answer it."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from crossbearing.domain.answers import MOST_REPORT, Report
from crossbearing.domain.context import Context
from crossbearing.domain.errors import BadRequest, Contradiction, UnreadableSource
from crossbearing.store import durable
from crossbearing.store.notes import private_key
from crossbearing.verification import bundle, notes
from crossbearing.verification.reply import made_reply

LARGEST = 1 << 30  # bytes of a sealed bundle


def verify_bundle(
    path: Path, context: Context, *, identity: Path, signer: str, known: Path | None = None, out: Path | None = None
) -> bundle.Verified:
    """Verify a bundle; nothing of it is given out, kept or written before everything holds.

    Args:
        path: The sealed bundle.
        context: For the day.
        identity: File with the reader's secret age key.
        signer: Public key of the sender, as the reader pinned it.
        known: File in which the reader keeps the newest version accepted of each package; made if it is not there.
        out: Folder to lay the files out in; it must not be there, or be empty.

    Raises:
        UnreadableSource: Something does not hold; says what.
        Contradiction: The folder is not empty.
    """
    if out is not None and out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise Contradiction(
            "There is something at this place already",
            where=str(out),
            remedy="Name a folder that does not exist yet, or an empty one.",
        )
    before = _known(known)
    found = bundle.verify(
        _content(path, LARGEST),
        identity=_secret(_content(identity, 1 << 16).decode("utf-8", "replace"), where=str(identity)),
        signer=notes.parse_key(signer),
        today=context.now()[:10],
        known=before,
    )
    if out is not None:
        for name, content in {**found.files, bundle.STATEMENT: found.envelope}.items():
            with durable.replacing(out / name) as unfinished:
                unfinished.write_bytes(content)
    if known is not None:
        after = {**before, found.known_as: found.known_after(before.get(found.known_as, bundle.Known()))}
        said = {name: asdict(one) for name, one in sorted(after.items())}
        durable.write_text(known, json.dumps(said, indent=1) + "\n")
    return found


def reply_to_bundle(
    path: Path, context: Context, answer: str, out: Path, *, identity: Path, signer: str, key: Path, words: str = "",
    outcomes: Path | None = None,
) -> Path:  # fmt: skip
    """Verify a bundle and write a signed answer to it, sealed to its sender; gives where.

    Args:
        path: The sealed bundle, package or notice.
        context: For the time.
        answer: receipt, accepted, declined, already known, more information; acknowledged for a recall or correction.
        out: Folder that the reply is written to.
        identity: File with the reader's secret age key.
        signer: Public key of the sender, as the reader pinned it.
        key: File with the reader's signing key, as `custody new-key` writes it.
        words: In the reader's words.
        outcomes: A filled form of outcomes, which the answer carries.

    Raises:
        UnreadableSource: Something of the bundle does not hold, or a key cannot be read; says what.
        BadRequest: The bundle takes no such answer, words are missing, the place is a file, or the form is none.
    """
    if out.exists() and not out.is_dir():
        raise BadRequest("This is a file, not a folder", where=str(out), remedy="Name a folder with --out.")
    name, signs = private_key(_content(key, 1 << 16).decode("utf-8", "replace"), where=str(key))
    found = verify_bundle(path, context, identity=identity, signer=signer)
    report = None if outcomes is None else Report(outcomes.name, _content(outcomes, MOST_REPORT))
    content = made_reply(
        found, answer.strip().lower(), words, key_name=name, key=signs, at=context.now(), report=report
    )
    stem = re.sub(r"[^A-Za-z0-9]+", "-", f"{found.package_id} v{found.statement['version']} {answer}").strip("-")
    target = out / f"{stem}-{found.sha256[:6]}.reply.age"
    with durable.replacing(target) as unfinished:
        unfinished.write_bytes(content)
    return target


def _content(path: Path, most: int) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(most + 1)
    except OSError as refused:
        raise UnreadableSource(
            f"The file cannot be read: {refused.strerror}", where=str(path), remedy="Check its name and your rights."
        ) from refused
    if len(content) > most:
        raise BadRequest(
            f"The file is larger than {most:,} bytes", where=str(path), remedy="Check that it is the right one."
        )
    return content


def _secret(text: str, *, where: str) -> str:
    """The line of an age key file that holds the secret key."""
    for line in text.splitlines():
        if line.startswith("AGE-SECRET-KEY-"):
            return line
    raise UnreadableSource(
        "There is no secret age key in this file",
        where=where,
        remedy="Name the file that `age-keygen` wrote; a line of it begins with AGE-SECRET-KEY-1.",
    )


def _known(path: Path | None) -> Mapping[str, bundle.Known]:
    if path is None or not path.exists():
        return {}
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        return {
            name: bundle.Known(int(one["version"]), str(one["content"]), int(one["ended"]), str(one["why"]))
            for name, one in said.items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as wrong:
        raise UnreadableSource(
            "The file of accepted versions cannot be read",
            where=str(path),
            remedy="Restore it; without it an old version could be taken for the newest.",
        ) from wrong
