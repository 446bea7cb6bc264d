"""Write what may leave an operation in the format of another tool, with what the format cannot say, and log it."""

import json
import re
import secrets
import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NoReturn

from crossbearing import __version__
from crossbearing.domain.access import Action, Resource, decide
from crossbearing.domain.act import Act, ActKind, Entry
from crossbearing.domain.canonical import Json, digest
from crossbearing.domain.context import Context
from crossbearing.domain.errors import BadRequest, Contradiction, NotAuthorised, NothingWritten
from crossbearing.domain.exhibit import Exhibit
from crossbearing.domain.judgement import Standing
from crossbearing.domain.labels import HANDLING, MILDEST, TLP, inherit
from crossbearing.export import report
from crossbearing.export.format import About, Carrier, losses
from crossbearing.export.formats import named
from crossbearing.export.leaving import DERIVED
from crossbearing.export.released import NO_PACKAGE, why_not_released
from crossbearing.export.selection import Selection
from crossbearing.registry import STEPS
from crossbearing.resolution.operators import OPERATOR_ACTS, operators_in
from crossbearing.resolution.review import account_pairs, is_blind_for, withheld_from
from crossbearing.store import covert, durable
from crossbearing.store.marks import texts_in
from crossbearing.store.operation import Operation, open_operation
from crossbearing.store.register import EXHIBIT_ACTS, register
from crossbearing.store.session import Session
from crossbearing.store.snapshot import DECISION_TABLES
from crossbearing.store.steps import require_fresh
from crossbearing.store.views import reading

# What an export rests on; if one of these comes while it is written, it is written anew.
_RESTS_ON: Final = (
    *EXHIBIT_ACTS, *OPERATOR_ACTS, ActKind.COVERT_ENTERED, ActKind.PACKAGE_BUILT, ActKind.PACKAGE_MARKED,
    ActKind.PACKAGE_RELEASED,
)  # fmt: skip
STRICTEST_HANDLING: Final = HANDLING[:3]  # what no other tool can hold to does not go into one
STRICTEST_TLP: Final = TLP[:4]
_MORE: Final = ("account_judgement", "subject", "target_route")
_OPEN: Final = frozenset({None, Standing.UNSURE, Standing.WITHDRAWN, Standing.DISPUTED})
_PLACE: Final = re.compile(r"E-[0-9a-f]{12}\|.*\|\d+\|\d+\|\d+", re.DOTALL)
_OF_THE_VERSION: Final = frozenset({"version", "supersedes", "built_on"})  # of a document, not of its content
_CUSTODY: Final = {
    ActKind.EXHIBIT_ADDED: "received",
    ActKind.ACQUISITION_STATED: "acquired",
    ActKind.CLOCK_ASSERTED: "clock",
    ActKind.HANDED_OVER: "handed over",
}
_STATED: Final = ("place", "reason", "tool", "source", "source_sha256")


@dataclass(frozen=True, slots=True)
class Exported:
    """One export as it was written.

    Attributes:
        sha256: Of ``EXPORT.json``, which names the SHA-256 of every other file; it stands in the log.
        lost: Columns that the format does not carry, or not wholly.
        not_released: Why it is a working copy; empty if it is as released.
    """

    path: Path
    format: str
    scope: str
    handling: str
    tlp: str
    is_released: bool
    files: int
    size_bytes: int
    lost: int
    sha256: str
    not_released: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scope:
    """What of the operation is wanted.

    Attributes:
        country: Whose subjects are wanted; empty for all.
        accounts: Only these; None for all.
        places: Only rows that stand there; None for all.
        not_released: Why it is no package that a second person released, as it was then; empty if it is.
    """

    words: str
    country: str = ""
    accounts: frozenset[str] | None = None
    places: frozenset[str] | None = None
    not_released: str = NO_PACKAGE


