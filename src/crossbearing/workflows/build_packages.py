"""Build one package per country, and read what was built."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from crossbearing import __version__
from crossbearing.domain.access import Action, Resource, decide
from crossbearing.domain.act import Act, ActKind, Entry
from crossbearing.domain.canonical import digest
from crossbearing.domain.context import Context
from crossbearing.domain.deconfliction_tables import DECONFLICTION
from crossbearing.domain.errors import BadRequest, NotFound
from crossbearing.domain.exhibit import Exhibit
from crossbearing.domain.hit_or_no_hit import QUESTION_ACTS, questions_in
from crossbearing.domain.labels import HANDLING, TLP, Label
from crossbearing.domain.progress import Progress
from crossbearing.identification import opened
from crossbearing.identification.evidence import Evidence
from crossbearing.identification.judgements import answers_in
from crossbearing.identification.letters import drafts_for
from crossbearing.identification.told import told_persons
from crossbearing.leads.told import told_supply
from crossbearing.packages import build, completeness, document, gather
from crossbearing.packages.further import Further, request_of
from crossbearing.packages.press import Press, setting
from crossbearing.presentation import typeset
from crossbearing.registry import STEPS
from crossbearing.store import covert, durable, kept_packages
from crossbearing.store.jobs import job
from crossbearing.store.marks import CORRECTION, standing_marks, texts_in
from crossbearing.store.operation import Operation, open_operation
from crossbearing.store.register import EXHIBIT_ACTS, exhibits, label_of, refuse_locked, register
from crossbearing.store.revision import rows_taken_out
from crossbearing.store.session import Session
from crossbearing.store.steps import require_fresh
from crossbearing.store.views import reading

SOFTWARE = f"Crossbearing {__version__}"


@dataclass(frozen=True, slots=True)
class Built:
    """One package as it lies in the operation folder.

    Attributes:
        is_withheld: It was not written: the release check asks for the keeper of the registers. Why is not said.
        missing: What a mandatory part lacks, in words; with anything in it the package cannot be sent.
    """

    package_id: str
    country: str
    version: int
    subjects: int
    is_new: bool
    is_withheld: bool
    page: Path
    data: Path
    missing: tuple[str, ...] = ()


def build_packages(
    folder: Path, context: Context, progress: Progress, *, only: Sequence[str] = (), pdf: bool | None = False
) -> list[Built]:
    """Write a package for every country that a subject is routed to.

    A package whose content has not changed keeps its version and its bytes.

    Args:
        folder: Operation folder.
        context: Who builds.
        progress: Shows how far it is.
        only: Country codes; empty for all.
        pdf: Whether to set the pages on paper too; None: where typst is installed.

    Raises:
        MissingTable: The derived tables are missing or stale.
        BadRequest: A country named has no subject.
        BadConfiguration: It is to be with PDF, and typst is not installed.
    """
    with_pdf = typeset.wanted(pdf)
    with open_operation(folder, context) as operation, job(operation, "package build", progress) as work:
        operation.require(Action.BUILD, "operation", operation.name)
        require_fresh(operation, STEPS)
        with reading(operation, *dict.fromkeys((*gather.TABLES, *opened.DERIVED))) as engine:
            wanted = gather.countries(engine)
            if unknown := sorted(set(only) - set(wanted)):
                raise BadRequest(
                    f"No subject is routed to {', '.join(unknown)}",
                    where="package build",
                    remedy=f"Countries with subjects: {', '.join(sorted(wanted)) or 'none'}.",
                )
            _forget_what_was_set_aside(operation)
            wanted = [country for country in wanted if not only or country in only]
            built, told = [], _Told(operation, engine)
            with setting() as press:
                with work.stage("Building packages", len(wanted)) as advance:
                    for country in wanted:  # the largest first, so that its pages are not set alone at the end
                        built.append(_built(operation, engine, told, country, press if with_pdf else None))
                        advance(1)
                if press:
                    with work.stage("Setting pages on paper", len(press)) as advance:
                        while press:
                            press.take()
                            advance(1)
        return sorted(built, key=lambda one: one.package_id)


def list_packages(folder: Path, context: Context) -> list[Mapping[str, Any]]:
    """The newest version of each package, by id."""
    with open_operation(folder, context) as operation:
        operation.require(Action.SEE, "operation", operation.name)
        newest = {
            entry.subject: {**entry.payload, "built_at": entry.at, "built_by": entry.person}
            for entry in operation.ledger.entries(ActKind.PACKAGE_BUILT)
        }
        marks = standing_marks(operation.ledger)
        return [
            {
                **newest[package_id],
                "marks": [
                    {"what": mark.what, "why": mark.why, "version": mark.version, "marked_at": mark.marked_at}
                    for mark in marks
                    if mark.package_id == package_id
                ],
            }
            for package_id in sorted(newest)
        ]


def show_package(folder: Path, context: Context, package_id: str) -> Mapping[str, Any]:
    """The newest version of one package's document.

    Raises:
        NotFound: There is no such package.
        NotAuthorised: It rests on an exhibit that is locked.
    """
    path = folder / "packages" / package_id / "package.json"
    known = {package["package_id"]: package for package in list_packages(folder, context)}
    if package_id not in known:
        raise NotFound(
            f"There is no package {package_id!r}",
            where=str(folder),
            remedy=f"Packages: {', '.join(sorted(known)) or 'none; run `crossbearing package build`'}.",
        )
    if not path.is_file():
        raise NotFound(
            f"The files of {package_id} are not here",
            where=str(path.parent),
            remedy="They went with rows that were erased or set aside, or are lost. Build it anew with `crossbearing "
            "package build`.",
        )
    with open_operation(folder, context) as operation:
        refuse_locked(register(operation.ledger), *known[package_id]["exhibits"])
        act = Act(kind=ActKind.CONSULTED, subject=package_id, payload={"kind": "package"})
        operation.ledger.record(context, act)
    return dict(json.loads(path.read_text(encoding="utf-8")))


class _Told:
    """What other features let a package tell of its subjects, read once for all countries."""

    def __init__(self, operation: Operation, engine: Session) -> None:
        self.operation, self.engine = operation, engine
        ledger = operation.ledger
        self.known = {
            name: one
            for name, one in exhibits(ledger).items()
            if decide(operation.subject, Action.SEE, Resource(kind="exhibit", name=name)).is_allowed
        }
        self.answers = answers_in(ledger.entries(ActKind.PERSON_JUDGED))
        self.runs = [one for one in ledger.entries(ActKind.LEADS_MATCHED) if not one.is_erased]
        self.asked = questions_in(ledger.entries(*QUESTION_ACTS)).keys()
        self.gone, self.revised = rows_taken_out(ledger)
        self.is_deconflicted = _is_deconflicted(operation)

    @cached_property
    def evidence(self) -> Evidence:
        """What letters are drafted from; open tables only."""
        home = {row["account_id"]: row["subject_id"] for row in self.engine.rows("SELECT * FROM subject")}
        return opened.read_open(self.engine, home)

    def further(self, subjects: Sequence[gather.SubjectFacts], base: Collection[str]) -> dict[str, Further]:
        """What may be told of each subject under the handling of the exhibits behind the tables."""
        label = label_of(self.known, base)

        def may_tell(names: Collection[str]) -> bool:
            """All of them stand, and none is stricter than the package is without them."""
            return all(name in self.known and _is_no_stricter(self.known[name], label) for name in names)

        leads = told_supply(self.runs, self.asked, may_tell, self.revised)
        shown = [one for one in self.evidence.shown if may_tell(one.exhibit_ids)]
        bought = [one for one in self.evidence.bought if may_tell(one.exhibit_ids)]
        parcels = [row for row in self.evidence.parcels if may_tell([row["exhibit_id"]])]
        found = {}
        for facts in subjects:
            subject, accounts = facts.target["subject_id"], {row["account_id"] for row in facts.accounts}
            status, persons, rests_on = told_persons(self.answers, subject, accounts, may_tell, self.gone)
            supply = [one for one in leads if one["account_id"] in accounts]
            own = replace(self.evidence, accounts={name: self.evidence.accounts[name] for name in sorted(accounts)})
            open_ = replace(own, shown=[one for one in shown if one.account_id in accounts], bought=[], parcels=[])
            ours = [one for one in bought if one.account_id in accounts]
            closed = replace(own, shown=[], bought=ours, parcels=parcels)
            requests = [
                request_of(asdict(one), held_by_owner=is_closed)
                for evidence, is_closed in ((open_, False), (closed, True))
                for one in drafts_for(evidence, subject, "")
            ]
            behind = {*rests_on, *(name for one in open_.shown for name in one.exhibit_ids)}
            behind.update(name for one in ours for name in one.exhibit_ids)
            behind.update(name for one in supply for name in one["exhibit_ids"])
            behind.update(row["exhibit_id"] for row in parcels if row["tracking_number"] in {o.tracking for o in ours})
            found[subject] = Further(
                status=status, persons=persons, supply=supply, exhibit_ids=frozenset(behind),
                requests=sorted(requests, key=lambda one: (not one["gone_on"], one["gone_on"], one["to"])),
            )  # fmt: skip
        return found


def _is_deconflicted(operation: Operation) -> bool:
    """Whether lists that agencies handed in stand, and were compared after the last exhibit came in or went."""
    standing = register(operation.ledger).standing.values()
    is_handed_in = any(file.protection == DECONFLICTION for one in standing for file in one.files)
    compared = [entry.position for entry in operation.ledger.entries(ActKind.OVERLAPS_FOUND)]
    changed = [entry.position for entry in operation.ledger.entries(*EXHIBIT_ACTS)]
    return is_handed_in and bool(compared) and compared[-1] > max(changed, default=0)


def _is_no_stricter(exhibit: Exhibit, label: Label) -> bool:
    own = exhibit.label
    return (
        HANDLING.index(own.handling) <= HANDLING.index(label.handling)
        and TLP.index(own.tlp) <= TLP.index(label.tlp)
        and own.restrictions <= label.restrictions
    )


def _built(operation: Operation, engine: Session, told: _Told, country: str, press: Press | None) -> Built:
    subjects = gather.subjects_of(engine, country)
    known = exhibits(operation.ledger)
    used = {exhibit_id for facts in subjects for exhibit_id in facts.exhibit_ids}
    further = told.further(subjects, used)
    used |= {exhibit_id for one in further.values() for exhibit_id in one.exhibit_ids}
    sources = {exhibit_id: known[exhibit_id] for exhibit_id in sorted(used)}
    package_id = _package_of(country)
    content = document.build_document(
        document.Header(
            operation=operation.name,
            coordinator=operation.coordinator,
            package_id=package_id,
            country=country,
            label=label_of(known, used),
            is_simulated=any(exhibit.is_simulated for exhibit in sources.values()),
        ),
        subjects,
        sources,
        gather.refusals_of(engine, sorted(used)),
        SOFTWARE,
        further,
        is_deconflicted=told.is_deconflicted,
    )
    home = operation.folder / "packages" / package_id
    data, page = home / "package.json", home / "package.html"
    if not covert.is_clear(operation, texts_in(content)):
        act = Act(kind=ActKind.RELEASE_WITHHELD, subject=package_id, payload={"why": "release check"})
        operation.ledger.record(operation.context, act)
        return Built(package_id, country, 0, 0, is_new=False, is_withheld=True, page=page, data=data)
    sha256 = digest(content)
    whole, is_new = _versioned(operation, content, sha256, len(subjects), sorted(used))
    # After the act: a crash in between leaves a registered version, and the next build writes the same bytes.
    text = build.as_text(whole)
    made = build.files(whole)
    for old in set(home.glob("package.*")) - {home / name for name in made}:
        old.unlink()  # of another version; beside this one it would be taken for the same
    for name, content_of in made.items():
        durable.write_bytes(home / name, content_of)
    if press is not None:
        press.give(home, whole)
    version = int(whole["version"])
    kept_packages.keep(operation.folder, package_id, version, text)
    missing = tuple(map(str, completeness.missing_in(whole)))
    return Built(
        package_id, country, version, len(subjects), is_new, is_withheld=False, page=page, data=data, missing=missing
    )


def _package_of(country: str) -> str:
    return f"{country}-001"


def _forget_what_was_set_aside(operation: Operation) -> None:
    """Remove versions that may hold rows set aside since: privileged words must not outlive it in a copy.

    If the newest is one of them its files go too, also of packages that are not built now or are withheld.
    """
    since = {entry.subject: entry.position for entry in operation.ledger.entries(ActKind.ROWS_SEQUESTERED)}
    built = operation.ledger.entries(ActKind.PACKAGE_BUILT)
    newest = {entry.subject: entry.position for entry in built}
    for entry in built:
        said: Any = entry.payload
        if any(since.get(name, -1) > entry.position for name in said["exhibits"]):
            kept_packages.forget(operation.folder, entry.subject, said["version"])
            if entry.position == newest[entry.subject]:
                kept_packages.forget_newest(operation.folder, entry.subject)


def _versioned(
    operation: Operation, content: Mapping[str, Any], sha256: str, subjects: int, used: Sequence[str]
) -> tuple[dict[str, Any], bool]:
    """The document with its version, decided with nobody building in between; and whether it is new."""
    today = operation.context.now()[:10]
    build.as_json({**content, "version": 1, "supersedes": None, "built_on": today})  # refuse before anything is said
    package_id = str(content["package_id"])
    chosen: dict[str, Any] = {}

    def acts(seen: list[Entry]) -> list[Act]:
        last: Mapping[str, Any] = {"version": 0, "content_sha256": ""}
        is_called_back = False
        for entry in seen:
            if entry.kind is ActKind.ROWS_SEQUESTERED:
                # Nobody can tell by the log that it held none of these rows; a version from after it did not.
                is_called_back |= entry.subject in used
            elif entry.subject == package_id and entry.kind is ActKind.PACKAGE_BUILT:
                last, is_called_back = entry.payload, False
            elif entry.subject == package_id:
                # Whoever got it was told not to use this version; what a person recalled waits for that person.
                is_called_back |= bool(entry.payload["receipt"]) or entry.payload["what"] == CORRECTION
        is_new = last["content_sha256"] != sha256 or is_called_back
        version = int(last["version"]) + is_new
        chosen.update(version=version, supersedes=version - 1 or None, built_on=today if is_new else last["built_on"])
        payload = {
            "package_id": package_id,
            "country": content["recipient"]["country"],
            "version": version,
            "built_on": chosen["built_on"],
            "content_sha256": sha256,
            "subjects": subjects,
            "handling": content["handling"]["code"],
            "exhibits": list(used),
        }
        return [Act(kind=ActKind.PACKAGE_BUILT, subject=package_id, payload=payload)] if is_new else []

    kinds = (ActKind.PACKAGE_BUILT, ActKind.PACKAGE_MARKED, ActKind.ROWS_SEQUESTERED)
    is_new = bool(operation.ledger.decide(operation.context, acts, *kinds))
    return {**content, **chosen}, is_new
