"""Marks on packages: what was built from something that is no longer so, and must be recalled or corrected."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from crossbearing.domain.act import Act, ActKind
from crossbearing.domain.exhibit import Place
from crossbearing.store import kept_packages
from crossbearing.store.ledger import Ledger
from crossbearing.store.operation import Operation

RECALL: Final = "recall"
CORRECTION: Final = "correction"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One mark on a package.

    Attributes:
        what: "recall" or "correction".
        version: Newest version of the package when it was marked; earlier ones are meant too.
    """

    package_id: str
    version: int
    what: str
    why: str
    marked_at: str


def mark(package_id: str, what: str, *, why: str, receipt: str = "") -> Act:
    """The act that marks every version of a package so far.

    Args:
        package_id: The package.
        what: ``RECALL`` or ``CORRECTION``.
        why: In words that name nobody.
        receipt: Of the erasure, if one is the reason.
    """
    return Act(kind=ActKind.PACKAGE_MARKED, subject=package_id, payload={"what": what, "why": why, "receipt": receipt})


def standing_marks(ledger: Ledger) -> list[Mark]:
    """All marks, oldest first; a mark stays with the versions it was put on."""
    version: dict[str, int] = {}
    found = []
    for entry in ledger.entries(ActKind.PACKAGE_BUILT, ActKind.PACKAGE_MARKED):
        payload: Any = entry.payload
        if entry.kind is ActKind.PACKAGE_BUILT:
            version[entry.subject] = payload["version"]
        else:
            found.append(
                Mark(
                    package_id=entry.subject,
                    version=version.get(entry.subject, 0),
                    what=payload["what"],
                    why=payload["why"],
                    marked_at=entry.at,
                )
            )
    return found


def packages_resting_on(operation: Operation, places: Iterable[Place]) -> list[str]:
    """Packages of which a version kept here has one of these rows behind a figure."""
    wanted = {
        "|".join(map(str, (p.exhibit_id, p.part, p.source_table, p.source_row, p.byte_offset, p.byte_length)))
        for p in places
    }
    return sorted(
        {
            package_id
            for package_id, document in kept_packages.documents(operation.folder)
            if not wanted.isdisjoint(texts_in(document))
        }
    )


def packages_nobody_can_read(operation: Operation, exhibit_ids: Collection[str]) -> list[str]:
    """Packages of which a version was sent, or lies here, that cannot be read any more and rests on these exhibits.

    Nobody can look what stands in it, so all of its exhibits count.
    """
    built: dict[tuple[str, int], set[str]] = {}
    newest: dict[str, int] = {}
    concerned = kept_packages.versions_kept(operation.folder)
    for entry in operation.ledger.entries(ActKind.PACKAGE_BUILT, ActKind.PACKAGE_SENT):
        said: Any = entry.payload
        if entry.kind is ActKind.PACKAGE_BUILT:
            built[entry.subject, said["version"]] = set(said["exhibits"])
            newest[entry.subject] = said["version"]
        else:
            concerned.add((entry.subject, said["version"]))
    concerned |= {(name, newest[name]) for name in kept_packages.lying_here(operation.folder) if name in newest}
    return sorted(
        {
            package_id
            for package_id, version in concerned
            if built.get((package_id, version), set()).intersection(exhibit_ids)
            and kept_packages.kept(operation.folder, package_id, version) is None
            and not (version == newest[package_id] and kept_packages.newest(operation.folder, package_id))
        }
    )


def texts_in(value: Any) -> Iterable[str]:
    """Every text of a document."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from texts_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from texts_in(item)
