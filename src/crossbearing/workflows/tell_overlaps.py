"""Tell both owners of an overlap whom to call, and nothing else: one sealed notice for each partner."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from crossbearing.domain.access import Action
from crossbearing.domain.act import Act, ActKind, Entry
from crossbearing.domain.canonical import Json, digest
from crossbearing.domain.context import Context
from crossbearing.domain.deconfliction_tables import DECONFLICTION, EVENT, SUBMITTED
from crossbearing.domain.errors import BadRequest, Contradiction, NotAuthorised
from crossbearing.domain.hit_or_no_hit import QUESTION_ACTS, State, questions_in
from crossbearing.domain.labels import UNKNOWN
from crossbearing.domain.overlap import ACCOUNT, IDENTIFIER, OVERLAP_ACTS, Overlap, Party, case_key, overlaps_in
from crossbearing.domain.partner import PARTNER_ACTS, Partner, partners_in
from crossbearing.exchange.outbox import Outgoing, require_folder, sealed_for, written
from crossbearing.store import covert, questions
from crossbearing.store.operation import Operation, open_operation
from crossbearing.store.register import EXHIBIT_ACTS, folded, register
from crossbearing.store.views import reading

KIND: Final = "overlap"
_GOOD_FOR: Final = 365  # days that a notice can be opened
_NOTICE: Final = """\
Somebody else works on what you handed in

{lines}

Nothing of what the other side holds is in this notice, and nothing of yours is in theirs. Call before you act.
"""
_LINES: Final[Mapping[str, str]] = {
    IDENTIFIER: "The identifier in row {row} of {file}, your case {case}, is known to {agency}. Call {contact}.",
    ACCOUNT: "Your purchase in row {row} of {file}, your case {case}: call {contact} before you go on.",
}
_EVENT_LINE: Final = "Your event in row {row} of {file}, your case {case}, could meet another. Call {contact}."
_CONTACTS: Final = "SELECT exhibit_id, part, source_row, contact FROM {table} WHERE list_contains($1, exhibit_id)"


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice that was made just now.

    Attributes:
        overlaps: Numbers of the overlaps that it speaks of.
    """

    agency: str
    overlaps: Sequence[str]
    path: Path


@dataclass(frozen=True, slots=True)
class ToldOfOverlaps:
    """What was made, and who cannot be told by a notice.

    Attributes:
        unreachable: Why, in words, by agency.
    """

    made: list[Notice]
    unreachable: Mapping[str, str]


def tell_overlaps(folder: Path, context: Context, out: Path, *, call: str, again: bool = False) -> ToldOfOverlaps:
    """Make a sealed notice for each partner that is an owner of an overlap and was not told of it yet.

    Args:
        folder: Operation folder.
        context: Who tells, and for what purpose.
        out: Folder that the notices are written to.
        call: Whom to call at the coordinator.
        again: Also of overlaps that the partner was told of before.

    Raises:
        BadRequest: No purpose, nobody to call, or no folder.
        NotAuthorised: A line names an account of the covert registers, or the person works on a case that was asked
            for by hit or no hit.
        Contradiction: Something was found, told or pinned meanwhile.
    """
    require_folder(out)
    if not context.purpose.strip() or not call.strip():
        raise BadRequest(
            "To tell owners needs a purpose and somebody to call",
            where="deconflict notify",
            remedy="Say with --purpose what it is for, and with --call whom they reach at your desk.",
        )
    kinds = tuple(dict.fromkeys((*OVERLAP_ACTS, *PARTNER_ACTS, *EXHIBIT_ACTS, *QUESTION_ACTS)))
    today = context.now()[:10]
    with open_operation(folder, context) as operation:
        operation.require(Action.BUILD, "operation", operation.name)
        questions.refuse_case_side(operation)
        entries = operation.ledger.entries(*kinds)
        wanted, unreachable = _wanted(entries, today, again=again)
        contacts = _contacts(operation, [one for found in wanted.values() for one, _ in found])
        partners = _pinned(entries)
        made = []
        for agency, found in sorted(wanted.items()):
            lines = [_line(one, mine, _other(operation, one, mine, contacts, call.strip())) for one, mine in found]
            made.append((agency, [one.overlap_id for one, _ in found], lines))
        _require_clear(operation, [line for _, _, lines in made for line in lines])
        sealed = [(agency, ids, _outgoing(operation, partners[agency], lines)) for agency, ids, lines in made]

        def acts(seen: list[Entry]) -> list[Act]:
            if _wanted(seen, today, again=again)[0] != wanted or _pinned(seen) != partners:
                raise Contradiction(
                    "Something was found, told or pinned meanwhile",
                    where="deconflict notify",
                    remedy="Repeat the command.",
                )
            return [
                Act(
                    kind=ActKind.OVERLAP_TOLD,
                    subject=agency,
                    payload={
                        "overlap_ids": ids,
                        "statement_sha256": outgoing.statement_sha256,
                        "bundle_sha256": outgoing.sha256,
                    },
                )
                for agency, ids, outgoing in sealed
            ]

        operation.ledger.decide(context, acts, *kinds)
        # After the acts: a crash in between leaves the log saying more than was told, and never less.
        stem = f"overlap-{context.now()[:10]}"
        return ToldOfOverlaps(
            [Notice(agency, ids, written(out, stem, agency, outgoing)) for agency, ids, outgoing in sealed],
            unreachable,
        )


