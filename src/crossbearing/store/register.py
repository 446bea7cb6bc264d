"""The register: what the decisions say stands in an operation, folded from its acts."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from crossbearing.domain.act import ActKind, Entry
from crossbearing.domain.errors import NotAuthorised, NotFound
from crossbearing.domain.exhibit import Exhibit, Place, RecordFile, from_payload, label_from_payload, part_from_payload
from crossbearing.domain.labels import Label, inherit
from crossbearing.domain.privilege import PrivilegeRule
from crossbearing.domain.tables import PROTECTED_CLASSES
from crossbearing.store.ledger import Ledger

# Acts that change which record files stand; each carries "files": exhibit, the paths that go, the files that come.
REVISING: Final = (
    ActKind.ROWS_CORRECTED,
    ActKind.ROWS_SEQUESTERED,
    ActKind.ROWS_RELEASED,
    ActKind.PERSON_ERASED,
)
EXHIBIT_ACTS: Final = (
    ActKind.EXHIBIT_ADDED,
    ActKind.EXHIBIT_REREAD,
    ActKind.EXHIBIT_RELABELLED,
    ActKind.EXHIBIT_WITHDRAWN,
    ActKind.EXHIBIT_DESTROYED,
    ActKind.EXHIBIT_LOCKED,
    ActKind.CLOCK_ASSERTED,
    *REVISING,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorisation:
    """The permission under which evidence may come in."""

    ref: str
    issued_by: str
    basis: str
    valid_from: str
    valid_until: str

    def holds_on(self, day: str) -> bool:
        """Whether it is valid on an ISO date; an open end holds."""
        return self.valid_from <= day and (not self.valid_until or day <= self.valid_until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment:
    """What one person was appointed to: roles here, and the cases they work on."""

    person: str
    roles: frozenset[str]
    cases: frozenset[str]


@dataclass(frozen=True, slots=True)
class Register:
    """The exhibits as they stand.

    Attributes:
        standing: Exhibits that count, by id, in the order they came in.
        withdrawn: Exhibits that were withdrawn or locked; their bytes are kept and nothing reads them.
        destroyed: Ids of exhibits whose bytes are gone.
        locked: Those that nobody categorised in time, by id, each with the day on which it was locked.
        received: Day on which each came in, by id; adding the same bytes again does not change it.
    """

    standing: Mapping[str, Exhibit]
    withdrawn: Mapping[str, Exhibit]
    destroyed: frozenset[str]
    locked: Mapping[str, str]
    received: Mapping[str, str]

    @property
    def kept(self) -> Mapping[str, Exhibit]:
        """Every exhibit whose bytes are here, whether it counts or not."""
        return {**self.standing, **self.withdrawn}


def authorisations(ledger: Ledger) -> dict[str, Authorisation]:
    """Authorisations by reference."""
    return {
        entry.subject: Authorisation(**_texts(entry.payload)) for entry in ledger.entries(ActKind.AUTHORITY_GRANTED)
    }


def appointments(ledger: Ledger) -> dict[str, Appointment]:
    """Appointments by person; the newest counts."""
    return {
        entry.subject: Appointment(
            person=entry.subject,
            roles=frozenset(map(str, _list(entry.payload["roles"]))),
            cases=frozenset(map(str, _list(entry.payload["cases"]))),
        )
        for entry in ledger.entries(ActKind.PERSON_APPOINTED)
    }


def privilege_rules(ledger: Ledger) -> list[PrivilegeRule]:
    """The rules that set rows aside; a rule without words was taken back."""
    newest: dict[str, PrivilegeRule] = {}
    for entry in ledger.entries(ActKind.SEQUESTRATION_RULED):
        words = tuple(map(str, _list(entry.payload["words"])))
        newest[entry.subject] = PrivilegeRule(ref=entry.subject, words=words, reason=str(entry.payload["reason"]))
    return [rule for rule in newest.values() if rule.words]


def listed_hashes(ledger: Ledger) -> dict[str, str]:
    """Hashes whose bytes nobody opens, each with the name of its list."""
    return {
        str(sha256): entry.subject
        for entry in ledger.entries(ActKind.HASHES_LISTED)
        for sha256 in _list(entry.payload["hashes"])
    }


def withheld_places(ledger: Ledger, exhibit_id: str, part: str) -> list[Place]:
    """Where rows stand in a part that were erased, or set aside and not released."""
    return [place for place in _withheld(ledger) if (place.exhibit_id, place.part) == (exhibit_id, part)]


def withheld_ranges(ledger: Ledger, exhibit_id: str) -> dict[str, list[tuple[int, int]]]:
    """First byte and end of those rows in every part of an exhibit."""
    found: dict[str, list[tuple[int, int]]] = {}
    for place in _withheld(ledger):
        if place.exhibit_id == exhibit_id:
            found.setdefault(place.part, []).append((place.byte_offset, place.byte_offset + place.byte_length))
    return found


def _withheld(ledger: Ledger) -> list[Place]:
    withheld: dict[Place, bool] = {}
    kinds = (ActKind.PERSON_ERASED, ActKind.ROWS_SEQUESTERED, ActKind.ROWS_RELEASED)
    for entry in ledger.entries(*kinds):
        for values in _list(entry.payload["places"]):
            withheld[Place(*values)] = entry.kind is not ActKind.ROWS_RELEASED
    return [place for place, still in withheld.items() if still]


def decided_places(ledger: Ledger, exhibit_id: str) -> list[Place]:
    """Where rows of an exhibit stand that people decided about: corrected, set aside, released, erased."""
    found = {Place(*values) for entry in ledger.entries(*REVISING) for values in _list(entry.payload["places"])}
    return sorted(place for place in found if place.exhibit_id == exhibit_id)


def exhibits(ledger: Ledger) -> dict[str, Exhibit]:
    """Exhibits that stand, by id, in the order they came in."""
    return dict(register(ledger).standing)


def require_exhibit(ledger: Ledger, exhibit_id: str, *, withdrawn: bool = False) -> Exhibit:
    """One exhibit by its id.

    Args:
        ledger: The decisions.
        exhibit_id: Its id.
        withdrawn: One that was withdrawn is meant too.

    Raises:
        NotFound: There is none.
        NotAuthorised: It is locked, and only one that counts is meant.
    """
    known = register(ledger)
    if not withdrawn:
        refuse_locked(known, exhibit_id)
    found = known.standing.get(exhibit_id) or (known.withdrawn.get(exhibit_id) if withdrawn else None)
    if found is None:
        raise NotFound(
            f"There is no exhibit {exhibit_id!r}",
            where="the register",
            remedy="`crossbearing evidence list` names the exhibits.",
        )
    return found


def refuse_locked(known: Register, *exhibit_ids: str) -> None:
    """Refuse to go on with exhibits that nobody categorised in time.

    Raises:
        NotAuthorised: One of them is locked.
    """
    if found := [name for name in exhibit_ids if name in known.locked]:
        raise NotAuthorised(
            f"Exhibit {found[0]} is locked since {known.locked[found[0]]}: it was not categorised in time",
            where="the categorisation clock",
            remedy="Say of whom it speaks with `crossbearing evidence label --category`, "
            "or extend the limit with `crossbearing categorise limit`.",
        )


def register(ledger: Ledger) -> Register:
    """Every exhibit with all that was decided about it since."""
    return folded(ledger.entries(*EXHIBIT_ACTS))


def standing_stamp(ledger: Ledger) -> str:
    """A hash of the record files that count now; what was found in other files has another one."""
    paths = sorted(file.path for one in register(ledger).standing.values() for file in one.files)
    return hashlib.sha256("\n".join(paths).encode()).hexdigest()


def folded(entries: Iterable[Entry]) -> Register:
    """The register that these acts make, in their order."""
    known: dict[str, Exhibit] = {}
    away: set[str] = set()
    destroyed: set[str] = set()
    locked: dict[str, str] = {}
    received: dict[str, str] = {}
    for entry in entries:
        one = known.get(entry.subject)
        payload: Any = entry.payload
        if entry.kind is ActKind.EXHIBIT_ADDED:
            known[entry.subject] = exhibit_of(entry)
            received.setdefault(entry.subject, entry.at[:10])
            destroyed.discard(entry.subject)
            away.discard(entry.subject)
        elif entry.kind is ActKind.EXHIBIT_DESTROYED:
            for table in (known, locked, received):
                table.pop(entry.subject, None)
            destroyed.add(entry.subject)
            _revise(known, payload["files"])  # the other exhibits' files, sealed anew
        elif entry.kind in REVISING:
            _revise(known, payload["files"])
        elif entry.kind is ActKind.EXHIBIT_WITHDRAWN:
            (away.add if payload["is_withdrawn"] else away.discard)(entry.subject)
        elif entry.kind is ActKind.EXHIBIT_LOCKED:
            locked.pop(entry.subject, None)
            locked |= {entry.subject: entry.at[:10]} if payload["is_locked"] else {}
        elif one is not None:
            known[entry.subject] = _changed(one, entry)
    unread = away | locked.keys()
    return Register(
        {name: one for name, one in known.items() if name not in unread},
        {name: one for name, one in known.items() if name in unread},
        frozenset(destroyed),
        locked,
        received,
    )


def _changed(one: Exhibit, entry: Entry) -> Exhibit:
    """An exhibit after an act that changes what the register says of it."""
    payload: Any = entry.payload
    if entry.kind is ActKind.EXHIBIT_REREAD:
        return replace(
            one,
            profile=payload["profile"],
            source=payload["source"],
            parts=tuple(part_from_payload(part) for part in payload["parts"]),
            files=tuple(RecordFile(**file) for file in payload["files"]),
        )
    if entry.kind is ActKind.EXHIBIT_RELABELLED:
        return replace(one, label=label_from_payload(payload["label"]))
    if entry.kind is ActKind.CLOCK_ASSERTED:
        return replace(one, clock=payload["clock"])
    return one


def generations(ledger: Ledger) -> dict[str, int]:
    """Number of the newest key of each protected class, and of the backups ("backup")."""
    newest = dict.fromkeys((*PROTECTED_CLASSES, "backup"), 1)
    for entry in ledger.entries(ActKind.PERSON_ERASED, ActKind.EXHIBIT_DESTROYED):
        payload: Any = entry.payload
        newest.update(payload["generations"])
    return newest


def exhibit_of(entry: Entry) -> Exhibit:
    """The exhibit that an act of adding speaks of."""
    return from_payload(entry.payload, added_at=entry.at, added_by=entry.person)


def label_of(known: Mapping[str, Exhibit], exhibit_ids: Iterable[str]) -> Label:
    """The label of something derived from these exhibits: the strictest of theirs."""
    return inherit(known[exhibit_id].label for exhibit_id in sorted(set(exhibit_ids)))


def _revise(known: dict[str, Exhibit], revisions: Iterable[Mapping[str, Any]]) -> None:
    for revision in revisions:
        one = known.get(revision["exhibit_id"])
        if one is None:
            continue
        gone = set(revision["removed"])
        kept = tuple(file for file in one.files if file.path not in gone)
        come = tuple(RecordFile(**file) for file in revision["added"])
        known[one.exhibit_id] = replace(one, files=tuple(sorted((*kept, *come), key=_place)))


def _place(file: RecordFile) -> tuple[str, str, str]:
    return file.table, file.protection, file.path


def _texts(payload: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in payload.items()}


def _list(value: Any) -> list[Any]:
    return list(value)
