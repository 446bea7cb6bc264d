"""Who got what, and what became of it: sent, called back or corrected, told so, acknowledged."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from crossbearing.domain.act import ActKind, Entry

DISSEMINATION_ACTS: Final = (
    ActKind.PACKAGE_BUILT, ActKind.PACKAGE_MARKED, ActKind.PACKAGE_SENT, ActKind.NOTICE_SENT,
    ActKind.NOTICE_ACKNOWLEDGED,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """That a partner is to be told of a mark on what it got; it stays pending until the partner acknowledged it.

    Attributes:
        mark: Position of the mark in the log.
        version: Newest version that is meant; earlier ones are meant too.
        what: "recall" or "correction".
        told_at: When it was told; empty if it was not yet.
        acknowledged_on: ISO date; empty while it is pending.
    """

    package_id: str
    agency: str
    mark: int
    version: int
    what: str
    why: str
    marked_at: str
    told_at: str = ""
    acknowledged_on: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One version of one package as one partner got it.

    Attributes:
        statement_sha256: Of what was signed, hex.
        bundle_sha256: Of the sealed file, hex.
        why: Purpose that stands in the log.
        notices: What the partner is to be told of it since.
        channel: Legal channel by which it left as evidence; empty if it left as intelligence only.
    """

    package_id: str
    version: int
    agency: str
    handling: str
    expires_on: str
    statement_sha256: str
    bundle_sha256: str
    sent_at: str
    sent_by: str
    why: str
    notices: Sequence[Notice] = field(default_factory=tuple)
    channel: str = ""


def notices_in(entries: Iterable[Entry]) -> list[Notice]:
    """One notice for each mark and each partner that had got a version it is put on; oldest mark first."""
    versions: dict[str, int] = {}
    got: dict[str, dict[str, int]] = {}  # by package, the newest version that each partner got
    found: dict[tuple[int, str], dict[str, Any]] = {}
    for entry in entries:
        said: Any = entry.payload
        if entry.kind is ActKind.PACKAGE_BUILT:
            versions[entry.subject] = said["version"]
        elif entry.kind is ActKind.PACKAGE_SENT:
            got.setdefault(entry.subject, {})[said["agency"]] = said["version"]
        elif entry.kind is ActKind.PACKAGE_MARKED:
            for agency in got.get(entry.subject, {}):
                found[entry.position, agency] = {
                    "package_id": entry.subject, "agency": agency, "mark": entry.position,
                    "version": versions.get(entry.subject, 0), "what": said["what"], "why": said["why"],
                    "marked_at": entry.at,
                }  # fmt: skip
        elif entry.kind is ActKind.NOTICE_SENT:
            found.get((said["mark"], said["agency"]), {})["told_at"] = entry.at
        elif entry.kind is ActKind.NOTICE_ACKNOWLEDGED:
            found.get((said["mark"], said["agency"]), {})["acknowledged_on"] = said["on"]
    return [Notice(**one) for one in found.values()]


def sent_in(entries: Sequence[Entry]) -> list[Sent]:
    """What was sent, oldest first, with the notices that followed it."""
    notices = notices_in(entries)
    found = []
    for entry in entries:
        if entry.kind is not ActKind.PACKAGE_SENT:
            continue
        said: Any = entry.payload
        own = [
            one
            for one in notices
            if (one.package_id, one.agency) == (entry.subject, said["agency"])
            and one.mark > entry.position
            and one.version >= said["version"]
        ]
        found.append(
            Sent(
                package_id=entry.subject,
                version=said["version"],
                agency=said["agency"],
                handling=said["handling"],
                expires_on=said["expires_on"],
                statement_sha256=said["statement_sha256"],
                bundle_sha256=said["bundle_sha256"],
                sent_at=entry.at,
                sent_by=entry.person,
                why=entry.purpose,
                notices=tuple(own),
                channel=said.get("channel", ""),
            )
        )
    return found
