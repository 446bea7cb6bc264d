"""Custody: how an exhibit was acquired, what its clock said, through whose hands it went."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from crossbearing.domain.access import Action
from crossbearing.domain.act import Act, ActKind
from crossbearing.domain.canonical import Json
from crossbearing.domain.context import Context
from crossbearing.domain.errors import BadRequest, Contradiction, UnreadableSource
from crossbearing.store import durable
from crossbearing.store.notes import made_key, private_key, signature_line
from crossbearing.store.operation import open_operation
from crossbearing.store.register import register, require_exhibit
from crossbearing.verification import notes

_TITLE: Final = "crossbearing hand-over v1"
_FIELDS: Final = ("operation", "exhibit", "sha256", "bytes", "from", "to", "place", "at", "reason")
_CHAIN: Final = (
    ActKind.EXHIBIT_ADDED,
    ActKind.ACQUISITION_STATED,
    ActKind.CLOCK_ASSERTED,
    ActKind.HANDED_OVER,
    ActKind.ORIGINAL_OPENED,
    ActKind.EXHIBIT_REREAD,
    ActKind.EXHIBIT_RELABELLED,
    ActKind.EXHIBIT_WITHDRAWN,
    ActKind.EXHIBIT_DESTROYED,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Acquisition:
    """How bytes were got from their source: one step, such as from a disk image to a dump.

    Attributes:
        source: What they came from.
        source_sha256: Its hash, if it has one.
        by: Who did it.
        at: When, as they state it.
    """

    source: str
    source_sha256: str
    tool: str
    version: str
    by: str
    at: str


@dataclass(frozen=True, slots=True)
class Link:
    """One link of the chain of custody."""

    at: str
    person: str
    what: str
    says: Mapping[str, Any]


def make_key(name: str, to: Path) -> str:
    """Make a key to sign hand-overs with; gives the public key. The private one is for its owner only.

    Raises:
        BadRequest: The name cannot stand in a signature.
        Contradiction: The file exists.
    """
    if to.exists():
        raise Contradiction("There is a file at this place already", where=str(to), remedy="Name another file.")
    private, public = made_key(name)
    durable.write_text(to, private + "\n")
    to.chmod(0o600)
    return public


def state_acquisition(folder: Path, context: Context, exhibit_id: str, acquisition: Acquisition) -> None:
    """State one step by which an exhibit's bytes were acquired; several steps are stated in their order.

    Raises:
        NotFound: There is no such exhibit.
        BadRequest: Source, tool, version or operator is missing.
    """
    missing = [name for name in ("source", "tool", "version", "by") if not getattr(acquisition, name).strip()]
    if missing:
        raise BadRequest(
            f"The acquisition does not say: {', '.join(missing)}",
            where="custody acquired",
            remedy="Give --source, --tool, --tool-version and --by; write `unknown` where nobody knows.",
        )
    with open_operation(folder, context) as operation:
        operation.require(Action.ADD, "exhibit", exhibit_id)
        require_exhibit(operation.ledger, exhibit_id, withdrawn=True)
        payload: dict[str, Json] = {name: getattr(acquisition, name) for name in Acquisition.__slots__}
        act = Act(kind=ActKind.ACQUISITION_STATED, subject=exhibit_id, payload=payload)
        operation.ledger.record(operation.context, act)


def assert_clock(folder: Path, context: Context, exhibit_id: str, *, clock: str, basis: str) -> None:
    """Assert how far the source's clock stood from UTC; the newest assertion counts, the earlier ones remain.

    Args:
        folder: Operation folder.
        context: Who asserts it.
        exhibit_id: The exhibit.
        clock: Offset such as "+01:00".
        basis: How that is known.

    Raises:
        BadRequest: It is no offset, or there is no basis.
    """
    if not basis.strip() or not _is_offset(clock):
        raise BadRequest(
            f"The clock is {clock!r} and its basis {basis!r}",
            where="custody clock",
            remedy="Give an offset from UTC such as +01:00, and how that is known, with --basis.",
        )
    with open_operation(folder, context) as operation:
        operation.require(Action.ADD, "exhibit", exhibit_id)
        require_exhibit(operation.ledger, exhibit_id, withdrawn=True)
        payload: dict[str, Json] = {"clock": clock, "basis": basis.strip()}
        act = Act(kind=ActKind.CLOCK_ASSERTED, subject=exhibit_id, payload=payload)
        operation.ledger.record(operation.context, act)


def draft_hand_over(
    folder: Path, context: Context, exhibit_id: str, *, giver: str, receiver: str, place: str, reason: str
) -> str:
    """The text of a hand-over, for both sides to sign.

    Raises:
        NotFound: There is no such exhibit.
        BadRequest: A field is empty or holds a line break, or giver and receiver are the same.
    """
    with open_operation(folder, context) as operation:
        operation.require(Action.SEE, "exhibit", exhibit_id)
        exhibit = require_exhibit(operation.ledger, exhibit_id, withdrawn=True)
        values = (
            operation.operation_id,
            exhibit_id,
            exhibit.sha256,
            str(exhibit.size_bytes),
            giver,
            receiver,
            place,
            context.now(),
            reason,
        )
    for name, value in zip(_FIELDS, values, strict=True):
        if not value.strip() or "\n" in value:
            raise BadRequest(
                f"The hand-over does not say {name!r} in one line",
                where="custody draft",
                remedy="Give --giver, --receiver, --place and --reason.",
            )
    if giver == receiver:
        raise BadRequest(
            "Giver and receiver are the same", where="custody draft", remedy="A hand-over is between two; name both."
        )
    lines = (f"{name}: {value}" for name, value in zip(_FIELDS, values, strict=True))
    return "\n".join((_TITLE, *lines)) + "\n"


def sign_hand_over(draft: Path, key_file: Path) -> str:
    """Put one side's signature under a draft, in its file; gives the name it was signed with.

    Raises:
        UnreadableSource: Draft or key cannot be read.
    """
    text = _read(draft)
    body, _, signatures = text.partition("\n\n")
    statement = body.rstrip("\n") + "\n"
    _fields(statement, draft)
    name, key = private_key(_read(key_file), where=str(key_file))
    line = signature_line(statement, name, key)
    durable.write_text(draft, f"{statement}\n{signatures.lstrip(chr(10))}{line}")
    return name


def record_hand_over(folder: Path, context: Context, signed: Path, keys: Sequence[str]) -> Mapping[str, str]:
    """Record a hand-over that both sides signed; gives what it says.

    Args:
        folder: Operation folder.
        context: Who records it.
        signed: File with the draft and both signatures.
        keys: Public keys of giver and receiver.

    Raises:
        UnreadableSource: A signature is missing or does not verify.
        BadRequest: Giver and receiver are the same.
        Contradiction: It speaks of other bytes or another operation.
    """
    note = _read(signed)
    verifiers = [notes.parse_key(key) for key in keys]
    opened = notes.opened(note, *verifiers)
    fields = _fields(opened.text, signed)
    if fields["from"] == fields["to"]:
        raise BadRequest(
            "Giver and receiver are the same", where=str(signed), remedy="A hand-over is between two; draft it anew."
        )
    signers = {signature.key.name for signature in opened.signatures}
    if missing := sorted({fields["from"], fields["to"]} - signers):
        raise UnreadableSource(
            f"The hand-over is not signed by {', '.join(missing)}",
            where=str(signed),
            remedy="Both sides sign with `crossbearing custody sign`; give both public keys with --key.",
        )
    with open_operation(folder, context) as operation:
        operation.require(Action.ADD, "exhibit", fields["exhibit"])
        exhibit = require_exhibit(operation.ledger, fields["exhibit"], withdrawn=True)
        if (fields["operation"], fields["sha256"]) != (operation.operation_id, exhibit.sha256):
            raise Contradiction(
                "The hand-over speaks of other bytes or of another operation",
                where=str(signed),
                remedy="Draft it anew with `crossbearing custody draft` and have both sides sign.",
            )
        payload: dict[str, Json] = {**fields, "note": note, "keys": [str(key) for key in verifiers]}
        act = Act(kind=ActKind.HANDED_OVER, subject=exhibit.exhibit_id, payload=payload)
        operation.ledger.record(operation.context, act)
    return fields


def show_custody(folder: Path, context: Context, exhibit_id: str) -> list[Link]:
    """The chain of custody of one exhibit, oldest first.

    Raises:
        NotFound: There is no such exhibit.
    """
    with open_operation(folder, context) as operation:
        operation.require(Action.SEE, "exhibit", exhibit_id)
        if exhibit_id not in register(operation.ledger).destroyed:
            require_exhibit(operation.ledger, exhibit_id, withdrawn=True)
        links = []
        for entry in operation.ledger.entries(*_CHAIN, subject=exhibit_id):
            says: dict[str, Any] = dict(entry.payload)
            if entry.kind in {ActKind.EXHIBIT_ADDED, ActKind.EXHIBIT_REREAD}:
                says = {name: says[name] for name in ("sha256", "name", "profile") if name in says}
            links.append(Link(entry.at, entry.person, str(entry.kind), says))
    return links


def _fields(text: str, path: Path) -> dict[str, str]:
    lines = text.rstrip("\n").split("\n")
    pairs = [line.partition(": ") for line in lines[1:]]
    if lines[0] != _TITLE or tuple(name for name, _, _ in pairs) != _FIELDS:
        raise UnreadableSource(
            "This is not a hand-over", where=str(path), remedy="Write one with `crossbearing custody draft`."
        )
    return {name: value for name, _, value in pairs}


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as wrong:
        raise UnreadableSource(
            "The file cannot be read", where=str(path), remedy="Check the path and your rights on it."
        ) from wrong


def _is_offset(text: str) -> bool:
    hours, separator, minutes = text[1:].partition(":")
    numbers = hours.isdigit() and minutes.isdigit() and len(hours) == len(minutes) == len("00")
    return text[:1] in {"+", "-"} and bool(separator) and numbers and int(hours) < 15 and int(minutes) < 60  # noqa: PLR2004
