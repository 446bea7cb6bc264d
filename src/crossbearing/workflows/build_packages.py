"""Build one package per country, and read what was built."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crossbearing import __version__
from crossbearing.domain.access import Action
from crossbearing.domain.act import Act, ActKind, Entry
from crossbearing.domain.canonical import digest
from crossbearing.domain.context import Context
from crossbearing.domain.errors import BadRequest, NotFound
from crossbearing.domain.progress import Progress
from crossbearing.packages import build, document, gather
from crossbearing.registry import STEPS
from crossbearing.store import covert, durable
from crossbearing.store.jobs import job
from crossbearing.store.marks import standing_marks, texts_in
from crossbearing.store.operation import Operation, open_operation
from crossbearing.store.register import exhibits, label_of, refuse_locked, register
from crossbearing.store.session import Session
from crossbearing.store.steps import require_fresh
from crossbearing.store.views import reading

SOFTWARE = f"Crossbearing {__version__}"


@dataclass(frozen=True, slots=True)
class Built:
    """One package as it lies in the operation folder.

    Attributes:
        is_withheld: It was not written: the release check asks for the keeper of the registers. Why is not said.
    """

    package_id: str
    country: str
    version: int
    subjects: int
    is_new: bool
    is_withheld: bool
    page: Path
    data: Path


def build_packages(folder: Path, context: Context, progress: Progress, *, only: Sequence[str] = ()) -> list[Built]:
    """Write a package for every country that a subject is routed to.

    A package whose content has not changed keeps its version and its bytes.

    Args:
        folder: Operation folder.
        context: Who builds.
        progress: Shows how far it is.
        only: Country codes; empty for all.

    Raises:
        MissingTable: The derived tables are missing or stale.
        BadRequest: A country named has no subject.
    """
    with open_operation(folder, context) as operation, job(operation, "package build", progress) as work:
        operation.require(Action.BUILD, "operation", operation.name)
        require_fresh(operation, STEPS)
        with reading(operation, *gather.TABLES) as engine:
            wanted = gather.countries(engine)
            if unknown := sorted(set(only) - set(wanted)):
                raise BadRequest(
                    f"No subject is routed to {', '.join(unknown)}",
                    where="package build",
                    remedy=f"Countries with subjects: {', '.join(wanted) or 'none'}.",
                )
            wanted = [country for country in wanted if not only or country in only]
            built = []
            with work.stage("Building packages", len(wanted)) as advance:
                for country in wanted:
                    built.append(_built(operation, engine, country))
                    advance(1)
        return built


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
    if package_id not in known or not path.is_file():
        raise NotFound(
            f"There is no package {package_id!r}",
            where=str(folder),
            remedy=f"Packages: {', '.join(sorted(known)) or 'none; run `crossbearing package build`'}.",
        )
    with open_operation(folder, context) as operation:
        refuse_locked(register(operation.ledger), *known[package_id]["exhibits"])
        act = Act(kind=ActKind.CONSULTED, subject=package_id, payload={"kind": "package"})
        operation.ledger.record(context, act)
    return dict(json.loads(path.read_text(encoding="utf-8")))


def _built(operation: Operation, engine: Session, country: str) -> Built:
    subjects = gather.subjects_of(engine, country)
    known = exhibits(operation.ledger)
    used = {exhibit_id for facts in subjects for exhibit_id in facts.target["source_exhibits"]}
    sources = {exhibit_id: known[exhibit_id] for exhibit_id in sorted(used)}
    package_id = f"{country}-001"
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
    durable.write_text(data, build.as_json(whole))
    durable.write_text(page, build.as_page(whole))
    version = int(whole["version"])
    return Built(package_id, country, version, len(subjects), is_new, is_withheld=False, page=page, data=data)


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
        for entry in seen:
            last = entry.payload if entry.subject == package_id else last
        is_new = last["content_sha256"] != sha256
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

    is_new = bool(operation.ledger.decide(operation.context, acts, ActKind.PACKAGE_BUILT))
    return {**content, **chosen}, is_new
