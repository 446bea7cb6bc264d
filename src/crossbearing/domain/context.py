"""Who acts, on what authority, for what purpose, when: carried through every workflow."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The circumstances of an act; the only source of time and randomness in a workflow.

    Attributes:
        person: Who acts, as the agency names them.
        authority: Reference of the authorisation relied on; empty where none is needed.
        purpose: Why, in a few words; stands in the log.
        case: The case the act belongs to; empty if none was named.
        clock: Gives the present time, UTC.
        randomness: Gives that many random bytes.
    """

    person: str
    authority: str = ""
    purpose: str = ""
    case: str = ""
    clock: Callable[[], datetime] = field(default=_now)
    randomness: Callable[[int], bytes] = field(default=secrets.token_bytes)

    def now(self) -> str:
        """The present time as RFC 3339 text, UTC, whole microseconds."""
        return self.clock().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
