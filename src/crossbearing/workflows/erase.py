"""Erase an account with its person, or rows that name somebody, or destroy an exhibit; a receipt names nobody.

What goes: rows of records and protected tables, derived files, packages kept here, the words of the log, and the
keys that open backups. The log still verifies.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from crossbearing.domain.access import Action
from crossbearing.domain.act import Act, ActKind, Entry
from crossbearing.domain.canonical import Json, canonical
from crossbearing.domain.context import Context
from crossbearing.domain.errors import BadRequest, NotFound
from crossbearing.domain.exhibit import Exhibit, Place, RecordFile
from crossbearing.domain.hit_or_no_hit import all_questions
from crossbearing.domain.identity import AccountNames, has_word
from crossbearing.domain.progress import Progress
from crossbearing.store import erasure, holds, kept_packages
from crossbearing.store.accounts import names_of
from crossbearing.store.jobs import job
from crossbearing.store.marks import RECALL, mark, packages_nobody_can_read, packages_resting_on
from crossbearing.store.operation import Operation, open_operation
from crossbearing.store.person_rows import (
    AtPlaces,
    Concerned,
    OfAccount,
    files_with,
    pattern,
    read_places,
    rows_at,
    text_of,
    texts_of,
)
from crossbearing.store.question_clock import question_acts
from crossbearing.store.register import generations, register, require_exhibit
from crossbearing.store.revision import ROWS, Revised, Reviser


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What an erasure did; it names nobody.

    Attributes:
        rows: Rows taken out or blanked, by table.
        packages: Packages that spoke of it: their files are gone, and whoever holds one must be told.
        acts: Entries of the log whose words are gone; their leaves stand.
        mentions: Texts of other people in which a name still stands; none if they were blanked.
        kept_acts: Entries that the register rests on and that still hold a name.
        keys_destroyed: Protected classes, and the backups, whose earlier key is gone.
    """

    receipt: str
    rows: Mapping[str, int]
    packages: tuple[str, ...]
    acts: int
    mentions: int
    kept_acts: int
    keys_destroyed: tuple[str, ...]


@dataclass
class _Erasing:
    """One erasure while it is prepared.

    Attributes:
        newest: Generations after it, with their keys made.
        classes: Protected classes that get a new key: their files are sealed anew, whoever stands in them.
        whom: Who is erased; None if an exhibit is destroyed.
        cases: Numbers of referred cases of which a row goes.
        called: Names that the rows which go say, for the texts of the log.
    """

    operation: Operation
    newest: Mapping[str, int]
    classes: frozenset[str]
    whom: Concerned | None = None
    cases: frozenset[str] = frozenset()
    called: frozenset[str] = frozenset()
    revised: list[Revised] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    mentions: int = 0

    def revise(self, exhibit: Exhibit, files: Sequence[RecordFile]) -> None:
        """New files for one exhibit: without the person in those named, and sealed anew where a class is."""
        sealed_anew = [file for file in exhibit.files if file.protection in self.classes and file not in files]
        if not files and not sealed_anew:
            return
        vault = replace(self.operation.vault, generations=self.newest)
        with Reviser(self.operation, exhibit, vault, "erase") as reviser:
            for file in files:
                self._without(reviser, file)
            for file in sealed_anew:
                reviser.look(file)
                reviser.rewrite(file, f"SELECT * FROM {ROWS}")
            self.revised.append(reviser.done())

    def _without(self, reviser: Reviser, file: RecordFile) -> None:
        if self.whom is None:
            return
        reviser.look(file)
        found = reviser.places(*self.whom.rows(file.table))
        self.rows[file.table] = self.rows.get(file.table, 0) + len(found)
        self.places.extend(found)
        reviser.rewrite(file, *self.whom.without(file.table))


