"""Compare two versions of a package: what the newer one adds, removes and changes."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crossbearing.domain.access import Action
from crossbearing.domain.act import Act, ActKind, Entry
from crossbearing.domain.canonical import digest
from crossbearing.domain.context import Context
from crossbearing.domain.errors import BadRequest, Contradiction, NotAuthorised, NotFound
from crossbearing.packages.comparing import Difference, differences
from crossbearing.store import kept_packages
from crossbearing.store.operation import Operation, open_operation
from crossbearing.store.register import refuse_locked, register
from crossbearing.store.revision import rows_taken_out

_OF_THE_VERSION = frozenset({"version", "supersedes", "built_on"})  # of a document, not of its content


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Two versions of one package.

    Attributes:
        earlier, later: Their numbers.
        differences: In the order of the document.
    """

    package_id: str
    earlier: int
    later: int
    differences: tuple[Difference, ...]


def compare_package(folder: Path, context: Context, package_id: str, earlier: int = 0, later: int = 0) -> Compared:
    """What a version adds, removes and changes; looking is an act in the log.

    Args:
        folder: Operation folder.
        context: Who looks.
        package_id: The package.
        earlier: Number of a version; 0 for the one before ``later``.
        later: Number of a version; 0 for the newest.

    Raises:
        NotFound: There is no such package or version, or its document is not kept.
        BadRequest: There is one version only, or ``earlier`` is not the earlier one.
        NotAuthorised: One of them rests on an exhibit that is locked or does not stand, or rows were taken out since.
        Contradiction: A document that is kept is not what was built.
    """
    with open_operation(folder, context) as operation:
        operation.require(Action.SEE, "operation", operation.name)
        built = {
            int(str(entry.payload["version"])): entry
            for entry in operation.ledger.entries(ActKind.PACKAGE_BUILT, subject=package_id)
        }
        if not built:
            raise NotFound(
                f"There is no package {package_id!r}",
                where=str(folder),
                remedy="`crossbearing package list` shows the packages.",
            )
        later = later or max(built)
        earlier = earlier or later - 1
        if max(built) == 1 and earlier < 1:
            raise BadRequest(
                f"There is one version of {package_id} only, and nothing to compare it with",
                where=package_id,
                remedy="`crossbearing package build` makes the next version once what stands in it has changed.",
            )
        if not 0 < earlier < later:
            raise BadRequest(
                f"Version {later} of {package_id} has no earlier one to be compared with"
                if earlier < 1
                else f"Version {earlier} is not earlier than version {later}",
                where=package_id,
                remedy=f"Give --from and --to; versions: 1 to {max(built)}.",
            )
        old, new = (_document(operation, built, package_id, number) for number in (earlier, later))
        act = Act(kind=ActKind.CONSULTED, subject=package_id, payload={"kind": "package versions"})
        operation.ledger.record(context, act)
    return Compared(package_id=package_id, earlier=earlier, later=later, differences=tuple(differences(old, new)))


def _document(operation: Operation, built: Mapping[int, Entry], package_id: str, version: int) -> dict[str, Any]:
    """The document of a version as it was built, if all that it rests on may still be read."""
    entry = built.get(version)
    if entry is None:
        raise NotFound(
            f"There is no version {version} of {package_id}", where=package_id, remedy=f"Versions: 1 to {max(built)}."
        )
    said: Any = entry.payload
    known = register(operation.ledger)
    refuse_locked(known, *said["exhibits"])
    _, revised = rows_taken_out(operation.ledger)
    if set(said["exhibits"]) - known.standing.keys() or any(
        revised.get(name, -1) > entry.position for name in said["exhibits"]
    ):
        raise NotAuthorised(
            f"Version {version} of {package_id} rests on what does not stand any more as it was",
            where=package_id,
            remedy="It is not opened again. Compare versions that were built since.",
        )
    document = kept_packages.kept(operation.folder, package_id, version)
    if document is None:
        raise NotFound(
            f"The document of version {version} of {package_id} is not kept",
            where=str(operation.folder / kept_packages.PACKAGES / package_id),
            remedy="It was built by an earlier release, erased, or lost. Versions built from now on are kept.",
        )
    if digest({name: one for name, one in document.items() if name not in _OF_THE_VERSION}) != said["content_sha256"]:
        raise Contradiction(
            f"The document of version {version} of {package_id} is not what was built",
            where=str(operation.folder / kept_packages.PACKAGES / package_id),
            remedy="Somebody changed it on the disk. Restore it from a backup.",
        )
    return document
