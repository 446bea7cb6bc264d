"""Statements as the log has them: drafted, approved by a second person, published, corrected, and who got them."""

import csv
import hashlib
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from crossbearing.domain.act import ActKind, Entry
from crossbearing.domain.errors import BadRequest, NotFound
from crossbearing.results.statement_check import Checked
from crossbearing.results.statement_draft import LeftOut
from crossbearing.results.statement_figures import Figure

STATEMENT_ACTS: Final = (
    ActKind.STATEMENT_DRAFTED, ActKind.STATEMENT_APPROVED, ActKind.STATEMENT_PUBLISHED, ActKind.STATEMENT_TOLD,
)  # fmt: skip
DRAFT, APPROVED, PUBLISHED, CORRECTED = "draft", "approved", "published", "corrected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """Somebody who was given a version.

    Attributes:
        pending: Version with the correction that they were not told of yet; 0 if there is none.
        told: What they said when they were told, by version.
    """

    name: str
    version: int
    pending: int = 0
    told: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """The newest version of one statement.

    Attributes:
        source: Its text with every figure in brackets.
        figures: Every figure that it names, by name, as it stood when it was drafted: value, unit, rows, note, hash.
        not_before: RFC 3339, UTC; empty for at any time.
        reason: Why an earlier version was corrected; empty for a first version.
        state: "draft", "approved" or "published".
        agreed: Exhibits not labelled for the public whose owners agreed, as the second person states.
        published: Versions that were published, with their text's hash.
    """

    statement_id: str
    version: int
    language: str
    campaign: str
    by_place: bool
    currency: str
    not_before: str
    source: str
    figures: Mapping[str, Mapping[str, str]]
    reason: str
    drafted_at: str
    drafted_by: str
    state: str = DRAFT
    approved_by: str = ""
    agreed: tuple[str, ...] = ()
    published_at: str = ""
    published: Mapping[int, str] = field(default_factory=dict)
    receivers: Mapping[str, Receiver] = field(default_factory=dict)

    @property
    def sha256(self) -> str:
        """Of the source, hex."""
        return hashlib.sha256(self.source.encode()).hexdigest()

    @property
    def pending(self) -> list[str]:
        """Who is to be told of a correction."""
        return sorted(one.name for one in self.receivers.values() if one.pending)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a statement is to be.

    Attributes:
        language: Code of one; empty for that of the earlier version, else English.
        text: Its source, with figures in brackets; empty for a draft from the catalogue.
        by_place: Count by the country where it happened; by default as the campaign's basis says.
        of: A statement that was not published, of which this is a new version; empty for a new one. What is not said
            of the new version is as in the one before, the embargo too.
    """

    language: str = ""
    campaign: str = ""
    by_place: bool | None = None
    currency: str = ""
    not_before: str = ""
    text: str = ""
    of: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """A statement, and what holding it against the ledger found.

    Attributes:
        unlabelled: Exhibits behind its figures that are not labelled for the public.
        changed: Figures that rest on other rows, or are another number, than when it was drafted.
        left_out: Figures that a draft from the catalogue leaves out; empty for a text that somebody wrote.
    """

    statement: Statement
    checked: Checked
    unlabelled: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    left_out: tuple[LeftOut, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether it may be said as it is."""
        return not self.checked.findings and not self.changed


def filled_in(wanted: Wanted, before: Statement | None) -> Wanted:
    """What is wanted of a new version, with what was not said taken from the version before, if there is one."""
    if before is None:
        return replace(wanted, language=wanted.language or "en")
    said = {
        name: getattr(wanted, name) or getattr(before, name)
        for name in ("language", "campaign", "currency", "not_before")
    }
    return replace(wanted, **said, by_place=before.by_place if wanted.by_place is None else wanted.by_place)


def statements_in(entries: Iterable[Entry]) -> dict[str, Statement]:
    """Every statement by its id, as its acts leave it."""
    found: dict[str, Statement] = {}
    for entry in entries:
        said: Any = entry.payload
        if entry.kind is ActKind.STATEMENT_DRAFTED:
            found[entry.subject] = _drafted(entry, found.get(entry.subject))
            continue
        one = found.get(entry.subject)
        if one is None:
            continue
        if entry.kind is ActKind.STATEMENT_APPROVED:
            one = replace(one, state=APPROVED, approved_by=entry.person, agreed=tuple(said["agreed"]))
        elif entry.kind is ActKind.STATEMENT_PUBLISHED:
            got = {
                name: replace(one.receivers.get(name, Receiver(name=name, version=0)), version=said["version"])
                for name in said["to"]
            }
            one = replace(
                one,
                state=PUBLISHED,
                published_at=one.published_at or entry.at,
                published={**one.published, said["version"]: said["sha256"]},
                receivers={**one.receivers, **got},
            )
        elif entry.kind is ActKind.STATEMENT_TOLD and said["to"] in one.receivers:
            receiver = one.receivers[said["to"]]
            told = replace(receiver, pending=0, told={**receiver.told, said["version"]: said["words"]})
            one = replace(one, receivers={**one.receivers, receiver.name: told})
        found[entry.subject] = one
    return found


def require_time(text: str) -> None:
    """Refuse an embargo that is no time in UTC; none is one.

    Raises:
        BadRequest: It is none.
    """
    try:
        is_time = not text or (text.endswith("Z") and datetime.fromisoformat(text).tzinfo is not None)
    except ValueError:
        is_time = False
    if not is_time:
        raise BadRequest(
            f"{text!r} is no time in UTC", where="--not-before", remedy="Write it as 2026-12-01T10:00:00Z."
        )


def statement_of(entries: Iterable[Entry], statement_id: str) -> Statement:
    """One statement.

    Raises:
        NotFound: There is none of this id.
    """
    found = statements_in(entries)
    if statement_id not in found:
        raise NotFound(
            f"There is no statement {statement_id!r}",
            where="the statements",
            remedy=f"Statements: {', '.join(sorted(found)) or 'none; see `results statement draft`'}.",
        )
    return found[statement_id]


def as_drafted(figures: Sequence[Figure]) -> dict[str, dict[str, str]]:
    """Figures as they are kept with a statement: value, unit, rows, note and hash by name."""
    return {
        one.name: {
            "value": str(one.day or ("" if one.sort in {"text", "record"} else f"{one.value.normalize():f}")),
            "unit": one.key[2],
            "rows": str(one.rows),
            "note": one.note,
            "sha256": one.sha256,
        }
        for one in figures
    }


def files_of(one: Statement, plain: str, *, is_simulated: bool) -> dict[str, str]:
    """What is published, by file name: the text, and a table of its figures as they were when it was drafted."""
    stem = f"{one.statement_id}-v{one.version}-{one.language}"
    banner = "SIMULATED EVIDENCE. Every event and figure here is invented.\n\n" if is_simulated else ""
    stream = io.StringIO(newline="")
    rows = csv.writer(stream)
    columns = ("value", "unit", "rows", "note", "sha256")
    rows.writerow(["figure", *columns])
    rows.writerows([name, *(said[column] for column in columns)] for name, said in sorted(one.figures.items()))
    return {f"{stem}.txt": banner + plain, f"{stem}.csv": stream.getvalue()}


def _drafted(entry: Entry, before: Statement | None) -> Statement:
    said: Any = entry.payload
    receivers = before.receivers if before else {}
    if said["reason"]:
        receivers = {name: replace(one, pending=said["version"]) for name, one in receivers.items()}
    return Statement(
        statement_id=entry.subject,
        version=said["version"],
        language=said["language"],
        campaign=said["campaign"],
        by_place=said["by_place"],
        currency=said["currency"],
        not_before=said["not_before"],
        source=said["source"],
        figures=said["figures"],
        reason=said["reason"],
        drafted_at=entry.at,
        drafted_by=entry.person,
        published=before.published if before else {},
        receivers=receivers,
    )