def erase_person(
    folder: Path,
    context: Context,
    progress: Progress,
    *,
    market: str,
    account: str,
    reason: str,
    blank_mentions: bool = False,
) -> Receipt:
    """Erase one account of one market, and with it what the evidence says of the person behind it.

    Args:
        folder: Operation folder.
        context: Who erases, on what authority, for what purpose.
        progress: Shows how far it is.
        market: Market the account is on.
        account: Its handle or its id on the server.
        reason: Why; it stands in the log and must name nobody.
        blank_mentions: Blank the account's names in other people's texts too.

    Raises:
        NotFound: No record speaks of this account.
        Contradiction: A hold stands on it, on an exhibit it is in, or on a case.
        BadRequest: No reason is given, or it names the person.
    """
    with _alone(folder, context, "retention erase", progress) as (operation, shown):
        operation.require(Action.ERASE, "operation", operation.name)
        names = names_of(operation, market, account)
        _check_reason(reason, names)
        whom = OfAccount(names, blank_mentions)
        everything = register(operation.ledger).kept
        touched = files_with(operation, everything.values(), whom)
        if not touched:
            raise NotFound(
                f"No record speaks of this account on {market!r}",
                where=str(folder),
                remedy="Check market and spelling; give the handle or the id on the server.",
            )
        holds.refuse_held(operation, names, {one.exhibit_id: one for one, _ in touched})
        work = _prepared(operation, shown, everything, touched, whom)
        work.mentions = 0 if blank_mentions else _mentions(operation, everything.values(), names)
        return _recorded(work, ActKind.PERSON_ERASED, names, reason)


def erase_rows(folder: Path, context: Context, progress: Progress, places: Collection[str], *, reason: str) -> Receipt:
    """Erase somebody who is no account: the rows of protected tables that name them, one by one.

    Of a referred case, what the log says of its matching goes too, and what was asked of it by hit or no hit.

    Args:
        folder: Operation folder.
        context: Who erases, on what authority, for what purpose.
        progress: Shows how far it is.
        places: Where the rows stand, as ``person show --rows`` and ``protected show`` give them.
        reason: Why; it stands in the log and must name nobody.

    Raises:
        NotFound: No row of a protected table stands at one of them.
        Contradiction: A hold stands on an exhibit, a case or an account that they speak of.
        BadRequest: No reason, no place, or something that is none.
    """
    whom = _at_places(places)
    with _alone(folder, context, "retention erase-rows", progress) as (operation, shown):
        operation.require(Action.ERASE, "operation", operation.name)
        _check_reason(reason, None)
        everything = register(operation.ledger).kept
        touched = files_with(operation, everything.values(), whom)
        found = rows_at(operation, touched, whom)
        if missing := sorted(whom.places - found.places):
            raise NotFound(
                f"No row of a protected table stands at {text_of(missing[0])}",
                where=str(folder),
                remedy="`crossbearing person show --rows` and `crossbearing protected show` give the places.",
            )
        _refuse_naming(reason, found.names)
        holds.refuse_held(operation, None, {one.exhibit_id: one for one, _ in touched}, found.cases)
        _refuse_held_accounts(operation, touched, whom)
        work = _prepared(operation, shown, everything, touched, whom)
        work.cases, work.called = found.cases, found.names
        nobody: frozenset[str] = frozenset()
        ids = frozenset(map(text_of, found.places)) | found.cases
        names = AccountNames(market="", server_ids=nobody, handles=nobody, ids=ids)
        return _recorded(work, ActKind.PERSON_ERASED, names, reason)