def export_operation(
    folder: Path, context: Context, form: str, to: Path, *, of: str = "", handling: str = "H1", tlp: str = "AMBER"
) -> Exported:
    """Write what may leave into a new folder, for a tool that reads this format.

    Args:
        folder: Operation folder.
        context: Who exports, and for what purpose.
        form: Name of the format.
        to: Folder to be made.
        of: A package id or a country code; empty for the whole operation.
        handling: Strictest handling code of an exhibit that may be in it.
        tlp: Strictest TLP of it.

    Raises:
        BadRequest: No purpose, no such format, code or scope, or the place is taken or inside the operation.
        MissingTable: The derived tables are missing or stale.
        NotAuthorised: It is withheld by the release check.
        Contradiction: What it rests on was changed meanwhile.
    """
    one = named(form)
    _require_words(context, handling, tlp)
    _require_place(folder, to)
    with open_operation(folder, context) as operation:
        operation.require(Action.BUILD, "operation", operation.name)
        require_fresh(operation, STEPS)
        seen = operation.ledger.entries(*_RESTS_ON)
        scope, allowed = _scope(operation, seen, of), _allowed(operation, handling, tlp)
        with reading(operation, *DERIVED, *_MORE) as engine, _making(to) as home:
            selection = Selection(engine, allowed, scope.places)
            chosen = selection.choose(_accounts(engine, scope))
            _join(operation, engine, selection, chosen, allowed)
            about = _described(operation, selection, allowed, scope)
            if not covert.is_clear(operation, selection.texts()):
                _withhold(operation, form)
            one.write(Carrier(selection, one.carries), about, home)
            sha256 = report.write(one, about, home)
            sizes = [path.stat().st_size for path in home.rglob("*") if path.is_file()]
            made = Exported(
                to, one.name, scope.words, about.handling, about.tlp, about.is_released, len(sizes), sum(sizes),
                len(losses(one)), sha256, scope.not_released,
            )  # fmt: skip
            # Before it is moved to its place: a crash in between leaves the log saying more than left.
            operation.ledger.decide(context, lambda now: [_act(made, seen, now)], *_RESTS_ON)
    return made


def _require_words(context: Context, handling: str, tlp: str) -> None:
    if not context.purpose.strip():
        raise BadRequest(
            "An export needs a purpose",
            where="export",
            remedy="Say with --purpose what it is for; it stands in the log.",
        )
    for name, value, codes in (("handling code", handling, STRICTEST_HANDLING), ("TLP", tlp, STRICTEST_TLP)):
        if value not in codes:
            raise BadRequest(
                f"The strictest {name} of an export is {value!r}",
                where="export",
                remedy=f"Give one of {', '.join(codes)}: what is stricter does not go into another tool.",
            )


def _require_place(folder: Path, to: Path) -> None:
    if to.exists() or to.is_symlink():
        raise BadRequest(
            "There is something at this place already", where=str(to), remedy="Name a new folder with --to."
        )
    if to.resolve().is_relative_to(folder.resolve()):
        raise BadRequest(
            "The place is inside the operation folder",
            where=str(to),
            remedy="Name a folder elsewhere with --to: what leaves does not lie among what stays.",
        )


def _scope(operation: Operation, seen: Sequence[Entry], of: str) -> _Scope:
    if not of:
        return _Scope(words="the whole operation")
    built = [one for one in seen if one.kind is ActKind.PACKAGE_BUILT and one.subject == of]
    if built:
        return _scope_of_package(operation, seen, built[-1])
    if re.fullmatch("[A-Z]{2}", of):
        return _Scope(words=f"subjects routed to {of}", country=of)
    known = sorted({one.subject for one in seen if one.kind is ActKind.PACKAGE_BUILT})
    raise BadRequest(
        f"{of!r} is no package and no country code",
        where="export",
        remedy=f"Name one with --of, or leave it out; packages: {', '.join(known) or 'none'}.",
    )


