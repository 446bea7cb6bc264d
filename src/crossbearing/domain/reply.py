"""Replies of partners to what they were sent, each signed; what is said by another way is no reply."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from crossbearing.domain.act import ActKind, Entry

REPLY_ACTS: Final = (ActKind.REPLY_TAKEN_IN, ActKind.REPLY_WORDED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One signed reply that was taken in.

    Attributes:
        statement_sha256: Of what it answers, hex.
        replied_at: As its maker states it, RFC 3339, UTC.
        reply_sha256: Of what was signed, hex; the same reply has the same.
        words: In the partner's words; empty if there are none, or if they were erased.
        report_sha256: Of the report of outcomes that came with it, hex; empty if none did.
    """

    package_id: str
    version: int
    agency: str
    answer: str
    replied_at: str
    taken_in_at: str
    statement_sha256: str
    reply_sha256: str
    words: str
    report_sha256: str = ""


def replies_in(entries: Iterable[Entry]) -> list[Reply]:
    """The replies, from the acts of ``REPLY_ACTS``, by the time they state."""
    found: list[Any] = []
    words: dict[str, str] = {}
    for entry in entries:
        said: Any = entry.payload
        if entry.kind is ActKind.REPLY_WORDED and not entry.is_erased:
            words[said["reply_sha256"]] = said["words"]
        elif entry.kind is ActKind.REPLY_TAKEN_IN:
            found.append((entry, said))
    made = [
        Reply(
            package_id=entry.subject, version=said["version"], agency=said["agency"], answer=said["answer"],
            replied_at=said["replied_at"], taken_in_at=entry.at, statement_sha256=said["statement_sha256"],
            reply_sha256=said["reply_sha256"], words=words.get(said["reply_sha256"], ""),
            report_sha256=said.get("report_sha256", ""),
        )
        for entry, said in found
    ]  # fmt: skip
    return sorted(made, key=lambda one: (one.replied_at, one.taken_in_at, one.reply_sha256))
