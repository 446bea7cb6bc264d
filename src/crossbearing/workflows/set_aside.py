"""Privileged material: set aside by rule and by person, seen and released only by a reviewer outside the case."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from crossbearing.domain.access import Action, Resource
from crossbearing.domain.act import Act, ActKind
from crossbearing.domain.canonical import Json
from crossbearing.domain.context import Context
from crossbearing.domain.errors import BadRequest, NotFound, UnreadableSource
from crossbearing.domain.exhibit import Exhibit, Place
from crossbearing.domain.privilege import PrivilegeRule
from crossbearing.domain.tables import PRIVILEGED
from crossbearing.store import erasure
from crossbearing.store.operation import Operation, open_operation
from crossbearing.store.register import exhibits, privilege_rules, register, require_exhibit
from crossbearing.store.revision import ROWS, Revised, Reviser, record_revision

_HASH_DIGITS = 64
_HASHES_AT_ONCE = 20_000  # per act


@dataclass(frozen=True, slots=True)
class SetAside:
    """Rows of one place that are set aside: where they stand, not what they say."""

    exhibit_id: str
    part: str
    source_table: str
    byte_offset: int
    record_tables: tuple[str, ...]


def rule_privilege(folder: Path, context: Context, rule: PrivilegeRule) -> None:
    """Set a rule by which rows are set aside from now on, before anything of them is a record.

    Evidence that is in already is read again with ``evidence reread``; a rule without words is taken back.

    Raises:
        BadRequest: It has no name or no reason, or a word is empty.
    """
    if not all(word.strip() for word in (rule.ref, rule.reason, *rule.words)):
        raise BadRequest(
            "A rule needs a name and a reason, and no empty word",
            where="sequester rule",
            remedy="Give REF, --word and --reason.",
        )
    with open_operation(folder, context) as operation:
        operation.require(Action.ADD, "operation", operation.name)
        payload: dict[str, Json] = {"words": list(rule.words), "reason": rule.reason}
        operation.ledger.record(context, Act(kind=ActKind.SEQUESTRATION_RULED, subject=rule.ref, payload=payload))


def list_rules(folder: Path, context: Context) -> list[PrivilegeRule]:
    """The rules that stand."""
    with open_operation(folder, context) as operation:
        operation.require(Action.SEE, "operation", operation.name)
        return privilege_rules(operation.ledger)


def list_hashes(folder: Path, context: Context, *, name: str, path: Path) -> int:
    """Register a list of hashes whose bytes nobody opens; gives how many it has.

    Args:
        folder: Operation folder.
        context: Who registers it.
        name: Name of the list.
        path: Text file; the first word of each line is a SHA-256.

    Raises:
        UnreadableSource: The file cannot be read, or a line holds no hash.
    """
    try:
        lines = path.read_text(encoding="ascii", errors="strict").split("\n")
    except (OSError, UnicodeDecodeError) as wrong:
        raise UnreadableSource(
            "The list cannot be read", where=str(path), remedy="Give a text file with one SHA-256 per line."
        ) from wrong
    found = []
    for number, line in enumerate(lines, start=1):
        word = line.split()[0].lower() if line.split() else ""
        if word and (len(word) != _HASH_DIGITS or set(word) - set("0123456789abcdef")):
            raise UnreadableSource(
                "A line holds no SHA-256", where=f"{path}, line {number}", remedy="Correct the line; nothing was kept."
            )
        found += [word] if word else []
    hashes = set(found)
    with open_operation(folder, _purposeful(context), alone=True) as operation:
        operation.require(Action.ADD, "operation", operation.name)
        pieces = [found[at : at + _HASHES_AT_ONCE] for at in range(0, len(found), _HASHES_AT_ONCE)]
        acts = [Act(kind=ActKind.HASHES_LISTED, subject=name, payload={"hashes": piece}) for piece in pieces]
        operation.ledger.record(context, *acts)
        known = register(operation.ledger)
        for exhibit in known.kept.values():  # what is withdrawn may be put back
            hit = [part.part for part in exhibit.parts if part.sha256 in hashes]
            if hit and any(part.rows_out for part in exhibit.parts if part.part in hit):
                _move(operation, exhibit, "list_contains(?, part)", [hit], by="hash list", reason=name)
    return len(found)


def set_aside_row(folder: Path, context: Context, exhibit_id: str, *, part: str, offset: int, reason: str) -> int:
    """Set one source row aside, with all records made of it; gives how many records those are.

    Raises:
        NotFound: No record stands there.
        BadRequest: No reason is given.
    """
    if not reason.strip():
        raise BadRequest("Setting aside needs a reason", where=exhibit_id, remedy="Say why, with --reason.")
    with open_operation(folder, _purposeful(context), alone=True) as operation:
        operation.require(Action.ADD, "exhibit", exhibit_id)
        exhibit = require_exhibit(operation.ledger, exhibit_id)
        values = [offset, part, part]
        moved = _move(
            operation, exhibit, "byte_offset = ? AND (? = '' OR part = ?)", values, by="person", reason=reason
        )
    if not moved:
        raise _nothing(exhibit_id, offset)
    return moved


def list_set_aside(folder: Path, context: Context) -> list[SetAside]:
    """Where rows stand that are set aside; never what they say."""
    with open_operation(folder, context) as operation:
        operation.require(Action.SEE, "operation", operation.name)
        away: dict[Place, bool] = {}
        for entry in operation.ledger.entries(ActKind.ROWS_SEQUESTERED, ActKind.ROWS_RELEASED):
            payload: Any = entry.payload
            away.update({Place(*p): entry.kind is ActKind.ROWS_SEQUESTERED for p in payload["places"]})
        known = exhibits(operation.ledger)
        return [
            SetAside(
                place.exhibit_id,
                place.part,
                place.source_table,
                place.byte_offset,
                tuple(sorted({file.table for file in known[place.exhibit_id].files if file.protection == PRIVILEGED})),
            )
            for place, still in sorted(away.items())
            if still and place.exhibit_id in known
        ]


def review_row(folder: Path, context: Context, exhibit_id: str, *, part: str, offset: int) -> list[dict[str, Any]]:
    """What a row that was set aside says; for an appointed reviewer outside the case only.

    Raises:
        NotAuthorised: The person is not such a reviewer; the attempt is logged.
        NotFound: Nothing is set aside there.
        BadRequest: No purpose is named.
    """
    with open_operation(folder, context) as operation:
        exhibit = _for_review(operation, exhibit_id)
        found: list[dict[str, Any]] = []
        with Reviser(operation, exhibit, operation.vault, "review") as reviser:
            for file in exhibit.files:
                if file.protection == PRIVILEGED:
                    query = f"SELECT * FROM {ROWS} WHERE byte_offset = ? AND (? = '' OR part = ?)"
                    rows = reviser.look(file).rows(query, [offset, part, part])
                    found += [{"record_table": file.table, **row} for row in rows]
    if not found:
        raise _nothing(exhibit_id, offset)
    return found


def release_row(folder: Path, context: Context, exhibit_id: str, *, part: str, offset: int, reason: str) -> int:
    """Put a row that was set aside back among the records; gives how many records that makes.

    Raises:
        NotAuthorised: The person is not a reviewer outside the case; the attempt is logged.
        NotFound: Nothing is set aside there.
        BadRequest: No purpose or no reason is given.
    """
    if not reason.strip():
        raise BadRequest("A release needs a reason", where=exhibit_id, remedy="Say why, with --reason.")
    with open_operation(folder, context) as operation:
        exhibit = _for_review(operation, exhibit_id)
        condition, values = "byte_offset = ? AND (? = '' OR part = ?)", [offset, part, part]
        places, revised = _moved(operation, exhibit, condition, values, aside=False)
        if not places:
            raise _nothing(exhibit_id, offset)
        payload: dict[str, Json] = {
            "reason": reason.strip(),
            "places": [place.payload() for place in sorted(set(places))],
            "files": [revised.payload()],
        }
        act = Act(kind=ActKind.ROWS_RELEASED, subject=exhibit_id, payload=payload)
        record_revision(operation, exhibit, act)
        return len(places)


def _move(
    operation: Operation, exhibit: Exhibit, condition: str, values: Sequence[Any], *, by: str, reason: str
) -> int:
    """Set aside the rows that a condition names, in one act; gives how many records that were."""
    places, revised = _moved(operation, exhibit, condition, values, aside=True)
    if places:
        payload: dict[str, Json] = {
            "by": by,
            "reason": reason.strip(),
            "places": [place.payload() for place in sorted(set(places))],
            "files": [revised.payload()],
        }
        act = Act(kind=ActKind.ROWS_SEQUESTERED, subject=exhibit.exhibit_id, payload=payload)
        record_revision(operation, exhibit, act)
        # The files it stood in would keep its words in the clear; a crash before this leaves them to the next such act.
        erasure.forget_what_no_longer_stands(operation)
    return len(places)


def _moved(
    operation: Operation, exhibit: Exhibit, condition: str, values: Sequence[Any], *, aside: bool
) -> tuple[list[Place], Revised]:
    """New files in which the rows stand on the other side."""
    places: list[Place] = []
    what = "set aside" if aside else "release"
    with Reviser(operation, exhibit, operation.vault, what) as reviser:
        for file in exhibit.files:
            if (file.protection == PRIVILEGED) == aside:
                continue
            engine = reviser.look(file)
            if not (found := reviser.places(condition, values)):
                continue
            places += found
            moved = engine.arrow(f"SELECT * FROM {ROWS} WHERE {condition}", values)
            reviser.rewrite(file, f"SELECT * FROM {ROWS} WHERE NOT ({condition})", values)
            _join(reviser, exhibit, file.table, aside=aside)
            reviser.add(file.table, moved, set_aside=aside)
        return places, reviser.done()


def _join(reviser: Reviser, exhibit: Exhibit, table: str, *, aside: bool) -> None:
    """Take the file that the rows come to along, so that a table keeps one file on each side."""
    for other in exhibit.files:
        if other.table == table and (other.protection == PRIVILEGED) == aside:
            reviser.look(other)
            reviser.rewrite(other, f"SELECT * FROM {ROWS}")


def _for_review(operation: Operation, exhibit_id: str) -> Exhibit:
    exhibit = require_exhibit(operation.ledger, exhibit_id)
    operation.require_review(Resource(kind="exhibit", name=exhibit_id, is_privileged=True, cases=exhibit.label.cases))
    return exhibit


def _nothing(exhibit_id: str, offset: int) -> NotFound:
    return NotFound(
        f"Nothing stands at byte {offset:,} there",
        where=exhibit_id,
        remedy="`crossbearing sequester list` names the places that are set aside.",
    )


def _purposeful(context: Context) -> Context:
    return context if context.purpose else replace(context, purpose="set aside")