def _scope_of_package(operation: Operation, seen: Sequence[Entry], built: Entry) -> _Scope:
    """What the document of a package names, and nothing else of the operation."""
    path = operation.folder / "packages" / built.subject / "package.json"
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        content = {name: value for name, value in document.items() if name not in _OF_THE_VERSION}
        holds = digest(content) == built.payload["content_sha256"]
    except (OSError, ValueError, TypeError, AttributeError, RecursionError):
        holds = False
    if not holds:
        raise Contradiction(
            f"The files of {built.subject} are not what was built",
            where=str(path.parent),
            remedy="Build it anew with `crossbearing package build`; the same content keeps its version.",
        )
    return _Scope(
        words=f"package {built.subject}, version {built.payload['version']}",
        accounts=frozenset(one["account_id"] for subject in document["subjects"] for one in subject["accounts"]),
        places=frozenset(text for text in texts_in(document) if _PLACE.fullmatch(text)),
        not_released=why_not_released(built, seen, OPERATOR_ACTS),
    )


def _allowed(operation: Operation, handling: str, tlp: str) -> dict[str, Exhibit]:
    """Exhibits that the person may see and that are labelled no more strictly than the export."""
    return {
        name: one
        for name, one in register(operation.ledger).standing.items()
        if HANDLING.index(one.label.handling) <= HANDLING.index(handling)
        and TLP.index(one.label.tlp) <= TLP.index(tlp)
        and decide(operation.subject, Action.SEE, Resource(kind="exhibit", name=name)).is_allowed
    }


def _accounts(engine: Session, scope: _Scope) -> list[str] | None:
    """Accounts that are wanted; None for all."""
    if scope.accounts is not None:
        return sorted(scope.accounts)
    if not scope.country:
        return None
    rows = engine.rows(
        "SELECT DISTINCT subject.account_id FROM subject INNER JOIN target_route "
        "ON subject.subject_id = target_route.subject_id WHERE target_route.country = ? ORDER BY subject.account_id",
        [scope.country],
    )
    return [row["account_id"] for row in rows]


def _join(
    operation: Operation, engine: Session, selection: Selection, chosen: Collection[str], allowed: Collection[str]
) -> None:
    """Tell the selection the operators, proposals and answers, as far as this person may see them and they leave.

    An answer leaves only with its pair: what rests on a stricter exhibit joins nothing here.
    """
    person, entries = operation.context.person, operation.ledger.entries(*OPERATOR_ACTS)
    leaving = {
        row["pair_id"]: row
        for row in account_pairs(engine)
        if {row["left_id"], row["right_id"]} <= set(chosen)
        and row["exhibit_ids"]
        and set(row["exhibit_ids"]) <= set(allowed)
    }
    blind = withheld_from(person, entries) | {name for name, row in leaving.items() if is_blind_for(row, person)}
    judged = {one.subject for one in entries if one.kind is ActKind.PAIR_JUDGED}
    withheld = blind | (judged - leaving.keys())
    found = operators_in(entries, withheld).operators
    told = [one for one in entries if one.kind is ActKind.PAIR_JUDGED and one.subject not in withheld]
    ids = {(row["left_id"], row["right_id"]): row for row in leaving.values()}
    answers = [
        {**ids[row["left_id"], row["right_id"]], **row}
        for row in DECISION_TABLES["account_judgement"].rows(told)
        if row["verdict"] in {Standing.SAME, Standing.DIFFERENT}
    ]
    proposed = [
        row
        for name, row in leaving.items()
        if name not in blind and row["tier"] == "proposal" and row["verdict"] in _OPEN
    ]
    selection.join(found, proposed, answers)


def _described(operation: Operation, selection: Selection, allowed: Mapping[str, Exhibit], scope: _Scope) -> About:
    """Tell the selection what its exhibits are; gives what the export says of itself."""
    used = [allowed[name] for name in selection.used()]
    selection.describe(
        [_exhibit(one) for one in used],
        [
            step
            for step in _custody(operation)
            if step["exhibit_id"] in {o.exhibit_id for o in used if o.label.may_be_exhibit}
        ],
    )
    label = inherit(one.label for one in used) if used else MILDEST
    return About(
        operation=operation.name,
        operation_id=operation.operation_id,
        coordinator=operation.coordinator,
        software=f"Crossbearing {__version__}",
        scope=scope.words,
        handling=label.handling,
        tlp=label.tlp,
        owners=tuple(sorted(label.owners)),
        as_of=max((one.added_at for one in used), default="1970-01-01T00:00:00.000000Z"),
        is_simulated=any(one.is_simulated for one in used),
        is_released=not scope.not_released,
        not_released=scope.not_released,
    )