def destroy_exhibit(folder: Path, context: Context, progress: Progress, exhibit_id: str, *, reason: str) -> Receipt:
    """Destroy one exhibit: its sealed originals, its records, and what was built from them.

    Raises:
        NotFound: There is no such exhibit.
        Contradiction: A hold stands on it, on its case, or on an account in it.
        BadRequest: No reason is given.
    """
    with _alone(folder, context, "retention destroy", progress) as (operation, shown):
        operation.require(Action.ERASE, "exhibit", exhibit_id)
        _check_reason(reason, None)
        known = register(operation.ledger)
        everything = known.kept
        require_exhibit(operation.ledger, exhibit_id, withdrawn=True)
        exhibit = everything[exhibit_id]
        holds.refuse_held(operation, None, {exhibit_id: exhibit})
        for held in [one for one in holds.standing(operation.ledger) if one.kind == holds.ACCOUNT]:
            held_names = names_of(operation, held.market, held.name)
            if files_with(operation, [exhibit], OfAccount(held_names)):
                holds.refuse_held(operation, held_names, {})
        classes = {file.protection for file in exhibit.files if file.protection}
        work = _Erasing(operation, _next_generations(operation, classes), frozenset(classes))
        work.revised.append(Revised(exhibit_id, tuple(file.path for file in exhibit.files), ()))
        work.rows = {file.table: file.rows for file in exhibit.files}
        with shown.stage("Sealing anew", len(everything)) as advance:
            for other in everything.values():
                if other is not exhibit:
                    work.revise(other, [])
                advance(1)
        originals = sorted({exhibit.sha256, *(part.sha256 for part in exhibit.parts)})
        nobody: frozenset[str] = frozenset()
        names = AccountNames(market="", server_ids=nobody, handles=nobody, ids=frozenset({exhibit_id}))
        return _recorded(work, ActKind.EXHIBIT_DESTROYED, names, reason, originals)


def finish_erasures(folder: Path, context: Context, progress: Progress) -> int:
    """Carry out erasures that were decided and cut off; gives how many there were. Every erasure does this first."""
    with open_operation(folder, context, alone=True) as operation, job(operation, "retention finish", progress):
        operation.require(Action.ERASE, "operation", operation.name)
        return erasure.finish(operation)


@contextmanager
def _alone(folder: Path, context: Context, work: str, progress: Progress) -> Iterator[tuple[Operation, Progress]]:
    """The operation to oneself, with every earlier erasure carried out."""
    purposeful = replace(context, purpose=context.purpose or "erasure")
    with open_operation(folder, purposeful, alone=True) as operation, job(operation, work, progress) as shown:
        erasure.finish(operation)
        yield operation, shown


def _check_reason(reason: str, names: AccountNames | None) -> None:
    if not reason.strip():
        raise BadRequest("An erasure needs a reason", where="retention", remedy="Say why, with --reason.")
    if names is not None:
        _refuse_naming(reason, names.words)


def _refuse_naming(reason: str, words: Collection[str]) -> None:
    if has_word(_plain(reason), words):
        raise BadRequest(
            "The reason names the person, and would stay in the log",
            where="--reason",
            remedy="Say why without naming anybody, such as the number of the order.",
        )


def _next_generations(operation: Operation, classes: Iterable[str]) -> dict[str, int]:
    """The generations after this erasure, with their keys made."""
    newest = generations(operation.ledger)
    for sealed_class in (*classes, erasure.BACKUP):
        newest[sealed_class] += 1
        operation.keyring.make(f"{sealed_class}-{newest[sealed_class]}")
    return newest


def _prepared(
    operation: Operation,
    shown: Progress,
    everything: Mapping[str, Exhibit],
    touched: Sequence[tuple[Exhibit, RecordFile]],
    whom: Concerned,
) -> _Erasing:
    """New files for everything that is kept, without whom it is about; nothing counts before the act."""
    classes = {file.protection for _, file in touched if file.protection}
    work = _Erasing(operation, _next_generations(operation, classes), frozenset(classes), whom)
    with shown.stage("Erasing", len(everything)) as advance:
        for exhibit in everything.values():
            work.revise(exhibit, [file for one, file in touched if one is exhibit])
            advance(1)
    return work


def _at_places(places: Collection[str]) -> AtPlaces:
    try:
        whom = AtPlaces(read_places(places))
    except ValueError as wrong:
        raise BadRequest(
            "A place names exhibit, part, table, row, offset and length, with bars between",
            where="retention erase-rows",
            remedy="Copy it from `crossbearing person show --rows` or `crossbearing protected show`.",
        ) from wrong
    if not whom.places:
        raise BadRequest("No row is named", where="retention erase-rows", remedy="Name the places of the rows.")
    return whom


