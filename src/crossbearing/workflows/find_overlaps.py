"""Find what two cases have in common, or what two agencies plan in one place, and list it without its content."""

import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from crossbearing.domain.access import Action
from crossbearing.domain.act import Act, ActKind, Entry
from crossbearing.domain.canonical import canonical
from crossbearing.domain.context import Context
from crossbearing.domain.deconfliction_tables import DECONFLICTION
from crossbearing.domain.errors import BadRequest, Contradiction, NotFound
from crossbearing.domain.exhibit import Exhibit
from crossbearing.domain.hit_or_no_hit import QUESTION_ACTS, State, questions_in
from crossbearing.domain.labels import HANDLING, UNKNOWN
from crossbearing.domain.overlap import IDENTIFIER, OVERLAP_ACTS, TAKING_OUT, Overlap, case_key, overlaps_in
from crossbearing.domain.tables import RECORD_TABLES
from crossbearing.exchange.events import meeting_events
from crossbearing.exchange.overlaps import DERIVED, PROTECTED, Found, shared_identifiers
from crossbearing.store import questions
from crossbearing.store.arrow import record_schema
from crossbearing.store.derived import read_pointer
from crossbearing.store.operation import Operation, open_operation
from crossbearing.store.register import EXHIBIT_ACTS, folded, register, standing_stamp
from crossbearing.store.views import reading

PROFILES: Final = frozenset({"identifier-form", "event-form"})
_EVENTS: Final = "planned_event"
_MOST_IN_ONE_ACT: Final = 500
_MAY_BE_NAMED: Final = "H1"  # strictest handling code under which an agency is named to another


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """One comparison of everything with everything.

    Attributes:
        new: Overlaps that nobody knew of.
        standing: How many there are by now.
        not_compared: Pairs of events in one time of which one states a place and the other a postcode only.
        left_out: Beyond the first 30 cases of one agency with one identifier, or 30 events of one agency beside one
            event: pairs grow with their square, and a list may be hostile.
    """

    new: list[Overlap]
    standing: int
    not_compared: int
    left_out: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """One file that an agency handed in.

    Attributes:
        rows: Identifiers and events in it.
        review_on: Day until which it is compared, ISO date; "unknown" if none was stated.
        is_past_review: That day is over: it is not compared until a new one is stated.
    """

    exhibit_id: str
    name: str
    owners: Sequence[str]
    added_at: str
    rows: int
    review_on: str
    is_past_review: bool
    is_withdrawn: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Hits:
    """The overlaps that this person may see, newest first.

    Attributes:
        is_stale: Evidence came in, or went, since the last comparison.
        checked_at: Of the last comparison; empty if there was none.
    """

    overlaps: list[Overlap]
    is_stale: bool
    checked_at: str


def check_overlaps(folder: Path, context: Context) -> Checked:
    """Compare everything that is on record; what was found before is not found again.

    Args:
        folder: Operation folder.
        context: Who compares, and for what purpose.

    Raises:
        BadRequest: No purpose is named.
        NotAuthorised: The person works on a case that was asked for by hit or no hit.
        Contradiction: A case was asked for meanwhile.
    """
    if not context.purpose.strip():
        raise BadRequest(
            "To compare what agencies handed in needs a purpose",
            where="deconflict check",
            remedy="Say with --purpose what it is for; it stands in the log.",
        )
    with open_operation(folder, context) as operation:
        operation.require(Action.JUDGE, "operation", operation.name)
        questions.refuse_case_side(operation)
        hidden = _hidden(operation.ledger.entries(*QUESTION_ACTS))
        found, (not_compared, left_out) = _compared(operation)
        secret = operation.keyring.overlap_key
        numbered = {_number(secret, what, key): (what, parties) for key, what, parties in found}
        stamp = _stamp(operation)

        def acts(seen: list[Entry]) -> list[Act]:
            if _hidden(one for one in seen if one.kind in QUESTION_ACTS) != hidden:
                raise Contradiction(
                    "A case was asked for meanwhile, or its question opened",
                    where="deconflict check",
                    remedy="Repeat the command; nothing was listed.",
                )
            standing = folded(one for one in seen if one.kind in EXHIBIT_ACTS).standing
            known = {one.overlap_id for one in overlaps_in(seen) if one.stands and one.exhibit_ids <= standing.keys()}
            new: list[dict[str, Any]] = [
                {"overlap_id": name, "what": what, "parties": [asdict(one) for one in parties]}
                for name, (what, parties) in numbered.items()
                if name not in known
            ]
            pieces = [new[at : at + _MOST_IN_ONE_ACT] for at in range(0, len(new), _MOST_IN_ONE_ACT)] or [[]]
            return [
                Act(kind=ActKind.OVERLAPS_FOUND, subject=DECONFLICTION, payload={"overlaps": piece, "stamp": stamp})
                for piece in pieces
            ]

        made = operation.ledger.decide(context, acts, *OVERLAP_ACTS, *EXHIBIT_ACTS, *QUESTION_ACTS)
        return Checked(new=overlaps_in(made), standing=len(numbered), not_compared=not_compared, left_out=left_out)