def _exhibit(one: Exhibit) -> dict[str, Any]:
    label, is_exhibit = one.label, one.label.may_be_exhibit
    return {
        "exhibit_id": one.exhibit_id,
        "name": one.name,
        # What is for intelligence only is named, so that its owner can be asked, and not shown.
        "sha256": one.sha256 if is_exhibit else None,
        "size_bytes": one.size_bytes if is_exhibit else None,
        "market": one.market,
        "source": one.source,
        "authority": one.authority,
        "owners": "; ".join(sorted(label.owners)),
        "handling": label.handling,
        "tlp": label.tlp,
        "nature": label.nature,
        "gradings": "; ".join(sorted(grading.spelling for grading in label.gradings)),
        "categories": "; ".join(sorted(label.categories)),
        "review_on": label.review_on,
        "restrictions": "; ".join(sorted(label.restrictions)),
        "profile": one.profile,
        "clock": one.clock,
        "is_simulated": one.is_simulated,
        "is_exhibit": is_exhibit,
        "added_at": one.added_at,
    }


def _custody(operation: Operation) -> Iterator[dict[str, Any]]:
    """What was done with each exhibit, in the order of the log."""
    for entry in operation.ledger.entries(*_CUSTODY):
        said: Any = entry.payload
        is_added = entry.kind is ActKind.EXHIBIT_ADDED
        stated = {} if is_added else {name: str(said[name]) for name in _STATED if name in said}
        clock = {"clock": f"{said['clock']}: {said['basis']}"} if entry.kind is ActKind.CLOCK_ASSERTED else {}
        sides = {"giver": said["from"], "receiver": said["to"]} if entry.kind is ActKind.HANDED_OVER else {}
        yield {
            "exhibit_id": entry.subject,
            "step": entry.position,
            "kind": _CUSTODY[entry.kind],
            "at": entry.at,
            "by": entry.person,
            "stated_at": None if is_added else said.get("at"),
            **stated,
            **sides,
            **clock,
        }


def _withhold(operation: Operation, form: str) -> NoReturn:
    act = Act(kind=ActKind.RELEASE_WITHHELD, subject=f"export {form}", payload={"why": "release check"})
    operation.ledger.record(operation.context, act)
    raise NotAuthorised(
        "The export is withheld by the release check", where="export", remedy="Ask the keeper of the registers."
    )


@contextmanager
def _making(to: Path) -> Iterator[Path]:
    """A folder beside the place, which becomes it if the block ends well, and is gone otherwise."""
    unfinished = to.with_name(f"{durable.TEMPORARY}{secrets.token_hex(6)}-{to.name}")
    try:
        unfinished.mkdir(parents=True, mode=0o700)
        yield unfinished
        for path in unfinished.rglob("*"):
            durable.sync(path)
        unfinished.rename(to)
        durable.sync(to.parent)
    except OSError as refused:
        raise NothingWritten(
            f"The export could not be written: {refused.strerror}",
            where=str(to),
            remedy="Check free space and your rights there, then repeat the command.",
        ) from refused
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _act(made: Exported, seen: Sequence[Entry], now: Sequence[Entry]) -> Act:
    """The act, if nothing that the export rests on came in between."""
    if len(now) != len(seen):
        raise Contradiction(
            "Something that the export rests on was decided meanwhile",
            where="export",
            remedy="Repeat the command; nothing was written.",
        )
    payload: dict[str, Json] = {
        "format": made.format, "scope": made.scope, "handling": made.handling, "tlp": made.tlp, "files": made.files,
        "is_released": made.is_released, "sha256": made.sha256,
    }  # fmt: skip
    return Act(kind=ActKind.EXPORTED, subject=made.format, payload=payload)