def _pinned(entries: Sequence[Entry]) -> dict[str, Partner]:
    return partners_in(one for one in entries if one.kind in PARTNER_ACTS)


def _wanted(
    entries: Sequence[Entry], today: str, *, again: bool
) -> tuple[dict[str, list[tuple[Overlap, Party]]], dict[str, str]]:
    """Whom to tell of what, by registered partner; and who cannot be told, with the reason."""
    partners = _pinned(entries)
    spelled = {_plain(name): name for name in partners}
    standing = folded(one for one in entries if one.kind in EXHIBIT_ACTS).standing
    every = questions_in(one for one in entries if one.kind in QUESTION_ACTS)
    asked = {case_key(name) for name, one in every.items() if one.state is not State.OPEN}
    wanted: dict[str, list[tuple[Overlap, Party]]] = defaultdict(list)
    unreachable: dict[str, str] = {}
    for one in overlaps_in(entries):
        labels = [standing[name].label for name in one.exhibit_ids if name in standing]
        is_over = any(label.review_on != UNKNOWN and label.review_on < today for label in labels)
        is_asked = not asked.isdisjoint(case_key(party.case_number) for party in one.parties)
        if not one.stands or len(labels) < len(one.exhibit_ids) or is_over or is_asked:
            continue
        for party in one.parties:
            if not party.agency:
                continue
            name = spelled.get(_plain(party.agency), "")
            if not name:
                unreachable[party.agency] = f"{party.agency} is not registered"
            elif ended := partners[name].has_ended(today):
                unreachable[party.agency] = ended[0]
            elif again or name not in one.told:
                wanted[name].append((one, party))
    return dict(wanted), unreachable


def _plain(agency: str) -> str:
    """An agency's name as two spellings of it are compared."""
    return "".join(letter for letter in agency.casefold() if letter.isalnum()) or agency.casefold()


Place = tuple[str, str, int]


def _contacts(operation: Operation, overlaps: Sequence[Overlap]) -> dict[Place, str]:
    """Whom to call, by the row that says it; nothing else of the rows is read out."""
    exhibits = sorted({name for one in overlaps for name in one.exhibit_ids})
    known = register(operation.ledger).standing
    tables = [
        name
        for name in (SUBMITTED, EVENT)
        if any(file.table == name for exhibit_id in exhibits for file in known[exhibit_id].files)
    ]
    if not tables:
        return {}
    with reading(operation, protected=tables) as engine:
        return {
            (row["exhibit_id"], row["part"], row["source_row"]): row["contact"]
            for table in tables
            for row in engine.rows(_CONTACTS.format(table=table), [exhibits])
        }


def _other(
    operation: Operation, overlap: Overlap, mine: Party, contacts: Mapping[Place, str], call: str
) -> tuple[str, str]:
    """Who else is concerned, and whom to call there; the coordinator, if the other side is not to be named."""
    (other,) = [one for one in overlap.parties if one is not mine]
    contact = contacts.get((other.exhibit_id, other.part, other.source_row), "")
    if not other.is_named:
        return operation.coordinator, f"{operation.coordinator}, {call}"
    return other.agency, f"{other.agency}, {contact}" if contact else f"{operation.coordinator}, {call}"


def _line(overlap: Overlap, mine: Party, other: tuple[str, str]) -> str:
    agency, contact = other
    said = _LINES.get(overlap.what, _EVENT_LINE).format(
        row=mine.source_row, file=mine.part or "your file", case=mine.case_number or "without a number",
        agency=agency, contact=contact,
    )  # fmt: skip
    return f"{overlap.overlap_id}  {' '.join(said.split())}"


def _require_clear(operation: Operation, lines: Sequence[str]) -> None:
    if not covert.is_clear(operation, lines):
        act = Act(kind=ActKind.RELEASE_WITHHELD, subject=DECONFLICTION, payload={"why": "release check"})
        operation.ledger.record(operation.context, act)
        raise NotAuthorised(
            "The notices are withheld by the release check",
            where="deconflict notify",
            remedy="Ask the keeper of the registers.",
        )


def _outgoing(operation: Operation, partner: Partner, lines: Sequence[str]) -> Outgoing:
    ends = date.fromisoformat(operation.context.now()[:10]) + timedelta(days=_GOOD_FOR)
    content: dict[str, Json] = {"lines": list(lines)}
    says: dict[str, Json] = {
        "package_id": "overlaps", "version": 1, "expires_on": min(ends.isoformat(), partner.keys_until),
        "content_sha256": digest(content), "handling": {"code": "H1", "tlp": "AMBER"},
    }  # fmt: skip
    text = _NOTICE.format(lines="\n\n".join(lines))
    return sealed_for(operation, partner, KIND, says, {"NOTICE.txt": text.encode()})
