"""Public statements: drafted from what stands, approved by a second person, published as long as every figure holds."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from crossbearing.domain.access import Action
from crossbearing.domain.act import EVENT_CLASS, Act, ActKind, Entry, EventClass
from crossbearing.domain.canonical import Json
from crossbearing.domain.context import Context
from crossbearing.domain.errors import BadRequest, Contradiction, NotAuthorised, NotFound, OperationBusy
from crossbearing.domain.outcomes import OUTCOME_ACTS, bases_in, counts_by_place
from crossbearing.leads.alert_words import KnownNames
from crossbearing.registry import STEPS
from crossbearing.results.comparison import record_of
from crossbearing.results.statement import (
    APPROVED,
    DRAFT,
    PUBLISHED,
    STATEMENT_ACTS,
    Held,
    Statement,
    Wanted,
    as_drafted,
    files_of,
    filled_in,
    require_time,
    statement_of,
)
from crossbearing.results.statement_check import Checked, Finding, checked
from crossbearing.results.statement_draft import drafted, left_out
from crossbearing.results.statement_figures import Book
from crossbearing.results.statement_names import PERSONS, names_in, names_to_say
from crossbearing.results.statement_words import LANGUAGES, language
from crossbearing.results.totals import TABLES, campaigns
from crossbearing.store import covert, durable
from crossbearing.store.operation import Operation, open_operation
from crossbearing.store.register import exhibits, label_of, register
from crossbearing.store.session import Session
from crossbearing.store.steps import require_fresh
from crossbearing.store.views import reading

__all__ = [
    "APPROVED", "DRAFT", "Held", "Wanted", "approve_statement", "check_statement", "correct_statement",
    "draft_statement", "publish_statement",
]  # fmt: skip

_DERIVED: Final = ("account",)
_PUBLIC: Final = "CLEAR"
# Acts after which a figure may be another one, or a statement: all but readings, sendings and refusals.
_CHANGING: Final = tuple(
    kind
    for kind, event in EVENT_CLASS.items()
    if event not in {EventClass.CONSULTATION, EventClass.DENIED, EventClass.DISCLOSURE}
    or kind is ActKind.STATEMENT_PUBLISHED
)


@dataclass(frozen=True, slots=True)
class _Stand:
    operation: Operation
    engine: Session
    known: KnownNames
    newest: int
    is_simulated: bool


def draft_statement(folder: Path, context: Context, wanted: Wanted) -> Held:
    """Draft a statement, or take one that was written; nothing is recorded of one that does not hold.

    Args:
        folder: Operation folder.
        context: Who drafts, and for what purpose.
        wanted: What it is.

    Raises:
        BadRequest: No such language, an embargo that is no time, no purpose.
        NotFound: No such campaign or statement.
    """
    if wanted.language not in {"", *LANGUAGES}:
        raise BadRequest(
            f"There are no words in {wanted.language!r}",
            where="results statement draft --language",
            remedy=f"Choices: {', '.join(LANGUAGES)}.",
        )
    require_time(wanted.not_before)
    with _standing(folder, context, Action.JUDGE) as stand:
        before = _of(stand.operation, wanted.of) if wanted.of else None
        if before and before.published:
            raise Contradiction(
                f"{wanted.of} was published; a published version is frozen",
                where=wanted.of,
                remedy="Correct it with `crossbearing results statement correct`.",
            )
        return _drafted(stand, filled_in(wanted, before), before, reason="")


def correct_statement(folder: Path, context: Context, statement_id: str, text: str, *, reason: str) -> Held:
    """Draft the corrected version of a published statement; from then on everybody who got it is to be told.

    Raises:
        BadRequest: No reason is given.
        Contradiction: It was not published.
        NotFound: There is no such statement.
    """
    if not reason.strip():
        raise BadRequest("A correction needs a reason", where=statement_id, remedy="Say why, with --reason.")
    with _standing(folder, context, Action.JUDGE) as stand:
        before = _of(stand.operation, statement_id)
        if not before.published:
            raise Contradiction(
                f"{statement_id} was not published, so nobody is to be told",
                where=statement_id,
                remedy="Draft a new version with `crossbearing results statement draft --of`.",
            )
        wanted = Wanted(
            language=before.language, campaign=before.campaign, by_place=before.by_place, currency=before.currency,
            text=text, of=statement_id,
        )  # fmt: skip
        return _drafted(stand, wanted, before, reason=reason.strip())


def check_statement(folder: Path, context: Context, statement_id: str) -> Held:
    """Hold a statement, if there is one of this id, against what stands now."""
    with _standing(folder, context, Action.SEE) as stand:
        return _held(stand, _of(stand.operation, statement_id))


def approve_statement(
    folder: Path, context: Context, statement_id: str, *, reason: str, owners_agreed: bool = False
) -> Statement:
    """Approve the newest version, as somebody else than who drafted it.

    Args:
        folder: Operation folder.
        context: Who approves.
        statement_id: Which one.
        reason: What was checked.
        owners_agreed: The owners of reports that are not labelled for the public agreed to these figures.

    Raises:
        BadRequest: No reason is given.
        NotAuthorised: The same person drafted it, or it does not hold.
        Contradiction: It was approved or published before.
    """
    if not reason.strip():
        raise BadRequest("To approve needs a word on what you checked", where=statement_id, remedy="Give --reason.")
    with _standing(folder, context, Action.JUDGE) as stand:
        one = _of(stand.operation, statement_id)
        if one.state != DRAFT:
            raise Contradiction(
                f"{statement_id} is {one.state} already", where=statement_id, remedy="See `results statement list`."
            )
        if _plain(one.drafted_by) == _plain(context.person):
            raise NotAuthorised(
                f"{one.drafted_by} drafted it", where=statement_id, remedy="Let a second person approve it."
            )
        held = _held(stand, one)
        _require_held(held)
        if not owners_agreed:
            _require_labelled(held)
        payload: dict[str, Json] = {
            "version": one.version, "sha256": one.sha256, "reason": reason.strip(), "agreed": [*held.unlabelled],
        }  # fmt: skip
        return _recorded(stand, Act(kind=ActKind.STATEMENT_APPROVED, subject=statement_id, payload=payload))


def publish_statement(
    folder: Path, context: Context, statement_id: str, out: Path, *, to: Sequence[str] = ()
) -> tuple[Statement, list[Path]]:
    """Publish an approved version, if every figure is what it was and the embargo is over; writes text and figures.

    A version that was published stays as it is: to publish it again writes the same files, or gives it to others.

    Args:
        folder: Operation folder.
        context: Who publishes.
        statement_id: Which one.
        out: Folder that the text and the table of its figures are written to.
        to: Who gets it; they are told of corrections.

    Raises:
        NotAuthorised: It was not approved, the embargo runs, or a figure is not what it was.
    """
    if out.exists() and not out.is_dir():
        raise BadRequest("This is a file, not a folder", where=str(out), remedy="Name a folder with --to.")
    with _standing(folder, context, Action.BUILD) as stand:
        one = _of(stand.operation, statement_id)
        held = _held(stand, one)
        had = {name: receiver.version for name, receiver in one.receivers.items()}
        new = [name for name in dict.fromkeys(to) if had.get(name, 0) < one.version]
        if one.state == PUBLISHED and not new:
            return one, _written(out, held, stand)
        if one.state not in {APPROVED, PUBLISHED}:
            raise NotAuthorised(
                f"Version {one.version} of {statement_id} was not approved",
                where=statement_id,
                remedy="A second person reads it and runs `crossbearing results statement approve`.",
            )
        if one.not_before and context.clock() < datetime.fromisoformat(one.not_before):
            raise NotAuthorised(
                f"It may not be said before {one.not_before}", where=statement_id, remedy="Wait for the embargo to end."
            )
        _require_held(held)
        _require_labelled(held)
        payload: dict[str, Json] = {"version": one.version, "sha256": one.sha256, "to": [*new]}
        made = _recorded(stand, Act(kind=ActKind.STATEMENT_PUBLISHED, subject=statement_id, payload=payload))
        # After the act: a crash in between leaves the log saying more than was written, and never less.
        return made, _written(out, replace(held, statement=made), stand)


@contextmanager
def _standing(folder: Path, context: Context, action: Action) -> Iterator[_Stand]:
    if not context.purpose.strip():
        raise BadRequest(
            "A statement needs a purpose: that it names nobody is checked against protected tables",
            where="results statement",
            remedy="Say with --purpose what it is for; it stands in the log.",
        )
    with open_operation(folder, context) as operation:
        operation.require(action, "statement", "statement")
        entries = operation.ledger.entries(*_CHANGING)
        newest = entries[-1].position if entries else -1
        require_fresh(operation, STEPS, *TABLES, *_DERIVED)
        with reading(operation, *TABLES, *_DERIVED, protected=PERSONS) as engine:
            simulated = any(one.is_simulated for one in exhibits(operation.ledger).values())
            yield _Stand(operation, engine, KnownNames.of(names_in(engine)), newest, simulated)


def _book(stand: _Stand, campaign: str, *, by_place: bool) -> Book:
    known = campaigns(stand.engine)
    if campaign not in known:
        raise NotFound(
            f"No outcome names the campaign {campaign!r}",
            where=str(stand.operation.folder),
            remedy=f"Campaigns: {', '.join(known) or 'none'}.",
        )
    standing = register(stand.operation.ledger).standing
    own = {"campaign": campaign, "coordinator": stand.operation.coordinator, "operation": stand.operation.name}

    def is_public(exhibit_ids: Sequence[str]) -> bool:
        return label_of(standing, exhibit_ids).tlp == _PUBLIC

    names = names_to_say(stand.engine, own, is_public)
    return Book(stand.engine, campaign, by_place=by_place, names=names, public=is_public, records=record_of)


def _drafted(stand: _Stand, wanted: Wanted, before: Statement | None, *, reason: str) -> Held:
    known = campaigns(stand.engine)
    campaign = wanted.campaign or (known[0] if len(known) == 1 else "")
    if not campaign:
        raise BadRequest(
            "Which campaign is it about?",
            where="results statement draft",
            remedy=f"Name one with --campaign: {', '.join(known) or 'no outcome is on record'}.",
        )
    bases = bases_in(stand.operation.ledger.entries(*OUTCOME_ACTS))
    by_place = counts_by_place(bases, campaign) if wanted.by_place is None else wanted.by_place
    book = _book(stand, campaign, by_place=by_place)
    words = language(wanted.language)
    source = wanted.text or drafted(book, words, currency=wanted.currency)
    found = _with_names(checked(source, book, words), stand, book)
    version = before.version + 1 if before else 1
    statement = Statement(
        statement_id=before.statement_id if before else "", version=version, language=wanted.language,
        campaign=campaign, by_place=by_place, currency=wanted.currency, not_before=wanted.not_before,
        source=source, figures=as_drafted(found.figures), reason=reason,
        drafted_at="", drafted_by=stand.operation.context.person,
    )  # fmt: skip
    held = Held(statement, found, left_out=() if wanted.text else left_out(book, words, currency=wanted.currency))
    if found.findings:
        return held
    payload: dict[str, Json] = {
        "version": version, "language": wanted.language, "campaign": campaign, "by_place": by_place,
        "currency": wanted.currency, "not_before": wanted.not_before, "source": source, "reason": reason,
        "figures": {name: {**said} for name, said in statement.figures.items()},
    }  # fmt: skip

    def act(seen: list[Entry]) -> Act:
        made = {one.subject for one in seen if one.kind is ActKind.STATEMENT_DRAFTED}
        subject = before.statement_id if before else f"ST-{len(made) + 1:03}"
        return Act(kind=ActKind.STATEMENT_DRAFTED, subject=subject, payload=payload)

    return replace(held, statement=_recorded(stand, act), unlabelled=_unlabelled(stand, found))


def _held(stand: _Stand, one: Statement) -> Held:
    book = _book(stand, one.campaign, by_place=one.by_place)
    found = _with_names(checked(one.source, book, language(one.language)), stand, book)
    now = {figure.name: figure.sha256 for figure in found.figures}
    unlabelled = _unlabelled(stand, found)
    changed = [name for name, said in one.figures.items() if now.get(name) != said["sha256"]]
    return Held(one, found, unlabelled, tuple(sorted(changed)))


def _unlabelled(stand: _Stand, found: Checked) -> tuple[str, ...]:
    standing = register(stand.operation.ledger).standing
    behind = {name for figure in found.figures for name in figure.exhibits}
    return tuple(name for name in sorted(behind) if label_of(standing, [name]).tlp != _PUBLIC)


def _require_labelled(held: Held) -> None:
    left = sorted(set(held.unlabelled) - set(held.statement.agreed))
    if left:
        raise NotAuthorised(
            f"Its figures rest on reports that are not labelled for the public: {', '.join(left)}",
            where=held.statement.statement_id,
            remedy="Ask their owners, and approve it with --owners-agreed; or label them TLP:CLEAR.",
        )


def _recorded(stand: _Stand, act: Act | Callable[[list[Entry]], Act]) -> Statement:
    """Record an act, unless anything that a figure or a statement rests on was recorded since it was looked at."""

    def acts(seen: list[Entry]) -> list[Act]:
        if (seen[-1].position if seen else -1) != stand.newest:
            raise OperationBusy(
                "Something was recorded while the statement was checked",
                where="the decisions",
                remedy="Bring the tables up to date with `crossbearing run` and repeat the command.",
            )
        return [act if isinstance(act, Act) else act(seen)]

    (entry,) = stand.operation.ledger.decide(stand.operation.context, acts, *_CHANGING)
    return _of(stand.operation, entry.subject)


def _of(operation: Operation, statement_id: str) -> Statement:
    return statement_of(operation.ledger.entries(*STATEMENT_ACTS), statement_id)


def _require_held(held: Held) -> None:
    if held.holds:
        return
    said = "; ".join(f"{one.sentence!r}: {one.problem}" for one in held.checked.findings[:3])
    changed = f"figures that are not what they were: {', '.join(held.changed)}" if held.changed else ""
    raise NotAuthorised(
        f"The statement does not hold: {'; '.join(one for one in (changed, said) if one)}",
        where=held.statement.statement_id,
        remedy="`crossbearing results statement check` shows each sentence. Draft a new version from what stands with "
        "`results statement draft --of`, or with `results statement correct` if it was published.",
    )


def _with_names(found: Checked, stand: _Stand, book: Book) -> Checked:
    """The findings with those on names: nobody whom the operation knows is named, nor anybody of the registers."""
    own = KnownNames.of([book.campaign, stand.operation.coordinator, stand.operation.name])
    known = KnownNames(stand.known.names - own.names)
    lines = [line for line in found.plain.splitlines() if line.strip()]
    named = [
        Finding(line, "it names a person, an account or a case of this operation")
        for line in lines
        if known.stand_in(line)
    ]
    if not covert.is_clear(stand.operation, lines):
        named.append(Finding("", "it is withheld by the release check; ask the keeper of the registers"))
    return replace(found, findings=(*found.findings, *named))


def _written(out: Path, held: Held, stand: _Stand) -> list[Path]:
    found = files_of(held.statement, held.checked.plain, is_simulated=stand.is_simulated)
    for name, text in found.items():
        durable.write_text(out / name, text)
    return [out / name for name in found]


def _plain(person: str) -> str:
    return " ".join(person.split()).casefold()
