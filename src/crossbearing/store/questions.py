"""Sealed questions and answers: each a file of its own, of a size that says nothing, with a commitment in the log.

A commitment is SHA-256 over 32 random bytes and the content. The random bytes lie sealed beside the content, so that a
commitment can be opened later and cannot be guessed from outside.
"""

import hashlib
import json
import secrets
from collections.abc import Mapping
from typing import Any, Final

from crossbearing.domain.access import Action, side_of
from crossbearing.domain.act import Act, ActKind
from crossbearing.domain.canonical import Json, canonical
from crossbearing.domain.errors import BadRequest, UnreadableSource
from crossbearing.domain.exhibit import Exhibit
from crossbearing.domain.hit_or_no_hit import (
    Question,
    Sealed,
    Side,
    State,
    all_questions,
    questions_in,
)
from crossbearing.domain.tables import QUESTION
from crossbearing.store import durable, sealing
from crossbearing.store.operation import Operation
from crossbearing.store.question_clock import question_acts
from crossbearing.store.records import PROTECTED

_SALT_BYTES: Final = 32
_BLOCK: Final = 1 << 16  # bytes; a finding has ten leads at most, which is far less


def questions(operation: Operation) -> dict[str, Question]:
    """The newest question of each case."""
    return questions_in(question_acts(operation.ledger))


def cases_of_others(operation: Operation) -> list[str]:
    """Numbers of the cases whose content this person does not see yet: asked for, of another side, and not open."""
    standing = operation.standing()
    return sorted(
        number
        for number, one in questions(operation).items()
        if one.state is not State.OPEN and side_of(standing, frozenset({number})) is not Side.CASE
    )


def is_on_case_side(operation: Operation) -> bool:
    """Whether the person is on the side of a case that is asked for and not open."""
    standing = operation.standing()
    return any(
        one.state is not State.OPEN and side_of(standing, frozenset({number})) is Side.CASE
        for number, one in questions(operation).items()
    )


def refuse_case_side(operation: Operation) -> None:
    """Refuse what the market holds of persons to whoever is on the side of a case that is asked for and not open.

    Raises:
        NotAuthorised: The person is; the attempt is logged.
    """
    standing = operation.standing()
    for number, one in questions(operation).items():
        if one.state is not State.OPEN and side_of(standing, frozenset({number})) is Side.CASE:
            operation.require_side(Action.SEE, number, Side.MARKET)


def refuse_bytes(operation: Operation, exhibit: Exhibit) -> None:
    """Refuse the bytes of an exhibit that one side of a question must not see yet.

    Raises:
        NotAuthorised: It holds a case of another side, or a market while the person is on the side of a case.
    """
    known = questions(operation)
    for number in cases_of_others(operation):
        if exhibit.exhibit_id in known[number].exhibit_ids:
            operation.require_side(Action.SEE, number, Side.CASE)
    if exhibit.market:
        refuse_case_side(operation)


def keep(operation: Operation, content: Mapping[str, Json]) -> dict[str, Json]:
    """Seal a content; gives what the log says of it: ``path``, ``key``, ``commitment``. Durable when it returns."""
    key, recipient = operation.vault.key_name(QUESTION), operation.vault.recipient(QUESTION)
    home = operation.folder / PROTECTED / key
    durable.make_folder(home, within=operation.folder)
    salt = operation.context.randomness(_SALT_BYTES).hex()
    name = f"{secrets.token_hex(8)}{sealing.SUFFIX}"
    said = canonical({"salt": salt, "content": content})
    with durable.replacing(home / name) as unfinished:
        unfinished.unlink(missing_ok=True)
        with sealing.sealing(unfinished, recipient) as out:
            out.write(said + b" " * (-len(said) % _BLOCK))
    return {"path": f"{PROTECTED}/{key}/{name}", "key": key, "commitment": commitment_to(salt, content)}


def commitment_to(salt: str, content: Mapping[str, Json]) -> str:
    """The commitment to a content, lower-case hex."""
    return hashlib.sha256(bytes.fromhex(salt) + canonical(content)).hexdigest()


def opened(operation: Operation, number: str, sealed: Sealed, *, what: str) -> Mapping[str, Any]:
    """What was sealed; that it was opened is in the log before.

    Args:
        operation: Where.
        number: Case number.
        sealed: What the log says of it.
        what: What is done with it, in a word.

    Raises:
        BadRequest: No purpose is named.
        UnreadableSource: The file is not there, or holds something other than what the log committed to.
    """
    if not operation.context.purpose.strip():
        raise BadRequest(
            "What is sealed opens for a named purpose only",
            where=f"case {number}",
            remedy="Repeat with --purpose and say in a few words what for; it stands in the log.",
        )
    payload: dict[str, Json] = {"table": QUESTION, "what": what, "classes": [QUESTION], "files": 1}
    operation.ledger.record(operation.context, Act(kind=ActKind.PROTECTED_READ, subject=QUESTION, payload=payload))
    identity = operation.keyring.identity(sealed.key)
    with sealing.opened(operation.folder / sealed.path, identity) as stream:
        said = json.loads(stream.read())
    if commitment_to(said["salt"], said["content"]) != sealed.commitment:
        raise UnreadableSource(
            "What is sealed is not what the log committed to",
            where=sealed.path,
            remedy="Stop work on this case and tell the auditor; restore the file from a backup.",
        )
    content: Mapping[str, Any] = said["content"]
    return content


def forget_void(operation: Operation) -> None:
    """Remove sealed files that no question rests on any more; the caller has the operation alone."""
    standing = all_questions(question_acts(operation.ledger))
    needed = {one.path for question in standing for one in (question.asked, question.answered) if one is not None}
    for path in (operation.folder / PROTECTED).glob(f"{QUESTION}-*/*{sealing.SUFFIX}"):
        if path.relative_to(operation.folder).as_posix() not in needed:
            path.unlink()
            durable.sync(path.parent)