def list_overlaps(folder: Path, context: Context) -> Hits:
    """The overlaps whose exhibits all stand and may be seen by this person; none says what overlaps."""
    with open_operation(folder, context) as operation:
        operation.require(Action.SEE, "operation", operation.name)
        questions.refuse_case_side(operation)
        entries = operation.ledger.entries(*OVERLAP_ACTS, *TAKING_OUT)
        last = next((one for one in reversed(entries) if one.kind is ActKind.OVERLAPS_FOUND), None)
        hidden = _hidden(operation.ledger.entries(*QUESTION_ACTS))
        standing = register(operation.ledger).standing.keys()
        shown = [
            one
            for one in overlaps_in(entries)
            if one.stands
            and one.exhibit_ids <= standing
            and hidden.isdisjoint(case_key(party.case_number) for party in one.parties)
        ]
        return Hits(
            overlaps=shown[::-1],
            is_stale=last is None or last.payload["stamp"] != _stamp(operation),
            checked_at=last.at if last else "",
        )


def list_handed_in(folder: Path, context: Context) -> list[Handed]:
    """What agencies handed in for deconfliction, by when it came; nothing of its content."""
    with open_operation(folder, context) as operation:
        operation.require(Action.SEE, "operation", operation.name)
        known, today = register(operation.ledger), context.now()[:10]
        return [
            Handed(
                exhibit_id=one.exhibit_id, name=one.name, owners=sorted(one.label.owners), added_at=one.added_at,
                rows=sum(file.rows for file in one.files if file.protection == DECONFLICTION),
                review_on=one.label.review_on, is_past_review=_is_past(one, today),
                is_withdrawn=one.exhibit_id in known.withdrawn,
            )
            for one in known.kept.values()
            if _is_handed_in(one)
        ]  # fmt: skip


def require_handed_in(folder: Path, context: Context, exhibit_id: str) -> None:
    """Refuse an exhibit that nobody handed in for deconfliction.

    Raises:
        NotFound: There is no such exhibit, or it is something else.
    """
    if exhibit_id not in {one.exhibit_id for one in list_handed_in(folder, context)}:
        raise NotFound(
            f"{exhibit_id!r} was not handed in for deconfliction",
            where="the register",
            remedy="`crossbearing deconflict list` shows what was.",
        )


def is_to_be_checked(folder: Path, context: Context) -> bool:
    """Whether an agency handed something in that stands, and something came in or went since the last comparison."""
    with open_operation(folder, context) as operation:
        operation.require(Action.SEE, "operation", operation.name)
        if not any(map(_is_handed_in, register(operation.ledger).standing.values())):
            return False
        if questions.is_on_case_side(operation):
            return False  # somebody else compares
        last = operation.ledger.entries(ActKind.OVERLAPS_FOUND)
        return not last or last[-1].payload["stamp"] != _stamp(operation)


def _compared(operation: Operation) -> tuple[list[Found], tuple[int, int]]:
    known, today = register(operation.ledger), operation.context.now()[:10]
    there = {file.table for one in known.standing.values() for file in one.files}
    asked = [one for one in questions.questions(operation).values() if one.state is not State.OPEN]
    past = {name for name, one in known.standing.items() if _is_past(one, today)}
    given: dict[str, Any] = {
        "without": {*past, *(name for one in asked for name in one.exhibit_ids)},
        "cases": {case_key(one.number) for one in asked},
        "may_name": lambda exhibit_id: _may_name(known.standing, exhibit_id),
    }
    derived = [name for name in DERIVED if read_pointer(operation.folder, name) is not None]
    protected = [name for name in (*PROTECTED, _EVENTS) if name in there]
    # The referral says whose a purchase or parcel is; without one there is an empty table of referrals.
    with reading(operation, *derived, protected=protected or []) as engine:
        if not engine.holds("referral"):
            engine.table("referral", record_schema(RECORD_TABLES["referral"]).empty_table())
        met = meeting_events(engine, **given)
        shared = shared_identifiers(engine, **given)
        return [*shared.found, *met.found], (met.not_compared, shared.left_out + met.left_out)


def _may_name(standing: Mapping[str, Exhibit], exhibit_id: str) -> bool:
    label = standing[exhibit_id].label
    return HANDLING.index(label.handling) <= HANDLING.index(_MAY_BE_NAMED)


def _hidden(entries: Iterable[Entry]) -> set[str]:
    """Cases that were asked for by hit or no hit and are not open: nobody learns of them here."""
    return {case_key(name) for name, one in questions_in(entries).items() if one.state is not State.OPEN}


def _is_handed_in(exhibit: Exhibit) -> bool:
    return any(file.protection == DECONFLICTION for file in exhibit.files)


def _is_past(exhibit: Exhibit, today: str) -> bool:
    return _is_handed_in(exhibit) and exhibit.label.review_on != UNKNOWN and exhibit.label.review_on < today


def _stamp(operation: Operation) -> str:
    """What stands: record files, what was derived from them, and which lists are past their review."""
    today = operation.context.now()[:10]
    past = sorted(one.exhibit_id for one in register(operation.ledger).standing.values() if _is_past(one, today))
    derived = [str((read_pointer(operation.folder, name) or {}).get("file", "")) for name in DERIVED]
    return hashlib.sha256("\n".join([standing_stamp(operation.ledger), *derived, *past]).encode()).hexdigest()


def _number(secret: bytes, what: str, key: Sequence[Any]) -> str:
    """The number of an overlap: the same for the same, and nobody without the secret can make it from a guess."""
    letter = "V" if what == IDENTIFIER else "W"
    return f"{letter}-{hmac.new(secret, canonical([what, *key]), hashlib.sha256).hexdigest()[:16]}"