def _refuse_held_accounts(operation: Operation, touched: Iterable[tuple[Exhibit, RecordFile]], whom: AtPlaces) -> None:
    """Refuse if one of the rows speaks of an account that is held."""
    for held in [one for one in holds.standing(operation.ledger) if one.kind == holds.ACCOUNT]:
        names = names_of(operation, held.market, held.name)
        for exhibit, file in touched:
            (here, given), (theirs, others) = whom.rows(file.table), OfAccount(names).rows(file.table)
            with Reviser(operation, exhibit, operation.vault, "erase") as reviser:
                reviser.look(file)
                if theirs and reviser.places(f"({here}) AND ({theirs})", [*given, *others]):
                    holds.refuse_held(operation, names, {})


def _mentions(operation: Operation, exhibits: Iterable[Exhibit], names: AccountNames) -> int:
    """Open texts of other people in which a name stands."""
    if not names.words:
        return 0
    found = 0
    for exhibit in exhibits:
        with Reviser(operation, exhibit, operation.vault, "erase") as reviser:
            for file in exhibit.files:
                if file.protection or not texts_of(file.table):
                    continue
                engine = reviser.look(file)
                party, given = OfAccount(names).rows(file.table)
                text = " OR ".join(
                    f"coalesce(regexp_matches({column}, ?, 'i'), false)" for column in texts_of(file.table)
                )
                values = [*([pattern(names)] * len(texts_of(file.table))), *given]
                where = f"({text}) AND NOT ({party or 'false'})"
                found += int(engine.one(f"SELECT count(*) AS n FROM {ROWS} WHERE {where}", values)["n"])
    return found


def _recorded(
    work: _Erasing, kind: ActKind, names: AccountNames, reason: str, originals: Sequence[str] = ()
) -> Receipt:
    """Record the erasure in one act, and carry it out."""
    operation = work.operation
    touched = {place.exhibit_id for place in work.places} | {one.exhibit_id for one in work.revised}
    packages = sorted(
        {
            *_packages_with(operation, names),
            *packages_resting_on(operation, work.places),
            *packages_nobody_can_read(operation, touched),
        }
    )
    named = [
        e
        for e in operation.ledger.entries()
        if not e.is_erased
        and (e.subject in work.cases or names.stands_in(text := _words_of(e)) or has_word(_plain(text), work.called))
    ]
    acts = erasure.that_may_go(operation.ledger, named, names) if work.whom is not None else []
    asked = question_acts(operation.ledger)
    before = generations(operation.ledger)
    receipt = Receipt(
        receipt=f"R-{operation.context.randomness(6).hex()}",
        rows=dict(sorted(work.rows.items())),
        packages=tuple(packages),
        acts=len(acts),
        mentions=work.mentions,
        kept_acts=len(named) - len(acts),
        keys_destroyed=tuple(sorted(name for name, number in work.newest.items() if number > before[name])),
    )
    payload: dict[str, Json] = {
        "receipt": receipt.receipt,
        "reason": reason.strip(),
        "rows": receipt.rows,
        "places": [place.payload() for place in sorted(work.places)],
        "files": [one.payload() for one in work.revised],
        "generations": dict(sorted(work.newest.items())),
        "packages": packages,
        "originals": list(originals),
        "questions": sorted(one.asked.position for one in all_questions(asked) if one.number in work.cases),
    }
    subject = work.revised[0].exhibit_id if originals else receipt.receipt
    marks = [mark(one, RECALL, why="part of it was erased", receipt=receipt.receipt) for one in packages]
    operation.ledger.erase(operation.context, Act(kind=kind, subject=subject, payload=payload), acts, *marks)
    erasure.finish(operation)
    return receipt


def _plain(text: str) -> str:
    return " ".join(text.split())


def _words_of(entry: Entry) -> str:
    said: list[Json] = [entry.subject, entry.authority, entry.purpose, entry.case, entry.payload]
    return canonical(said).decode("utf-8", "replace")


def _packages_with(operation: Operation, names: AccountNames) -> list[str]:
    """Packages kept here that speak of the account, or rest on the exhibit."""
    kept = kept_packages.documents(operation.folder)
    return sorted({name for name, document in kept if names.stands_in(json.dumps(document, ensure_ascii=False))})
